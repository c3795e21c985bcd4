//! What is no object at the top level is applied or crashes the server, or an object within it is taken for the body.

use serde_json::{Value, json};

use super::row;
use crate::reference::effect::{Effect, Object};
use crate::reference::fault::Fault;
use crate::reference::fault::alter::{content, instead, patches, set_content};
use crate::reference::message::Request;

pub(super) const ROWS: &[Fault] = &[
    row(
        "array-taken-as-nothing",
        "An array at the top level is answered 200 and does nothing.",
        &["REQ-BODY-008", "REQ-STATUS-003"],
        Effect::Request(|request| top_level(request, |value| value.is_array().then(|| json!({})))),
    ),
    row(
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
        "empty-string-taken-as-nothing",
        "An empty string at the top level is taken for an update that sets nothing.",
        &["REQ-BODY-008", "REQ-STATUS-003"],
        Effect::Request(|request| nothing_instead_of(request, &json!(""))),
    ),
    row(
        "zero-taken-as-nothing",
        "A zero at the top level is taken for an update that sets nothing.",
        &["REQ-BODY-008", "REQ-STATUS-003"],
        Effect::Request(|request| nothing_instead_of(request, &json!(0))),
    ),
    row(
        "false-taken-as-nothing",
        "A false at the top level is taken for an update that sets nothing.",
        &["REQ-BODY-008", "REQ-STATUS-003"],
        Effect::Request(|request| nothing_instead_of(request, &json!(false))),
    ),
    row(
        "scalar-taken-as-nothing",
        "A string, number or Boolean at the top level is answered 200 and does nothing.",
        &["REQ-BODY-008", "REQ-STATUS-003"],
        Effect::Request(|request| {
            let scalar = |value: &Value| value.is_string() || value.is_number() || value.is_boolean();
            top_level(request, |value| scalar(value).then(|| json!({})));
        }),
    ),
    row(
        "null-taken-as-nothing",
        "A null at the top level is answered 200 and does nothing.",
        &["REQ-BODY-008", "REQ-STATUS-003"],
        Effect::Request(|request| top_level(request, |value| value.is_null().then(|| json!({})))),
    ),
    row(
        "null-clears-the-job",
        "A null at the top level sets every property to null.",
        &["REQ-BODY-008"],
        Effect::Request(|request| {
            let all = || json!({"type": null, "status": null, "tenantId": null, "error": null});
            top_level(request, |value| value.is_null().then(all));
        }),
    ),
    row(
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
        "string-with-json-unwrapped",
        "A JSON text inside a string at the top level is applied.",
        &["REQ-BODY-008"],
        Effect::Request(|request| {
            top_level(request, |value| Some(serde_json::from_str(value.as_str()?).unwrap_or_else(|_| json!({}))));
        }),
    ),
    unwrapped(
        "value-unwrapped",
        "A job that stands inside value is taken for the body.",
        Effect::Request(|request| unwrap(request, &["value"])),
    ),
    unwrapped(
        "data-unwrapped",
        "A job that stands inside d, data or attributes is taken for the body.",
        Effect::Request(|request| unwrap(request, &["d", "data", "attributes"])),
    ),
    unwrapped(
        "name-of-type-unwrapped",
        "A job that stands inside job or jobResponseBase is taken for the body.",
        Effect::Request(|request| unwrap(request, &["job", "jobResponseBase"])),
    ),
    unwrapped(
        "first-of-values-unwrapped",
        "The first job of an array inside value is taken for the body.",
        Effect::Request(|request| {
            if let (true, [(name, Value::Array(items))]) = (patches(request), &members(request)[..])
                && let (true, Some(first)) = (name == "value", items.first())
            {
                set_content(request, first.clone());
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

/// An update that sets nothing, where the content is this value.
fn nothing_instead_of(request: &mut Request, value: &Value) {
    if patches(request) && serde_json::from_slice::<Value>(&request.content).is_ok_and(|content| content == *value) {
        set_content(request, json!({}));
    }
}

/// A row about a body that is not what it is taken for.
const fn unwrapped(name: &'static str, title: &'static str, apply: Effect) -> Fault {
    row(name, title, &["REQ-UNK-001"], apply)
}

/// The members of the content.
fn members(request: &Request) -> Vec<(String, Value)> {
    content(request).into_iter().collect()
}

/// Takes the object in the only member for the content, if that member has one of these names.
fn unwrap(request: &mut Request, names: &[&str]) {
    if let (true, [(name, Value::Object(inner))]) = (patches(request), &members(request)[..])
        && names.contains(&name.as_str())
    {
        let inner: Object = inner.clone();
        set_content(request, inner);
    }
}
