//! Verdicts: what findings, breaks and waivers come to. One function, one truth table.
//!
//! The function is [`verdict`], from [`Facts`] to a [`Verdict`].

use serde::{Deserialize, Serialize};

use super::finding::{Finding, Level};

/// The outcome of a trial.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Judged, and nothing wrong that counts.
    Pass,
    /// Judged, and a requirement is broken.
    Fail,
    /// Could not be judged.
    Inconclusive,
    /// Not run, for a reason.
    Skip,
    /// Every failure is covered by a valid waiver.
    Waived,
    /// A waiver covers the trial, and the trial passes.
    StaleWaiver,
}

impl Verdict {
    /// The word in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Inconclusive => "inconclusive",
            Self::Skip => "skip",
            Self::Waived => "waived",
            Self::StaleWaiver => "stale-waiver",
        }
    }
}

impl Verdict {
    /// Of several attempts at a trial, the one with the highest is told.
    #[must_use]
    pub fn severity(self) -> u8 {
        match self {
            Self::Fail => 3,
            Self::Inconclusive => 2,
            Self::Pass => 1,
            Self::Skip | Self::Waived | Self::StaleWaiver => 0,
        }
    }
}

/// The facts that a verdict follows from.
#[derive(Debug, Clone, Copy, Default)]
pub struct Facts {
    /// The exchanges did not allow a judgement.
    pub unjudged: bool,
    /// The exchanges showed that the target does not have what the trial is about.
    pub inapplicable: bool,
    /// Findings that fail the trial, not covered by a waiver.
    pub failures: usize,
    /// Findings that would fail the trial, covered by a waiver.
    pub waived: usize,
    /// A waiver names the trial and covers nothing.
    pub stale: bool,
}

/// The verdict that follows from the facts.
///
/// | failures | unjudged | inapplicable | waived | stale | verdict |
/// |---|---|---|---|---|---|
/// | some | | | | | fail |
/// | none | yes | | | | inconclusive |
/// | none | no | yes | | | skip |
/// | none | no | no | some | | waived |
/// | none | no | no | none | yes | stale-waiver |
/// | none | no | no | none | no | pass |
#[must_use]
pub fn verdict(facts: Facts) -> Verdict {
    match facts {
        Facts { failures: 1.., .. } => Verdict::Fail,
        Facts { unjudged: true, .. } => Verdict::Inconclusive,
        Facts { inapplicable: true, .. } => Verdict::Skip,
        Facts { waived: 1.., .. } => Verdict::Waived,
        Facts { stale: true, .. } => Verdict::StaleWaiver,
        Facts { .. } => Verdict::Pass,
    }
}

/// How many findings fail a trial when `deny` is the lowest level that does.
#[must_use]
pub fn failures(findings: &[Finding], deny: Level) -> usize {
    findings.iter().filter(|finding| finding.level >= deny).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failure_beats_inconclusive() {
        let facts = Facts { failures: 1, unjudged: true, waived: 3, ..Facts::default() };
        assert_eq!(verdict(facts), Verdict::Fail);
        assert_eq!(verdict(Facts { unjudged: true, waived: 1, ..Facts::default() }), Verdict::Inconclusive);
        assert_eq!(verdict(Facts { waived: 1, stale: true, ..Facts::default() }), Verdict::Waived);
        assert_eq!(verdict(Facts { inapplicable: true, waived: 1, ..Facts::default() }), Verdict::Skip);
        assert_eq!(verdict(Facts { inapplicable: true, failures: 1, ..Facts::default() }), Verdict::Fail);
        assert_eq!(verdict(Facts::default()), Verdict::Pass);
    }
}
