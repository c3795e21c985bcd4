//! The history under many writers at once, and under writers that are killed.

#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

fn command(folder: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_patchproof"));
    command.args(words).current_dir(folder).env("PATCHPROOF_STATE_DIR", folder.join("state"));
    command.env_remove("PATCHPROOF_HISTORY").stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// Starts a process that writes the report, as that of another run, into the history.
fn writer(folder: &Path, report: &Value, number: usize) -> Child {
    let mut report = report.clone();
    report["info"]["runId"] = format!("run-{number:03}").into();
    report["info"]["startedAt"] = format!("2026-01-01T00:{:02}:{:02}Z", number / 60, number % 60).into();
    let name = format!("{number}.json");
    fs::write(folder.join(&name), report.to_string()).unwrap();
    command(folder, &["history", "--history", "h.sqlite", "--import", &name]).spawn().unwrap()
}

fn history(folder: &Path, words: &[&str]) -> Value {
    let words = [&["history", "--history", "h.sqlite", "--runs", "1000", "--message-format", "json"], words].concat();
    let output = command(folder, &words).stdout(Stdio::piped()).output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn processes_that_write_at_once_lose_nothing_and_killed_ones_spoil_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path();
    let run =
        ["run", "-q", "--endpoint", "jobs", "--topic", "merge", "--report", "json=r.json", "--history", "h.sqlite"];
    assert!(command(folder, &run).status().unwrap().code().is_some());
    let report: Value = serde_json::from_slice(&fs::read(folder.join("r.json")).unwrap()).unwrap();
    let trials = report["trials"].as_array().unwrap().len();

    let writers: Vec<Child> = (0..12).map(|number| writer(folder, &report, number)).collect();
    for mut writer in writers {
        assert_eq!(writer.wait().unwrap().code(), Some(0));
    }
    assert_eq!(history(folder, &[])["runs"].as_array().unwrap().len(), 13);

    let mut writers: Vec<Child> = (12..36).map(|number| writer(folder, &report, number)).collect();
    for (turn, writer) in writers.iter_mut().enumerate() {
        // The kills come while some wait, some write and some are done.
        if turn % 3 != 0 {
            let _ = writer.kill();
        }
    }
    for (turn, writer) in writers.iter_mut().enumerate() {
        let code = writer.wait().unwrap().code();
        assert!(turn % 3 != 0 || code == Some(0), "{code:?}");
    }
    let told = history(folder, &[]);
    let runs = told["runs"].as_array().unwrap();
    assert!(runs.len() >= 21, "{}", runs.len());
    for run in runs {
        let counts = run["counts"].as_object().unwrap().values().map(|count| count.as_u64().unwrap()).sum::<u64>();
        assert_eq!(counts, trials as u64, "a run is there whole or not at all: {run}");
    }
}

#[test]
fn a_run_is_remembered_where_it_is_asked_for() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path();
    let run = ["run", "-q", "--endpoint", "jobs", "--topic", "merge"];
    let code = |words: &[&str]| command(folder, words).env_remove("CI").status().unwrap().code().unwrap();
    assert_eq!(code(&run), 0);
    assert!(!folder.join("state/history.sqlite").exists(), "the embedded server has no history of its own accord");
    assert_eq!(code(&["history"]), 2);
    assert_eq!(code(&[&run[..], &["--history", "h.sqlite"]].concat()), 0);
    assert_eq!(code(&[&run[..], &["--history", "h.sqlite"]].concat()), 0);
    let told = history(folder, &["jobs::merge::*"]);
    assert_eq!(told["target"], "embedded");
    assert_eq!(told["runs"].as_array().unwrap().len(), 2);
    assert_eq!(told["trials"][0]["series"]["told"].as_array().unwrap().len(), 2);
    fs::write(folder.join("no.sqlite"), "this is a note and no database, whatever its name says about it").unwrap();
    assert_eq!(code(&[&run[..], &["--history", "no.sqlite"]].concat()), 2);
    assert_eq!(code(&["history", "--history", "h.sqlite", "nothing-is-called-so"]), 2);
}
