//! Other challenges, and other ways to refuse credentials.

use http::header::WWW_AUTHENTICATE;
use http::{HeaderValue, StatusCode};

use super::super::effect::Effect;
use super::super::message::Answer;
use super::super::respond;
use super::{Variation, row};

/// A challenge of the scheme Digest.
const DIGEST: &str =
    r#"Digest realm="x", nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", qop="auth", algorithm=SHA-256"#;

pub(super) const ROWS: &[Variation] = &[
    row(
        "challenges-in-one-line",
        "A 401 has three challenges in one line, Bearer in the middle.",
        &["REQ-AUTH-003"],
        Effect::Failed(|answer, _| {
            challenge(answer, |bearer| vec![format!("Negotiate, {bearer}, Basic realm=\"a, b\"")]);
        }),
    ),
    row(
        "challenges-in-several-lines",
        "A 401 has its challenges in several lines.",
        &["REQ-AUTH-003"],
        Effect::Failed(|answer, _| {
            challenge(answer, |bearer| {
                vec!["Negotiate".to_owned(), bearer.to_owned(), "NTLM dG9rZW42OA==".to_owned(), DIGEST.to_owned()]
            });
        }),
    ),
    row(
        "challenge-with-parameters",
        "The challenge has a scope and parameters of its own.",
        &["REQ-AUTH-003"],
        Effect::Failed(|answer, _| {
            challenge(answer, |bearer| {
                vec![format!("{bearer}, scope=\"a b\", authorization_uri=\"https://example.org/authorize\"")]
            });
        }),
    ),
    row(
        "challenge-in-lower-case",
        "The scheme of the challenge is written in lower case.",
        &["REQ-AUTH-003"],
        Effect::Failed(|answer, _| challenge(answer, |bearer| vec![bearer.replacen("Bearer", "bearer", 1)])),
    ),
    row(
        "challenge-without-error",
        "The challenge never says what is wrong with a token.",
        &["REQ-AUTH-004"],
        Effect::Failed(|answer, _| challenge(answer, |_| vec!["Bearer realm=\"dataClassification\"".to_owned()])),
    )
    .warning(&["REQ-AUTH-004"]),
    row(
        "job-hidden-without-permission",
        "A token without the permission is answered 404.",
        &["REQ-AUTH-008"],
        Effect::Failed(|answer, _| {
            let scope = answer.headers.get(WWW_AUTHENTICATE).and_then(|line| line.to_str().ok());
            if scope.is_some_and(|line| line.contains("insufficient_scope")) {
                answer.status = StatusCode::NOT_FOUND;
                answer.error().insert("code".to_owned(), respond::code(StatusCode::NOT_FOUND).into());
                answer.unset("www-authenticate");
            }
        }),
    ),
];

/// Puts other lines in place of the challenge of a 401.
fn challenge(answer: &mut Answer, lines: fn(&str) -> Vec<String>) {
    if answer.status != StatusCode::UNAUTHORIZED {
        return;
    }
    let bearer = answer.headers.remove(WWW_AUTHENTICATE);
    let bearer = bearer.as_ref().and_then(|line| line.to_str().ok()).unwrap_or("Bearer");
    for line in lines(bearer).iter().filter_map(|line| HeaderValue::from_str(line).ok()) {
        answer.headers.append(WWW_AUTHENTICATE, line);
    }
}
