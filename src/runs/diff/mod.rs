//! Two runs compared, trial by trial: what is new, what is fixed, what fails in another way.
//!
//! [`compare`] is pure; [`table`], [`markdown`] and [`json`] show what it found. A trial that fails now is never
//! excused by being flaky, and a trial that passes now is fixed only where neither run had to try it twice.

mod show;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
pub use show::{json, markdown, table};

use crate::model::event::{ReportedFinding, RunInfo, Summary, TrialResult};
use crate::model::finding::Level;
use crate::model::verdict::Verdict;
use crate::report::Run;

/// What became of a trial from one run to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// It fails and did not.
    New,
    /// It fails in another way.
    Changed,
    /// It fails as it did.
    Still,
    /// It failed and passes.
    Fixed,
    /// It passes, but one of the runs had to try it twice.
    Flaky,
    /// It failed, or passed, and could not be judged now.
    Unjudged,
    /// It failed and is waived.
    Waived,
    /// It was judged and is skipped.
    Skipped,
    /// The first run does not have it.
    Added,
    /// The second run does not have it.
    Removed,
}

/// The changes in the order in which they are shown, with their headings.
pub const CHANGES: [(Change, &str, &str); 10] = [
    (Change::New, "new", "New failures"),
    (Change::Changed, "changed", "Failing differently"),
    (Change::Still, "still", "Still failing"),
    (Change::Fixed, "fixed", "Fixed"),
    (Change::Flaky, "flaky", "Flaky"),
    (Change::Unjudged, "unjudged", "No longer judged"),
    (Change::Waived, "waived", "Waived now"),
    (Change::Skipped, "skipped", "Skipped now"),
    (Change::Added, "added", "Added trials"),
    (Change::Removed, "removed", "Removed trials"),
];

/// A run in a comparison.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Side {
    /// Id of the run.
    pub run_id: String,
    /// Its start.
    pub started_at: String,
    /// Its target.
    pub base_url: String,
    /// Trials by verdict.
    pub counts: BTreeMap<Verdict, usize>,
    /// Exit code of the run.
    pub exit_code: u8,
}

/// Something about the runs themselves that is not the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fact {
    /// What: `suite`, `target`, …
    pub what: &'static str,
    /// In the first run.
    pub was: String,
    /// In the second run.
    pub is: String,
}

/// How a trial ended in one of the runs.
#[derive(Debug, Clone, Serialize)]
pub struct End {
    /// The verdict.
    pub verdict: Verdict,
    /// Attempts differed.
    pub flaky: bool,
    /// What fails it, each once.
    pub failures: Vec<Failure>,
}

/// A finding that fails a trial.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Failure {
    /// The requirement broken.
    pub requirement: String,
    /// The same for the same defect.
    pub fingerprint: String,
    /// One sentence.
    pub message: String,
}

/// A trial that is not as it was, or fails as it did.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    /// Its name.
    pub name: String,
    /// What became of it.
    pub change: Change,
    /// The first run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub was: Option<End>,
    /// The second run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is: Option<End>,
}

/// Two runs compared.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RunDiff {
    /// Version of the shape.
    pub schema_version: &'static str,
    /// The first run.
    pub was: Side,
    /// The second run.
    pub is: Side,
    /// What differs about the runs themselves.
    pub facts: Vec<Fact>,
    /// Trials by change.
    pub counts: BTreeMap<Change, usize>,
    /// The trials, by change, then in the order of the runs.
    pub trials: Vec<Row>,
}

impl RunDiff {
    /// The number of trials with this change.
    #[must_use]
    pub fn count(&self, change: Change) -> usize {
        self.counts.get(&change).copied().unwrap_or_default()
    }

    /// Whether a gate for this change closes: one for new failures does so for a trial that was added and fails, too.
    #[must_use]
    pub fn has(&self, change: Change) -> bool {
        let fails_at_once = |row: &Row| row.change == Change::Added && row.is.as_ref().is_some_and(fails);
        self.count(change) > 0 || change == Change::New && self.trials.iter().any(fails_at_once)
    }
}

/// Compares two runs.
#[must_use]
pub fn compare(was: &Run, is: &Run) -> RunDiff {
    let before: BTreeMap<&str, &TrialResult> = was.trials.iter().map(|trial| (trial.name.as_str(), trial)).collect();
    let now: BTreeSet<&str> = is.trials.iter().map(|trial| trial.name.as_str()).collect();
    let levels = [was, is].map(|run| run.info.deny.unwrap_or(Level::Must));
    let mut trials: Vec<Row> = Vec::new();
    let pairs = is.trials.iter().map(|trial| (before.get(trial.name.as_str()).copied(), Some(trial)));
    let gone = was.trials.iter().filter(|trial| !now.contains(trial.name.as_str())).map(|trial| (Some(trial), None));
    for (old, new) in pairs.chain(gone) {
        let (was, is) = (old.map(|trial| end(trial, levels[0])), new.map(|trial| end(trial, levels[1])));
        if let (Some(change), Some(trial)) = (change(was.as_ref(), is.as_ref()), new.or(old)) {
            trials.push(Row { name: trial.name.clone(), change, was, is });
        }
    }
    trials.sort_by_key(|row| row.change);
    let mut counts = BTreeMap::new();
    for row in &trials {
        *counts.entry(row.change).or_default() += 1;
    }
    let facts = facts(was, is);
    let schema_version = crate::model::event::SCHEMA_VERSION;
    RunDiff { schema_version, was: side(was), is: side(is), facts, counts, trials }
}

fn side(run: &Run) -> Side {
    let Run { info: RunInfo { run_id, started_at, base_url, .. }, summary: Summary { counts, exit_code, .. }, .. } =
        run;
    Side {
        run_id: run_id.clone(),
        started_at: started_at.clone(),
        base_url: base_url.clone(),
        counts: counts.clone(),
        exit_code: *exit_code,
    }
}

fn end(trial: &TrialResult, deny: Level) -> End {
    let fails = |reported: &&ReportedFinding| reported.waived.is_none() && reported.finding.level >= deny;
    let failure = |reported: &ReportedFinding| Failure {
        requirement: reported.finding.requirement.to_string(),
        fingerprint: reported.fingerprint.clone(),
        message: reported.finding.message.clone(),
    };
    let mut failures: Vec<Failure> = trial.findings.iter().filter(fails).map(failure).collect();
    let mut seen = BTreeSet::new();
    failures.retain(|failure| seen.insert(failure.fingerprint.clone()));
    End { verdict: trial.verdict, flaky: trial.flaky, failures }
}

fn fails(end: &End) -> bool {
    matches!(end.verdict, Verdict::Fail | Verdict::StaleWaiver)
}

fn same(was: &End, is: &End) -> bool {
    let prints = |end: &End| end.failures.iter().map(|failure| failure.fingerprint.clone()).collect::<BTreeSet<_>>();
    was.verdict == is.verdict && prints(was) == prints(is)
}

/// | was | is | change |
/// |---|---|---|
/// | fails | fails | still, or changed where it fails in another way |
/// | anything else | fails | new |
/// | failed or passed | inconclusive | unjudged |
/// | failed | waived | waived |
/// | failed or passed | skipped | skipped |
/// | either is flaky | passes | flaky |
/// | failed | passes | fixed |
fn change(was: Option<&End>, is: Option<&End>) -> Option<Change> {
    let (was, is) = match (was, is) {
        (Some(was), Some(is)) => (was, is),
        (None, _) => return Some(Change::Added),
        (_, None) => return Some(Change::Removed),
    };
    let judged = !matches!(was.verdict, Verdict::Inconclusive | Verdict::Skip);
    match is.verdict {
        Verdict::Fail | Verdict::StaleWaiver if !fails(was) => Some(Change::New),
        Verdict::Fail | Verdict::StaleWaiver => Some(if same(was, is) { Change::Still } else { Change::Changed }),
        Verdict::Inconclusive => judged.then_some(Change::Unjudged),
        Verdict::Skip => judged.then_some(Change::Skipped),
        Verdict::Waived => fails(was).then_some(Change::Waived),
        Verdict::Pass if was.flaky || is.flaky => Some(Change::Flaky),
        Verdict::Pass => fails(was).then_some(Change::Fixed),
    }
}

fn facts(was: &Run, is: &Run) -> Vec<Fact> {
    let of = |run: &Run| {
        let info = &run.info;
        let target = if info.embedded { "the embedded server".to_owned() } else { info.base_url.clone() };
        let waivers: Vec<String> = run.summary.waivers.iter().map(|usage| usage.waiver.to_string()).collect();
        [
            ("target", target),
            ("suite", info.suite_digest.clone()),
            ("version", info.version.clone()),
            ("tiers", info.tiers.join(", ")),
            ("lowest level that fails", info.deny.unwrap_or(Level::Must).to_string()),
            ("capabilities", info.capabilities.join(", ")),
            ("not offered", info.not_offered.join(", ")),
            ("waivers", waivers.join(", ")),
            ("ended early", run.summary.ended_early.clone().unwrap_or_default()),
            ("could not be judged", run.summary.could_not_judge.clone().unwrap_or_default()),
        ]
    };
    let pairs = of(was).into_iter().zip(of(is));
    pairs.filter(|(was, is)| was != is).map(|((what, was), (_, is))| Fact { what, was, is }).collect()
}

#[cfg(test)]
mod tests;
