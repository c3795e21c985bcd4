//! Faults of level [`FaultLevel::Credentials`](super::FaultLevel::Credentials): a guard that sees the path of a request in
//! another way than the router does, or believes what it says of its origin.

use http::header::HeaderValue;

use super::FaultLevel::Credentials;
use super::access::past;
use super::given::given;
use super::{Fault, row};
use crate::reference::auth::Access;
use crate::reference::effect::{Effect, Switch};
use crate::reference::message::{Place, Request};
use crate::reference::store::State;

pub(super) const ROWS: &[Fault] = &[
    row(
        Credentials,
        "query-leads-past-the-credentials",
        "A request with a query needs no credentials.",
        &["REQ-AUTH-001"],
        Effect::Access(|request, access, _| past(!request.query.is_empty(), access)),
    ),
    row(
        Credentials,
        "slash-leads-past-the-credentials",
        "A path that ends in a slash is routed without it and needs no credentials.",
        &["REQ-AUTH-001"],
        Effect::Several(&[
            Effect::Place(|request, _| last_segment(request, |id| id.strip_suffix('/'))),
            Effect::Access(|request, access, _| past(request.path.ends_with('/'), access)),
        ]),
    ),
    row(
        Credentials,
        "parameter-leads-past-the-credentials",
        "What follows a semicolon in the path is dropped by the router, and the request needs no credentials.",
        &["REQ-AUTH-001"],
        Effect::Several(&[
            Effect::Place(|request, _| last_segment(request, |id| Some(id.split_once(';')?.0))),
            Effect::Access(|request, access, _| past(request.path.contains(';'), access)),
        ]),
    ),
    row(
        Credentials,
        "forwarded-from-loopback-needs-no-credentials",
        "A request that says it was forwarded for 127.0.0.1 needs no credentials.",
        &["REQ-AUTH-001", "REQ-AUTH-002"],
        Effect::Access(|request, access, _| past(given(request, "x-forwarded-for"), access)),
    ),
    row(
        Credentials,
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
        Credentials,
        "signature-not-verified",
        "A token of three parts is valid whatever its signature.",
        &["REQ-AUTH-005"],
        Effect::Access(|request, access, _| {
            let parts: Vec<&str> = request.header("authorization").split(['.', ' ']).collect();
            let signed = parts.len() == 4 && parts.iter().all(|part| part.len() > 5);
            if signed { Access::Granted(0) } else { access }
        }),
    ),
    row(
        Credentials,
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
        Credentials,
        "list-shows-all-tenants",
        "The list of one tenant shows the jobs of another.",
        &["REQ-SEC-005"],
        Effect::Switch(Switch::ListsOfAllTenants),
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
