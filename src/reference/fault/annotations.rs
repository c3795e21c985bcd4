//! More faults of level [`FaultLevel::Validation`](super::FaultLevel::Validation): names of types.

use serde_json::Value;

use super::FaultLevel::Validation;
use super::alter::{any, crashed, each, key, patches, refused};
use super::type_names::{TYPE, any_type_below, type_name, type_of};
use super::{Fault, row};
use crate::reference::effect::{Effect, Object, Switch};
use crate::reference::message::Request;
use crate::reference::picture::details;
use crate::reference::validate::reduce;

const RIGHT_SPELLING: &str = "classificationErrorBase";

const DECLARED: &str = "classifcationErrorBase";

const DERIVED: &str = "classificationError";

pub(super) const ROWS: &[Fault] = &[
    row(
        Validation,
        "odata-id-becomes-status",
        "The value of @odata.id becomes the status where a body names none.",
        &["REQ-UNK-002"],
        Effect::Parsed(|body| {
            let id = body.get("@odata.id").cloned().filter(|_| !body.contains_key("status"));
            body.extend(id.map(|id| ("status".to_owned(), id)));
        }),
    ),
    row(
        Validation,
        "type-name-required",
        "A body without @odata.type is refused.",
        &["REQ-BODY-005", "REQ-BODY-004"],
        Effect::Refuse(|object, _| refused(!object.is_empty() && !object.contains_key(TYPE))),
    ),
    row(
        Validation,
        "type-name-of-error-required",
        "An error without @odata.type is refused.",
        &["REQ-BODY-005"],
        Effect::Refuse(|object, _| refused(any(object, &|name, value| name == "error" && unnamed(value)))),
    ),
    row(
        Validation,
        "type-name-of-inner-error-required",
        "An innerError without @odata.type is refused.",
        &["REQ-BODY-005"],
        Effect::Refuse(|object, _| refused(any(object, &|name, value| name == "innerError" && unnamed(value)))),
    ),
    row(
        Validation,
        "type-name-of-detail-required",
        "An element of details without @odata.type is refused.",
        &["REQ-BODY-005", "REQ-ERR-004"],
        Effect::Refuse(|object, _| {
            let all = |value: &Value| value.as_array().is_some_and(|items| items.iter().any(unnamed));
            refused(any(object, &|name, value| name == "details" && all(value)))
        }),
    ),
    row(
        Validation,
        "unnamed-error-dropped",
        "An error without @odata.type is not applied.",
        &["REQ-BODY-005", "REQ-STATUS-003", "REQ-RESP-003"],
        Effect::Parsed(|object| object.retain(|name, value| name != "error" || !unnamed(value))),
    ),
    row(
        Validation,
        "unnamed-error-crashes",
        "An error without @odata.type ends in 500.",
        &["REQ-BODY-005", "REQ-STATUS-002"],
        Effect::Refuse(|object, _| crashed(any(object, &|name, value| name == "error" && unnamed(value)))),
    ),
    row(
        Validation,
        "nested-hash-refused",
        "A nested type name with # is refused.",
        &["REQ-BODY-012"],
        Effect::Refuse(|object, _| refused(any_type_below(object, |name| name.starts_with('#')))),
    ),
    row(
        Validation,
        "nested-hash-required",
        "A nested type name without # is refused.",
        &["REQ-BODY-012", "REQ-BODY-001", "REQ-PATH-001"],
        Effect::Refuse(|object, _| refused(any_type_below(object, |name| !name.starts_with('#')))),
    ),
    row(
        Validation,
        "nested-hash-crashes",
        "A nested type name with # ends in 500.",
        &["REQ-BODY-012", "REQ-STATUS-002"],
        Effect::Refuse(|object, _| crashed(any_type_below(object, |name| name.starts_with('#')))),
    ),
    row(
        Validation,
        "nested-hash-loses-value",
        "A value with a nested type name with # is dropped.",
        &["REQ-BODY-012", "REQ-STATUS-003", "REQ-RESP-003", "REQ-ERR-001"],
        Effect::Parsed(|object| object.retain(|_, value| !type_of(value).is_some_and(|name| name.starts_with('#')))),
    ),
    row(
        Validation,
        "hash-in-inner-error-of-element-refused",
        "A type name with # in innerError of an element of details is refused.",
        &["REQ-BODY-012"],
        Effect::Refuse(|object, _| {
            let elements = object.get("error").and_then(|error| error.get("details")).and_then(Value::as_array);
            let mut names = elements.into_iter().flatten().filter_map(|element| type_of(element.get("innerError")?));
            refused(names.any(|name| name.starts_with('#')))
        }),
    ),
    row(
        Validation,
        "hash-of-derived-element-refused",
        "An element of details of the derived type is refused if its name has a #.",
        &["REQ-ERR-005"],
        Effect::Refuse(|object, _| {
            let elements = object.get("error").and_then(|error| error.get("details")).and_then(Value::as_array);
            let mut names = elements.into_iter().flatten().filter_map(type_of);
            refused(names.any(|name| name.starts_with('#') && reduce(name) == Some(DERIVED)))
        }),
    )
    .mild(),
    row(
        Validation,
        "inner-error-of-derived-element-dropped",
        "The innerError of an element of the derived type is dropped.",
        &["REQ-ERR-004"],
        Effect::Parsed(|object| {
            for element in details(object).into_iter().flatten() {
                let derived = type_of(element).and_then(reduce) == Some(DERIVED);
                if let (true, Some(element)) = (derived, element.as_object_mut()) {
                    element.shift_remove("innerError");
                }
            }
        }),
    ),
    row(
        Validation,
        "outer-hash-required",
        "A type name at the root without # is refused.",
        &["REQ-BODY-012"],
        Effect::Refuse(|object, _| {
            refused(object.get(TYPE).and_then(Value::as_str).is_some_and(|name| !name.contains('#')))
        }),
    )
    .mild(),
    row(
        Validation,
        "type-names-not-checked",
        "Every type name is accepted.",
        &["REQ-ERR-006"],
        Effect::Switch(Switch::NoTypeNames),
    ),
    row(
        Validation,
        "declared-detail-refused",
        "An element of details of the type that is declared is refused, because its name is misspelled.",
        &["REQ-BODY-001", "REQ-PATH-001", "REQ-BODY-012"],
        Effect::Refuse(|object, _| refused(any_type_below(object, |name| reduce(name) == Some(DECLARED)))),
    ),
    row(
        Validation,
        "right-spelling-accepted",
        "An element of details of type classificationErrorBase is accepted.",
        &["REQ-ERR-006"],
        Effect::Parsed(respell),
    ),
    row(
        Validation,
        "right-spelling-repeated",
        "An element of details of type classificationErrorBase is accepted and shown so.",
        &["REQ-ERR-005", "REQ-ERR-006"],
        Effect::Several(&[Effect::Parsed(respell), Effect::Entity(repeat_spelling)]),
    ),
    row(
        Validation,
        "right-spelling-crashes",
        "An element of details of type classificationErrorBase ends in 500.",
        &["REQ-ERR-006", "REQ-STATUS-002"],
        Effect::Refuse(|object, _| crashed(any_type_below(object, |name| reduce(name) == Some(RIGHT_SPELLING)))),
    ),
    row(
        Validation,
        "derived-detail-crashes",
        "An element of details of the derived type ends in 500.",
        &["REQ-STATUS-002", "REQ-ERR-005"],
        Effect::Refuse(|object, _| crashed(any(object, &|name, value| name == "details" && has_derived(value)))),
    ),
    row(
        Validation,
        "derived-detail-refused",
        "An element of details of the derived type is refused.",
        &["REQ-ERR-005"],
        Effect::Refuse(|object, _| refused(any(object, &|name, value| name == "details" && has_derived(value)))),
    )
    .mild(),
    row(
        Validation,
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
        Validation,
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
        Validation,
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
        Validation,
        "other-type-crashes",
        "A type name other than jobResponseBase ends in 500.",
        &["REQ-IDENT-004", "REQ-STATUS-002"],
        Effect::Refuse(|object, _| {
            crashed(object.get(TYPE).and_then(Value::as_str).is_some_and(|name| !name.ends_with(".jobResponseBase")))
        }),
    ),
];

/// Whether this is an object without the name of its type.
fn unnamed(value: &Value) -> bool {
    value.is_object() && value.get(TYPE).is_none()
}

fn has_derived(details: &Value) -> bool {
    details.as_array().is_some_and(|items| items.iter().any(|item| type_of(item).and_then(reduce) == Some(DERIVED)))
}

/// Takes the right spelling for the declared one.
fn respell(object: &mut Object) {
    each(object, &mut |name, value| {
        if name == TYPE && value.as_str().and_then(reduce) == Some(RIGHT_SPELLING) {
            *value = format!("microsoft.graph.{DECLARED}").into();
        }
    });
}

/// Shows the right spelling where the request had it.
fn repeat_spelling(object: &mut Object, request: &Request) {
    if any_type_below(&request.body, |name| reduce(name) == Some(RIGHT_SPELLING)) {
        each(object, &mut |name, value| {
            if name == TYPE && value.as_str().and_then(reduce) == Some(DECLARED) {
                *value = format!("microsoft.graph.{RIGHT_SPELLING}").into();
            }
        });
    }
}
