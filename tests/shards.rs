//! Shards run by the program itself, merged, and held against the run of the whole.

#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};

fn patchproof(folder: &Path, words: &[&str], variables: &[(&str, &str)]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_patchproof"))
        .args(words)
        .current_dir(folder)
        .env("PATCHPROOF_STATE_DIR", folder.join("state"))
        .envs(variables.iter().copied())
        .output()
        .unwrap()
}

const WHAT: [&str; 9] = [
    "run",
    "-q",
    "--fault",
    "empty-date-becomes-null",
    "--endpoint",
    "jobs,evaluateLabelJobs",
    "--topic",
    "dto",
    "--seed=7",
];

fn read(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// The report without what two runs never have in common: times, ids, and the requests by which each learns the state
/// of its jobs.
fn judgement(mut report: Value) -> Value {
    for name in ["runId", "startedAt", "baseUrl"] {
        report["info"][name] = Value::Null;
    }
    for name in ["micros", "requests"] {
        report["summary"][name] = Value::Null;
    }
    for trial in report["trials"].as_array_mut().unwrap() {
        for name in ["micros", "atMicros", "exchanges", "evidence"] {
            trial[name] = Value::Null;
        }
        for finding in trial.get_mut("findings").and_then(Value::as_array_mut).into_iter().flatten() {
            // The index of an exchange counts the reads before it; values hold ids and clocks.
            for name in ["exchange", "expected", "actual"] {
                finding[name] = Value::Null;
            }
        }
    }
    report
}

#[test]
fn shards_come_to_what_one_machine_tells() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path();
    fs::write(
        folder.join("w.toml"),
        "[[waivers]]\ntrial = \"jobs::**\"\nrequirement = \"REQ-DTO-007\"\nreason = \"known\"\nowner = \"ann\"\nexpires = 2099-01-01\n",
    )
    .unwrap();
    let with = |more: &[&str], variables: &[(&str, &str)]| {
        patchproof(folder, &[&WHAT[..], &["--waivers", "w.toml"], more].concat(), variables)
    };
    let whole = with(&["--report", "json=whole.json"], &[]);
    for (shard, index) in [("1", "0"), ("2", "1"), ("3", "2")] {
        let report = format!("json=shard-{shard}.json");
        with(
            &["--partition", "env", "--report", &report],
            &[("JOB_COMPLETION_INDEX", index), ("PATCHPROOF_SHARDS", "3")],
        );
    }
    let merge = |words: &[&str]| patchproof(folder, &[&["merge"], words].concat(), &[]);
    let merged =
        merge(&["shard-3.json", "shard-1.json", "shard-2.json", "--report", "json=m.json", "--report", "junit=m.xml"]);
    assert_eq!(merged.status.code(), whole.status.code(), "{}", String::from_utf8_lossy(&merged.stderr));
    let (merged, whole) = (judgement(read(&folder.join("m.json"))), judgement(read(&folder.join("whole.json"))));
    assert_eq!(merged["info"], whole["info"]);
    assert_eq!(merged["summary"], whole["summary"]);
    assert_eq!(merged["trials"], whole["trials"]);
    assert_eq!(whole["summary"]["waivers"][0]["outcome"], json!("waived"));

    let missing = merge(&["shard-1.json", "shard-3.json"]);
    assert_eq!(missing.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&missing.stderr).contains("hash:2/3 is missing"));
    let partial = merge(&["shard-1.json", "shard-3.json", "--partial", "--report", "json=p.json"]);
    assert!([1, 3].contains(&partial.status.code().unwrap()));
    let schema: Value = serde_json::from_str(include_str!("../schemas/report.schema.json")).unwrap();
    for name in ["shard-1.json", "p.json"] {
        let (report, validator) = (read(&folder.join(name)), jsonschema::validator_for(&schema).unwrap());
        let errors: Vec<_> = validator.iter_errors(&report).map(|e| e.to_string()).collect();
        assert!(errors.is_empty(), "{name}: {errors:?}");
    }
    assert_eq!(merge(&["whole.json"]).status.code(), Some(2));
}
