//! More faults of level [`FaultLevel::Routing`](super::FaultLevel::Routing): a job that there is not.

use http::StatusCode;
use serde_json::Value;

use super::FaultLevel::Routing;
use super::alter::{content, key, patches, restatus, without_content};
use super::routes::{first, go, no_such_job};
use super::{Fault, row};
use crate::reference::effect::{Effect, Switch};
use crate::reference::message::{Answer, Place, Request};
use crate::reference::store::State;

pub(super) const ROWS: &[Fault] = &[
    row(
        Routing,
        "unknown-job-answered-200",
        "An update of an unknown id is answered 200 with what was sent.",
        &["REQ-PATH-002", "REQ-PATH-003", "REQ-STATUS-003"],
        Effect::Failed(|answer, request| {
            if no_such_job(answer, request) {
                let mut object = content(request);
                object.insert("id".to_owned(), key(request).map_or(Value::Null, |key| key.1.into()));
                answer.status = StatusCode::OK;
                answer.body = Some(Value::Object(object));
            }
        }),
    ),
    row(
        Routing,
        "unknown-job-answered-204",
        "An update of an unknown id is answered 204.",
        &["REQ-PATH-002", "REQ-PATH-003", "REQ-STATUS-003"],
        Effect::Failed(|answer, request| {
            if no_such_job(answer, request) {
                without_content(answer);
            }
        }),
    ),
    row(
        Routing,
        "unknown-job-crashes",
        "An update of an unknown id ends in 500.",
        &["REQ-PATH-002", "REQ-PATH-003", "REQ-STATUS-002"],
        Effect::Failed(|answer, request| unknown_job(answer, request, 500)),
    ),
    row(
        Routing,
        "unknown-job-crashes-on-one-path",
        "An update of an unknown id in jobs ends in 500.",
        &["REQ-PATH-002", "REQ-PATH-003", "REQ-STATUS-002"],
        Effect::Failed(|answer, request| {
            if request.goes_to("jobs") {
                unknown_job(answer, request, 500);
            }
        }),
    ),
    row(
        Routing,
        "unknown-job-answered-400",
        "An update of an unknown id is answered 400.",
        &["REQ-PATH-003"],
        Effect::Failed(|answer, request| unknown_job(answer, request, 400)),
    ),
    row(
        Routing,
        "unknown-job-answered-403",
        "An update of an unknown id is answered 403.",
        &["REQ-PATH-003"],
        Effect::Failed(|answer, request| unknown_job(answer, request, 403)),
    ),
    row(
        Routing,
        "unknown-job-answered-409",
        "An update of an unknown id is answered 409.",
        &["REQ-PATH-003"],
        Effect::Failed(|answer, request| unknown_job(answer, request, 409)),
    ),
    row(
        Routing,
        "unknown-job-created",
        "An update of an unknown id creates the job.",
        &["REQ-PATH-002", "REQ-PATH-003", "REQ-ISO-004"],
        Effect::Switch(Switch::Upsert),
    ),
    row(
        Routing,
        "unknown-job-created-under-star",
        "An update of an unknown id with an If-Match of * creates the job.",
        &["REQ-COND-004", "REQ-PATH-002"],
        Effect::Place(|request, state| {
            if request.header("if-match").trim() == "*" {
                make(request, state);
            }
        }),
    ),
    row(
        Routing,
        "unknown-job-created-under-if-match",
        "An update of an unknown id with an If-Match creates the job.",
        &["REQ-COND-004", "REQ-PATH-002"],
        Effect::Switch(Switch::UpsertUnderIfMatch),
    ),
    row(
        Routing,
        "unknown-job-created-in-secret",
        "An update of an unknown id is answered 404 and creates the job all the same.",
        &["REQ-PATH-002", "REQ-ISO-004"],
        Effect::Place(|request, state| {
            if make(request, state) {
                request.place = Place::Nowhere;
            }
        }),
    ),
    row(
        Routing,
        "unknown-job-updates-first",
        "An update of an unknown id goes to the first job of the collection.",
        &["REQ-PATH-002", "REQ-PATH-003", "REQ-IDENT-001", "REQ-ISO-001"],
        Effect::Place(|request, state| {
            if let (true, Some(key)) = (patches(request), key(request))
                && !state.jobs.contains_key(&key)
            {
                go(request, first(state, key.0));
            }
        }),
    ),
    row(
        Routing,
        "white-space-before-id-overlooked",
        "White space in front of an id is taken away.",
        &["REQ-PATH-002"],
        Effect::Place(|request, _| {
            if let Place::Job(endpoint, id) = &request.place {
                request.place = Place::Job(endpoint, id.trim_start().to_owned());
            }
        }),
    )
    .mild(),
];

/// Creates the job that an update names if there is none; true if so.
fn make(request: &Request, state: &mut State) -> bool {
    let missing = key(request).filter(|key| patches(request) && !key.1.is_empty() && !state.jobs.contains_key(key));
    let authorized = request.headers.contains_key("authorization");
    if let (true, Some(key)) = (authorized, missing) {
        state.create(key, "jobResponseBase", 0, crate::reference::effect::Object::new());
        return true;
    }
    false
}

fn unknown_job(answer: &mut Answer, request: &Request, status: u16) {
    if no_such_job(answer, request) {
        restatus(answer, status);
    }
}
