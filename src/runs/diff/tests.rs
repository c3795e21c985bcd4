use serde_json::{Value, json as value};

use super::*;

fn trial(name: &str, verdict: &str, broken: &[&str], flaky: bool) -> Value {
    let finding = |requirement: &&str| {
        value!({
            "requirement": requirement, "level": "MUST", "check": "c", "exchange": 0, "kind": "status",
            "message": format!("{requirement} is | broken"), "fingerprint": format!("{requirement}@{name}"),
        })
    };
    value!({
        "name": name, "endpoint": "jobs", "title": "t", "file": "f", "requirements": [], "verdict": verdict,
        "micros": 0, "exchanges": 1, "flaky": flaky, "findings": broken.iter().map(finding).collect::<Vec<_>>(),
    })
}

fn run(id: &str, digest: &str, trials: &[Value]) -> Run {
    let trials: Vec<TrialResult> = trials.iter().map(|trial| serde_json::from_value(trial.clone()).unwrap()).collect();
    let mut summary = Summary::default();
    for trial in &trials {
        summary.add(trial, Level::Must);
    }
    let info = RunInfo {
        run_id: id.to_owned(),
        started_at: "2026-01-01T00:00:00Z".to_owned(),
        suite_digest: digest.repeat(64),
        ..RunInfo::default()
    };
    Run { schema_version: "1".to_owned(), info, summary, trials, order: Vec::new() }
}

fn difference() -> RunDiff {
    let was = run(
        "a",
        "a",
        &[
            trial("jobs::t::new", "pass", &[], false),
            trial("jobs::t::changed", "fail", &["REQ-A-001"], false),
            trial("jobs::t::still", "fail", &["REQ-A-001", "REQ-B-001"], false),
            trial("jobs::t::fixed", "fail", &["REQ-A-001"], false),
            trial("jobs::t::flaky", "fail", &["REQ-A-001"], true),
            trial("jobs::t::unjudged", "pass", &[], false),
            trial("jobs::t::never", "inconclusive", &[], false),
            trial("jobs::t::skipped", "pass", &[], false),
            trial("jobs::t::removed", "pass", &[], false),
            trial("jobs::t::same", "pass", &[], false),
        ],
    );
    let is = run(
        "b",
        "b",
        &[
            trial("jobs::t::new", "fail", &["REQ-A-001"], true),
            trial("jobs::t::changed", "fail", &["REQ-B-001"], false),
            trial("jobs::t::still", "fail", &["REQ-B-001", "REQ-A-001"], false),
            trial("jobs::t::fixed", "pass", &[], false),
            trial("jobs::t::flaky", "pass", &[], false),
            trial("jobs::t::unjudged", "inconclusive", &[], false),
            trial("jobs::t::never", "inconclusive", &[], false),
            trial("jobs::t::skipped", "skip", &[], false),
            trial("jobs::t::added", "fail", &["REQ-A-001"], false),
            trial("jobs::t::same", "pass", &[], false),
        ],
    );
    compare(&was, &is)
}

#[test]
fn every_trial_is_where_its_name_says() {
    let difference = difference();
    let names: Vec<(String, String)> = difference
        .trials
        .iter()
        .map(|row| (row.name.clone(), value!(row.change).as_str().unwrap().to_owned()))
        .collect();
    assert_eq!(names.len(), 9);
    for (name, change) in names {
        assert_eq!(name, format!("jobs::t::{change}"));
    }
    assert_eq!(difference.facts.iter().map(|fact| fact.what).collect::<Vec<_>>(), ["suite"]);
}

#[test]
fn a_trial_that_is_added_and_fails_is_a_new_failure() {
    let one = [trial("jobs::t::one", "pass", &[], false)];
    let two = |verdict: &str| {
        let broken: &[&str] = if verdict == "fail" { &["REQ-A-001"] } else { &[] };
        run("b", "b", &[trial("jobs::t::one", "pass", &[], false), trial("jobs::t::two", verdict, broken, false)])
    };
    let gate = |verdict: &str| compare(&run("a", "a", &one), &two(verdict));
    assert!(gate("fail").has(Change::New) && !gate("pass").has(Change::New) && gate("pass").has(Change::Added));
}

#[test]
fn a_run_does_not_differ_from_itself() {
    let one = run("a", "a", &[trial("jobs::t::one", "pass", &[], false), trial("jobs::t::two", "skip", &[], false)]);
    let difference = compare(&one, &one);
    assert!(difference.trials.is_empty() && difference.facts.is_empty());
    assert!(table(&difference).ends_with("\nNo trial differs\n"));
}

#[test]
fn the_table_fits_and_says_what_fails() {
    let text = table(&difference());
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    let start = "was a of 2026-01-01T00:00:00Z: 5 pass, 4 fail, 1 inconclusive\n\
                 is  b of 2026-01-01T00:00:00Z: 3 pass, 4 fail, 2 inconclusive, 1 skip\n\
                 suite: aaaaaaaa → bbbbbbbb\n\n\
                 New failures: 1\n  REQ-A-001: REQ-A-001 is | broken\n    jobs::t::new (flaky)\n\n\
                 Failing differently: 1\n  REQ-B-001: REQ-B-001 is | broken\n    jobs::t::changed\n";
    assert!(text.starts_with(start), "{text}");
    assert!(
        text.contains("\nAdded trials: 1\n  REQ-A-001: REQ-A-001 is | broken\n    jobs::t::added (fail)\n"),
        "{text}"
    );
}

#[test]
fn markdown_and_json_hold_the_same() {
    let difference = difference();
    let text = markdown(&difference);
    assert!(
        text.contains("### New failures: 1\n\n| Why | Trials |\n|---|---|\n| REQ-A-001: REQ-A-001 is &#124; broken |"),
        "{text}"
    );
    let read: Value = serde_json::from_str(&json(&difference).unwrap()).unwrap();
    assert_eq!(read["counts"]["new"], 1);
    assert_eq!(read["trials"][0]["is"]["failures"][0]["requirement"], "REQ-A-001");
}
