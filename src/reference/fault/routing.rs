//! Faults of level [`FaultLevel::Routing`](super::FaultLevel::Routing): which job a path names.

use http::{Method, StatusCode};
use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::Fault;
use super::FaultLevel::Routing;
use super::alter::{at_job, content, instead, key, patches, restatus, row, without_content};
use crate::contract::endpoint::by_collection;
use crate::reference::effect::{Effect, Switch};
use crate::reference::message::{Answer, Place, Request};
use crate::reference::store::State;

pub(super) const ROWS: &[Fault] = &[
    row(
        Routing,
        "path-of-text-jobs-missing",
        "There is no collection classifyTextJobs.",
        &["REQ-PATH-001"],
        Effect::Place(|request, _| hide(request, "classifyTextJobs")),
    ),
    row(
        Routing,
        "path-of-file-jobs-missing",
        "There is no collection classifyFileJobs.",
        &["REQ-PATH-001"],
        Effect::Place(|request, _| hide(request, "classifyFileJobs")),
    ),
    row(
        Routing,
        "path-of-sixth-collection-missing",
        "There is no collection labelsAndPoliciesEvaluationJobs.",
        &["REQ-PATH-001"],
        Effect::Place(|request, _| hide(request, "labelsAndPoliciesEvaluationJobs")),
    ),
    row(
        Routing,
        "path-of-all-jobs-read-only",
        "The jobs of the collection jobs can be read but not updated.",
        &["REQ-PATH-001", "REQ-METHOD-001"],
        Effect::Several(&[
            Effect::Place(|request, _| {
                if patches(request) && request.goes_to("jobs") {
                    request.method = Method::CONNECT;
                }
            }),
            Effect::Failed(|answer, request| {
                if request.method == Method::CONNECT && at_job(request) {
                    answer.set("allow", "GET, HEAD, DELETE, OPTIONS");
                }
            }),
        ]),
    ),
    row(
        Routing,
        "path-of-policies-crashes",
        "An update in evaluateDlpPoliciesJobs ends in 500.",
        &["REQ-PATH-001", "REQ-STATUS-002"],
        Effect::Refuse(|_, request| {
            request.goes_to("evaluateDlpPoliciesJobs").then_some(StatusCode::INTERNAL_SERVER_ERROR)
        }),
    ),
    row(
        Routing,
        "path-of-labels-answers-204",
        "An update in evaluateLabelJobs is answered 204.",
        &["REQ-STATUS-001", "REQ-PATH-001"],
        Effect::Updated(|answer, request| {
            if request.goes_to("evaluateLabelJobs") {
                without_content(answer);
            }
        }),
    ),
    row(
        Routing,
        "paths-share-one-collection",
        "An update in classifyFileJobs goes to the first job of classifyTextJobs.",
        &["REQ-IDENT-001", "REQ-ISO-002", "REQ-RESP-004"],
        Effect::Place(|request, state| {
            let other = first(state, "classifyTextJobs");
            if patches(request) && at_job(request) && request.goes_to("classifyFileJobs") && other.is_some() {
                go(request, other);
            }
        }),
    ),
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
        "unknown-collection-answered-200",
        "An update in an unknown collection goes to a job of that id in any other.",
        &["REQ-PATH-004"],
        Effect::Place(|request, state| {
            let id = request.path.rsplit('/').next().unwrap_or_default();
            let known = state.jobs.keys().find(|(_, known)| known == id).cloned();
            if patches(request) && request.place == Place::Nowhere {
                go(request, known);
            }
        }),
    ),
    row(
        Routing,
        "unknown-collection-taken-as-jobs",
        "An update in an unknown collection goes to the first of the jobs.",
        &["REQ-PATH-004", "REQ-ISO-002"],
        Effect::Place(|request, state| {
            if patches(request) && request.place == Place::Nowhere && two_segments(request).is_some() {
                go(request, first(state, "jobs"));
            }
        }),
    ),
    row(
        Routing,
        "unknown-collection-crashes",
        "An update in an unknown collection ends in 500.",
        &["REQ-PATH-004", "REQ-STATUS-002"],
        Effect::Failed(|answer, request| {
            if request.place == Place::Nowhere && patches(request) {
                instead(answer, 404, 500);
            }
        }),
    ),
    row(
        Routing,
        "unknown-collection-answered-204",
        "An update in an unknown collection is answered 204.",
        &["REQ-PATH-004", "REQ-STATUS-003"],
        Effect::Failed(|answer, request| {
            if request.place == Place::Nowhere && patches(request) && answer.status == 404 {
                without_content(answer);
            }
        }),
    ),
    row(
        Routing,
        "collection-case-ignored",
        "The name of a collection is found in any letter case.",
        &["REQ-PATH-004"],
        Effect::Place(|request, _| {
            let found = two_segments(request).and_then(|(collection, id)| {
                let all = &crate::contract::endpoint::ENDPOINTS;
                Some((all.iter().find(|one| one.collection.eq_ignore_ascii_case(&collection))?, id))
            });
            if let (Place::Nowhere, Some((endpoint, id))) = (&request.place, found) {
                request.place = Place::Job(endpoint, id);
            }
        }),
    ),
    row(
        Routing,
        "encoded-dots-resolve",
        "An id of encoded dots names the first job of the collection.",
        &["REQ-SEC-004"],
        Effect::Place(|request, state| {
            if let (true, Some((collection, id))) = (patches(request), key(request))
                && [".", ".."].contains(&id.as_str())
            {
                go(request, first(state, collection));
            }
        }),
    ),
    row(
        Routing,
        "encoded-dots-crash",
        "An id of encoded dots ends in 500.",
        &["REQ-SEC-004", "REQ-STATUS-002"],
        Effect::Failed(|answer, request| crash_if_in_id(answer, request, &[".."])),
    ),
    row(
        Routing,
        "encoded-slash-splits",
        "An encoded slash parts segments, and dots lead upwards.",
        &["REQ-SEC-004"],
        Effect::Place(|request, state| {
            if let (true, Some((_, id))) = (patches(request), key(request))
                && let Some(collection) = id.rsplit('/').next().filter(|_| id.contains("../")).and_then(by_collection)
            {
                go(request, first(state, collection.collection));
            }
        }),
    ),
    row(
        Routing,
        "encoded-slash-reaches-collection",
        "An id with encoded slashes is answered as the collection that it leads to.",
        &["REQ-SEC-004"],
        Effect::Place(|request, _| {
            let last = key(request).and_then(|(_, id)| by_collection(id.rsplit_once('/')?.1));
            if let (true, Some(endpoint)) = (patches(request), last) {
                request.method = Method::GET;
                request.place = Place::Collection(endpoint);
            }
        }),
    ),
    row(
        Routing,
        "encoded-slash-crashes",
        "An encoded slash in the id ends in 500.",
        &["REQ-SEC-004", "REQ-STATUS-002"],
        Effect::Failed(|answer, request| crash_if_in_id(answer, request, &["/"])),
    ),
    row(
        Routing,
        "quote-in-id-crashes",
        "A quote in the id ends in 500.",
        &["REQ-SEC-004", "REQ-STATUS-002"],
        Effect::Failed(|answer, request| crash_if_in_id(answer, request, &["'"])),
    ),
    row(
        Routing,
        "quote-in-id-is-a-query",
        "An id with a quote and a condition that is true names the first job.",
        &["REQ-SEC-004", "REQ-PATH-002"],
        Effect::Place(|request, state| {
            if let (true, Some((collection, id))) = (patches(request), key(request))
                && id.starts_with('\'')
                && id.contains(" or ")
            {
                go(request, first(state, collection));
            }
        }),
    ),
    row(
        Routing,
        "nul-in-id-crashes",
        "An encoded NUL in the id ends in 500.",
        &["REQ-SEC-004", "REQ-STATUS-002"],
        Effect::Failed(|answer, request| crash_if_in_id(answer, request, &["\0"])),
    ),
    row(
        Routing,
        "nul-in-id-ends-it",
        "An id is compared up to NUL, so that NUL alone names the first job.",
        &["REQ-SEC-004", "REQ-PATH-002"],
        Effect::Place(|request, state| {
            if let (true, Some((collection, id))) = (patches(request), key(request))
                && let Some(head) = id.split_once('\0').map(|(head, _)| head)
            {
                let like = |known: &&(&str, String)| known.0 == collection && known.1.starts_with(head);
                let known = state.jobs.keys().find(like).cloned();
                go(request, known);
            }
        }),
    ),
    row(
        Routing,
        "odd-id-answered-204",
        "An id with characters that need an escape is answered 204.",
        &["REQ-SEC-004", "REQ-STATUS-003"],
        Effect::Failed(|answer, request| {
            if no_such_job(answer, request) && request.path.rsplit('/').next().is_some_and(|id| id.contains('%')) {
                without_content(answer);
            }
        }),
    ),
    row(
        Routing,
        "every-fifth-job-not-found",
        "Every fifth update is answered 404.",
        &["REQ-PATH-001", "REQ-STATUS-001", "REQ-IDEMP-001"],
        Effect::Refuse(|_, request| (request.number % 5 == 0).then_some(StatusCode::NOT_FOUND)),
    ),
    row(
        Routing,
        "second-update-not-found",
        "A job is not found any more once it was updated twice.",
        &["REQ-IDEMP-001", "REQ-STATUS-001", "REQ-ISO-004"],
        Effect::Place(|request, state| {
            let job = key(request).and_then(|key| state.jobs.get_mut(&key));
            if let Some(job) = job.filter(|job| job.patches > 1) {
                job.tenant = u8::MAX;
            }
        }),
    ),
];

/// Makes a collection unknown.
fn hide(request: &mut Request, collection: &str) {
    if request.goes_to(collection) {
        request.place = Place::Nowhere;
    }
}

/// The first job of a collection.
fn first(state: &State, collection: &str) -> Option<(&'static str, String)> {
    state.jobs.keys().find(|key| key.0 == collection).cloned()
}

/// Sends a request to a job, if there is one.
fn go(request: &mut Request, job: Option<(&'static str, String)>) {
    if let Some((collection, id)) = job
        && let Some(endpoint) = by_collection(collection)
    {
        request.place = Place::Job(endpoint, id);
    }
}

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

/// The segments after the singleton, if there are two.
fn two_segments(request: &Request) -> Option<(String, String)> {
    let (_, rest) = request.path.split_once("/dataClassification/")?;
    let (collection, id) = rest.split_once('/').filter(|(_, id)| !id.contains('/'))?;
    Some((collection.to_owned(), percent_decode_str(id).decode_utf8_lossy().into_owned()))
}

fn no_such_job(answer: &Answer, request: &Request) -> bool {
    patches(request) && at_job(request) && answer.status == 404
}

fn unknown_job(answer: &mut Answer, request: &Request, status: u16) {
    if no_such_job(answer, request) {
        restatus(answer, status);
    }
}

fn crash_if_in_id(answer: &mut Answer, request: &Request, parts: &[&str]) {
    if no_such_job(answer, request) && key(request).is_some_and(|(_, id)| parts.iter().any(|part| id.contains(part))) {
        restatus(answer, 500);
    }
}
