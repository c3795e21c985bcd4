//! The command line as people and scripts meet it: help, pipes, mistakes, exit codes.

#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

mod diagnostics;
mod files;
mod slips;

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

fn patchproof() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_patchproof"));
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    // Runs that a test keeps are nobody else's.
    command.env("XDG_STATE_HOME", std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("state"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("PATCHPROOF_")) {
        command.env_remove(name);
    }
    command
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// There is one way to call it.
const PLAIN: &str = "restore";

/// Every subcommand, as the help lists them.
fn commands() -> Vec<String> {
    let help = out(&patchproof().arg("--help").output().unwrap());
    let list = help.split("Commands:\n").nth(1).unwrap().split("\n\n").next().unwrap().to_owned();
    let rows = list.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let names: Vec<String> = rows.filter_map(|row| row.split_whitespace().next()).map(str::to_owned).collect();
    assert!(names.len() > 6 && names.contains(&"run".to_owned()), "{help}");
    names.into_iter().filter(|name| name != "help").collect()
}

#[test]
fn help_fits_eighty_columns_and_shows_examples() {
    let mut wrong = Vec::new();
    for command in commands().into_iter().map(Some).chain([None]) {
        for flag in ["-h", "--help"] {
            let output = patchproof().args(&command).arg(flag).output().unwrap();
            let name = command.as_deref().unwrap_or("patchproof");
            assert!(output.status.success(), "{name} {flag}");
            let text = out(&output);
            let long = text.lines().filter(|line| line.chars().count() > 80);
            wrong.extend(long.map(|line| format!("{name} {flag}: more than 80 columns: {line}")));
            if name != PLAIN && !text.contains("Examples:") {
                wrong.push(format!("{name} {flag}: no examples; give its Args an after_help"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_closed_pipe_is_no_panic() {
    for arguments in [&["run", "-v", "jobs::merge"][..], &["list"], &["run", "--help"], &["explain", "REQ-MERGE-001"]] {
        let mut child = patchproof().args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert!(!line.is_empty());
        let output = child.wait_with_output().unwrap();
        assert!(!err(&output).contains("panicked"), "{arguments:?}: {}", err(&output));
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", err(&output));
    }
}

/// The schema that a case names is the one that counts, whatever the status.
#[test]
fn an_answer_is_held_to_the_schema_that_its_case_names() {
    let folder = tempfile::tempdir().unwrap();
    for (name, code) in [("jobResponseBase", 0), ("none", 0), ("odataError", 1)] {
        let case = format!(
            r#"{{"title": "held", "requirements": ["REQ-STATUS-001"], "request": {{"body": {{}}}},
                "expect": {{"schema": "{name}"}}}}"#
        );
        std::fs::create_dir_all(folder.path().join("held")).unwrap();
        std::fs::write(folder.path().join("held/one.json"), case).unwrap();
        let output = patchproof().args(["run", "--endpoint", "jobs", "--cases"]).arg(folder.path()).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(code), "{name}: {text}");
        assert_eq!(text.contains("REQ-ENV-001 (MUST)"), code == 1, "{name}: {text}");
    }
}

/// Type of a member, a requirement, a collection, a placeholder, a name: each is told, with the nearest that is right.
#[test]
fn five_mistakes_are_five_errors_and_no_request() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let cases = "tests/command_line/mistakes";
    let run = ["run", "--cases", cases, "--base-url", &url, "--job", "jobs=1"];
    for arguments in [&run[..], &["lint", cases], &["lint", "--cases", cases], &["list", "--cases", cases]] {
        let output = patchproof().args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let expected = include_str!("mistakes.txt");
        let told: Vec<String> =
            err(&output).lines().filter(|line| line.contains(".json:")).map(str::to_owned).collect();
        assert_eq!(told.join("\n") + "\n", expected, "{arguments:?}");
    }
    assert!(listener.accept().is_err(), "a request was sent");
}

#[test]
fn nothing_selected_is_never_green() {
    let typing = patchproof().args(["run", "no-such-trial", "jobs::merge"]).output().unwrap();
    assert_eq!(typing.status.code(), Some(2), "{}", err(&typing));
    for command in ["run", "list"] {
        let none = patchproof().args([command, "no-such-trial"]).output().unwrap();
        assert_eq!(none.status.code(), Some(4), "{}", err(&none));
        assert!(err(&none).contains("pattern \"no-such-trial\" matches no trial"), "{}", err(&none));
    }
    let allowed = patchproof().args(["run", "no-such-trial", "--no-tests", "pass"]).output().unwrap();
    assert_eq!(allowed.status.code(), Some(0), "{}", err(&allowed));
    let nothing = patchproof().args(["run", "--endpoint=jobs", "--topic=throt", "--level=may"]).output().unwrap();
    assert_eq!(nothing.status.code(), Some(4), "{}", err(&nothing));
}

/// Lanes that run on threads of their own find what they find one after another.
#[test]
fn one_lane_at_a_time_and_all_at_once_tell_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let told = |lanes: &str| -> Vec<[Value; 4]> {
        let report = folder.path().join(lanes);
        let run = ["run", "merge::", "--seed", "7", "--fault", "details-is-null", "-q", "-j", lanes];
        let output = patchproof().args(run).arg(format!("--report=json={}", report.display())).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{}", err(&output));
        let report: Value = serde_json::from_slice(&std::fs::read(report).unwrap()).unwrap();
        let trials = report["trials"].as_array().unwrap();
        let seen = |trial: &Value| ["name", "verdict", "exchanges"].map(|name| trial[name].clone());
        let found = |trial: &Value| -> Value {
            let findings = trial["findings"].as_array().into_iter().flatten();
            findings.map(|finding| json!([finding["requirement"], finding["place"], finding["message"]])).collect()
        };
        let row = |trial| {
            let [name, verdict, exchanges] = seen(trial);
            [name, verdict, exchanges, found(trial)]
        };
        trials.iter().map(row).collect()
    };
    let one = told("1");
    assert!(one.iter().any(|[_, verdict, ..]| verdict == "fail") && one.len() > 200, "{} trials", one.len());
    assert_eq!(one, told("6"));
    // On two jobs of a path a trial finds the same; how much of its job is known before differs.
    let found = |trials: Vec<[Value; 4]>| trials.into_iter().map(|[name, verdict, _, found]| [name, verdict, found]);
    assert_eq!(found(one).collect::<Vec<_>>(), found(told("12")).collect::<Vec<_>>());
}

/// Any refusal will do where only that it is refused is judged (REQ-AUTH-001, tolerance).
#[test]
fn who_refuses_with_403_without_credentials_breaks_nothing_of_the_lower_tiers() {
    let code = |tiers: &[&str]| {
        let run = ["run", "-q", "--fault", "missing-token-answered-403", "--endpoint=jobs", "--topic=auth"];
        let output = patchproof().args(run).args(tiers).output().unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let (lower, told) = code(&["--tier=protocol"]);
    assert_eq!(lower, Some(0), "{told}");
    assert_eq!(code(&[]).0, Some(1));
}

/// What the plainest updates have shown is known to every job of the path.
#[test]
fn a_path_that_takes_nothing_is_given_up_on_all_its_jobs() {
    let sums = |lanes: &str| {
        let run = ["run", "-q", "--fault", "json-refused", "--endpoint=jobs", "-j", lanes];
        let output = patchproof().args(run).output().unwrap();
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        told.lines().last().unwrap_or_default().to_owned()
    };
    let one = sums("6");
    assert!(one.starts_with("6 failed"), "{one}");
    assert_eq!(one, sums("12"));
}

/// What is no part of the page is not asked of a server that is judged by the page alone: not less than a whole update,
/// not an object without its annotation, not a null.
#[test]
fn who_knows_only_the_page_conforms_to_it() {
    for fault in [
        "all-properties-required",
        "type-name-required",
        "type-name-of-error-required",
        "type-name-of-inner-error-required",
        "status-alone-refused",
        "null-refused",
        "error-replaced",
    ] {
        let run = ["run", "--fault", fault, "--endpoint=jobs", "-q"];
        let all = patchproof().args(run).arg("--topic=body,null,merge").output().unwrap();
        assert_eq!(all.status.code(), Some(1), "{fault}: {}", out(&all));
        let page = patchproof().args(run).arg("--tier=documented").output().unwrap();
        assert_eq!(page.status.code(), Some(0), "{fault}: {}", out(&page));
    }
}
