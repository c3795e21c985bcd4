//! The error or the innerError is replaced where it has to be merged.

use serde_json::{Value, json};

use super::row;
use crate::reference::effect::{Effect, Object};
use crate::reference::fault::Fault;
use crate::reference::fault::alter::{content, patches, set_content};
use crate::reference::fault::given::prefers;
use crate::reference::message::Request;
use crate::reference::picture::{error, inner};
use crate::reference::store::{Key, State, merge};

pub(super) const ROWS: &[Fault] = &[
    row(
        "error-replaced",
        "The error is replaced as a whole.",
        &["REQ-MERGE-002"],
        Effect::Merge(|job, change| {
            job.extend(change);
        }),
    ),
    row(
        "inner-error-replaced",
        "The innerError is replaced as a whole.",
        &["REQ-MERGE-002"],
        Effect::Merge(|job, change| {
            if inner(&mut change.clone()).is_some()
                && let Some(error) = error(job)
            {
                error.insert("innerError".to_owned(), Value::Null);
            }
            merge(job, change);
        }),
    ),
    row(
        "error-replaced-on-one-path",
        "The error is replaced as a whole on evaluateLabelJobs.",
        &["REQ-MERGE-002"],
        Effect::After(|state, key, request| {
            if key.0 == "evaluateLabelJobs" {
                replace_error(state, key, request);
            }
        }),
    ),
    row(
        "error-replaced-under-minimal",
        "Under return=minimal the error is replaced as a whole.",
        &["REQ-MERGE-002"],
        Effect::After(|state, key, request| {
            if request.prefers("return").as_deref() == Some("minimal") {
                replace_error(state, key, request);
            }
        }),
    ),
    row(
        "error-replaced-under-a-query",
        "Where the URL has a query the error is replaced as a whole.",
        &["REQ-MERGE-002"],
        Effect::After(|state, key, request| {
            if !request.query.is_empty() {
                replace_error(state, key, request);
            }
        }),
    ),
    row(
        "error-replaced-when-details-are-given",
        "The error is replaced as a whole if details are given.",
        &["REQ-MERGE-002"],
        Effect::Merge(|job, change| {
            if change.get("error").is_some_and(|error| error.get("details").is_some()) {
                job.extend(change);
            } else {
                merge(job, change);
            }
        }),
    ),
    row(
        "typed-error-replaced",
        "An error that names its type is taken for the whole error.",
        &["REQ-MERGE-002"],
        Effect::Request(|request| {
            let mut body = content(request);
            if patches(request)
                && let Some(error) = error(&mut body).filter(|error| error.contains_key("@odata.type"))
                && !error.contains_key("details")
            {
                error.insert("details".to_owned(), json!([]));
                set_content(request, body);
            }
        }),
    ),
    row(
        "details-lost-with-error",
        "An update of the error without details empties them.",
        &["REQ-MERGE-002"],
        Effect::Merge(|job, change| {
            let silent = lacks(&change, "details");
            merge(job, change);
            if let (true, Some(error)) = (silent, error(job)) {
                error.insert("details".to_owned(), json!([]));
            }
        }),
    ),
    row(
        "inner-error-lost-with-error",
        "An update of the error without innerError sets that to null.",
        &["REQ-MERGE-002"],
        Effect::Merge(|job, change| {
            let silent = lacks(&change, "innerError");
            merge(job, change);
            if let (true, Some(error)) = (silent, error(job)) {
                error.insert("innerError".to_owned(), Value::Null);
            }
        }),
    ),
    row(
        "message-lost-with-code",
        "A new code of the error sets its message to null.",
        &["REQ-MERGE-002"],
        Effect::Merge(|job, change| {
            let silent = lacks(&change, "message") && !lacks(&change, "code");
            merge(job, change);
            if let (true, Some(error)) = (silent, error(job)) {
                error.insert("message".to_owned(), Value::Null);
            }
        }),
    ),
    row(
        "inner-code-lost-with-inner-error",
        "An update of innerError without its code sets that to null.",
        &["REQ-MERGE-002"],
        Effect::Merge(|job, change| {
            let silent = inner(&mut change.clone()).is_some_and(|inner| !inner.contains_key("code"));
            merge(job, change);
            if let (true, Some(inner)) = (silent, inner(job)) {
                inner.insert("code".to_owned(), Value::Null);
            }
        }),
    ),
    row(
        "time-of-error-lost-with-inner-error",
        "An update of innerError without errorDateTime sets that to null.",
        &["REQ-MERGE-002"],
        Effect::Merge(|job, change| {
            let silent = inner(&mut change.clone()).is_some_and(|inner| !inner.contains_key("errorDateTime"));
            merge(job, change);
            if let (true, Some(inner)) = (silent, inner(job)) {
                inner.insert("errorDateTime".to_owned(), Value::Null);
            }
        }),
    ),
    row(
        "error-not-made-from-null",
        "An error that is null stays null.",
        &["REQ-MERGE-002", "REQ-STATUS-003", "REQ-RESP-003", "REQ-ERR-001", "REQ-BODY-001"],
        Effect::Merge(|job, mut change| {
            if job.get("error").is_none_or(Value::is_null) {
                change.shift_remove("error");
            }
            merge(job, change);
        }),
    ),
    row(
        "inner-error-not-made-from-null",
        "An innerError that is null stays null.",
        &["REQ-MERGE-002", "REQ-STATUS-003", "REQ-RESP-003", "REQ-ERR-001", "REQ-BODY-001"],
        Effect::Merge(|job, mut change| {
            if inner(job).is_none()
                && let Some(error) = error(&mut change)
            {
                error.shift_remove("innerError");
            }
            merge(job, change);
        }),
    ),
    row(
        "error-of-two-levels-only",
        "An update of innerError beside other members of the error is lost.",
        &["REQ-RESP-003", "REQ-STATUS-003", "REQ-ERR-001", "REQ-BODY-001"],
        Effect::Merge(|job, mut change| {
            if let Some(error) = error(&mut change).filter(|error| error.len() > 1) {
                error.shift_remove("innerError");
            }
            merge(job, change);
        }),
    ),
    row(
        "error-replaced-under-representation",
        "The error is replaced as a whole where the client prefers to see the job.",
        &["REQ-MERGE-002", "REQ-RESP-003"],
        Effect::After(|state, key, request| {
            let named = request.body.get("error").and_then(Value::as_object);
            let job = state.jobs.get_mut(key).filter(|_| prefers(request, "representation"));
            if let (Some(named), Some(error)) = (named, job.and_then(|job| error(&mut job.properties))) {
                for (_, value) in error.iter_mut().filter(|(name, _)| !named.contains_key(*name)) {
                    *value = if value.is_array() { json!([]) } else { Value::Null };
                }
            }
        }),
    ),
    row(
        "error-of-derived-jobs-replaced",
        "The error of a job of a derived type is replaced, not merged.",
        &["REQ-MERGE-002"],
        Effect::Merge(|current, mut change| {
            if current.contains_key("result")
                && let Some(error) = change.shift_remove("error")
            {
                current.insert("error".to_owned(), error);
            }
            merge(current, change);
        }),
    ),
    row(
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
    row(
        "inner-error-cleared-by-its-annotation",
        "An innerError with nothing but its type annotation clears all of it.",
        &["REQ-MERGE-002"],
        Effect::Parsed(|job| {
            let is_bare = |inner: &mut Object| inner.len() == 1 && inner.contains_key("@odata.type");
            if inner(job).is_some_and(is_bare)
                && let Some(error) = error(job)
            {
                error.insert("innerError".to_owned(), Value::Null);
            }
        }),
    ),
];

/// Leaves of the error what the request gives of it.
fn replace_error(state: &mut State, key: &Key, request: &Request) {
    let given = request.body.get("error").and_then(Value::as_object);
    if let (Some(given), Some(job)) = (given, state.jobs.get_mut(key))
        && let Some(error) = error(&mut job.properties)
    {
        error.retain(|name, _| given.contains_key(name));
    }
}

/// Whether an update has an error, but not this member of it.
fn lacks(change: &Object, name: &str) -> bool {
    change.get("error").and_then(Value::as_object).is_some_and(|error| !error.contains_key(name))
}
