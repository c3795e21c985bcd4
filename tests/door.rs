//! The door for `cargo test`, walked through as cargo and nextest walk through it: as a process with libtest's arguments.
//!
//! The child is this test program itself: with `DOOR` set, the test `door` becomes the door.

#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test ends at the first thing that is not there, and may say so"
)]

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::process::{Command, Output, Stdio};

use patchproof::conformance::{Conformance, UnderTest};
use patchproof::reference::{Options, Server};

const DOOR: &str = "DOOR";

/// Not a test of its own: what the tests below start as a process.
#[test]
fn door() {
    let Ok(arguments) = std::env::var(DOOR) else { return };
    let arguments = std::iter::once("conformance").chain(arguments.split_whitespace()).map(str::to_owned);
    // libtest has begun a line of its own.
    println!();
    let own = std::env::var_os("OWN_SERVER").is_some();
    let conformance = if own { Conformance::new().server(started) } else { Conformance::new() };
    let code = conformance.main_from(arguments);
    std::process::exit(if code == std::process::ExitCode::SUCCESS { 0 } else { 101 });
}

fn started() -> Result<UnderTest, String> {
    eprintln!("own server started");
    let server = Server::start(Options::default()).map_err(|error| error.to_string())?;
    let mut under_test = UnderTest::new(server.base_url()).token(server.token());
    for (collection, id) in server.jobs() {
        under_test = under_test.job(collection, id);
    }
    Ok(under_test.keep(server))
}

fn knock(arguments: &str, environment: &[(&str, &str)]) -> Output {
    command(arguments, environment).output().unwrap()
}

fn command(arguments: &str, environment: &[(&str, &str)]) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "door", "--nocapture", "--test-threads=1"]);
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("PATCHPROOF_") || name == "NEXTEST") {
        command.env_remove(name);
    }
    // Leases of a test are nobody else's.
    command.env("XDG_STATE_HOME", std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("state"));
    command.env(DOOR, arguments).envs(environment.iter().copied());
    command
}

fn text(output: &Output) -> String {
    format!("{}\n{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// The names that libtest's list shows.
fn names(output: &Output) -> Vec<String> {
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.lines().filter_map(|line| line.strip_suffix(": test")).map(str::to_owned).collect()
}

/// How a real target is named in the environment.
fn environment(server: &Server) -> Vec<(&'static str, String)> {
    let jobs: Vec<String> = server.jobs().iter().map(|(collection, id)| format!("{collection}={id}")).collect();
    vec![
        ("PATCHPROOF_BASE_URL", server.base_url()),
        ("PATCHPROOF_TOKEN", server.token().to_owned()),
        ("PATCHPROOF_JOBS", jobs.join(",")),
    ]
}

fn knock_at(server: &Server, arguments: &str) -> Output {
    let environment = environment(server);
    let environment: Vec<(&str, &str)> = environment.iter().map(|(name, value)| (*name, value.as_str())).collect();
    knock(arguments, &environment)
}

#[test]
fn the_list_has_the_names_of_every_other_command_and_opens_no_socket() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let listed = names(&knock("--list --format terse", &[("PATCHPROOF_BASE_URL", &url)]));
    let command = Command::new(env!("CARGO_BIN_EXE_patchproof")).arg("list").output().unwrap();
    let text = String::from_utf8(command.stdout).unwrap();
    assert!(listed.iter().map(String::as_str).eq(text.lines()), "{} names", listed.len());
    assert!(listener.accept().is_err(), "the list opened a socket");
}

#[test]
fn the_list_may_be_cut_short() {
    let mut child = command("--list", &[]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // The first lines are this test program's own.
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().ends_with(": test")));
    drop(lines);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", text(&output));
}

#[test]
fn a_trial_can_be_run_alone_or_by_part_of_its_name() {
    let alone = knock("--exact classifyTextJobs::status::success-is-200 --nocapture", &[]);
    assert!(text(&alone).contains("1 passed; 0 failed; 0 ignored"), "{}", text(&alone));
    let some = knock("evaluateLabelJobs::merge --skip details", &[]);
    assert!(some.status.success() && text(&some).contains(" 0 failed; 0 ignored"), "{}", text(&some));
}

#[test]
fn what_is_ruled_out_is_ignored_with_the_reason_and_listed_so() {
    let run = knock("throt::", &[]);
    assert!(text(&run).contains("ignored (needs capability throttle)"), "{}", text(&run));
    let listed = names(&knock("jobs:: --list --format terse --ignored", &[("NEXTEST", "1")]));
    let arguments = ["run", "-v", "--color=never", "--endpoint=jobs"];
    let command = Command::new(env!("CARGO_BIN_EXE_patchproof")).args(arguments).output().unwrap();
    let shown = String::from_utf8(command.stdout).unwrap();
    let skipped: Vec<&str> = shown.lines().filter(|line| line.starts_with("skip ")).collect();
    assert_eq!(listed.len(), skipped.len(), "{skipped:#?}");
    for name in listed {
        assert!(skipped.iter().any(|line| line.contains(&format!(" {name}: "))), "{name}");
    }
}

#[test]
fn a_real_target_is_judged_and_a_failure_is_explained() {
    let sound = Server::start(Options::default()).unwrap();
    let run = knock_at(&sound, "jobs::merge::one-s");
    assert!(run.status.success() && text(&run).contains(" 0 failed; 0 ignored"), "{}", text(&run));

    // A case that expects what no right server does is as good as a wrong server.
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("wrong")).unwrap();
    let case = r#"{"title": "t", "requirements": ["REQ-STATUS-001"],
                   "request": {"body": {"status": "s"}}, "expect": {"status": 201}}"#;
    std::fs::write(folder.path().join("wrong/created.json"), case).unwrap();
    let mut environment = environment(&sound);
    environment.push(("PATCHPROOF_CASES", folder.path().display().to_string()));
    let environment: Vec<(&str, &str)> = environment.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let run = knock("--exact jobs::wrong::created", &environment);
    assert_eq!(run.status.code(), Some(101), "{}", text(&run));
    let text = text(&run);
    for part in ["FAIL jobs::wrong::created", "REQ-STATUS-001", "Requirement", "Expected", "Actual", "curl"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains(sound.token()), "{text}");
}

#[test]
fn a_target_that_is_not_there_is_one_sentence() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let nobody =
        knock("merge", &[("PATCHPROOF_BASE_URL", &url), ("PATCHPROOF_TOKEN", "t"), ("PATCHPROOF_JOBS", "jobs=1")]);
    assert_eq!(nobody.status.code(), Some(101));
    let told = String::from_utf8_lossy(&nobody.stderr).into_owned();
    assert_eq!(told.lines().count(), 1, "{told}");
    assert!(told.contains("cannot be reached"), "{told}");
}

#[test]
fn a_server_of_ones_own_is_started_once_and_only_to_be_judged() {
    let own = ("OWN_SERVER", "1");
    assert!(!text(&knock("--list", &[own])).contains("own server started"));
    let run = knock("classifyFileJobs::merge", &[own]);
    assert!(run.status.success(), "{}", text(&run));
    assert_eq!(text(&run).matches("own server started").count(), 1, "{}", text(&run));
}
