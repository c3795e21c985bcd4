//! Faults of level [`FaultLevel::Store`](super::FaultLevel::Store): how the error is merged into what is there.

use serde_json::{Value, json};

use super::FaultLevel::Store;
use super::alter::{content, patches, set_content};
use super::{Fault, row};
use crate::reference::effect::{Effect, Object};
use crate::reference::message::Request;
use crate::reference::picture::{error, inner};
use crate::reference::store::{Key, State, merge};

pub(super) const ROWS: &[Fault] = &[
    row(
        Store,
        "error-replaced",
        "The error is replaced as a whole.",
        &["REQ-MERGE-002"],
        Effect::Merge(|job, change| {
            job.extend(change);
        }),
    ),
    row(
        Store,
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
        Store,
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
        Store,
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
        Store,
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
        Store,
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
        Store,
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
        Store,
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
        Store,
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
        Store,
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
        Store,
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
        Store,
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
        Store,
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
        Store,
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
