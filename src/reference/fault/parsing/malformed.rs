//! A body that is not JSON is not refused with 400, or is applied in part.

use serde_json::Value;

use super::row;
use crate::reference::effect::{Effect, Switch};
use crate::reference::fault::Fault;
use crate::reference::fault::alter::{absorb, instead, patches, set_content};
use crate::reference::fault::repair::{close, is_json, lenient, text};

pub(super) const ROWS: &[Fault] = &[
    row(
        "truncated-object-accepted",
        "An object that is not closed is accepted.",
        &["REQ-BODY-007"],
        Effect::Request(|request| lenient(request, close)),
    ),
    row(
        "garbage-after-value-accepted",
        "What follows the JSON value is not read.",
        &["REQ-BODY-007"],
        Effect::Switch(Switch::PrefixOnly),
    ),
    row(
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
        "first-of-several-lines-taken",
        "Of several JSON texts on lines of their own the first one is applied.",
        &["REQ-BODY-007"],
        Effect::Request(|request| {
            lenient(request, |text| match text.split_once('\n') {
                Some((first, rest)) if first.ends_with('}') && rest.starts_with('{') => first.to_owned(),
                _ => text.to_owned(),
            });
        }),
    ),
    row(
        "prefix-against-inclusion-dropped",
        "The characters )]}' in front of a JSON text are dropped.",
        &["REQ-BODY-007"],
        Effect::Request(|request| {
            lenient(request, |text| text.trim_start_matches([')', ']', '}', '\'', ',', '\n']).to_owned());
        }),
    ),
    row(
        "call-around-a-text-dropped",
        "A call around a JSON text, as of JSONP, is dropped.",
        &["REQ-BODY-007"],
        Effect::Request(|request| {
            lenient(request, |text| text.trim_start_matches("callback(").trim_end_matches([')', ';']).to_owned());
        }),
    ),
    row(
        "garbage-taken-as-nothing",
        "What does not parse is taken as an empty object.",
        &["REQ-BODY-007", "REQ-STATUS-003"],
        Effect::Request(|request| lenient(request, |_| "{}".to_owned())),
    ),
    row(
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
        "malformed-applied-as-far-as-read",
        "A body that breaks off is refused, but its first members are applied.",
        &["REQ-ATOM-001", "REQ-ATOM-002", "REQ-BODY-007"],
        Effect::Refused(|status, request, job| {
            if status == 400 && !is_json(request) {
                absorb(serde_json::from_str(&close(&text(request))).unwrap_or_default(), job);
            }
        }),
    ),
];
