//! A request without valid credentials is answered with another status than 401, or with a wrong challenge.

use super::row;
use crate::reference::effect::Effect;
use crate::reference::fault::Fault;
use crate::reference::fault::alter::instead;
use crate::reference::message::{Answer, Request};

pub(super) const ROWS: &[Fault] = &[
    row(
        "missing-token-answered-403",
        "A request without credentials is answered 403.",
        &["REQ-AUTH-002"],
        Effect::Failed(|answer, request| missing(answer, request, 403)),
    ),
    row(
        "missing-token-answered-404",
        "A request without credentials is answered 404.",
        &["REQ-AUTH-002"],
        Effect::Failed(|answer, request| missing(answer, request, 404)),
    ),
    row(
        "missing-token-answered-400",
        "A request without credentials is answered 400.",
        &["REQ-AUTH-002"],
        Effect::Failed(|answer, request| missing(answer, request, 400)),
    ),
    row(
        "missing-token-answered-500",
        "A request without credentials ends in 500.",
        &["REQ-AUTH-001", "REQ-AUTH-002", "REQ-STATUS-002"],
        Effect::Failed(|answer, request| missing(answer, request, 500)),
    ),
    row(
        "missing-token-answered-403-on-one-path",
        "A request to classifyTextJobs without credentials is answered 403.",
        &["REQ-AUTH-002"],
        Effect::Failed(|answer, request| {
            if request.goes_to("classifyTextJobs") {
                missing(answer, request, 403);
            }
        }),
    ),
    row(
        "wrong-token-answered-403",
        "A request with an invalid token is answered 403.",
        &["REQ-AUTH-005"],
        Effect::Failed(|answer, request| wrong(answer, request, 403)),
    ),
    row(
        "wrong-token-answered-404",
        "A request with an invalid token is answered 404.",
        &["REQ-AUTH-005"],
        Effect::Failed(|answer, request| wrong(answer, request, 404)),
    ),
    row(
        "wrong-token-answered-500",
        "A request with an invalid token ends in 500.",
        &["REQ-AUTH-005", "REQ-STATUS-002"],
        Effect::Failed(|answer, request| wrong(answer, request, 500)),
    ),
    row(
        "wrong-token-answered-302",
        "A request with an invalid token is sent to a page for signing in.",
        &["REQ-AUTH-005"],
        Effect::Failed(|answer, request| {
            if answer.status == 401 && request.headers.contains_key("authorization") {
                answer.status = http::StatusCode::FOUND;
                answer.set("location", "/login");
            }
        }),
    ),
    row(
        "unauthorized-without-challenge",
        "A 401 has no WWW-Authenticate.",
        &["REQ-AUTH-003", "REQ-AUTH-004"],
        Effect::Failed(|answer, _| answer.unset("www-authenticate")),
    ),
    row(
        "challenge-missing-for-wrong-token",
        "A 401 to an invalid token has no WWW-Authenticate.",
        &["REQ-AUTH-003", "REQ-AUTH-004"],
        Effect::Failed(|answer, request| {
            if request.headers.contains_key("authorization") {
                answer.unset("www-authenticate");
            }
        }),
    ),
    row(
        "challenge-of-other-scheme",
        "A 401 asks for Basic credentials.",
        &["REQ-AUTH-003", "REQ-AUTH-004"],
        Effect::Failed(|answer, _| challenge(answer, "Basic realm=\"dataClassification\"")),
    ),
    row(
        "challenge-with-open-quote",
        "The challenge of a 401 has a quote that never ends.",
        &["REQ-AUTH-003", "REQ-AUTH-004"],
        Effect::Failed(|answer, _| challenge(answer, "Bearer realm=\"dataClassification")),
    ),
    row(
        "challenge-with-bare-value",
        "The parameter of the challenge of a 401 has no name.",
        &["REQ-AUTH-003", "REQ-AUTH-004"],
        Effect::Failed(|answer, _| challenge(answer, "Bearer \"dataClassification\"")),
    ),
    row(
        "challenge-with-two-realms",
        "The challenge of a 401 names two realms.",
        &["REQ-AUTH-003", "REQ-AUTH-004"],
        Effect::Failed(|answer, _| challenge(answer, "Bearer realm=\"a\", realm=\"b\"")),
    ),
    row(
        "challenge-scheme-is-token",
        "A 401 asks for the scheme Token.",
        &["REQ-AUTH-003", "REQ-AUTH-004"],
        Effect::Failed(|answer, _| challenge(answer, "Token realm=\"dataClassification\"")),
    ),
    row(
        "challenge-empty",
        "The WWW-Authenticate of a 401 is empty.",
        &["REQ-AUTH-003", "REQ-AUTH-004"],
        Effect::Failed(|answer, _| challenge(answer, "")),
    ),
    row(
        "challenge-blames-missing-token",
        "The challenge says invalid_token where no token was sent.",
        &["REQ-AUTH-004"],
        Effect::Failed(|answer, request| {
            if !request.headers.contains_key("authorization") {
                challenge(answer, "Bearer realm=\"dataClassification\", error=\"invalid_token\"");
            }
        }),
    ),
    row(
        "challenge-says-nothing-of-token",
        "The challenge does not say invalid_token where an invalid token was sent.",
        &["REQ-AUTH-004"],
        Effect::Failed(|answer, _| challenge(answer, "Bearer realm=\"dataClassification\"")),
    ),
    row(
        "challenge-names-other-error",
        "The challenge says invalid_client where an invalid token was sent.",
        &["REQ-AUTH-004"],
        Effect::Failed(|answer, request| {
            if request.headers.contains_key("authorization") {
                challenge(answer, "Bearer realm=\"dataClassification\", error=\"invalid_client\"");
            }
        }),
    ),
    row(
        "challenge-repeats-the-token",
        "The challenge repeats the token that was sent.",
        &["REQ-SEC-001"],
        Effect::Failed(|answer, request| {
            let token = request.header("authorization").split_once(' ').map_or("", |(_, token)| token).to_owned();
            if !token.is_empty() {
                challenge(answer, &format!("Bearer error=\"invalid_token\", error_description=\"{token}\""));
            }
        }),
    ),
];

/// Changes the status of a 401 to a request without credentials.
fn missing(answer: &mut Answer, request: &Request, status: u16) {
    if !request.headers.contains_key("authorization") {
        turn(answer, status);
    }
}

/// Changes the status of a 401 to a request with credentials.
fn wrong(answer: &mut Answer, request: &Request, status: u16) {
    if request.headers.contains_key("authorization") {
        turn(answer, status);
    }
}

fn turn(answer: &mut Answer, status: u16) {
    if answer.status == 401 {
        answer.unset("www-authenticate");
        instead(answer, 401, status);
    }
}

/// Puts another challenge into a 401.
fn challenge(answer: &mut Answer, text: &str) {
    if answer.status == 401 {
        answer.set("www-authenticate", text);
    }
}
