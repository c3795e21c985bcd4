//! A null is ignored, or leaves more or less than null.

use serde_json::{Value, json};

use super::row;
use crate::reference::effect::{Effect, Object};
use crate::reference::fault::Fault;
use crate::reference::fault::jobs::clear;
use crate::reference::picture::{error, inner};
use crate::reference::store::merge;

pub(super) const ROWS: &[Fault] = &[
    row(
        "null-for-the-empty-string-ignored",
        "The empty string stays where null replaces it.",
        &["REQ-NULL-001", "REQ-NULL-002", "REQ-RESP-003"],
        Effect::Merge(|job, mut change| {
            keep_empty(job, &mut change);
            merge(job, change);
        }),
    ),
    row(
        "null-inner-error-ignored-beside-values",
        "A null for innerError is ignored where the update sets other properties of the job too.",
        &["REQ-NULL-001", "REQ-RESP-003"],
        Effect::Change(|job| {
            let alone = job.len() == 1;
            if let Some(error) = job.get_mut("error").and_then(Value::as_object_mut).filter(|_| !alone) {
                error.retain(|name, value| name != "innerError" || !value.is_null());
            }
        }),
    ),
    row(
        "old-error-comes-back",
        "After a null for the error its old members come back with the next.",
        &["REQ-NULL-002"],
        Effect::Several(&[
            Effect::Merge(|job, change| bury(job, change, |_| true)),
            Effect::Shown(|job, _, _| cover(job)),
        ]),
    ),
    row(
        "old-details-come-back",
        "After a null for the error its old details come back with the next.",
        &["REQ-NULL-002"],
        Effect::Several(&[
            Effect::Merge(|job, change| bury(job, change, |name| name == "details")),
            Effect::Shown(|job, _, _| cover(job)),
        ]),
    ),
    row(
        "old-inner-error-comes-back",
        "After a null for the error its old innerError comes back with the next.",
        &["REQ-NULL-002"],
        Effect::Several(&[
            Effect::Merge(|job, change| bury(job, change, |name| name == "innerError")),
            Effect::Shown(|job, _, _| cover(job)),
        ]),
    ),
    row(
        "null-error-becomes-empty-object",
        "A null for the error is stored as an error without values.",
        &["REQ-NULL-001", "REQ-RESP-003"],
        Effect::Merge(|job, mut change| {
            if change.get("error").is_some_and(Value::is_null) {
                job.insert("error".to_owned(), Value::Null);
                change.insert("error".to_owned(), json!({}));
            }
            merge(job, change);
        }),
    ),
    row(
        "null-inner-error-becomes-empty-object",
        "A null for innerError is stored as one without values.",
        &["REQ-NULL-001", "REQ-RESP-003"],
        Effect::Merge(|job, mut change| {
            let null = error(&mut change).and_then(|error| error.get_mut("innerError")).filter(|inner| inner.is_null());
            if let Some(null) = null {
                *null = json!({"errorDateTime": null, "clientRequestId": null, "activityId": null, "code": null});
            }
            merge(job, change);
        }),
    ),
    row(
        "null-inside-error-clears-it",
        "A null for a member of the error sets the whole error to null.",
        &["REQ-NULL-001", "REQ-MERGE-002", "REQ-RESP-003"],
        Effect::Merge(|job, change| {
            let clears = error(&mut change.clone()).is_some_and(|error| error.values().any(Value::is_null));
            merge(job, change);
            if clears {
                job.insert("error".to_owned(), Value::Null);
            }
        }),
    ),
    row(
        "null-inside-inner-error-clears-it",
        "A null for a member of innerError sets the whole innerError to null.",
        &["REQ-NULL-001", "REQ-MERGE-002", "REQ-RESP-003", "REQ-ERR-001"],
        Effect::Merge(|job, change| {
            let clears = inner(&mut change.clone()).is_some_and(|inner| inner.values().any(Value::is_null));
            merge(job, change);
            if let (true, Some(error)) = (clears, error(job)) {
                error.insert("innerError".to_owned(), Value::Null);
            }
        }),
    ),
    row(
        "null-date-clears-all-dates",
        "A null for one date-time sets all three to null.",
        &["REQ-NULL-001", "REQ-MERGE-001"],
        Effect::Merge(|job, change| {
            let dates = ["creationDateTime", "startDateTime", "endDateTime"];
            if dates.iter().any(|name| change.get(*name).is_some_and(Value::is_null)) {
                clear(job, |name| dates.contains(&name));
            }
            merge(job, change);
        }),
    ),
    row(
        "null-status-clears-error",
        "A null for status sets the error to null.",
        &["REQ-NULL-001", "REQ-MERGE-001"],
        Effect::Merge(|job, change| {
            if change.get("status").is_some_and(Value::is_null) {
                job.insert("error".to_owned(), Value::Null);
            }
            merge(job, change);
        }),
    ),
    row(
        "null-inner-error-ignored-beside-code",
        "A null for innerError is ignored where the update sets the code of the error too.",
        &["REQ-NULL-001", "REQ-RESP-003"],
        Effect::Change(|job| {
            if let Some(error) = error(job).filter(|error| error.contains_key("code")) {
                error.retain(|name, value| name != "innerError" || !value.is_null());
            }
        }),
    ),
    row(
        "old-code-of-inner-error-comes-back",
        "After a null for the innerError its old code comes back with the next.",
        &["REQ-NULL-001", "REQ-MERGE-001", "REQ-MERGE-002"],
        Effect::Several(&[
            Effect::Merge(|job, change| {
                let old = inner(job).and_then(|inner| inner.get("code").cloned()).filter(|code| !code.is_null());
                merge(job, change);
                let buried = error(job).and_then(|error| error.get(BURIED).cloned());
                if let Some(inner) = inner(job) {
                    if let Some(code) = buried {
                        inner.entry("code").or_insert(code);
                    }
                } else if let (Some(error), Some(code)) = (error(job), old) {
                    error.insert(BURIED.to_owned(), code);
                }
            }),
            Effect::Shown(|job, _, _| {
                if let Some(error) = error(job) {
                    error.shift_remove(BURIED);
                }
            }),
        ]),
    ),
];

/// Takes out of a change what sets the empty string to null.
fn keep_empty(job: &Object, change: &mut Object) {
    change.retain(|name, value| match (job.get(name), value) {
        (Some(Value::String(text)), Value::Null) => !text.is_empty(),
        (Some(Value::Object(old)), Value::Object(new)) => {
            keep_empty(old, new);
            true
        }
        _ => true,
    });
}

/// Marks an error as null instead of dropping these members of it.
fn bury(job: &mut Object, change: Object, keep: fn(&str) -> bool) {
    let null = change.get("error").is_some_and(Value::is_null);
    let named = change.contains_key("error");
    let old = error(job).cloned();
    merge(job, change);
    if let (true, Some(mut old)) = (null, old) {
        old.retain(|name, _| keep(name));
        old.insert(BURIED.to_owned(), true.into());
        job.insert("error".to_owned(), Value::Object(old));
    } else if let (true, Some(error)) = (named, error(job)) {
        error.shift_remove(BURIED);
    }
}

const BURIED: &str = "@buried";

/// Shows a marked error as null.
fn cover(job: &mut Object) {
    if error(job).is_some_and(|error| error.contains_key(BURIED)) {
        job.insert("error".to_owned(), Value::Null);
    }
}
