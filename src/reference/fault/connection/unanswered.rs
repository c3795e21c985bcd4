//! The connection ends without an answer, or the next request on it suffers.

use serde_json::Value;

use super::row;
use crate::reference::datetime;
use crate::reference::effect::Effect;
use crate::reference::fault::Fault;
use crate::reference::fault::alter::{any, any_string, instead, is_date, is_text, patches};
use crate::reference::fault::members::deep;
use crate::reference::message::{Answer, Place};

pub(super) const ROWS: &[Fault] = &[
    row(
        "connection-ends-on-bad-json",
        "A body that is not JSON ends the connection without an answer.",
        &["REQ-BODY-007"],
        Effect::Failed(|answer, request| {
            let json = serde_json::from_slice::<Value>(&request.content).is_ok();
            abandon(answer, patches(request) && !request.content.is_empty() && !json);
        }),
    ),
    row(
        "connection-ends-on-array",
        "An array at the top level ends the connection without an answer.",
        &["REQ-BODY-008"],
        Effect::Failed(|answer, request| {
            abandon(answer, patches(request) && serde_json::from_slice::<Vec<Value>>(&request.content).is_ok());
        }),
    ),
    row(
        "connection-ends-on-wrong-type",
        "A number for a string ends the connection without an answer.",
        &["REQ-TYPE-002"],
        Effect::Failed(|answer, request| {
            abandon(answer, any(&request.body, &|name, value| is_text(name) && value.is_number()));
        }),
    ),
    row(
        "connection-ends-on-bad-date",
        "A string that is no date-time ends the connection without an answer.",
        &["REQ-DTO-007"],
        Effect::Failed(|answer, request| {
            abandon(answer, any_string(&request.body, is_date, |text| datetime::parse(text).is_none()));
        }),
    ),
    row(
        "connection-ends-on-null-error",
        "A null for the error ends the connection once it is stored.",
        &["REQ-NULL-001"],
        Effect::Updated(|answer, request| {
            abandon(answer, request.body.get("error").is_some_and(Value::is_null));
        }),
    ),
    row(
        "connection-ends-on-emoji",
        "A string with characters beyond U+FFFF ends the connection once it is stored.",
        &["REQ-TYPE-003"],
        Effect::Updated(|answer, request| {
            abandon(answer, any_string(&request.body, is_text, |text| text.chars().any(|letter| letter > '\u{ffff}')));
        }),
    ),
    row(
        "connection-ends-on-unknown-property",
        "An undeclared property ends the connection without an answer.",
        &["REQ-UNK-001"],
        Effect::Failed(|answer, request| {
            abandon(
                answer,
                request.body.contains_key("patchproofUnknown")
                    || request.body.keys().any(|name| name.to_lowercase().contains("unknown")),
            );
        }),
    ),
    row(
        "connection-ends-on-deep-body",
        "A deeply nested body ends the connection without an answer.",
        &["REQ-SEC-006"],
        Effect::Failed(|answer, request| abandon(answer, deep(request))),
    ),
    row(
        "connection-ends-on-large-body",
        "A body of several mebibytes ends the connection without an answer.",
        &["REQ-SEC-006"],
        Effect::Failed(|answer, _| {
            let large = answer.status == 413;
            abandon(answer, large);
        }),
    ),
    row(
        "connection-ends-on-odd-id",
        "An id with characters that need an escape ends the connection without an answer.",
        &["REQ-SEC-004"],
        Effect::Failed(|answer, request| {
            abandon(answer, request.path.rsplit('/').next().is_some_and(|id| id.contains('%')));
        }),
    ),
    row(
        "connection-ends-on-missing-token",
        "A request without credentials ends the connection without an answer.",
        &["REQ-AUTH-001", "REQ-AUTH-002"],
        Effect::Failed(|answer, request| {
            abandon(answer, !request.headers.contains_key("authorization"));
        }),
    ),
    row(
        "connection-ends-on-wrong-token",
        "An invalid token ends the connection without an answer.",
        &["REQ-AUTH-005"],
        Effect::Failed(|answer, request| {
            let refused = answer.status == 401;
            abandon(answer, refused && request.headers.contains_key("authorization"));
        }),
    ),
    row(
        "connection-ends-on-unknown-job",
        "An update of an unknown id ends the connection without an answer.",
        &["REQ-PATH-002", "REQ-PATH-003"],
        Effect::Failed(|answer, request| {
            let unknown = answer.status == 404;
            abandon(answer, unknown && patches(request) && matches!(request.place, Place::Job(..)));
        }),
    ),
    row(
        "connection-ends-on-foreign-media-type",
        "A foreign media type ends the connection without an answer.",
        &["REQ-MEDIA-003", "REQ-MEDIA-004"],
        Effect::Failed(|answer, _| {
            let foreign = answer.status == 415;
            abandon(answer, foreign);
        }),
    ),
    row(
        "connection-ends-where-a-date-is-null",
        "A classifyFileJob whose end is null is not shown any more: each request of it ends the connection.",
        &["REQ-NULL-001"],
        Effect::Answer(|answer, request| {
            let shows = answer.body.as_ref().is_some_and(|job| job.get("endDateTime").is_some_and(Value::is_null));
            abandon(answer, shows && request.goes_to("classifyFileJobs"));
        }),
    ),
    row(
        "connection-ends-on-any-match",
        "An update with If-Match: * ends the connection once it is stored.",
        &["REQ-COND-003"],
        Effect::Updated(|answer, request| abandon(answer, request.header("if-match") == "*")),
    ),
    row(
        "connection-ends-on-chunks",
        "Content in chunks ends the connection once it is stored.",
        &["REQ-HTTP-002"],
        Effect::Answer(|answer, request| {
            abandon(answer, patches(request) && request.headers.contains_key("transfer-encoding"));
        }),
    ),
    row(
        "connection-ends-on-stale-etag",
        "A precondition that fails ends the connection without an answer.",
        &["REQ-COND-002", "REQ-COND-005"],
        Effect::Failed(|answer, _| {
            let failed = answer.status == 412;
            abandon(answer, failed);
        }),
    ),
    row(
        "connection-spoiled-by-refusal",
        "After an update that is refused with 400 the next request on the connection is answered 400.",
        &["REQ-ATOM-002"],
        Effect::Several(&[
            Effect::Refused(|status, request, job| {
                if status == 400 {
                    job.writer = SPOILED - request.connection;
                }
            }),
            Effect::Place(|request, state| {
                let mut jobs = state.jobs.values_mut();
                if let Some(job) = jobs.find(|job| job.writer == SPOILED - request.connection) {
                    job.writer = 0;
                    request.place = Place::Nowhere;
                    request.headers.insert("x-spoiled", http::HeaderValue::from_static("1"));
                }
            }),
            Effect::Failed(|answer, request| {
                if request.headers.contains_key("x-spoiled") {
                    instead(answer, 404, 400);
                }
            }),
        ]),
    ),
];

/// What the number of a connection is taken from to mark a job; no number of a connection comes near.
const SPOILED: u64 = u64::MAX;

/// Ends the connection in place of the answer if so.
fn abandon(answer: &mut Answer, so: bool) {
    answer.abandoned |= so;
}
