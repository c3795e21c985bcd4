//! What a person wants to know at the end of a run, gathered while the trials stream by.
//!
//! The same defect on several endpoints or in several cases is one [`Group`] with one example, so a server that is
//! broken everywhere does not fill the screen, and memory does not grow with the number of trials. Endpoints run
//! interleaved, so everything is ordered by [`Order`], never by arrival.

use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};

use super::endpoints::{PerEndpoint, rank};
use super::reading::{fails, warns};
use crate::model::event::{ExchangeRecord, ReportedFinding, TrialResult};
use crate::model::finding::{Level, Place};
use crate::model::verdict::Verdict;

/// Examples kept whole; of further groups only the counts are kept.
const EXAMPLES: usize = 100;
/// Names kept of a group.
const NAMES: usize = 4;
/// Different reasons kept apart.
const REASONS: usize = 50;

/// Place of a finding in the run: endpoint, trial within it, finding within that.
pub(super) type Order = (usize, usize, usize);

/// The sums of one endpoint.
#[derive(Debug, Clone, Default)]
pub(super) struct Tally {
    /// Trials by verdict.
    pub(super) verdicts: BTreeMap<Verdict, usize>,
    /// Trials seen.
    pub(super) trials: usize,
    /// Trials that passed only after a retry, or not always.
    pub(super) flaky: usize,
    /// Findings that are warnings.
    pub(super) warnings: usize,
}

/// Trials that have something in common.
#[derive(Debug, Default)]
pub(super) struct Group {
    /// How many.
    pub(super) trials: usize,
    /// The first few of them.
    pub(super) names: Vec<(Order, String)>,
    /// The first of them, cut down to the one finding and its exchange.
    pub(super) example: Option<Box<TrialResult>>,
}

impl Group {
    fn add(&mut self, order: Order, name: &str) {
        self.trials += 1;
        let at = self.names.partition_point(|(o, _)| *o < order);
        if at < NAMES {
            self.names.insert(at, (order, name.to_owned()));
            self.names.truncate(NAMES);
        }
    }

    /// The place of its first trial.
    pub(super) fn order(&self) -> Order {
        self.names.first().map_or((usize::MAX, 0, 0), |(order, _)| *order)
    }

    /// Name of its first trial.
    pub(super) fn first(&self) -> &str {
        self.names.first().map_or("", |(_, name)| name)
    }
}

/// The gatherer.
#[derive(Debug)]
pub(super) struct Gather {
    deny: Level,
    /// Sums by endpoint.
    pub(super) endpoints: PerEndpoint<Tally>,
    failures: HashMap<u64, Group>,
    /// Warnings by requirement.
    pub(super) warnings: BTreeMap<String, Group>,
    /// Inconclusive trials by reason.
    pub(super) inconclusive: BTreeMap<String, Group>,
    /// Skipped trials by reason.
    pub(super) skipped: BTreeMap<String, Group>,
    /// Waived trials by reason of the waiver.
    pub(super) waived: BTreeMap<String, Group>,
    /// Trials whose attempts differed.
    pub(super) flaky: Group,
}

impl Gather {
    /// A gatherer for a run in which `deny` is the lowest level that fails a trial.
    pub(super) fn new(deny: Level) -> Self {
        Self {
            deny,
            endpoints: PerEndpoint::default(),
            failures: HashMap::new(),
            warnings: BTreeMap::new(),
            inconclusive: BTreeMap::new(),
            skipped: BTreeMap::new(),
            waived: BTreeMap::new(),
            flaky: Group::default(),
        }
    }

    /// Takes one trial.
    pub(super) fn add(&mut self, trial: &TrialResult) {
        let tally = self.endpoints.get(&trial.endpoint);
        *tally.verdicts.entry(trial.verdict).or_default() += 1;
        let order = (rank(&trial.endpoint), tally.trials, 0);
        tally.trials += 1;
        if trial.flaky {
            tally.flaky += 1;
            self.flaky.add(order, &trial.name);
        }
        tally.warnings += trial.findings.iter().filter(|f| warns(f, self.deny)).count();
        let reasons = match trial.verdict {
            Verdict::Inconclusive => Some(&mut self.inconclusive),
            Verdict::Skip => Some(&mut self.skipped),
            _ => None,
        };
        if let Some(reasons) = reasons {
            note(reasons, trial.reason.as_deref().unwrap_or("no reason given"), order, trial);
        }
        for (i, reported) in trial.findings.iter().enumerate() {
            self.finding(trial, reported, (order.0, order.1, i));
        }
    }

    fn finding(&mut self, trial: &TrialResult, reported: &ReportedFinding, order: Order) {
        let group = if fails(reported, self.deny) {
            self.failures.entry(key(reported)).or_default()
        } else if warns(reported, self.deny) {
            self.warnings.entry(reported.finding.requirement.to_string()).or_default()
        } else if let Some(reason) = &reported.waived {
            note(&mut self.waived, reason, order, trial);
            return;
        } else {
            return;
        };
        let first = order < group.order();
        group.add(order, &trial.name);
        if first {
            group.example = Some(Box::new(cut_down(trial, reported)));
            if fails(reported, self.deny) {
                self.forget();
            }
        }
    }

    /// Drops the last example once there are too many.
    fn forget(&mut self) {
        if self.failures.values().filter(|group| group.example.is_some()).count() <= EXAMPLES {
            return;
        }
        let with = self.failures.values_mut().filter(|group| group.example.is_some());
        if let Some(last) = with.max_by_key(|group| group.order()) {
            last.example = None;
        }
    }

    /// The groups of failures in order; those past the limit have no example.
    pub(super) fn failures(&self) -> Vec<&Group> {
        let mut groups: Vec<&Group> = self.failures.values().collect();
        groups.sort_by_key(|group| group.order());
        groups
    }
}

fn note(reasons: &mut BTreeMap<String, Group>, reason: &str, order: Order, trial: &TrialResult) {
    let reason = if reasons.contains_key(reason) || reasons.len() < REASONS { reason } else { "other reasons" };
    reasons.entry(reason.to_owned()).or_default().add(order, &trial.name);
}

/// The trial with one finding and the exchange that it is about, without contents.
fn cut_down(trial: &TrialResult, reported: &ReportedFinding) -> TrialResult {
    let evidence = trial.evidence.get(reported.finding.exchange).map(|record| ExchangeRecord {
        purpose: record.purpose.clone(),
        method: record.method.clone(),
        url: record.url.clone(),
        status: record.status,
        version: record.version.clone(),
        broken: record.broken.clone(),
        total_micros: record.total_micros,
        curl: record.curl.clone(),
        ..ExchangeRecord::default()
    });
    let mut reported = reported.clone();
    reported.finding.exchange = 0;
    TrialResult {
        name: trial.name.clone(),
        endpoint: trial.endpoint.clone(),
        title: trial.title.clone(),
        file: trial.file.clone(),
        reason: trial.reason.clone(),
        findings: vec![reported],
        evidence: evidence.into_iter().collect(),
        requirements: Vec::new(),
        attempts: Vec::new(),
        ..*trial
    }
}

/// What makes two findings the same defect: requirement, check and place, array indices and ids left out.
fn key(reported: &ReportedFinding) -> u64 {
    let finding = &reported.finding;
    let mut hash = DefaultHasher::new();
    (&finding.requirement, &finding.check, std::mem::discriminant(&finding.place)).hash(&mut hash);
    match &finding.place {
        Place::Body(at) | Place::Job(at) => at
            .split('/')
            .map(|part| if part.bytes().all(|b| b.is_ascii_digit()) { "*" } else { part })
            .for_each(|part| part.hash(&mut hash)),
        Place::Header(name) => name.hash(&mut hash),
        Place::Status | Place::Elsewhere(_) | Place::Wire => {}
    }
    hash.finish()
}
