//! The trials of the sample run, and its waivers.

use patchproof::model::event::{Attempt, TrialResult};
use patchproof::model::finding::{Level, Place};
use patchproof::model::transcript::Role;
use patchproof::model::verdict::Verdict;
use patchproof::model::waiver::{Waiver, WaiverUse};
use serde_json::{Value, json};

use super::{JOB, exchange, failed, finding, json_value, named, text, trial};

/// A pass, a failure of each kind, a warning, a waiver, a flaky, an inconclusive and a skipped trial.
pub(super) fn all() -> Vec<TrialResult> {
    let page = "The request of the page returns the updated job";
    let mut all = vec![trial("jobs::update::page-example", page, "REQ-BODY-001")];
    all.extend([no_prefer("jobs"), content_type(), all_members(), date_time(), nested(), refused(), framing(), leak()]);
    all.extend([wrong_media(), stale(), waived(), flaky(page), no_prefer("classifyFileJobs"), unjudged(page)]);
    all.push(skipped());
    for (i, trial) in (1u64..).zip(all.iter_mut()).filter(|(_, trial)| trial.exchanges > 0) {
        trial.micros = 1_300 + i * i * 137 % 2_900;
        trial.at_micros = i * 5_214;
        for (step, record) in (1u64..).zip(&mut trial.evidence) {
            record.at_micros = trial.at_micros - trial.micros / step;
        }
    }
    all
}

/// What is accepted for a time: one waiver that holds, and one that is out of date.
pub(super) fn waivers() -> Vec<WaiverUse> {
    let holds = WaiverUse { waiver: accepted(), named: 6, told: 1, covered: 1, ..WaiverUse::default() };
    let waiver = Waiver {
        trial: "jobs::update::if-match".to_owned(),
        requirement: Some("REQ-COND-001".to_owned()),
        reason: "the new store has no entity tags yet".to_owned(),
        owner: "storage team".to_owned(),
        expires: "2026-04-30".to_owned(),
        ..Waiver::default()
    };
    vec![holds, WaiverUse { waiver, named: 1, told: 1, passed: 1, ..WaiverUse::default() }]
}

fn accepted() -> Waiver {
    Waiver {
        trial: "*::headers::odata-version".to_owned(),
        requirement: Some("REQ-HDR-002".to_owned()),
        reason: "the gateway strips it".to_owned(),
        owner: "gateway team".to_owned(),
        expires: "2026-06-30".to_owned(),
        ticket: Some("OPS-311".to_owned()),
        ..Waiver::default()
    }
}

/// The job with a member set, or without it.
fn job(member: &str, value: Option<Value>) -> String {
    let mut job: Value = serde_json::from_str(JOB).unwrap();
    match value {
        Some(value) => job[member] = value,
        None => drop(job.as_object_mut().unwrap().shift_remove(member)),
    }
    job.to_string()
}

fn no_prefer(endpoint: &str) -> TrialResult {
    let name = format!("{endpoint}::update::no-prefer");
    let trial = trial(&name, "An update without Prefer returns 200", "REQ-STATUS-001");
    let message = "the status is 204, not 200";
    failed(trial, finding("REQ-STATUS-001", "status", Place::Status, message, text("200"), text("204")))
}

fn content_type() -> TrialResult {
    let (place, got) = (Place::Header("content-type".to_owned()), "text/html; charset=utf-8");
    let message = "the media type is text/html";
    let trial = trial("jobs::update::content-type", "The answer is JSON", "REQ-HDR-001");
    let finding = finding("REQ-HDR-001", "content-type", place, message, text("application/json"), text(got));
    let mut trial = failed(trial, finding);
    got.clone_into(&mut trial.evidence[0].response_headers[0].1);
    trial
}

fn all_members() -> TrialResult {
    let place = Place::Body("/tenantId".to_owned());
    let trial = trial("jobs::update::all-members", "The answer has every member of the job", "REQ-PROP-001");
    let message = "the member tenantId is missing";
    let mut trial = failed(trial, finding("REQ-PROP-001", "schema", place, message, text("a string or null"), None));
    trial.evidence[0].response_body = job("tenantId", None);
    trial
}

fn date_time() -> TrialResult {
    let (place, got) = (Place::Body("/startDateTime".to_owned()), json!(1_772_330_400));
    let trial = trial("jobs::types::date-time", "Date-time properties are strings", "REQ-TYPE-001");
    let message = "startDateTime is a number, not a string or null";
    let finding = finding("REQ-TYPE-001", "schema", place, message, text("a string or null"), json_value(got.clone()));
    let mut trial = failed(trial, finding);
    trial.evidence[0].response_body = job("startDateTime", Some(got));
    trial
}

fn nested() -> TrialResult {
    let (sent, got) = (error("contentNotFound", &json!("The file is gone.")), error("contentNotFound", &Value::Null));
    let trial = trial("jobs::error::nested", "A nested error comes back whole", "REQ-ERR-001");
    let message = "the nested error is not the one that was sent";
    let (expected, actual) = (json_value(sent.clone()), json_value(got.clone()));
    let place = Place::Body("/error".to_owned());
    let mut trial = failed(trial, finding("REQ-ERR-001", "echo", place, message, expected, actual));
    trial.evidence[0] = exchange("PATCH", &json!({ "error": sent }).to_string(), 200, &job("error", Some(got)));
    trial
}

fn refused() -> TrialResult {
    let trial = trial("jobs::atomicity::refused-part", "A refused update changes nothing", "REQ-ATOM-001");
    let message = "the job was changed although the update was refused with 400";
    let (expected, actual) = (json_value(json!("notStarted")), json_value(json!("running")));
    let place = Place::Job("/status".to_owned());
    let mut trial = failed(trial, finding("REQ-ATOM-001", "unchanged", place, message, expected, actual));
    trial.exchanges = 2;
    trial.findings[0].finding.exchange = 1;
    let mut read = exchange("GET", "", 200, JOB);
    "read after step 1".clone_into(&mut read.purpose);
    read.role = Some(Role::ReadAfter);
    trial.evidence.push(read);
    let sent = json!({ "status": "running", "startDateTime": "yesterday" }).to_string();
    let answer = json!({ "error": error("invalidRequest", &json!("startDateTime: no date")) }).to_string();
    trial.evidence[0] = exchange("PATCH", &sent, 400, &answer);
    trial
}

fn framing() -> TrialResult {
    let trial = trial("jobs::wire::framing", "The response ends where it says", "REQ-HDR-004");
    let message = "the body ends 12 octets before the announced Content-Length";
    let mut trial = failed(trial, finding("REQ-HDR-004", "framing", Place::Wire, message, text("312"), text("300")));
    trial.evidence[0].response_headers.push(("Content-Length".to_owned(), "312".to_owned()));
    trial.evidence[0].broken = Some("the connection was closed 12 octets early".to_owned());
    trial
}

fn leak() -> TrialResult {
    let trial = trial("jobs::security::token", "No answer shows the token", "REQ-SEC-001");
    let (place, got) = (Place::Header("x-debug".to_owned()), "Bearer $PATCHPROOF_TOKEN");
    let message = "the header x-debug shows the token that was sent";
    let mut trial = failed(trial, finding("REQ-SEC-001", "leak", place, message, None, text(got)));
    trial.evidence[0].response_headers.push(("x-debug".to_owned(), got.to_owned()));
    trial
}

fn wrong_media() -> TrialResult {
    let mut trial = trial("jobs::media::wrong-type", "Another media type answers 415", "REQ-MEDIA-004");
    let message = "the status is 400, not 415";
    let mut warning = finding("REQ-MEDIA-004", "status", Place::Status, message, text("415"), text("400"));
    warning.finding.level = Level::Should;
    trial.findings.push(named(warning, &trial.name));
    let answer = r#"{"error":{"code":"BadRequest","message":"The body is not JSON."}}"#;
    trial.evidence.push(exchange("PATCH", "<status>running</status>", 400, answer));
    "application/xml".clone_into(&mut trial.evidence[0].request_headers[1].1);
    trial
}

fn stale() -> TrialResult {
    let mut trial = trial("jobs::update::if-match", "An old entity tag is refused", "REQ-COND-001");
    trial.verdict = Verdict::StaleWaiver;
    trial.reason = Some("a waiver says that it fails, and it passes".to_owned());
    trial
}

fn waived() -> TrialResult {
    let name = "classifyFileJobs::headers::odata-version";
    let trial = trial(name, "The answer names its OData version", "REQ-HDR-002");
    let place = Place::Header("odata-version".to_owned());
    let message = "the header OData-Version is missing";
    let mut trial = failed(trial, finding("REQ-HDR-002", "odata-version", place, message, text("4.0 or 4.01"), None));
    trial.verdict = Verdict::Waived;
    trial.findings[0].waived = Some(accepted().note());
    trial
}

fn flaky(title: &str) -> TrialResult {
    let mut trial = trial("classifyFileJobs::update::page-example", title, "REQ-BODY-001");
    trial.flaky = true;
    trial.waits = 2;
    trial.attempts = vec![
        Attempt { verdict: Verdict::Inconclusive, reason: Some("connection reset before a response".to_owned()) },
        Attempt { verdict: Verdict::Pass, reason: None },
    ];
    trial
}

fn unjudged(title: &str) -> TrialResult {
    let mut trial = trial("classifyTextJobs::update::page-example", title, "REQ-BODY-001");
    let why = "timed out after 30 s before the first byte";
    trial.verdict = Verdict::Inconclusive;
    trial.reason = Some(why.to_owned());
    let mut broken = exchange("PATCH", r#"{"status":"running"}"#, 0, "");
    (broken.status, broken.version, broken.response_headers) = (None, String::new(), Vec::new());
    broken.broken = Some(why.to_owned());
    trial.evidence.push(broken);
    trial
}

fn skipped() -> TrialResult {
    let name = "evaluateLabelJobs::security::other-tenant";
    let mut trial = trial(name, "A job of another tenant is not updated", "REQ-SEC-005");
    trial.verdict = Verdict::Skip;
    trial.reason = Some("needs the capability second-tenant".to_owned());
    (trial.exchanges, trial.micros) = (0, 0);
    trial
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
