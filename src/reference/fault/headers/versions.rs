//! The OData-Version of an answer is missing or wrong, or OData-MaxVersion is not heeded.

use serde_json::Value;

use http::Method;

use super::row;
use crate::reference::effect::Effect;
use crate::reference::fault::Fault;
use crate::reference::fault::alter::{crashed, refused};
use crate::reference::fault::given::{chunked, given};
use crate::reference::message::{Answer, Request};

pub(super) const ROWS: &[Fault] = &[
    row(
        "version-missing",
        "Answers have no OData-Version.",
        &["REQ-HDR-002", "REQ-HDR-003"],
        Effect::Answer(|answer, _| answer.unset("odata-version")),
    ),
    row(
        "version-missing-after-update",
        "The answer to an update has no OData-Version.",
        &["REQ-HDR-002", "REQ-HDR-003"],
        Effect::Updated(|answer, _| answer.unset("odata-version")),
    ),
    row(
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
        "version-of-the-past",
        "OData-Version is 3.0.",
        &["REQ-HDR-002", "REQ-HDR-003"],
        Effect::Answer(|answer, _| answer.set("odata-version", "3.0")),
    ),
    row(
        "version-of-the-future",
        "OData-Version is 4.02.",
        &["REQ-HDR-002", "REQ-HDR-003"],
        Effect::Answer(|answer, _| answer.set("odata-version", "4.02")),
    ),
    row(
        "version-without-dot",
        "OData-Version is 4.",
        &["REQ-HDR-002", "REQ-HDR-003"],
        Effect::Answer(|answer, _| answer.set("odata-version", "4")),
    ),
    row(
        "version-with-letter",
        "OData-Version is v4.0.",
        &["REQ-HDR-002", "REQ-HDR-003"],
        Effect::Answer(|answer, _| answer.set("odata-version", "v4.0")),
    ),
    row(
        "version-with-semicolon",
        "OData-Version ends in a semicolon, as in OData 3.",
        &["REQ-HDR-002", "REQ-HDR-003"],
        Effect::Answer(|answer, _| answer.set("odata-version", "4.0;")),
    ),
    row(
        "version-empty",
        "OData-Version is empty.",
        &["REQ-HDR-002", "REQ-HDR-003"],
        Effect::Updated(|answer, _| answer.set("odata-version", "")),
    ),
    row(
        "version-under-its-old-name",
        "The version stands in DataServiceVersion.",
        &["REQ-HDR-002", "REQ-HDR-003"],
        Effect::Answer(|answer, _| {
            answer.unset("odata-version");
            answer.set("dataserviceversion", "4.0");
        }),
    ),
    row(
        "max-version-ignored",
        "OData-Version is 4.01 whatever OData-MaxVersion says.",
        &["REQ-HDR-003"],
        Effect::Answer(|answer, _| answer.set("odata-version", "4.01")),
    ),
    row(
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
        "max-version-refused",
        "An update with OData-MaxVersion is refused.",
        &["REQ-HDR-003", "REQ-PATH-001"],
        Effect::Refuse(|_, request| refused(request.headers.contains_key("odata-maxversion"))),
    ),
    row(
        "max-version-crashes",
        "An update with OData-MaxVersion ends in 500.",
        &["REQ-HDR-003", "REQ-STATUS-002"],
        Effect::Refuse(|_, request| crashed(request.headers.contains_key("odata-maxversion"))),
    ),
    row(
        "version-of-refusals-not-limited",
        "A refusal has OData-Version 4.01 whatever OData-MaxVersion says.",
        &["REQ-HDR-003"],
        Effect::Failed(|answer, _| answer.set("odata-version", "4.01")),
    ),
    row(
        "version-without-content-not-limited",
        "An answer without content has OData-Version 4.01 whatever OData-MaxVersion says.",
        &["REQ-HDR-003"],
        Effect::Updated(|answer, _| {
            if answer.body.is_none() {
                answer.set("odata-version", "4.01");
            }
        }),
    ),
    row(
        "version-of-jobs-without-error-not-limited",
        "A job without an error is shown with OData-Version 4.01 whatever OData-MaxVersion says.",
        &["REQ-HDR-003"],
        Effect::Updated(|answer, _| {
            if answer.body.as_ref().and_then(|job| job.get("error")).is_some_and(Value::is_null) {
                answer.set("odata-version", "4.01");
            }
        }),
    ),
    row(
        "version-missing-from-reads",
        "The answer to a GET has no OData-Version.",
        &["REQ-HDR-002"],
        Effect::Answer(|answer, request| {
            if request.method == Method::GET {
                answer.unset("odata-version");
            }
        }),
    )
    .mild(),
    row(
        "version-of-derived-jobs-not-limited",
        "A job of a derived type is shown with OData-Version 4.01 whatever OData-MaxVersion says.",
        &["REQ-HDR-003"],
        Effect::Updated(|answer, _| {
            if answer.body.as_ref().is_some_and(|job| job.get("result").is_some()) {
                answer.set("odata-version", "4.01");
            }
        }),
    ),
    row(
        "max-version-overlooked-under-if-match",
        "OData-MaxVersion is not looked at where the client names the state.",
        &["REQ-HDR-003"],
        Effect::Answer(|answer, request| newer(given(request, "if-match"), answer, request)),
    ),
    row(
        "max-version-overlooked-in-chunks",
        "OData-MaxVersion is not looked at where the content comes in chunks.",
        &["REQ-HDR-003"],
        Effect::Answer(|answer, request| newer(chunked(request), answer, request)),
    ),
    row(
        "version-that-is-no-number-crashes",
        "An OData-MaxVersion that is no number ends in 500.",
        &["REQ-STATUS-002"],
        Effect::Refuse(|_, request| {
            let asked = request.header("odata-maxversion");
            crashed(!asked.is_empty() && asked.parse::<f64>().is_err())
        }),
    ),
];

/// Answers in version 4.01 whatever the client understands.
fn newer(so: bool, answer: &mut Answer, request: &Request) {
    if so && given(request, "odata-maxversion") {
        answer.set("odata-version", "4.01");
    }
}
