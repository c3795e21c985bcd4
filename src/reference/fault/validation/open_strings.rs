//! Only some values of type, status and tenantId are accepted.

use serde_json::Value;

use super::row;
use crate::reference::effect::{Effect, Object};
use crate::reference::fault::Fault;
use crate::reference::fault::alter::{crashed, refused};

pub(super) const ROWS: &[Fault] = &[
    row(
        "closed-list-of-status",
        "Only four values of status are accepted.",
        &["REQ-TYPE-004", "REQ-BODY-001", "REQ-PATH-001"],
        Effect::Refuse(|object, _| {
            refused(outside(object, "status", &["notStarted", "running", "succeeded", "failed"]))
        }),
    ),
    row(
        "closed-list-of-type",
        "Only the names of the five kinds of job are accepted for type.",
        &["REQ-TYPE-004", "REQ-BODY-001", "REQ-PATH-001"],
        Effect::Refuse(|object, _| {
            refused(outside(object, "type", &["classifyFile", "classifyText", "evaluateLabel", "evaluateDlpPolicies"]))
        }),
    ),
    row(
        "unlisted-status-crashes",
        "A status that is not known ends in 500.",
        &["REQ-TYPE-004", "REQ-STATUS-002", "REQ-BODY-001"],
        Effect::Refuse(|object, _| {
            crashed(outside(object, "status", &["notStarted", "running", "succeeded", "failed"]))
        }),
    ),
    row(
        "only-values-of-the-sample",
        "A status other than that of the page is refused if the type is that of the page.",
        &["REQ-TYPE-004", "REQ-BODY-006"],
        Effect::Refuse(|object, _| {
            let page = object.get("type").and_then(Value::as_str) == Some("Type value");
            refused(page && outside(object, "status", &["Status value"]))
        }),
    ),
    row(
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
        "tenant-has-to-be-guid",
        "A tenantId that is no GUID is refused.",
        &["REQ-BODY-001", "REQ-PATH-001", "REQ-BODY-004"],
        Effect::Refuse(|object, _| {
            let tenant = object.get("tenantId").and_then(Value::as_str);
            refused(tenant.is_some_and(|tenant| uuid::Uuid::parse_str(tenant).is_err()))
        }),
    ),
];

/// Whether a string is not in a list.
fn outside(object: &Object, name: &str, list: &[&str]) -> bool {
    object.get(name).and_then(Value::as_str).is_some_and(|text| !list.contains(&text))
}
