//! A null is refused or ignored, or becomes something else.

use serde_json::Value;

use super::row;
use crate::reference::effect::{Effect, Object};
use crate::reference::fault::Fault;
use crate::reference::fault::alter::{any, crashed, each, is_date, is_text, refused};
use crate::reference::fault::edit::{edit, first_error};
use crate::reference::fault::given::has_parameter;

pub(super) const ROWS: &[Fault] = &[
    row(
        "null-refused",
        "A null is refused for every property.",
        &["REQ-NULL-001"],
        Effect::Refuse(|object, _| refused(any(object, &|name, value| name != "details" && value.is_null()))),
    ),
    row(
        "null-type-refused",
        "A null for type is refused.",
        &["REQ-NULL-001"],
        Effect::Refuse(|object, _| refused(is_null(object, "type"))),
    ),
    row(
        "null-status-refused",
        "A null for status is refused.",
        &["REQ-NULL-001"],
        Effect::Refuse(|object, _| refused(is_null(object, "status"))),
    ),
    row(
        "null-tenant-refused",
        "A null for tenantId is refused.",
        &["REQ-NULL-001"],
        Effect::Refuse(|object, _| refused(is_null(object, "tenantId"))),
    ),
    row(
        "null-end-crashes",
        "A null for endDateTime ends in 500.",
        &["REQ-NULL-001", "REQ-STATUS-002"],
        Effect::Refuse(|object, _| crashed(is_null(object, "endDateTime"))),
    ),
    row(
        "null-date-refused",
        "A null for a date-time is refused.",
        &["REQ-NULL-001"],
        Effect::Refuse(|object, _| refused(any(object, &|name, value| is_date(name) && value.is_null()))),
    ),
    row(
        "null-error-refused",
        "A null for the error is refused.",
        &["REQ-NULL-001", "REQ-NULL-002"],
        Effect::Refuse(|object, _| refused(is_null(object, "error"))),
    ),
    row(
        "null-error-crashes",
        "A null for the error ends in 500.",
        &["REQ-NULL-001", "REQ-NULL-002", "REQ-STATUS-002"],
        Effect::Refuse(|object, _| crashed(is_null(object, "error"))),
    ),
    row(
        "null-inside-error-refused",
        "A null for a string inside the error is refused.",
        &["REQ-NULL-001"],
        Effect::Refuse(|object, _| {
            let error = object.get("error").and_then(Value::as_object);
            refused(error.is_some_and(|error| error.iter().any(|(name, value)| is_text(name) && value.is_null())))
        }),
    ),
    row(
        "null-inner-error-refused",
        "A null for innerError is refused.",
        &["REQ-NULL-001"],
        Effect::Refuse(|object, _| refused(any(object, &|name, value| name == "innerError" && value.is_null()))),
    ),
    row(
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
        "null-ignored",
        "A null at the root leaves the property as it is.",
        &["REQ-NULL-001", "REQ-STATUS-003", "REQ-RESP-003"],
        Effect::Parsed(|object| object.retain(|name, value| name == "id" || !value.is_null())),
    ),
    row(
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
        "null-details-crashes",
        "A null for details ends in 500.",
        &["REQ-NULL-003", "REQ-STATUS-002"],
        Effect::Refuse(|object, _| crashed(any(object, &|name, value| name == "details" && value.is_null()))),
    ),
    row(
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
        "null-ignored-beside-a-charset",
        "A null is ignored where the media type has a parameter.",
        &["REQ-NULL-001", "REQ-STATUS-003", "REQ-RESP-003"],
        Effect::Request(|request| edit(request, has_parameter, |object| object.retain(|_, value| !value.is_null()))),
    ),
    row(
        "null-becomes-empty-in-an-error-that-was-null",
        "A null for a member becomes the empty string in an error that was null.",
        &["REQ-NULL-001"],
        Effect::Place(|request, state| {
            first_error(request, state, |error| {
                for (_, value) in error.iter_mut().filter(|(name, value)| is_text(name) && value.is_null()) {
                    *value = "".into();
                }
            });
        }),
    ),
];

fn is_null(object: &Object, name: &str) -> bool {
    object.get(name).is_some_and(Value::is_null)
}
