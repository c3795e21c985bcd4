//! Elements of details and their innerError are refused, dropped or taken for those of another type.

use serde_json::Value;

use super::row;
use crate::reference::effect::{Effect, Object};
use crate::reference::fault::Fault;
use crate::reference::fault::alter::{any, crashed, each, refused};
use crate::reference::fault::type_names::{TYPE, any_type_below, type_of};
use crate::reference::message::Request;
use crate::reference::picture::details;
use crate::reference::validate::reduce;

const RIGHT_SPELLING: &str = "classificationErrorBase";
const DECLARED: &str = "classifcationErrorBase";
const DERIVED: &str = "classificationError";

pub(super) const ROWS: &[Fault] = &[
    row(
        "several-details-refused",
        "More than one element of details is refused.",
        &["REQ-ERR-004", "REQ-MERGE-003"],
        Effect::Refuse(|object, _| {
            refused(any(object, &|name, value| name == "details" && value.as_array().is_some_and(|all| all.len() > 1)))
        }),
    ),
    row(
        "empty-details-refused",
        "An empty details is refused.",
        &["REQ-ERR-004", "REQ-MERGE-003"],
        Effect::Refuse(|object, _| {
            refused(any(object, &|name, value| name == "details" && value.as_array().is_some_and(Vec::is_empty)))
        }),
    ),
    row(
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
        "inner-code-refused",
        "A code inside innerError is refused.",
        &["REQ-ERR-002"],
        Effect::Refuse(|object, _| {
            refused(any(object, &|name, value| name == "innerError" && value.get("code").is_some()))
        }),
    ),
    row(
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
    row(
        "declared-detail-refused",
        "An element of details of the type that is declared is refused, because its name is misspelled.",
        &["REQ-BODY-001", "REQ-PATH-001", "REQ-BODY-012"],
        Effect::Refuse(|object, _| refused(any_type_below(object, |name| reduce(name) == Some(DECLARED)))),
    ),
    row(
        "right-spelling-accepted",
        "An element of details of type classificationErrorBase is accepted.",
        &["REQ-ERR-006"],
        Effect::Parsed(respell),
    ),
    row(
        "right-spelling-repeated",
        "An element of details of type classificationErrorBase is accepted and shown so.",
        &["REQ-ERR-005", "REQ-ERR-006"],
        Effect::Several(&[Effect::Parsed(respell), Effect::Entity(repeat_spelling)]),
    ),
    row(
        "right-spelling-crashes",
        "An element of details of type classificationErrorBase ends in 500.",
        &["REQ-ERR-006", "REQ-STATUS-002"],
        Effect::Refuse(|object, _| crashed(any_type_below(object, |name| reduce(name) == Some(RIGHT_SPELLING)))),
    ),
    row(
        "derived-detail-crashes",
        "An element of details of the derived type ends in 500.",
        &["REQ-STATUS-002", "REQ-ERR-005"],
        Effect::Refuse(|object, _| crashed(any(object, &|name, value| name == "details" && has_derived(value)))),
    ),
    row(
        "derived-detail-refused",
        "An element of details of the derived type is refused.",
        &["REQ-ERR-005"],
        Effect::Refuse(|object, _| refused(any(object, &|name, value| name == "details" && has_derived(value)))),
    )
    .mild(),
    row(
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
        "empty-details-of-an-element-refused",
        "An empty list of details in an element of the derived type is refused.",
        &["REQ-ERR-005"],
        Effect::Refuse(|object, _| {
            let details = object.get("error").and_then(|error| error.get("details")).and_then(Value::as_array);
            let empty = |element: &Value| element.get("details").and_then(Value::as_array).is_some_and(Vec::is_empty);
            refused(details.into_iter().flatten().any(empty))
        }),
    )
    .mild(),
    row(
        "elements-of-a-type-alone-dropped",
        "An element of details with nothing but its type annotation is dropped from among others.",
        &["REQ-ERR-004"],
        Effect::Parsed(|object| {
            if let Some(all) = details(object).filter(|all| all.len() > 1) {
                all.retain(|one| one.as_object().is_none_or(|one| one.len() != 1 || !one.contains_key("@odata.type")));
            }
        }),
    ),
];

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
