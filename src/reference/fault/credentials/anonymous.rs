//! Requests without credentials are served, or refused and applied all the same.

use http::header::HeaderValue;

use super::row;
use crate::reference::auth::Access;
use crate::reference::effect::Effect;
use crate::reference::fault::Fault;
use crate::reference::fault::access::{GRANTED, anonymous, past};
use crate::reference::fault::alter::{absorb, content, instead, patches};
use crate::reference::fault::given::given;
use crate::reference::message::{Place, Request};
use crate::reference::store::State;

pub(super) const ROWS: &[Fault] = &[
    row(
        "no-token-needed",
        "A request without credentials is served.",
        &["REQ-AUTH-001", "REQ-AUTH-002"],
        Effect::Access(|request, access, _| if anonymous(request) { GRANTED } else { access }),
    ),
    row(
        "no-token-needed-on-one-path",
        "A request to classifyTextJobs without credentials is served.",
        &["REQ-AUTH-001", "REQ-AUTH-002"],
        Effect::Access(
            |request, access, _| {
                if anonymous(request) && request.goes_to("classifyTextJobs") { GRANTED } else { access }
            },
        ),
    ),
    row(
        "no-token-needed-at-times",
        "Every third request without credentials is served.",
        &["REQ-AUTH-001", "REQ-AUTH-002"],
        Effect::Access(
            |request, access, _| if anonymous(request) && request.number % 3 == 0 { GRANTED } else { access },
        ),
    ),
    row(
        "applied-without-token",
        "A request without credentials is answered 401 and applied all the same.",
        &["REQ-AUTH-001", "REQ-ATOM-002"],
        Effect::Refused(|status, request, job| {
            if status == 401 && anonymous(request) {
                absorb(content(request), job);
            }
        }),
    ),
    row(
        "later-jobs-need-no-credentials",
        "Only the first job of a collection is guarded.",
        &["REQ-AUTH-001"],
        Effect::Several(&[
            Effect::Place(|request, state| {
                if is_later(request, state) {
                    request.headers.insert(UNGUARDED, http::HeaderValue::from_static("yes"));
                }
            }),
            Effect::Access(|request, access, _| past(given(request, UNGUARDED), access)),
        ]),
    ),
    row(
        "query-leads-past-the-credentials",
        "A request with a query needs no credentials.",
        &["REQ-AUTH-001"],
        Effect::Access(|request, access, _| past(!request.query.is_empty(), access)),
    ),
    row(
        "slash-leads-past-the-credentials",
        "A path that ends in a slash is routed without it and needs no credentials.",
        &["REQ-AUTH-001"],
        Effect::Several(&[
            Effect::Place(|request, _| last_segment(request, |id| id.strip_suffix('/'))),
            Effect::Access(|request, access, _| past(request.path.ends_with('/'), access)),
        ]),
    ),
    row(
        "parameter-leads-past-the-credentials",
        "What follows a semicolon in the path is dropped by the router, and the request needs no credentials.",
        &["REQ-AUTH-001"],
        Effect::Several(&[
            Effect::Place(|request, _| last_segment(request, |id| Some(id.split_once(';')?.0))),
            Effect::Access(|request, access, _| past(request.path.contains(';'), access)),
        ]),
    ),
    row(
        "forwarded-from-loopback-needs-no-credentials",
        "A request that says it was forwarded for 127.0.0.1 needs no credentials.",
        &["REQ-AUTH-001", "REQ-AUTH-002"],
        Effect::Access(|request, access, _| past(given(request, "x-forwarded-for"), access)),
    ),
    row(
        "request-id-of-an-authorized-client-lets-in",
        "Whoever names the client-request-id of a request with the right token needs none.",
        &["REQ-AUTH-001"],
        Effect::Several(&[
            Effect::Place(|request, state| {
                let id = request.header("client-request-id").to_owned();
                if request.header("authorization").starts_with("Bearer ") {
                    state.current.insert("client-request-id", id);
                } else if state.current.get("client-request-id").is_some_and(|known| *known == id) {
                    request.headers.insert("x-known-client", HeaderValue::from_static("1"));
                }
            }),
            Effect::Access(|request, access, _| past(given(request, "x-known-client"), access)),
        ]),
    ),
    row(
        "principal-in-a-header-believed",
        "A header that names the caller, as a gateway sets it, stands for credentials.",
        &["REQ-AUTH-001"],
        Effect::Access(|request, access, _| past(given(request, "x-ms-client-principal-id"), access)),
    ),
    row(
        "no-token-needed-under-if-match",
        "An update under If-Match needs no credentials.",
        &["REQ-AUTH-001"],
        Effect::Access(|request, access, _| {
            if access == Access::Missing && given(request, "if-match") { Access::Granted(0) } else { access }
        }),
    ),
    row(
        "no-token-needed-for-chunks",
        "An update in chunks needs no credentials.",
        &["REQ-AUTH-001"],
        Effect::Access(|request, access, _| {
            if access == Access::Missing && given(request, "transfer-encoding") { Access::Granted(0) } else { access }
        }),
    ),
    row(
        "question-of-a-cache-needs-no-credentials",
        "A request with If-None-Match needs no credentials.",
        &["REQ-AUTH-001"],
        Effect::Access(|request, access, _| past(given(request, "if-none-match"), access)),
    ),
    row(
        "untyped-content-needs-no-credentials",
        "A request without Content-Type needs no credentials.",
        &["REQ-AUTH-001"],
        Effect::Access(|request, access, _| past(patches(request) && !given(request, "content-type"), access)),
    ),
    row(
        "empty-authorization-accepted",
        "An Authorization header without a value is taken for the operator.",
        &["REQ-AUTH-001"],
        Effect::Access(|request, access, _| {
            let empty =
                request.headers.get("authorization").is_some_and(|value| value.as_bytes().trim_ascii().is_empty());
            if empty { Access::Granted(0) } else { access }
        }),
    ),
    row(
        "empty-authorization-crashes",
        "An empty Authorization header ends in 500.",
        &["REQ-STATUS-002", "REQ-AUTH-001"],
        Effect::Failed(|answer, request| {
            if request.headers.get("authorization").is_some_and(http::HeaderValue::is_empty) {
                instead(answer, 401, 500);
            }
        }),
    ),
];

/// What the router tells the guard of a job that is not the first of its collection.
const UNGUARDED: &str = "x-unguarded";

fn is_later(request: &Request, state: &State) -> bool {
    let Place::Job(endpoint, id) = &request.place else { return false };
    let mut of_collection = state.jobs.keys().filter(|(collection, _)| *collection == endpoint.collection);
    of_collection.next().is_some_and(|(_, first)| first != id)
}

/// Routes a request without credentials to the job that is left of the end of its path.
fn last_segment(request: &mut Request, left: fn(&str) -> Option<&str>) {
    if given(request, "authorization") {
        return;
    }
    if let Some(path) = left(&request.path) {
        let mut segments = path.rsplit('/');
        let id = segments.next().unwrap_or_default().to_owned();
        let collection = segments.next().and_then(crate::contract::endpoint::by_collection);
        if let Some(endpoint) = collection {
            request.place = Place::Job(endpoint, id);
        }
    }
}
