//! More faults of level [`FaultLevel::Validation`](super::FaultLevel::Validation): a null that is legal, or is not.

use serde_json::Value;

use super::FaultLevel::Validation;
use super::alter::{any, any_string, crashed, each, is_date, is_text, refused};
use super::{Fault, row};
use crate::reference::effect::{Effect, Object};
use crate::reference::picture::details;

pub(super) const ROWS: &[Fault] = &[
    row(
        Validation,
        "null-elements-dropped",
        "A null among the elements of details is left out.",
        &["REQ-ERR-004"],
        Effect::Parsed(|body| {
            if let Some(elements) = details(body) {
                elements.retain(|element| !element.is_null());
            }
        }),
    ),
    row(
        Validation,
        "null-refused",
        "A null is refused for every property.",
        &["REQ-NULL-001"],
        Effect::Refuse(|object, _| refused(any(object, &|name, value| name != "details" && value.is_null()))),
    ),
    row(
        Validation,
        "null-type-refused",
        "A null for type is refused.",
        &["REQ-NULL-001"],
        Effect::Refuse(|object, _| refused(is_null(object, "type"))),
    ),
    row(
        Validation,
        "null-status-refused",
        "A null for status is refused.",
        &["REQ-NULL-001"],
        Effect::Refuse(|object, _| refused(is_null(object, "status"))),
    ),
    row(
        Validation,
        "null-tenant-refused",
        "A null for tenantId is refused.",
        &["REQ-NULL-001"],
        Effect::Refuse(|object, _| refused(is_null(object, "tenantId"))),
    ),
    row(
        Validation,
        "null-end-crashes",
        "A null for endDateTime ends in 500.",
        &["REQ-NULL-001", "REQ-STATUS-002"],
        Effect::Refuse(|object, _| crashed(is_null(object, "endDateTime"))),
    ),
    row(
        Validation,
        "null-date-refused",
        "A null for a date-time is refused.",
        &["REQ-NULL-001"],
        Effect::Refuse(|object, _| refused(any(object, &|name, value| is_date(name) && value.is_null()))),
    ),
    row(
        Validation,
        "null-error-refused",
        "A null for the error is refused.",
        &["REQ-NULL-001", "REQ-NULL-002"],
        Effect::Refuse(|object, _| refused(is_null(object, "error"))),
    ),
    row(
        Validation,
        "null-error-crashes",
        "A null for the error ends in 500.",
        &["REQ-NULL-001", "REQ-NULL-002", "REQ-STATUS-002"],
        Effect::Refuse(|object, _| crashed(is_null(object, "error"))),
    ),
    row(
        Validation,
        "null-inside-error-refused",
        "A null for a string inside the error is refused.",
        &["REQ-NULL-001"],
        Effect::Refuse(|object, _| {
            let error = object.get("error").and_then(Value::as_object);
            refused(error.is_some_and(|error| error.iter().any(|(name, value)| is_text(name) && value.is_null())))
        }),
    ),
    row(
        Validation,
        "null-inner-error-refused",
        "A null for innerError is refused.",
        &["REQ-NULL-001"],
        Effect::Refuse(|object, _| refused(any(object, &|name, value| name == "innerError" && value.is_null()))),
    ),
    row(
        Validation,
        "null-in-inner-error-refused",
        "A null inside innerError is refused.",
        &["REQ-NULL-001"],
        Effect::Refuse(|object, _| {
            refused(any(object, &|name, value| {
                name == "innerError" && value.as_object().is_some_and(|inner| inner.values().any(Value::is_null))
            }))
        }),
    ),
    row(
        Validation,
        "null-ignored",
        "A null at the root leaves the property as it is.",
        &["REQ-NULL-001", "REQ-STATUS-003", "REQ-RESP-003"],
        Effect::Parsed(|object| object.retain(|name, value| name == "id" || !value.is_null())),
    ),
    row(
        Validation,
        "null-inside-error-ignored",
        "A null inside the error leaves the member as it is.",
        &["REQ-NULL-001", "REQ-STATUS-003", "REQ-RESP-003"],
        Effect::Parsed(|object| {
            each(object, &mut |name, value| {
                if let (true, Value::Object(inner)) = (["error", "innerError"].contains(&name), value) {
                    inner.retain(|name, value| name == "details" || !value.is_null());
                }
            });
        }),
    ),
    row(
        Validation,
        "null-string-becomes-empty",
        "A null for a string is stored as the empty string.",
        &["REQ-NULL-001", "REQ-RESP-003"],
        Effect::Change(|change| {
            each(change, &mut |name, value| {
                if is_text(name) && value.is_null() {
                    *value = "".into();
                }
            });
        }),
    ),
    row(
        Validation,
        "null-details-crashes",
        "A null for details ends in 500.",
        &["REQ-NULL-003", "REQ-STATUS-002"],
        Effect::Refuse(|object, _| crashed(any(object, &|name, value| name == "details" && value.is_null()))),
    ),
    row(
        Validation,
        "null-details-ignored",
        "A null for details is answered 200 and leaves the elements.",
        &["REQ-NULL-003", "REQ-STATUS-003"],
        Effect::Parsed(|object| {
            each(object, &mut |name, value| {
                if let (true, Value::Object(inner)) = (name == "error", value) {
                    inner.retain(|name, value| name != "details" || !value.is_null());
                }
            });
        }),
    )
    .mild(),
    row(
        Validation,
        "null-character-crashes",
        "A string with U+0000 ends in 500.",
        &["REQ-STATUS-002"],
        Effect::Refuse(|object, _| crashed(any_string(object, is_text, |text| text.contains('\0')))),
    ),
];

fn is_null(object: &Object, name: &str) -> bool {
    object.get(name).is_some_and(Value::is_null)
}
