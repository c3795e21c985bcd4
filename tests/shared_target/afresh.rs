//! What a server takes although it should not is a failure of the trial that sent it, and of no other.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Map, Value, json};

use crate::credentials::forward;
use crate::scripted::server;
use crate::staging::{Staging, text};

/// A server that stores whatever it is sent; an id of digits is a number to it.
fn credulous() -> String {
    let jobs: Mutex<BTreeMap<String, Map<String, Value>>> = Mutex::default();
    server(move |request| {
        let mut jobs = jobs.lock().unwrap_or_else(PoisonError::into_inner);
        let job = jobs.entry(request.id().to_owned()).or_default();
        if let Ok(Value::Object(sent)) = serde_json::from_str(&request.body) {
            job.extend(sent);
        }
        let number: Option<u64> = request.id().parse().ok();
        job.insert("id".to_owned(), number.map_or_else(|| json!(request.id()), Value::from));
        let head = "200 OK\r\nContent-Type: application/json\r\nOData-Version: 4.0";
        (head.to_owned(), Value::Object(job.clone()).to_string())
    })
}

#[test]
fn a_bad_value_that_was_taken_is_not_held_against_the_next_trial() {
    let url = credulous();
    for seed in ["1", "2", "3", "4", "5", "6"] {
        let staging = Staging::new();
        let mut run = staging.command(&url);
        run.args(["run", "-q", "--seed", seed, "--job", "jobs=jobs-1", "--report", "json=r.json"]);
        run.args(["--run", "jobs::dto::impossible-*", "--run", "jobs::merge::one-status"]);
        let output = run.output().expect("the binary runs");
        assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
        let report = std::fs::read(staging.state.path().join("r.json")).expect("a report");
        let report: Value = serde_json::from_slice(&report).expect("a report is JSON");
        let trials = report["trials"].as_array().expect("trials");
        let verdict = |name: &str| trials.iter().find(|trial| trial["name"] == name).map(|trial| &trial["verdict"]);
        assert_eq!(verdict("jobs::dto::impossible-creation-date-time"), Some(&json!("fail")));
        assert_eq!(verdict("jobs::merge::one-status"), Some(&json!("pass")), "seed {seed}");
    }
}

#[test]
fn a_job_whose_id_is_a_number_is_put_back_too() {
    let url = credulous();
    let job = |staging: &Staging| {
        let addr = url.trim_start_matches("http://").trim_end_matches("/v1.0").parse().expect("an address");
        let get = format!("GET /v1.0/dataClassification/jobs/7 HTTP/1.1\r\nHost: {addr}");
        (forward(addr, &get, "").1, staging.journals())
    };
    let staging = Staging::new();
    let before = job(&staging);
    let mut run = staging.command(&url);
    run.args(["run", "--job", "jobs=7", "--run", "jobs::merge::one-status"]);
    let output = run.output().expect("the binary runs");
    let told = text(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("Member `id` is a number"), "{told}");
    assert!(!text(&output.stderr).contains("could not be"), "{}", text(&output.stderr));
    let value = |text: &str| serde_json::from_str::<Value>(text).expect("JSON");
    let (after, journals) = job(&staging);
    assert_eq!((value(&after)["status"].clone(), journals), (Value::Null, 0));
    assert_eq!(value(&before.0)["id"], 7);
}

/// A server on which a job goes by the id that the body names, and is found no more by the one in the URL.
fn renaming() -> String {
    let gone: Mutex<std::collections::BTreeSet<String>> = Mutex::default();
    let store: Mutex<Map<String, Value>> = Mutex::default();
    server(move |request| {
        let mut gone = gone.lock().unwrap_or_else(PoisonError::into_inner);
        let mut job = store.lock().unwrap_or_else(PoisonError::into_inner);
        let json = "Content-Type: application/json\r\nOData-Version: 4.0";
        if request.id() != "jobs-1" || gone.contains(request.id()) {
            return (format!("404 Not Found\r\n{json}"), r#"{"error":{"code":"notFound","message":"No."}}"#.to_owned());
        }
        if let Ok(Value::Object(sent)) = serde_json::from_str(&request.body) {
            if sent.get("id").is_some_and(|id| id != "jobs-1") {
                gone.insert(request.id().to_owned());
            }
            job.extend(sent);
        }
        if request.method() == "PATCH" && gone.contains(request.id()) {
            return ("204 No Content".to_owned(), String::new());
        }
        job.insert("id".to_owned(), json!("jobs-1"));
        (format!("200 OK\r\n{json}"), Value::Object(job.clone()).to_string())
    })
}

#[test]
fn a_job_that_is_gone_ends_its_path_and_names_the_culprit() {
    let staging = Staging::new();
    let mut run = staging.command(&renaming());
    run.args(["run", "-q", "--job", "jobs=jobs-1", "--report", "json=r.json", "--topic", "ident,merge"]);
    let output = run.output().expect("the binary runs");
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    let report = std::fs::read(staging.state.path().join("r.json")).expect("a report");
    let report: Value = serde_json::from_slice(&report).expect("a report is JSON");
    let trials = report["trials"].as_array().expect("trials");
    let culprit = trials.iter().find(|trial| {
        let findings = trial["findings"].as_array().into_iter().flatten();
        findings
            .into_iter()
            .any(|f| f["requirement"] == "REQ-IDENT-002" && f["message"] == "The job is gone after the update.")
    });
    let culprit = culprit.expect("the trial that renamed it fails for that")["name"].as_str().expect("a name");
    let after = format!("not run: the job is gone since {culprit}");
    assert!(trials.iter().any(|trial| trial["reason"] == after.as_str()), "{after}");
    assert!(text(&output.stderr).contains("jobs-1"), "told as not put back: {}", text(&output.stderr));
}

#[test]
fn a_job_that_took_another_id_gets_its_own_again() {
    let staging = Staging::wrong("other-id-renames-the-job");
    let before = staging.jobs();
    let run = ["-q", "--report", "json=r.json", "--job", "jobs=jobs-1", "--topic", "ident,merge"];
    let output = staging.run(&run);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    let report = std::fs::read_to_string(staging.state.path().join("r.json")).expect("a report");
    assert!(!report.contains("the job is gone since"), "{}{}", text(&output.stdout), text(&output.stderr));
    assert_eq!(text(&output.stderr), "");
    assert_eq!((staging.jobs(), staging.listed("jobs").as_array().map(Vec::len)), (before, Some(2)));
}

#[test]
fn a_job_that_a_post_made_is_no_newcomer_to_the_trials_that_follow() {
    let staging = Staging::wrong("post-to-job-creates");
    let post = ["--run", "jobs::env::method-not-allowed", "--run", "jobs::method::post"];
    let lists = ["--run", "jobs::iso::listing-status", "--run", "jobs::iso::listing-tenant"];
    for (seed, beside) in [("1", "6"), ("2", "6"), ("4", "12"), ("5", "12"), ("6", "12")] {
        let jobs = ["--job", "jobs=jobs-1", "--job", "jobs=jobs-2", "-j", beside];
        let common = [&["-q", "--report", "json=r.json", "--seed", seed][..], &jobs].concat();
        let output = staging.run(&[&common[..], &post, &lists].concat());
        assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
        let report = std::fs::read_to_string(staging.state.path().join("r.json")).expect("a report");
        assert!(!report.contains("REQ-ISO-004\",\"level"), "seed {seed}: {report}");
    }
}

/// A member beyond the model that a server takes is gone from the job after the run.
#[test]
fn what_requests_added_to_a_job_does_not_stay_in_it() {
    let url = credulous();
    let staging = Staging::new();
    let mut run = staging.command(&url);
    run.args(["run", "-q", "--job", "jobs=jobs-1", "jobs::auth::json-body-token", "jobs::unk::alone"]);
    let output = run.output().expect("the binary runs");
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    assert!(!text(&output.stderr).contains("not put back"), "{}", text(&output.stderr));
    let addr = url.trim_start_matches("http://").trim_end_matches("/v1.0").parse().expect("an address");
    let get = format!("GET /v1.0/dataClassification/jobs/jobs-1 HTTP/1.1\r\nHost: {addr}");
    let job: Value = serde_json::from_str(&forward(addr, &get, "").1).expect("JSON");
    let left: Vec<&String> =
        job.as_object().expect("a job").iter().filter(|(_, value)| value.is_string()).map(|(name, _)| name).collect();
    assert_eq!(left, ["id"], "{job}");
    assert!(job.get("patchproofUnknown").is_some_and(Value::is_null), "it was there: {job}");
    assert_eq!(job.get("access_token"), None, "a server that asks nobody for a token is not sent it as data: {job}");
}

/// A server that answers content of a type that it does not know with 200 and leaves the job as it is.
#[test]
fn the_same_content_under_another_type_is_no_repetition() {
    let store: Mutex<Map<String, Value>> = Mutex::default();
    let url = server(move |request| {
        let mut job = store.lock().unwrap_or_else(PoisonError::into_inner);
        let is_json = request.header("content-type") == Some("application/json");
        if let (true, Ok(Value::Object(sent))) = (is_json, serde_json::from_str(&request.body)) {
            job.extend(sent);
        }
        job.insert("id".to_owned(), json!(request.id()));
        let head = "200 OK\r\nContent-Type: application/json\r\nOData-Version: 4.0";
        (head.to_owned(), Value::Object(job.clone()).to_string())
    });
    let staging = Staging::new();
    let mut run = staging.command(&url);
    run.args(["run", "-q", "--job", "jobs=jobs-1", "--report", "json=r.json", "jobs::media::odd-content-types"]);
    run.output().expect("the binary runs");
    let report = std::fs::read_to_string(staging.state.path().join("r.json")).expect("a report");
    assert!(!report.contains("after the same request was sent once more"), "{report}");
}

/// A second job takes the place of one that is spoiled, but for what looks at both.
#[test]
fn a_job_that_is_spoiled_is_replaced_by_the_next() {
    let staging = Staging::new();
    let mut run = staging.command(&crate::spoilt::spoilt());
    run.args(["run", "-q", "--job", "jobs=jobs-1", "--job", "jobs=jobs-2", "--report", "json=r.json", "--seed", "1"]);
    run.args(["jobs::body::malformed-trailing-comma", "jobs::merge::", "jobs::null::", "jobs::iso::second-job"]);
    let output = run.output().expect("the binary runs");
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    let report = std::fs::read(staging.state.path().join("r.json")).expect("a report");
    let report: Value = serde_json::from_slice(&report).expect("a report is JSON");
    let why = "not run: the job cannot be read since jobs::body::malformed-trailing-comma";
    let not_run = report["trials"].as_array().expect("trials").iter().filter(|trial| trial["reason"] == why);
    let names: Vec<&str> = not_run.filter_map(|trial| trial["name"].as_str()).collect();
    assert!(names.iter().all(|name| name.starts_with("jobs::iso::")), "{names:?}");
}

/// A server that performs an update that it was to perform later once it was asked for the job three times.
fn asynchronous(early: Arc<AtomicUsize>) -> String {
    let accepted: Mutex<Option<(u32, Map<String, Value>)>> = Mutex::default();
    let store: Mutex<Map<String, Value>> = Mutex::default();
    server(move |request| {
        let mut accepted = accepted.lock().unwrap_or_else(PoisonError::into_inner);
        let mut job = store.lock().unwrap_or_else(PoisonError::into_inner);
        let head = "Content-Type: application/json\r\nOData-Version: 4.0";
        let sent = serde_json::from_str::<Map<String, Value>>(&request.body).ok();
        match (sent, accepted.as_mut()) {
            (Some(sent), _) if request.header("prefer") == Some("respond-async") => {
                *accepted = Some((3, sent));
                return (format!("202 Accepted\r\n{head}"), String::new());
            }
            (Some(sent), waiting) => {
                early.fetch_add(usize::from(waiting.is_some()), Ordering::Relaxed);
                job.extend(sent);
            }
            (None, Some((0, _))) => job.extend(accepted.take().map(|(_, sent)| sent).unwrap_or_default()),
            (None, Some((count, _))) => *count -= 1,
            (None, None) => {}
        }
        job.insert("id".to_owned(), json!(request.id()));
        (format!("200 OK\r\n{head}"), Value::Object(job.clone()).to_string())
    })
}

#[test]
fn an_update_that_is_performed_later_is_waited_for() {
    let early = Arc::new(AtomicUsize::new(0));
    let staging = Staging::new();
    let mut run = staging.command(&asynchronous(Arc::clone(&early)));
    run.args(["run", "-q", "--job", "jobs=jobs-1", "jobs::pref::respond-async"]);
    let output = run.output().expect("the binary runs");
    assert!(matches!(output.status.code(), Some(0 | 1)), "{}", text(&output.stderr));
    assert_eq!(early.load(Ordering::Relaxed), 0, "an update came before the one that was accepted was performed");
}
