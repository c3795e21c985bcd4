//! What a server takes although it should not is a failure of the trial that sent it, and of no other.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use serde_json::{Map, Value, json};

use crate::scripted::server;
use crate::staging::{Staging, text};

/// A server that stores whatever it is sent.
fn credulous() -> String {
    let jobs: Mutex<BTreeMap<String, Map<String, Value>>> = Mutex::default();
    server(move |request| {
        let mut jobs = jobs.lock().unwrap_or_else(PoisonError::into_inner);
        let job = jobs.entry(request.id().to_owned()).or_default();
        if let Ok(Value::Object(sent)) = serde_json::from_str(&request.body) {
            job.extend(sent);
        }
        job.insert("id".to_owned(), json!(request.id()));
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
