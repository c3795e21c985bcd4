//! Events: the only thing that runner and reports share. A run is the sum of its events.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::finding::{Finding, Level};
use super::in_common::InCommon;
use super::proof::Proof;
use super::verdict::Verdict;
use super::waiver::WaiverUse;

/// Version of the event and report shapes.
pub const SCHEMA_VERSION: &str = "1";

/// Something that happened in a run.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The plan is made and the target is known; always the first.
    RunStarted(RunInfo),
    /// A trial is judged. Trials come in plan order within an endpoint.
    TrialFinished(Box<TrialResult>),
    /// Everything is told; always the last, and the sign that the stream is whole.
    RunFinished(Summary),
}

/// What was run against what.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RunInfo {
    /// Unique id of the run.
    pub run_id: String,
    /// Start, RFC 3339 in UTC.
    pub started_at: String,
    /// Version of patchproof.
    pub version: String,
    /// SHA-256 of the program, in hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub binary_digest: Option<String>,
    /// Base URL of the target, without credentials.
    pub base_url: String,
    /// The target is the embedded reference server.
    pub embedded: bool,
    /// Where the cases come from: `built-in` or a folder.
    pub suite: String,
    /// SHA-256 over names and contents of the cases, in hexadecimal.
    pub suite_digest: String,
    /// What `selftest` measured of this very suite.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selftest: Option<Box<Proof>>,
    /// Where the pages of the requirements are: a URL, or a path from the reports.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub docs: Option<String>,
    /// Number of trials planned, after selection and partition.
    pub planned: usize,
    /// The part of the selected trials that was planned, where there is more than one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partition: Option<String>,
    /// Number of trials selected, where only a part of them was planned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selected: Option<usize>,
    /// SHA-256 over their names, in hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selection: Option<String>,
    /// Capabilities declared or seen.
    pub capabilities: Vec<String>,
    /// How a job is read: `get`, `empty-patch` or `none`.
    pub read_back: String,
    /// Collections not offered by the target.
    pub not_offered: Vec<String>,
    /// Tiers judged.
    pub tiers: Vec<String>,
    /// Lowest level that fails a trial.
    pub deny: Option<Level>,
    /// Seed of the order of trials.
    pub seed: u64,
    /// Members left out of comparisons, as the profile declares them.
    pub left_out: Vec<String>,
}

/// One judged trial.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TrialResult {
    /// `endpoint::topic::case`.
    pub name: String,
    /// Place among the selected trials, from 1, where only a part of them was planned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<u32>,
    /// The collection.
    pub endpoint: String,
    /// Title of the case.
    pub title: String,
    /// Path of the case file as people can find it.
    pub file: String,
    /// Requirements that the case tests.
    pub requirements: Vec<String>,
    /// The verdict.
    pub verdict: Verdict,
    /// Why it was skipped or could not be judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Attempts differed, or it passed only after a retry.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub flaky: bool,
    /// How the repeats and retries ended, where there was more than one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attempts: Vec<Attempt>,
    /// From first request to judgement, in microseconds.
    pub micros: u64,
    /// From the start of the run to the judgement, in microseconds.
    #[serde(default)]
    pub at_micros: u64,
    /// Number of exchanges.
    pub exchanges: usize,
    /// What became of its valid updates; the summary has those of all trials.
    #[serde(skip)]
    pub updates: InCommon,
    /// Findings, the one that names the cause first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<ReportedFinding>,
    /// The exchanges themselves, redacted; kept where the verdict needs evidence.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<ExchangeRecord>,
}

/// A finding in a report: with what the requirement says and how to find it again.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReportedFinding {
    /// The finding.
    #[serde(flatten)]
    pub finding: Finding,
    /// Stable for the same defect of the same trial.
    pub fingerprint: String,
    /// Reason of the waiver that covers it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waived: Option<String>,
    /// Line of the case file that expected it, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
}

/// One attempt at a trial.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Attempt {
    /// How it ended.
    pub verdict: Verdict,
    /// Why it was tried again, or the first finding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// One exchange in a report, without secrets.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExchangeRecord {
    /// What it was for: `step 1`, `read before`, …
    pub purpose: String,
    /// Request method.
    pub method: String,
    /// Request URL.
    pub url: String,
    /// Request headers.
    pub request_headers: Vec<(String, String)>,
    /// Request content as text; octets outside UTF-8 replaced, cut where it is long.
    pub request_body: String,
    /// Status, where there is an answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// HTTP version of the answer.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub version: String,
    /// Response headers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub response_headers: Vec<(String, String)>,
    /// Response content as text; octets outside UTF-8 replaced, cut where it is long.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub response_body: String,
    /// How the exchange or its body broke.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub broken: Option<String>,
    /// From the start of the run to the start of the exchange, in microseconds.
    #[serde(default)]
    pub at_micros: u64,
    /// Time to the first octet of the answer, in microseconds.
    pub first_byte_micros: u64,
    /// Time to the end of the answer, in microseconds.
    pub total_micros: u64,
    /// A curl command that repeats the request.
    pub curl: String,
}

/// The sums of a run.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    /// Trials by verdict.
    pub counts: BTreeMap<Verdict, usize>,
    /// Flaky trials.
    pub flaky: usize,
    /// Findings that are warnings.
    pub warnings: usize,
    /// Trials planned; equal to the sum of the counts unless the run ended early.
    pub planned: usize,
    /// The run ended before every planned trial was judged, and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_early: Option<String>,
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
    pub teardown: Vec<String>,
    /// Waivers that are stale, expired, drifted or matched nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waiver_problems: Vec<String>,
    /// Exit code of the process.
    pub exit_code: u8,
}

/// How one requirement fared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RequirementTally {
    /// Trials of cases that test it and passed.
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
    pub fn update(&mut self, path: &str, updates: &InCommon) {
        if *updates != InCommon::default() {
            self.updates.entry(path.to_owned()).or_default().join(updates);
        }
    }

    /// Adds one trial to the sums.
    pub fn add(&mut self, trial: &TrialResult, deny: Level) {
        *self.counts.entry(trial.verdict).or_default() += 1;
        self.flaky += usize::from(trial.flaky);
        self.update(&trial.endpoint, &trial.updates);
        let mut found: Vec<&str> = Vec::new();
        for reported in &trial.findings {
            let finding = &reported.finding;
            let waived = reported.waived.is_some();
            self.warnings += usize::from(finding.level == Level::Should && deny > Level::Should && !waived);
            if found.contains(&finding.requirement.as_ref()) {
                continue;
            }
            found.push(&finding.requirement);
            let tally = self.requirements.entry(finding.requirement.to_string()).or_default();
            if finding.level >= deny && !waived {
                tally.failed += 1;
            } else if finding.level == Level::Should || waived {
                tally.warned += 1;
            } else {
                tally.passed += 1;
            }
        }
        for requirement in &trial.requirements {
            if found.contains(&requirement.as_str()) {
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
