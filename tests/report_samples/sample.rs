//! One small fixed run that shows everything a report can show: a pass, a failure of each kind, a warning, a waiver, a
//! flaky, an inconclusive and a skipped trial. Times are fixed, so the goldens are too.

use std::borrow::Cow;

use patchproof::model::event::{Attempt, ExchangeRecord, ReportedFinding, RunInfo, Summary, TrialResult};
use patchproof::model::finding::{Finding, Level, Place, Shown};
use patchproof::model::verdict::Verdict;
use patchproof::report::Run;
use serde_json::{Value, json};

const BASE: &str = "http://127.0.0.1:8080/v1.0";

/// The sample run.
pub(super) fn run() -> Run {
    of(trials())
}

/// A run of these trials.
pub(super) fn of(trials: Vec<TrialResult>) -> Run {
    let mut summary = Summary { planned: trials.len(), micros: 48_216, exit_code: 1, ..Summary::default() };
    for trial in &trials {
        summary.add(trial, Level::Must);
        summary.requests += trial.exchanges;
    }
    Run { schema_version: "1".to_owned(), info: info(trials.len()), summary, trials }
}

fn info(planned: usize) -> RunInfo {
    RunInfo {
        partition: None,
        selected: None,
        selection: None,
        run_id: "0d4c9f6e-3b1a-4c52-9a57-2f1e8a7b6c5d".to_owned(),
        started_at: "2026-03-01T02:00:00Z".to_owned(),
        version: "0.1.0".to_owned(),
        base_url: BASE.to_owned(),
        embedded: false,
        suite: "built-in".to_owned(),
        suite_digest: "3f2a9c01d2e45b67a8901b2c3d4e5f60718293a4b5c6d7e8f9010203a4b5c6d7".to_owned(),
        planned,
        capabilities: vec!["readback".to_owned(), "etag".to_owned()],
        read_back: "get".to_owned(),
        not_offered: vec!["labelsAndPoliciesEvaluationJobs".to_owned()],
        tiers: ["documented", "protocol", "graph"].map(str::to_owned).into(),
        deny: None,
        seed: 7,
        left_out: vec!["endDateTime".to_owned()],
    }
}

fn trials() -> Vec<TrialResult> {
    let mut all = vec![
        trial("jobs::update::page-example", "The request of the page returns the updated job", "REQ-BODY-001"),
        failed(
            trial("jobs::update::no-prefer", "An update without Prefer returns 200", "REQ-STATUS-001"),
            finding("REQ-STATUS-001", "status", Place::Status, "the status is 204, not 200", text("200"), text("204")),
        ),
        failed(
            trial("jobs::update::content-type", "The answer is JSON", "REQ-HDR-001"),
            finding(
                "REQ-HDR-001",
                "content-type",
                Place::Header("content-type".to_owned()),
                "the media type is text/html",
                text("application/json"),
                text("text/html; charset=utf-8"),
            ),
        ),
        failed(
            trial("jobs::update::all-members", "The answer has every member of the job", "REQ-PROP-001"),
            finding(
                "REQ-PROP-001",
                "schema",
                Place::Body("/tenantId".to_owned()),
                "the member tenantId is missing",
                text("a string or null"),
                None,
            ),
        ),
        failed(
            trial("jobs::types::date-time", "Date-time properties are strings", "REQ-TYPE-001"),
            finding(
                "REQ-TYPE-001",
                "schema",
                Place::Body("/startDateTime".to_owned()),
                "startDateTime is a number, not a string or null",
                text("a string or null"),
                json_value(json!(1_772_330_400)),
            ),
        ),
    ];
    let mut nested = failed(
        trial("jobs::error::nested", "A nested error comes back whole", "REQ-ERR-001"),
        finding(
            "REQ-ERR-001",
            "echo",
            Place::Body("/error".to_owned()),
            "the nested error is not the one that was sent",
            json_value(error("contentNotFound", &json!("The file is gone."))),
            json_value(error("contentNotFound", &Value::Null)),
        ),
    );
    nested.evidence[0].response_body =
        json!({"id": "8b9f", "error": error("contentNotFound", &Value::Null)}).to_string();
    all.push(nested);
    let mut changed = failed(
        trial("jobs::atomicity::refused-part", "A refused update changes nothing", "REQ-ATOM-001"),
        finding(
            "REQ-ATOM-001",
            "unchanged",
            Place::Job("/status".to_owned()),
            "the job was changed although the update was refused with 400",
            json_value(json!("notStarted")),
            json_value(json!("running")),
        ),
    );
    changed.exchanges = 2;
    changed.findings[0].finding.exchange = 1;
    let mut read = exchange("GET", "", 200, r#"{"id":"8b9f","status":"running"}"#);
    "read after step 1".clone_into(&mut read.purpose);
    changed.evidence.push(read);
    changed.evidence[0].status = Some(400);
    all.push(changed);

    let mut warned = trial("jobs::media::wrong-type", "Another media type answers 415", "REQ-MEDIA-004");
    let mut warning =
        finding("REQ-MEDIA-004", "status", Place::Status, "the status is 400, not 415", text("415"), text("400"));
    warning.finding.level = Level::Should;
    warned.findings.push(named(warning, &warned.name));
    warned.evidence.push(exchange("PATCH", "{}", 400, r#"{"error":{"code":"BadRequest","message":"…"}}"#));
    all.push(warned);

    let mut waived = failed(
        trial("classifyFileJobs::headers::odata-version", "The answer names its OData version", "REQ-HDR-002"),
        finding(
            "REQ-HDR-002",
            "odata-version",
            Place::Header("odata-version".to_owned()),
            "the header OData-Version is missing",
            text("4.0 or 4.01"),
            None,
        ),
    );
    waived.verdict = Verdict::Waived;
    waived.findings[0].waived = Some("the gateway strips it until June (OPS-311, owner: gateway team)".to_owned());
    all.push(waived);

    let mut flaky = trial(
        "classifyFileJobs::update::page-example",
        "The request of the page returns the updated job",
        "REQ-BODY-001",
    );
    flaky.flaky = true;
    flaky.attempts = vec![
        Attempt { verdict: Verdict::Inconclusive, reason: Some("connection reset before a response".to_owned()) },
        Attempt { verdict: Verdict::Pass, reason: None },
    ];
    all.push(flaky);
    all.push(failed(
        trial("classifyFileJobs::update::no-prefer", "An update without Prefer returns 200", "REQ-STATUS-001"),
        finding("REQ-STATUS-001", "status", Place::Status, "the status is 204, not 200", text("200"), text("204")),
    ));
    let mut unjudged = trial(
        "classifyTextJobs::update::page-example",
        "The request of the page returns the updated job",
        "REQ-BODY-001",
    );
    unjudged.verdict = Verdict::Inconclusive;
    unjudged.reason = Some("timed out after 30 s before the first byte".to_owned());
    let mut broken = exchange("PATCH", r#"{"status":"running"}"#, 0, "");
    (broken.status, broken.version, broken.response_headers) = (None, String::new(), Vec::new());
    broken.broken = Some("timed out after 30 s before the first byte".to_owned());
    unjudged.evidence.push(broken);
    all.push(unjudged);
    let mut skipped =
        trial("evaluateLabelJobs::isolation::other-tenant", "A job of another tenant is not updated", "REQ-ISO-004");
    skipped.verdict = Verdict::Skip;
    skipped.reason = Some("needs the capability second-tenant".to_owned());
    (skipped.exchanges, skipped.micros) = (0, 0);
    all.push(skipped);
    for (i, trial) in (1u64..).zip(all.iter_mut()) {
        trial.at_micros = i * 3_214;
        trial.evidence.iter_mut().for_each(|record| record.at_micros = i * 3_214 - 2_000);
    }
    all
}

fn error(code: &str, message: &Value) -> Value {
    json!({
        "code": code,
        "message": message,
        "target": "file",
        "innerError": {
            "errorDateTime": "2026-03-01T01:59:58.123456789012Z",
            "clientRequestId": "1b8f7c7e-2f5b-4a0e-9d0c-5f2d7b6a9c11",
            "activityId": "c0f5a6de-90a1-4a39-8a5c-0c0f5d1e2b3a"
        },
        "details": []
    })
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
        micros: 1_812,
        at_micros: 0,
        exchanges: 1,
        findings: Vec::new(),
        evidence: Vec::new(),
    }
}

/// The trial failed by a finding, with its exchange.
pub(super) fn failed(mut trial: TrialResult, finding: ReportedFinding) -> TrialResult {
    trial.verdict = Verdict::Fail;
    trial.findings.push(named(finding, &trial.name));
    let body = r#"{"id":"8b9f","status":"running"}"#;
    let mut record = exchange("PATCH", r#"{"status":"running"}"#, 200, body);
    if trial.requirements == ["REQ-STATUS-001"] {
        (record.status, record.response_body) = (Some(204), String::new());
    }
    trial.evidence.push(record);
    trial
}

fn named(mut finding: ReportedFinding, trial: &str) -> ReportedFinding {
    finding.fingerprint = finding.finding.fingerprint(trial);
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
    ReportedFinding { finding, fingerprint: String::new(), waived: None, line: Some(9) }
}

/// Text as a finding shows it.
#[expect(clippy::unnecessary_wraps, reason = "a finding has it or not")]
pub(super) fn text(text: &str) -> Option<Shown> {
    Some(text.into())
}

#[expect(clippy::unnecessary_wraps, reason = "a finding has it or not")]
fn json_value(value: Value) -> Option<Shown> {
    Some(value.into())
}

fn exchange(method: &str, sent: &str, status: u16, received: &str) -> ExchangeRecord {
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
