//! Several refused requests in a row: one read after the last of them, unless one of them acts.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};

use crate::scripted::server;
use crate::staging::{Staging, text};

const JSON: &str = "Content-Type: application/json\r\nOData-Version: 4.0";

/// What became of three updates that are all refused, on a server that applies those of whose status `acts` is true: the
/// messages of the findings, and how often the job was read.
fn judged(case: &Value, acts: impl Fn(&str, usize) -> bool + Send + Sync + 'static) -> (Vec<String>, usize) {
    let staging = Staging::new();
    let folder = staging.state.path().join("cases/topic");
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join("three.json"), case.to_string()).expect("a file");
    let reads = Arc::new(AtomicUsize::new(0));
    let (seen, updates) = (reads.clone(), AtomicUsize::new(0));
    let known = Mutex::new("as it was".to_owned());
    let url = server(move |request| {
        let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
        let body: Value = serde_json::from_str(&request.body).unwrap_or_default();
        let status = body.get("status").and_then(Value::as_str).unwrap_or_default();
        if request.method() == "PATCH" && status.starts_with("refuse") {
            if acts(status, updates.fetch_add(1, Ordering::Relaxed)) {
                status.clone_into(&mut known);
            }
            return (format!("400 Bad Request\r\n{JSON}"), json!({"error": {"code": "x", "message": "y"}}).to_string());
        }
        if request.method() == "PATCH" && !status.is_empty() {
            status.clone_into(&mut known);
        } else {
            seen.fetch_add(1, Ordering::Relaxed);
        }
        let job = json!({"id": "jobs-1", "type": "t", "status": *known, "tenantId": null, "creationDateTime": null,
            "startDateTime": null, "endDateTime": null, "error": null});
        (format!("200 OK\r\n{JSON}"), job.to_string())
    });
    let mut run = staging.command(&url);
    run.args(["run", "-q", "--job", "jobs=jobs-1", "--report", "json=r.json", "--cases"]).arg(folder);
    let output = run.output().expect("the binary runs");
    let report = std::fs::read(staging.state.path().join("r.json"));
    let report = report.unwrap_or_else(|_| panic!("no report: {}", text(&output.stderr)));
    let report: Value = serde_json::from_slice(&report).expect("a report is JSON");
    let trials = report["trials"].as_array().expect("trials");
    assert!(trials.iter().all(|trial| trial["verdict"] != "inconclusive"), "{trials:#?}");
    let findings = trials.iter().flat_map(|trial| trial["findings"].as_array().into_iter().flatten());
    let grave = findings.filter(|finding| finding["level"] == "MUST");
    let told = grave.map(|finding| format!("{} {}", finding["message"], finding["actual"]["json"])).collect();
    (told, reads.load(Ordering::Relaxed))
}

/// A case of these steps.
fn case(steps: &[Value]) -> Value {
    json!({"title": "t", "requirements": ["REQ-STATUS-001"], "endpoints": ["jobs"], "steps": steps})
}

/// An update that is to be refused.
fn refused(status: &str) -> Value {
    json!({"request": {"body": {"status": status}}, "expect": {"status": "refusal"}})
}

/// Three of them in a row.
fn three() -> Value {
    case(&["refuse one", "refuse two", "refuse three"].map(refused))
}

#[test]
fn where_nothing_acts_the_job_is_read_once() {
    let (of_one, reads_of_one) = judged(&case(&[refused("refuse one")]), |_, _| false);
    let (of_three, reads_of_three) = judged(&three(), |_, _| false);
    assert_eq!((of_one, of_three), (Vec::new(), Vec::new()));
    assert_eq!(reads_of_one, reads_of_three);
}

#[test]
fn which_of_them_acts_is_told() {
    for which in ["refuse one", "refuse two", "refuse three"] {
        let (told, _) = judged(&three(), move |status, _| status == which);
        assert_eq!(told, [format!("\"`status` has changed after a request refused with 400.\" \"{which}\"")]);
    }
}

/// What it did is seen once only, and nobody can say which request it was.
#[test]
fn that_one_of_them_acted_once_is_told_too() {
    let (told, _) = judged(&three(), |_, number| number == 1);
    assert_eq!(told, [r#""`status` has changed after one of 3 refused requests." "refuse two""#]);
}

/// Beside something else that is wrong each time, what was seen once is not forgotten.
#[test]
fn what_acted_once_is_told_beside_what_is_always_wrong() {
    let with_404 = json!({"request": {"body": {"status": "refuse three"}}, "expect": {"status": 404}});
    let (told, _) = judged(&case(&[refused("refuse one"), refused("refuse two"), with_404]), |_, number| number == 1);
    assert!(told.iter().any(|told| told.contains("has changed after")), "{told:?}");
}

/// The update that is taken would hide what the one before it did.
#[test]
fn what_a_later_update_hides_is_told() {
    let either = json!({
        "request": {"body": {"status": "taken"}},
        "expect": {"status": "refusal", "or": [{"status": 200, "job": "unjudged"}]}
    });
    let steps = [refused("refuse one"), refused("refuse two"), either];
    let (told, _) = judged(&case(&steps), |status, _| status == "refuse two");
    assert_eq!(told, [r#""`status` has changed after a request refused with 400." "refuse two""#]);
}
