//! An update of a job that there is not is performed, makes the job, or is not answered 404.

use std::time::Duration;

use http::{Method, StatusCode};
use serde_json::Value;
use tokio::time::Instant;

use super::row;
use crate::contract::endpoint::by_collection;
use crate::reference::effect::{Effect, Object, Switch};
use crate::reference::fault::Fault;
use crate::reference::fault::alter::{bare, content, key, patches, restatus, without_content};
use crate::reference::fault::given::{chunked, prefers};
use crate::reference::fault::routes::{first, go, no_such_job};
use crate::reference::message::{Answer, Place, Request};
use crate::reference::store::{Key, State};

pub(super) const ROWS: &[Fault] = &[
    row(
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
        "unknown-job-crashes",
        "An update of an unknown id ends in 500.",
        &["REQ-PATH-002", "REQ-PATH-003", "REQ-STATUS-002"],
        Effect::Failed(|answer, request| unknown_job(answer, request, 500)),
    ),
    row(
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
        "unknown-job-answered-400",
        "An update of an unknown id is answered 400.",
        &["REQ-PATH-003"],
        Effect::Failed(|answer, request| unknown_job(answer, request, 400)),
    ),
    row(
        "unknown-job-answered-403",
        "An update of an unknown id is answered 403.",
        &["REQ-PATH-003"],
        Effect::Failed(|answer, request| unknown_job(answer, request, 403)),
    ),
    row(
        "unknown-job-answered-409",
        "An update of an unknown id is answered 409.",
        &["REQ-PATH-003"],
        Effect::Failed(|answer, request| unknown_job(answer, request, 409)),
    ),
    row(
        "unknown-job-answered-412",
        "An update of an unknown id is answered 412, as if there had been a precondition.",
        &["REQ-PATH-003"],
        Effect::Failed(|answer, request| unknown_job(answer, request, 412)),
    ),
    row(
        "unknown-job-created",
        "An update of an unknown id creates the job.",
        &["REQ-PATH-002", "REQ-PATH-003", "REQ-ISO-004"],
        Effect::Switch(Switch::Upsert),
    ),
    row(
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
        "unknown-job-created-under-if-match",
        "An update of an unknown id with an If-Match creates the job.",
        &["REQ-COND-004", "REQ-PATH-002"],
        Effect::Switch(Switch::UpsertUnderIfMatch),
    ),
    row(
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
        "unknown-job-created-after-a-while",
        "An update of an unknown id is answered 404, and the job comes about a while later.",
        &["REQ-PATH-002", "REQ-ISO-004"],
        Effect::Place(|request, state| {
            let (now, awaited) = (Instant::now(), std::mem::take(&mut state.awaited));
            for (since, key, given) in awaited {
                if now.duration_since(since) < WHILE {
                    state.awaited.push((since, key, given));
                } else if !state.jobs.contains_key(&key) {
                    state.create(key, "jobResponseBase", 0, given);
                }
            }
            if let Some(key) = missing(request, state) {
                state.awaited.push((now, key, bare(content(request))));
            }
        }),
    ),
    row(
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
        "unknown-job-answered-204-under-minimal",
        "An update of an unknown id is answered 204 under return=minimal.",
        &["REQ-PATH-002", "REQ-STATUS-003"],
        Effect::Failed(|answer, request| {
            if no_such_job(answer, request) && request.prefers("return").as_deref() == Some("minimal") {
                without_content(answer);
            }
        }),
    ),
    row(
        "nothing-set-before-the-job-is-looked-up",
        "An update that sets nothing is answered 200 before anybody looks for the job.",
        &["REQ-PATH-002", "REQ-STATUS-003"],
        Effect::Failed(|answer, request| {
            if no_such_job(answer, request) && request.content == b"{}" {
                without_content(answer);
            }
        }),
    ),
    row(
        "unknown-job-made-where-its-id-is-named",
        "An update of an unknown id makes the job where the body names the id too.",
        &["REQ-PATH-002", "REQ-PATH-003", "REQ-ISO-004"],
        Effect::Place(|request, state| {
            let named = key(request).is_some_and(|(_, id)| holds(&request.content, &id));
            make_if(named, request, state);
        }),
    ),
    row(
        "unknown-job-made-where-it-is-to-be-shown",
        "An update of an unknown id makes the job where the client prefers to see it.",
        &["REQ-PATH-002", "REQ-PATH-003", "REQ-ISO-004"],
        Effect::Place(|request, state| {
            make_if(prefers(request, "representation"), request, state);
        }),
    ),
    row(
        "unknown-job-made-in-chunks",
        "An update of an unknown id in chunks makes the job.",
        &["REQ-PATH-002", "REQ-PATH-003", "REQ-ISO-004"],
        Effect::Place(|request, state| make_if(chunked(request), request, state)),
    ),
    row(
        "unknown-id-looked-for-on-other-paths",
        "An update of an id that the path does not know reaches the job of that id on another path.",
        &["REQ-PATH-002", "REQ-ISO-003"],
        Effect::Place(|request, state| {
            let unknown = key(request).filter(|key| patches(request) && !state.jobs.contains_key(key));
            let Some((_, id)) = unknown else { return };
            let elsewhere = state.jobs.keys().find(|(_, known)| *known == id);
            if let Some(endpoint) = elsewhere.and_then(|(collection, _)| by_collection(collection)) {
                request.place = Place::Job(endpoint, id);
            }
        }),
    ),
    row(
        "deleted-job-comes-back",
        "An update finds a job that was deleted, and brings it back.",
        &["REQ-PATH-002"],
        Effect::Switch(Switch::DeletedComesBack),
    ),
    row(
        "delete-crashes",
        "A job that was made cannot be deleted: 500.",
        &["REQ-STATUS-002"],
        Effect::Answer(|answer, request| {
            if request.method == Method::DELETE && answer.status == StatusCode::NO_CONTENT {
                restatus(answer, 500);
            }
        }),
    ),
];

/// Creates the job that an update names if there is none; true if so.
fn make(request: &Request, state: &mut State) -> bool {
    let Some(key) = missing(request, state) else { return false };
    state.create(key, "jobResponseBase", 0, Object::new());
    true
}

/// The key of the job that an authorized update names and that there is not.
fn missing(request: &Request, state: &State) -> Option<Key> {
    let missing = key(request).filter(|key| patches(request) && !key.1.is_empty() && !state.jobs.contains_key(key));
    missing.filter(|_| request.headers.contains_key("authorization"))
}

/// How long an update of a job that there is not waits for that job.
const WHILE: Duration = Duration::from_millis(60);

fn unknown_job(answer: &mut Answer, request: &Request, status: u16) {
    if no_such_job(answer, request) {
        restatus(answer, status);
    }
}

fn holds(content: &[u8], id: &str) -> bool {
    !id.is_empty() && content.windows(id.len()).any(|part| part == id.as_bytes())
}

/// Makes the job that an update names, if so.
fn make_if(so: bool, request: &Request, state: &mut State) {
    let unknown = key(request).filter(|key| so && patches(request) && !state.jobs.contains_key(key));
    if let Some(key) = unknown.filter(|(_, id)| uuid::Uuid::try_parse(id).is_ok()) {
        state.create(key, "jobResponseBase", 0, Object::new());
    }
}
