//! Jobs that were not put back: those with the same reason are told once, the others by name.
//!
//! A server that answers wrongly does so for every job, and a dozen long lines that say the same hide the verdict.

use super::reading::{count, thousands};

/// Jobs named beside the first.
const NAMED: usize = 3;

/// The lines of [`Summary::teardown`](crate::model::event::Summary::teardown), the same ones brought together.
pub(super) fn grouped(lines: &[String]) -> Vec<String> {
    let mut groups: Vec<(String, &str, Vec<&str>)> = Vec::new();
    for line in lines {
        // Each line begins with the job, whose name its reason repeats.
        let (job, rest) = line.split_once(' ').unwrap_or((line, ""));
        let reason = rest.replace(job, "");
        match groups.iter_mut().find(|(known, _, _)| !reason.is_empty() && *known == reason) {
            Some((_, _, others)) => others.push(job),
            None => groups.push((reason, line, Vec::new())),
        }
    }
    groups.into_iter().flat_map(|(_, first, others)| [Some(first.to_owned()), more(&others)]).flatten().collect()
}

fn more(others: &[&str]) -> Option<String> {
    let named = others.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
    let hidden = others.len().saturating_sub(NAMED);
    let end = if hidden > 0 { format!(" and {}", thousands(hidden)) } else { String::new() };
    (!others.is_empty()).then(|| format!("So with {}: {named}{end}", count(others.len(), "more job")))
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn the_same_reason_is_told_once() {
        let line = |job: &str, why: &str| format!("{job} is not put back: PATCH /dataClassification/{job}: {why}");
        let lines: Vec<String> =
            (1..=6).map(|i| line(&format!("jobs/{i}"), "answered 400")).chain([line("jobs/7", "no answer")]).collect();
        let same = "So with 5 more jobs: jobs/2, jobs/3, jobs/4 and 2";
        assert_eq!(grouped(&lines), [&lines[0], same, &lines[6]]);
        assert!(grouped(&[]).is_empty());
    }
}
