//! The answer to an update is not the entity itself.

use serde_json::{Value, json};

use super::row;
use crate::reference::effect::{Effect, Object};
use crate::reference::fault::Fault;
use crate::reference::message::Answer;

pub(super) const ROWS: &[Fault] = &[
    row(
        "entity-in-value",
        "The entity stands inside value.",
        &["REQ-RESP-001", "REQ-PROP-001"],
        Effect::Entity(|object, _| wrap(object, |entity| json!({"value": entity}))),
    ),
    row(
        "entity-in-value-array",
        "The entity is the only element of an array in value.",
        &["REQ-RESP-001", "REQ-PROP-001"],
        Effect::Entity(|object, _| wrap(object, |entity| json!({"value": [entity]}))),
    ),
    row(
        "entity-in-value-on-one-path",
        "The entity stands inside value in classifyTextJobs.",
        &["REQ-RESP-001", "REQ-PROP-001"],
        Effect::Entity(|object, request| {
            if request.goes_to("classifyTextJobs") {
                wrap(object, |entity| json!({"value": entity}));
            }
        }),
    ),
    row(
        "entity-in-value-with-representation",
        "Under return=representation the entity stands inside value.",
        &["REQ-RESP-001", "REQ-PREF-003", "REQ-PROP-001"],
        Effect::Entity(|object, request| {
            if request.prefers("return").is_some() {
                wrap(object, |entity| json!({"value": entity}));
            }
        }),
    ),
    row(
        "entity-in-d",
        "The entity stands inside d, as in OData 2.",
        &["REQ-RESP-001"],
        Effect::Entity(|object, _| wrap(object, |entity| json!({"d": entity}))),
    ),
    row(
        "entity-in-data-beside-success",
        "The entity stands inside data, beside a success of true.",
        &["REQ-RESP-001"],
        Effect::Entity(|object, _| wrap(object, |entity| json!({"success": true, "data": entity}))),
    ),
    row(
        "entity-in-array",
        "The body is an array with the entity.",
        &["REQ-RESP-001", "REQ-PROP-001"],
        Effect::Updated(|answer, _| body(answer, |entity| json!([entity]))),
    ),
    row(
        "entity-as-string",
        "The body is a JSON string that holds the entity.",
        &["REQ-RESP-001", "REQ-PROP-001"],
        Effect::Updated(|answer, _| body(answer, |entity| entity.to_string().into())),
    ),
    row(
        "entity-is-null",
        "The body is null.",
        &["REQ-RESP-001", "REQ-PROP-001"],
        Effect::Updated(|answer, _| body(answer, |_| Value::Null)),
    ),
    row(
        "entity-is-true",
        "The body is true.",
        &["REQ-RESP-001", "REQ-PROP-001"],
        Effect::Updated(|answer, _| body(answer, |_| true.into())),
    ),
    row(
        "entity-is-an-empty-object",
        "The body is an empty object.",
        &["REQ-PROP-001", "REQ-RESP-001", "REQ-RESP-003"],
        Effect::Updated(|answer, _| body(answer, |_| json!({}))),
    ),
    row(
        "properties-in-a-member",
        "The properties stand inside the member properties, beside id.",
        &["REQ-PROP-001", "REQ-RESP-001"],
        Effect::Entity(|object, _| {
            let id = object.get("id").cloned().unwrap_or_default();
            wrap(object, |entity| json!({"properties": entity}));
            object.insert("id".to_owned(), id);
        }),
    ),
    row(
        "envelope-under-200",
        "An update is stored and answered 200 with an error envelope.",
        &["REQ-PROP-001", "REQ-RESP-001", "REQ-RESP-003"],
        Effect::Entity(|object, _| {
            wrap(object, |_| json!({"error": {"code": "internalServerError", "message": "Something went wrong."}}));
        }),
    ),
];

/// Puts an object in the place of the entity.
fn wrap(object: &mut Object, outer: fn(Value) -> Value) {
    if let Value::Object(wrapped) = outer(Value::Object(std::mem::take(object))) {
        *object = wrapped;
    }
}

/// Puts any JSON value in the place of the entity.
fn body(answer: &mut Answer, change: fn(Value) -> Value) {
    answer.body = answer.body.take().map(change);
}
