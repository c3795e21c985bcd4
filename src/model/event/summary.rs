//! The sums of a run, added up trial by trial.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::TrialResult;
use crate::model::finding::Level;
use crate::model::in_common::InCommon;
use crate::model::verdict::Verdict;
use crate::model::waiver::WaiverUse;

/// The sums of a run.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    /// Trials by verdict.
    pub counts: BTreeMap<Verdict, usize>,
    /// Flaky trials.
    pub flaky: usize,
    /// Waits that the target asked for, by 429 or by 503 with Retry-After.
    #[serde(default, skip_serializing_if = "super::is_zero")]
    pub waits: usize,
    /// Findings that are warnings.
    pub warnings: usize,
    /// Trials planned; equal to the sum of the counts unless the run ended early.
    pub planned: usize,
    /// The run ended before every planned trial was judged, and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_early: Option<String>,
    /// The user ended the run, or that of a shard.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub interrupted: bool,
    /// Why the target as a whole could not be judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub could_not_judge: Option<String>,
    /// Wall time in microseconds.
    pub micros: u64,
    /// Requests sent.
    pub requests: usize,
    /// Verdict per requirement.
    pub requirements: BTreeMap<String, RequirementTally>,
    /// What became of the valid updates, by path.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub updates: BTreeMap<String, InCommon>,
    /// Waivers that hold on this target, and what became of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waivers: Vec<WaiverUse>,
    /// Problems with waivers do not fail the run.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub waivers_warn: bool,
    /// Problems while putting jobs back or deleting them; never part of the verdict.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub teardown: Vec<TeardownProblem>,
    /// Waivers that are stale, expired, drifted or matched nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waiver_problems: Vec<String>,
    /// Exit code of the process.
    pub exit_code: u8,
}

/// What went wrong when a job was to be put back or deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Told")]
pub struct TeardownProblem {
    /// The job, as `collection/id`; none where all are concerned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job: Option<String>,
    /// What is said of it: `is not put back: …`.
    pub problem: String,
}

/// A [`TeardownProblem`] in a report; a sentence in those of older versions.
#[derive(Deserialize)]
#[serde(untagged)]
enum Told {
    Sentence(String),
    Problem { job: Option<String>, problem: String },
}

impl From<Told> for TeardownProblem {
    fn from(told: Told) -> Self {
        match told {
            Told::Sentence(problem) => Self { job: None, problem },
            Told::Problem { job, problem } => Self { job, problem },
        }
    }
}

impl fmt::Display for TeardownProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.job {
            Some(job) => write!(f, "{job} {}", self.problem),
            None => f.write_str(&self.problem),
        }
    }
}

/// How one requirement fared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RequirementTally {
    /// Trials of cases that test it and found nothing about it, and trials with mere notes about it.
    pub passed: usize,
    /// Trials with a finding about it that counts as a failure.
    pub failed: usize,
    /// Trials with a finding about it that counts as less.
    pub warned: usize,
    /// Trials of cases that test it and were skipped.
    pub skipped: usize,
    /// Trials of cases that test it and could not be judged.
    pub inconclusive: usize,
}

impl Summary {
    /// The number of trials with this verdict.
    #[must_use]
    pub fn count(&self, verdict: Verdict) -> usize {
        self.counts.get(&verdict).copied().unwrap_or(0)
    }

    /// Whether waivers are out of date, and that counts as a failure.
    #[must_use]
    pub fn waivers_fail(&self) -> bool {
        !self.waivers_warn && (self.count(Verdict::StaleWaiver) > 0 || !self.waiver_problems.is_empty())
    }

    /// Derives what became of the waivers, once every trial is told.
    pub fn conclude_waivers(&mut self) {
        self.waivers.iter_mut().for_each(WaiverUse::conclude);
        self.waiver_problems = self.waivers.iter().filter_map(WaiverUse::problem).collect();
    }

    /// Takes in what became of valid updates on a path.
    pub fn add_updates(&mut self, path: &str, updates: &InCommon) {
        if *updates != InCommon::default() {
            self.updates.entry(path.to_owned()).or_default().join(updates);
        }
    }

    /// Adds one trial to the sums.
    pub fn add(&mut self, trial: &TrialResult, deny: Level) {
        *self.counts.entry(trial.verdict).or_default() += 1;
        self.flaky += usize::from(trial.flaky);
        self.waits += trial.waits;
        self.add_updates(&trial.endpoint, &trial.updates);
        let mut found: BTreeMap<&str, Weight> = BTreeMap::new();
        for reported in &trial.findings {
            let (finding, waived) = (&reported.finding, reported.waived.is_some());
            self.warnings += usize::from(finding.level == Level::Should && deny > Level::Should && !waived);
            let weight = if finding.level >= deny && !waived {
                Weight::Failure
            } else if finding.level == Level::Should || waived {
                Weight::Warning
            } else {
                Weight::Note
            };
            let worst = found.entry(finding.requirement.as_ref()).or_insert(weight);
            *worst = weight.max(*worst);
        }
        for (requirement, worst) in &found {
            let tally = self.requirements.entry((*requirement).to_owned()).or_default();
            match worst {
                Weight::Failure => tally.failed += 1,
                Weight::Warning => tally.warned += 1,
                Weight::Note => tally.passed += 1,
            }
        }
        for requirement in &trial.requirements {
            if found.contains_key(requirement.as_str()) {
                continue;
            }
            let tally = match self.requirements.get_mut(requirement) {
                Some(tally) => tally,
                None => self.requirements.entry(requirement.clone()).or_default(),
            };
            match trial.verdict {
                Verdict::Skip => tally.skipped += 1,
                Verdict::Inconclusive => tally.inconclusive += 1,
                _ => tally.passed += 1,
            }
        }
    }
}

/// What a finding does to the requirement that it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Weight {
    /// It is told.
    Note,
    /// The requirement is met with reservations.
    Warning,
    /// The requirement is broken.
    Failure,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_older_reports_tell_of_jobs_is_read() {
        let told = json!(["jobs/1 is not put back: x", {"job": "jobs/2", "problem": "is not put back: y"}]);
        let read: Vec<TeardownProblem> = serde_json::from_value(told).unwrap();
        let lines: Vec<String> = read.iter().map(ToString::to_string).collect();
        assert_eq!(lines, ["jobs/1 is not put back: x", "jobs/2 is not put back: y"]);
        assert_eq!(serde_json::to_value(&read[1]).unwrap(), json!({"job": "jobs/2", "problem": "is not put back: y"}));
    }
}
