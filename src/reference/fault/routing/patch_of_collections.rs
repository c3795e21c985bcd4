//! A PATCH of a collection updates or makes jobs, or is not answered 405.

use http::Method;

use super::row;
use crate::contract::endpoint::ENDPOINTS;
use crate::reference::effect::Effect;
use crate::reference::fault::Fault;
use crate::reference::fault::alter::{absorb, content, instead, patches};
use crate::reference::message::{Place, Request};

pub(super) const ROWS: &[Fault] = &[
    row(
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
        "patch-of-collection-creates",
        "A PATCH of a collection creates a job.",
        &["REQ-METHOD-004"],
        Effect::Place(|request, _| at_collection(request, Method::POST)),
    ),
    row(
        "patch-of-collection-does-nothing",
        "A PATCH of a collection is answered 200 with the list.",
        &["REQ-METHOD-004", "REQ-STATUS-003"],
        Effect::Place(|request, _| at_collection(request, Method::GET)),
    ),
    row(
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
        "slash-behind-collection-updates-a-job",
        "A PATCH of a collection with a slash behind it updates the first of its jobs.",
        &["REQ-METHOD-004"],
        Effect::Place(|request, state| {
            let at_its_end = |name: &str| request.path.ends_with(&format!("/{name}/"));
            let collection = ENDPOINTS.iter().find(|endpoint| at_its_end(endpoint.collection));
            let first = collection.and_then(|one| state.jobs.keys().find(|key| key.0 == one.collection));
            if let (true, Some(endpoint), Some(key)) = (patches(request), collection, first) {
                request.place = Place::Job(endpoint, key.1.clone());
            }
        }),
    ),
    row(
        "query-of-collection-updates-a-job",
        "A PATCH of a collection with a query updates the job that it names.",
        &["REQ-METHOD-004"],
        Effect::Place(|request, _| {
            let id = request.query.split('&').find_map(|pair| pair.strip_prefix("id=")).map(str::to_owned);
            if let (true, Place::Collection(endpoint), Some(id)) = (patches(request), &request.place, id) {
                request.place = Place::Job(endpoint, id);
            }
        }),
    ),
];

/// Takes PATCH for another method at a collection.
fn at_collection(request: &mut Request, to: Method) {
    if matches!(request.place, Place::Collection(_)) && request.method == Method::PATCH {
        request.method = to;
    }
}
