//! A property that an update does not name changes with it.

use serde_json::Value;

use super::row;
use crate::reference::effect::Effect;
use crate::reference::fault::Fault;
use crate::reference::fault::jobs::{clear, is_derived};
use crate::reference::picture;
use crate::reference::respond::now;
use crate::reference::store::merge;

pub(super) const ROWS: &[Fault] = &[
    row(
        "rest-cleared",
        "Properties that an update does not name become null.",
        &["REQ-MERGE-001"],
        Effect::Merge(|job, change| {
            clear(job, |name| name != "result" && !change.contains_key(name));
            merge(job, change);
        }),
    ),
    row(
        "rest-cleared-on-one-path",
        "Properties that an update in evaluateDlpPoliciesJobs does not name become null.",
        &["REQ-MERGE-001"],
        Effect::After(|state, key, request| {
            if let Some(job) = state.jobs.get_mut(key).filter(|_| key.0 == "evaluateDlpPoliciesJobs") {
                clear(&mut job.properties, |name| name != "result" && !request.body.contains_key(name));
            }
        }),
    ),
    row(
        "rest-cleared-by-every-second-update",
        "Properties that every second update of a job does not name become null.",
        &["REQ-MERGE-001"],
        Effect::After(|state, key, request| {
            if let Some(job) = state.jobs.get_mut(key).filter(|job| job.patches % 2 == 0) {
                clear(&mut job.properties, |name| name != "result" && !request.body.contains_key(name));
            }
        }),
    ),
    row(
        "dates-cleared",
        "Date-times that an update does not name become null.",
        &["REQ-MERGE-001"],
        Effect::Merge(|job, change| {
            clear(job, |name| name.ends_with("DateTime") && !change.contains_key(name));
            merge(job, change);
        }),
    ),
    row(
        "error-cleared",
        "An update without an error sets it to null.",
        &["REQ-MERGE-001"],
        Effect::Merge(|job, change| {
            clear(job, |name| name == "error" && !change.contains_key(name));
            merge(job, change);
        }),
    ),
    row(
        "tenant-cleared",
        "An update without tenantId sets it to null.",
        &["REQ-MERGE-001"],
        Effect::Merge(|job, change| {
            clear(job, |name| name == "tenantId" && !change.contains_key(name));
            merge(job, change);
        }),
    ),
    row(
        "rest-cleared-with-error",
        "An update of the error alone sets everything else to null.",
        &["REQ-MERGE-001"],
        Effect::Merge(|job, change| {
            if change.len() == 1 && change.contains_key("error") {
                clear(job, |name| name != "result");
            }
            merge(job, change);
        }),
    ),
    row(
        "details-emptied",
        "An update without an error empties its details.",
        &["REQ-MERGE-001", "REQ-MERGE-002"],
        Effect::Merge(|job, change| {
            if let (false, Some(details)) = (change.contains_key("error"), picture::details(job)) {
                details.clear();
            }
            merge(job, change);
        }),
    ),
    row(
        "rest-reset",
        "An update without type sets it to that of a new job.",
        &["REQ-MERGE-001"],
        Effect::Merge(|job, change| {
            if !change.contains_key("type") {
                job.insert("type".to_owned(), "patchproof".into());
            }
            merge(job, change);
        }),
    ),
    row(
        "status-follows-error",
        "An update of the error sets the status to failed.",
        &["REQ-MERGE-001", "REQ-RESP-003"],
        Effect::Merge(|job, mut change| {
            if change.get("error").is_some_and(Value::is_object) {
                change.insert("status".to_owned(), "failed".into());
            }
            merge(job, change);
        }),
    ),
    row(
        "end-set-with-status",
        "An update of status sets endDateTime to the present time.",
        &["REQ-MERGE-001"],
        Effect::Merge(|job, mut change| {
            if change.contains_key("status") && !change.contains_key("endDateTime") {
                change.insert("endDateTime".to_owned(), now().into());
            }
            merge(job, change);
        }),
    ),
    row(
        "start-set-by-every-update",
        "Every update without startDateTime sets it to the present time.",
        &["REQ-MERGE-001", "REQ-BODY-010", "REQ-IDEMP-002"],
        Effect::Merge(|job, mut change| {
            change.entry("startDateTime").or_insert_with(|| now().into());
            merge(job, change);
        }),
    ),
    row(
        "end-moves-with-start",
        "A new startDateTime becomes endDateTime too.",
        &["REQ-MERGE-001"],
        Effect::Merge(|job, mut change| {
            if let (Some(start), false) = (change.get("startDateTime").cloned(), change.contains_key("endDateTime")) {
                change.insert("endDateTime".to_owned(), start);
            }
            merge(job, change);
        }),
    ),
    row(
        "time-of-error-set-with-code",
        "A new code of the error sets errorDateTime to the present time.",
        &["REQ-MERGE-002"],
        Effect::Merge(|job, change| {
            let code = change
                .get("error")
                .is_some_and(|error| error.get("code").is_some() && error.get("innerError").is_none());
            merge(job, change);
            if let (true, Some(inner)) = (code, picture::inner(job)) {
                inner.insert("errorDateTime".to_owned(), now().into());
            }
        }),
    ),
    row(
        "empty-object-clears-derived-jobs",
        "An update of a job of a derived type that holds nothing sets its status to null.",
        &["REQ-BODY-010", "REQ-MERGE-001"],
        Effect::After(|state, key, request| {
            if let Some(job) = state.jobs.get_mut(key).filter(|job| is_derived(job) && request.body.is_empty()) {
                job.properties.insert("status".to_owned(), Value::Null);
            }
        }),
    ),
    row(
        "six-sent-clear-the-seventh",
        "An update of the six other properties sets the type to null.",
        &["REQ-MERGE-001"],
        Effect::Merge(|job, change| {
            let others = ["status", "tenantId", "creationDateTime", "startDateTime", "endDateTime", "error"];
            if others.iter().all(|name| change.contains_key(*name)) && !change.contains_key("type") {
                job.insert("type".to_owned(), Value::Null);
            }
            merge(job, change);
        }),
    ),
];
