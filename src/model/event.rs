//! Events: the only thing that runner and reports share. A run is the sum of its events.
//!
//! The main type is [`Event`]. Its parts are written as they are into `report.json` and read from there again, so a
//! change of their shape is one of [`SCHEMA_VERSION`].

mod summary;

use serde::{Deserialize, Serialize};

use super::finding::{Finding, Level};
use super::in_common::InCommon;
use super::proof::Proof;
use super::transcript::Role;
use super::verdict::Verdict;
pub use summary::{RequirementTally, Summary, TeardownProblem};

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
    /// Seed of the order of trials, where there is one for all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
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
    /// Waits that the target asked for, by 429 or by 503 with Retry-After, before it answered.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub waits: usize,
    /// From first request to judgement, in microseconds.
    pub micros: u64,
    /// From the start of the run that judged it to the judgement, in microseconds.
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
    /// The same for the same defect in all trials, also of other runs; reports of older versions do not say.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub cause: String,
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
    /// What it was for; reports of older versions do not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// The same as people say it: `step 1`, `read before step 2`, …
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

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}
