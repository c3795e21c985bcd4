//! Jobs that were not put back: those with the same reason are told once, the others by name.
//!
//! A server that answers wrongly does so for every job, and a dozen long lines that say the same hide the verdict.

use super::reading::{count, thousands};
use crate::model::event::TeardownProblem;

/// Jobs named beside the first.
const NAMED: usize = 3;

/// The lines that [`Summary::teardown`](crate::model::event::Summary::teardown) makes, the same ones brought together.
pub(super) fn grouped(problems: &[TeardownProblem]) -> Vec<String> {
    let mut groups: Vec<(String, &TeardownProblem, Vec<&str>)> = Vec::new();
    for told in problems {
        let job = told.job.as_deref().unwrap_or_default();
        // The request that failed names the job once more.
        let reason = if job.is_empty() { told.problem.clone() } else { told.problem.replace(job, "") };
        match groups.iter_mut().find(|(known, _, _)| !job.is_empty() && *known == reason) {
            Some((_, _, others)) => others.push(job),
            None => groups.push((reason, told, Vec::new())),
        }
    }
    groups.into_iter().flat_map(|(_, first, others)| [Some(first.to_string()), more(&others)]).flatten().collect()
}

fn more(others: &[&str]) -> Option<String> {
    let named = others.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
    let hidden = others.len().saturating_sub(NAMED);
    let end = if hidden > 0 { format!(" and {}", thousands(hidden)) } else { String::new() };
    (!others.is_empty()).then(|| format!("So with {}: {named}{end}", count(others.len(), "more job")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_reason_is_told_once() {
        let told = |job: &str, why: &str| TeardownProblem {
            job: Some(job.to_owned()),
            problem: format!("is not put back: PATCH /dataClassification/{job}: {why}"),
        };
        let problems: Vec<_> =
            (1..=6).map(|i| told(&format!("jobs/{i}"), "answered 400")).chain([told("jobs/7", "no answer")]).collect();
        let same = "So with 5 more jobs: jobs/2, jobs/3, jobs/4 and 2";
        let first = "jobs/1 is not put back: PATCH /dataClassification/jobs/1: answered 400";
        assert_eq!(grouped(&problems), [first, same, &problems[6].to_string()]);
        assert!(grouped(&[]).is_empty());
    }
}
