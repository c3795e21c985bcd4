//! A job that a request has made unreadable.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Map, Value, json};

use crate::scripted::server;
use crate::staging::{Staging, text};

/// A server whose job cannot be read any more once it was sent malformed JSON, which it takes.
pub(crate) fn spoilt() -> String {
    let spoilt: Mutex<BTreeSet<String>> = Mutex::default();
    let store: Mutex<BTreeMap<String, Map<String, Value>>> = Mutex::default();
    server(move |request| {
        let mut spoilt = spoilt.lock().unwrap_or_else(PoisonError::into_inner);
        let mut jobs = store.lock().unwrap_or_else(PoisonError::into_inner);
        let job = jobs.entry(request.id().to_owned()).or_default();
        if request.body.ends_with(",}") {
            spoilt.insert(request.id().to_owned());
        }
        if let Ok(Value::Object(sent)) = serde_json::from_str(&request.body) {
            job.extend(sent);
        }
        job.insert("id".to_owned(), json!(request.id()));
        let mut body = Value::Object(job.clone()).to_string();
        if spoilt.contains(request.id()) {
            body.insert(1, '?');
        }
        ("200 OK\r\nContent-Type: application/json\r\nOData-Version: 4.0".to_owned(), body)
    })
}

#[test]
fn a_job_that_cannot_be_read_any_more_ends_its_path_and_names_the_culprit() {
    let staging = Staging::new();
    let mut run = staging.command(&spoilt());
    run.args(["run", "-q", "--job", "jobs=jobs-1", "--report", "json=r.json", "--seed", "1"]);
    run.args(["jobs::body::malformed-trailing-comma", "jobs::merge::", "jobs::null::"]);
    let output = run.output().expect("the binary runs");
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    let report = std::fs::read(staging.state.path().join("r.json")).expect("a report");
    let report: Value = serde_json::from_slice(&report).expect("a report is JSON");
    let trials = report["trials"].as_array().expect("trials");
    let why = "not run: the job cannot be read since jobs::body::malformed-trailing-comma";
    let reasons: BTreeSet<_> = trials.iter().filter_map(|trial| trial["reason"].as_str()).collect();
    assert!(reasons.contains(why), "{reasons:?}");
}

/// As above, where a job that cannot be read cannot be overwritten either: no tag of it is known.
#[test]
fn a_job_that_cannot_be_put_back_without_its_tag_ends_its_path_too() {
    let spoiled = Mutex::new(false);
    let store: Mutex<Map<String, Value>> = Mutex::default();
    let url = server(move |request| {
        let mut spoiled = spoiled.lock().unwrap_or_else(PoisonError::into_inner);
        let mut job = store.lock().unwrap_or_else(PoisonError::into_inner);
        let json = "Content-Type: application/json\r\nOData-Version: 4.0";
        if *spoiled {
            let status = if request.method() == "PATCH" { "412 Precondition Failed" } else { "500 Server Error" };
            return (format!("{status}\r\n{json}"), r#"{"error":{"code":"no","message":"No."}}"#.to_owned());
        }
        *spoiled |= request.body.ends_with(",}");
        if let Ok(Value::Object(sent)) = serde_json::from_str(&request.body) {
            job.extend(sent);
        }
        job.insert("id".to_owned(), json!(request.id()));
        (format!("200 OK\r\n{json}"), Value::Object(job.clone()).to_string())
    });
    let staging = Staging::new();
    let mut run = staging.command(&url);
    run.args(["run", "-q", "--job", "jobs=jobs-1", "--report", "json=r.json", "--seed", "1"]);
    run.args(["jobs::body::malformed-trailing-comma", "jobs::merge::", "jobs::null::"]);
    let output = run.output().expect("the binary runs");
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    let report = std::fs::read_to_string(staging.state.path().join("r.json")).expect("a report");
    assert!(report.contains("not run: the job cannot be read since jobs::body::malformed-trailing-comma"));
    assert!(!report.contains("is refused with 412"), "nothing is held against the updates that follow");
}

/// A server that answers nothing for a job whose end is null, whatever is asked.
#[test]
fn a_job_whose_requests_end_the_connection_is_told_put_back_and_worked_on() {
    let store: Arc<Mutex<Map<String, Value>>> = Arc::default();
    let kept = Arc::clone(&store);
    let url = server(move |request| {
        let mut job = store.lock().unwrap_or_else(PoisonError::into_inner);
        let json = "Content-Type: application/json\r\nOData-Version: 4.0";
        if request.id() != "jobs-1" {
            let unknown = r#"{"error":{"code":"notFound","message":"There is none."}}"#;
            return (format!("404 Not Found\r\n{json}"), unknown.to_owned());
        }
        if let Ok(Value::Object(sent)) = serde_json::from_str(&request.body) {
            job.extend(sent);
        }
        job.insert("id".to_owned(), json!("jobs-1"));
        if job.entry("endDateTime").or_insert_with(|| json!("2017-01-01T00:00:00Z")).is_null() {
            return Default::default();
        }
        (format!("200 OK\r\n{json}"), Value::Object(job.clone()).to_string())
    });
    let staging = Staging::new();
    let mut run = staging.command(&url);
    run.args(["run", "--job", "jobs=jobs-1", "--seed", "1", "jobs::null::end-date-time", "jobs::body::only-status"]);
    let output = run.output().expect("the binary runs");
    let shown = text(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{shown}{}", text(&output.stderr));
    assert!(shown.contains("REQ-NULL-001 (MUST): The request ends the connection without an answer"), "{shown}");
    assert!(shown.contains("and so it is\n               for reads of the job since"), "{shown}");
    assert!(!shown.contains("not put back") && !shown.contains("Could not be judged"), "{shown}");
    assert_eq!(kept.lock().unwrap_or_else(PoisonError::into_inner)["endDateTime"], json!("2017-01-01T00:00:00Z"));
}
