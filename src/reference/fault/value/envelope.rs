//! A refusal has no error envelope, one of another shape, or one with another label.

use serde_json::{Value, json};

use super::row;
use crate::reference::effect::Effect;
use crate::reference::fault::Fault;
use crate::reference::message::Answer;

pub(super) const ROWS: &[Fault] = &[
    row("envelope-missing", "A 400 has no content.", &["REQ-ENV-001"], Effect::Failed(|answer, _| empty(answer, 400))),
    row(
        "envelope-missing-on-403",
        "A 403 has no content.",
        &["REQ-ENV-001"],
        Effect::Failed(|answer, _| empty(answer, 403)),
    ),
    row(
        "envelope-missing-on-412",
        "A 412 has no content.",
        &["REQ-ENV-001"],
        Effect::Failed(|answer, _| empty(answer, 412)),
    ),
    row(
        "envelope-missing-on-415",
        "A 415 has no content.",
        &["REQ-ENV-001"],
        Effect::Failed(|answer, _| empty(answer, 415)),
    ),
    row(
        "envelope-missing-on-one-path",
        "A 400 of classifyTextJobs has no content.",
        &["REQ-ENV-001"],
        Effect::Failed(|answer, request| {
            if request.goes_to("classifyTextJobs") {
                empty(answer, 400);
            }
        }),
    ),
    row(
        "envelope-is-an-empty-object",
        "A refusal is an empty object.",
        &["REQ-ENV-001"],
        Effect::Failed(|answer, _| body(answer, json!({}))),
    ),
    row(
        "envelope-is-null",
        "A refusal is null.",
        &["REQ-ENV-001"],
        Effect::Failed(|answer, _| body(answer, Value::Null)),
    ),
    row(
        "envelope-is-a-string",
        "A refusal is a JSON string.",
        &["REQ-ENV-001"],
        Effect::Failed(|answer, _| body(answer, "The request is not valid.".into())),
    ),
    row(
        "envelope-is-an-array",
        "A refusal is an array of errors.",
        &["REQ-ENV-001"],
        Effect::Failed(|answer, _| {
            let error = Value::Object(answer.error().clone());
            body(answer, json!([error]));
        }),
    ),
    row(
        "envelope-without-error",
        "Code and message of a refusal stand at the root.",
        &["REQ-ENV-001"],
        Effect::Failed(|answer, _| {
            let error = answer.error().clone();
            body(answer, Value::Object(error));
        }),
    ),
    row(
        "envelope-with-errors",
        "A refusal has errors, an array, in place of error.",
        &["REQ-ENV-001"],
        Effect::Failed(|answer, _| {
            let error = Value::Object(answer.error().clone());
            body(answer, json!({"errors": [error]}));
        }),
    ),
    row(
        "envelope-with-capital",
        "A refusal has Error in place of error.",
        &["REQ-ENV-001"],
        Effect::Failed(|answer, _| {
            let error = Value::Object(answer.error().clone());
            body(answer, json!({"Error": error}));
        }),
    ),
    row(
        "envelope-with-odata-error",
        "A refusal has odata.error in place of error, as in OData 3.",
        &["REQ-ENV-001"],
        Effect::Failed(|answer, _| {
            let error = Value::Object(answer.error().clone());
            body(answer, json!({"odata.error": error}));
        }),
    ),
    row(
        "envelope-with-more-at-the-root",
        "A refusal has status and traceId beside error.",
        &["REQ-ENV-001"],
        Effect::Failed(|answer, _| {
            let status = answer.status.as_u16();
            answer.object().insert("status".to_owned(), status.into());
            answer.object().insert("traceId".to_owned(), "00-0af7651916cd43dd8448eb211c80319c-00".into());
        }),
    ),
    row(
        "envelope-with-success",
        "A refusal has success beside error.",
        &["REQ-ENV-001"],
        Effect::Failed(|answer, _| drop(answer.object().insert("success".to_owned(), false.into()))),
    ),
    row(
        "envelope-error-is-a-string",
        "The error of a refusal is a string.",
        &["REQ-ENV-001"],
        Effect::Failed(|answer, _| body(answer, json!({"error": "invalid_request"}))),
    ),
    row(
        "envelope-error-is-an-array",
        "The error of a refusal is an array.",
        &["REQ-ENV-001"],
        Effect::Failed(|answer, _| {
            let error = Value::Object(answer.error().clone());
            body(answer, json!({"error": [error]}));
        }),
    ),
    row(
        "envelope-error-is-null",
        "The error of a refusal is null.",
        &["REQ-ENV-001"],
        Effect::Failed(|answer, _| body(answer, json!({"error": null}))),
    ),
    row(
        "envelope-as-in-oauth",
        "A 401 has error and error_description, as token servers do.",
        &["REQ-ENV-001"],
        Effect::Failed(|answer, _| {
            if answer.status == 401 {
                body(answer, json!({"error": "invalid_token", "error_description": "The token is not valid."}));
            }
        }),
    ),
    row(
        "envelope-of-problem-details",
        "A refusal is a problem of RFC 9457.",
        &["REQ-ENV-001", "REQ-ENV-003"],
        Effect::Failed(|answer, _| {
            let status = answer.status.as_u16();
            body(answer, json!({"type": "about:blank", "title": "Bad request", "status": status}));
            answer.set("content-type", "application/problem+json");
        }),
    ),
    row(
        "envelope-wrong-on-404",
        "A 404 is an object with title and status.",
        &["REQ-ENV-001"],
        Effect::Failed(|answer, _| {
            if answer.status == 404 {
                body(answer, json!({"title": "Not Found", "status": 404}));
            }
        }),
    ),
    row(
        "envelope-wrong-on-405",
        "A 405 is an object with message.",
        &["REQ-ENV-001"],
        Effect::Failed(|answer, _| {
            if answer.status == 405 {
                body(answer, json!({"message": "The requested resource does not support the method."}));
            }
        }),
    ),
    row(
        "envelope-is-html",
        "A refusal is a page for people.",
        &["REQ-ENV-003", "REQ-ENV-001"],
        Effect::Failed(|answer, _| {
            answer.replace("text/html; charset=utf-8", "<!DOCTYPE html><html><body><h1>Bad request</h1></body></html>");
        }),
    ),
    row(
        "envelope-is-text",
        "A refusal is a line of text.",
        &["REQ-ENV-003", "REQ-ENV-001"],
        Effect::Failed(|answer, _| answer.replace("text/plain", "Bad request")),
    ),
    row(
        "envelope-is-xml",
        "A refusal is XML.",
        &["REQ-ENV-003", "REQ-ENV-001"],
        Effect::Failed(|answer, _| {
            answer.replace("application/xml", "<error><code>badRequest</code><message>Bad request</message></error>");
        }),
    ),
    row(
        "envelope-is-text-called-json",
        "A refusal is a line of text labelled application/json.",
        &["REQ-RESP-002", "REQ-ENV-001"],
        Effect::Failed(|answer, _| answer.replace("application/json", "Bad request")),
    ),
    row(
        "envelope-labelled-problem",
        "A refusal is labelled application/problem+json.",
        &["REQ-ENV-003"],
        Effect::Failed(|answer, _| answer.set("content-type", "application/problem+json")),
    ),
    row(
        "envelope-labelled-text",
        "A refusal is labelled text/plain.",
        &["REQ-ENV-003"],
        Effect::Failed(|answer, _| answer.set("content-type", "text/plain")),
    ),
    row(
        "envelope-without-label",
        "A refusal has no Content-Type.",
        &["REQ-ENV-003"],
        Effect::Failed(|answer, _| answer.unset("content-type")),
    ),
    row(
        "envelope-mislabelled-on-401",
        "A 401 is labelled text/html.",
        &["REQ-ENV-003"],
        Effect::Failed(|answer, _| {
            if answer.status == 401 {
                answer.set("content-type", "text/html");
            }
        }),
    ),
    row(
        "envelope-of-too-large-bare",
        "The error of a 413 stands at the root.",
        &["REQ-ENV-001"],
        Effect::Failed(|answer, _| {
            if answer.status == 413 {
                answer.body = answer.body.take().and_then(|mut body| Some(body.get_mut("error")?.take()));
            }
        }),
    ),
    row(
        "too-large-without-body",
        "A 413 has no body.",
        &["REQ-ENV-001"],
        Effect::Failed(|answer, _| {
            if answer.status == 413 {
                answer.body = None;
                answer.unset("content-type");
            }
        }),
    ),
    row(
        "envelope-is-xml-for-any-client",
        "A refusal is XML where the client takes anything.",
        &["REQ-ENV-003", "REQ-ENV-001"],
        Effect::Failed(|answer, request| {
            if matches!(request.header("accept"), "" | "*/*") {
                answer
                    .replace("application/xml", "<error><code>badRequest</code><message>Bad request</message></error>");
            }
        }),
    ),
    row(
        "envelope-missing-for-depth",
        "A 400 for content that is nested too deep has no content.",
        &["REQ-ENV-001"],
        Effect::Failed(|answer, request| {
            if request.content.windows(100).any(|part| part.iter().all(|octet| *octet == b'[')) {
                empty(answer, 400);
            }
        }),
    ),
];

/// Takes the content away from an answer of this status.
fn empty(answer: &mut Answer, status: u16) {
    if answer.status.as_u16() == status {
        answer.body = None;
        answer.unset("content-type");
    }
}

fn body(answer: &mut Answer, value: Value) {
    answer.body = Some(value);
}
