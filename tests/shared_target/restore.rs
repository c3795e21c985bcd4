//! `restore`: what a killed run left is told, put back, and given up only where the target refuses it.

use crate::staging::{Staging, text};

#[test]
fn restore_says_what_it_would_do_and_does_it() {
    let staging = Staging::new();
    let before = staging.jobs();
    let nothing = staging.command(&staging.server.base_url()).arg("restore").output().expect("the binary runs");
    assert_eq!((nothing.status.code(), text(&nothing.stdout).trim()), (Some(0), "nothing is to be put back"));

    // What a killed run leaves behind.
    let journals = staging.state.path().join("journals");
    std::fs::create_dir_all(&journals).expect("a folder is made");
    let base = staging.server.base_url();
    let made = staging.request("POST", "/jobs", r#"{"status":"made"}"#).1;
    let made: serde_json::Value = serde_json::from_str(&made).expect("a job is JSON");
    let line = |id: &str, before: &str, created: bool| {
        format!(
            r#"{{"before":{{"base_url":"{base}","collection":"jobs","id":"{id}","before":{before},"created":{created},"readback":true,"if_match":false,"left_alone":[],"settle_ms":0,"at":1}}}}"#
        ) + "\n"
    };
    let lines = line("jobs-1", &before[0], false) + &line(made["id"].as_str().expect("an id"), "null", true);
    std::fs::write(journals.join("journal-dead.jsonl"), lines + "{\"before\":{\"base_u").expect("a file is written");
    staging.request("PATCH", "/jobs/jobs-1", r#"{"status":"changed","error":{"message":"x"}}"#);

    let reminded = |base: &str| {
        let run = ["run", "-q", "--run", "jobs::merge::one-status", "--job", "jobs=jobs-2", "--base-url", base];
        let output = staging.command(base).args(run).output().expect("the binary runs");
        text(&output.stderr).contains(&format!(
            "note: 2 jobs of this target are still to be put back or deleted after a run that was killed: \
             `patchproof restore --base-url {base}`"
        ))
    };
    assert!(reminded(&base) && !reminded("http://127.0.0.1:9/v1.0"));
    let dry = staging.command(&base).args(["restore", "--dry-run"]).output().expect("the binary runs");
    assert!(text(&dry.stdout).contains("would put back") && text(&dry.stdout).contains("would delete"));
    assert_ne!(staging.jobs(), before);
    let elsewhere = staging.command("http://127.0.0.1:9/v1.0").arg("restore").output().expect("the binary runs");
    assert_eq!(elsewhere.status.code(), Some(3), "the token of one target does not go to another");
    let healed = staging.command(&base).arg("restore").output().expect("the binary runs");
    assert_eq!(healed.status.code(), Some(0), "{}", text(&healed.stderr));
    assert_eq!((staging.jobs(), staging.journals()), (before, 0));
    assert_eq!(staging.listed("jobs").as_array().map(Vec::len), Some(2));
    assert!(!reminded(&base));
}

#[test]
fn what_the_target_refuses_is_forgotten_on_demand_and_a_silent_target_is_not() {
    let staging = Staging::new();
    let journals = staging.state.path().join("journals");
    std::fs::create_dir_all(&journals).expect("a folder is made");
    let line = |base: &str| {
        format!(
            r#"{{"before":{{"base_url":"{base}","collection":"jobs","id":"nobody","before":{{"status":"a"}},"created":false,"readback":true,"if_match":false,"left_alone":[],"settle_ms":0,"at":1}}}}"#
        ) + "\n"
    };
    for (base, answers) in [(staging.server.base_url().as_str(), true), ("http://127.0.0.1:9/v1.0", false)] {
        std::fs::write(journals.join("journal-dead.jsonl"), line(base)).expect("a file is written");
        let plain = staging.command(base).arg("restore").output().expect("the binary runs");
        assert_eq!((plain.status.code(), staging.journals()), (Some(3), 1), "{}", text(&plain.stderr));
        let forgets = staging.command(base).args(["restore", "--forget"]).output().expect("the binary runs");
        let told = text(&forgets.stderr);
        let (code, left, what) =
            if answers { (0, 0, "given up") } else { (3, 1, "not forgotten, since that says nothing about the job") };
        assert_eq!((forgets.status.code(), staging.journals()), (Some(code), left), "{told}");
        assert!(told.contains(what), "{told}");
    }
    // What another version wrote is kept until the user has enough of it.
    std::fs::write(journals.join("journal-dead.jsonl"), "{\"before\":{\"base_url\":\"x\"}}\n")
        .expect("a file is written");
    for (arguments, code, left, what) in
        [(&["restore"][..], 3, 1, "cannot be read"), (&["restore", "--forget"], 0, 0, "; given up")]
    {
        let output = staging.command("http://127.0.0.1:9/v1.0").args(arguments).output().expect("the binary runs");
        assert_eq!((output.status.code(), staging.journals()), (Some(code), left), "{}", text(&output.stderr));
        assert!(text(&output.stderr).contains(what), "{}", text(&output.stderr));
    }
    // A token that has ended is no answer about the job either.
    let base = staging.server.base_url();
    std::fs::write(journals.join("journal-dead.jsonl"), line(&base)).expect("a file is written");
    let ended =
        staging.command(&base).env("PATCHPROOF_TOKEN", "ended-0123456789").args(["restore", "--forget"]).output();
    assert_eq!((ended.expect("the binary runs").status.code(), staging.journals()), (Some(3), 1));
}
