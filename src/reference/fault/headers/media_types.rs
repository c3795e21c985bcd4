//! The Content-Type of an answer is missing or wrong.

use super::row;
use crate::reference::effect::Effect;
use crate::reference::fault::Fault;
use crate::reference::message::Answer;

pub(super) const ROWS: &[Fault] = &[
    row(
        "content-type-missing",
        "The answer to an update has no Content-Type.",
        &["REQ-HDR-001"],
        Effect::Updated(|answer, _| answer.unset("content-type")),
    ),
    row(
        "content-type-is-text",
        "The answer to an update is labelled text/plain.",
        &["REQ-HDR-001"],
        Effect::Updated(|answer, _| label(answer, "text/plain; charset=utf-8")),
    ),
    row(
        "content-type-is-html",
        "The answer to an update is labelled text/html.",
        &["REQ-HDR-001"],
        Effect::Updated(|answer, _| label(answer, "text/html")),
    ),
    row(
        "content-type-is-text-json",
        "The answer to an update is labelled text/json.",
        &["REQ-HDR-001"],
        Effect::Updated(|answer, _| label(answer, "text/json")),
    ),
    row(
        "content-type-is-octets",
        "The answer to an update is labelled application/octet-stream.",
        &["REQ-HDR-001"],
        Effect::Updated(|answer, _| label(answer, "application/octet-stream")),
    ),
    row(
        "content-type-is-problem",
        "The answer to an update is labelled application/problem+json.",
        &["REQ-HDR-001"],
        Effect::Updated(|answer, _| label(answer, "application/problem+json")),
    ),
    row(
        "content-type-of-vendor",
        "The answer to an update is labelled with a media type of the vendor.",
        &["REQ-HDR-001"],
        Effect::Updated(|answer, _| label(answer, "application/vnd.microsoft.graph+json")),
    ),
    row(
        "content-type-without-type",
        "The answer to an update is labelled json.",
        &["REQ-HDR-001"],
        Effect::Updated(|answer, _| label(answer, "json")),
    ),
    row(
        "content-type-like-json",
        "The answer to an update is labelled application/jsonx.",
        &["REQ-HDR-001"],
        Effect::Updated(|answer, _| label(answer, "application/jsonx")),
    ),
    row(
        "content-type-of-latin-1",
        "The Content-Type of an answer names the charset iso-8859-1.",
        &["REQ-HDR-001"],
        Effect::Updated(|answer, _| label(answer, "application/json; charset=iso-8859-1")),
    ),
    row(
        "content-type-of-utf-16",
        "The Content-Type of an answer names the charset utf-16.",
        &["REQ-HDR-001"],
        Effect::Updated(|answer, _| label(answer, "application/json;odata.metadata=minimal;charset=utf-16")),
    ),
    row(
        "second-charset",
        "A second charset of the media type is not utf-8.",
        &["REQ-HDR-001"],
        Effect::Updated(|answer, _| answer.set("content-type", "application/json; charset=utf-8; charset=utf-16")),
    ),
    row(
        "content-type-wrong-on-one-path",
        "The answer to an update in classifyFileJobs is labelled text/plain.",
        &["REQ-HDR-001"],
        Effect::Updated(|answer, request| {
            if request.goes_to("classifyFileJobs") {
                label(answer, "text/plain");
            }
        }),
    ),
    row(
        "content-type-wrong-at-times",
        "Every third answer to an update is labelled text/plain.",
        &["REQ-HDR-001"],
        Effect::Updated(|answer, request| {
            if request.number % 3 == 0 {
                label(answer, "text/plain");
            }
        }),
    ),
    row(
        "content-type-wrong-for-representation",
        "Under return=representation the answer is labelled text/plain.",
        &["REQ-HDR-001"],
        Effect::Updated(|answer, request| {
            if request.prefers("return").as_deref() == Some("representation") {
                label(answer, "text/plain");
            }
        }),
    ),
    row(
        "xml-where-it-is-named",
        "An answer is labelled XML where the client names that, however little it wants it.",
        &["REQ-HDR-001"],
        Effect::Updated(|answer, request| {
            if answer.body.is_some() && request.header("accept").contains("application/xml") {
                answer.set("content-type", "application/xml");
            }
        }),
    ),
];

/// Gives an answer with content another media type.
fn label(answer: &mut Answer, media_type: &str) {
    if answer.headers.contains_key("content-type") {
        answer.set("content-type", media_type);
    }
}
