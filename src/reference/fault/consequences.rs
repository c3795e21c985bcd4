//! More faults of level [`FaultLevel::Store`](super::FaultLevel::Store): what one value does to another one, and what
//! an update under a certain header does.

use serde_json::{Value, json};

use super::FaultLevel::Store;
use super::alter::{content, patches, set_content};
use super::given::prefers;
use super::{Fault, row};
use crate::reference::effect::{Effect, Object};
use crate::reference::picture::{error, inner};
use crate::reference::store::{Job, Key, State, merge};

pub(super) const ROWS: &[Fault] = &[
    row(
        Store,
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
        Store,
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
        Store,
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
        Store,
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
        Store,
        "error-lost-under-charset",
        "An error is not applied where the media type names a charset.",
        &["REQ-MEDIA-002", "REQ-STATUS-003", "REQ-RESP-003"],
        Effect::Request(|request| {
            if patches(request) && request.header("content-type").contains("charset") {
                let mut object = content(request);
                if object.shift_remove("error").is_some() {
                    set_content(request, object);
                }
            }
        }),
    ),
    row(
        Store,
        "empty-error-leaves-null",
        "An empty object for an error that is null leaves it null.",
        &["REQ-RESP-003"],
        Effect::Merge(|job, mut change| {
            if job.get("error").is_none_or(Value::is_null) && change.get("error") == Some(&json!({})) {
                change.shift_remove("error");
            }
            merge(job, change);
        }),
    )
    .mild(),
    row(
        Store,
        "empty-inner-error-leaves-null",
        "An empty object for an innerError that is null leaves it null.",
        &["REQ-RESP-003"],
        Effect::Merge(|job, mut change| {
            if inner(job).is_none()
                && let Some(error) = error(&mut change).filter(|error| error.get("innerError") == Some(&json!({})))
            {
                error.shift_remove("innerError");
            }
            merge(job, change);
        }),
    )
    .mild(),
    result(
        "result-lost-with-tenant",
        "A new tenantId sets the result of a derived job to null.",
        Effect::After(|state, key, request| forget(state, key, request.body.contains_key("tenantId"))),
    ),
    result(
        "result-lost-with-end",
        "A new endDateTime sets the result of a derived job to null.",
        Effect::After(|state, key, request| forget(state, key, request.body.contains_key("endDateTime"))),
    ),
    result(
        "result-lost-with-null",
        "An update to null sets the result of a derived job to null.",
        Effect::After(|state, key, request| forget(state, key, request.body.values().any(Value::is_null))),
    ),
    result(
        "result-lost-under-minimal",
        "An update under return=minimal sets the result of a derived job to null.",
        Effect::After(|state, key, request| forget(state, key, prefers(request, "minimal"))),
    ),
];

/// A row about the result of a derived job.
const fn result(name: &'static str, title: &'static str, apply: Effect) -> Fault {
    row(Store, name, title, &["REQ-MERGE-004"], apply)
}

fn forget(state: &mut State, key: &Key, so: bool) {
    let result = |job: &mut Job| job.properties.get_mut("result").map(Value::take);
    state.jobs.get_mut(key).filter(|_| so).map(result);
}
