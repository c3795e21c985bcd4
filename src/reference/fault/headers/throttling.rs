//! A throttled update is applied, or its answer does not say so.
//!
//! Throttled are updates that overlap with another of the same job: that needs no clock and no rate.

use http::StatusCode;

use super::row;
use crate::reference::effect::Effect;
use crate::reference::fault::alter::{absorb, content, instead};
use crate::reference::fault::{Fault, Need};
use crate::reference::message::Answer;

pub(super) const ROWS: &[Fault] = &[
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
    Fault { needs: &[Need::RateLimit], ..row(name, title, requirements, apply) }
}

/// A row that shows where updates are throttled.
const fn throttled(
    name: &'static str,
    title: &'static str,
    requirements: &'static [&'static str],
    apply: Effect,
) -> Fault {
    Fault { needs: &[Need::Throttle], ..row(name, title, requirements, apply) }
}

fn later(answer: &mut Answer, value: &str) {
    if answer.status == 429 {
        answer.set("retry-after", value);
    }
}
