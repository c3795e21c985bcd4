//! From a request template to the request that goes out (contract, part 0: the baseline request).

mod bindings;
mod content;
mod credentials;
mod values;
mod whole;

use std::cell::RefCell;
use std::sync::Arc;

use bytes::Bytes;
use serde_json::Value;

pub(super) use self::bindings::{Bindings, has_other_case, shortened, without_hyphens};
use self::content::content;
pub(super) use self::content::permitted;
pub(super) use self::credentials::leaves_valid;
use self::credentials::{authorization, bearer};
pub use self::values::Nonce;
use super::job::JobState;
use super::session::Session;
use crate::contract::endpoint::ENDPOINTS;
use crate::model::capability::Capability;
use crate::model::case::{Address, Auth, OneOrMany, Request};
use crate::plan::template::{self, Placeholder};
use crate::target::Outgoing;
use crate::target::service::{job_path, segment};

/// The stand-by job of a collection.
pub(super) fn second<'a>(session: &'a Session, collection: &str) -> Option<&'a str> {
    session.target.jobs.get(collection).and_then(|ids| ids.get(1)).map(String::as_str)
}

/// One request to send and the job id it addresses.
#[derive(Debug)]
pub(super) struct Ready {
    pub(super) outgoing: Outgoing,
    pub(super) id: String,
}

/// The requests that a template stands for: one, or one per job for `otherJobs` and `sameIdElsewhere`.
pub(super) fn build(
    session: &Session,
    collection: &str,
    job: &JobState,
    bindings: &Bindings,
    request: &Request,
) -> Vec<Ready> {
    let missing = RefCell::new(None);
    let lookup = |wanted: &Placeholder| {
        let found = bindings.lookup(session, collection, job, wanted);
        if found.is_none() {
            missing.borrow_mut().get_or_insert_with(|| wanted.unknown());
        }
        found
    };
    let method = request.method.clone().unwrap_or_else(|| "PATCH".to_owned());
    let (body, json) = content(session, job, bindings, request, &method, &lookup);
    addresses(session, collection, job, bindings, &request.to, &lookup)
        .into_iter()
        .map(|(mut path, id)| {
            if let Some(query) = &request.query {
                path.push('?');
                path.push_str(&template::fill(query, &|placeholder| encoded(placeholder, &lookup)));
            }
            let headers = headers(session, job, request, body.is_some(), &lookup);
            let authorization = authorization(session, bindings, request.auth);
            let mut headers = headers;
            if request.auth == Auth::QueryBesideRandom {
                headers.push(("Authorization".to_owned(), format!("Bearer {}", bindings.random_token().expose())));
            }
            let outgoing = Outgoing {
                method: method.clone(),
                path,
                headers,
                authorization,
                body: body.clone(),
                json: json.clone(),
                wire: request.wire,
                missing: missing.borrow().clone(),
                ..Outgoing::default()
            };
            Ready { outgoing, id }
        })
        .collect()
}

/// A GET of a job on a new connection.
pub(super) fn read(session: &Session, collection: &str, id: &str) -> Outgoing {
    Outgoing {
        method: "GET".to_owned(),
        path: job_path(collection, id),
        headers: vec![("Accept".to_owned(), "application/json".to_owned()), request_id()],
        authorization: bearer(session.valid(), "Authorization", "Bearer "),
        fresh: true,
        ..Outgoing::default()
    }
}

/// A PATCH of a job with this body, as the runner itself sends it.
pub(super) fn patch(session: &Session, collection: &str, job: &JobState, body: &Value) -> Outgoing {
    let mut headers = vec![
        ("Content-Type".to_owned(), "application/json".to_owned()),
        ("Accept".to_owned(), "application/json".to_owned()),
        request_id(),
    ];
    if session.profile.has(Capability::EtagRequired) {
        headers.push(("If-Match".to_owned(), job.condition()));
    }
    Outgoing {
        method: "PATCH".to_owned(),
        path: job_path(collection, &job.id),
        headers,
        authorization: bearer(session.valid(), "Authorization", "Bearer "),
        body: Some(Bytes::from(crate::json::octets(body))),
        json: Some(Arc::new(body.clone())),
        ..Outgoing::default()
    }
}

fn request_id() -> (String, String) {
    ("client-request-id".to_owned(), uuid::Uuid::new_v4().to_string())
}

/// What a placeholder stands for in a path or a query. What a case writes goes out as it stands; an id that needs encoding
/// must not tear the request line.
fn encoded(placeholder: &Placeholder, lookup: &dyn Fn(&Placeholder) -> Option<String>) -> Option<String> {
    match placeholder {
        Placeholder::JobIdEncodedTwice => lookup(placeholder),
        _ => lookup(placeholder).map(|value| segment(&value)),
    }
}

fn addresses(
    session: &Session,
    collection: &str,
    job: &JobState,
    bindings: &Bindings,
    to: &Address,
    lookup: &dyn Fn(&Placeholder) -> Option<String>,
) -> Vec<(String, String)> {
    let one = |id: &str| vec![(job_path(collection, id), id.to_owned())];
    let encoded = |placeholder: &Placeholder| encoded(placeholder, lookup);
    let elsewhere = || ENDPOINTS.iter().map(|endpoint| endpoint.collection).filter(move |other| *other != collection);
    match to {
        // Where a case is about the derived job, the lane has taken that for its job.
        Address::Job | Address::DerivedJob => one(&job.id),
        Address::SecondJob => second(session, collection).map(one).unwrap_or_default(),
        Address::UnknownJob => one(bindings.unknown()),
        Address::ForeignJob => session.target.foreign.get(collection).map(|id| one(id)).unwrap_or_default(),
        Address::OtherJobs => elsewhere()
            .filter_map(|other| {
                let id = session.target.jobs.get(other)?.first()?;
                // Where the paths share their jobs, the same id is the same job and may change with it.
                (*id != job.id).then(|| (job_path(other, id), id.clone()))
            })
            .collect(),
        Address::SameIdElsewhere => elsewhere().map(|other| (job_path(other, &job.id), job.id.clone())).collect(),
        Address::Id(raw) => {
            let id = template::fill(raw, &encoded);
            vec![(format!("/dataClassification/{collection}/{id}"), id.into_owned())]
        }
        Address::Collection => vec![(format!("/dataClassification/{collection}"), String::new())],
        Address::Path(raw) => vec![(template::fill(raw, &encoded).into_owned(), job.id.clone())],
    }
}

fn headers(
    session: &Session,
    job: &JobState,
    request: &Request,
    has_body: bool,
    lookup: &dyn Fn(&Placeholder) -> Option<String>,
) -> Vec<(String, String)> {
    let mut headers: Vec<(String, String)> = Vec::with_capacity(6);
    let says = |name: &str| request.headers.keys().any(|known| known.eq_ignore_ascii_case(name));
    if has_body && !says("content-type") {
        headers.push(("Content-Type".to_owned(), "application/json".to_owned()));
    }
    if !says("accept") {
        headers.push(("Accept".to_owned(), "application/json".to_owned()));
    }
    if !says("client-request-id") {
        headers.push(request_id());
    }
    if session.profile.has(Capability::EtagRequired) && has_body && !says("if-match") && !says("if-none-match") {
        headers.push(("If-Match".to_owned(), job.condition()));
    }
    for (name, value) in &request.headers {
        for value in value.iter().flat_map(OneOrMany::as_slice) {
            headers.push((name.clone(), template::fill(value, lookup).into_owned()));
        }
    }
    headers
}
