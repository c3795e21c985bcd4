//! Faults of level [`FaultLevel::Parsing`](super::FaultLevel::Parsing): from octets to a JSON value.
//!
//! A lenient parser is made by putting right what it would let pass, before the strict one sees it.

use serde_json::Value;

use super::FaultLevel::Parsing;
use super::alter::{absorb, instead, patches, refused, set_content};
use super::repair::{close, is_json, lenient, text};
use super::{Fault, row};
use crate::reference::effect::{Effect, Switch};

pub(super) const ROWS: &[Fault] = &[
    row(
        Parsing,
        "trailing-comma-accepted",
        "A comma after the last member is accepted.",
        &["REQ-BODY-007"],
        Effect::Request(|request| {
            lenient(request, |text| replace_last(&replace_last(text, ",}", "}"), ",]", "]"));
        }),
    ),
    row(
        Parsing,
        "broken-utf-8-in-error-replaced",
        "Octets that are not UTF-8 become U+FFFD where they stand in the error.",
        &["REQ-BODY-007"],
        Effect::Request(|request| {
            let text = String::from_utf8_lossy(&request.content);
            if text.split_once("\"error\"").is_some_and(|(before, _)| !before.contains('\u{fffd}')) {
                request.content = text.into_owned().into_bytes();
            }
        }),
    ),
    row(
        Parsing,
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
        Parsing,
        "single-quotes-accepted",
        "Strings in single quotes are accepted.",
        &["REQ-BODY-007"],
        Effect::Request(|request| lenient(request, |text| text.replace('\'', "\""))),
    ),
    row(
        Parsing,
        "unquoted-names-accepted",
        "Member names without quotes are accepted.",
        &["REQ-BODY-007"],
        Effect::Request(|request| lenient(request, quote_names)),
    ),
    row(
        Parsing,
        "nan-accepted",
        "NaN is accepted as null.",
        &["REQ-BODY-007"],
        Effect::Request(|request| lenient(request, |text| text.replace("NaN", "null"))),
    ),
    row(
        Parsing,
        "nan-answered-500",
        "NaN ends in 500.",
        &["REQ-BODY-007", "REQ-STATUS-002"],
        Effect::Failed(|answer, request| {
            if text(request).contains("NaN") {
                instead(answer, 400, 500);
            }
        }),
    ),
    row(
        Parsing,
        "truncated-object-accepted",
        "An object that is not closed is accepted.",
        &["REQ-BODY-007"],
        Effect::Request(|request| lenient(request, close)),
    ),
    row(
        Parsing,
        "garbage-after-value-accepted",
        "What follows the JSON value is not read.",
        &["REQ-BODY-007"],
        Effect::Switch(Switch::PrefixOnly),
    ),
    row(
        Parsing,
        "last-of-two-values-taken",
        "Of two JSON values in one body the last is applied.",
        &["REQ-BODY-007"],
        Effect::Request(|request| {
            let values = serde_json::Deserializer::from_slice(&request.content).into_iter::<Value>();
            let values: Vec<Value> = values.map_while(Result::ok).collect();
            if let (true, Some(last)) = (values.len() > 1, values.last()) {
                set_content(request, last.clone());
            }
        }),
    ),
    row(
        Parsing,
        "garbage-taken-as-nothing",
        "What does not parse is taken as an empty object.",
        &["REQ-BODY-007", "REQ-STATUS-003"],
        Effect::Request(|request| lenient(request, |_| "{}".to_owned())),
    ),
    row(
        Parsing,
        "malformed-answered-500",
        "A body that is not JSON ends in 500.",
        &["REQ-BODY-007", "REQ-STATUS-002"],
        Effect::Failed(|answer, request| {
            if patches(request) && !request.content.is_empty() && !is_json(request) {
                instead(answer, 400, 500);
            }
        }),
    ),
    row(
        Parsing,
        "malformed-answered-500-at-times",
        "Every third body that is not JSON ends in 500.",
        &["REQ-BODY-007", "REQ-STATUS-002"],
        Effect::Failed(|answer, request| {
            if patches(request) && !request.content.is_empty() && !is_json(request) && request.number % 3 == 0 {
                instead(answer, 400, 500);
            }
        }),
    ),
    row(
        Parsing,
        "malformed-answered-404",
        "A body that is not JSON is answered 404.",
        &["REQ-BODY-007"],
        Effect::Failed(|answer, request| {
            if patches(request) && !is_json(request) {
                instead(answer, 400, 404);
            }
        }),
    ),
    row(
        Parsing,
        "malformed-applied-as-far-as-read",
        "A body that breaks off is refused, but its first members are applied.",
        &["REQ-ATOM-001", "REQ-ATOM-002", "REQ-BODY-007"],
        Effect::Refused(|status, request, job| {
            if status == 400 && !is_json(request) {
                absorb(serde_json::from_str(&close(&text(request))).unwrap_or_default(), job);
            }
        }),
    ),
    row(
        Parsing,
        "invalid-utf8-replaced",
        "Octets that are not UTF-8 are replaced by U+FFFD.",
        &["REQ-BODY-007"],
        Effect::Switch(Switch::LossyText),
    ),
    row(
        Parsing,
        "invalid-utf8-read-as-latin-1",
        "A body that is not UTF-8 is read as Latin-1.",
        &["REQ-BODY-007"],
        Effect::Request(|request| {
            if std::str::from_utf8(&request.content).is_err() {
                request.content =
                    request.content.iter().map(|octet| char::from(*octet)).collect::<String>().into_bytes();
            }
        }),
    ),
    row(
        Parsing,
        "invalid-utf8-answered-500",
        "Octets that are not UTF-8 end in 500.",
        &["REQ-BODY-007", "REQ-STATUS-002"],
        Effect::Failed(|answer, request| {
            if std::str::from_utf8(&request.content).is_err() {
                instead(answer, 400, 500);
            }
        }),
    ),
    row(
        Parsing,
        "byte-order-mark-answered-500",
        "A byte order mark before the body ends in 500.",
        &["REQ-BODY-007", "REQ-STATUS-002"],
        Effect::Failed(|answer, request| {
            if request.content.starts_with("\u{feff}".as_bytes()) {
                instead(answer, 400, 500);
            }
        }),
    ),
];

/// Replaces the last occurrence, where white space between the characters does not count.
fn replace_last(text: &str, pair: &str, by: &str) -> String {
    let (comma, bracket) = pair.split_at(1);
    let Some((head, tail)) = text.rsplit_once(comma) else {
        return text.to_owned();
    };
    if tail.trim_start().starts_with(bracket) {
        format!("{head}{by}{}", &tail.trim_start()[1..])
    } else {
        text.to_owned()
    }
}

/// Puts quotes around bare words before a colon.
fn quote_names(text: &str) -> String {
    let mut all = String::new();
    let mut rest = text;
    while let Some(start) = rest.find(['{', ',']) {
        let (head, tail) = rest.split_at(start + 1);
        let word = tail.trim_start();
        let end = word.find(|letter: char| !letter.is_ascii_alphanumeric()).unwrap_or(word.len());
        all.push_str(head);
        rest = if end > 0 && word[end..].trim_start().starts_with(':') {
            all.extend(["\"", &word[..end], "\""]);
            &word[end..]
        } else {
            tail
        };
    }
    all + rest
}
