//! The order of members matters.

use serde_json::Value;

use super::row;
use crate::reference::effect::{Effect, Object};
use crate::reference::fault::Fault;
use crate::reference::fault::alter::{any, crashed, refused};

pub(super) const ROWS: &[Fault] = &[
    row(
        "order-of-members-matters",
        "An @odata.type that is not the first member is refused.",
        &["REQ-BODY-006"],
        Effect::Refuse(|object, _| refused(late_type(object))),
    ),
    row(
        "members-before-the-type-lost",
        "Members that stand before @odata.type are dropped.",
        &["REQ-BODY-006", "REQ-STATUS-003", "REQ-RESP-003"],
        Effect::Parsed(|object| {
            let start = object.keys().position(|name| name == "@odata.type").unwrap_or(0);
            *object = std::mem::take(object).into_iter().skip(start).collect();
        }),
    ),
    row(
        "typed-elements-emptied-where-type-is-last",
        "An element of details that names its type last loses what came before.",
        &["REQ-BODY-006"],
        Effect::Parsed(|body| {
            let error = body.get_mut("error").and_then(|error| error.get_mut("details"));
            for element in error.and_then(Value::as_array_mut).into_iter().flatten() {
                let element = element.as_object_mut();
                if let Some(element) = element.filter(|element| element.len() > 1)
                    && element.keys().next_back().is_some_and(|name| name == "@odata.type")
                {
                    element.retain(|name, _| name == "@odata.type");
                }
            }
        }),
    ),
    row(
        "order-of-nested-members-matters",
        "A nested @odata.type that is not the first member is refused.",
        &["REQ-BODY-006"],
        Effect::Refuse(|object, _| refused(any(object, &|_, value| value.as_object().is_some_and(late_type)))),
    ),
    row(
        "order-of-members-crashes",
        "A body whose error is not the last member ends in 500.",
        &["REQ-BODY-006", "REQ-STATUS-002"],
        Effect::Refuse(|object, _| {
            crashed(object.contains_key("error") && object.keys().next_back().is_none_or(|name| name != "error"))
        }),
    ),
];

/// Whether the annotation of type comes after another member.
fn late_type(object: &Object) -> bool {
    object.keys().position(|name| name == "@odata.type").is_some_and(|at| at > 0)
}
