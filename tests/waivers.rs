//! Waivers from the file to the exit code, through the program itself, against the embedded server with a fault.

#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use patchproof::reference::{Options, Server};
use serde_json::Value;

const FAULT: &str = "empty-date-becomes-null";

/// Runs the program with a state folder of its own.
fn patchproof(folder: &Path, words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_patchproof"))
        .args(words)
        .current_dir(folder)
        .env("PATCHPROOF_STATE_DIR", folder.join("state"))
        .env("SOURCE_DATE_EPOCH", "1800000000")
        .env_remove("GITHUB_STEP_SUMMARY")
        .output()
        .unwrap()
}

/// Judges a few trials of the faulty server: exit code and report.
fn judged(folder: &Path, words: &[&str]) -> (i32, Value) {
    let run = ["run", "-q", "--fault", FAULT, "--endpoint", "jobs", "--topic", "dto", "--report", "json=r.json"];
    let output = patchproof(folder, &[&run[..], words].concat());
    let report = fs::read(folder.join("r.json")).map(|octets| serde_json::from_slice(&octets).unwrap());
    (output.status.code().unwrap(), report.unwrap_or_default())
}

fn waiver(trial: &str, requirement: &str, expires: &str) -> String {
    format!(
        "[[waivers]]\ntrial = \"{trial}\"\nrequirement = \"{requirement}\"\nreason = \"known\"\nowner = \"ann\"\n\
         expires = {expires}\n"
    )
}

/// The requirements that fail, and the trials.
fn failing(report: &Value) -> Vec<(String, String)> {
    let trials = report["trials"].as_array().unwrap();
    let failed = trials.iter().filter(|trial| trial["verdict"] == "fail");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    failed.map(|trial| (text(&trial["name"]), text(&trial["findings"][0]["requirement"]))).collect()
}

#[test]
fn what_is_waived_is_green_and_what_is_out_of_date_is_not() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path();
    let (code, report) = judged(folder, &[]);
    let failures = failing(&report);
    assert_eq!((code, failures.is_empty()), (1, false));

    let all: String = failures.iter().map(|(trial, id)| waiver(trial, id, "2027-12-31")).collect();
    fs::write(folder.join("w.toml"), &all).unwrap();
    let reports = ["junit", "sarif", "html", "markdown", "tap", "text"].map(|name| format!("{name}={name}.out"));
    let mut words = vec!["--waivers", "w.toml"];
    for report in &reports {
        words.extend(["--report", report]);
    }
    let (code, report) = judged(folder, &words);
    assert_eq!(code, 0, "{:#}", report["summary"]);
    assert_eq!(report["summary"]["counts"]["waived"], failures.len());
    assert_eq!(report["summary"]["waivers"][0]["outcome"], "waived");
    for format in ["junit", "sarif", "html", "markdown", "tap", "text"] {
        let text = fs::read_to_string(folder.join(format!("{format}.out"))).unwrap();
        assert!(text.contains("known (ann, until 2027-12-31)"), "{format} does not tell the waiver");
    }
    let schema: Value = serde_json::from_str(include_str!("../schemas/report.schema.json")).unwrap();
    let errors: Vec<_> =
        jsonschema::validator_for(&schema).unwrap().iter_errors(&report).map(|e| e.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");

    // One more for a trial that passes, one for no trial, one that is over.
    let pass = report["trials"].as_array().unwrap().iter().find(|trial| trial["verdict"] == "pass").unwrap();
    let more = waiver(pass["name"].as_str().unwrap(), "REQ-DTO-001", "2027-12-31")
        + &waiver("jobs::dtoo::*", "REQ-DTO-001", "2027-12-31")
        + &waiver(&failures[0].0, &failures[0].1, "2020-12-31");
    fs::write(folder.join("w.toml"), all + &more).unwrap();
    let (code, report) = judged(folder, &["--waivers", "w.toml"]);
    assert_eq!(code, 1);
    assert_eq!(report["summary"]["counts"]["stale-waiver"], 1);
    let problems = report["summary"]["waiverProblems"].as_array().unwrap();
    for (problem, word) in problems.iter().zip(["stale", "unused", "expired"]) {
        assert!(problem.as_str().unwrap().starts_with(word), "{problem}");
    }
    assert_eq!(problems.len(), 3);
    // They fail the run in every format that can say so.
    let again =
        patchproof(folder, &["report", "latest", "--report", "junit=j", "--report", "tap=t", "--report", "github=g"]);
    assert_eq!(again.status.code(), Some(0));
    for (name, part) in
        [("j", "<failure message=\"unused waiver of"), ("t", "not ok 3 - unused waiver"), ("g", "::error title=Waiver")]
    {
        let text = fs::read_to_string(folder.join(name)).unwrap();
        assert!(text.contains(part), "{text}");
    }
    for warns in [["--stale-waivers", "warn"], ["--profile", "dev"]] {
        assert_eq!(judged(folder, &[&["--waivers", "w.toml"][..], &warns].concat()).0, 0);
    }
    let (code, report) = judged(folder, &["--waivers", "w.toml", "--profile", "acceptance"]);
    assert_eq!((code, report["summary"]["waivers"][0]["outcome"].as_str()), (1, Some("refused")));
    assert!(folder.join("reports").read_dir().is_err(), "a report is named, so none is preset");
}

#[test]
fn waivers_are_written_checked_and_pruned() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path();
    judged(folder, &[]);
    let comment = "# Ours alone.\n";
    fs::write(folder.join("waivers.toml"), comment).unwrap();
    let add = ["waivers", "add", "--from", "latest", "--reason", "known", "--owner", "ann", "--expires", "2027-12-31"];
    assert_eq!(patchproof(folder, &add).status.code(), Some(0));
    let written = fs::read_to_string(folder.join("waivers.toml")).unwrap();
    assert!(written.starts_with(comment), "{written}");
    assert_eq!(judged(folder, &["--waivers", "waivers.toml"]).0, 0);
    let again = patchproof(folder, &add);
    assert_eq!(String::from_utf8_lossy(&again.stderr), "0 waivers added to waivers.toml\n");
    assert_eq!(fs::read_to_string(folder.join("waivers.toml")).unwrap(), written);

    let unused = written.clone() + "\n" + &waiver("jobs::dtoo::*", "REQ-DTO-001", "2027-12-31");
    fs::write(folder.join("waivers.toml"), unused).unwrap();
    let checked = patchproof(folder, &["waivers", "check", "--from", "r.json"]);
    assert_eq!(checked.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&checked.stdout).contains("unused         0  REQ-DTO-001 on jobs::dtoo::*"));
    assert_eq!(patchproof(folder, &["waivers", "prune"]).status.code(), Some(0));
    assert_eq!(fs::read_to_string(folder.join("waivers.toml")).unwrap(), written);
    assert_eq!(patchproof(folder, &["waivers", "check"]).status.code(), Some(0));
}

/// Six paths of one server share their defects, and so do the waivers.
#[test]
fn a_case_that_fails_on_each_path_needs_one_waiver() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path();
    let run = ["run", "-q", "--fault", FAULT, "--topic", "dto", "--report", "json=r.json"];
    assert_eq!(patchproof(folder, &run).status.code(), Some(1));
    let add = |file: &'static str, more: &[&'static str]| {
        let flags = ["waivers", "add", file, "--reason", "known", "--owner", "ann", "--expires", "2027-12-31"];
        let added = patchproof(folder, &[&flags[..], more].concat());
        assert_eq!(added.status.code(), Some(0), "{}", String::from_utf8_lossy(&added.stderr));
        let text = fs::read_to_string(folder.join(file)).unwrap();
        assert_eq!(patchproof(folder, &[&run[..], &["--waivers", file]].concat()).status.code(), Some(0), "{text}");
        text.matches("[[waivers]]").count()
    };
    let [cases, trials, requirements] =
        [add("c.toml", &[]), add("t.toml", &["--by", "trial"]), add("r.toml", &["--by", "requirement"])];
    assert!(requirements <= cases && cases * 3 <= trials, "{requirements}, {cases}, {trials}");
    assert!(fs::read_to_string(folder.join("c.toml")).unwrap().contains("trial = \"*::dto::"));
    let nobody = ["waivers", "add", "n.toml", "--reason", "", "--owner", "ann", "--expires", "2027-12-31"];
    assert_eq!(patchproof(folder, &nobody).status.code(), Some(2));
    // What would fail at night is told before.
    let old =
        waiver("jobs::dtoo::*", "REQ-DTO-001", "2027-12-31") + &waiver("jobs::dto::*", "REQ-DTO-001", "2020-01-01");
    fs::write(folder.join("old.toml"), old).unwrap();
    let lint = patchproof(folder, &["lint", "--waivers", "old.toml"]);
    let told = String::from_utf8_lossy(&lint.stderr);
    assert_eq!(lint.status.code(), Some(2));
    assert!(told.contains("the suite has no such trial") && told.contains("expired on 2020-01-01"), "{told}");
    let config = "[targets.a]\nbase-url = \"http://127.0.0.1:9\"\nwaivers = \"old.toml\"\n";
    fs::write(folder.join("patchproof.toml"), config).unwrap();
    let lint = patchproof(folder, &["lint"]);
    let told = String::from_utf8_lossy(&lint.stderr);
    assert!(lint.status.code() == Some(2) && told.contains("2 waivers would fail a run"), "{told}");
}

#[test]
fn the_configuration_names_the_file() {
    let faults = vec![patchproof::reference::fault(FAULT).unwrap()];
    let server = Server::start(Options { faults, ..Options::default() }).unwrap();
    let (_, id) = server.jobs().iter().find(|(collection, _)| collection == "jobs").unwrap();
    let dir = tempfile::tempdir().unwrap();
    let (above, folder) = (dir.path(), dir.path().join("deep/er"));
    fs::create_dir_all(&folder).unwrap();
    fs::create_dir(above.join("ours")).unwrap();
    fs::write(above.join("token"), server.token()).unwrap();
    // The paths are beside the configuration, not beside the folder in which the program runs.
    let config = format!(
        "[targets.local]\nbase-url = \"{}\"\ntoken-file = \"token\"\njobs = {{ jobs = \"{id}\" }}\n\
         waivers = \"ours/w.toml\"\n",
        server.base_url()
    );
    fs::write(above.join("patchproof.toml"), config).unwrap();
    fs::write(above.join("ours/w.toml"), "").unwrap();
    let code = |words: &[&str]| patchproof(&folder, words).status.code().unwrap();
    let run = ["run", "-q", "--endpoint", "jobs", "--topic", "dto"];
    assert_eq!(code(&run), 1);
    assert_eq!(code(&["waivers", "add", "--reason", "known", "--owner", "ann", "--expires", "2027-12-31"]), 0);
    assert!(!fs::read_to_string(above.join("ours/w.toml")).unwrap().is_empty());
    assert_eq!((code(&run), code(&["waivers", "check"]), code(&["lint"])), (0, 0, 0));
    assert_eq!(code(&["waivers", "check", "none.toml"]), 2, "what is named stands over the configuration");
    fs::write(above.join("ours/w.toml"), waiver("jobs::[", "REQ-DTO-001", "2027-12-31")).unwrap();
    let lint = patchproof(&folder, &["lint"]);
    assert!(String::from_utf8_lossy(&lint.stderr).contains("ours/w.toml:"));
    assert_eq!((lint.status.code(), code(&run)), (Some(2), 2));
}

#[test]
fn a_wrong_file_is_refused_before_any_request() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("w.toml"), waiver("jobs::[", "REQ-DTO-999", "2027-12-31")).unwrap();
    for words in [&["run", "--waivers", "w.toml"][..], &["lint", "--waivers", "w.toml"]] {
        let output = patchproof(dir.path(), words);
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), told.matches("error: w.toml:").count()), (Some(2), 2), "{told}");
    }
    assert_eq!(patchproof(dir.path(), &["lint", "--waivers", "none.toml"]).status.code(), Some(2));
}
