//! The elements of details are shown in another form, changed, or not all of them.

use serde_json::{Value, json};

use super::row;
use crate::reference::effect::{Effect, Object};
use crate::reference::fault::Fault;
use crate::reference::fault::alter::set_member;
use crate::reference::fault::type_names::TYPE;
use crate::reference::picture::{details, error, inner};

pub(super) const ROWS: &[Fault] = &[
    row(
        "details-is-null",
        "The details of an error are shown as null.",
        &["REQ-ERR-003", "REQ-ERR-004"],
        Effect::Shown(|job, _, _| set_member(error(job), "details", Value::Null)),
    ),
    row(
        "empty-details-is-null",
        "The details of an error are shown as null if there are none.",
        &["REQ-ERR-003"],
        Effect::Shown(|job, _, _| {
            if details(job).is_some_and(|details| details.is_empty()) {
                set_member(error(job), "details", Value::Null);
            }
        }),
    ),
    row(
        "details-is-an-object",
        "The details of an error are shown as an object with numbers for names.",
        &["REQ-ERR-003", "REQ-ERR-004"],
        Effect::Shown(|job, _, _| {
            let items = details(job).cloned().unwrap_or_default();
            let items: Object = items.into_iter().enumerate().map(|(index, item)| (index.to_string(), item)).collect();
            set_member(error(job), "details", Value::Object(items));
        }),
    ),
    row(
        "single-detail-not-in-an-array",
        "A single element of details is shown without the array.",
        &["REQ-ERR-003", "REQ-ERR-004"],
        Effect::Shown(|job, _, _| {
            if let Some([one]) = details(job).map(|details| details.as_slice()) {
                let one = one.clone();
                set_member(error(job), "details", one);
            }
        }),
    ),
    row(
        "empty-details-is-a-string",
        "The details of an error are shown as an empty string if there are none.",
        &["REQ-ERR-003"],
        Effect::Shown(|job, _, _| {
            if details(job).is_some_and(|details| details.is_empty()) {
                set_member(error(job), "details", "".into());
            }
        }),
    ),
    row(
        "details-in-value",
        "The details of an error are shown as an object with value.",
        &["REQ-ERR-003", "REQ-ERR-004"],
        Effect::Entity(|job, _| {
            let items = details(job).cloned().unwrap_or_default();
            set_member(error(job), "details", json!({"value": items}));
        }),
    ),
    row(
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
        "empty-element-dropped",
        "An element of details without values is not shown.",
        &["REQ-ERR-004", "REQ-RESP-003"],
        Effect::Shown(|job, _, _| {
            elements(job, |items| items.retain(|item| !is_bare(item)));
        }),
    ),
    row(
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
        "first-element-only",
        "Only the first element of details is shown.",
        &["REQ-ERR-004", "REQ-RESP-003"],
        Effect::Shown(|job, _, _| elements(job, |items| items.truncate(1))),
    ),
    row(
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
        "equal-elements-shown-once",
        "Elements of details that are equal are shown once.",
        &["REQ-ERR-004", "REQ-RESP-003"],
        Effect::Shown(|job, _, _| elements(job, std::vec::Vec::dedup)),
    ),
    row(
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
        "element-added",
        "An element is added to details in every answer.",
        &["REQ-ERR-004", "REQ-RESP-003"],
        Effect::Entity(|job, _| elements(job, |items| items.push(json!({"code": "more"})))),
    ),
    row(
        "message-of-element-lost",
        "The message of an element of details is shown as null.",
        &["REQ-ERR-004", "REQ-RESP-003"],
        Effect::Shown(|job, _, _| each(job, |item| set_member(Some(item), "message", Value::Null))),
    ),
    row(
        "target-of-element-lost",
        "The target of an element of details is not shown.",
        &["REQ-ERR-004", "REQ-RESP-003"],
        Effect::Shown(|job, _, _| each(job, |item| drop(item.shift_remove("target")))),
    ),
    row(
        "inner-error-of-element-lost",
        "The innerError of an element of details is shown as null.",
        &["REQ-ERR-004", "REQ-RESP-003"],
        Effect::Shown(|job, _, _| each(job, |item| set_member(Some(item), "innerError", Value::Null))),
    ),
    row(
        "elements-shown-as-codes",
        "The elements of details are shown as their codes.",
        &["REQ-ERR-004", "REQ-RESP-003"],
        Effect::Entity(|job, _| {
            elements(job, |items| items.iter_mut().for_each(|item| *item = item["code"].take()));
        }),
    ),
    row(
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
    row(
        "inner-error-of-second-level-lost",
        "The innerError of an element in the details of an element is not shown.",
        &["REQ-ERR-004"],
        Effect::Shown(|job, _, _| {
            for element in details(job).into_iter().flatten() {
                let inner = element.get_mut("details").and_then(Value::as_array_mut).into_iter().flatten();
                for element in inner.filter_map(Value::as_object_mut) {
                    element.insert("innerError".to_owned(), Value::Null);
                }
            }
        }),
    ),
    row(
        "right-spelling-shown",
        "An element of details is shown with the type name classificationErrorBase.",
        &["REQ-ERR-005"],
        Effect::Shown(|job, _, _| element(job, "microsoft.graph.classificationErrorBase")),
    ),
    row(
        "right-spelling-shown-with-hash",
        "An element of details is shown with the type name #microsoft.graph.classificationErrorBase.",
        &["REQ-ERR-005"],
        Effect::Entity(|job, _| element(job, "#microsoft.graph.classificationErrorBase")),
    ),
    row(
        "element-shown-as-job",
        "An element of details is shown with the type name of a job.",
        &["REQ-ERR-005"],
        Effect::Shown(|job, _, _| element(job, "microsoft.graph.jobResponseBase")),
    ),
    row(
        "element-shown-as-inner-error",
        "An element of details is shown with the type name of innerError.",
        &["REQ-ERR-005"],
        Effect::Shown(|job, _, _| element(job, "microsoft.graph.classificationInnerError")),
    ),
    row(
        "element-shown-with-old-name",
        "An element of details is shown with the type name caasError.",
        &["REQ-ERR-005"],
        Effect::Shown(|job, _, _| element(job, "microsoft.graph.caasError")),
    ),
    row(
        "element-type-without-namespace",
        "An element of details is shown with a type name without namespace.",
        &["REQ-ERR-005"],
        Effect::Shown(|job, _, _| element(job, "classifcationErrorBase")),
    ),
    row(
        "second-element-of-wrong-type",
        "The second element of details is shown with the type name classificationErrorBase.",
        &["REQ-ERR-005"],
        Effect::Shown(|job, _, _| {
            if let Some(second) = details(job).and_then(|details| details.get_mut(1)).and_then(Value::as_object_mut) {
                second.insert(TYPE.to_owned(), "microsoft.graph.classificationErrorBase".into());
            }
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

/// Gives every element of details another type name.
fn element(job: &mut Object, name: &str) {
    for item in details(job).into_iter().flatten().filter_map(Value::as_object_mut) {
        item.insert(TYPE.to_owned(), name.into());
    }
}
