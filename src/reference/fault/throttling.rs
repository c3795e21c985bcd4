//! More faults of level [`FaultLevel::Headers`](super::FaultLevel::Headers): when to come back, and what a throttled
//! update leaves.
//!
//! Throttled are updates that overlap with another of the same job: that needs no clock and no rate.

use http::StatusCode;

use super::FaultLevel::Headers;
use super::alter::{absorb, content, instead};
use super::{Fault, row};
use crate::reference::effect::Effect;
use crate::reference::message::Answer;

pub(super) const ROWS: &[Fault] = &[
    row(
        Headers,
        "retry-after-in-words",
        "Every refusal has a Retry-After in words.",
        &["REQ-THROT-003"],
        Effect::Failed(|answer, _| answer.set("retry-after", "soon")),
    ),
    row(
        Headers,
        "retry-after-negative",
        "Every refusal has a negative Retry-After.",
        &["REQ-THROT-003"],
        Effect::Failed(|answer, _| answer.set("retry-after", "-1")),
    ),
    row(
        Headers,
        "retry-after-with-fraction",
        "Every answer has a Retry-After with a fraction.",
        &["REQ-THROT-003"],
        Effect::Answer(|answer, _| answer.set("retry-after", "0.0")),
    ),
    row(
        Headers,
        "retry-after-with-unit",
        "Every answer has a Retry-After with a unit.",
        &["REQ-THROT-003"],
        Effect::Answer(|answer, _| answer.set("retry-after", "0 seconds")),
    ),
    row(
        Headers,
        "retry-after-empty",
        "Every refusal has an empty Retry-After.",
        &["REQ-THROT-003"],
        Effect::Failed(|answer, _| answer.set("retry-after", "")),
    ),
    row(
        Headers,
        "retry-after-with-sign",
        "Every answer to an update has a Retry-After with a plus sign.",
        &["REQ-THROT-003"],
        Effect::Updated(|answer, _| answer.set("retry-after", "+0")),
    ),
    row(
        Headers,
        "retry-after-in-iso-form",
        "Every refusal has a Retry-After that is a date-time of ISO 8601.",
        &["REQ-THROT-003"],
        Effect::Failed(|answer, _| answer.set("retry-after", "2017-01-01T00:00:00Z")),
    ),
    row(
        Headers,
        "retry-after-impossible-date",
        "Every refusal has a Retry-After on a 30th of February.",
        &["REQ-THROT-003"],
        Effect::Failed(|answer, _| answer.set("retry-after", "Thu, 30 Feb 2017 00:00:00 GMT")),
    ),
    row(
        Headers,
        "retry-after-in-local-time",
        "Every refusal has a Retry-After in a time zone that is not GMT.",
        &["REQ-THROT-003"],
        Effect::Failed(|answer, _| answer.set("retry-after", "Sun, 01 Jan 2017 00:00:00 CET")),
    ),
    row(
        Headers,
        "retry-after-hexadecimal",
        "Every 405 has a Retry-After in hexadecimal.",
        &["REQ-THROT-003"],
        Effect::Failed(|answer, _| {
            if answer.status == 405 {
                answer.set("retry-after", "0x1");
            }
        }),
    ),
    row(
        Headers,
        "retry-after-in-words-on-401",
        "Every 401 has a Retry-After in words.",
        &["REQ-THROT-003"],
        Effect::Failed(|answer, _| {
            if answer.status == 401 {
                answer.set("retry-after", "after signing in");
            }
        }),
    ),
];

/// The rows that need throttling.
pub(super) const THROTTLED: &[Fault] = &[
    throttled(
        "throttled-update-applied",
        "A throttled update is answered 429 and applied all the same.",
        &["REQ-THROT-001", "REQ-ATOM-002"],
        Effect::Refused(|status, request, job| {
            if status == 429 {
                absorb(content(request), job);
            }
        }),
    ),
    throttled(
        "throttled-update-applied-in-part",
        "A throttled update is answered 429 and its first member applied.",
        &["REQ-THROT-001", "REQ-ATOM-002", "REQ-ATOM-001"],
        Effect::Refused(|status, request, job| {
            if status == 429 {
                absorb(content(request).into_iter().take(1).collect(), job);
            }
        }),
    ),
    throttled(
        "throttled-update-answered-200",
        "A throttled update is answered 200 with the envelope.",
        &["REQ-THROT-001", "REQ-STATUS-003", "REQ-PROP-001"],
        Effect::Failed(|answer, _| {
            if answer.status == 429 {
                answer.status = StatusCode::OK;
            }
        }),
    ),
    throttled(
        "throttled-update-answered-403",
        "A throttled update is answered 403.",
        &["REQ-THROT-001"],
        Effect::Failed(|answer, _| instead(answer, 429, 403)),
    ),
    throttled(
        "throttled-update-answered-400",
        "A throttled update is answered 400.",
        &["REQ-THROT-001"],
        Effect::Failed(|answer, _| instead(answer, 429, 400)),
    ),
    throttled(
        "throttled-update-crashes",
        "A throttled update ends in 500.",
        &["REQ-THROT-001", "REQ-STATUS-002"],
        Effect::Failed(|answer, _| instead(answer, 429, 500)),
    ),
    throttled(
        "throttled-without-retry-after",
        "A 429 has no Retry-After.",
        &["REQ-THROT-002"],
        Effect::Failed(|answer, _| {
            if answer.status == 429 {
                answer.unset("retry-after");
            }
        }),
    ),
    throttled(
        "throttled-with-other-header",
        "A 429 has X-Retry-After-Ms in place of Retry-After.",
        &["REQ-THROT-002"],
        Effect::Failed(|answer, _| {
            if answer.status == 429 {
                answer.unset("retry-after");
                answer.set("x-retry-after-ms", "10");
            }
        }),
    ),
    throttled(
        "throttled-with-fraction",
        "The Retry-After of a 429 is a fraction of a second.",
        &["REQ-THROT-003"],
        Effect::Failed(|answer, _| later(answer, "0.5")),
    ),
    throttled(
        "throttled-with-unit",
        "The Retry-After of a 429 has a unit.",
        &["REQ-THROT-003"],
        Effect::Failed(|answer, _| later(answer, "1s")),
    ),
    throttled(
        "throttled-without-message",
        "The message of a 429 is empty.",
        &["REQ-ENV-002"],
        Effect::Failed(|answer, _| {
            if answer.status == 429 {
                answer.error().insert("message".to_owned(), "".into());
            }
        }),
    ),
    throttled(
        "throttled-with-html",
        "A 429 has a page for people in place of the envelope.",
        &["REQ-ENV-001", "REQ-ENV-003"],
        Effect::Failed(|answer, _| {
            if answer.status == 429 {
                answer.replace("text/html", "<html><body>Too many requests</body></html>");
            }
        }),
    ),
];

/// The rows that need a limit of requests in a time.
pub(super) const LIMITED: &[Fault] = &[
    limited(
        "update-over-the-limit-applied",
        "An update over the limit of requests is answered 429 and applied all the same.",
        &["REQ-THROT-001", "REQ-ATOM-002"],
        Effect::Refused(|status, request, job| {
            if status == 429 {
                absorb(content(request), job);
            }
        }),
    ),
    limited(
        "limit-without-retry-after",
        "A 429 over the limit of requests does not say when to come back.",
        &["REQ-THROT-002"],
        Effect::Failed(|answer, _| {
            if answer.status == 429 {
                answer.headers.remove("retry-after");
            }
        }),
    ),
    limited(
        "wrong-date-over-the-limit-stored",
        "Over the limit of requests, what a refused body sets is stored as far as it is right.",
        &["REQ-THROT-001", "REQ-ATOM-001", "REQ-ATOM-002"],
        Effect::Refused(|status, request, job| {
            let date = content(request).get("startDateTime").cloned();
            let wrong = date.is_some_and(|date| date.as_str() == Some("not-a-date"));
            if status == 429 && wrong {
                absorb(content(request).into_iter().take(1).collect(), job);
            }
        }),
    ),
];

/// A row that shows where requests are limited.
const fn limited(
    name: &'static str,
    title: &'static str,
    requirements: &'static [&'static str],
    apply: Effect,
) -> Fault {
    Fault { needs: &["rate"], ..row(Headers, name, title, requirements, apply) }
}

/// A row that shows where updates are throttled.
const fn throttled(
    name: &'static str,
    title: &'static str,
    requirements: &'static [&'static str],
    apply: Effect,
) -> Fault {
    Fault { needs: &["throttle"], ..row(Headers, name, title, requirements, apply) }
}

fn later(answer: &mut Answer, value: &str) {
    if answer.status == 429 {
        answer.set("retry-after", value);
    }
}
