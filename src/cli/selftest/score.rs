//! What must hold for the suite to count as proven.

use std::collections::{BTreeMap, BTreeSet};

use super::needed::Needed;
use super::subject::{Subject, SubjectResult};
use crate::checks::CHECKS;
use crate::contract::requirement::{requirement, requirements};
use crate::contract::untestable::untestable;
use crate::model::finding::Level;
use crate::plan::Suite;
use crate::reference;

/// The results and what is wrong with them.
#[derive(Debug)]
pub(super) struct Score {
    pub(super) results: Vec<SubjectResult>,
    /// For each check, what it is needed for; empty where only a part was judged.
    pub(super) needed: Vec<Needed>,
    /// Sentences; empty when the suite is proven.
    pub(super) problems: Vec<String>,
    /// All servers were judged, by all checks.
    pub(super) whole: bool,
    /// Testable MUST requirements.
    pub(super) musts: usize,
    /// Of those, the ones with a case and a fault.
    pub(super) covered: usize,
}

impl Score {
    /// Scores the results; with `whole`, they are those of all servers, so that what never bites shows too.
    pub(super) fn of(suite: &Suite, results: Vec<SubjectResult>, needed: Vec<Needed>, whole: bool) -> Self {
        let mut problems: Vec<String> = results.iter().filter_map(wrong).collect();
        let (musts, uncovered) = uncovered(suite);
        let covered = musts - uncovered.len();
        if whole {
            problems.extend(uncovered);
            problems.extend(idle(suite, &results));
            let idle = needed.iter().filter(|one| one.fault.is_none());
            problems
                .extend(idle.map(|one| format!("check {} is not needed: no fault is missed without it", one.check)));
        }
        Self { results, needed, problems, whole, musts, covered }
    }

    /// Faults caught, and all of them.
    pub(super) fn faults(&self) -> (usize, usize) {
        self.count(|subject| matches!(subject, Subject::Fault(_)))
    }

    /// Variations without a complaint, and all of them.
    pub(super) fn variations(&self) -> (usize, usize) {
        self.count(|subject| matches!(subject, Subject::Variation(_)))
    }

    fn count(&self, kind: impl Fn(&Subject) -> bool) -> (usize, usize) {
        let of_kind = self.results.iter().filter(|result| kind(&result.subject));
        of_kind.fold((0, 0), |(good, all), result| (good + usize::from(wrong(result).is_none()), all + 1))
    }
}

/// What is wrong with the result of one server, as a sentence.
pub(super) fn wrong(result: &SubjectResult) -> Option<String> {
    let name = result.subject.name();
    match result.subject {
        Subject::Fault(_) => missed(result).map(|why| format!("fault {name} {why}")),
        Subject::Sound | Subject::Variation(_) => alarm(result).map(|why| format!("{name}: {why}")),
    }
}

/// Why a fault does not count as caught.
fn missed(result: &SubjectResult) -> Option<String> {
    let named = result.subject.named();
    let graver = |id: &&str| requirement(id).is_some_and(|known| known.level == Level::Must);
    let mild = matches!(result.subject, Subject::Fault(row) if row.mild);
    // A fault that breaks a MUST must fail the run, not merely be warned about.
    let least = if !mild && named.iter().any(graver) { Level::Must } else { Level::Should };
    if result.caught_by().any(|(_, seen)| seen.level >= least) {
        return None;
    }
    Some(if let Some((id, seen)) = result.caught_by().next() {
        format!("is only warned about: {id}, {}", seen.message)
    } else if let Some((id, seen)) = result.besides().max_by_key(|(_, seen)| seen.trials) {
        format!("is caught only by {id}, not by {} ({}: {})", named.join(" or "), seen.witness, seen.message)
    } else if let Some(why) = &result.hopeless {
        format!("is not judged: {why}")
    } else if result.inconclusive > 0 {
        format!("is missed; {} trials were inconclusive", result.inconclusive)
    } else {
        "is missed".to_owned()
    })
}

/// What a right server is complained about for.
fn alarm(result: &SubjectResult) -> Option<String> {
    if let Some(why) = &result.hopeless {
        return Some(format!("could not be judged: {why}"));
    }
    let allowed = |id: &str, level: Level| level < Level::Must && result.subject.named().contains(&id);
    let (id, seen) = result.seen.iter().find(|(id, seen)| !allowed(id, seen.level))?;
    Some(format!("{} finding of {id} in {}: {}", seen.level, seen.witness, seen.message))
}

/// The number of testable MUST requirements, and a sentence for each without case or fault.
fn uncovered(suite: &Suite) -> (usize, Vec<String>) {
    let mut cases: BTreeSet<String> = BTreeSet::new();
    for case in (0..suite.refs.len()).filter_map(|index| suite.case(index).ok()) {
        cases.extend(case.requirements.iter().cloned());
    }
    let faults: BTreeSet<&str> = reference::faults().flat_map(|row| row.requirements.iter().copied()).collect();
    let musts: Vec<_> =
        requirements().iter().filter(|one| one.level == Level::Must && untestable(&one.id).is_none()).collect();
    let missing = musts.iter().filter_map(|one| match (cases.contains(&one.id), faults.contains(one.id.as_str())) {
        (true, true) => None,
        (false, true) => Some(format!("{} has no case", one.id)),
        (true, false) => Some(format!("{} has no fault", one.id)),
        (false, false) => Some(format!("{} has neither case nor fault", one.id)),
    });
    (musts.len(), missing.collect())
}

/// Checks and cases that catch no fault at all.
fn idle(suite: &Suite, results: &[SubjectResult]) -> Vec<String> {
    let faults = || results.iter().filter(|result| matches!(result.subject, Subject::Fault(_)));
    let checks: BTreeSet<&str> =
        faults().flat_map(|result| result.seen.values()).flat_map(|seen| &seen.checks).map(String::as_str).collect();
    let mut cases: BTreeMap<&str, bool> = suite.refs.iter().map(|row| (&*row.id, false)).collect();
    for case in faults().flat_map(|result| &result.cases) {
        cases.insert(case, true);
    }
    let idle_checks = CHECKS.iter().filter(|check| !checks.contains(check.name));
    let idle_cases = cases.iter().filter(|(_, bites)| !**bites);
    idle_checks
        .map(|check| format!("check {} catches no fault", check.name))
        .chain(idle_cases.map(|(case, _)| format!("case {case} catches no fault")))
        .collect()
}
