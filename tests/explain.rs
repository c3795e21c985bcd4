//! What `explain` says of each kind of thing, and of a finding of a run.

#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

use std::path::Path;
use std::process::Command;

use serde_json::Value;

fn patchproof(folder: &Path, words: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_patchproof"))
        .args(words)
        .current_dir(folder)
        .env("PATCHPROOF_STATE_DIR", folder.join("state"))
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    (output.status.code().unwrap(), text)
}

#[test]
fn every_kind_of_thing_is_explained() {
    let folder = tempfile::tempdir().unwrap();
    for (id, said) in [
        ("null-001", &["HTTP/1.1 200"][..]),
        ("untouched", &["looks at", "REQ-MERGE-001"]),
        ("merge::one-status", &["cases/merge/one-status.json", "tests"]),
        ("jobs::merge::one-status", &["case merge::one-status"]),
        ("challenge-repeats-the-token", &["breaks", "REQ-SEC-001", "Broken (fault `challenge-repeats-the-token`"]),
        ("error-left-out-on-one-path", &["PATCH /dataClassification/evaluateLabelJobs/"]),
    ] {
        let (code, text) = patchproof(folder.path(), &["explain", id]);
        assert_eq!(code, 0, "{text}");
        let all = ["source", "matters", "tested by", "tolerated", "Broken (fault", "Right"];
        for word in said.iter().chain(&all) {
            assert!(text.contains(word), "{id} does not say {word}: {text}");
        }
    }
    let (code, text) = patchproof(folder.path(), &["explain", "REQ-MERGE-0022"]);
    assert!(code == 2 && text.contains("did you mean `REQ-MERGE-002`?"), "{text}");
}

#[test]
fn a_finding_is_explained_from_its_run() {
    let folder = tempfile::tempdir().unwrap();
    let run = ["run", "-q", "--topic", "auth", "--endpoint", "jobs", "--fault", "challenge-repeats-the-token"];
    let (code, text) = patchproof(folder.path(), &[&run[..], &["--report", "json=r.json"]].concat());
    assert_eq!(code, 1, "{text}");
    let report: Value = serde_json::from_slice(&std::fs::read(folder.path().join("r.json")).unwrap()).unwrap();
    let failed = report["trials"].as_array().unwrap().iter().find(|trial| trial["verdict"] == "fail").unwrap();
    let finding = &failed["findings"][0];
    for run in [&[][..], &["--in", "r.json"]] {
        let words = [&["explain", finding["fingerprint"].as_str().unwrap()], run].concat();
        let (code, text) = patchproof(folder.path(), &words);
        assert_eq!(code, 0, "{text}");
        assert!(text.contains(failed["name"].as_str().unwrap()) && text.contains("tolerated"), "{text}");
        assert!(text.contains("Broken (fault") && text.contains("Right"), "{text}");
        assert!(text.contains(finding["message"].as_str().unwrap()), "{text}");
    }
    assert_eq!(patchproof(folder.path(), &["explain", "0000000000000000"]).0, 2);
}
