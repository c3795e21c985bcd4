//! What a person wants to know at the end of a run, gathered while the trials stream by.
//!
//! One requirement broken in one way is one [`Group`] with one example, whichever endpoint, case or member shows it, so a
//! server that is broken everywhere does not fill the screen, and memory does not grow with the number of trials. The
//! group with the most trials is told first: a cause is met by more cases than its consequences. Endpoints run
//! interleaved, so everything else is ordered by [`Order`], never by arrival. The main type is [`Aggregate`].

mod group;
mod outline;

use std::cmp::Reverse;
use std::collections::BTreeMap;

pub(super) use self::group::{Group, Order};
use self::outline::cut_down;
use super::endpoints::{PerEndpoint, rank};
use super::reading::{fails, thousands, warns};
use super::safe;
use crate::model::event::{ReportedFinding, Summary, TrialResult};
use crate::model::finding::Level;
use crate::model::in_common::{InCommon, Trait};
use crate::model::verdict::Verdict;

/// Different reasons kept apart.
const REASONS: usize = 50;
/// Different sentences about failures kept apart.
const KINDS: usize = 200;
/// Valid updates that are refused under so many requirements have one cause.
const ONE_CAUSE: usize = 8;

/// What refused updates have in common, at most.
const NAMED: usize = 3;

/// That the paths take updates at all.
const PLAINEST: &str = "REQ-PATH-001";

/// That the type of JSON is taken.
const MEDIA_TYPE: &str = "REQ-MEDIA-001";

/// What is broken along with something else: a requirement, and those of which one explains it.
const CONSEQUENCES: &[(&str, &[&str])] = &[
    ("REQ-ATOM-004", &["REQ-MERGE-002"]),
    ("REQ-AUTH-002", &["REQ-AUTH-001"]),
    ("REQ-AUTH-005", &["REQ-AUTH-001"]),
    ("REQ-AUTH-006", &["REQ-AUTH-001"]),
    ("REQ-AUTH-007", &["REQ-AUTH-001"]),
    ("REQ-BODY-007", &["REQ-HTTP-002"]),
    ("REQ-BODY-008", &["REQ-HTTP-002"]),
    ("REQ-BODY-011", &["REQ-MERGE-002"]),
    ("REQ-COND-004", &["REQ-PATH-002"]),
    ("REQ-COND-006", &["REQ-RESP-004", "REQ-STATUS-003"]),
    ("REQ-COND-007", &["REQ-RESP-004", "REQ-STATUS-003"]),
    ("REQ-DTO-001", &["REQ-DTO-007"]),
    // What has no body has no type either.
    ("REQ-HDR-001", &["REQ-STATUS-001"]),
    ("REQ-HTTP-003", &["REQ-HTTP-002"]),
    ("REQ-IDEMP-002", &["REQ-BODY-003", "REQ-BODY-006", "REQ-BODY-012", "REQ-ERR-005", "REQ-NULL-001", "REQ-UNK-002"]),
    // What else is shown of a job is what was sent to another one.
    ("REQ-MERGE-001", &["REQ-ISO-001", "REQ-ISO-002", "REQ-ISO-003"]),
    (
        "REQ-PREF-001",
        &["REQ-DTO-002", "REQ-MERGE-001", "REQ-RESP-003", "REQ-RESP-004", "REQ-STATUS-003", "REQ-TYPE-003"],
    ),
    ("REQ-PREF-004", &["REQ-STATUS-001"]),
    ("REQ-SEC-004", &["REQ-PATH-002"]),
    ("REQ-TYPE-001", &["REQ-TYPE-002"]),
];

/// How the sentence begins that tells after which request the job was gone: those that find no job follow from it.
const GONE: &str = "The job is gone after";

/// What is broken where updates reach other jobs: these change while other requests are looked at.
const OUT_OF_BAND: [&str; 3] = ["REQ-ISO-001", "REQ-ISO-002", "REQ-ISO-003"];

/// Few cases look at other jobs: they may be fewer by this factor than those that see changes.
const FEW: usize = 20;

/// Parts of sentences about changes that are nobody's where updates reach other jobs.
const NOBODYS: [&str; 3] = ["has changed, though", "has changed after", "reads back as another value"];

/// What makes two findings the same defect: requirement, and the sentence without its particulars.
type Kind = (String, String);

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

/// The gatherer.
#[derive(Debug)]
pub(super) struct Aggregate {
    deny: Level,
    /// Sums by endpoint.
    pub(super) endpoints: PerEndpoint<Tally>,
    failures: BTreeMap<Kind, Group>,
    /// What became of the valid updates, once the run has ended.
    updates: BTreeMap<String, InCommon>,
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

impl Aggregate {
    /// A gatherer for a run in which `deny` is the lowest level that fails a trial.
    pub(super) fn new(deny: Level) -> Self {
        Self {
            deny,
            endpoints: PerEndpoint::default(),
            failures: BTreeMap::new(),
            updates: BTreeMap::new(),
            warnings: BTreeMap::new(),
            inconclusive: BTreeMap::new(),
            skipped: BTreeMap::new(),
            waived: BTreeMap::new(),
            flaky: Group::default(),
        }
    }

    /// The number of paths on which something was judged.
    pub(super) fn paths(&self) -> usize {
        let judged = |tally: &Tally| tally.verdicts.iter().any(|(verdict, n)| *verdict != Verdict::Skip && *n > 0);
        self.endpoints.iter().filter(|tally| judged(tally)).count()
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
        let finding = &reported.finding;
        let group = if fails(reported, self.deny) {
            self.failure(reported)
        } else if warns(reported, self.deny) {
            self.warnings.entry(finding.requirement.to_string()).or_default()
        } else if let Some(reason) = &reported.waived {
            note(&mut self.waived, reason, order, trial);
            return;
        } else {
            return;
        };
        group.note(&finding.place);
        // A trial with several findings of a kind is one trial of it.
        if group.last == Some((order.0, order.1)) {
            return;
        }
        group.last = Some((order.0, order.1));
        if group.is_plainer(trial, reported, order) {
            group.example = Some(Box::new(cut_down(trial, reported)));
        }
        group.add(order, &trial.name);
    }

    fn failure(&mut self, reported: &ReportedFinding) -> &mut Group {
        let finding = &reported.finding;
        let mut kind = (finding.requirement.to_string(), finding.sentence());
        if self.failures.len() >= KINDS && !self.failures.contains_key(&kind) {
            kind.1.clear();
        }
        self.failures.entry(kind).or_default()
    }

    /// Takes what only the end of the run tells.
    pub(super) fn conclude(&mut self, summary: &Summary) {
        self.updates.clone_from(&summary.updates);
    }

    /// What each of so many valid updates that a path refuses has, and none that it performs: the first path of which that
    /// can be said.
    fn in_common(&self) -> Option<(&str, u32, Vec<&'static Trait>)> {
        let all = self.updates.iter().map(|(path, updates)| (path.as_str(), updates.refused, updates.distinguishing()));
        all.filter(|(_, _, told)| !told.is_empty()).min_by_key(|(path, _, _)| rank(path))
    }

    /// Why valid updates are refused, in a sentence, as far as what they have in common tells.
    pub(super) fn why_refused(&self) -> Option<String> {
        let (path, refused, told) = self.in_common()?;
        self.failures.values().any(Group::is_refused_update).then(|| {
            let what: Vec<_> =
                told.iter().take(NAMED).map(|one| format!("{} ({})", one.what, one.requirement)).collect();
            let all = thousands(usize::try_from(refused).unwrap_or(usize::MAX));
            let (path, what) = (safe::line(path), what.join(", "));
            format!("Each of the {all} valid updates that {path} refuses has {what}; none that it performs has.")
        })
    }

    /// The groups of failures, that with the most trials first, and what follows from another one last.
    ///
    /// Where valid updates are refused under many requirements, or until a path is given up, one of these comes before
    /// all, as what the others are about is not why they are refused: that which takes what they have in common, or that of
    /// the plainest requirement if its own case shows it, or the shortest of the requests that are about what they break.
    pub(super) fn failures(&self) -> Vec<&Group> {
        let trials = |groups: &mut dyn Iterator<Item = &Group>| groups.map(|group| group.trials).sum::<usize>();
        let gone = self.failures.iter().filter(|(kind, _)| kind.1.starts_with(GONE));
        let gone = trials(&mut gone.map(|(_, group)| group));
        let lost = |group: &Group| group.is_not_found() && gone * 2 >= group.trials;
        let refused = || self.failures.iter().filter(|(_, group)| group.is_refused_update() && !lost(group));
        let given_up = trials(&mut self.inconclusive.values()) > trials(&mut self.failures.values());
        let told = self.in_common().and_then(|(_, _, told)| refused().find(|(kind, _)| kind.0 == told[0].requirement));
        let mut plainest = told;
        if plainest.is_none() && (given_up || refused().count() >= ONE_CAUSE) {
            let natural = if refused().all(|(_, group)| group.is_for_its_type()) { MEDIA_TYPE } else { PLAINEST };
            let by_name = refused().find(|(kind, _)| kind.0 == natural);
            let own = refused().filter(|(_, group)| group.is_about_itself());
            let shortest = || own.min_by_key(|(_, group)| (group.request_length(), group.order()));
            plainest = by_name.filter(|(_, group)| group.is_about_itself()).or_else(shortest).or(by_name);
        }
        let broken = |requirement: &&str, group: &Group| {
            self.failures.iter().any(|(kind, cause)| kind.0 == *requirement && cause.trials * 2 >= group.trials)
        };
        let is_out_of_band = |kind: &Kind| OUT_OF_BAND.contains(&&*kind.0);
        let reaching = self.failures.iter().filter(|(kind, _)| is_out_of_band(kind));
        let reaching = trials(&mut reaching.map(|(_, group)| group));
        let nobodys = |kind: &Kind, group: &Group| {
            reaching * FEW >= group.trials && !is_out_of_band(kind) && NOBODYS.iter().any(|part| kind.1.contains(part))
        };
        let follows = |kind: &Kind, group: &Group| {
            let causes = CONSEQUENCES.iter().filter(|(consequence, _)| *consequence == kind.0);
            lost(group)
                || nobodys(kind, group)
                || causes.flat_map(|(_, causes)| *causes).any(|cause| broken(cause, group))
        };
        let mut groups: Vec<(bool, bool, &Group)> = self
            .failures
            .iter()
            .map(|(kind, group)| (Some(kind) == plainest.map(|(kind, _)| kind), follows(kind, group), group))
            .collect();
        groups.sort_by_key(|(plainest, follows, group)| (!plainest, *follows, Reverse(group.trials), group.order()));
        groups.into_iter().map(|(_, _, group)| group).collect()
    }
}

fn note(reasons: &mut BTreeMap<String, Group>, reason: &str, order: Order, trial: &TrialResult) {
    let reason = if reasons.contains_key(reason) || reasons.len() < REASONS { reason } else { "other reasons" };
    let group = reasons.entry(reason.to_owned()).or_default();
    // A trial with several findings of which the same is said is one trial.
    if group.last.replace((order.0, order.1)) != Some((order.0, order.1)) {
        group.add(order, &trial.name);
    }
}

#[cfg(test)]
mod tests;
