//! A dry run refuses what the run itself refuses before its first request, in the same words.

use std::path::Path;
use std::process::Command;

use serde_json::json;

use crate::staging::{Staging, text};

/// Exit code and complaint of a run on an address where nobody listens, and of its dry run; `prepare` gives both the rest.
fn both(staging: &Staging, prepare: impl Fn(&mut Command)) -> [(Option<i32>, String); 2] {
    [&["run"][..], &["run", "--dry-run"]].map(|words| {
        let mut command = staging.command("http://127.0.0.1:9/v1.0");
        command.args(words).args(["-q", "--job", "jobs=jobs-1", "--retry", "0"]);
        prepare(&mut command);
        let output = command.output().expect("the binary runs");
        (output.status.code(), text(&output.stderr))
    })
}

/// A folder of one case, whose status is a variable.
fn suite(folder: &Path) -> String {
    let cases = folder.join("suite");
    std::fs::create_dir_all(cases.join("merge")).expect("a folder is made");
    let case = json!({
        "title": "A status that the user gives is stored.",
        "requirements": ["REQ-MERGE-001"],
        "steps": [{"request": {"body": {"status": "{{var.wanted}}"}}}]
    });
    std::fs::write(cases.join("merge/given-status.json"), case.to_string()).expect("a file is written");
    cases.display().to_string()
}

#[test]
fn a_variable_without_a_value_is_missed() {
    let staging = Staging::new();
    let cases = suite(staging.state.path());
    let [run, dry] = both(&staging, |command| _ = command.args(["--cases", &cases]));
    assert_eq!(run, dry);
    assert_eq!(run.0, Some(2), "{}", run.1);
    assert!(run.1.contains("needs a value for {{var.wanted}}: give --variable wanted=VALUE"), "{}", run.1);
    let [_, dry] = both(&staging, |command| _ = command.args(["--cases", &cases, "--variable", "wanted=running"]));
    assert_eq!(dry.0, Some(0), "{}", dry.1);
}

#[test]
fn a_token_at_hand_that_cannot_be_sent_is_refused() {
    let staging = Staging::new();
    for (name, value, complaint) in [
        ("PATCHPROOF_TOKEN_FILE", "no-such-file", "no-such-file: "),
        ("PATCHPROOF_TOKEN_ENV", "NO_SUCH_TOKEN", "environment variable NO_SUCH_TOKEN is not set"),
        ("PATCHPROOF_TOKEN", "Bearer token-0123456789", "begins with the word Bearer"),
        ("PATCHPROOF_SCOPED_TOKEN", "two words", "scoped-token holds white space"),
    ] {
        let [run, dry] = both(&staging, |command| {
            if name != "PATCHPROOF_SCOPED_TOKEN" {
                command.env_remove("PATCHPROOF_TOKEN");
            }
            command.env(name, value).arg("jobs::merge::one-status");
        });
        assert_eq!(run, dry, "{name}");
        assert_eq!(run.0, Some(2), "{}", run.1);
        assert!(run.1.contains(complaint), "{}", run.1);
    }
}

#[test]
fn a_run_that_cannot_go_on_is_not_shown() {
    let staging = Staging::new();
    let [run, dry] = both(&staging, |command| _ = command.args(["--resume", "jobs::merge::one-status"]));
    assert_eq!(run, dry);
    assert_eq!(run.0, Some(2), "{}", run.1);
}

#[test]
fn the_embedded_server_with_a_fault_is_shown_whatever_the_environment_names() {
    let staging = Staging::new();
    let mut command = staging.command("http://127.0.0.1:9/v1.0");
    command.args(["run", "--dry-run", "--fault", "empty-date-becomes-null", "jobs::merge::one-status"]);
    let output = command.output().expect("the binary runs");
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains("on the embedded reference server; nothing was sent"));
}
