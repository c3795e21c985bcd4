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

#[test]
fn text_that_is_no_json_is_shown_where_it_breaks() {
    let told = told("colons-as-equals", "jobs::merge::one-status");
    assert!(told.contains("Actual {\"@odata.context\"=\"http"), "{told}");
}

#[test]
fn one_refusal_is_explained_once_however_many_requirements_it_breaks() {
    let told = told("content-type-in-title-case-unknown", "jobs::");
    assert_eq!(told.matches("Expected 200 Actual 415").count(), 1, "{told}");
    assert!(told.contains("FAIL jobs::path::known-job") && told.contains("Also under REQ-"), "{told}");
}

#[test]
fn warnings_are_explained_where_nothing_fails() {
    let told = told("challenge-names-other-error", "jobs::auth::random-token");
    assert!(told.contains("WARN jobs::auth::random-token") && told.contains("Requirement "), "{told}");
    assert!(told.contains("Warnings (SHOULD)"), "{told}");
}
