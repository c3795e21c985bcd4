//! More faults of level [`FaultLevel::Routing`](super::FaultLevel::Routing): methods, and how headers are spelled.

use http::{Method, StatusCode};

use super::Fault;
use super::FaultLevel::Routing;
use super::alter::{at_job, content, instead, key, restatus, row, without_content};
use crate::reference::auth::Access;
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
                    super::alter::absorb(content(request), job);
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
    ),
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
    ),
    row(
        Routing,
        "scheme-known-with-capital-only",
        "The scheme Bearer is known with a capital letter only.",
        &["REQ-HTTP-001"],
        Effect::Access(|request, access, _| {
            let given = request.header("authorization");
            if given.is_empty() || given.starts_with("Bearer") { access } else { Access::Missing }
        }),
    ),
    row(
        Routing,
        "scheme-in-lower-case-crashes",
        "The scheme bearer in lower case ends in 500.",
        &["REQ-HTTP-001", "REQ-STATUS-002"],
        Effect::Refuse(|_, request| {
            request.header("authorization").starts_with("bearer").then_some(StatusCode::INTERNAL_SERVER_ERROR)
        }),
    ),
    row(
        Routing,
        "authorization-in-capitals-unknown",
        "A header AUTHORIZATION in capitals is not known.",
        &["REQ-HTTP-001"],
        Effect::Inbound(|octets| rename(octets, b"\nAUTHORIZATION:")),
    ),
    row(
        Routing,
        "authorization-in-lower-case-unknown",
        "A header authorization in lower case is not known.",
        &["REQ-HTTP-001", "REQ-BODY-001", "REQ-PATH-001"],
        Effect::Inbound(|octets| rename(octets, b"\nauthorization:")),
    ),
    row(
        Routing,
        "content-type-in-lower-case-unknown",
        "A header content-type in lower case is not known, and a body without one is refused.",
        &["REQ-HTTP-001", "REQ-BODY-001", "REQ-PATH-001"],
        Effect::Several(&[
            Effect::Inbound(|octets| rename(octets, b"\ncontent-type:")),
            Effect::Refuse(|_, request| super::alter::unsupported(!request.headers.contains_key("content-type"))),
        ]),
    ),
    row(
        Routing,
        "content-type-in-title-case-unknown",
        "A header Content-Type in title case is not known, and a body without one is refused.",
        &["REQ-HTTP-001", "REQ-BODY-001", "REQ-PATH-001"],
        Effect::Several(&[
            Effect::Inbound(|octets| {
                rename(octets, b"\nContent-Type:");
                rename(octets, b"\nContent-type:");
            }),
            Effect::Refuse(|_, request| super::alter::unsupported(!request.headers.contains_key("content-type"))),
        ]),
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

/// Makes an answer that succeeded a 500.
fn failure(answer: &mut Answer) {
    restatus(answer, 500);
    answer.error().insert("message".to_owned(), "Something went wrong.".into());
    answer.set("content-type", "application/json");
}

/// Puts another Allow in the place of that of a job.
fn allow(answer: &mut Answer, request: &Request, methods: &str) {
    if at_job(request) && answer.headers.contains_key("allow") {
        answer.set("allow", methods);
    }
}

/// Whether a method is none of those that HTTP itself defines.
fn extension(request: &Request) -> bool {
    let known = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"];
    !known.contains(&request.method.as_str())
}

/// Makes the name of a header another one, so that nobody looks for it.
fn rename(octets: &mut [u8], name: &[u8]) {
    if let Some(at) = octets.windows(name.len()).position(|window| window == name) {
        octets[at + 1] = b'x';
    }
}
