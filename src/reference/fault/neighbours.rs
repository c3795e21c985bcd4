//! More faults of level [`FaultLevel::Store`](super::FaultLevel::Store): what an update does to other jobs, and to what
//! the page does not name.

use serde_json::Value;

use super::FaultLevel::Store;
use super::alter::{absorb, patches};
use super::jobs::others;
use super::{Fault, row};
use crate::contract::endpoint::{ENDPOINTS, by_collection};
use crate::reference::effect::{Effect, Object};
use crate::reference::message::{Answer, Place, Request};
use crate::reference::store::{Job, State, new_id};

pub(super) const ROWS: &[Fault] = &[
    row(
        Store,
        "next-job-updated-too",
        "An update reaches another job of the collection too.",
        &["REQ-ISO-001"],
        Effect::After(|state, key, request| {
            others(state, |other| other.0 == key.0 && other != key, |job| absorb(request.body.clone(), job), 1);
        }),
    ),
    row(
        Store,
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
        Store,
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
        Store,
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
        Store,
        "other-job-cleared",
        "An update sets the error of another job of the collection to null.",
        &["REQ-ISO-001"],
        Effect::After(|state, key, _| {
            others(state, |other| other.0 == key.0 && other != key, |job| set(job, "error", Value::Null), usize::MAX);
        }),
    ),
    row(
        Store,
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
        Store,
        "update-reaches-next-path",
        "An update reaches a job on the next path too.",
        &["REQ-ISO-002"],
        Effect::After(|state, key, request| {
            let next = next_path(key.0);
            others(state, |other| other.0 == next, |job| absorb(request.body.clone(), job), 1);
        }),
    ),
    row(
        Store,
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
        Store,
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
        Store,
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
        Store,
        "update-makes-a-copy",
        "Every update makes a copy of the job under a new id, in place of the last copy.",
        &["REQ-ISO-004"],
        Effect::After(|state, key, _| {
            state.jobs.retain(|other, _| other.0 != key.0 || !other.1.starts_with("copy-"));
            let copy = state.jobs.get(key).map(|job| job.properties.to_object()).unwrap_or_default();
            state.create((key.0, format!("copy-{}", new_id())), "jobResponseBase", 0, copy);
        }),
    ),
    row(
        Store,
        "update-of-error-makes-a-job",
        "An update of the error that has details makes a job for them.",
        &["REQ-ISO-004"],
        Effect::After(|state, key, request| {
            if request.body.get("error").and_then(|error| error.get("details")).is_some_and(Value::is_array) {
                state.create((key.0, new_id()), "jobResponseBase", 0, Object::new());
            }
        }),
    ),
    row(
        Store,
        "update-makes-a-job-on-one-path",
        "An update in evaluateLabelJobs makes a job beside it.",
        &["REQ-ISO-004"],
        Effect::After(|state, key, _| {
            if key.0 == "evaluateLabelJobs" && state.jobs.len() < 500 {
                state.create((key.0, new_id()), "jobResponseBase", 0, Object::new());
            }
        }),
    ),
    row(
        Store,
        "other-job-vanishes",
        "An update takes another job of the collection away.",
        &["REQ-ISO-004", "REQ-ISO-001", "REQ-PATH-001"],
        Effect::After(|state, key, _| {
            if let Some(other) = state.jobs.keys().rfind(|other| other.0 == key.0 && *other != key).cloned() {
                state.jobs.shift_remove(&other);
            }
        }),
    ),
    row(
        Store,
        "job-with-null-status-vanishes",
        "A job whose status is set to null is not found any more.",
        &["REQ-ISO-004", "REQ-RESP-004", "REQ-PATH-001"],
        Effect::Later(|state, key, request| {
            if request.body.get("status").is_some_and(Value::is_null) {
                others(state, |other| other == key, |job| job.tenant = u8::MAX, 1);
            }
        }),
    ),
    row(
        Store,
        "updated-job-not-listed",
        "Every second update takes the job out of the list.",
        &["REQ-ISO-004"],
        Effect::Several(&[
            Effect::Shown(mark),
            Effect::Answer(|answer, _| listed(answer, |jobs| jobs.retain(|job| job.get(MARK).is_none()))),
        ]),
    ),
    row(
        Store,
        "updated-job-listed-twice",
        "Every second update puts the job into the list under a second id too.",
        &["REQ-ISO-004"],
        Effect::Several(&[
            Effect::Shown(mark),
            Effect::Answer(|answer, _| {
                listed(answer, |jobs| {
                    let mut copies: Vec<Value> = jobs.iter().filter(|job| job.get(MARK).is_some()).cloned().collect();
                    for job in &mut copies {
                        job["id"] = format!("{}-1", job["id"].as_str().unwrap_or_default()).into();
                    }
                    jobs.extend(copies);
                });
            }),
        ]),
    ),
    row(
        Store,
        "ids-known-on-every-path",
        "A job is found under its id on every path.",
        &["REQ-ISO-003"],
        Effect::Place(|request, state| elsewhere(request, state, |_, _| true)),
    ),
    row(
        Store,
        "jobs-is-a-view",
        "A job of any other path is found under the path jobs too.",
        &["REQ-ISO-003"],
        Effect::Place(|request, state| elsewhere(request, state, |asked, _| asked == "jobs")),
    ),
    row(
        Store,
        "text-and-file-jobs-shared",
        "A job of classifyTextJobs is found in classifyFileJobs too, and the other way round.",
        &["REQ-ISO-003"],
        Effect::Place(|request, state| {
            elsewhere(request, state, |asked, found| asked.starts_with("classify") && found.starts_with("classify"));
        }),
    ),
    row(
        Store,
        "read-finds-ids-of-every-path",
        "A GET finds a job under its id on every path.",
        &["REQ-ISO-003"],
        Effect::Place(|request, state| {
            if !patches(request) {
                elsewhere(request, state, |_, _| true);
            }
        }),
    ),
];

const MARK: &str = "@marked";

/// Marks a job in a list that was updated an odd number of times.
fn mark(object: &mut Object, job: &Job, request: &Request) {
    if job.patches % 2 == 1 && matches!(request.place, Place::Collection(_)) {
        object.insert(MARK.to_owned(), true.into());
    }
}

/// Changes the jobs of a list.
fn listed(answer: &mut Answer, change: fn(&mut Vec<Value>)) {
    let body = answer.body.as_mut().and_then(|body| body.get_mut("value")).and_then(Value::as_array_mut);
    if let Some(jobs) = body {
        change(jobs);
        jobs.iter_mut().filter_map(Value::as_object_mut).for_each(|job| drop(job.shift_remove(MARK)));
    }
}

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
