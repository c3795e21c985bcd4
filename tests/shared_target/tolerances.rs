//! What the contract lets a server do is not told, also on one that is wrong otherwise.

use patchproof::reference::{Options, Server, fault};
use serde_json::{Value, json};

use crate::scripted::{Request, server};
use crate::staging::{Staging, text};

const JSON: &str = "Content-Type: application/json\r\nOData-Version: 4.0";

/// The requirements of all findings and warnings on a server that answers so.
fn told(answer: impl Fn(&Request) -> (String, String) + Send + Sync + 'static, cases: &[&str]) -> Vec<String> {
    let staging = Staging::new();
    let mut run = staging.command(&server(answer));
    run.args(["run", "-q", "--job", "jobs=jobs-1", "--report", "json=r.json"]).args(cases);
    let output = run.output().expect("the binary runs");
    let report = std::fs::read(staging.state.path().join("r.json"));
    let report = report.unwrap_or_else(|_| panic!("no report: {}", text(&output.stderr)));
    let report: Value = serde_json::from_slice(&report).expect("a report is JSON");
    let trials = report["trials"].as_array().expect("trials");
    assert!(trials.iter().all(|trial| trial["verdict"] != "skip" && trial["verdict"] != "inconclusive"), "{trials:#?}");
    let all = |list: &str| {
        let found = trials.iter().flat_map(move |trial| trial[list].as_array().into_iter().flatten());
        found.map(|one| one["requirement"].as_str().expect("an id").to_owned()).collect::<Vec<_>>()
    };
    [all("findings"), all("warnings")].concat()
}

fn job(status: &str) -> String {
    json!({"id": "jobs-1", "type": "t", "status": status, "tenantId": null, "creationDateTime": null,
        "startDateTime": null, "endDateTime": null, "error": null})
    .to_string()
}

#[test]
fn empty_json_may_be_refused_with_415_and_without_a_list_of_types() {
    let refused = format!("415 Unsupported Media Type\r\n{JSON}");
    let all = told(
        move |request| match request.method() {
            "PATCH" => (refused.clone(), r#"{"error":{"code":"x","message":"y"}}"#.to_owned()),
            _ => (format!("200 OK\r\n{JSON}"), job("s")),
        },
        &["jobs::body::empty-content"],
    );
    assert!(!all.iter().any(|id| id == "REQ-MEDIA-004"), "{all:?}");
}

#[test]
fn nothing_is_promised_of_the_job_after_a_5xx() {
    let updates = std::sync::atomic::AtomicUsize::new(0);
    let all = told(
        move |request| {
            let count = &updates;
            if request.method() == "PATCH" {
                count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                let failed = format!("500 Internal Server Error\r\n{JSON}");
                return (failed, r#"{"error":{"code":"x","message":"y"}}"#.to_owned());
            }
            let seen = count.load(std::sync::atomic::Ordering::Relaxed);
            (format!("200 OK\r\n{JSON}"), job(&format!("after {seen}")))
        },
        &["jobs::merge::one-status"],
    );
    assert!(all.iter().any(|id| id == "REQ-STATUS-002"), "{all:?}");
    assert!(!all.iter().any(|id| id == "REQ-ATOM-002"), "{all:?}");
}

#[test]
fn that_there_is_no_version_says_nothing_of_header_names() {
    let sent = std::sync::Mutex::new(job("s"));
    let all = told(
        move |request| {
            let mut known = sent.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            if let Ok(Value::Object(body)) = serde_json::from_str(&request.body)
                && let Some(status) = body.get("status").and_then(Value::as_str)
            {
                *known = job(status);
            }
            ("200 OK\r\nContent-Type: application/json".to_owned(), known.clone())
        },
        &["jobs::http::max-version-name"],
    );
    assert!(all.iter().any(|id| id == "REQ-HDR-002"), "{all:?}");
    assert!(!all.iter().any(|id| id == "REQ-HTTP-001"), "{all:?}");
}

/// What a body with a member twice means is doubtful, but whoever applies it shows a new tag, which counts from then on.
#[test]
fn the_tag_of_a_doubtful_update_is_sent_with_the_next_one() {
    let state = std::sync::Mutex::new((1, "s".to_owned()));
    let all = told(
        move |request| {
            let (tag, status) = &mut *state.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            let refused = r#"{"error":{"code":"x","message":"y"}}"#.to_owned();
            if request.method() != "PATCH" {
                return (format!("405 Method Not Allowed\r\nAllow: PATCH\r\n{JSON}"), refused);
            }
            match request.header("if-match") {
                None => return (format!("428 Precondition Required\r\n{JSON}"), refused),
                Some(known) if known != "*" && known != format!("\"{tag}\"") => {
                    return (format!("412 Precondition Failed\r\n{JSON}"), refused);
                }
                Some(_) => {}
            }
            let Ok(Value::Object(body)) = serde_json::from_str(&request.body) else {
                return (format!("400 Bad Request\r\n{JSON}"), refused);
            };
            if let Some(new) = body.get("status").and_then(Value::as_str) {
                new.clone_into(status);
                *tag += 1;
            }
            (format!("200 OK\r\n{JSON}\r\nETag: \"{tag}\""), job(status))
        },
        &[
            "--capability=etag,etag-required",
            "--run=jobs::body::duplicate-status-escaped",
            "--run=jobs::merge::one-status",
            "--run=jobs::cond::matching",
        ],
    );
    assert!(!all.iter().any(|id| ["REQ-MERGE-001", "REQ-BODY-004", "REQ-PATH-001"].contains(&&**id)), "{all:?}");
}

/// Rule 13 of the contract's rules of equality.
#[test]
fn a_computed_property_may_change_with_an_update_that_changes_nothing() {
    let count = std::sync::atomic::AtomicUsize::new(10);
    let all = told(
        move |request| {
            let mut known: Value = serde_json::from_str(&job("s")).expect("a job");
            if request.method() == "PATCH" {
                count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            }
            let second = count.load(std::sync::atomic::Ordering::Relaxed) % 50 + 10;
            known["endDateTime"] = format!("2026-01-01T00:00:{second}Z").into();
            (format!("200 OK\r\n{JSON}"), known.to_string())
        },
        &["jobs::body::empty-object", "--set", "computed=endDateTime"],
    );
    assert!(!all.iter().any(|id| id == "REQ-BODY-010"), "{all:?}");
}

#[test]
fn an_odata_parameter_may_be_refused_before_the_condition_is_looked_at() {
    let state = std::sync::Mutex::new((1, "s".to_owned()));
    let all = told(
        move |request| {
            let (tag, status) = &mut *state.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            let refused = r#"{"error":{"code":"x","message":"y"}}"#.to_owned();
            if request.method() == "PATCH" {
                if request.header("content-type").is_some_and(|kind| kind.contains("odata")) {
                    return (format!("415 Unsupported Media Type\r\n{JSON}"), refused);
                }
                if request.header("if-match").is_some_and(|known| known != format!("\"{tag}\"")) {
                    return (format!("412 Precondition Failed\r\n{JSON}"), refused);
                }
                let body: Value = serde_json::from_str(&request.body).unwrap_or_default();
                if let Some(new) = body.get("status").and_then(Value::as_str) {
                    new.clone_into(status);
                    *tag += 1;
                }
            }
            (format!("200 OK\r\n{JSON}\r\nETag: \"{tag}\""), job(status))
        },
        &["jobs::cond::stale-in-other-forms"],
    );
    assert!(!all.iter().any(|id| id == "REQ-COND-002"), "{all:?}");
}

/// Legal on its own each, and together the client never learns the tag of what a 204 confirmed.
#[test]
fn several_tolerances_at_once_are_legal_too() {
    let state = tempfile::tempdir().expect("a temporary folder");
    for variations in [
        &["no-reads", "empty-object-not-accepted", "etag-in-body-only"][..],
        &["control-information-without-prefix", "etag-in-body-only"],
    ] {
        let mut run = std::process::Command::new(env!("CARGO_BIN_EXE_patchproof"));
        run.env("XDG_STATE_HOME", state.path()).args(["run", "-q", "--endpoint", "jobs"]);
        run.args(variations.iter().flat_map(|name| ["--variation", name])).args(["--topic", "cond,http"]);
        let output = run.output().expect("the binary runs");
        let told = format!("{}{}", text(&output.stdout), text(&output.stderr));
        assert!(output.status.success() && !told.contains("inconclusive"), "{variations:?}: {told}");
    }
}

/// What a read was answered that was throttled is not the job, whichever read that was.
#[test]
fn a_read_that_is_throttled_shows_no_other_job() {
    for throttled in 0..5 {
        let reads = std::sync::atomic::AtomicUsize::new(0);
        let all = told(
            move |request| {
                let id = if request.id() == "jobs-2" { "jobs-2" } else { "jobs-1" };
                if id == "jobs-2" && reads.fetch_add(1, std::sync::atomic::Ordering::Relaxed) == throttled {
                    let later = format!("429 Too Many Requests\r\nRetry-After: 0\r\n{JSON}");
                    return (later, r#"{"error":{"code":"tooManyRequests","message":"later"}}"#.to_owned());
                }
                (format!("200 OK\r\n{JSON}"), job("s").replace("jobs-1", id))
            },
            &["--job=jobs=jobs-2", "jobs::iso::neighbours-read-during-update"],
        );
        assert!(!all.iter().any(|id| id == "REQ-ISO-001"), "read {throttled}: {all:?}");
    }
}

/// A target that reads an id as a GUID finds the job; where its profile says so, nobody asks.
#[test]
fn ids_may_ignore_case_where_the_profile_says_so() {
    let faults = vec![fault("ids-known-in-any-letter-case").expect("a fault of the catalogue")];
    let server = Server::start(Options { faults, ..Options::default() }).expect("a loopback port is free");
    let (_, id) = server.jobs().iter().find(|(name, _)| name == "jobs").expect("each collection has jobs");
    for (setting, came_to) in [("false", "1 warning"), ("true", "1 skipped")] {
        let staging = Staging::new();
        let mut run = staging.command(&server.base_url());
        run.env("PATCHPROOF_TOKEN", server.token()).args(["run", "jobs::path::known-id-in-other-letter-case"]);
        run.arg("--no-tests=pass").arg(format!("--job=jobs={id}")).arg(format!("--set=ids-ignore-case={setting}"));
        let output = run.output().expect("the binary runs");
        assert!(text(&output.stdout).contains(came_to), "{}{}", text(&output.stdout), text(&output.stderr));
    }
}

/// A member beyond the model may be a decimal of any length, which a double does not hold.
#[test]
fn a_number_beyond_a_double_is_written_back_as_it_was_read() {
    const AMOUNT: &str = "\"amount\": 12345678901234567890123.10";
    let written = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let seen = written.clone();
    let all = told(
        move |request| {
            if request.body.contains("amount") {
                seen.lock().expect("no panic").push(request.body.clone());
            }
            (format!("200 OK\r\n{JSON}"), job("s").replacen('{', &format!("{{{AMOUNT},"), 1))
        },
        &["jobs::idemp::read-and-write-back"],
    );
    assert!(!all.iter().any(|id| id == "REQ-IDEMP-002"), "{all:?}");
    let written = written.lock().expect("no panic");
    assert!(!written.is_empty() && written.iter().all(|body| body.contains(AMOUNT)), "{written:?}");
}

#[test]
fn a_deleted_job_that_is_shown_still_proves_nothing() {
    let staging = Staging::new();
    let mut run = staging.command(&server(|request| match request.method() {
        "POST" => (format!("201 Created\r\n{JSON}"), job("made").replace("jobs-1", "jobs-2")),
        "DELETE" => ("204 No Content".to_owned(), String::new()),
        _ => (format!("200 OK\r\n{JSON}"), job("s")),
    }));
    run.args(["run", "--capability", "provision", "--capability", "readback", "--job", "jobs=jobs-1"]);
    let output = run.arg("jobs::path::deleted-job").output().expect("the binary runs");
    let shown = text(&output.stdout);
    assert!(shown.contains("1 trial: the target still shows the job that it said it deleted"), "{shown}");
    assert!(shown.contains("Nothing was judged") && shown.contains("1 skipped"), "{shown}");
}
