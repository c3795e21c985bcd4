//! Sends requests to jobs that they do not name.

use super::alter::{at_job, patches};
use crate::contract::endpoint::by_collection;
use crate::reference::message::{Answer, Place, Request};
use crate::reference::store::State;

/// The first job of a collection.
pub(super) fn first(state: &State, collection: &str) -> Option<(&'static str, String)> {
    state.jobs.keys().find(|key| key.0 == collection).cloned()
}

/// Sends a request to a job, if there is one.
pub(super) fn go(request: &mut Request, job: Option<(&'static str, String)>) {
    if let Some((collection, id)) = job
        && let Some(endpoint) = by_collection(collection)
    {
        request.place = Place::Job(endpoint, id);
    }
}

/// Whether an update was refused because there is no such job.
pub(super) fn no_such_job(answer: &Answer, request: &Request) -> bool {
    patches(request) && at_job(request) && answer.status == 404
}
