//! More faults of level [`FaultLevel::Value`](super::FaultLevel::Value): how the elements of details are shown.

use serde_json::{Value, json};

use super::FaultLevel::Value as Level;
use super::{Fault, row};
use crate::reference::effect::{Effect, Object};
use crate::reference::picture::{details, error, inner};

pub(super) const ROWS: &[Fault] = &[
    row(
        Level,
        "details-is-null",
        "The details of an error are shown as null.",
        &["REQ-ERR-003", "REQ-ERR-004"],
        Effect::Shown(|job, _, _| set(error(job), "details", Value::Null)),
    ),
    row(
        Level,
        "empty-details-is-null",
        "The details of an error are shown as null if there are none.",
        &["REQ-ERR-003"],
        Effect::Shown(|job, _, _| {
            if details(job).is_some_and(|details| details.is_empty()) {
                set(error(job), "details", Value::Null);
            }
        }),
    ),
    row(
        Level,
        "details-is-an-object",
        "The details of an error are shown as an object with numbers for names.",
        &["REQ-ERR-003", "REQ-ERR-004"],
        Effect::Shown(|job, _, _| {
            let items = details(job).cloned().unwrap_or_default();
            let items: Object = items.into_iter().enumerate().map(|(index, item)| (index.to_string(), item)).collect();
            set(error(job), "details", Value::Object(items));
        }),
    ),
    row(
        Level,
        "single-detail-not-in-an-array",
        "A single element of details is shown without the array.",
        &["REQ-ERR-003", "REQ-ERR-004"],
        Effect::Shown(|job, _, _| {
            if let Some([one]) = details(job).map(|details| details.as_slice()) {
                let one = one.clone();
                set(error(job), "details", one);
            }
        }),
    ),
    row(
        Level,
        "empty-details-is-a-string",
        "The details of an error are shown as an empty string if there are none.",
        &["REQ-ERR-003"],
        Effect::Shown(|job, _, _| {
            if details(job).is_some_and(|details| details.is_empty()) {
                set(error(job), "details", "".into());
            }
        }),
    ),
    row(
        Level,
        "details-in-value",
        "The details of an error are shown as an object with value.",
        &["REQ-ERR-003", "REQ-ERR-004"],
        Effect::Entity(|job, _| {
            let items = details(job).cloned().unwrap_or_default();
            set(error(job), "details", json!({"value": items}));
        }),
    ),
    row(
        Level,
        "inner-error-of-element-shared",
        "The innerError of an element is left out where it equals that of the error.",
        &["REQ-ERR-004"],
        Effect::Shown(|job, _, _| {
            let Some(outer) = inner(job).cloned() else { return };
            for element in details(job).into_iter().flatten().filter_map(Value::as_object_mut) {
                if element.get("innerError").and_then(Value::as_object) == Some(&outer) {
                    element.insert("innerError".to_owned(), Value::Null);
                }
            }
        }),
    ),
    row(
        Level,
        "empty-element-dropped",
        "An element of details without values is not shown.",
        &["REQ-ERR-004", "REQ-RESP-003"],
        Effect::Shown(|job, _, _| {
            elements(job, |items| items.retain(|item| !is_bare(item)));
        }),
    ),
    row(
        Level,
        "empty-element-is-null",
        "An element of details without values is shown as null.",
        &["REQ-ERR-004", "REQ-RESP-003"],
        Effect::Shown(|job, _, _| {
            elements(job, |items| {
                for item in items.iter_mut().filter(|item| is_bare(item)) {
                    *item = Value::Null;
                }
            });
        }),
    ),
    row(
        Level,
        "first-element-only",
        "Only the first element of details is shown.",
        &["REQ-ERR-004", "REQ-RESP-003"],
        Effect::Shown(|job, _, _| elements(job, |items| items.truncate(1))),
    ),
    row(
        Level,
        "last-of-three-elements-lost",
        "Of more than two elements of details the last is not shown.",
        &["REQ-ERR-004", "REQ-RESP-003"],
        Effect::Shown(|job, _, _| {
            elements(job, |items| {
                if items.len() > 2 {
                    items.pop();
                }
            });
        }),
    ),
    row(
        Level,
        "equal-elements-shown-once",
        "Elements of details that are equal are shown once.",
        &["REQ-ERR-004", "REQ-RESP-003"],
        Effect::Shown(|job, _, _| elements(job, std::vec::Vec::dedup)),
    ),
    row(
        Level,
        "first-element-repeated",
        "Every element of details is shown as the first.",
        &["REQ-ERR-004", "REQ-RESP-003"],
        Effect::Shown(|job, _, _| {
            elements(job, |items| {
                if let Some(first) = items.first().cloned() {
                    items.fill(first);
                }
            });
        }),
    ),
    row(
        Level,
        "element-added",
        "An element is added to details in every answer.",
        &["REQ-ERR-004", "REQ-RESP-003"],
        Effect::Entity(|job, _| elements(job, |items| items.push(json!({"code": "more"})))),
    ),
    row(
        Level,
        "message-of-element-lost",
        "The message of an element of details is shown as null.",
        &["REQ-ERR-004", "REQ-RESP-003"],
        Effect::Shown(|job, _, _| each(job, |item| set(Some(item), "message", Value::Null))),
    ),
    row(
        Level,
        "target-of-element-lost",
        "The target of an element of details is not shown.",
        &["REQ-ERR-004", "REQ-RESP-003"],
        Effect::Shown(|job, _, _| each(job, |item| drop(item.shift_remove("target")))),
    ),
    row(
        Level,
        "inner-error-of-element-lost",
        "The innerError of an element of details is shown as null.",
        &["REQ-ERR-004", "REQ-RESP-003"],
        Effect::Shown(|job, _, _| each(job, |item| set(Some(item), "innerError", Value::Null))),
    ),
    row(
        Level,
        "elements-shown-as-codes",
        "The elements of details are shown as their codes.",
        &["REQ-ERR-004", "REQ-RESP-003"],
        Effect::Entity(|job, _| {
            elements(job, |items| items.iter_mut().for_each(|item| *item = item["code"].take()));
        }),
    ),
    row(
        Level,
        "code-of-element-in-upper-case",
        "The code of an element of details is shown in upper case.",
        &["REQ-ERR-004", "REQ-TYPE-003", "REQ-RESP-003"],
        Effect::Shown(|job, _, _| {
            each(job, |item| {
                if let Some(Value::String(code)) = item.get_mut("code") {
                    *code = code.to_uppercase();
                }
            });
        }),
    ),
    row(
        Level,
        "time-of-element-without-offset",
        "The errorDateTime in an element of details is shown without its offset.",
        &["REQ-DTO-001", "REQ-ERR-004"],
        Effect::Shown(|job, _, _| {
            each(job, |item| {
                if let Some(Value::String(time)) =
                    item.get_mut("innerError").and_then(|inner| inner.get_mut("errorDateTime"))
                {
                    time.truncate(19);
                }
            });
        }),
    ),
];

/// Whether an element has no values.
fn is_bare(item: &Value) -> bool {
    item.as_object().is_some_and(|item| item.iter().all(|(name, value)| name.contains('@') || value.is_null()))
}

/// Changes the elements of details.
fn elements(job: &mut Object, change: impl Fn(&mut Vec<Value>)) {
    if let Some(items) = details(job) {
        change(items);
    }
}

/// Changes each element of details.
fn each(job: &mut Object, change: fn(&mut Object)) {
    elements(job, |items| items.iter_mut().filter_map(Value::as_object_mut).for_each(change));
}

fn set(object: Option<&mut Object>, name: &str, value: Value) {
    if let Some(object) = object {
        object.insert(name.to_owned(), value);
    }
}
