//! An update reaches another job, or a job is found on another path.

use serde_json::Value;

use super::row;
use crate::contract::endpoint::{ENDPOINTS, by_collection};
use crate::reference::effect::{Effect, Object};
use crate::reference::fault::Fault;
use crate::reference::fault::alter::{absorb, content, patches};
use crate::reference::fault::jobs::{is_derived, others};
use crate::reference::message::{Place, Request};
use crate::reference::store::{Job, Key, State};

pub(super) const ROWS: &[Fault] = &[
    row(
        "next-job-updated-too",
        "An update reaches another job of the collection too.",
        &["REQ-ISO-001"],
        Effect::After(|state, key, request| {
            others(state, |other| other.0 == key.0 && other != key, |job| absorb(request.body.clone(), job), 1);
        }),
    ),
    row(
        "all-jobs-of-the-collection-updated",
        "A new tenantId reaches all jobs of the collection.",
        &["REQ-ISO-001"],
        Effect::After(|state, key, request| {
            if let Some(tenant) = request.body.get("tenantId").filter(|tenant| tenant.is_string()) {
                others(state, |other| other.0 == key.0, |job| set(job, "tenantId", tenant.clone()), usize::MAX);
            }
        }),
    ),
    row(
        "error-shared-by-the-collection",
        "A new error reaches all jobs of the collection.",
        &["REQ-ISO-001"],
        Effect::After(|state, key, request| {
            if request.body.contains_key("error") {
                let error =
                    state.jobs.get(key).and_then(|job| job.properties.get("error").cloned()).unwrap_or_default();
                others(state, |other| other.0 == key.0, |job| set(job, "error", error.clone()), usize::MAX);
            }
        }),
    ),
    row(
        "details-shared-by-the-collection",
        "New details reach another job of the collection that has an error.",
        &["REQ-ISO-001"],
        Effect::After(|state, key, _| {
            let details = state
                .jobs
                .get_mut(key)
                .and_then(|job| crate::reference::picture::details(&mut job.properties).cloned());
            let Some(details) = details.filter(|details| !details.is_empty()) else { return };
            others(
                state,
                |other| other.0 == key.0 && other != key,
                |job| {
                    if let Some(error) = crate::reference::picture::error(&mut job.properties) {
                        error.insert("details".to_owned(), details.clone().into());
                    }
                },
                usize::MAX,
            );
        }),
    ),
    row(
        "other-job-cleared",
        "An update sets the error of another job of the collection to null.",
        &["REQ-ISO-001"],
        Effect::After(|state, key, _| {
            others(state, |other| other.0 == key.0 && other != key, |job| set(job, "error", Value::Null), usize::MAX);
        }),
    ),
    row(
        "other-job-touched",
        "An update sets endDateTime of another job of the collection to the present time.",
        &["REQ-ISO-001"],
        Effect::After(|state, key, _| {
            let now = crate::reference::respond::now();
            others(
                state,
                |other| other.0 == key.0 && other != key,
                |job| set(job, "endDateTime", now.clone().into()),
                usize::MAX,
            );
        }),
    ),
    row(
        "update-reaches-next-path",
        "An update reaches a job on the next path too.",
        &["REQ-ISO-002"],
        Effect::After(|state, key, request| {
            let next = next_path(key.0);
            others(state, |other| other.0 == next, |job| absorb(request.body.clone(), job), 1);
        }),
    ),
    row(
        "status-reaches-all-paths",
        "A new status reaches every job on every path.",
        &["REQ-ISO-002", "REQ-ISO-001"],
        Effect::After(|state, _, request| {
            if let Some(status) = request.body.get("status").filter(|status| status.is_string()) {
                others(state, |_| true, |job| set(job, "status", status.clone()), usize::MAX);
            }
        }),
    ),
    row(
        "update-of-text-jobs-reaches-jobs",
        "An update in classifyTextJobs reaches a job of the collection jobs too.",
        &["REQ-ISO-002"],
        Effect::After(|state, key, request| {
            if key.0 == "classifyTextJobs" {
                others(state, |other| other.0 == "jobs", |job| absorb(request.body.clone(), job), 1);
            }
        }),
    ),
    row(
        "error-of-the-job-updated-before",
        "An update of the status alone brings the error of the job that was updated last before it.",
        &["REQ-ISO-001", "REQ-ISO-002"],
        Effect::After(|state, key, request| {
            let before = state.jobs.iter().filter(|(other, _)| *other != key).max_by_key(|(_, job)| job.revision);
            let error = before.and_then(|(_, job)| job.properties.get("error").cloned()).unwrap_or_default();
            if request.body.len() == 1 && request.body.contains_key("status") {
                others(state, |own| own == key, |job| set(job, "error", error.clone()), 1);
            }
        }),
    ),
    row(
        "ids-known-on-every-path",
        "A job is found under its id on every path.",
        &["REQ-ISO-003"],
        Effect::Place(|request, state| elsewhere(request, state, |_, _| true)),
    ),
    row(
        "jobs-is-a-view",
        "A job of any other path is found under the path jobs too.",
        &["REQ-ISO-003"],
        Effect::Place(|request, state| elsewhere(request, state, |asked, _| asked == "jobs")),
    ),
    row(
        "text-and-file-jobs-shared",
        "A job of classifyTextJobs is found in classifyFileJobs too, and the other way round.",
        &["REQ-ISO-003"],
        Effect::Place(|request, state| {
            elsewhere(request, state, |asked, found| asked.starts_with("classify") && found.starts_with("classify"));
        }),
    ),
    row(
        "read-finds-ids-of-every-path",
        "A GET finds a job under its id on every path.",
        &["REQ-ISO-003"],
        Effect::Place(|request, state| {
            if !patches(request) {
                elsewhere(request, state, |_, _| true);
            }
        }),
    ),
    row(
        "error-cleared-under-the-same-id",
        "An error set to null clears that of the jobs with the same id on other paths too.",
        &["REQ-ISO-003"],
        Effect::After(|state, key, request| {
            if request.body.get("error").is_some_and(Value::is_null) {
                let same = |other: &Key| other.1 == key.1 && other != key;
                others(state, same, |job| set(job, "error", Value::Null), usize::MAX);
            }
        }),
    ),
    row(
        "jobs-alike-updated-together",
        "A new status reaches the jobs of the collection with the same tenantId.",
        &["REQ-ISO-001"],
        Effect::After(|state, key, request| {
            let Some(status) = request.body.get("status") else { return };
            let own = state.jobs.get(key).map(tenant);
            for (_, job) in state.jobs.iter_mut().filter(|(other, job)| other.0 == key.0 && Some(tenant(job)) == own) {
                job.properties.insert("status".to_owned(), status.clone());
            }
        }),
    ),
    row(
        "job-beside-a-derived-one-updated",
        "An update of a job of a derived type sets the tenantId of the others in its collection.",
        &["REQ-ISO-001"],
        Effect::After(follow),
    ),
    row(
        "derived-jobs-beside-the-updated-one",
        "A new status reaches the jobs of a derived type in the collection.",
        &["REQ-ISO-001"],
        Effect::After(|state, key, request| {
            let Some(status) = request.body.get("status") else { return };
            for (_, job) in state.jobs.iter_mut().filter(|(other, job)| other.0 == key.0 && is_derived(job)) {
                absorb(Object::from_iter([("status".to_owned(), status.clone())]), job);
            }
        }),
    ),
    row(
        "wrong-type-stored-on-other-paths",
        "What a body of the wrong type holds besides is stored on the other paths, though it is refused.",
        &["REQ-ISO-002"],
        Effect::Place(|request, state| {
            let Place::Job(endpoint, _) = &request.place else { return };
            let sent = content(request);
            if !patches(request) || !sent.get("type").is_some_and(Value::is_number) {
                return;
            }
            let status: Object = sent.into_iter().filter(|(name, _)| name == "status").collect();
            for (_, job) in state.jobs.iter_mut().filter(|(key, _)| key.0 != endpoint.collection) {
                absorb(status.clone(), job);
            }
        }),
    ),
];

fn set(job: &mut Job, name: &str, value: Value) {
    job.properties.insert(name.to_owned(), value);
}

fn next_path(collection: &str) -> &'static str {
    let at = ENDPOINTS.iter().position(|endpoint| endpoint.collection == collection).unwrap_or(0);
    ENDPOINTS[(at + 1) % ENDPOINTS.len()].collection
}

/// Sends a request to a job of its id in another collection, if there is none in its own.
fn elsewhere(request: &mut Request, state: &State, allowed: fn(&str, &str) -> bool) {
    let Place::Job(endpoint, id) = &request.place else { return };
    if state.jobs.contains_key(&(endpoint.collection, id.clone())) {
        return;
    }
    let found = state.jobs.keys().find(|key| key.1 == *id && allowed(endpoint.collection, key.0));
    if let Some(other) = found.and_then(|key| by_collection(key.0)) {
        request.place = Place::Job(other, id.clone());
    }
}

fn tenant(job: &Job) -> Value {
    job.properties.get("tenantId").cloned().unwrap_or_default()
}

/// Where a job of a derived type got a new tenantId, the others of its collection get it too.
fn follow(state: &mut State, key: &Key, request: &Request) {
    let tenant = request.body.get("tenantId").cloned().filter(|_| state.jobs.get(key).is_some_and(is_derived));
    let Some(tenant) = tenant else { return };
    for (_, job) in state.jobs.iter_mut().filter(|(other, job)| other.0 == key.0 && !is_derived(job)) {
        absorb(Object::from_iter([("tenantId".to_owned(), tenant.clone())]), job);
    }
}
