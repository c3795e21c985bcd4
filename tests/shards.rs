//! Shards run by the program itself, merged, and held against the run of the whole.

#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use patchproof::reference::{Options, Server, fault};
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

const WHAT: [&str; 8] =
    ["run", "-q", "--endpoint", "jobs,evaluateLabelJobs", "--topic", "dto,merge,auth", "--seed=7", "--evidence=all"];

/// The token that the servers take.
const TOKEN: &str = "staging-token-0123456789";

/// A server with one fault.
fn server() -> Server {
    let jobs = ["jobs", "evaluateLabelJobs"].map(|name| (name.to_owned(), format!("{name}-1")));
    let faults = vec![fault("empty-date-becomes-null").unwrap()];
    Server::start(Options { jobs: jobs.into(), token: TOKEN.to_owned(), faults, ..Options::default() }).unwrap()
}

fn read(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// The report without what two runs never have in common: times, ids, and the requests by which each learns the state
/// of its jobs. The exchanges are those of the steps, as they were sent.
fn judgement(mut report: Value) -> Value {
    for name in ["runId", "startedAt", "baseUrl"] {
        report["info"][name] = Value::Null;
    }
    for name in ["micros", "requests"] {
        report["summary"][name] = Value::Null;
    }
    // In which order the trials of several paths ended is a matter of time.
    report["order"] = Value::Null;
    for trial in report["trials"].as_array_mut().unwrap() {
        for name in ["micros", "atMicros", "exchanges"] {
            trial[name] = Value::Null;
        }
        for finding in trial.get_mut("findings").and_then(Value::as_array_mut).into_iter().flatten() {
            // The index of an exchange counts the reads before it.
            finding["exchange"] = Value::Null;
        }
        let records = trial["evidence"].as_array().into_iter().flatten();
        let steps = records.filter(|record| record["purpose"].as_str().unwrap().starts_with("step "));
        trial["evidence"] = steps.map(sent).collect();
    }
    report
}

/// A request, without its id and the tags that its server gave.
fn sent(record: &Value) -> Value {
    let path = record["url"].as_str().unwrap().split_once("/v1.0/").map(|(_, path)| path);
    let mut headers = record["requestHeaders"].as_array().unwrap().clone();
    let own = ["client-request-id", "if-match", "if-none-match"];
    headers.retain(|field| !own.contains(&field[0].as_str().unwrap().to_ascii_lowercase().as_str()));
    json!([record["purpose"], record["method"], path, headers, record["requestBody"], record["status"]])
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
    let server = server();
    let url = server.base_url();
    let with = |more: &[&str], variables: &[(&str, &str)]| {
        let job = ["--job", "jobs=jobs-1", "--job", "evaluateLabelJobs=evaluateLabelJobs-1"];
        let target = [("PATCHPROOF_BASE_URL", url.as_str()), ("PATCHPROOF_TOKEN", TOKEN)];
        let words = [&WHAT[..], &["--waivers", "w.toml", "--nonce", "night 7"], &job, more].concat();
        patchproof(folder, &words, &[&target[..], variables].concat())
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
    assert_eq!(whole["summary"]["waivers"][0]["outcome"], json!("waived"));
    for (merged, whole) in merged["trials"].as_array().unwrap().iter().zip(whole["trials"].as_array().unwrap()) {
        assert_eq!(merged.to_string(), whole.to_string());
    }
    let (merged, whole) = (merged.to_string(), whole.to_string());
    assert_eq!(merged, whole);
    let made_up = "status [0-9a-f]{8}-[0-9a-f]{4}-4";
    assert!(regex::Regex::new(made_up).unwrap().is_match(&whole), "the values are compared");

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

/// What an earlier run has set is no proof that this one has set it.
#[test]
fn no_two_runs_send_the_same_values_unless_they_are_told_to() {
    let dir = tempfile::tempdir().unwrap();
    let values = |more: &[&str]| {
        let words = ["run", "-q", "jobs::merge::one-status", "--seed=7", "--evidence=all", "--report", "json=r.json"];
        patchproof(dir.path(), &[&words[..], more].concat(), &[]);
        let report = read(&dir.path().join("r.json"));
        let records = report["trials"][0]["evidence"].as_array().unwrap().iter();
        records.map(|record| record["requestBody"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_ne!(values(&[]), values(&[]));
    assert_ne!(values(&["--nonce", "a"]), values(&["--nonce", "b"]));
    assert_eq!(values(&["--nonce", "a"]), values(&["--nonce", "a"]));
    let repeated = values(&["--nonce", "a", "--repeat", "2"]);
    assert_eq!(repeated, values(&["--nonce", "a"]), "the first of two that pass is told");
}
