//! A target that takes a part of an error only beside one, which is a warning, is judged for the rest all the same.

use std::fs;

use patchproof::reference::{Options, Server, variation};
use serde_json::{Value, json};

use crate::staging::{Staging, text};

/// How long the target says that it takes until an update shows, in milliseconds.
const SETTLE: u64 = 40;

/// Three cases that send a part of an error to a job without one, each judged in its turn; the report.
fn judged() -> Value {
    let variations = vec![variation("part-of-an-error-needs-one").expect("a variation of the catalogue")];
    let server = Server::start(Options { variations, ..Options::default() }).expect("a loopback port is free");
    let (_, id) = server.jobs().iter().find(|(name, _)| name == "jobs").expect("each collection has jobs");
    let staging = Staging::new();
    let folder = staging.state.path();
    fs::create_dir_all(folder.join("cases/part")).expect("a folder can be made");
    for name in ["one", "two", "three"] {
        let case = json!({
            "title": name, "requirements": ["REQ-MERGE-002"],
            "request": {"body": {"error": {"message": format!("{name} {{{{uuid}}}}")}}},
            "expect": {"readBack": true},
        });
        fs::write(folder.join(format!("cases/part/{name}.json")), case.to_string()).expect("a file can be written");
    }
    let mut run = staging.command(&server.base_url());
    run.env("PATCHPROOF_TOKEN", server.token());
    run.args(["run", "-q", "--cases", "cases", "--endpoint", "jobs", "--evidence", "all", "--report", "json=r.json"]);
    run.args(["--set", &format!("settle-ms={SETTLE}"), "--job"]).arg(format!("jobs={id}"));
    let output = run.output().expect("the binary runs");
    assert_eq!(output.status.code(), Some(0), "{}{}", text(&output.stdout), text(&output.stderr));
    serde_json::from_slice(&fs::read(folder.join("r.json")).expect("a report")).expect("a report is JSON")
}

#[test]
fn what_such_a_target_refuses_once_it_is_not_asked_again() {
    let report = judged();
    let trials = report["trials"].as_array().expect("trials");
    let refused = trials.iter().filter(|trial| {
        let told = "A part of an error is refused for a job whose error is null.";
        trial["findings"].as_array().into_iter().flatten().any(|finding| finding["message"] == told)
    });
    assert_eq!((trials.len(), refused.count()), (3, 1), "the first of them meets it");
    // The error that a job is given has settled before the job is read.
    let time = |exchange: &Value, name: &str| exchange[name].as_u64().expect("a time");
    let mut spans: Vec<(u64, u64)> = trials
        .iter()
        .map(|trial| {
            let exchanges = trial["evidence"].as_array().expect("evidence");
            let (first, last) = (&exchanges[0], &exchanges[exchanges.len() - 1]);
            (time(first, "atMicros"), time(last, "atMicros") + time(last, "totalMicros"))
        })
        .collect();
    spans.sort_unstable();
    let pause = spans[1].0 - spans[0].1;
    assert!(pause >= SETTLE * 1000, "{pause} µs after the trial before");
}
