//! The Allow of a 405, or the answer to OPTIONS, does not list what is served.

use http::Method;

use super::row;
use crate::reference::effect::Effect;
use crate::reference::fault::Fault;
use crate::reference::fault::alter::{at_job, failure};
use crate::reference::message::{Answer, Place, Request};

pub(super) const ROWS: &[Fault] = &[
    row(
        "not-allowed-without-allow",
        "A 405 has no Allow.",
        &["REQ-METHOD-001"],
        Effect::Failed(|answer, _| answer.unset("allow")),
    ),
    row(
        "not-allowed-without-allow-at-collection",
        "A 405 of a collection has no Allow.",
        &["REQ-METHOD-001"],
        Effect::Failed(|answer, request| {
            if matches!(request.place, Place::Collection(_)) {
                answer.unset("allow");
            }
        }),
    ),
    row(
        "allow-without-patch",
        "The Allow of a job does not list PATCH.",
        &["REQ-METHOD-001", "REQ-METHOD-005"],
        Effect::Answer(|answer, request| allow(answer, request, "GET, HEAD, DELETE, OPTIONS")),
    ),
    row(
        "allow-in-lower-case",
        "The methods of Allow are in lower case.",
        &["REQ-METHOD-001", "REQ-METHOD-005"],
        Effect::Answer(|answer, request| allow(answer, request, "get, head, patch, delete, options")),
    ),
    row(
        "allow-parted-by-spaces",
        "The methods of Allow are parted by spaces.",
        &["REQ-METHOD-001", "REQ-METHOD-005"],
        Effect::Answer(|answer, request| allow(answer, request, "GET HEAD PATCH DELETE OPTIONS")),
    ),
    row(
        "allow-is-star",
        "The Allow of a job is a star.",
        &["REQ-METHOD-001", "REQ-METHOD-005"],
        Effect::Answer(|answer, request| allow(answer, request, "*")),
    ),
    row(
        "options-without-allow",
        "OPTIONS of a job has no Allow.",
        &["REQ-METHOD-005"],
        Effect::Answer(|answer, request| {
            if request.method == Method::OPTIONS {
                answer.unset("allow");
            }
        }),
    ),
    row(
        "options-allow-without-patch",
        "The Allow of OPTIONS does not list PATCH.",
        &["REQ-METHOD-005", "REQ-METHOD-001"],
        Effect::Answer(|answer, request| {
            if request.method == Method::OPTIONS {
                allow(answer, request, "GET, HEAD, DELETE, OPTIONS");
            }
        }),
    ),
    row(
        "options-without-accept-patch",
        "OPTIONS of a job has no Accept-Patch.",
        &["REQ-METHOD-005"],
        Effect::Answer(|answer, request| {
            if request.method == Method::OPTIONS {
                answer.unset("accept-patch");
            }
        }),
    ),
    row(
        "options-with-other-accept-patch",
        "The Accept-Patch of OPTIONS lists only application/merge-patch+json.",
        &["REQ-METHOD-005"],
        Effect::Answer(|answer, request| {
            if request.method == Method::OPTIONS && answer.headers.contains_key("accept-patch") {
                answer.set("accept-patch", "application/merge-patch+json");
            }
        }),
    ),
    row(
        "options-crashes",
        "OPTIONS of a job ends in 500.",
        &["REQ-METHOD-005", "REQ-STATUS-002"],
        Effect::Answer(|answer, request| {
            if request.method == Method::OPTIONS && at_job(request) {
                failure(answer);
            }
        }),
    ),
];

/// Puts another Allow in the place of that of a job.
fn allow(answer: &mut Answer, request: &Request, methods: &str) {
    if at_job(request) && answer.headers.contains_key("allow") {
        answer.set("allow", methods);
    }
}
