//! The members of the error envelope are missing, empty or of another JSON type.

use serde_json::{Value, json};

use super::row;
use crate::reference::effect::{Effect, Object};
use crate::reference::fault::Fault;
use crate::reference::message::Answer;

pub(super) const ROWS: &[Fault] = &[
    row(
        "code-missing",
        "The error of a refusal has no code.",
        &["REQ-ENV-002"],
        Effect::Failed(|answer, _| lose(answer, "code")),
    ),
    row(
        "code-empty",
        "The code of a refusal is empty.",
        &["REQ-ENV-002"],
        Effect::Failed(|answer, _| set(answer, "code", "".into())),
    ),
    row(
        "code-is-a-number",
        "The code of a refusal is its status as a number.",
        &["REQ-ENV-002"],
        Effect::Failed(|answer, _| {
            let status = answer.status.as_u16();
            set(answer, "code", status.into());
        }),
    ),
    row(
        "code-is-null",
        "The code of a refusal is null.",
        &["REQ-ENV-002"],
        Effect::Failed(|answer, _| set(answer, "code", Value::Null)),
    ),
    row(
        "code-empty-on-404",
        "The code of a 404 is empty.",
        &["REQ-ENV-002"],
        Effect::Failed(|answer, _| {
            if answer.status == 404 {
                set(answer, "code", "".into());
            }
        }),
    ),
    row(
        "code-with-capital",
        "The code of a refusal begins with a capital.",
        &["REQ-ENV-006"],
        Effect::Failed(|answer, _| {
            let code = answer.error().get("code").and_then(Value::as_str).unwrap_or_default().to_owned();
            set(answer, "code", (code[..1].to_uppercase() + &code[1..]).into());
        }),
    ),
    row(
        "code-always-the-same",
        "The code of every refusal is invalidRequest.",
        &["REQ-ENV-006"],
        Effect::Failed(|answer, _| set(answer, "code", "invalidRequest".into())),
    ),
    row(
        "code-of-401-is-of-the-token",
        "The code of a 401 is InvalidAuthenticationToken.",
        &["REQ-ENV-006"],
        Effect::Failed(|answer, _| {
            if answer.status == 401 {
                set(answer, "code", "InvalidAuthenticationToken".into());
            }
        }),
    ),
    row(
        "code-is-the-status-as-text",
        "The code of a refusal is its status in digits.",
        &["REQ-ENV-006"],
        Effect::Failed(|answer, _| {
            let status = answer.status.as_u16().to_string();
            set(answer, "code", status.into());
        }),
    ),
    row(
        "message-missing",
        "The error of a refusal has no message.",
        &["REQ-ENV-002"],
        Effect::Failed(|answer, _| lose(answer, "message")),
    ),
    row(
        "message-empty",
        "The message of a refusal is empty.",
        &["REQ-ENV-002"],
        Effect::Failed(|answer, _| set(answer, "message", "".into())),
    ),
    row(
        "message-is-null",
        "The message of a refusal is null.",
        &["REQ-ENV-002"],
        Effect::Failed(|answer, _| set(answer, "message", Value::Null)),
    ),
    row(
        "message-is-an-object",
        "The message of a refusal is an object of lang and value, as in OData 3.",
        &["REQ-ENV-002"],
        Effect::Failed(|answer, _| {
            let message = answer.error().get("message").cloned();
            set(answer, "message", json!({"lang": "en-US", "value": message}));
        }),
    ),
    row(
        "message-empty-on-401",
        "The message of a 401 is empty.",
        &["REQ-ENV-002"],
        Effect::Failed(|answer, _| {
            if answer.status == 401 {
                set(answer, "message", "".into());
            }
        }),
    ),
    row(
        "message-empty-on-412",
        "The message of a 412 is empty.",
        &["REQ-ENV-002"],
        Effect::Failed(|answer, _| {
            if answer.status == 412 {
                set(answer, "message", "".into());
            }
        }),
    ),
    row(
        "envelope-target-is-an-array",
        "The target of a refusal is an array.",
        &["REQ-ENV-004"],
        Effect::Failed(|answer, _| set(answer, "target", json!(["status"]))),
    ),
    row(
        "envelope-target-is-an-object",
        "The target of a refusal is an object.",
        &["REQ-ENV-004"],
        Effect::Failed(|answer, _| set(answer, "target", json!({"name": "status"}))),
    ),
    row(
        "envelope-details-is-null",
        "The details of a refusal are null.",
        &["REQ-ENV-004"],
        Effect::Failed(|answer, _| set(answer, "details", Value::Null)),
    ),
    row(
        "envelope-details-is-an-object",
        "The details of a refusal are an object.",
        &["REQ-ENV-004"],
        Effect::Failed(|answer, _| set(answer, "details", json!({"status": ["is not valid"]}))),
    ),
    row(
        "envelope-details-is-a-string",
        "The details of a refusal are a string.",
        &["REQ-ENV-004"],
        Effect::Failed(|answer, _| set(answer, "details", "status is not valid".into())),
    ),
    row(
        "envelope-details-of-strings",
        "The details of a refusal are an array of strings.",
        &["REQ-ENV-004"],
        Effect::Failed(|answer, _| set(answer, "details", json!(["status is not valid"]))),
    ),
    row(
        "envelope-detail-without-code",
        "An element of the details of a refusal has no code.",
        &["REQ-ENV-004"],
        Effect::Failed(|answer, _| set(answer, "details", json!([{"message": "is not valid", "target": "status"}]))),
    ),
    row(
        "envelope-detail-without-message",
        "An element of the details of a refusal has no message.",
        &["REQ-ENV-004"],
        Effect::Failed(|answer, _| set(answer, "details", json!([{"code": "a", "message": "b"}, {"code": "c"}]))),
    ),
    row(
        "envelope-detail-with-number",
        "The code of an element of the details of a refusal is a number.",
        &["REQ-ENV-004"],
        Effect::Failed(|answer, _| set(answer, "details", json!([{"code": 7, "message": "is not valid"}]))),
    ),
    row(
        "envelope-inner-error-is-a-string",
        "The innerError of a refusal is a string.",
        &["REQ-ENV-004"],
        Effect::Failed(|answer, _| set(answer, "innerError", "see the log".into())),
    ),
    row(
        "envelope-inner-error-is-an-array",
        "The innerError of a refusal is an array.",
        &["REQ-ENV-004"],
        Effect::Failed(|answer, _| set(answer, "innerError", json!([{"date": "2017-01-01T00:00:00"}]))),
    ),
    row(
        "envelope-inner-error-is-null",
        "The innerError of a refusal is null.",
        &["REQ-ENV-004"],
        Effect::Failed(|answer, _| set(answer, "innerError", Value::Null)),
    ),
    row(
        "envelope-without-inner-error",
        "A refusal has no innerError.",
        &["REQ-ENV-005"],
        Effect::Failed(|answer, _| lose(answer, "innerError")),
    ),
    row(
        "envelope-without-date",
        "The innerError of a refusal has no date.",
        &["REQ-ENV-005"],
        Effect::Failed(|answer, _| inner(answer, |inner| drop(inner.shift_remove("date")))),
    ),
    row(
        "envelope-with-date-in-words",
        "The date in the innerError of a refusal is that of a mail.",
        &["REQ-ENV-005"],
        Effect::Failed(|answer, _| {
            inner(answer, |inner| drop(inner.insert("date".to_owned(), "Sun, 01 Jan 2017 00:00:00 GMT".into())));
        }),
    ),
    row(
        "envelope-without-request-id",
        "The innerError of a refusal has no request-id.",
        &["REQ-ENV-005"],
        Effect::Failed(|answer, _| inner(answer, |inner| drop(inner.shift_remove("request-id")))),
    ),
    row(
        "envelope-without-client-request-id",
        "The innerError of a refusal has no client-request-id.",
        &["REQ-ENV-005"],
        Effect::Failed(|answer, _| inner(answer, |inner| drop(inner.shift_remove("client-request-id")))),
    ),
    row(
        "envelope-without-inner-error-on-404",
        "A 404 has no innerError.",
        &["REQ-ENV-005"],
        Effect::Failed(|answer, _| {
            if answer.status == 404 {
                lose(answer, "innerError");
            }
        }),
    ),
];

fn set(answer: &mut Answer, name: &str, value: Value) {
    answer.error().insert(name.to_owned(), value);
}

fn lose(answer: &mut Answer, name: &str) {
    answer.error().shift_remove(name);
}

fn inner(answer: &mut Answer, change: fn(&mut Object)) {
    if let Some(inner) = answer.error().get_mut("innerError").and_then(Value::as_object_mut) {
        change(inner);
    }
}
