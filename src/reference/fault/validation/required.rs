//! A property is required that may be left out, or refused that may be set.

use super::row;
use crate::reference::effect::{Effect, Object};
use crate::reference::fault::Fault;
use crate::reference::fault::alter::{crashed, refused};

const SEVEN: [&str; 7] = ["type", "status", "tenantId", "creationDateTime", "startDateTime", "endDateTime", "error"];

pub(super) const ROWS: &[Fault] = &[
    row(
        "id-required",
        "A body without id is refused.",
        &["REQ-BODY-002", "REQ-BODY-001", "REQ-PATH-001"],
        Effect::Refuse(|object, _| refused(!object.contains_key("id"))),
    ),
    row(
        "all-properties-required",
        "A body that lacks one of the seven properties is refused.",
        &["REQ-BODY-004", "REQ-MERGE-001"],
        Effect::Refuse(|object, _| refused(!object.is_empty() && SEVEN.iter().any(|name| !object.contains_key(*name)))),
    ),
    row(
        "status-required",
        "A body without status is refused.",
        &["REQ-BODY-004"],
        Effect::Refuse(|object, _| refused(!object.is_empty() && !object.contains_key("status"))),
    ),
    row(
        "status-alone-refused",
        "A body with only the status is refused.",
        &["REQ-BODY-004"],
        Effect::Refuse(|object, _| refused(only(object, &["status"]))),
    ),
    row(
        "dates-alone-refused",
        "A body with only date-times is refused.",
        &["REQ-BODY-004"],
        Effect::Refuse(|object, _| refused(only(object, &["creationDateTime", "startDateTime", "endDateTime"]))),
    ),
    row(
        "error-alone-refused",
        "A body with only the error is refused.",
        &["REQ-BODY-004"],
        Effect::Refuse(|object, _| refused(only(object, &["error"]))),
    ),
    row(
        "tenant-alone-crashes",
        "A body with only the tenantId ends in 500.",
        &["REQ-BODY-004", "REQ-STATUS-002"],
        Effect::Refuse(|object, _| crashed(only(object, &["tenantId"]))),
    ),
    row(
        "creation-time-read-only",
        "A body with creationDateTime is refused.",
        &["REQ-BODY-004", "REQ-BODY-001", "REQ-PATH-001"],
        Effect::Refuse(|object, _| refused(object.contains_key("creationDateTime"))),
    ),
    row(
        "type-read-only",
        "A body with type is refused.",
        &["REQ-BODY-004", "REQ-BODY-001", "REQ-TYPE-004"],
        Effect::Refuse(|object, _| refused(object.contains_key("type"))),
    ),
];

/// Whether there are only these properties, and at least one.
fn only(object: &Object, names: &[&str]) -> bool {
    let mut given = object.keys().filter(|name| !name.contains('@')).peekable();
    given.peek().is_some() && given.all(|name| names.contains(&name.as_str()))
}
