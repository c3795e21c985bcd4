//! What is not made by the run is not deleted by it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;

use crate::scripted::server;
use crate::staging::{Staging, text};

/// A server that answers an update of an unknown id with 201 and a job that there was before.
#[test]
fn a_job_that_a_201_only_names_is_not_deleted() {
    let deleted = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&deleted);
    let url = server(move |request| {
        let job = |id: &str| json!({"id": id, "type": null, "status": "a", "tenantId": null, "error": null});
        let (status, body) = match (request.method(), request.id()) {
            ("DELETE", _) => {
                count.fetch_add(1, Ordering::Relaxed);
                ("204 No Content", String::new())
            }
            ("GET", "jobs") => ("200 OK", json!({"value": [job("1"), job("2")]}).to_string()),
            ("GET" | "PATCH", id @ ("1" | "2")) => ("200 OK", job(id).to_string()),
            ("PATCH", _) => ("201 Created", job("2").to_string()),
            _ => ("404 Not Found", String::new()),
        };
        (format!("{status}\r\nContent-Type: application/json"), body)
    });
    let staging = Staging::new();
    for trials in [&["jobs::path::unknown-job"][..], &["jobs::path::unknown-job", "jobs::iso::listing-status"]] {
        let mut run = staging.command(&url);
        run.args(["run", "-q", "--job", "jobs=1"]);
        run.args(trials.iter().flat_map(|trial| ["--run", trial]));
        let output = run.output().expect("the binary runs");
        assert_eq!(output.status.code(), Some(1), "{}{}", text(&output.stdout), text(&output.stderr));
        assert!(text(&output.stdout).contains("MUST"), "{}", text(&output.stdout));
        assert_eq!((deleted.load(Ordering::Relaxed), staging.journals()), (0, 0), "{trials:?}");
    }
}

/// It stands in every list that follows, and is one defect: the first trial tells it, and the one whose case is about it.
#[test]
fn a_job_that_comes_about_late_is_not_told_by_every_list() {
    let staging = Staging::wrong("unknown-job-created-after-a-while");
    let arguments = [
        "-q",
        "--job=jobs=jobs-1",
        "--report=json=r.json",
        "--run=jobs::path::unknown-*",
        "--run=jobs::iso::listing-*",
    ];
    staging.run(&arguments);
    let report = std::fs::read(staging.state.path().join("r.json")).expect("a report");
    let report: serde_json::Value = serde_json::from_slice(&report).expect("a report is JSON");
    // Whoever asks for the job itself sees it too, and says so.
    let lists = |trial: &&serde_json::Value| trial["name"].as_str().is_some_and(|name| name.contains("::listing-"));
    let trials = report["trials"].as_array().expect("trials").iter().filter(lists);
    let (failed, passed): (Vec<_>, Vec<_>) = trials.partition(|trial| trial["verdict"] == "fail");
    let broken: Vec<_> = failed.iter().map(|trial| (&trial["name"], &trial["findings"][0]["requirement"])).collect();
    assert!(matches!(broken.len(), 1 | 2) && broken.iter().all(|(_, id)| *id == "REQ-PATH-002"), "{broken:?}");
    assert!(passed.len() > 5, "{passed:?}");
}

/// Ids are known in any letter case by some servers, and a short one in the other letter case may be somebody else's.
#[test]
fn the_job_is_not_deleted_under_its_id_in_the_other_letter_case() {
    const LONG: &str = "d78a51b0-1724-4d21-9417-4d3224174dab";
    let seen: Arc<std::sync::Mutex<Vec<String>>> = Arc::default();
    let ids = Arc::clone(&seen);
    let url = server(move |request| {
        let line = format!("{} {}", request.method(), request.id());
        ids.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(line);
        let job = json!({"id": request.id(), "type": null, "status": "a", "tenantId": null, "error": null});
        let known = request.id() == "ab" || request.id().eq_ignore_ascii_case(LONG);
        let status = match request.method() {
            "PATCH" if known && request.id() != "ab" && request.id() != LONG => "201 Created",
            _ if known => "200 OK",
            _ => "404 Not Found",
        };
        (format!("{status}\r\nContent-Type: application/json"), job.to_string())
    });
    for (id, other, code) in [(LONG, true, 1), ("ab", false, 4)] {
        let staging = Staging::new();
        let mut run = staging.command(&url);
        run.args(["run", "-q", "jobs::path::known-id-in-other-letter-case", "--job"]).arg(format!("jobs={id}"));
        let output = run.output().expect("the binary runs");
        let told = format!("{}{}", text(&output.stdout), text(&output.stderr));
        let lines = std::mem::take(&mut *seen.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
        assert_eq!(lines.contains(&format!("PATCH {}", id.to_uppercase())), other, "{told}{lines:?}");
        assert!(!lines.iter().any(|line| line.starts_with("DELETE")), "{told}{lines:?}");
        assert_eq!(output.status.code(), Some(code), "{told}");
    }
}

/// An id that nobody has ever seen in place of one that cannot be made would prove nothing.
#[test]
fn what_cannot_be_made_of_the_id_is_skipped() {
    let job = json!({"id": "12", "type": null, "status": "a", "tenantId": null, "error": null}).to_string();
    let url = server(move |_| ("200 OK\r\nContent-Type: application/json".to_owned(), job.clone()));
    for (trial, why) in [
        ("known-id-in-other-letter-case", "the id of the job is short, or has no letters"),
        ("known-id-without-hyphens", "the id of the job is no GUID with hyphens"),
        ("known-id-shortened", "the id of the job is short"),
    ] {
        let staging = Staging::new();
        let mut run = staging.command(&url);
        run.args(["run", "-v", "--job=jobs=12"]).arg(format!("jobs::path::{trial}"));
        let output = run.output().expect("the binary runs");
        let told = format!("{}{}", text(&output.stdout), text(&output.stderr));
        let words = told.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(output.status.code() == Some(4) && words.contains(why), "{told}");
    }
}

/// A disk that is full when the journal is written: every write beyond the size that a file may have fails.
#[cfg(target_os = "linux")]
#[test]
fn a_job_that_cannot_be_written_down_is_deleted() {
    let seen = Arc::new(std::sync::Mutex::new(Vec::new()));
    let lines = Arc::clone(&seen);
    let url = server(move |request| {
        let line = format!("{} {}", request.method(), request.id());
        lines.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(line);
        let status = if request.method() == "POST" { "201 Created" } else { "204 No Content" };
        (format!("{status}\r\nContent-Type: application/json"), json!({"id": "made", "status": "a"}).to_string())
    });
    let staging = Staging::new();
    let script = format!(
        "trap '' XFSZ; ulimit -f 0; exec {} run --provision create jobs::merge::one-status",
        env!("CARGO_BIN_EXE_patchproof")
    );
    let mut bash = std::process::Command::new("bash");
    bash.args(["-c", &script]).env_clear().env("PATH", "/usr/bin:/bin").current_dir(staging.state.path());
    bash.env("PATCHPROOF_TOKEN", crate::staging::TOKEN).env("PATCHPROOF_BASE_URL", url);
    let output = bash.env("PATCHPROOF_STATE_DIR", staging.state.path()).output().expect("bash runs");
    let told = format!("{}{}", text(&output.stdout), text(&output.stderr));
    let words = told.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(output.status.code(), Some(3), "{told}");
    assert!(words.contains("provisioning failed: the journal cannot be written: File too large"), "{told}");
    assert!(!words.contains("is not deleted"), "{told}");
    assert_eq!(*seen.lock().unwrap_or_else(std::sync::PoisonError::into_inner), ["POST jobs", "DELETE made"]);
}
