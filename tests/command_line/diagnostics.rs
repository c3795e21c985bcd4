//! What a failure says to somebody who sees it for the first time.

use crate::{out, patchproof};

/// What is told of the trials of one path, where the embedded server has a fault; white space counts as one blank.
fn told(fault: &str, trials: &str) -> String {
    let run = ["run", "--color=never", "--endpoint=jobs", "--fault", fault, trials];
    let output = patchproof().args(run).output().unwrap();
    out(&output).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn the_case_is_told_by_its_title() {
    let told = told("basic-accepted", "jobs::auth::basic");
    assert!(
        told.contains("FAIL jobs::auth::basic Made-up Basic credentials are refused with 401 REQ-AUTH-006"),
        "{told}"
    );
}

#[test]
fn what_a_read_shows_is_told_with_the_request_that_led_there() {
    let told = told("applied-without-permission", "jobs::auth::scoped-token");
    let request = told.split("Request ").nth(1).unwrap();
    assert!(request.starts_with("PATCH ") && request.contains("Answer 403,"), "{told}");
    assert!(told.contains("Bearer $PATCHPROOF_SCOPED_TOKEN"), "{told}");
    assert!(told.contains("Seen in the answer 200 to GET of the same path"), "{told}");
}

#[test]
fn a_tag_is_told_beside_the_one_that_it_was_compared_with() {
    let told = told("tag-compared-up-to-its-length", "jobs::cond::almost-the-current");
    assert!(told.contains(", though If-Match is `\"r") && told.contains(" and the tag was `\"r"), "{told}");
}

/// Whatever the tag was, `*` fits it, so it explains nothing.
#[test]
fn a_star_is_told_beside_no_tag() {
    let told = told("none-match-ignored", "jobs::cond::both-any");
    assert!(told.contains("A request that must be refused is answered with 200."), "{told}");
    assert!(told.contains("-H 'If-Match: *'"), "{told}");
    assert!(!told.contains("the tag was"), "{told}");
}

/// A terminal, as `script` of util-linux makes one.
#[cfg(target_os = "linux")]
fn on_a_terminal(term: &str) -> String {
    let run = format!("{} run --endpoint jobs --topic merge", env!("CARGO_BIN_EXE_patchproof"));
    let mut script = std::process::Command::new("script");
    script.args(["-qec", &run, "/dev/null"]).stdin(std::process::Stdio::null());
    script.env_clear().env("PATH", "/usr/bin:/bin").env("TERM", term);
    let folder = tempfile::tempdir().unwrap();
    let output = script.env("PATCHPROOF_STATE_DIR", folder.path()).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    out(&output)
}

#[cfg(target_os = "linux")]
#[test]
fn a_dumb_terminal_is_sent_text_alone() {
    let colourful = on_a_terminal("xterm");
    assert!(colourful.contains("\u{1b}[32m"), "a terminal has colours: {colourful}");
    let plain = on_a_terminal("dumb");
    assert!(plain.contains(" passed"), "{plain}");
    assert!(!plain.contains('\u{1b}'), "{plain:?}");
}

#[test]
fn text_that_is_no_json_is_shown_where_it_breaks() {
    let told = told("colons-as-equals", "jobs::merge::one-status");
    assert!(told.contains("Actual {\"@odata.context\"=\"http"), "{told}");
}

#[test]
fn one_refusal_is_explained_once_however_many_requirements_it_breaks() {
    let told = told("content-type-in-title-case-unknown", "jobs::");
    assert_eq!(told.matches("Expected 200 Actual 415").count(), 1, "{told}");
    assert!(told.contains("FAIL jobs::media::application-json") && told.contains("Also under REQ-"), "{told}");
}

#[test]
fn warnings_are_explained_where_nothing_fails() {
    let told = told("challenge-names-other-error", "jobs::auth::random-token");
    assert!(told.contains("WARN jobs::auth::random-token") && told.contains("Requirement "), "{told}");
    assert!(told.contains("Warnings (SHOULD)"), "{told}");
}
