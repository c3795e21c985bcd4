//! A property of the entity has another JSON type, or null is shown as a value.

use serde_json::{Value, json};

use super::row;
use crate::reference::effect::{Effect, Object};
use crate::reference::fault::Fault;

pub(super) const ROWS: &[Fault] = &[
    row(
        "status-is-a-number",
        "The status is shown as a number.",
        &["REQ-TYPE-001", "REQ-RESP-003"],
        Effect::Shown(|object, _, _| retype(object, "status", |_| 2.into())),
    ),
    row(
        "status-is-an-object",
        "The status is shown as an object.",
        &["REQ-TYPE-001", "REQ-RESP-003"],
        Effect::Entity(|object, _| retype(object, "status", |old| json!({"value": old}))),
    ),
    row(
        "type-is-an-array",
        "The type is shown as an array.",
        &["REQ-TYPE-001", "REQ-RESP-003"],
        Effect::Entity(|object, _| retype(object, "type", |old| json!([old]))),
    ),
    row(
        "tenant-is-a-boolean",
        "The tenantId is shown as true.",
        &["REQ-TYPE-001", "REQ-RESP-003"],
        Effect::Entity(|object, _| retype(object, "tenantId", |_| true.into())),
    ),
    row(
        "digits-become-numbers",
        "A string of digits is shown as a number.",
        &["REQ-TYPE-001", "REQ-TYPE-003"],
        Effect::Shown(|object, _, _| {
            for name in ["type", "status", "tenantId"] {
                retype(object, name, |old| {
                    old.as_str().and_then(|text| text.parse::<i64>().ok()).map_or_else(|| old.clone(), Value::from)
                });
            }
        }),
    ),
    row(
        "error-is-a-string",
        "The error is shown as its message.",
        &["REQ-TYPE-001", "REQ-ERR-001"],
        Effect::Entity(|object, _| retype(object, "error", |old| old["message"].as_str().unwrap_or("error").into())),
    ),
    row(
        "error-is-an-array",
        "The error is shown as an array of errors.",
        &["REQ-TYPE-001", "REQ-ERR-001"],
        Effect::Entity(|object, _| retype(object, "error", |old| json!([old]))),
    ),
    row(
        "error-is-false",
        "An error that is null is shown as false.",
        &["REQ-TYPE-001", "REQ-NULL-001"],
        Effect::Shown(|object, _, _| if_null(object, "error", false.into())),
    ),
    row(
        "null-error-shown-empty",
        "An error that is null is shown as an empty object.",
        &["REQ-NULL-001", "REQ-PROP-003"],
        Effect::Shown(|object, _, _| if_null(object, "error", json!({}))),
    ),
    row(
        "null-shown-as-word",
        "A status that is null is shown as the word null.",
        &["REQ-NULL-001"],
        Effect::Shown(|object, _, _| if_null(object, "status", "null".into())),
    ),
    row(
        "null-string-shown-empty",
        "A string that is null is shown as an empty string.",
        &["REQ-NULL-001"],
        Effect::Shown(|object, _, _| {
            for name in ["type", "status", "tenantId"] {
                if_null(object, name, "".into());
            }
        }),
    ),
    row(
        "null-date-shown-as-first-day",
        "A date-time that is null is shown as the first of year 1.",
        &["REQ-NULL-001"],
        Effect::Shown(|object, _, _| {
            for name in ["creationDateTime", "startDateTime", "endDateTime"] {
                if_null(object, name, "0001-01-01T00:00:00Z".into());
            }
        }),
    ),
    row(
        "empty-string-shown-as-null",
        "A string that is empty is shown as null.",
        &["REQ-TYPE-003"],
        Effect::Shown(|object, _, _| {
            for name in ["type", "status", "tenantId"] {
                retype(object, name, |old| if old == "" { Value::Null } else { old.clone() });
            }
        }),
    ),
];

/// Changes a property that is not null.
fn retype(object: &mut Object, name: &str, change: fn(&Value) -> Value) {
    if let Some(value) = object.get_mut(name).filter(|value| !value.is_null()) {
        *value = change(value);
    }
}

/// Changes a property that is null.
fn if_null(object: &mut Object, name: &str, other: Value) {
    if let Some(value) = object.get_mut(name).filter(|value| value.is_null()) {
        *value = other;
    }
}
