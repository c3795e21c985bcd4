//! Runs that are run again: what did not pass, and what an interrupted run did not get to.

#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

const FAULT: &str = "empty-date-becomes-null";

fn command(folder: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_patchproof"));
    command.arg("run").args(["--fault", FAULT, "--endpoint", "jobs,classifyFileJobs", "--topic", "dto"]);
    command.args(words).current_dir(folder).env("PATCHPROOF_STATE_DIR", folder.join("state"));
    command
}

fn run(folder: &Path, words: &[&str]) -> (Output, Value) {
    let path = folder.join("r.json");
    let _ = fs::remove_file(&path);
    let output = command(folder, &[&["-q", "--report", "json=r.json"][..], words].concat()).output().unwrap();
    let report = fs::read(path).map(|octets| serde_json::from_slice(&octets).unwrap()).unwrap_or_default();
    (output, report)
}

/// Verdict by name.
fn verdicts(report: &Value) -> BTreeMap<String, String> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    report["trials"].as_array().unwrap().iter().map(|trial| (text(&trial["name"]), text(&trial["verdict"]))).collect()
}

/// The results in the journals, by name.
fn journalled(folder: &Path) -> BTreeMap<String, Value> {
    let runs = fs::read_dir(folder.join("state/runs")).into_iter().flatten();
    let texts = runs.filter_map(|run| fs::read_to_string(run.unwrap().path().join("journal.ndjson")).ok());
    let mut trials = BTreeMap::new();
    for text in texts {
        let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
        let lines = whole.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let judged = lines.filter_map(|line| line.get("judged").cloned());
        trials.extend(judged.map(|trial| (trial["name"].as_str().unwrap().to_owned(), trial)));
    }
    trials
}

/// Starts a run and stops it by a signal when some trials are judged and others are not; its output.
fn stopped(folder: &Path, signal: &str, more: &[&str]) -> Output {
    for _ in 0..50 {
        let words = ["--message-format", "json", "--report", "json=r.json"];
        let mut child = command(folder, &[&words[..], more].concat())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        while journalled(folder).len() < 10 && child.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
        let sent = Command::new("kill").args([signal, &child.id().to_string()]).status();
        let output = child.wait_with_output().unwrap();
        // A run that was over before the signal came shows nothing.
        if sent.unwrap().success() && !journalled(folder).is_empty() {
            return output;
        }
    }
    panic!("no run could be stopped in its middle");
}

#[cfg(unix)]
#[test]
fn a_killed_run_goes_on_and_repeats_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let (_, whole) = run(dir.path(), &[]);
    assert_eq!(stopped(dir.path(), "-KILL", &[]).status.code(), None);
    let before = journalled(dir.path());

    let (output, report) = run(dir.path(), &["--resume", "--deny", "should"]);
    assert_eq!(output.status.code(), Some(2), "another policy must not go on");
    assert!(report.is_null());
    let dry = command(dir.path(), &["--resume", "--dry-run"]).output().unwrap();
    let shown = String::from_utf8(dry.stdout).unwrap();
    let left: BTreeSet<&str> = shown.lines().filter(|line| line.contains("::dto::")).collect();
    let every: BTreeSet<String> = verdicts(&whole).into_keys().collect();
    assert_eq!(left, every.iter().map(String::as_str).filter(|name| !before.contains_key(*name)).collect());
    let (output, report) = run(dir.path(), &["--resume"]);
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains(&format!("{} trials judged before", before.len())), "{told}");
    assert_eq!(verdicts(&report), verdicts(&whole));
    for trial in report["trials"].as_array().unwrap() {
        // Times are never the same twice, so the same time is the same judgement.
        if let Some(known) = before.get(trial["name"].as_str().unwrap()) {
            assert_eq!(known, trial);
        }
    }
    let (output, _) = run(dir.path(), &["--resume"]);
    assert_eq!(output.status.code(), Some(2), "nothing is left to resume");
}

#[test]
fn a_trial_tells_when_it_was_judged() {
    let dir = tempfile::tempdir().unwrap();
    let (_, report) = run(dir.path(), &["--evidence", "all"]);
    let number = |value: &Value, name: &str| value[name].as_u64().unwrap();
    let end = number(&report["summary"], "micros");
    for trial in report["trials"].as_array().unwrap() {
        let at = number(trial, "atMicros");
        assert!((1..=end).contains(&at) && at >= number(trial, "micros"), "{trial} of a run of {end}");
        let begun = trial["evidence"].as_array().into_iter().flatten().map(|record| number(record, "atMicros"));
        assert!(begun.into_iter().all(|begun| begun <= at), "{trial}");
    }
}

#[test]
fn a_run_that_could_not_begin_is_not_kept() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("file"), "").unwrap();
    let output = command(dir.path(), &["-q", "--report", "json=file/r.json"]).output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(6), "{told}");
    assert_eq!(fs::read_dir(dir.path().join("state/runs")).unwrap().count(), 0);
    let (output, _) = run(dir.path(), &["--resume"]);
    assert_eq!(output.status.code(), Some(2), "there is nothing to resume");
}

#[test]
fn a_limit_that_the_last_trial_reaches_ends_nothing_early() {
    let dir = tempfile::tempdir().unwrap();
    let one = ["--max-fail", "1", "--run", "jobs::dto::impossible-start-date-time"];
    let (output, report) = run(dir.path(), &one);
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), report["summary"]["planned"].as_u64()), (Some(1), Some(1)), "{told}");
    assert_eq!(report["summary"].get("endedEarly"), None);
    assert!(!told.contains("--resume"), "{told}");
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_tells_what_it_has_and_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    for signal in ["-INT", "-TERM"] {
        let output = stopped(dir.path(), signal, &[]);
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(
            output
                .stdout
                .trim_ascii_end()
                .rsplit(|octet| *octet == b'\n')
                .next()
                .unwrap()
                .starts_with(b"{\"schemaVersion\":\"1\",\"event\":\"run_finished\"")
        );
        assert_eq!(output.status.code(), Some(130), "{told}");
        let report: Value = serde_json::from_slice(&fs::read(dir.path().join("r.json")).unwrap()).unwrap();
        assert_eq!(report["summary"]["endedEarly"], "interrupted");
        let judged = verdicts(&report).values().filter(|verdict| *verdict != "inconclusive").count();
        let (output, report) = run(dir.path(), &["--resume"]);
        assert_eq!(output.status.code(), Some(1));
        assert!(judged > 0 && verdicts(&report).values().all(|verdict| verdict != "inconclusive"));
    }
}

#[cfg(unix)]
#[test]
fn the_bundle_of_a_run_that_went_on_has_all_exchanges() {
    for (signal, bundle) in [("-INT", "b.tar.gz"), ("-KILL", "b")] {
        let dir = tempfile::tempdir().unwrap();
        let report = format!("bundle={bundle}");
        let words = ["--report", report.as_str()];
        stopped(dir.path(), signal, &words);
        let before = journalled(dir.path()).len();
        let (output, report) = run(dir.path(), &[&["--resume"][..], &words].concat());
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{told}");
        assert!(told.contains(&format!("{before} trials judged before")), "{told}");
        if signal == "-INT" {
            assert!(!told.contains("are not at hand"), "{told}");
        }
        let rejudged = patchproof::evidence::rejudge(&dir.path().join(bundle), None).unwrap();
        assert!(rejudged.differences.is_empty() && rejudged.unjudged.is_empty(), "{rejudged:?}");
        assert_eq!(rejudged.judged + rejudged.silent, verdicts(&report).len());
        let silent = verdicts(&report).values().filter(|verdict| *verdict == "skip").count();
        assert_eq!(rejudged.silent, silent, "every trial that was judged can be judged again");
        patchproof::evidence::verify(&dir.path().join(bundle), None).unwrap();
        let left = fs::read_dir(dir.path()).unwrap().flatten().map(|entry| entry.file_name());
        assert_eq!(left.filter(|name| name.to_string_lossy().starts_with(".patchproof")).count(), 0);
    }
}

#[test]
fn only_what_did_not_pass_is_run_again() {
    let dir = tempfile::tempdir().unwrap();
    let (output, _) = run(dir.path(), &["--rerun", "latest"]);
    assert_eq!(output.status.code(), Some(2), "no run is kept yet");
    let (_, whole) = run(dir.path(), &[]);
    let failed: Vec<String> =
        verdicts(&whole).into_iter().filter(|(_, verdict)| verdict == "fail").map(|(name, _)| name).collect();
    let id = whole["info"]["runId"].as_str().unwrap().to_owned();
    fs::copy(dir.path().join("r.json"), dir.path().join("whole.json")).unwrap();
    for name in ["latest", &id[..8], "whole.json"] {
        let (output, again) = run(dir.path(), &["--rerun", name]);
        assert_eq!(output.status.code(), Some(1));
        assert_eq!(verdicts(&again).into_keys().collect::<Vec<_>>(), failed);
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(told.contains("note: again what did not pass in run "), "{told}");
        assert!(told.contains(" of the embedded server"), "{told}");
    }
    let (_, fewer) = run(dir.path(), &["--rerun", "latest", "--skip", "jobs::**"]);
    assert!(verdicts(&fewer).len() < failed.len(), "a selection narrows it");
    let (output, _) = run(dir.path(), &["--rerun", "latest", "--no-tests", "pass", "--keep-runs", "2"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(fs::read_dir(dir.path().join("state/runs")).unwrap().count(), 2);
}

#[test]
fn two_runs_are_compared() {
    let dir = tempfile::tempdir().unwrap();
    let diff = |words: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_patchproof"));
        command.arg("diff").args(words).current_dir(dir.path()).env("PATCHPROOF_STATE_DIR", dir.path().join("state"));
        let output = command.output().unwrap();
        (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
    };
    assert_eq!(diff(&[]).0, 2, "nothing is kept yet");
    let (_, first) = run(dir.path(), &[]);
    fs::copy(dir.path().join("r.json"), dir.path().join("first.json")).unwrap();
    let (_, second) = run(dir.path(), &["--fault", "bad-date-crashes"]);
    let failed = |report: &Value| verdicts(report).into_values().filter(|verdict| verdict == "fail").count();
    assert!(failed(&second) > failed(&first));
    let (code, json) = diff(&["first.json", "--format", "json"]);
    let told: Value = serde_json::from_str(&json).unwrap();
    let count = |change: &str| usize::try_from(told["counts"][change].as_u64().unwrap_or_default()).unwrap();
    assert_eq!(code, 0);
    assert_eq!(count("new") + count("changed") + count("still"), failed(&second));
    assert!(count("new") > 0);
    let (code, table) = diff(&["latest~1", "latest", "--fail-on", "new,changed"]);
    assert_eq!(code, 1);
    assert!(table.contains(&format!("New failures: {}\n", count("new"))), "{table}");
    assert!(table.lines().all(|line| line.chars().count() <= 80), "{table}");
    assert_eq!(diff(&["latest", "latest", "--fail-on", "new,changed,added,removed"]).0, 0);
    assert_eq!(diff(&["latest", "--fail-on", "newer"]).0, 2);
    assert_eq!(diff(&[]), diff(&["latest~1", "latest"]), "what one wants to know as a rule");
    assert!(diff(&["latest~1", "latest", "--format", "markdown"]).1.contains("\n### New failures: "));
}
