//! Faults of level [`FaultLevel::Validation`](super::FaultLevel::Validation): from a JSON value to an update.

use serde_json::Value;

use super::FaultLevel::Validation;
use super::alter::{any, crashed, each, refused};
use super::{Fault, row};
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
        &["REQ-UNK-001", "REQ-ERR-002", "REQ-STATUS-003", "REQ-ERR-004"],
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
