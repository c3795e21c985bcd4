//! One small fixed run that shows everything a report can show: a pass, a failure of each kind, a warning, a waiver, a
//! flaky, an inconclusive and a skipped trial. Times are fixed, so the goldens are too.

use std::borrow::Cow;

use patchproof::model::event::{ExchangeRecord, ReportedFinding, RunInfo, Summary, TrialResult};
use patchproof::model::finding::{Finding, Level, Place, Shown};
use patchproof::model::proof::Proof;
use patchproof::model::transcript::Role;
use patchproof::model::verdict::Verdict;
use patchproof::report::Run;
use serde_json::Value;

mod trials;

/// The job as a sound server answers.
const JOB: &str = r#"{"@odata.context":"http://127.0.0.1:8080/v1.0/$metadata#dataClassification/jobs/$entity","id":"8b9f2f9e-6f3a-4b1d-9a7c-3c0a5d2e1f00","type":"classifyFile","status":"running","tenantId":"9c1f6a0e-4d2b-4f7e-8a55-1f0e2d3c4b5a","creationDateTime":"2026-03-01T01:58:00Z","startDateTime":"2026-03-01T01:59:00Z","endDateTime":null,"error":null}"#;

const BASE: &str = "http://127.0.0.1:8080/v1.0";

/// The sample run.
pub(super) fn run() -> Run {
    let trials = trials::all();
    let waivers = trials::waivers();
    let mut run = of(trials);
    run.summary.waivers = waivers;
    run.summary.conclude_waivers();
    run
}

/// A run of these trials.
pub(super) fn of(trials: Vec<TrialResult>) -> Run {
    let mut summary = Summary { planned: trials.len(), micros: 98_216, exit_code: 1, ..Summary::default() };
    for trial in &trials {
        summary.add(trial, Level::Must);
        summary.requests += trial.exchanges;
    }
    Run { schema_version: "1".to_owned(), info: info(trials.len()), summary, trials, order: Vec::new() }
}

fn info(planned: usize) -> RunInfo {
    RunInfo {
        partition: None,
        selected: None,
        selection: None,
        run_id: "0d4c9f6e-3b1a-4c52-9a57-2f1e8a7b6c5d".to_owned(),
        started_at: "2026-03-01T02:00:00Z".to_owned(),
        version: "0.1.0".to_owned(),
        binary_digest: Some("b7c0e5d2914f6a83c5e1d70f2b3a4958677889aabbccddeeff00112233445566".to_owned()),
        base_url: BASE.to_owned(),
        embedded: false,
        suite: "built-in".to_owned(),
        suite_digest: "3f2a9c01d2e45b67a8901b2c3d4e5f60718293a4b5c6d7e8f9010203a4b5c6d7".to_owned(),
        selftest: Some(Box::new(Proof {
            faults: (512, 512).into(),
            variations: (83, 83).into(),
            must: (102, 102).into(),
        })),
        docs: Some("../../docs/requirements".to_owned()),
        planned,
        capabilities: vec!["readback".to_owned(), "etag".to_owned()],
        read_back: "get".to_owned(),
        not_offered: vec!["labelsAndPoliciesEvaluationJobs".to_owned()],
        tiers: ["documented", "protocol", "graph"].map(str::to_owned).into(),
        deny: None,
        seed: Some(7),
        left_out: vec!["endDateTime".to_owned()],
    }
}

/// A passing trial.
pub(super) fn trial(name: &str, title: &str, requirement: &str) -> TrialResult {
    let parts: Vec<&str> = name.split("::").collect();
    TrialResult {
        place: None,
        name: name.to_owned(),
        endpoint: parts[0].to_owned(),
        title: title.to_owned(),
        file: format!("cases/{}/{}.json", parts[1], parts[2]),
        requirements: vec![requirement.to_owned()],
        verdict: Verdict::Pass,
        reason: None,
        flaky: false,
        attempts: Vec::new(),
        waits: 0,
        micros: 1_812,
        at_micros: 0,
        exchanges: 1,
        updates: patchproof::model::in_common::InCommon::default(),
        findings: Vec::new(),
        evidence: Vec::new(),
    }
}

/// The trial failed by a finding, with its exchange.
pub(super) fn failed(mut trial: TrialResult, finding: ReportedFinding) -> TrialResult {
    trial.verdict = Verdict::Fail;
    trial.findings.push(named(finding, &trial.name));
    let mut record = exchange("PATCH", r#"{"status":"running"}"#, 200, JOB);
    if trial.requirements == ["REQ-STATUS-001"] {
        (record.status, record.response_body) = (Some(204), String::new());
    }
    trial.evidence.push(record);
    trial
}

pub(super) fn named(mut finding: ReportedFinding, trial: &str) -> ReportedFinding {
    finding.fingerprint = finding.finding.fingerprint(trial);
    finding.cause = finding.finding.cause();
    finding
}

/// A MUST finding about the first exchange.
pub(super) fn finding(
    requirement: &'static str,
    check: &'static str,
    place: Place,
    message: &str,
    expected: Option<Shown>,
    actual: Option<Shown>,
) -> ReportedFinding {
    let finding = Finding {
        requirement: Cow::Borrowed(requirement),
        level: Level::Must,
        check: Cow::Borrowed(check),
        exchange: 0,
        place,
        message: message.to_owned(),
        expected,
        actual,
    };
    ReportedFinding { finding, fingerprint: String::new(), cause: String::new(), waived: None, line: Some(9) }
}

/// Text as a finding shows it.
#[expect(clippy::unnecessary_wraps, reason = "a finding has it or not")]
pub(super) fn text(text: &str) -> Option<Shown> {
    Some(text.into())
}

#[expect(clippy::unnecessary_wraps, reason = "a finding has it or not")]
pub(super) fn json_value(value: Value) -> Option<Shown> {
    Some(value.into())
}

pub(super) fn exchange(method: &str, sent: &str, status: u16, received: &str) -> ExchangeRecord {
    let url = format!("{BASE}/dataClassification/jobs/8b9f2f9e-6f3a-4b1d-9a7c-3c0a5d2e1f00");
    let mut request_headers = vec![("Authorization".to_owned(), "Bearer $PATCHPROOF_TOKEN".to_owned())];
    let mut curl = format!("curl -sS -X {method} -H \"Authorization: Bearer $PATCHPROOF_TOKEN\"");
    if !sent.is_empty() {
        request_headers.push(("Content-Type".to_owned(), "application/json".to_owned()));
        curl.push_str(" -H 'Content-Type: application/json' --data-raw '");
        curl.push_str(sent);
        curl.push('\'');
    }
    curl = format!("{curl} '{url}'");
    ExchangeRecord {
        role: Some(Role::Step),
        purpose: "step 1".to_owned(),
        method: method.to_owned(),
        url,
        request_headers,
        request_body: sent.to_owned(),
        status: Some(status),
        version: "HTTP/1.1".to_owned(),
        response_headers: vec![
            ("Content-Type".to_owned(), "application/json".to_owned()),
            ("request-id".to_owned(), "5f0c1a52-77b5-4a39-8f3e-2d1c0b9a8e7f".to_owned()),
        ],
        response_body: received.to_owned(),
        broken: None,
        at_micros: 0,
        first_byte_micros: 1_204,
        total_micros: 1_377,
        curl,
    }
}
