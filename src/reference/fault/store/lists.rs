//! An update makes, hides or doubles a job of the collection.

use http::Method;
use serde_json::Value;

use super::row;
use crate::reference::effect::{Effect, Object};
use crate::reference::fault::alter::key;
use crate::reference::fault::jobs::others;
use crate::reference::fault::{Fault, Need};
use crate::reference::message::{Answer, Place, Request};
use crate::reference::store::{Job, Key, NOBODY, SECOND_TENANT, new_id};

pub(super) const ROWS: &[Fault] = &[
    row(
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
        "first-new-status-makes-a-copy",
        "The first update of the status alone makes a copy of the job under a new id.",
        &["REQ-ISO-004"],
        Effect::After(|state, key, request| {
            let copied = state.jobs.keys().any(|other| other.0 == key.0 && other.1.starts_with("copy-"));
            if !copied && request.body.len() == 1 && request.body.contains_key("status") {
                let copy = state.jobs.get(key).map(|job| job.properties.to_object()).unwrap_or_default();
                state.create((key.0, format!("copy-{}", new_id())), "jobResponseBase", 0, copy);
            }
        }),
    ),
    row(
        "minimal-update-adds-a-job",
        "An update under return=minimal adds a job to the collection.",
        &["REQ-ISO-004"],
        Effect::After(|state, key, request| {
            if request.prefers("return").as_deref() == Some("minimal") && state.jobs.len() < 1000 {
                state.create((key.0, new_id()), "jobResponseBase", 0, Object::new());
            }
        }),
    ),
    row(
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
        "other-job-missing-in-one-list",
        "Every fourth list of a collection leaves out a job that was not updated.",
        &["REQ-ISO-004", "REQ-ISO-001"],
        Effect::Place(|request, state| {
            state.jobs.values_mut().filter(|job| job.tenant == NOBODY).for_each(|job| job.tenant = 0);
            if let (true, Place::Collection(endpoint)) = (request.method == Method::GET, &request.place) {
                let lists = state.lists.entry(endpoint.collection).or_default();
                *lists += 1;
                let fourth = *lists % 4 == 0;
                let mut of_collection = state.jobs.iter_mut().filter(|(key, _)| key.0 == endpoint.collection);
                if let Some((_, second)) = of_collection.nth(1).filter(|_| fourth) {
                    second.tenant = NOBODY;
                }
            }
        }),
    ),
    row(
        "other-job-gone-for-one-read",
        "The fifth update of a job takes another one away until that is asked for.",
        &["REQ-ISO-001", "REQ-ISO-004"],
        Effect::Several(&[
            Effect::After(|state, key, _| {
                if state.jobs.get(key).is_some_and(|job| job.patches == 5) {
                    let beside = |other: &Key| other.0 == key.0 && other != key;
                    others(state, beside, |job| job.tenant = NOBODY, 1);
                }
            }),
            Effect::Place(|request, state| {
                let job = key(request).and_then(|key| state.jobs.get_mut(&key));
                if let Some(job) = job.filter(|job| job.tenant == NOBODY) {
                    job.tenant = 0;
                    request.place = Place::Nowhere;
                }
            }),
        ]),
    ),
    row(
        "job-with-null-status-vanishes",
        "A job whose status is set to null is not found any more.",
        &["REQ-ISO-004", "REQ-RESP-004", "REQ-PATH-001"],
        Effect::Later(|state, key, request| {
            if request.body.get("status").is_some_and(Value::is_null) {
                others(state, |other| other == key, |job| job.tenant = NOBODY, 1);
            }
        }),
    ),
    row(
        "updated-job-not-listed",
        "Every second update takes the job out of the list.",
        &["REQ-ISO-004"],
        Effect::Several(&[
            Effect::Shown(mark),
            Effect::Answer(|answer, _| listed(answer, |jobs| jobs.retain(|job| job.get(MARK).is_none()))),
        ]),
    ),
    row(
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
        "updated-job-listed-again",
        "A job that was updated stands in its collection twice, under its own id.",
        &["REQ-ISO-004"],
        Effect::Answer(|answer, request| {
            let listed = answer.body.as_mut().filter(|_| matches!(request.place, Place::Collection(_)));
            if let Some(jobs) = listed.and_then(|list| list.get_mut("value")).and_then(Value::as_array_mut) {
                let is_updated = |job: &&Value| job["status"] != "notStarted";
                let again: Vec<Value> = jobs.iter().filter(is_updated).cloned().collect();
                jobs.extend(again);
            }
        }),
    ),
    row(
        "job-not-listed-once-updated",
        "From its first update on a job is missing in the list.",
        &["REQ-ISO-004"],
        Effect::Several(&[
            Effect::Shown(|object, job, request| {
                if job.patches > 0 && matches!(request.place, Place::Collection(_)) {
                    object.insert(HIDDEN.to_owned(), true.into());
                }
            }),
            Effect::Answer(|answer, _| {
                let list = answer.body.as_mut().and_then(|body| body.get_mut("value")).and_then(Value::as_array_mut);
                if let Some(jobs) = list {
                    jobs.retain(|job| job.get(HIDDEN).is_none());
                }
            }),
        ]),
    ),
    row(
        "job-without-status-not-listed",
        "A list leaves out the jobs whose status is null.",
        &["REQ-ISO-004"],
        Effect::Answer(|answer, request| {
            if matches!(request.place, Place::Collection(_))
                && let Some(jobs) = answer.body.as_mut().and_then(|body| body.get_mut("value")?.as_array_mut())
            {
                jobs.retain(|job| job.get("status").is_none_or(|status| !status.is_null()));
            }
        }),
    ),
    row(
        "job-with-null-error-code-not-listed",
        "A list leaves out the jobs whose error has no code.",
        &["REQ-ISO-004"],
        Effect::Answer(|answer, request| {
            if matches!(request.place, Place::Collection(_))
                && let Some(jobs) = answer.body.as_mut().and_then(|body| body.get_mut("value")?.as_array_mut())
            {
                let has_code = |error: &Object| error.get("code").is_some_and(|code| !code.is_null());
                jobs.retain(|job| job.get("error").and_then(Value::as_object).is_none_or(has_code));
            }
        }),
    ),
    row(
        "list-filtered-by-the-first-tenant-id",
        "The list shows only jobs whose tenantId is that of the start, or null.",
        &["REQ-ISO-004"],
        Effect::Answer(|answer, request| {
            let is_list = request.method == Method::GET && matches!(request.place, Place::Collection(_));
            let items = answer.body.as_mut().filter(|_| is_list).and_then(|body| body.get_mut("value")?.as_array_mut());
            if let Some(items) = items {
                items.retain(|item| item["tenantId"].as_str().is_none_or(|id| id == "patchproof"));
            }
        }),
    ),
    Fault {
        needs: &[Need::SecondTenant],
        ..row(
            "list-filtered-by-the-other-tenants-id",
            "The list leaves out jobs whose tenantId is that of another tenant.",
            &["REQ-ISO-004"],
            Effect::Answer(|answer, request| {
                let is_list = request.method == Method::GET && matches!(request.place, Place::Collection(_));
                let items = answer.body.as_mut().filter(|_| is_list);
                if let Some(items) = items.and_then(|body| body.get_mut("value")?.as_array_mut()) {
                    items.retain(|item| item["tenantId"] != SECOND_TENANT);
                }
            }),
        )
    },
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

const HIDDEN: &str = "@hidden";
