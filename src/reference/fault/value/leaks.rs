//! An answer repeats the token, or other parts of the request that are none of its business.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::row;
use crate::reference::effect::Effect;
use crate::reference::fault::Fault;
use crate::reference::fault::secrets::{part, token};

pub(super) const ROWS: &[Fault] = &[
    row(
        "token-in-entity",
        "The token that was sent stands in an annotation of the entity.",
        &["REQ-SEC-001"],
        Effect::Entity(|object, request| drop(object.insert("@odata.nextToken".to_owned(), token(request).into()))),
    ),
    row(
        "token-as-names",
        "The token that was sent, whole and without its last character, names annotations of the entity.",
        &["REQ-SEC-001"],
        Effect::Entity(|object, request| {
            let token = token(request);
            for name in [Some(token), token.get(..token.len().saturating_sub(1))].into_iter().flatten() {
                object.insert(format!("@debug.{name}"), true.into());
            }
        }),
    ),
    row(
        "token-in-message",
        "The message of a refusal repeats the token that was sent.",
        &["REQ-SEC-001"],
        Effect::Failed(|answer, request| {
            let message = format!("The request with token {} is not valid.", token(request));
            answer.error().insert("message".to_owned(), message.into());
        }),
    ),
    row(
        "wrong-token-in-message",
        "The message of a 401 repeats the token that was sent.",
        &["REQ-SEC-001"],
        Effect::Failed(|answer, request| {
            if answer.status == 401 {
                let message = format!("The token '{}' is not known.", token(request));
                answer.error().insert("message".to_owned(), message.into());
            }
        }),
    ),
    row(
        "part-of-token-in-message",
        "The message of a 401 repeats the first sixteen characters of the token.",
        &["REQ-SEC-001"],
        Effect::Failed(|answer, request| {
            if answer.status == 401 {
                let message = format!("The token {}… is not known.", part(request));
                answer.error().insert("message".to_owned(), message.into());
            }
        }),
    ),
    row(
        "token-percent-encoded-in-message",
        "The message of a refusal repeats the token percent-encoded.",
        &["REQ-SEC-001"],
        Effect::Failed(|answer, request| {
            let message = format!(
                "See /log?t={}.",
                percent_encoding::utf8_percent_encode(token(request), percent_encoding::NON_ALPHANUMERIC)
            );
            answer.error().insert("message".to_owned(), message.into());
        }),
    ),
    row(
        "token-escaped-in-message",
        "The message of a refusal repeats the token with every character escaped.",
        &["REQ-SEC-001"],
        Effect::Failed(|answer, request| {
            let escaped = escaped(token(request));
            answer.error().insert("message".to_owned(), "TOKEN was refused.".into());
            answer.rewrite(|octets| *octets = String::from_utf8_lossy(octets).replace("TOKEN", &escaped).into_bytes());
        }),
    ),
    row(
        "headers-in-inner-error",
        "The innerError of a refusal has the headers of the request.",
        &["REQ-SEC-001"],
        Effect::Failed(|answer, request| {
            let header = request.header("authorization").to_owned();
            let inner = answer.error().get_mut("innerError").and_then(Value::as_object_mut);
            if let Some(inner) = inner {
                inner.insert("headers".to_owned(), json!({"Authorization": header}));
            }
        }),
    ),
    row(
        "token-in-404-only",
        "The message of a 404 repeats the token.",
        &["REQ-SEC-001"],
        Effect::Failed(|answer, request| {
            if answer.status == 404 {
                let message = format!("Nothing found for {}.", token(request));
                answer.error().insert("message".to_owned(), message.into());
            }
        }),
    ),
    row(
        "token-from-query-in-message",
        "The message of a refusal repeats the query.",
        &["REQ-SEC-001"],
        Effect::Failed(|answer, request| {
            if !request.query.is_empty() {
                let message = format!("The query '{}' is not valid.", request.query);
                answer.error().insert("message".to_owned(), message.into());
            }
        }),
    ),
    row(
        "query-repeated-in-context",
        "The context of an answer repeats the query.",
        &["REQ-SEC-001"],
        Effect::Entity(|entity, request| {
            if let Some(Value::String(context)) = entity.get_mut("@odata.context") {
                context.push_str(&request.query);
            }
        }),
    ),
];

/// A text with every character written as an escape of JSON.
fn escaped(text: &str) -> String {
    let mut all = String::new();
    for unit in text.encode_utf16() {
        // Writing to a String cannot fail.
        let _ = write!(all, "\\u{unit:04x}");
    }
    all
}
