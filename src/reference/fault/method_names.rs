//! More faults of level [`FaultLevel::Routing`](super::FaultLevel::Routing): OPTIONS, and methods that are not known.

use http::Method;

use super::FaultLevel::Routing;
use super::alter::{at_job, failure, instead};
use super::methods::allow;
use super::{Fault, row};
use crate::reference::effect::Effect;
use crate::reference::message::Request;

pub(super) const ROWS: &[Fault] = &[
    row(
        Routing,
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
        Routing,
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
        Routing,
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
        Routing,
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
        Routing,
        "options-crashes",
        "OPTIONS of a job ends in 500.",
        &["REQ-METHOD-005", "REQ-STATUS-002"],
        Effect::Answer(|answer, request| {
            if request.method == Method::OPTIONS && at_job(request) {
                failure(answer);
            }
        }),
    ),
    row(
        Routing,
        "unknown-method-crashes",
        "A method that is not known ends in 500.",
        &["REQ-STATUS-002", "REQ-METHOD-001"],
        Effect::Failed(|answer, _| instead(answer, 501, 500)),
    ),
    row(
        Routing,
        "unknown-method-answered-400",
        "A method that is not known is answered 400.",
        &["REQ-METHOD-001"],
        Effect::Failed(|answer, _| instead(answer, 501, 400)),
    )
    .mild(),
    row(
        Routing,
        "unknown-method-acts-as-get",
        "A method that is not known is answered like GET.",
        &["REQ-METHOD-001"],
        Effect::Place(|request, _| {
            if extension(request) {
                request.method = Method::GET;
            }
        }),
    )
    .mild(),
];

/// Whether a method is none of those that HTTP itself defines.
fn extension(request: &Request) -> bool {
    let known = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"];
    !known.contains(&request.method.as_str())
}
