//! The layers of settings, end to end through the binary: flag over environment over file over default.
#![expect(clippy::expect_used, reason = "a test that cannot be set up has failed")]

use std::path::Path;
use std::process::{Command, Output};

const FILE: &str = r#"
default-target = "staging"

[targets.staging]
base-url = "https://staging.example/v1.0"
token-env = "STAGING_TOKEN"
jobs = { jobs = "1" }
max-time = "20s"
retry = 5
volatile = ["endDateTime"]

[targets.local]
base-url = "http://127.0.0.1:9/v1.0"
jobs = { jobs = "1" }
"#;

fn patchproof(folder: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_patchproof"));
    command.args(arguments).current_dir(folder).env_clear().envs(environment.iter().copied());
    command.output().expect("the binary runs")
}

fn folder(file: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("patchproof.toml"), file).expect("the file is written");
    folder
}

fn text(octets: &[u8]) -> String {
    String::from_utf8_lossy(octets).into_owned()
}

/// Value and origin of a setting.
fn shown<'a>(text: &'a str, key: &str) -> Vec<&'a str> {
    let line = text.lines().find(|line| line.split_whitespace().next() == Some(key)).unwrap_or_default();
    line.split_whitespace().skip(1).collect()
}

#[test]
fn each_value_is_shown_with_its_origin_and_no_secret() {
    let folder = folder(FILE);
    let below = folder.path().join("deep/er");
    std::fs::create_dir_all(&below).expect("folders are made");
    let arguments = ["run", "--show-config", "-m", "5s", "--scoped-token", "s3cret-scoped", "--set", "settle-ms=9"];
    let environment = [("PATCHPROOF_MAX_TIME", "7s"), ("PATCHPROOF_RETRY", "3"), ("PATCHPROOF_TOKEN", "s3cret-env")];
    let output = patchproof(&below, &arguments, &environment);
    let text = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(shown(&text, "max-time"), ["5s", "flag"], "{text}");
    assert_eq!(shown(&text, "settle-ms"), ["9", "flag"]);
    assert_eq!(shown(&text, "retry"), ["3", "environment"]);
    assert_eq!(shown(&text, "token"), ["***", "environment"]);
    assert_eq!(shown(&text, "volatile"), ["endDateTime", "file"]);
    assert_eq!(shown(&text, "connect-timeout"), ["10s", "default"]);
    assert!(text.starts_with("file: ") && !text.contains("s3cret"), "{text}");
}

#[test]
fn a_target_is_taken_by_its_name() {
    let folder = folder(FILE);
    let named = patchproof(folder.path(), &["run", "--show-config", "--target", "local"], &[]);
    assert_eq!(shown(&text(&named.stdout), "base-url"), ["http://127.0.0.1:9/v1.0", "file"]);
    let unknown = patchproof(folder.path(), &["run", "--target", "locl"], &[]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(text(&unknown.stderr).contains("there is no target `locl`; there is local, staging"));
}

#[test]
fn an_address_that_is_given_is_another_target() {
    let folder = folder(FILE);
    let address = ["run", "--show-config", "--base-url", "https://elsewhere.example"];
    let alone = patchproof(folder.path(), &address, &[("STAGING_TOKEN", "s3cret")]);
    assert_eq!(alone.status.code(), Some(0));
    assert!(shown(&text(&alone.stdout), "token").is_empty(), "the token stays with its own server");
    let both = patchproof(folder.path(), &[&address[..], &["--target", "staging"]].concat(), &[]);
    assert_eq!(both.status.code(), Some(2));
    assert!(text(&both.stderr).contains("another server than that of the target in the file"));
}

#[test]
fn every_error_of_every_layer_comes_at_once() {
    let folder = folder("[targets.a]\nbase-urll = \"https://x\"\nread-only = [\"stats\"]\n");
    let arguments = ["run", "--job", "classifyTextJob=1", "--set", "settle=1"];
    let output = patchproof(folder.path(), &arguments, &[("PATCHPROOF_MAX_TIME", "soon")]);
    let errors = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2));
    for error in [
        "patchproof.toml:2:1: targets.a.base-urll: no such setting; did you mean `base-url`?",
        "patchproof.toml:3:14: targets.a.read-only: `stats` is no property; did you mean `status`?",
        "--set settle: no such setting; did you mean `settle-ms`?",
        "PATCHPROOF_MAX_TIME: `soon` is not a duration",
    ] {
        assert!(errors.contains(error), "{error}\n{errors}");
    }
}

#[test]
fn lint_checks_the_file_too() {
    let good = patchproof(folder(FILE).path(), &["lint"], &[]);
    assert_eq!(good.status.code(), Some(0));
    assert!(text(&good.stdout).contains("patchproof.toml: 2 targets, no errors"));
    for (text, told) in [
        ("# nothing yet\n", "patchproof.toml: there is no target in it"),
        ("[targets.a]\nconcurrency = 0\n", "targets.a: concurrency: no trial runs where none may"),
        ("[targets.a]\nmax-time = \"0s\"\n", "targets.a: max-time: nothing is answered in no time"),
    ] {
        let output = patchproof(folder(text).path(), &["lint"], &[]);
        assert_eq!(output.status.code(), Some(2), "{text}");
        assert_eq!(crate::text(&output.stdout), "", "nothing has no errors");
        assert!(crate::text(&output.stderr).contains(told), "{}", crate::text(&output.stderr));
    }
    let bad = folder("[targets.a]\njobs = { job = \"1\" }\n");
    let path = bad.path().join("patchproof.toml");
    let output = patchproof(Path::new("."), &["lint", "--config", &path.display().to_string()], &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        text(&output.stderr).contains("patchproof.toml:2:10: targets.a.jobs: `job` is no collection; did you mean")
    );
}

#[test]
fn init_writes_a_file_that_lint_takes_and_overwrites_none() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let flags = ["init", "--target", "my staging", "--base-url", "http://127.0.0.1:9/v1.0", "--job", "jobs=a,jobs=b"];
    let written = patchproof(folder.path(), &flags, &[]);
    assert_eq!(written.status.code(), Some(0), "{}", text(&written.stderr));
    let linted = patchproof(folder.path(), &["lint"], &[]);
    assert_eq!(linted.status.code(), Some(0), "{}", text(&linted.stderr));
    let shown = text(&patchproof(folder.path(), &["run", "--show-config"], &[]).stdout);
    assert!(shown.contains("jobs=a,jobs=b") && shown.contains("$PATCHPROOF_TOKEN"), "{shown}");
    for (url, why) in
        [(None, "--base-url is needed"), (Some("https://me:secret@h/v1.0"), "credentials do not belong in it")]
    {
        let flags: Vec<&str> = ["init", "other.toml"].into_iter().chain(url.map(|_| "--base-url")).chain(url).collect();
        let refused = patchproof(folder.path(), &flags, &[]);
        assert_eq!(refused.status.code(), Some(2));
        assert!(text(&refused.stderr).contains(why), "{}", text(&refused.stderr));
        assert!(!folder.path().join("other.toml").exists());
    }
    let again = patchproof(folder.path(), &["init"], &[]);
    assert_eq!(again.status.code(), Some(2));
    assert!(text(&again.stderr).contains("patchproof.toml is there already; --force overwrites it"));
}

#[test]
fn without_jobs_nothing_is_sent() {
    let output = patchproof(Path::new("."), &["run", "--base-url", "http://127.0.0.1:9"], &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).starts_with("error: no job of the target may be patched"));
}

#[test]
fn two_credentials_in_one_place_are_a_mistake() {
    let twice = r#"
[targets.a]
base-url = "https://a.example"
token-env = "A"
oauth-issuer = "http://login.example"
"#;
    let folder = folder(twice);
    let output = patchproof(folder.path(), &["lint"], &[]);
    let told = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(told.contains("targets.a: oauth-issuer: http://login.example: a secret is sent over https only"), "{told}");
    assert!(told.contains("a token and an OAuth issuer are both given (file)"), "{told}");
}

#[test]
fn the_secret_of_a_client_stays_with_its_issuer() {
    let file = r#"
[targets.a]
base-url = "http://127.0.0.1:9/v1.0"
oauth-issuer = "https://login.example/tenant"
oauth-client-id = "me"
oauth-client-secret-env = "SECRET"
jobs = { jobs = "1" }
"#;
    let folder = folder(file);
    let run = |issuer: &str| {
        let output = patchproof(folder.path(), &["run", "--show-config", "--oauth-issuer", issuer], &[]);
        (output.status.code(), text(&output.stderr))
    };
    assert_eq!(run("https://login.example/other").0, Some(0));
    let (code, told) = run("https://elsewhere.example");
    assert!(code == Some(2) && told.contains("whose client secret must not go there"), "{told}");
    let other = ["run", "--show-config", "--base-url", "https://other.example", "--target", "a"];
    let output = patchproof(folder.path(), &other, &[]);
    assert_eq!(output.status.code(), Some(2), "{}", text(&output.stderr));
}

#[test]
fn init_takes_no_name_that_no_shell_can_export() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for name in ["1A", "not valid", ""] {
        let flags = ["init", "--base-url", "http://127.0.0.1:9/v1.0", "--token-env", name];
        let refused = patchproof(folder.path(), &flags, &[]);
        assert_eq!(refused.status.code(), Some(2), "{name}");
        assert!(text(&refused.stderr).contains("is no name of an environment variable"), "{}", text(&refused.stderr));
    }
}

#[test]
fn init_writes_an_issuer_that_lint_takes() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let arguments = ["init", "--base-url", "https://a.example/v1.0", "--oauth-issuer", "https://login.example/x"];
    let more = ["--oauth-client-id", "me", "--oauth-scope", "a b", "--provision", "create"];
    let output = patchproof(folder.path(), &[&arguments[..], &more].concat(), &[]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let lint = patchproof(folder.path(), &["lint"], &[]);
    assert_eq!(lint.status.code(), Some(0), "{}", text(&lint.stderr));
    let shown = patchproof(folder.path(), &["run", "--show-config"], &[]);
    assert!(text(&shown.stdout).contains("oauth-client-secret  $PATCHPROOF_OAUTH_CLIENT_SECRET"));
}
