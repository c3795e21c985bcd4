//! Faults of level [`FaultLevel::Validation`](super::FaultLevel::Validation): from a JSON value to an update.

use serde_json::Value;

use super::Fault;
use super::FaultLevel::Validation;
use super::alter::{any, any_string, crashed, each, each_string, is_text, refused, row};
use crate::reference::effect::{Effect, Object};

const SEVEN: [&str; 7] = ["type", "status", "tenantId", "creationDateTime", "startDateTime", "endDateTime", "error"];

pub(super) const ROWS: &[Fault] = &[
    row(
        Validation,
        "id-required",
        "A body without id is refused.",
        &["REQ-BODY-002", "REQ-BODY-001", "REQ-PATH-001"],
        Effect::Refuse(|object, _| refused(!object.contains_key("id"))),
    ),
    row(
        Validation,
        "all-properties-required",
        "A body that lacks one of the seven properties is refused.",
        &["REQ-BODY-004", "REQ-MERGE-001"],
        Effect::Refuse(|object, _| refused(!object.is_empty() && SEVEN.iter().any(|name| !object.contains_key(*name)))),
    ),
    row(
        Validation,
        "status-required",
        "A body without status is refused.",
        &["REQ-BODY-004"],
        Effect::Refuse(|object, _| refused(!object.is_empty() && !object.contains_key("status"))),
    ),
    row(
        Validation,
        "status-alone-refused",
        "A body with only the status is refused.",
        &["REQ-BODY-004"],
        Effect::Refuse(|object, _| refused(only(object, &["status"]))),
    ),
    row(
        Validation,
        "dates-alone-refused",
        "A body with only date-times is refused.",
        &["REQ-BODY-004"],
        Effect::Refuse(|object, _| refused(only(object, &["creationDateTime", "startDateTime", "endDateTime"]))),
    ),
    row(
        Validation,
        "error-alone-refused",
        "A body with only the error is refused.",
        &["REQ-BODY-004"],
        Effect::Refuse(|object, _| refused(only(object, &["error"]))),
    ),
    row(
        Validation,
        "tenant-alone-crashes",
        "A body with only the tenantId ends in 500.",
        &["REQ-BODY-004", "REQ-STATUS-002"],
        Effect::Refuse(|object, _| crashed(only(object, &["tenantId"]))),
    ),
    row(
        Validation,
        "creation-time-read-only",
        "A body with creationDateTime is refused.",
        &["REQ-BODY-004", "REQ-BODY-001", "REQ-PATH-001"],
        Effect::Refuse(|object, _| refused(object.contains_key("creationDateTime"))),
    ),
    row(
        Validation,
        "type-read-only",
        "A body with type is refused.",
        &["REQ-BODY-004", "REQ-BODY-001", "REQ-TYPE-004"],
        Effect::Refuse(|object, _| refused(object.contains_key("type"))),
    ),
    row(
        Validation,
        "closed-list-of-status",
        "Only four values of status are accepted.",
        &["REQ-TYPE-004", "REQ-BODY-001", "REQ-PATH-001"],
        Effect::Refuse(|object, _| {
            refused(outside(object, "status", &["notStarted", "running", "succeeded", "failed"]))
        }),
    ),
    row(
        Validation,
        "closed-list-of-type",
        "Only the names of the five kinds of job are accepted for type.",
        &["REQ-TYPE-004", "REQ-BODY-001", "REQ-PATH-001"],
        Effect::Refuse(|object, _| {
            refused(outside(object, "type", &["classifyFile", "classifyText", "evaluateLabel", "evaluateDlpPolicies"]))
        }),
    ),
    row(
        Validation,
        "unlisted-status-crashes",
        "A status that is not known ends in 500.",
        &["REQ-TYPE-004", "REQ-STATUS-002", "REQ-BODY-001"],
        Effect::Refuse(|object, _| {
            crashed(outside(object, "status", &["notStarted", "running", "succeeded", "failed"]))
        }),
    ),
    row(
        Validation,
        "only-values-of-the-sample",
        "A status other than that of the page is refused if the type is that of the page.",
        &["REQ-TYPE-004", "REQ-BODY-006"],
        Effect::Refuse(|object, _| {
            let page = object.get("type").and_then(Value::as_str) == Some("Type value");
            refused(page && outside(object, "status", &["Status value"]))
        }),
    ),
    row(
        Validation,
        "unlisted-status-becomes-unknown",
        "A status that is neither of the page nor of a job at the start is stored as unknownFutureValue.",
        &["REQ-TYPE-004", "REQ-RESP-003", "REQ-STATUS-003"],
        Effect::Change(|change| {
            if outside(change, "status", &["Status value", "notStarted", "running", "succeeded", "failed"]) {
                change.insert("status".to_owned(), "unknownFutureValue".into());
            }
        }),
    ),
    row(
        Validation,
        "tenant-has-to-be-guid",
        "A tenantId that is no GUID is refused.",
        &["REQ-BODY-001", "REQ-PATH-001", "REQ-BODY-004"],
        Effect::Refuse(|object, _| {
            let tenant = object.get("tenantId").and_then(Value::as_str);
            refused(tenant.is_some_and(|tenant| uuid::Uuid::parse_str(tenant).is_err()))
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
        Effect::Refuse(|object, _| refused(any(object, &|name, value| super::alter::is_date(name) && value.is_null()))),
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
    ),
    row(
        Validation,
        "empty-string-refused",
        "An empty string is refused.",
        &["REQ-TYPE-003"],
        Effect::Refuse(|object, _| refused(any_string(object, is_text, str::is_empty))),
    ),
    row(
        Validation,
        "empty-string-crashes",
        "An empty string ends in 500.",
        &["REQ-TYPE-003", "REQ-STATUS-002"],
        Effect::Refuse(|object, _| crashed(any_string(object, is_text, str::is_empty))),
    ),
    row(
        Validation,
        "surrounding-spaces-refused",
        "A string that begins or ends with a space is refused.",
        &["REQ-TYPE-003"],
        Effect::Refuse(|object, _| refused(any_string(object, is_text, |text| text != text.trim_matches(' ')))),
    ),
    row(
        Validation,
        "non-ascii-refused",
        "A string with characters beyond ASCII is refused.",
        &["REQ-TYPE-003"],
        Effect::Refuse(|object, _| refused(any_string(object, is_text, |text| !text.is_ascii()))),
    ),
    row(
        Validation,
        "emoji-crash",
        "A string with characters beyond U+FFFF ends in 500.",
        &["REQ-TYPE-003", "REQ-STATUS-002"],
        Effect::Refuse(|object, _| {
            crashed(any_string(object, is_text, |text| text.chars().any(|letter| letter > '\u{ffff}')))
        }),
    ),
    row(
        Validation,
        "markup-refused",
        "A string with angle brackets is refused.",
        &["REQ-SEC-003"],
        Effect::Refuse(|object, _| refused(any_string(object, is_text, |text| text.contains('<')))),
    ),
    row(
        Validation,
        "quote-crashes",
        "A string with a quote ends in 500.",
        &["REQ-TYPE-003", "REQ-SEC-003", "REQ-STATUS-002"],
        Effect::Refuse(|object, _| crashed(any_string(object, is_text, |text| text.contains(['"', '\''])))),
    ),
    row(
        Validation,
        "control-character-refused",
        "A string with a line feed or U+007F is refused.",
        &["REQ-TYPE-003"],
        Effect::Refuse(|object, _| refused(any_string(object, is_text, |text| text.contains(['\n', '\u{7f}'])))),
    ),
    row(
        Validation,
        "null-character-crashes",
        "A string with U+0000 ends in 500.",
        &["REQ-STATUS-002"],
        Effect::Refuse(|object, _| crashed(any_string(object, is_text, |text| text.contains('\0')))),
    ),
    row(
        Validation,
        "long-string-refused",
        "A string of more than 128 characters is refused.",
        &["REQ-TYPE-003"],
        Effect::Refuse(|object, _| refused(any_string(object, is_text, |text| text.chars().count() > 128))),
    ),
    row(
        Validation,
        "long-string-crashes",
        "A string of more than 200 characters ends in 500.",
        &["REQ-TYPE-003", "REQ-STATUS-002"],
        Effect::Refuse(|object, _| crashed(any_string(object, is_text, |text| text.chars().count() > 200))),
    ),
    row(
        Validation,
        "string-cut-at-64",
        "A string is cut after 64 characters.",
        &["REQ-TYPE-003", "REQ-STATUS-003", "REQ-RESP-003"],
        Effect::Change(|change| each_string(change, is_text, |text| text.chars().take(64).collect::<String>().into())),
    ),
    row(
        Validation,
        "string-cut-at-255",
        "A string is cut after 255 characters.",
        &["REQ-TYPE-003", "REQ-STATUS-003", "REQ-RESP-003"],
        Effect::Change(|change| each_string(change, is_text, |text| text.chars().take(255).collect::<String>().into())),
    ),
    row(
        Validation,
        "long-nested-string-cut",
        "A message is cut after 64 characters.",
        &["REQ-TYPE-003", "REQ-STATUS-003", "REQ-RESP-003"],
        Effect::Change(|change| {
            each_string(change, |name| name == "message", |text| text.chars().take(64).collect::<String>().into());
        }),
    ),
    row(
        Validation,
        "several-details-refused",
        "More than one element of details is refused.",
        &["REQ-ERR-004", "REQ-MERGE-003"],
        Effect::Refuse(|object, _| {
            refused(any(object, &|name, value| name == "details" && value.as_array().is_some_and(|all| all.len() > 1)))
        }),
    ),
    row(
        Validation,
        "empty-details-refused",
        "An empty details is refused.",
        &["REQ-ERR-004", "REQ-MERGE-003"],
        Effect::Refuse(|object, _| {
            refused(any(object, &|name, value| name == "details" && value.as_array().is_some_and(Vec::is_empty)))
        }),
    ),
    row(
        Validation,
        "inner-code-refused",
        "A code inside innerError is refused.",
        &["REQ-ERR-002"],
        Effect::Refuse(|object, _| {
            refused(any(object, &|name, value| name == "innerError" && value.get("code").is_some()))
        }),
    ),
    row(
        Validation,
        "inner-code-dropped",
        "A code inside innerError is dropped.",
        &["REQ-UNK-001", "REQ-ERR-002", "REQ-STATUS-003"],
        Effect::Parsed(|object| {
            each(object, &mut |name, value| {
                if let (true, Value::Object(inner)) = (name == "innerError", value) {
                    inner.shift_remove("code");
                }
            });
        }),
    ),
];

/// Whether there are only these properties, and at least one.
fn only(object: &Object, names: &[&str]) -> bool {
    let mut given = object.keys().filter(|name| !name.contains('@')).peekable();
    given.peek().is_some() && given.all(|name| names.contains(&name.as_str()))
}

/// Whether a string is not in a list.
fn outside(object: &Object, name: &str, list: &[&str]) -> bool {
    object.get(name).and_then(Value::as_str).is_some_and(|text| !list.contains(&text))
}

fn is_null(object: &Object, name: &str) -> bool {
    object.get(name).is_some_and(Value::is_null)
}
