//! One of the six paths is missing or answers otherwise, or an unknown one is served.

use http::{Method, StatusCode};
use percent_encoding::percent_decode_str;

use super::row;
use crate::contract::endpoint::ENDPOINTS;
use crate::reference::effect::Effect;
use crate::reference::fault::Fault;
use crate::reference::fault::alter::{at_job, crashed, instead, key, patches, without_content};
use crate::reference::fault::routes::{first, go};
use crate::reference::message::{Place, Request};
use crate::reference::store::NOBODY;

pub(super) const ROWS: &[Fault] = &[
    row(
        "path-of-text-jobs-missing",
        "There is no collection classifyTextJobs.",
        &["REQ-PATH-001"],
        Effect::Place(|request, _| hide(request, "classifyTextJobs")),
    ),
    row(
        "path-of-file-jobs-missing",
        "There is no collection classifyFileJobs.",
        &["REQ-PATH-001"],
        Effect::Place(|request, _| hide(request, "classifyFileJobs")),
    ),
    row(
        "path-of-sixth-collection-missing",
        "There is no collection labelsAndPoliciesEvaluationJobs.",
        &["REQ-PATH-001"],
        Effect::Place(|request, _| hide(request, "labelsAndPoliciesEvaluationJobs")),
    ),
    row(
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
        "collections-known-in-any-letter-case",
        "The name of a collection is known in any letter case.",
        &["REQ-PATH-004"],
        Effect::Place(|request, _| {
            let segments: Vec<String> = request.path.rsplitn(3, '/').map(str::to_owned).collect();
            if let ([id, name, _], Place::Nowhere) = (segments.as_slice(), &request.place) {
                let known = ENDPOINTS.iter().find(|endpoint| endpoint.collection.eq_ignore_ascii_case(name));
                go(request, known.map(|endpoint| (endpoint.collection, id.clone())));
            }
        }),
    )
    .mild(),
    row(
        "white-space-around-collection-overlooked",
        "White space around the name of a collection is taken away.",
        &["REQ-PATH-004"],
        Effect::Place(|request, _| {
            if let (Some((name, id)), Place::Nowhere) = (two_segments(request), &request.place) {
                let name = percent_decode_str(&name).decode_utf8_lossy().trim().to_owned();
                let known = ENDPOINTS.iter().find(|endpoint| endpoint.collection == name);
                go(request, known.map(|endpoint| (endpoint.collection, id)));
            }
        }),
    )
    .mild(),
    row(
        "path-of-policies-crashes",
        "An update in evaluateDlpPoliciesJobs ends in 500.",
        &["REQ-PATH-001", "REQ-STATUS-002"],
        Effect::Refuse(|_, request| {
            request.goes_to("evaluateDlpPoliciesJobs").then_some(StatusCode::INTERNAL_SERVER_ERROR)
        }),
    ),
    row(
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
        "every-fifth-job-not-found",
        "Every fifth update is answered 404.",
        &["REQ-PATH-001", "REQ-STATUS-001", "REQ-IDEMP-001"],
        Effect::Refuse(|_, request| (request.number % 5 == 0).then_some(StatusCode::NOT_FOUND)),
    ),
    row(
        "second-update-not-found",
        "A job is not found any more once it was updated twice.",
        &["REQ-IDEMP-001", "REQ-STATUS-001", "REQ-ISO-004", "REQ-RESP-004"],
        Effect::Place(|request, state| {
            let job = key(request).and_then(|key| state.jobs.get_mut(&key));
            if let Some(job) = job.filter(|job| job.patches > 1) {
                job.tenant = NOBODY;
            }
        }),
    ),
    row(
        "query-crashes",
        "An update with a query ends in 500.",
        &["REQ-STATUS-002"],
        Effect::Refuse(|_, request| crashed(!request.query.is_empty())),
    ),
];

/// Makes a collection unknown.
fn hide(request: &mut Request, collection: &str) {
    if request.goes_to(collection) {
        request.place = Place::Nowhere;
    }
}

/// The segments after the singleton, if there are two.
fn two_segments(request: &Request) -> Option<(String, String)> {
    let (_, rest) = request.path.split_once("/dataClassification/")?;
    let (collection, id) = rest.split_once('/').filter(|(_, id)| !id.contains('/'))?;
    Some((collection.to_owned(), percent_decode_str(id).decode_utf8_lossy().into_owned()))
}
