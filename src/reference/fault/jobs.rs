//! Finds jobs and does something to them.

use serde_json::Value;

use super::alter::{key, patches};
use crate::reference::effect::Object;
use crate::reference::message::Request;
use crate::reference::store::{Job, Key, State};

/// Whether a job is of a derived type.
pub(super) fn is_derived(job: &Job) -> bool {
    job.kind != "jobResponseBase"
}

/// The job that a request names.
pub(super) fn named_job<'s>(request: &Request, state: &'s State) -> Option<&'s Job> {
    state.jobs.get(&key(request)?)
}

/// Whether the request is an update of a job of a derived type.
pub(super) fn is_of_derived(request: &Request, state: &State) -> bool {
    patches(request) && key(request).and_then(|key| state.jobs.get(&key)).is_some_and(is_derived)
}

/// Does something to other jobs, at most so many.
pub(super) fn others(state: &mut State, which: impl Fn(&Key) -> bool, act: impl Fn(&mut Job), count: usize) {
    let found = state.jobs.iter_mut().filter(|(key, _)| which(key));
    found.take(count).for_each(|(_, job)| act(job));
}

/// Sets properties of a job to null.
pub(super) fn clear(job: &mut Object, which: impl Fn(&str) -> bool) {
    for (_, value) in job.iter_mut().filter(|(name, _)| which(name)) {
        *value = Value::Null;
    }
}
