//! The request-id of an answer is not its own, or the client-request-id is not returned.

use super::row;
use crate::reference::effect::Effect;
use crate::reference::fault::Fault;
use crate::reference::fault::alter::{crashed, key, refused};
use crate::reference::message::{Answer, Request};

pub(super) const ROWS: &[Fault] = &[
    row(
        "request-id-missing",
        "Answers have no request-id.",
        &["REQ-HDR-005"],
        Effect::Answer(|answer, _| answer.unset("request-id")),
    ),
    row(
        "request-id-missing-from-refusals",
        "A refusal has no request-id.",
        &["REQ-HDR-005"],
        Effect::Failed(|answer, _| answer.unset("request-id")),
    ),
    row(
        "request-id-missing-from-401",
        "A 401 has no request-id.",
        &["REQ-HDR-005"],
        Effect::Failed(|answer, _| {
            if answer.status == 401 {
                answer.unset("request-id");
            }
        }),
    ),
    row(
        "request-id-constant",
        "The request-id is the same in every answer.",
        &["REQ-HDR-005"],
        Effect::Answer(|answer, _| answer.set("request-id", "00000000-0000-0000-0000-000000000000")),
    ),
    row(
        "request-id-of-the-connection",
        "The request-id is the same in every answer on a connection.",
        &["REQ-HDR-005"],
        Effect::Answer(|answer, request| answer.set("request-id", &format!("connection-{}", request.connection))),
    ),
    row(
        "request-id-repeated",
        "Every request-id stands in two answers.",
        &["REQ-HDR-005"],
        Effect::Answer(|answer, request| answer.set("request-id", &format!("request-{}", request.number / 2))),
    ),
    row(
        "request-id-of-the-job",
        "The request-id is the same in every answer about a job.",
        &["REQ-HDR-005"],
        Effect::Answer(|answer, request| {
            if let Some((_, id)) = key(request) {
                answer.set("request-id", &id.replace(|letter: char| !letter.is_ascii_alphanumeric(), "-"));
            }
        }),
    ),
    row(
        "request-id-empty",
        "The request-id is empty.",
        &["REQ-HDR-005"],
        Effect::Answer(|answer, _| answer.set("request-id", "")),
    ),
    row(
        "request-id-under-other-name",
        "The request-id stands in x-request-id.",
        &["REQ-HDR-005"],
        Effect::Answer(|answer, _| {
            let id = answer.headers.remove("request-id");
            answer.headers.extend(id.map(|id| (http::HeaderName::from_static("x-request-id"), id)));
        }),
    ),
    row(
        "client-request-id-missing",
        "The client-request-id is not returned.",
        &["REQ-HDR-006"],
        Effect::Answer(|answer, _| answer.unset("client-request-id")),
    ),
    row(
        "client-request-id-missing-from-refusals",
        "A refusal does not return the client-request-id.",
        &["REQ-HDR-006"],
        Effect::Failed(|answer, _| answer.unset("client-request-id")),
    ),
    row(
        "client-request-id-missing-after-update",
        "The answer to an update does not return the client-request-id.",
        &["REQ-HDR-006"],
        Effect::Updated(|answer, _| answer.unset("client-request-id")),
    ),
    row(
        "client-request-id-beside-another",
        "Beside the client-request-id that was sent another one is returned.",
        &["REQ-HDR-006"],
        Effect::Answer(|answer, _| {
            answer.headers.append("client-request-id", http::HeaderValue::from_static("another"));
        }),
    ),
    row(
        "client-request-id-made-up",
        "An id of the server is returned as client-request-id.",
        &["REQ-HDR-006"],
        Effect::Answer(|answer, _| answer.set("client-request-id", &uuid::Uuid::new_v4().to_string())),
    ),
    row(
        "client-request-id-constant",
        "The same client-request-id is returned to everybody.",
        &["REQ-HDR-006"],
        Effect::Answer(|answer, _| answer.set("client-request-id", "client")),
    ),
    row(
        "client-request-id-cut",
        "The client-request-id is returned without its last character.",
        &["REQ-HDR-006"],
        Effect::Answer(|answer, request| returned(answer, request, |id| id[..id.len() - 1].to_owned())),
    ),
    row(
        "client-request-id-without-hyphens",
        "The client-request-id is returned without hyphens.",
        &["REQ-HDR-006"],
        Effect::Answer(|answer, request| returned(answer, request, |id| id.replace('-', ""))),
    ),
    row(
        "client-request-id-quoted",
        "The client-request-id is returned in quotes.",
        &["REQ-HDR-006"],
        Effect::Answer(|answer, request| returned(answer, request, |id| format!("\"{id}\""))),
    ),
    row(
        "client-request-id-in-other-header",
        "The client-request-id is returned as x-client-request-id.",
        &["REQ-HDR-006"],
        Effect::Answer(|answer, _| {
            let id = answer.headers.remove("client-request-id");
            answer.headers.extend(id.map(|id| (http::HeaderName::from_static("x-client-request-id"), id)));
        }),
    ),
    row(
        "client-request-id-of-request-before",
        "On a connection the client-request-id of the first request is returned.",
        &["REQ-HDR-006"],
        Effect::Answer(|answer, request| {
            if request.number % 2 == 0 && request.headers.contains_key("client-request-id") {
                answer.set("client-request-id", &format!("{:036}", request.number));
            }
        }),
    ),
    row(
        "client-request-id-in-a-cookie",
        "The client-request-id becomes a cookie.",
        &["REQ-SEC-003"],
        Effect::Answer(|answer, request| {
            let id = request.header("client-request-id").to_owned();
            answer.set("set-cookie", &format!("trace={id}; Path=/"));
        }),
    ),
    row(
        "client-request-id-cut-at-semicolon",
        "A client-request-id is returned up to its first semicolon.",
        &["REQ-HDR-006"],
        Effect::Answer(|answer, request| {
            returned(answer, request, |id| id.split(';').next().unwrap_or_default().to_owned());
        }),
    ),
    row(
        "client-request-id-refused",
        "A client-request-id that is no GUID is refused.",
        &["REQ-HDR-006"],
        Effect::Refuse(|_, request| {
            let id = request.header("client-request-id");
            refused(!id.is_empty() && uuid::Uuid::try_parse(id).is_err())
        }),
    ),
    row(
        "client-request-id-crashes",
        "A client-request-id that is no GUID ends in 500.",
        &["REQ-STATUS-002", "REQ-SEC-003"],
        Effect::Refuse(|_, request| {
            let id = request.header("client-request-id");
            crashed(!id.is_empty() && uuid::Uuid::try_parse(id).is_err())
        }),
    ),
];

/// Returns the client-request-id otherwise.
fn returned(answer: &mut Answer, request: &Request, change: fn(&str) -> String) {
    let id = request.header("client-request-id");
    if !id.is_empty() {
        answer.set("client-request-id", &change(id));
    }
}
