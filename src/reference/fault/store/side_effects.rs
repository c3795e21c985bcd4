//! A value that is set changes another property, or something outside the body sets one.

use serde_json::{Value, json};

use super::row;
use crate::reference::effect::{Effect, Object};
use crate::reference::fault::Fault;
use crate::reference::picture::error;
use crate::reference::store::merge;

pub(super) const ROWS: &[Fault] = &[
    row(
        "end-completes-a-job-without-status",
        "An endDateTime sets a status that is null to completed.",
        &["REQ-MERGE-001"],
        Effect::Merge(|job, change| {
            let ends = change.get("endDateTime").is_some_and(Value::is_string) && !change.contains_key("status");
            merge(job, change);
            if ends && job.get("status").is_none_or(Value::is_null) {
                job.insert("status".to_owned(), "completed".into());
            }
        }),
    ),
    row(
        "creation-starts-a-job-without-start",
        "A creationDateTime becomes startDateTime too where that is null.",
        &["REQ-MERGE-001"],
        Effect::Merge(|job, change| {
            let begins = change.get("creationDateTime").filter(|value| value.is_string()).cloned();
            let silent = !change.contains_key("startDateTime");
            merge(job, change);
            if let (true, Some(begins), Some(start)) = (silent, begins, job.get_mut("startDateTime"))
                && start.is_null()
            {
                *start = begins;
            }
        }),
    ),
    row(
        "empty-tenant-clears-status",
        "An empty tenantId sets the status to null.",
        &["REQ-MERGE-001"],
        Effect::Merge(|job, change| {
            let empty = change.get("tenantId").is_some_and(|value| value == "") && !change.contains_key("status");
            merge(job, change);
            if empty {
                job.insert("status".to_owned(), Value::Null);
            }
        }),
    ),
    row(
        "empty-code-clears-message",
        "An empty code of the error sets its message to null.",
        &["REQ-MERGE-002"],
        Effect::Merge(|job, mut change| {
            let silent = |error: &mut Object| !error.contains_key("message") && error.get("code") == Some(&"".into());
            let empty = error(&mut change).is_some_and(silent);
            merge(job, change);
            if let (true, Some(error)) = (empty, error(job)) {
                error.insert("message".to_owned(), Value::Null);
            }
        }),
    ),
    row(
        "status-completed-ends-the-job",
        "A status completed or succeeded sets endDateTime.",
        &["REQ-MERGE-001"],
        Effect::Change(|job| imply(job, &["completed", "succeeded"], "endDateTime", "2026-01-01T00:00:00Z".into())),
    ),
    row(
        "status-failed-makes-an-error",
        "A status failed sets the code of the error.",
        &["REQ-MERGE-001", "REQ-MERGE-002"],
        Effect::Change(|job| imply(job, &["failed"], "error", json!({"code": "failed"}))),
    ),
    row(
        "status-running-clears-the-error",
        "A status Running sets the error to null.",
        &["REQ-MERGE-001"],
        Effect::Change(|job| imply(job, &["Running"], "error", Value::Null)),
    ),
    row(
        "query-overrides-the-body",
        "A query that names status sets it.",
        &["REQ-MERGE-001"],
        Effect::After(|state, key, request| {
            let value = request.query.split('&').find_map(|pair| pair.strip_prefix("status="));
            if let (Some(value), Some(job)) = (value, state.jobs.get_mut(key)) {
                job.properties.insert("status".to_owned(), value.into());
            }
        }),
    ),
];

/// A status that brings another member with it.
fn imply(job: &mut Object, words: &[&str], name: &str, value: Value) {
    let means = job.get("status").and_then(Value::as_str).is_some_and(|status| words.contains(&status));
    if means && !job.contains_key(name) {
        job.insert(name.to_owned(), value);
    }
}
