//! The name of a type is required or refused where it need not be, or changes the job.

use serde_json::Value;

use super::row;
use crate::reference::effect::{Effect, Switch};
use crate::reference::fault::Fault;
use crate::reference::fault::alter::{any, crashed, key, patches, refused};
use crate::reference::fault::given::is_minimal;
use crate::reference::fault::type_names::{TYPE, any_type_below, type_name, type_of};

pub(super) const ROWS: &[Fault] = &[
    row(
        "type-name-required",
        "A body without @odata.type is refused.",
        &["REQ-BODY-005", "REQ-BODY-004"],
        Effect::Refuse(|object, _| refused(!object.is_empty() && !object.contains_key(TYPE))),
    ),
    row(
        "type-name-of-error-required",
        "An error without @odata.type is refused.",
        &["REQ-BODY-005"],
        Effect::Refuse(|object, _| refused(any(object, &|name, value| name == "error" && unnamed(value)))),
    ),
    row(
        "type-name-of-inner-error-required",
        "An innerError without @odata.type is refused.",
        &["REQ-BODY-005"],
        Effect::Refuse(|object, _| refused(any(object, &|name, value| name == "innerError" && unnamed(value)))),
    ),
    row(
        "type-name-of-detail-required",
        "An element of details without @odata.type is refused.",
        &["REQ-BODY-005", "REQ-ERR-004"],
        Effect::Refuse(|object, _| {
            let all = |value: &Value| value.as_array().is_some_and(|items| items.iter().any(unnamed));
            refused(any(object, &|name, value| name == "details" && all(value)))
        }),
    ),
    row(
        "unnamed-error-dropped",
        "An error without @odata.type is not applied.",
        &["REQ-BODY-005", "REQ-STATUS-003", "REQ-RESP-003"],
        Effect::Parsed(|object| object.retain(|name, value| name != "error" || !unnamed(value))),
    ),
    row(
        "unnamed-error-crashes",
        "An error without @odata.type ends in 500.",
        &["REQ-BODY-005", "REQ-STATUS-002"],
        Effect::Refuse(|object, _| crashed(any(object, &|name, value| name == "error" && unnamed(value)))),
    ),
    row(
        "nested-hash-refused",
        "A nested type name with # is refused.",
        &["REQ-BODY-012"],
        Effect::Refuse(|object, _| refused(any_type_below(object, |name| name.starts_with('#')))),
    ),
    row(
        "nested-hash-required",
        "A nested type name without # is refused.",
        &["REQ-BODY-012", "REQ-BODY-001", "REQ-PATH-001"],
        Effect::Refuse(|object, _| refused(any_type_below(object, |name| !name.starts_with('#')))),
    ),
    row(
        "nested-hash-crashes",
        "A nested type name with # ends in 500.",
        &["REQ-BODY-012", "REQ-STATUS-002"],
        Effect::Refuse(|object, _| crashed(any_type_below(object, |name| name.starts_with('#')))),
    ),
    row(
        "nested-hash-loses-value",
        "A value with a nested type name with # is dropped.",
        &["REQ-BODY-012", "REQ-STATUS-003", "REQ-RESP-003", "REQ-ERR-001"],
        Effect::Parsed(|object| object.retain(|_, value| !type_of(value).is_some_and(|name| name.starts_with('#')))),
    ),
    row(
        "outer-hash-required",
        "A type name at the root without # is refused.",
        &["REQ-BODY-012"],
        Effect::Refuse(|object, _| {
            refused(object.get(TYPE).and_then(Value::as_str).is_some_and(|name| !name.contains('#')))
        }),
    )
    .mild(),
    row(
        "type-names-not-checked",
        "Every type name is accepted.",
        &["REQ-ERR-006"],
        Effect::Switch(Switch::NoTypeNames),
    ),
    row(
        "type-change-accepted",
        "The type name in a body changes the type of the job.",
        &["REQ-IDENT-004"],
        Effect::Place(|request, state| {
            let kind = type_name(request).filter(|kind| kind.ends_with("JobResponse") || kind == "jobResponseBase");
            let job = key(request).and_then(|key| state.jobs.get_mut(&key));
            if let (true, Some(kind), Some(job)) = (patches(request), kind, job) {
                job.kind = kind;
            }
        }),
    ),
    row(
        "type-change-accepted-under-minimal",
        "Under return=minimal the type name in a body changes the type of the job.",
        &["REQ-IDENT-004"],
        Effect::Place(|request, state| {
            let kind = type_name(request).filter(|kind| kind.ends_with("JobResponse") || kind == "jobResponseBase");
            let job = key(request).and_then(|key| state.jobs.get_mut(&key));
            if let (true, Some(kind), Some(job)) = (is_minimal(request), kind, job) {
                job.kind = kind;
            }
        }),
    ),
    row(
        "refused-type-kept",
        "An update that names another type of job is refused, and the job is of that type from then on.",
        &["REQ-IDENT-004"],
        Effect::Refused(|_, request, job| {
            if let Some(kind) = type_name(request).filter(|kind| kind.ends_with("JobResponse")) {
                job.kind = kind;
            }
        }),
    ),
    row(
        "type-name-repeated",
        "The answer repeats the type name of the request.",
        &["REQ-IDENT-004", "REQ-RESP-005"],
        Effect::Several(&[
            Effect::Parsed(|object| {
                object.shift_remove(TYPE);
            }),
            Effect::Entity(|object, request| {
                object.extend(request.body.get(TYPE).map(|name| (TYPE.to_owned(), name.clone())));
            }),
        ]),
    ),
    row(
        "other-type-crashes",
        "A type name other than jobResponseBase ends in 500.",
        &["REQ-IDENT-004", "REQ-STATUS-002"],
        Effect::Refuse(|object, _| {
            crashed(object.get(TYPE).and_then(Value::as_str).is_some_and(|name| !name.ends_with(".jobResponseBase")))
        }),
    ),
    row(
        "derived-job-needs-type-name",
        "An error without any type name is refused for a job of a derived type.",
        &["REQ-BODY-005"],
        Effect::Condition(|holds, request, job| {
            let text = Value::Object(request.body.clone()).to_string();
            let bare = request.body.contains_key("error") && !text.contains("@odata.type");
            holds && (job.kind == "jobResponseBase" || !bare)
        }),
    ),
    row(
        "derived-type-refused",
        "A body that names a derived type is refused, even if it is that of the job.",
        &["REQ-IDEMP-002"],
        Effect::Refuse(|body, _| {
            let name = body.get("@odata.type").and_then(Value::as_str).unwrap_or_default();
            refused(name.ends_with("JobResponse"))
        }),
    ),
    row(
        "type-name-of-other-type-crashes",
        "A type name that is no string ends in 500.",
        &["REQ-STATUS-002"],
        Effect::Refuse(|object, _| crashed(object.get("@odata.type").is_some_and(|name| !name.is_string()))),
    ),
    row(
        "nested-type-name-of-other-type-crashes",
        "A type name inside the error that is no string ends in 500.",
        &["REQ-STATUS-002"],
        Effect::Refuse(|object, _| {
            let name = object.get("error").and_then(|error| error.get("@odata.type"));
            crashed(name.is_some_and(|name| !name.is_string()))
        }),
    ),
];

/// Whether this is an object without the name of its type.
fn unnamed(value: &Value) -> bool {
    value.is_object() && value.get(TYPE).is_none()
}
