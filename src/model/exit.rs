//! Exit codes of the process. They are part of the interface: scripts depend on them.

use super::event::Summary;
use super::verdict::Verdict;

/// Everything selected conforms, or is validly waived.
pub const CONFORMS: u8 = 0;
/// At least one unwaived conformance failure; or a waiver that is stale, drifted, expired or unused.
pub const NOT_CONFORMANT: u8 = 1;
/// Usage, configuration, case, schema or waiver file error.
pub const USAGE: u8 = 2;
/// Could not judge.
pub const COULD_NOT_JUDGE: u8 = 3;
/// Nothing was selected, or everything was skipped.
pub const NOTHING_TESTED: u8 = 4;
/// A report could not be written whole.
pub const REPORT: u8 = 6;
/// `verify` or `rejudge` does not match.
pub const MISMATCH: u8 = 7;
/// Internal error.
pub const INTERNAL: u8 = 70;
/// Interrupted.
pub const INTERRUPTED: u8 = 130;

/// The exit code that follows from the sums of a run. Failure beats inconclusive; an empty run is never green.
#[must_use]
pub fn of(summary: &Summary) -> u8 {
    let judged: usize = summary.counts.values().sum::<usize>() - summary.count(Verdict::Skip);
    let failed = summary.count(Verdict::Fail) > 0 || summary.waivers_fail();
    let told: usize = summary.counts.values().sum();
    if summary.interrupted {
        INTERRUPTED
    } else if failed {
        NOT_CONFORMANT
    } else if summary.could_not_judge.is_some()
        || summary.ended_early.is_some()
        || summary.count(Verdict::Inconclusive) > 0
        || told != summary.planned
    {
        COULD_NOT_JUDGE
    } else if judged == 0 {
        NOTHING_TESTED
    } else {
        CONFORMS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summary(counts: &[(Verdict, usize)]) -> Summary {
        let planned = counts.iter().map(|(_, n)| n).sum();
        Summary { counts: counts.iter().copied().collect(), planned, ..Summary::default() }
    }

    #[test]
    fn failure_beats_inconclusive_and_nothing_is_never_green() {
        assert_eq!(of(&summary(&[(Verdict::Pass, 1)])), CONFORMS);
        assert_eq!(of(&summary(&[(Verdict::Pass, 1), (Verdict::Inconclusive, 1)])), COULD_NOT_JUDGE);
        assert_eq!(of(&summary(&[(Verdict::Fail, 1), (Verdict::Inconclusive, 1)])), NOT_CONFORMANT);
        assert_eq!(of(&summary(&[(Verdict::Skip, 9)])), NOTHING_TESTED);
        assert_eq!(of(&summary(&[])), NOTHING_TESTED);
        let mut waived = summary(&[(Verdict::StaleWaiver, 1)]);
        assert_eq!(of(&waived), NOT_CONFORMANT);
        waived.waiver_problems.push("stale waiver".to_owned());
        assert_eq!(of(&waived), NOT_CONFORMANT);
        waived.waivers_warn = true;
        assert_eq!(of(&waived), CONFORMS);
        let mut early = summary(&[(Verdict::Pass, 3)]);
        early.planned = 4;
        assert_eq!(of(&early), COULD_NOT_JUDGE);
    }
}
