//! Whether each check is needed: with it switched off, a fault that only it catches goes unnoticed.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::score::wrong;
use super::subject::{Subject, SubjectResult, on_one, run};
use crate::checks::CHECKS;
use crate::model::locked::Locked;
use crate::plan::Suite;

/// So many faults are tried before a check counts as not needed.
const CANDIDATES: usize = 4;

/// A check and what it is needed for.
#[derive(Debug, Clone)]
pub(super) struct Needed {
    pub(super) check: &'static str,
    /// Faults that no other check catches under the same requirements.
    pub(super) alone: usize,
    /// A fault that the whole suite on one endpoint does not catch without the check.
    pub(super) fault: Option<&'static str>,
    /// What is said of that fault then.
    pub(super) then: String,
}

/// For every check, a fault that goes unnoticed without it.
pub(super) fn needed(suite: &Suite, results: &[SubjectResult], side_by_side: usize) -> Vec<Needed> {
    let next = AtomicUsize::new(0);
    let found: Locked<Vec<(usize, Needed)>> = Locked::default();
    let work = || {
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(check) = CHECKS.get(index) else { return };
            let one = of(suite, results, check.name);
            found.lock().push((index, one));
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..side_by_side {
            scope.spawn(work);
        }
        work();
    });
    let mut found = found.into_inner();
    found.sort_by_key(|(index, _)| *index);
    found.into_iter().map(|(_, one)| one).collect()
}

fn of(suite: &Suite, results: &[SubjectResult], check: &'static str) -> Needed {
    let alone: Vec<&SubjectResult> = results.iter().filter(|result| only_by(result, check)).collect();
    let unnoticed = alone.iter().take(CANDIDATES).find_map(|result| {
        let without = run(suite, &on_one(suite), result.subject, &[check.to_owned()]);
        Some((result.subject.name(), wrong(&without)?))
    });
    let (fault, then) = unnoticed.map_or((None, String::new()), |(name, then)| (Some(name), then));
    Needed { check, alone: alone.len(), fault, then }
}

/// Whether the fault shows on the endpoint that is judged first, and to this check alone.
fn only_by(result: &SubjectResult, check: &str) -> bool {
    let mut checks = BTreeSet::new();
    for (_, seen) in result.caught_by() {
        checks.extend(seen.checks.iter().map(String::as_str));
    }
    let caught = matches!(result.subject, Subject::Fault(_)) && wrong(result).is_none();
    caught && result.on_first && checks.len() == 1 && checks.contains(check)
}
