//! A header, or the reason phrase, repeats the token or other secrets of the request.

use super::row;
use crate::reference::effect::Effect;
use crate::reference::fault::Fault;
use crate::reference::fault::secrets::{part, token};
use crate::reference::octets::edit_head;

pub(super) const ROWS: &[Fault] = &[
    row(
        "token-in-header",
        "The token that was sent stands in a header of every answer.",
        &["REQ-SEC-001"],
        Effect::Answer(|answer, request| answer.set("x-debug-token", token(request))),
    ),
    row(
        "token-in-cookie",
        "The token that was sent is set as a cookie.",
        &["REQ-SEC-001"],
        Effect::Answer(|answer, request| answer.set("set-cookie", &format!("session={}; HttpOnly", token(request)))),
    ),
    row(
        "token-in-location",
        "The answer to an update has a Location with the token in its query.",
        &["REQ-SEC-001"],
        Effect::Updated(|answer, request| {
            answer.set("location", &format!("{}?access_token={}", request.path, token(request)));
        }),
    ),
    row(
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
        "part-of-token-in-header",
        "Sixteen characters of the token stand in a header.",
        &["REQ-SEC-001"],
        Effect::Answer(|answer, request| answer.set("x-debug-token", &part(request))),
    ),
    row(
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
    row(
        "token-in-reason-phrase",
        "The reason phrase of a 401 repeats the token that was sent.",
        &["REQ-SEC-001"],
        Effect::Several(&[
            Effect::Failed(|answer, request| {
                if answer.status == 401 {
                    answer.set("x-reason", token(request));
                }
            }),
            Effect::Outbound(|octets, _| {
                edit_head(octets, |head| {
                    let token = head.split_once("x-reason: ").and_then(|(_, rest)| rest.split("\r\n").next());
                    let Some(token) = token else { return head.to_owned() };
                    let bare = head.replacen(&format!("x-reason: {token}\r\n"), "", 1);
                    bare.replacen("401 Unauthorized", &format!("401 Token {token} is not valid"), 1)
                });
                crate::reference::wire::After::Keep
            }),
        ]),
    ),
];
