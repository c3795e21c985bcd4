//! Waivers: failures that are known and accepted for a time, and what became of them in a run.
//!
//! The waived trial still runs, and must still fail in that way: a waiver that covers nothing fails the run.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A failure that is accepted for a time.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Waiver {
    /// Name of a trial, or a pattern.
    pub trial: String,
    /// The requirement that is broken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requirement: Option<String>,
    /// The fingerprint of the finding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
    /// Why it is accepted.
    pub reason: String,
    /// Who sees to it that it ends.
    pub owner: String,
    /// Last day on which it holds: year, month, day.
    pub expires: String,
    /// Where the work is tracked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<String>,
    /// Targets on which it holds; all when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub targets: Vec<String>,
}

impl Waiver {
    /// Reason, owner, last day and ticket, as reports show them beside a waived finding.
    #[must_use]
    pub fn note(&self) -> String {
        let ticket = self.ticket.as_ref().map(|ticket| format!(", {ticket}")).unwrap_or_default();
        format!("{} ({}, until {}{ticket})", self.reason, self.owner, self.expires)
    }
}

/// `REQ-X-001 on jobs::topic::*`: what a waiver is about.
impl fmt::Display for Waiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let about = [&self.requirement, &self.fingerprint].into_iter().flatten().map(String::as_str);
        write!(f, "{} on {}", about.collect::<Vec<_>>().join(" "), self.trial)
    }
}

/// A waiver and how often it met what in a run. The counts of shards add up to those of the whole run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WaiverUse {
    /// The waiver.
    #[serde(flatten)]
    pub waiver: Waiver,
    /// What became of it.
    pub outcome: WaiverOutcome,
    /// It had expired on the day of the run.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub expired: bool,
    /// Trials of the suite that it names.
    pub named: usize,
    /// Of these, trials told in this run.
    pub told: usize,
    /// Of these, trials with a finding that it covers.
    pub covered: usize,
    /// Of these, trials with a finding that it would cover, were it not for the policy of the run.
    #[serde(default)]
    pub refused: usize,
    /// Of these, trials that pass.
    pub passed: usize,
    /// Of these, trials that fail in another way only.
    pub differed: usize,
    /// Of these, trials that were skipped.
    pub skipped: usize,
}

/// What became of a waiver.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WaiverOutcome {
    /// It covers a failure.
    Waived,
    /// Everything that it names passes now.
    Stale,
    /// What it names fails, but in another way.
    Drifted,
    /// Its last day is over.
    Expired,
    /// It names no trial of the suite.
    Unused,
    /// It covers a MUST, and the policy of the run takes no such waiver.
    Refused,
    /// Not everything that it names was judged, so nothing can be said.
    #[default]
    NotJudged,
}

impl WaiverOutcome {
    /// The word in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waived => "waived",
            Self::Stale => "stale",
            Self::Drifted => "drifted",
            Self::Expired => "expired",
            Self::Unused => "unused",
            Self::Refused => "refused",
            Self::NotJudged => "not judged",
        }
    }
}

impl WaiverUse {
    /// Adds the counts of another shard of the same run.
    pub fn add(&mut self, other: &Self) {
        self.told += other.told;
        self.covered += other.covered;
        self.refused += other.refused;
        self.passed += other.passed;
        self.differed += other.differed;
        self.skipped += other.skipped;
    }

    /// Derives the outcome from the counts.
    ///
    /// | names nothing | told and expired | refused | covers | all judged | some differ | outcome |
    /// |---|---|---|---|---|---|---|
    /// | yes | | | | | | unused |
    /// | no | yes | | | | | expired |
    /// | no | no | some | | | | refused |
    /// | no | no | none | some | | | waived |
    /// | no | no | none | none | no | | not judged |
    /// | no | no | none | none | yes | yes | drifted |
    /// | no | no | none | none | yes | no | stale |
    pub fn conclude(&mut self) {
        let judged = self.passed + self.differed;
        self.outcome = match self {
            Self { named: 0, .. } => WaiverOutcome::Unused,
            Self { expired: true, told: 1.., .. } => WaiverOutcome::Expired,
            Self { refused: 1.., .. } => WaiverOutcome::Refused,
            Self { covered: 1.., .. } => WaiverOutcome::Waived,
            _ if judged == 0 || judged + self.skipped < self.named => WaiverOutcome::NotJudged,
            Self { differed: 1.., .. } => WaiverOutcome::Drifted,
            _ => WaiverOutcome::Stale,
        };
    }

    /// One sentence about what is wrong with the waiver, if anything is.
    #[must_use]
    pub fn problem(&self) -> Option<String> {
        let why = match self.outcome {
            WaiverOutcome::Waived | WaiverOutcome::NotJudged => return None,
            WaiverOutcome::Stale => "what it waives passes now; remove it".to_owned(),
            WaiverOutcome::Drifted => "the trial fails in another way now".to_owned(),
            WaiverOutcome::Expired => format!("it held until {}", self.waiver.expires),
            WaiverOutcome::Unused => "the suite has no such trial".to_owned(),
            WaiverOutcome::Refused => "an acceptance run takes no waiver on a MUST".to_owned(),
        };
        Some(format!("{} waiver of {}: {why} (owner: {})", self.outcome.as_str(), self.waiver, self.waiver.owner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(usage: WaiverUse) -> WaiverOutcome {
        let mut usage = usage;
        usage.conclude();
        assert_eq!(
            usage.problem().is_none(),
            matches!(usage.outcome, WaiverOutcome::Waived | WaiverOutcome::NotJudged)
        );
        usage.outcome
    }

    #[test]
    fn the_truth_table_holds() {
        let named = WaiverUse { named: 3, told: 3, ..WaiverUse::default() };
        assert_eq!(outcome(WaiverUse::default()), WaiverOutcome::Unused);
        assert_eq!(outcome(WaiverUse { expired: true, covered: 1, ..named.clone() }), WaiverOutcome::Expired);
        assert_eq!(outcome(WaiverUse { expired: true, told: 0, ..named.clone() }), WaiverOutcome::NotJudged);
        assert_eq!(outcome(WaiverUse { refused: 1, covered: 1, ..named.clone() }), WaiverOutcome::Refused);
        assert_eq!(outcome(WaiverUse { covered: 1, passed: 2, ..named.clone() }), WaiverOutcome::Waived);
        assert_eq!(outcome(WaiverUse { passed: 2, ..named.clone() }), WaiverOutcome::NotJudged);
        assert_eq!(outcome(WaiverUse { skipped: 3, ..named.clone() }), WaiverOutcome::NotJudged);
        assert_eq!(outcome(WaiverUse { passed: 2, skipped: 1, ..named.clone() }), WaiverOutcome::Stale);
        assert_eq!(outcome(WaiverUse { passed: 2, differed: 1, ..named }), WaiverOutcome::Drifted);
    }
}
