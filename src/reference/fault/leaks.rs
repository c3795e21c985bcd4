//! More faults of level [`FaultLevel::Headers`](super::FaultLevel::Headers): headers that repeat the token of the request.

use super::FaultLevel::Headers;
use super::secrets::{part, token};
use super::{Fault, row};
use crate::reference::effect::Effect;

pub(super) const ROWS: &[Fault] = &[
    row(
        Headers,
        "token-in-header",
        "The token that was sent stands in a header of every answer.",
        &["REQ-SEC-001"],
        Effect::Answer(|answer, request| answer.set("x-debug-token", token(request))),
    ),
    row(
        Headers,
        "token-in-cookie",
        "The token that was sent is set as a cookie.",
        &["REQ-SEC-001"],
        Effect::Answer(|answer, request| answer.set("set-cookie", &format!("session={}; HttpOnly", token(request)))),
    ),
    row(
        Headers,
        "token-in-location",
        "The answer to an update has a Location with the token in its query.",
        &["REQ-SEC-001"],
        Effect::Updated(|answer, request| {
            answer.set("location", &format!("{}?access_token={}", request.path, token(request)));
        }),
    ),
    row(
        Headers,
        "token-percent-encoded-in-header",
        "The token that was sent stands percent-encoded in a header.",
        &["REQ-SEC-001"],
        Effect::Answer(|answer, request| {
            answer.set(
                "x-debug-token",
                &format!(
                    "t={}",
                    percent_encoding::utf8_percent_encode(token(request), percent_encoding::NON_ALPHANUMERIC)
                ),
            );
        }),
    ),
    row(
        Headers,
        "part-of-token-in-header",
        "Sixteen characters of the token stand in a header.",
        &["REQ-SEC-001"],
        Effect::Answer(|answer, request| answer.set("x-debug-token", &part(request))),
    ),
    row(
        Headers,
        "token-in-challenge",
        "The challenge of a 401 describes the token that was sent.",
        &["REQ-SEC-001"],
        Effect::Failed(|answer, request| {
            if answer.status == 401 {
                answer.set("www-authenticate", &format!("Bearer realm=\"dataClassification\", error=\"invalid_token\", error_description=\"{} is not valid\"", token(request)));
            }
        }),
    ),
    row(
        Headers,
        "cookie-echoed",
        "An answer sets the cookie again that came with the request.",
        &["REQ-SEC-001"],
        Effect::Answer(|answer, request| {
            let cookie = request.header("cookie");
            if !cookie.is_empty() {
                answer.set("set-cookie", cookie);
            }
        }),
    ),
    row(
        Headers,
        "api-key-echoed",
        "A refusal says in a header which key it did not take.",
        &["REQ-SEC-001"],
        Effect::Failed(|answer, request| {
            let key = request.header("x-api-key");
            if !key.is_empty() {
                answer.set("x-refused-key", key);
            }
        }),
    ),
];
