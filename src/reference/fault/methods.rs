//! More faults of level [`FaultLevel::Routing`](super::FaultLevel::Routing): methods.

use http::Method;

use super::FaultLevel::Routing;
use super::alter::{absorb, at_job, content, instead, key, without_content};
use super::{Fault, row};
use crate::reference::effect::{Effect, Object};
use crate::reference::message::{Answer, Place, Request};
use crate::reference::store::{State, merge};

pub(super) const ROWS: &[Fault] = &[
    row(
        Routing,
        "post-acts-as-patch",
        "A POST to a job updates it.",
        &["REQ-METHOD-002"],
        Effect::Place(|request, _| become_method(request, "POST", Method::PATCH)),
    ),
    row(
        Routing,
        "post-acts-as-patch-on-one-path",
        "A POST to a job of classifyTextJobs updates it.",
        &["REQ-METHOD-002"],
        Effect::Place(|request, _| {
            if request.goes_to("classifyTextJobs") {
                become_method(request, "POST", Method::PATCH);
            }
        }),
    ),
    row(
        Routing,
        "post-to-job-creates",
        "A POST to a job creates another in its collection.",
        &["REQ-METHOD-002"],
        Effect::Place(|request, _| {
            if let ("POST", Place::Job(endpoint, _)) = (request.method.as_str(), &request.place) {
                request.place = Place::Collection(endpoint);
            }
        }),
    ),
    row(
        Routing,
        "post-to-job-does-nothing",
        "A POST to a job is answered 200 with the job as it is.",
        &["REQ-METHOD-002", "REQ-STATUS-003"],
        Effect::Place(|request, _| become_method(request, "POST", Method::GET)),
    ),
    row(
        Routing,
        "post-to-job-refused-but-applied",
        "A POST to a job is answered 405 and applied all the same.",
        &["REQ-METHOD-002", "REQ-ATOM-002"],
        Effect::Place(|request, state| {
            if request.method == Method::POST {
                apply(request, state);
            }
        }),
    ),
    row(
        Routing,
        "post-to-job-crashes",
        "A POST to a job ends in 500.",
        &["REQ-METHOD-002", "REQ-STATUS-002"],
        Effect::Failed(|answer, request| crash(answer, request, "POST")),
    ),
    row(
        Routing,
        "put-acts-as-patch",
        "A PUT to a job updates what it names and leaves the rest.",
        &["REQ-METHOD-003"],
        Effect::Place(|request, _| become_method(request, "PUT", Method::PATCH)),
    ),
    row(
        Routing,
        "put-does-nothing",
        "A PUT to a job is answered 200 with the job as it is.",
        &["REQ-METHOD-003", "REQ-STATUS-003"],
        Effect::Place(|request, _| become_method(request, "PUT", Method::GET)),
    ),
    row(
        Routing,
        "put-refused-but-applied",
        "A PUT to a job is answered 405 and applied all the same.",
        &["REQ-METHOD-003", "REQ-ATOM-002"],
        Effect::Place(|request, state| {
            if request.method == Method::PUT {
                apply(request, state);
            }
        }),
    ),
    row(
        Routing,
        "put-crashes",
        "A PUT to a job ends in 500.",
        &["REQ-METHOD-003", "REQ-STATUS-002"],
        Effect::Failed(|answer, request| crash(answer, request, "PUT")),
    ),
    row(
        Routing,
        "put-answered-204-without-effect",
        "A PUT to a job is answered 204 and does nothing.",
        &["REQ-METHOD-003", "REQ-STATUS-003"],
        Effect::Failed(|answer, request| {
            if request.method == Method::PUT && answer.status == 405 {
                without_content(answer);
            }
        }),
    ),
    row(
        Routing,
        "patch-of-collection-updates-first",
        "A PATCH of a collection updates its first job.",
        &["REQ-METHOD-004"],
        Effect::Place(|request, state| {
            if let ("PATCH", Place::Collection(endpoint)) = (request.method.as_str(), &request.place)
                && let Some((_, id)) = state.jobs.keys().find(|key| key.0 == endpoint.collection)
            {
                request.place = Place::Job(endpoint, id.clone());
            }
        }),
    ),
    row(
        Routing,
        "patch-of-collection-updates-all",
        "A PATCH of a collection is answered 405 and updates all its jobs.",
        &["REQ-METHOD-004", "REQ-ISO-001", "REQ-ATOM-002"],
        Effect::Place(|request, state| {
            if let ("PATCH", Place::Collection(endpoint)) = (request.method.as_str(), &request.place) {
                for (_, job) in state.jobs.iter_mut().filter(|(key, _)| key.0 == endpoint.collection) {
                    absorb(content(request), job);
                }
            }
        }),
    ),
    row(
        Routing,
        "patch-of-collection-creates",
        "A PATCH of a collection creates a job.",
        &["REQ-METHOD-004"],
        Effect::Place(|request, _| at_collection(request, Method::POST)),
    ),
    row(
        Routing,
        "patch-of-collection-does-nothing",
        "A PATCH of a collection is answered 200 with the list.",
        &["REQ-METHOD-004", "REQ-STATUS-003"],
        Effect::Place(|request, _| at_collection(request, Method::GET)),
    ),
    row(
        Routing,
        "patch-of-collection-crashes",
        "A PATCH of a collection ends in 500.",
        &["REQ-METHOD-004", "REQ-STATUS-002"],
        Effect::Failed(|answer, request| {
            if request.method == Method::PATCH {
                instead(answer, 405, 500);
            }
        }),
    ),
    row(
        Routing,
        "not-allowed-without-allow",
        "A 405 has no Allow.",
        &["REQ-METHOD-001"],
        Effect::Failed(|answer, _| answer.unset("allow")),
    ),
    row(
        Routing,
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
        Routing,
        "allow-without-patch",
        "The Allow of a job does not list PATCH.",
        &["REQ-METHOD-001", "REQ-METHOD-005"],
        Effect::Answer(|answer, request| allow(answer, request, "GET, HEAD, DELETE, OPTIONS")),
    ),
    row(
        Routing,
        "allow-in-lower-case",
        "The methods of Allow are in lower case.",
        &["REQ-METHOD-001", "REQ-METHOD-005"],
        Effect::Answer(|answer, request| allow(answer, request, "get, head, patch, delete, options")),
    ),
    row(
        Routing,
        "allow-parted-by-spaces",
        "The methods of Allow are parted by spaces.",
        &["REQ-METHOD-001", "REQ-METHOD-005"],
        Effect::Answer(|answer, request| allow(answer, request, "GET HEAD PATCH DELETE OPTIONS")),
    ),
    row(
        Routing,
        "allow-is-star",
        "The Allow of a job is a star.",
        &["REQ-METHOD-001", "REQ-METHOD-005"],
        Effect::Answer(|answer, request| allow(answer, request, "*")),
    ),
];

/// Takes one method for another at a job.
fn become_method(request: &mut Request, from: &str, to: Method) {
    if at_job(request) && request.method.as_str() == from {
        request.method = to;
    }
}

/// Takes PATCH for another method at a collection.
fn at_collection(request: &mut Request, to: Method) {
    if matches!(request.place, Place::Collection(_)) && request.method == Method::PATCH {
        request.method = to;
    }
}

/// Writes the content into the job that is named, whatever the answer will be.
fn apply(request: &Request, state: &mut State) {
    let mut change: Object = content(request);
    change.retain(|name, value| !name.contains('@') && name != "id" && !value.is_object());
    if let Some(job) = key(request).and_then(|key| state.jobs.get_mut(&key)) {
        merge(&mut job.properties, change);
    }
}

fn crash(answer: &mut Answer, request: &Request, method: &str) {
    if at_job(request) && request.method.as_str() == method {
        instead(answer, 405, 500);
    }
}

/// Puts another Allow in the place of that of a job.
pub(super) fn allow(answer: &mut Answer, request: &Request, methods: &str) {
    if at_job(request) && answer.headers.contains_key("allow") {
        answer.set("allow", methods);
    }
}
