//! Escapes in strings and names are not read, or are read wrongly.

use super::row;
use crate::reference::effect::{Effect, Object};
use crate::reference::fault::Fault;
use crate::reference::fault::alter::{instead, patches, refused, set_content};
use crate::reference::fault::members::members;
use crate::reference::fault::repair::text;
use crate::reference::message::Request;

pub(super) const ROWS: &[Fault] = &[
    row(
        "escapes-not-understood",
        "An escape of the form \\uXXXX is taken literally.",
        &["REQ-BODY-006", "REQ-TYPE-003"],
        Effect::Request(|request| {
            if patches(request) {
                request.content = text(request).replace("\\u", "\\\\u").into_bytes();
            }
        }),
    ),
    row(
        "escapes-in-names-not-understood",
        "A member whose name is written with an escape is dropped.",
        &["REQ-BODY-006", "REQ-STATUS-003", "REQ-RESP-003"],
        Effect::Request(|request| {
            let raw = text(request);
            let plain = |name: &String| raw.contains(&format!("\"{name}\""));
            let (kept, lost): (Vec<_>, Vec<_>) = members(request).into_iter().partition(|(name, _)| plain(name));
            if patches(request) && !lost.is_empty() {
                set_content(request, kept.into_iter().collect::<Object>());
            }
        }),
    ),
    row(
        "escaped-names-unknown-in-inner-error",
        "Escapes in the names of innerError are not read.",
        &["REQ-BODY-006"],
        Effect::Refuse(|_, request| {
            let text = String::from_utf8_lossy(&request.content);
            let inner = text.split_once("\"innerError\"").map_or("", |(_, rest)| rest);
            refused(inner.split('"').any(|part| part.contains("\\u") && part.starts_with(|c: char| c.is_alphabetic())))
        }),
    ),
    row(
        "escapes-refused",
        "A body with an escape of the form \\uXXXX is refused.",
        &["REQ-BODY-006"],
        Effect::Refuse(|_, request| refused(text(request).contains("\\u"))),
    ),
    row(
        "escaped-pair-in-error-damaged",
        "A character that is escaped as a surrogate pair is damaged inside the error.",
        &["REQ-BODY-006", "REQ-TYPE-003", "REQ-ERR-001"],
        Effect::Request(|request| {
            let sent = text(request);
            if patches(request) && sent.contains("\"error\"") && sent.contains("\\ud83d\\ude00") {
                request.content = sent.replace("\\ud83d\\ude00", "\\ufffd\\ufffd").into_bytes();
            }
        }),
    ),
    row(
        "unpaired-surrogate-in-error-crashes",
        "An escape of half a surrogate pair in the error ends in 500.",
        &["REQ-STATUS-002"],
        Effect::Failed(|answer, request| {
            if half(request) && text(request).contains("\"error\"") {
                instead(answer, 400, 500);
            }
        }),
    ),
    row(
        "unpaired-surrogate-in-name-crashes",
        "An escape of half a surrogate pair in a name ends in 500.",
        &["REQ-STATUS-002"],
        Effect::Failed(|answer, request| {
            if half(request) && text(request).contains("\\ud800\": ") {
                instead(answer, 400, 500);
            }
        }),
    ),
    row(
        "unpaired-surrogate-replaced",
        "An escape of half a surrogate pair in a string is stored as the replacement character.",
        &["REQ-TYPE-003"],
        Effect::Request(|request| set_halves(request, "\\ufffd")),
    )
    .mild(),
    row(
        "unpaired-surrogate-in-error-replaced",
        "An escape of half a surrogate pair inside the error is stored as the replacement character.",
        &["REQ-TYPE-003", "REQ-ERR-001", "REQ-ERR-004"],
        Effect::Request(|request| {
            if text(request).contains("\"error\"") {
                set_halves(request, "\\ufffd");
            }
        }),
    )
    .mild(),
    row(
        "unpaired-surrogate-dropped",
        "An escape of half a surrogate pair in a string is left out.",
        &["REQ-TYPE-003"],
        Effect::Request(|request| set_halves(request, "")),
    ),
];

/// The escapes of half a surrogate pair that are known to be sent.
const HALVES: [&str; 3] = ["\\ud800", "\\udc00", "\\udbff"];

/// Puts something else in the place of every half of a surrogate pair.
fn set_halves(request: &mut Request, other: &str) {
    if patches(request) && half(request) {
        let replaced = HALVES.iter().fold(text(request), |text, half| text.replace(half, other));
        request.content = replaced.into_bytes();
    }
}

/// Whether the content has an escape of half a surrogate pair.
fn half(request: &Request) -> bool {
    let text = text(request);
    HALVES.iter().any(|half| text.contains(half))
}
