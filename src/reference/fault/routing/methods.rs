//! POST, PUT or a method that is not known updates a job, or crashes the server.

use http::Method;

use super::row;
use crate::reference::effect::{Effect, Object, Switch};
use crate::reference::fault::Fault;
use crate::reference::fault::alter::{at_job, content, instead, key, set_content, without_content};
use crate::reference::fault::given::given;
use crate::reference::fault::jobs::{is_derived, named_job};
use crate::reference::message::{Answer, Place, Request};
use crate::reference::store::{State, merge, new_id};

pub(super) const ROWS: &[Fault] = &[
    row(
        "post-acts-as-patch",
        "A POST to a job updates it.",
        &["REQ-METHOD-002"],
        Effect::Place(|request, _| become_method(request, "POST", Method::PATCH)),
    ),
    row(
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
        "post-to-job-does-nothing",
        "A POST to a job is answered 200 with the job as it is.",
        &["REQ-METHOD-002", "REQ-STATUS-003"],
        Effect::Place(|request, _| become_method(request, "POST", Method::GET)),
    ),
    row(
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
        "post-to-job-refused-but-creates",
        "A POST to a job is answered 405 and makes another job all the same.",
        &["REQ-METHOD-002", "REQ-ISO-004"],
        Effect::Place(|request, state| {
            if request.method == Method::POST
                && let Some(key) = key(request)
                && let Some(job) = state.jobs.get(&key).cloned()
            {
                state.jobs.insert((key.0, new_id()), job);
            }
        }),
    ),
    row(
        "post-to-job-crashes",
        "A POST to a job ends in 500.",
        &["REQ-METHOD-002", "REQ-STATUS-002"],
        Effect::Failed(|answer, request| crash(answer, request, "POST")),
    ),
    row(
        "post-with-a-preference-patches",
        "A POST with a Prefer is treated as PATCH.",
        &["REQ-METHOD-002", "REQ-METHOD-001"],
        Effect::Request(|request| {
            if request.method == Method::POST && given(request, "prefer") {
                request.method = Method::PATCH;
            }
        }),
    ),
    row(
        "post-updates-derived-jobs",
        "A POST to a job of a derived type is taken for a PATCH.",
        &["REQ-METHOD-002"],
        Effect::Place(|request, state| {
            if request.method == Method::POST && named_job(request, state).is_some_and(is_derived) {
                request.method = Method::PATCH;
            }
        }),
    ),
    row(
        "method-in-query-counts",
        "A POST whose query has _method=PATCH is an update.",
        &["REQ-METHOD-002"],
        Effect::Request(|request| {
            if request.method == http::Method::POST && request.query.contains("_method=PATCH") {
                request.method = http::Method::PATCH;
            }
        }),
    ),
    row(
        "put-acts-as-patch",
        "A PUT to a job updates what it names and leaves the rest.",
        &["REQ-METHOD-003"],
        Effect::Place(|request, _| become_method(request, "PUT", Method::PATCH)),
    ),
    row(
        "put-patches-derived-jobs",
        "A PUT to a job of a derived type is taken for a PATCH.",
        &["REQ-METHOD-003"],
        Effect::Place(|request, state| {
            if request.method == Method::PUT && named_job(request, state).is_some_and(is_derived) {
                request.method = Method::PATCH;
            }
        }),
    ),
    row(
        "put-does-nothing",
        "A PUT to a job is answered 200 with the job as it is.",
        &["REQ-METHOD-003", "REQ-STATUS-003"],
        Effect::Place(|request, _| become_method(request, "PUT", Method::GET)),
    ),
    row(
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
        "put-stores-another-status",
        "A PUT to a job replaces it, and sets the status to a word of the server's own.",
        &["REQ-METHOD-003"],
        Effect::Several(&[
            Effect::Switch(Switch::PutReplaces),
            Effect::Request(|request| {
                if request.method == Method::PUT && content(request).contains_key("status") {
                    let mut object = content(request);
                    object.insert("status".to_owned(), "replaced".into());
                    set_content(request, object);
                }
            }),
        ]),
    ),
    row(
        "put-crashes",
        "A PUT to a job ends in 500.",
        &["REQ-METHOD-003", "REQ-STATUS-002"],
        Effect::Failed(|answer, request| crash(answer, request, "PUT")),
    ),
    row(
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
        "unknown-method-crashes",
        "A method that is not known ends in 500.",
        &["REQ-STATUS-002", "REQ-METHOD-001"],
        Effect::Failed(|answer, _| instead(answer, 501, 500)),
    ),
    row(
        "unknown-method-answered-400",
        "A method that is not known is answered 400.",
        &["REQ-METHOD-001"],
        Effect::Failed(|answer, _| instead(answer, 501, 400)),
    )
    .mild(),
    row(
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
    row(
        "method-in-lower-case-counts",
        "The method patch in lower case is an update.",
        &["REQ-METHOD-001"],
        Effect::Request(|request| {
            if request.method.as_str() == "patch" {
                request.method = http::Method::PATCH;
            }
        }),
    )
    .mild(),
    row(
        "merge-is-patch",
        "MERGE, the method of older versions of OData, updates as PATCH does.",
        &["REQ-METHOD-001"],
        Effect::Request(|request| {
            if request.method.as_str() == "MERGE" {
                request.method = Method::PATCH;
            }
        }),
    )
    .mild(),
];

/// Takes one method for another at a job.
fn become_method(request: &mut Request, from: &str, to: Method) {
    if at_job(request) && request.method.as_str() == from {
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

/// Whether a method is none of those that HTTP itself defines.
fn extension(request: &Request) -> bool {
    let known = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"];
    !known.contains(&request.method.as_str())
}
