//! More faults of level [`FaultLevel::Parsing`](super::FaultLevel::Parsing): what is no object, or an empty one.

use serde_json::{Value, json};

use super::FaultLevel::Parsing;
use super::alter::{crashed, instead, patches, refused, set_content};
use super::{Fault, row};
use crate::reference::effect::Effect;
use crate::reference::message::Request;

pub(super) const ROWS: &[Fault] = &[
    row(
        Parsing,
        "array-taken-as-nothing",
        "An array at the top level is answered 200 and does nothing.",
        &["REQ-BODY-008", "REQ-STATUS-003"],
        Effect::Request(|request| top_level(request, |value| value.is_array().then(|| json!({})))),
    ),
    row(
        Parsing,
        "first-of-array-applied",
        "Of an array at the top level the first element is applied.",
        &["REQ-BODY-008"],
        Effect::Request(|request| {
            top_level(request, |value| {
                value.as_array().map(|items| items.first().cloned().unwrap_or_else(|| json!({})))
            });
        }),
    ),
    row(
        Parsing,
        "scalar-taken-as-nothing",
        "A string, number or Boolean at the top level is answered 200 and does nothing.",
        &["REQ-BODY-008", "REQ-STATUS-003"],
        Effect::Request(|request| {
            let scalar = |value: &Value| value.is_string() || value.is_number() || value.is_boolean();
            top_level(request, |value| scalar(value).then(|| json!({})));
        }),
    ),
    row(
        Parsing,
        "null-taken-as-nothing",
        "A null at the top level is answered 200 and does nothing.",
        &["REQ-BODY-008", "REQ-STATUS-003"],
        Effect::Request(|request| top_level(request, |value| value.is_null().then(|| json!({})))),
    ),
    row(
        Parsing,
        "null-clears-the-job",
        "A null at the top level sets every property to null.",
        &["REQ-BODY-008"],
        Effect::Request(|request| {
            let all = || json!({"type": null, "status": null, "tenantId": null, "error": null});
            top_level(request, |value| value.is_null().then(all));
        }),
    ),
    row(
        Parsing,
        "scalar-answered-500",
        "A string, number, Boolean or null at the top level ends in 500.",
        &["REQ-BODY-008", "REQ-STATUS-002"],
        Effect::Failed(|answer, request| {
            let scalar = |value: Value| !value.is_object() && !value.is_array();
            if patches(request) && serde_json::from_slice(&request.content).is_ok_and(scalar) {
                instead(answer, 400, 500);
            }
        }),
    ),
    row(
        Parsing,
        "array-answered-500",
        "An array at the top level ends in 500.",
        &["REQ-BODY-008", "REQ-STATUS-002"],
        Effect::Failed(|answer, request| {
            let array = |value: Value| value.is_array();
            if patches(request) && serde_json::from_slice(&request.content).is_ok_and(array) {
                instead(answer, 400, 500);
            }
        }),
    ),
    row(
        Parsing,
        "string-with-json-unwrapped",
        "A JSON text inside a string at the top level is applied.",
        &["REQ-BODY-008"],
        Effect::Request(|request| {
            top_level(request, |value| Some(serde_json::from_str(value.as_str()?).unwrap_or_else(|_| json!({}))));
        }),
    ),
    row(
        Parsing,
        "empty-content-answered-500",
        "A request without content ends in 500.",
        &["REQ-BODY-009", "REQ-STATUS-002"],
        Effect::Failed(|answer, request| {
            if patches(request) && request.content.is_empty() {
                instead(answer, 400, 500);
            }
        }),
    ),
    row(
        Parsing,
        "empty-content-taken-as-nothing",
        "A request without content is answered 200.",
        &["REQ-BODY-009"],
        Effect::Request(|request| {
            if patches(request) && request.content.is_empty() {
                set_content(request, json!({}));
            }
        }),
    ),
    row(
        Parsing,
        "empty-content-clears-the-job",
        "A request without content sets properties to null.",
        &["REQ-BODY-009", "REQ-ATOM-002"],
        Effect::Request(|request| {
            if patches(request) && request.content.is_empty() {
                set_content(request, json!({"type": null, "status": null, "error": null}));
            }
        }),
    ),
    row(
        Parsing,
        "empty-object-answered-500",
        "An empty object ends in 500.",
        &["REQ-BODY-010", "REQ-STATUS-002"],
        Effect::Refuse(|object, _| crashed(object.is_empty())),
    ),
    row(
        Parsing,
        "empty-object-refused",
        "An empty object is refused.",
        &["REQ-BODY-010"],
        Effect::Refuse(|object, _| refused(object.is_empty())),
    ),
    row(
        Parsing,
        "only-annotations-refused",
        "An object that has only annotations is refused.",
        &["REQ-BODY-010", "REQ-UNK-002"],
        Effect::Refuse(|object, _| refused(!object.is_empty() && object.keys().all(|name| name.contains('@')))),
    )
    .mild(),
    row(
        Parsing,
        "empty-object-touches-status",
        "An empty object sets the status.",
        &["REQ-BODY-010"],
        Effect::Change(|change| {
            if change.is_empty() {
                change.insert("status".to_owned(), "updated".into());
            }
        }),
    ),
    row(
        Parsing,
        "empty-object-clears-error",
        "An empty object sets the error to null.",
        &["REQ-BODY-010"],
        Effect::Parsed(|object| {
            if object.is_empty() {
                object.insert("error".to_owned(), Value::Null);
            }
        }),
    ),
];

/// Puts something else in the place of a JSON value that is no object.
fn top_level(request: &mut Request, replace: impl Fn(&Value) -> Option<Value>) {
    if !patches(request) {
        return;
    }
    let value: Option<Value> = serde_json::from_slice(&request.content).ok();
    if let Some(other) = value.as_ref().and_then(replace) {
        set_content(request, other);
    }
}
