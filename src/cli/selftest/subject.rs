//! One server of the proof, and what the suite says of it.
//!
//! Right servers are judged by the whole suite. A fault is judged by the cases that cite a requirement it breaks, and by
//! those of a few general topics, which show what else is reported: on one endpoint, where it does not show there on all
//! six, and then by the whole suite. With [`Reach::Whole`] every fault is judged by the whole suite.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::cli::target::inside;
use crate::contract::endpoint::ENDPOINTS;
use crate::model::event::{Event, RunInfo, TrialResult};
use crate::model::finding::Level;
use crate::model::locked::Locked;
use crate::model::verdict::Verdict;
use crate::plan::{Plan, Selection, Suite, Trial};
use crate::reference::{self, Fault, Variation};
use crate::runner::{self, Evidence, Patience, Settings};

/// A server to judge.
#[derive(Debug, Clone, Copy)]
pub(super) enum Subject {
    /// Right in every way.
    Sound,
    /// Right, and different.
    Variation(&'static Variation),
    /// Wrong in one way.
    Fault(&'static Fault),
}

impl Subject {
    /// The name in the catalogue.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Sound => "sound",
            Self::Variation(row) => row.name,
            Self::Fault(row) => row.name,
        }
    }

    /// The requirements that the suite is to name: those that a fault breaks, those that warn about a variation.
    pub(super) fn named(&self) -> &'static [&'static str] {
        match self {
            Self::Sound => &[],
            Self::Variation(row) => row.warns,
            Self::Fault(row) => row.requirements,
        }
    }
}

/// All servers: the sound one, the variations, the faults.
pub(super) fn all() -> impl Iterator<Item = Subject> {
    std::iter::once(Subject::Sound)
        .chain(reference::VARIATIONS.iter().map(Subject::Variation))
        .chain(reference::faults().map(Subject::Fault))
}

/// Topics whose cases every fault is judged by.
const GENERAL: [&str; 5] = ["path", "status", "resp", "prop", "hdr"];

/// How much of the suite a fault is judged by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// What bears on it, more only where that shows nothing.
    Relevant,
    /// Everything, on one endpoint at first.
    Whole,
}

/// How often, and where first, a requirement was found broken.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    /// Gravest level of its findings.
    pub(super) level: Level,
    /// Trials with such a finding.
    pub(super) trials: usize,
    /// The checks that wrote them.
    pub(super) checks: Vec<String>,
    /// The first such trial.
    pub(super) witness: String,
    /// What the first finding says.
    pub(super) message: String,
}

/// What the suite says of one server.
#[derive(Debug, Clone)]
pub(super) struct SubjectResult {
    pub(super) subject: Subject,
    /// By requirement; notes are left out.
    pub(super) seen: BTreeMap<String, Seen>,
    /// The requirement of the finding that a reader meets first.
    pub(super) first: Option<String>,
    /// Cases with a finding.
    pub(super) cases: Vec<String>,
    /// Trials that could not be judged.
    pub(super) inconclusive: usize,
    /// Why the server as a whole could not be judged.
    pub(super) hopeless: Option<String>,
    /// Trials judged.
    pub(super) trials: usize,
    /// Only the first endpoint of each case was judged.
    pub(super) on_first: bool,
}

impl SubjectResult {
    fn new(subject: Subject) -> Self {
        let (seen, first, cases) = (BTreeMap::new(), None, Vec::new());
        Self { subject, seen, first, cases, inconclusive: 0, hopeless: None, trials: 0, on_first: false }
    }

    /// The named requirements that were found broken.
    pub(super) fn caught_by(&self) -> impl Iterator<Item = (&str, &Seen)> {
        self.seen.iter().filter(|(id, _)| self.subject.named().contains(&id.as_str())).map(|(id, s)| (id.as_str(), s))
    }

    /// Requirements found broken that the row does not name.
    pub(super) fn besides(&self) -> impl Iterator<Item = (&str, &Seen)> {
        self.seen.iter().filter(|(id, _)| !self.subject.named().contains(&id.as_str())).map(|(id, s)| (id.as_str(), s))
    }

    fn add(&mut self, trial: &TrialResult) {
        self.trials += 1;
        self.inconclusive += usize::from(trial.verdict == Verdict::Inconclusive);
        let mut told = false;
        for reported in trial.findings.iter().filter(|reported| reported.finding.level > Level::May) {
            told = true;
            let finding = &reported.finding;
            if finding.level == Level::Must && self.first.is_none() {
                self.first = Some(finding.requirement.to_string());
            }
            let seen = self.seen.entry(finding.requirement.to_string()).or_insert_with(|| Seen {
                level: finding.level,
                trials: 0,
                checks: Vec::new(),
                witness: trial.name.clone(),
                message: finding.message.clone(),
            });
            if finding.level > seen.level {
                seen.level = finding.level;
                seen.witness.clone_from(&trial.name);
                seen.message.clone_from(&finding.message);
            }
            seen.trials += 1;
            if !seen.checks.iter().any(|check| *check == finding.check) {
                seen.checks.push(finding.check.to_string());
            }
        }
        if told && let Some((_, case)) = trial.name.split_once("::") {
            self.cases.push(case.to_owned());
        }
    }
}

/// Judges servers side by side; the results come in the order of `subjects`.
pub(super) fn judge_all(
    suite: &Suite,
    subjects: &[Subject],
    reach: Reach,
    off: &[String],
    side_by_side: usize,
    done: &(dyn Fn(&SubjectResult) + Sync),
) -> Vec<SubjectResult> {
    let next = AtomicUsize::new(0);
    let results: Locked<BTreeMap<usize, SubjectResult>> = Locked::default();
    let work = || {
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(subject) = subjects.get(index) else { return };
            let result = judge(suite, *subject, reach, off);
            done(&result);
            results.lock().insert(index, result);
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..side_by_side {
            scope.spawn(work);
        }
        work();
    });
    results.into_inner().into_values().collect()
}

fn judge(suite: &Suite, subject: Subject, reach: Reach, off: &[String]) -> SubjectResult {
    let everywhere = || Plan::new(suite, &Selection::default(), None).unwrap_or_default();
    let on_one = || on_one(suite);
    let Subject::Fault(fault) = subject else {
        let plan = if let Subject::Sound = subject { everywhere() } else { on_one() };
        return run(suite, &plan, subject, off);
    };
    let relevant = || relevant(suite, fault);
    let relevant_everywhere = || {
        let named =
            trials(suite, |row| bears_on(row, fault)).into_iter().map(|trial| trial.case).collect::<BTreeSet<u32>>();
        Plan::of(suite, everywhere().all().filter(|trial| named.contains(&trial.case)))
    };
    let plans: [&dyn Fn() -> Plan; 4] = [&relevant, &relevant_everywhere, &on_one, &everywhere];
    let mut result = SubjectResult::new(subject);
    for (stage, plan) in plans.iter().enumerate().skip(if reach == Reach::Whole { 2 } else { 0 }) {
        result = run(suite, &plan(), subject, off);
        result.on_first = stage == 0 || stage == 2;
        if super::score::wrong(&result).is_none() {
            break;
        }
    }
    result
}

/// The whole suite on the first endpoint that each case applies to.
pub(super) fn on_one(suite: &Suite) -> Plan {
    Plan::of(suite, trials(suite, |_| true))
}

/// What bears on a fault, on the first endpoint that each case applies to.
pub(super) fn relevant(suite: &Suite, fault: &Fault) -> Plan {
    Plan::of(suite, trials(suite, |row| bears_on(row, fault)))
}

fn bears_on(row: &Cited<'_>, fault: &Fault) -> bool {
    GENERAL.contains(&row.id.split("::").next().unwrap_or_default()) || row.cites(fault.requirements)
}

/// The trials of some cases on the first endpoint that each applies to.
fn trials(suite: &Suite, wanted: impl Fn(&Cited<'_>) -> bool) -> Vec<Trial> {
    (0..suite.refs.len())
        .filter_map(|index| {
            let case = suite.case(index).ok()?;
            let row = Cited { id: &suite.refs[index].id, requirements: &case.requirements };
            let facts = &suite.refs[index].facts;
            let endpoint = (0..).take(ENDPOINTS.len()).find(|endpoint| facts.applies_to(*endpoint))?;
            let case = u32::try_from(index).ok()?;
            wanted(&row).then_some(Trial { case, endpoint, place: case + 1 })
        })
        .collect()
}

/// A case and what it cites.
struct Cited<'a> {
    id: &'a str,
    requirements: &'a [String],
}

impl Cited<'_> {
    fn cites(&self, requirements: &[&str]) -> bool {
        self.requirements.iter().any(|cited| requirements.contains(&cited.as_str()))
    }
}

/// Judges one server by the trials of a plan.
pub(super) fn run(suite: &Suite, plan: &Plan, subject: Subject, off: &[String]) -> SubjectResult {
    let mut result = SubjectResult::new(subject);
    let (faults, variations) = match subject {
        Subject::Sound => (Vec::new(), Vec::new()),
        Subject::Variation(row) => (Vec::new(), vec![row]),
        Subject::Fault(row) => (vec![row], Vec::new()),
    };
    // No right server is bitten, also not when two of its jobs are worked on at a time; what is wrong with a wrong one
    // is told for one.
    let jobs = if faults.is_empty() { 2 * ENDPOINTS.len() } else { ENDPOINTS.len() };
    let settings = Settings {
        jobs,
        patience: Patience { retries: 4, interval: Duration::from_millis(2), cap: Duration::from_secs(5) },
        evidence: Evidence::None,
        lines: false,
        off: off.to_vec(),
        ..Settings::default()
    };
    // Octets go through memory, and the clock jumps to the next event whenever both sides wait: no wait takes time.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    let ready =
        runtime.map_err(|error| error.to_string()).and_then(|runtime| Ok((runtime, inside(faults, variations)?)));
    let (runtime, target) = match ready {
        Ok(ready) => ready,
        Err(problem) => {
            result.hopeless = Some(problem);
            return result;
        }
    };
    let mut sink = |event| {
        if let Event::TrialFinished(trial) = event {
            result.add(&trial);
        }
    };
    let summary = runtime.block_on(runner::run(suite, plan, target, &settings, RunInfo::default(), &mut sink));
    result.hopeless = summary.could_not_judge;
    result
}
