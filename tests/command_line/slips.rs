//! Slips of the kind that make a run green, or lose what was there: each ends with an error that says what to do.

use std::fs;

use crate::{err, out, patchproof};

/// Whoever names a token, a job or a setting of a target does not mean the embedded server.
#[test]
fn a_target_without_an_address_is_not_the_embedded_server() {
    let folder = tempfile::tempdir().unwrap();
    let two = folder.path().join("patchproof.toml");
    fs::write(&two, "[targets.one]\nbase-url = \"http://h/1\"\n[targets.two]\nbase-url = \"http://h/2\"\n").unwrap();
    let config = format!("--config={}", two.display());
    let none = folder.path().join("nothing.toml");
    fs::write(&none, "# nothing yet\n").unwrap();
    let nothing = format!("--config={}", none.display());
    for (arguments, empty, told) in [
        (&["--job", "jobs=1"][..], false, "jobs is given, but the address of the target is not"),
        (&["--provision", "create"], false, "provision is given"),
        (&["--token", "t"], false, "token is given"),
        (&[], true, "PATCHPROOF_BASE_URL is set, but empty"),
        (&[&config], false, "which target: one, two?"),
        (&[&nothing], false, "nothing.toml: there is no target in it"),
        (&["--fault", "code-missing", "--job", "jobs=1"], false, "cannot be used with"),
        (&["--fault", "code-missing", "--token", "t"], false, "token is about another target"),
        (&["--variation", "more-annotations", "--set", "alias=shared"], false, "alias is about another target"),
        (&["--not-offered", "jobs"], false, "not-offered is given"),
    ] {
        let mut command = patchproof();
        command.args(["run", "-q", "jobs::prop"]).args(arguments);
        if empty {
            command.env("PATCHPROOF_BASE_URL", "");
        }
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", err(&output));
        assert!(err(&output).contains(told), "{arguments:?}: {}", err(&output));
    }
    let with_token = |ci: &str| {
        let run = ["run", "-q", "jobs::prop::"];
        patchproof().args(run).env("PATCHPROOF_TOKEN", "of a shell").env("CI", ci).output().unwrap()
    };
    // What an empty run judged is said even where nothing else is.
    let plain = with_token("");
    assert_eq!(plain.status.code(), Some(0), "{}", err(&plain));
    assert!(out(&plain).starts_with("Conforms on 1 of 6 paths (the embedded reference server, "), "{}", out(&plain));
    assert_eq!(with_token("false").status.code(), Some(0), "a way to say that it is none");
    // A CI job has no token for other commands.
    let job = with_token("true");
    assert_eq!(job.status.code(), Some(2), "{}", out(&job));
    assert!(err(&job).contains("token is given, but the address of the target is not"), "{}", err(&job));
}

/// What is in the way is named, with what to do about it.
#[test]
fn what_keeps_a_run_from_its_target_is_named() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let plain = std::thread::spawn(move || {
        use std::io::{Read as _, Write as _};
        // One that speaks no TLS answers whatever comes in its own way.
        for stream in listener.incoming().take(1) {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 1024]);
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        }
    });
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("file"), "").unwrap();
    let state = format!("--state-dir={}", folder.path().join("file/below").display());
    let secure = format!("--base-url=https://127.0.0.1:{port}");
    for (flags, why) in [
        (&[secure.as_str()][..], "is it http://?"),
        (&["--base-url=http://127.0.0.1:9", "-x", "http://127.0.0.1:1"], "proxy 127.0.0.1: "),
        (&["--base-url=http://127.0.0.1:9", &state], "--state-dir or PATCHPROOF_STATE_DIR names another folder"),
    ] {
        let mut run = patchproof();
        run.env("PATCHPROOF_STATE_DIR", folder.path().join("state"));
        let output = run.args(["run", "-q", "jobs::prop::", "--token=t", "--job=jobs=1"]).args(flags).output().unwrap();
        let told = format!("{} {}", out(&output), err(&output)).split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(output.status.code(), Some(3), "{flags:?}: {told}");
        assert!(told.contains(why), "{flags:?}: {told}");
    }
    plain.join().unwrap();
}

/// One night can be compared with the next, and who is to be accepted cannot know the order.
#[test]
fn the_seed_is_told_and_follows_from_suite_and_target() {
    let told = |flags: &[&str]| {
        let folder = tempfile::tempdir().unwrap();
        let mut run = patchproof();
        let output = run.current_dir(folder.path()).args(["run", "jobs::prop::"]).args(flags).output().unwrap();
        let shown = out(&output);
        let seed = shown.lines().find_map(|line| line.split_once(", seed ")).map(|(_, seed)| seed.to_owned());
        seed.unwrap_or_else(|| panic!("{shown}{}", err(&output)))
    };
    let usual = told(&[]);
    assert_eq!(usual, told(&[]));
    assert_eq!(told(&["--seed", "7"]), "7");
    assert_ne!(usual, told(&["--fault", "code-missing"]), "another target");
    let drawn: std::collections::BTreeSet<String> = (0..3).map(|_| told(&["--profile", "acceptance"])).collect();
    assert!(drawn.len() > 1, "{drawn:?}");
}

#[test]
fn a_list_of_trials_without_a_line_selects_none() {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("trials");
    fs::write(&list, "# nothing yet\n").unwrap();
    for command in ["list", "run"] {
        let output = patchproof().args([command, "--run", &format!("@{}", list.display())]).output().unwrap();
        assert_eq!((output.status.code(), &*out(&output)), (Some(4), ""), "{}", err(&output));
    }
}

#[test]
fn what_would_run_nothing_or_something_else_is_refused() {
    for (arguments, told) in [
        (&["--topic", "merge,nulls"][..], "no such topic; did you mean `null`?"),
        (&["--max-fail", "0"], "0 is not in 1.."),
        (&["--repeat", "0"], "0 is not in 1.."),
        (&["-j", "0"], "0 is not in 1.."),
        (&["--dry-run", "--fault", "nope"], "no such fault; `patchproof serve --list-faults` lists them"),
        (&["-H", "No Name: x"], "is no name of a header"),
        (&["--base-url", "host/v1.0", "--job", "jobs=1"], "it must be a whole URL, such as https://host/v1.0"),
        (&["--base-url", "host/v1.0"], "it must be a whole URL, such as https://host/v1.0"),
        (&["--partition", "3/2"], "--partition: expected hash:m/n"),
        (&["--set", "settle-ms=x"], "settle-ms: expected a whole number, found `x`"),
        (&["--report", "json=a", "--report", "junit=a"], "to be written twice"),
        (&["--topic", "qqqqqqqq"], "no such topic; there are atom, auth, "),
        (&["--base-url", "http://127.0.0.1:9", "--max-time", "0"], "max-time: nothing is answered in no time"),
        (
            &["--base-url", "http://127.0.0.1:9", "--token", "t", "-H", "Authorization: Bearer u"],
            "Authorization would stand in place of the token",
        ),
    ] {
        let output = patchproof().args(["run", "-q", "jobs::"]).args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", err(&output));
        assert!(err(&output).contains(told), "{arguments:?}: {}", err(&output));
    }
}

/// Without a home there is no folder of the user's own, and one for everybody's files is no place to say what is deleted.
#[test]
fn a_real_target_needs_a_place_to_write_down_what_is_put_back() {
    for command in [&["run", "-q", "--job", "jobs=1"][..], &["restore"]] {
        let mut homeless = patchproof();
        homeless.args(command).args(["--base-url", "http://127.0.0.1:9", "--token", "t"]);
        for name in ["XDG_STATE_HOME", "HOME", "USERPROFILE"] {
            homeless.env_remove(name);
        }
        let output = homeless.output().unwrap();
        assert!([Some(2), Some(3)].contains(&output.status.code()), "{command:?}: {}", err(&output));
        assert!(err(&output).contains("no folder for the program's state is known"), "{command:?}: {}", err(&output));
    }
}

#[test]
fn a_history_that_is_off_is_told_as_off() {
    let output = patchproof().args(["history", "--history", "off"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("no history is kept"), "{}", err(&output));
}

#[test]
fn a_fixed_time_that_is_none_is_refused() {
    let output = patchproof().args(["run", "-q", "jobs::prop"]).env("SOURCE_DATE_EPOCH", "soon").output().unwrap();
    assert_eq!((output.status.code(), &*out(&output)), (Some(2), ""), "{}", err(&output));
    assert!(err(&output).contains("SOURCE_DATE_EPOCH: `soon` is no number of seconds"), "{}", err(&output));
}

#[test]
fn the_settings_that_are_shown_are_those_of_the_run() {
    let shown = |arguments: &[&str]| {
        let output = patchproof().args(["run", "--show-config"]).args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", err(&output));
        let setting = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>().join(" ");
        out(&output).lines().map(setting).collect::<Vec<_>>()
    };
    let has = |lines: &[String], line: &str| assert!(lines.iter().any(|shown| shown == line), "{line}: {lines:?}");
    let plain = shown(&[]);
    has(&plain, "concurrency 12 default");
    has(&plain, "max-time 10s default");
    has(&shown(&["-j", "3"]), "concurrency 3 flag");
    has(&shown(&["--fault", "code-missing"]), "concurrency 6 default");
    let elsewhere = shown(&["--base-url", "http://127.0.0.1:9", "--job", "jobs=1"]);
    has(&elsewhere, "concurrency 6 default");
    has(&elsewhere, "max-time 30s default");
}

#[test]
fn the_catalogues_of_the_embedded_server_are_listed() {
    let faults = out(&patchproof().args(["serve", "--list-faults"]).output().unwrap());
    assert!(faults.lines().count() > 1000 && faults.contains("\ncode-missing: "), "{faults}");
    let rows = out(&patchproof().args(["serve", "--list-variations", "--message-format=json"]).output().unwrap());
    let rows: Vec<serde_json::Value> = rows.lines().map(|row| serde_json::from_str(row).unwrap()).collect();
    assert!(rows.len() > 100 && rows.iter().all(|row| row["title"].is_string()));
}

/// What nobody gave a value for is never sent as it stands in the case.
#[test]
fn a_placeholder_without_a_value_is_no_text() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("own")).unwrap();
    let case = |value: &str| {
        let body = format!(
            r#"{{"title": "A case of our own, not of {{{{var.title}}}}", "requirements": ["REQ-MERGE-001"], "request": {{"body": {{"status": "{value}"}}}}}}"#
        );
        fs::write(folder.path().join("own/one.json"), body).unwrap();
    };
    let run = |more: &[&str]| {
        let cases = format!("--cases={}", folder.path().display());
        patchproof().args(["run", "--endpoint=jobs", &cases]).args(more).output().unwrap()
    };
    case("{{var.nobody}}");
    let without = run(&[]);
    assert_eq!(without.status.code(), Some(2), "{}", out(&without));
    let told = "error: 1 case, such as own::one, needs a value for {{var.nobody}}: give --variable nobody=VALUE";
    assert_eq!(err(&without).trim(), told);
    assert_eq!(run(&["--variable", "nobody=x"]).status.code(), Some(0));
    case("{{etag.older}}");
    let unknown = run(&[]);
    assert_eq!(unknown.status.code(), Some(3), "{}", out(&unknown));
    assert!(out(&unknown).contains("(the job shows no ETag"), "{}", out(&unknown));
}
