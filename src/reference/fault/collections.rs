//! More faults of level [`FaultLevel::Store`](super::FaultLevel::Store): what becomes of the elements of details.

use serde_json::Value;

use super::FaultLevel::Store;
use super::{Fault, row};
use crate::reference::effect::{Effect, Object};
use crate::reference::picture;
use crate::reference::store::merge;

pub(super) const ROWS: &[Fault] = &[
    row(
        Store,
        "details-appended",
        "The elements of details are added to those that are there.",
        &["REQ-MERGE-003", "REQ-RESP-003", "REQ-ERR-004", "REQ-IDEMP-001"],
        Effect::Merge(|job, change| {
            details(job, change, |mut old, new| {
                old.extend(new);
                old
            });
        }),
    ),
    row(
        Store,
        "details-put-in-front",
        "The elements of details are put in front of those that are there.",
        &["REQ-MERGE-003", "REQ-RESP-003", "REQ-ERR-004", "REQ-IDEMP-001"],
        Effect::Merge(|job, change| {
            details(job, change, |old, mut new| {
                new.extend(old);
                new
            });
        }),
    ),
    row(
        Store,
        "details-appended-unless-known",
        "Elements of details that are not there yet are added to the others.",
        &["REQ-MERGE-003", "REQ-RESP-003", "REQ-ERR-004"],
        Effect::Merge(|job, change| {
            details(job, change, |mut old, new| {
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
        Store,
        "details-merged-by-position",
        "The elements of details are merged one by one into those that are there.",
        &["REQ-MERGE-003", "REQ-RESP-003", "REQ-ERR-004"],
        Effect::Merge(|job, change| {
            details(job, change, |mut old, new| {
                let tail = old.split_off(new.len().min(old.len()));
                old = merged(old, new);
                old.extend(tail);
                old
            });
        }),
    ),
    row(
        Store,
        "elements-of-details-merged",
        "As many elements as are given remain in details, but merged with those that were there.",
        &["REQ-MERGE-003", "REQ-RESP-003", "REQ-ERR-004"],
        Effect::Merge(|job, change| {
            details(job, change, merged);
        }),
    ),
    row(
        Store,
        "details-merged-by-code",
        "An element of details takes the place of that with the same code, and the others stay.",
        &["REQ-MERGE-003", "REQ-RESP-003", "REQ-ERR-004"],
        Effect::Merge(|job, change| {
            details(job, change, |mut old, new| {
                for element in new {
                    old.retain(|known| known.get("code") != element.get("code"));
                    old.push(element);
                }
                old
            });
        }),
    ),
    row(
        Store,
        "empty-details-ignored",
        "An empty details leaves the elements that are there.",
        &["REQ-MERGE-003", "REQ-STATUS-003", "REQ-RESP-003", "REQ-ERR-004"],
        Effect::Merge(|job, change| {
            details(job, change, |old, new| if new.is_empty() { old } else { new });
        }),
    ),
    row(
        Store,
        "details-never-shrink",
        "Elements of details beyond those given stay.",
        &["REQ-MERGE-003", "REQ-RESP-003", "REQ-ERR-004"],
        Effect::Merge(|job, change| {
            details(job, change, |old, mut new| {
                new.extend(old.into_iter().skip(new.len()));
                new
            });
        }),
    ),
];

/// Merges an update whose details are joined with those that are there in this way.
fn details(job: &mut Object, mut change: Object, join: fn(Vec<Value>, Vec<Value>) -> Vec<Value>) {
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
