//! The folder of the program's state that the configuration names is the one that every command looks in.

#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use patchproof::reference::{Options, Server};
use serde_json::Value;

/// Runs the program where no variable names a folder and the system's is another.
fn patchproof(folder: &Path, words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_patchproof"));
    command.args(words).current_dir(folder).env("XDG_STATE_HOME", folder.join("elsewhere"));
    for name in ["PATCHPROOF_STATE_DIR", "PATCHPROOF_HISTORY", "PATCHPROOF_CONFIG", "PATCHPROOF_TARGET", "CI"] {
        command.env_remove(name);
    }
    command.output().unwrap()
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// A server with a fault, the target that names it, and a run of it that is kept.
fn judged(folder: &Path) -> Server {
    let fault = patchproof::reference::fault("empty-date-becomes-null").unwrap();
    let server = Server::start(Options { faults: vec![fault], ..Options::default() }).unwrap();
    let (_, id) = server.jobs().iter().find(|(collection, _)| collection == "jobs").unwrap();
    fs::write(folder.join("token"), server.token()).unwrap();
    let config = format!(
        "[targets.local]\nbase-url = \"{}\"\ntoken-file = \"token\"\njobs = {{ jobs = \"{id}\" }}\n\
         state-dir = \"ours\"\n\n[targets.other]\nbase-url = \"https://graph.example/v1.0\"\n",
        server.base_url()
    );
    fs::write(folder.join("patchproof.toml"), config).unwrap();
    let run = ["run", "-q", "--target", "local", "--endpoint", "jobs", "--topic", "dto", "--report", "json=r.json"];
    let output = patchproof(folder, &run);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(folder.join("ours/runs").is_dir() && folder.join("ours/history.sqlite").is_file());
    assert!(!folder.join("elsewhere").exists());
    server
}

#[test]
fn kept_runs_and_history_are_found_in_the_folder_of_the_target() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path();
    let server = judged(folder);
    let report: Value = serde_json::from_slice(&fs::read(folder.join("r.json")).unwrap()).unwrap();
    let trials = report["trials"].as_array().unwrap();
    let print = trials.iter().find_map(|trial| trial["findings"][0]["fingerprint"].as_str()).unwrap();
    let add = ["waivers", "add", "--reason", "known", "--owner", "ann", "--expires", "2099-01-31"];
    let commands: [&[&str]; 5] =
        [&["history"], &["report", "latest"], &["diff", "latest", "latest"], &add, &["waivers", "check"]];
    for command in commands {
        let output = patchproof(folder, &[command, &["--target", "local"]].concat());
        assert_eq!(output.status.code(), Some(0), "{command:?}: {}", said(&output));
    }
    assert!(said(&patchproof(folder, &["history", "--target", "local"])).contains(&server.base_url()));

    // Without a name it is the embedded server, whose runs are not there.
    let output = patchproof(folder, &["history"]);
    assert!(output.status.code() == Some(2) && said(&output).contains("elsewhere"), "{}", said(&output));

    // A flag and the variable come before the file.
    let output = patchproof(folder, &["report", "latest", "--target", "local", "--state-dir", "nowhere"]);
    assert!(output.status.code() == Some(2) && said(&output).contains("nowhere"), "{}", said(&output));
    let found = patchproof(folder, &["history", "--state-dir", "ours"]);
    assert_eq!(found.status.code(), Some(0), "{}", said(&found));

    // A single target needs no name, and where all have one folder, waivers may call the target as they like.
    let config = fs::read_to_string(folder.join("patchproof.toml")).unwrap();
    let config = config.split("\n[targets.other]").next().unwrap();
    fs::write(folder.join("patchproof.toml"), config).unwrap();
    for command in [&["report", "latest"][..], &["explain", print], &["waivers", "check", "--target", "theirs"]] {
        let output = patchproof(folder, command);
        assert_eq!(output.status.code(), Some(0), "{command:?}: {}", said(&output));
    }
}
