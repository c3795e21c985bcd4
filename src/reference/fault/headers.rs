//! Faults of level [`FaultLevel::Headers`](super::FaultLevel::Headers): media type and version.

use super::FaultLevel::Headers;
use super::alter::{crashed, refused};
use super::{Fault, row};
use crate::reference::effect::Effect;
use crate::reference::message::Answer;

pub(super) const ROWS: &[Fault] = &[
    row(
        Headers,
        "content-type-missing",
        "The answer to an update has no Content-Type.",
        &["REQ-HDR-001"],
        Effect::Updated(|answer, _| answer.unset("content-type")),
    ),
    row(
        Headers,
        "content-type-is-text",
        "The answer to an update is labelled text/plain.",
        &["REQ-HDR-001"],
        Effect::Updated(|answer, _| label(answer, "text/plain; charset=utf-8")),
    ),
    row(
        Headers,
        "content-type-is-html",
        "The answer to an update is labelled text/html.",
        &["REQ-HDR-001"],
        Effect::Updated(|answer, _| label(answer, "text/html")),
    ),
    row(
        Headers,
        "content-type-is-text-json",
        "The answer to an update is labelled text/json.",
        &["REQ-HDR-001"],
        Effect::Updated(|answer, _| label(answer, "text/json")),
    ),
    row(
        Headers,
        "content-type-is-octets",
        "The answer to an update is labelled application/octet-stream.",
        &["REQ-HDR-001"],
        Effect::Updated(|answer, _| label(answer, "application/octet-stream")),
    ),
    row(
        Headers,
        "content-type-is-problem",
        "The answer to an update is labelled application/problem+json.",
        &["REQ-HDR-001"],
        Effect::Updated(|answer, _| label(answer, "application/problem+json")),
    ),
    row(
        Headers,
        "content-type-of-vendor",
        "The answer to an update is labelled with a media type of the vendor.",
        &["REQ-HDR-001"],
        Effect::Updated(|answer, _| label(answer, "application/vnd.microsoft.graph+json")),
    ),
    row(
        Headers,
        "content-type-without-type",
        "The answer to an update is labelled json.",
        &["REQ-HDR-001"],
        Effect::Updated(|answer, _| label(answer, "json")),
    ),
    row(
        Headers,
        "content-type-like-json",
        "The answer to an update is labelled application/jsonx.",
        &["REQ-HDR-001"],
        Effect::Updated(|answer, _| label(answer, "application/jsonx")),
    ),
    row(
        Headers,
        "content-type-of-latin-1",
        "The Content-Type of an answer names the charset iso-8859-1.",
        &["REQ-HDR-001"],
        Effect::Updated(|answer, _| label(answer, "application/json; charset=iso-8859-1")),
    ),
    row(
        Headers,
        "content-type-of-utf-16",
        "The Content-Type of an answer names the charset utf-16.",
        &["REQ-HDR-001"],
        Effect::Updated(|answer, _| label(answer, "application/json;odata.metadata=minimal;charset=utf-16")),
    ),
    row(
        Headers,
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
        Headers,
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
        Headers,
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
        Headers,
        "version-missing",
        "Answers have no OData-Version.",
        &["REQ-HDR-002", "REQ-HDR-003"],
        Effect::Answer(|answer, _| answer.unset("odata-version")),
    ),
    row(
        Headers,
        "version-missing-after-update",
        "The answer to an update has no OData-Version.",
        &["REQ-HDR-002", "REQ-HDR-003"],
        Effect::Updated(|answer, _| answer.unset("odata-version")),
    ),
    row(
        Headers,
        "version-missing-on-one-path",
        "The answer to an update in jobs has no OData-Version.",
        &["REQ-HDR-002", "REQ-HDR-003"],
        Effect::Updated(|answer, request| {
            if request.goes_to("jobs") {
                answer.unset("odata-version");
            }
        }),
    ),
    row(
        Headers,
        "version-missing-at-times",
        "Every third answer to an update has no OData-Version.",
        &["REQ-HDR-002"],
        Effect::Updated(|answer, request| {
            if request.number % 3 == 0 {
                answer.unset("odata-version");
            }
        }),
    ),
    row(
        Headers,
        "version-of-the-past",
        "OData-Version is 3.0.",
        &["REQ-HDR-002", "REQ-HDR-003"],
        Effect::Answer(|answer, _| answer.set("odata-version", "3.0")),
    ),
    row(
        Headers,
        "version-of-the-future",
        "OData-Version is 4.02.",
        &["REQ-HDR-002", "REQ-HDR-003"],
        Effect::Answer(|answer, _| answer.set("odata-version", "4.02")),
    ),
    row(
        Headers,
        "version-without-dot",
        "OData-Version is 4.",
        &["REQ-HDR-002", "REQ-HDR-003"],
        Effect::Answer(|answer, _| answer.set("odata-version", "4")),
    ),
    row(
        Headers,
        "version-with-letter",
        "OData-Version is v4.0.",
        &["REQ-HDR-002", "REQ-HDR-003"],
        Effect::Answer(|answer, _| answer.set("odata-version", "v4.0")),
    ),
    row(
        Headers,
        "version-with-semicolon",
        "OData-Version ends in a semicolon, as in OData 3.",
        &["REQ-HDR-002", "REQ-HDR-003"],
        Effect::Answer(|answer, _| answer.set("odata-version", "4.0;")),
    ),
    row(
        Headers,
        "version-empty",
        "OData-Version is empty.",
        &["REQ-HDR-002", "REQ-HDR-003"],
        Effect::Updated(|answer, _| answer.set("odata-version", "")),
    ),
    row(
        Headers,
        "version-under-its-old-name",
        "The version stands in DataServiceVersion.",
        &["REQ-HDR-002", "REQ-HDR-003"],
        Effect::Answer(|answer, _| {
            answer.unset("odata-version");
            answer.set("dataserviceversion", "4.0");
        }),
    ),
    row(
        Headers,
        "max-version-ignored",
        "OData-Version is 4.01 whatever OData-MaxVersion says.",
        &["REQ-HDR-003"],
        Effect::Answer(|answer, _| answer.set("odata-version", "4.01")),
    ),
    row(
        Headers,
        "max-version-ignored-on-one-path",
        "OData-Version is 4.01 in classifyTextJobs whatever OData-MaxVersion says.",
        &["REQ-HDR-003"],
        Effect::Answer(|answer, request| {
            if request.goes_to("classifyTextJobs") {
                answer.set("odata-version", "4.01");
            }
        }),
    ),
    row(
        Headers,
        "version-missing-under-max-version",
        "Under OData-MaxVersion there is no OData-Version.",
        &["REQ-HDR-003", "REQ-HDR-002"],
        Effect::Answer(|answer, request| {
            if request.headers.contains_key("odata-maxversion") {
                answer.unset("odata-version");
            }
        }),
    ),
    row(
        Headers,
        "max-version-refused",
        "An update with OData-MaxVersion is refused.",
        &["REQ-HDR-003", "REQ-PATH-001"],
        Effect::Refuse(|_, request| refused(request.headers.contains_key("odata-maxversion"))),
    ),
    row(
        Headers,
        "max-version-crashes",
        "An update with OData-MaxVersion ends in 500.",
        &["REQ-HDR-003", "REQ-STATUS-002"],
        Effect::Refuse(|_, request| crashed(request.headers.contains_key("odata-maxversion"))),
    ),
];

/// Gives an answer with content another media type.
pub(super) fn label(answer: &mut Answer, media_type: &str) {
    if answer.headers.contains_key("content-type") {
        answer.set("content-type", media_type);
    }
}
