//! The elements of details are joined with those that were there, or with each other.

use serde_json::Value;

use super::row;
use crate::reference::effect::{Effect, Object};
use crate::reference::fault::Fault;
use crate::reference::fault::given::is_long;
use crate::reference::fault::jobs::is_derived;
use crate::reference::picture::{self, details};
use crate::reference::store::{Job, merge};

pub(super) const ROWS: &[Fault] = &[
    row(
        "details-appended",
        "The elements of details are added to those that are there.",
        &["REQ-MERGE-003", "REQ-RESP-003", "REQ-ERR-004", "REQ-IDEMP-001"],
        Effect::Merge(|job, change| {
            join_details(job, change, |mut old, new| {
                old.extend(new);
                old
            });
        }),
    ),
    row(
        "details-put-in-front",
        "The elements of details are put in front of those that are there.",
        &["REQ-MERGE-003", "REQ-RESP-003", "REQ-ERR-004", "REQ-IDEMP-001"],
        Effect::Merge(|job, change| {
            join_details(job, change, |old, mut new| {
                new.extend(old);
                new
            });
        }),
    ),
    row(
        "details-appended-unless-known",
        "Elements of details that are not there yet are added to the others.",
        &["REQ-MERGE-003", "REQ-RESP-003", "REQ-ERR-004"],
        Effect::Merge(|job, change| {
            join_details(job, change, |mut old, new| {
                for element in new {
                    if !old.contains(&element) {
                        old.push(element);
                    }
                }
                old
            });
        }),
    ),
    row(
        "details-merged-by-position",
        "The elements of details are merged one by one into those that are there.",
        &["REQ-MERGE-003", "REQ-RESP-003", "REQ-ERR-004"],
        Effect::Merge(|job, change| {
            join_details(job, change, |mut old, new| {
                let tail = old.split_off(new.len().min(old.len()));
                old = merged(old, new);
                old.extend(tail);
                old
            });
        }),
    ),
    row(
        "elements-of-details-merged",
        "As many elements as are given remain in details, but merged with those that were there.",
        &["REQ-MERGE-003", "REQ-RESP-003", "REQ-ERR-004"],
        Effect::Merge(|job, change| {
            join_details(job, change, merged);
        }),
    ),
    row(
        "details-merged-by-code",
        "An element of details takes the place of that with the same code, and the others stay.",
        &["REQ-MERGE-003", "REQ-RESP-003", "REQ-ERR-004"],
        Effect::Merge(|job, change| {
            join_details(job, change, |mut old, new| {
                for element in new {
                    old.retain(|known| known.get("code") != element.get("code"));
                    old.push(element);
                }
                old
            });
        }),
    ),
    row(
        "empty-details-ignored",
        "An empty details leaves the elements that are there.",
        &["REQ-MERGE-003", "REQ-STATUS-003", "REQ-RESP-003", "REQ-ERR-004"],
        Effect::Merge(|job, change| {
            join_details(job, change, |old, new| if new.is_empty() { old } else { new });
        }),
    ),
    row(
        "details-never-shrink",
        "Elements of details beyond those given stay.",
        &["REQ-MERGE-003", "REQ-RESP-003", "REQ-ERR-004"],
        Effect::Merge(|job, change| {
            join_details(job, change, |old, mut new| {
                new.extend(old.into_iter().skip(new.len()));
                new
            });
        }),
    ),
    row(
        "details-appended-in-long-updates",
        "Elements of details are added to the old ones where the update has more than 1,500 octets.",
        &["REQ-MERGE-003", "REQ-RESP-003"],
        Effect::After(|state, key, request| {
            let named = request.body.get("error").is_some_and(|error| error.get("details").is_some());
            let job = state.jobs.get_mut(key).filter(|_| named && is_long(request));
            let Some(job) = job else { return };
            let mut all = details(&mut job.previous).cloned().unwrap_or_default();
            if let Some(new) = details(&mut job.properties) {
                all.append(new);
                *new = all;
            }
        }),
    ),
    row(
        "empty-elements-of-derived-jobs-dropped",
        "Elements of details that hold nothing are dropped from a job of a derived type.",
        &["REQ-ERR-004"],
        Effect::After(|state, key, _| {
            let job: Option<&mut Job> = state.jobs.get_mut(key).filter(|job| is_derived(job));
            if let Some(elements) = job.and_then(|job| details(&mut job.properties)) {
                let holds = |element: &Value| element.as_object().is_some_and(|all| all.values().any(|v| !v.is_null()));
                elements.retain(holds);
            }
        }),
    ),
    row(
        "inner-error-taken-over-from-the-element-before",
        "An element of details without an innerError takes over that of the one before.",
        &["REQ-ERR-004"],
        Effect::Change(|change| {
            let error = change.get_mut("error").and_then(Value::as_object_mut);
            let Some(Value::Array(elements)) = error.and_then(|error| error.get_mut("details")) else { return };
            let mut last = None;
            for element in elements.iter_mut().filter_map(Value::as_object_mut) {
                take_over(element, &mut last);
            }
        }),
    ),
    row(
        "third-level-of-details-emptied",
        "The details of the details of an element are stored without elements.",
        &["REQ-ERR-004", "REQ-RESP-003"],
        Effect::Change(|change| {
            let first = details(change).into_iter().flatten().filter_map(Value::as_object_mut);
            let second = first.flat_map(|element| own_details(element).into_iter().flatten());
            for element in second.filter_map(Value::as_object_mut) {
                if let Some(third) = own_details(element) {
                    third.clear();
                }
            }
        }),
    ),
    row(
        "details-beyond-255-cut",
        "Elements of details beyond the two hundred and fifty-fifth are cut.",
        &["REQ-ERR-004", "REQ-RESP-003"],
        Effect::Change(|change| {
            if let Some(elements) = details(change) {
                elements.truncate(255);
            }
        }),
    ),
];

/// The details that an element has of its own.
fn own_details(element: &mut Object) -> Option<&mut Vec<Value>> {
    element.get_mut("details")?.as_array_mut()
}

/// Merges an update whose details are joined with those that are there in this way.
fn join_details(job: &mut Object, mut change: Object, join: fn(Vec<Value>, Vec<Value>) -> Vec<Value>) {
    let old = picture::details(job).cloned().unwrap_or_default();
    if let Some(new) = picture::details(&mut change) {
        *new = join(old, std::mem::take(new));
    }
    merge(job, change);
}

/// Merges elements pair by pair; there are as many as new ones.
fn merged(old: Vec<Value>, new: Vec<Value>) -> Vec<Value> {
    let mut old = old.into_iter();
    let pair = |new: Value| match (old.next(), new) {
        (Some(Value::Object(mut all)), Value::Object(new)) => {
            merge(&mut all, new);
            Value::Object(all)
        }
        (_, new) => new,
    };
    new.into_iter().map(pair).collect()
}

fn take_over(element: &mut Object, last: &mut Option<Value>) {
    match element.get("innerError") {
        Some(inner) => *last = Some(inner.clone()),
        None => {
            if let Some(inner) = &last {
                element.insert("innerError".to_owned(), inner.clone());
            }
        }
    }
}
