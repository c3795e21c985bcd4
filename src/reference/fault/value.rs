//! Faults of level [`FaultLevel::Value`](super::FaultLevel::Value): the shape of the entity, its members and its id.

use http::StatusCode;
use serde_json::{Value, json};

use super::FaultLevel::Value as Level;
use super::alter::{restatus, without_content};
use super::{Fault, row};
use crate::reference::effect::{Effect, Object};
use crate::reference::message::Answer;

pub(super) const ROWS: &[Fault] = &[
    row(
        Level,
        "update-answered-201",
        "An update is answered 201.",
        &["REQ-STATUS-001", "REQ-PATH-001"],
        Effect::Updated(|answer, _| status(answer, StatusCode::CREATED)),
    ),
    row(
        Level,
        "update-answered-202",
        "An update is answered 202 with the entity.",
        &["REQ-STATUS-001", "REQ-PATH-001"],
        Effect::Updated(|answer, _| status(answer, StatusCode::ACCEPTED)),
    ),
    row(
        Level,
        "update-answered-206",
        "An update is answered 206.",
        &["REQ-STATUS-001", "REQ-PATH-001"],
        Effect::Updated(|answer, _| status(answer, StatusCode::PARTIAL_CONTENT)),
    ),
    row(
        Level,
        "update-answered-204",
        "An update is answered 204 without being asked to.",
        &["REQ-STATUS-001", "REQ-PATH-001", "REQ-BODY-001"],
        Effect::Updated(|answer, _| without_content(answer)),
    ),
    row(
        Level,
        "update-answered-207",
        "An update is answered 207.",
        &["REQ-STATUS-001", "REQ-PATH-001"],
        Effect::Updated(|answer, _| status(answer, StatusCode::MULTI_STATUS)),
    ),
    row(
        Level,
        "second-update-answered-204",
        "The second update of a job is answered 204.",
        &["REQ-STATUS-001", "REQ-IDEMP-001"],
        Effect::Updated(|answer, request| {
            if request.turn % 2 == 1 {
                without_content(answer);
            }
        }),
    ),
    row(
        Level,
        "update-of-dates-answered-202",
        "An update of date-times alone is answered 202.",
        &["REQ-STATUS-001", "REQ-BODY-004"],
        Effect::Updated(|answer, request| {
            if !request.body.is_empty() && request.body.keys().all(|name| name.ends_with("DateTime")) {
                status(answer, StatusCode::ACCEPTED);
            }
        }),
    ),
    row(
        Level,
        "update-answered-200-without-content",
        "An update is answered 200 without content.",
        &["REQ-STATUS-001", "REQ-RESP-001"],
        Effect::Updated(|answer, _| {
            answer.body = None;
            answer.unset("content-type");
        }),
    ),
    row(
        Level,
        "update-answered-200-without-content-at-times",
        "Every fourth update of a job is answered 200 without content.",
        &["REQ-STATUS-001", "REQ-RESP-001"],
        Effect::Updated(|answer, request| {
            if request.turn % 4 == 3 {
                answer.body = None;
                answer.unset("content-type");
            }
        }),
    ),
    row(
        Level,
        "update-sent-elsewhere",
        "An update is performed and answered 303 with the place of the job.",
        &["REQ-STATUS-001", "REQ-PATH-001"],
        Effect::Updated(|answer, request| {
            answer.set("location", &request.path);
            status(answer, StatusCode::SEE_OTHER);
        }),
    ),
    row(
        Level,
        "update-crashes-after-storing",
        "An update is stored and answered 500.",
        &["REQ-STATUS-002", "REQ-STATUS-001", "REQ-PATH-001"],
        Effect::Updated(|answer, _| {
            answer.body = None;
            restatus(answer, 500);
            answer.error().insert("message".to_owned(), "The answer could not be written.".into());
        }),
    ),
    row(
        Level,
        "update-refused-after-storing",
        "An update of the error is stored and answered 400.",
        &["REQ-ATOM-002", "REQ-BODY-001", "REQ-ERR-001"],
        Effect::Updated(|answer, request| {
            if request.body.contains_key("error") {
                answer.body = None;
                restatus(answer, 400);
                answer.error().insert("message".to_owned(), "The error is not valid.".into());
            }
        }),
    ),
    row(
        Level,
        "entity-in-value",
        "The entity stands inside value.",
        &["REQ-RESP-001", "REQ-PROP-001"],
        Effect::Entity(|object, _| wrap(object, |entity| json!({"value": entity}))),
    ),
    row(
        Level,
        "entity-in-value-array",
        "The entity is the only element of an array in value.",
        &["REQ-RESP-001", "REQ-PROP-001"],
        Effect::Entity(|object, _| wrap(object, |entity| json!({"value": [entity]}))),
    ),
    row(
        Level,
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
        Level,
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
        Level,
        "entity-in-d",
        "The entity stands inside d, as in OData 2.",
        &["REQ-RESP-001"],
        Effect::Entity(|object, _| wrap(object, |entity| json!({"d": entity}))),
    ),
    row(
        Level,
        "entity-in-data-beside-success",
        "The entity stands inside data, beside a success of true.",
        &["REQ-RESP-001"],
        Effect::Entity(|object, _| wrap(object, |entity| json!({"success": true, "data": entity}))),
    ),
    row(
        Level,
        "entity-in-array",
        "The body is an array with the entity.",
        &["REQ-RESP-001", "REQ-PROP-001"],
        Effect::Updated(|answer, _| body(answer, |entity| json!([entity]))),
    ),
    row(
        Level,
        "entity-as-string",
        "The body is a JSON string that holds the entity.",
        &["REQ-RESP-001", "REQ-PROP-001"],
        Effect::Updated(|answer, _| body(answer, |entity| entity.to_string().into())),
    ),
    row(
        Level,
        "entity-is-null",
        "The body is null.",
        &["REQ-RESP-001", "REQ-PROP-001"],
        Effect::Updated(|answer, _| body(answer, |_| Value::Null)),
    ),
    row(
        Level,
        "entity-is-true",
        "The body is true.",
        &["REQ-RESP-001", "REQ-PROP-001"],
        Effect::Updated(|answer, _| body(answer, |_| true.into())),
    ),
    row(
        Level,
        "entity-is-an-empty-object",
        "The body is an empty object.",
        &["REQ-PROP-001", "REQ-RESP-001", "REQ-RESP-003"],
        Effect::Updated(|answer, _| body(answer, |_| json!({}))),
    ),
    row(
        Level,
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
        Level,
        "envelope-under-200",
        "An update is stored and answered 200 with an error envelope.",
        &["REQ-PROP-001", "REQ-RESP-001", "REQ-RESP-003"],
        Effect::Entity(|object, _| {
            wrap(object, |_| json!({"error": {"code": "internalServerError", "message": "Something went wrong."}}));
        }),
    ),
];

fn status(answer: &mut Answer, status: StatusCode) {
    if answer.status == StatusCode::OK {
        answer.status = status;
    }
}

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
