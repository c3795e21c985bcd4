//! More faults of level [`FaultLevel::Parsing`](super::FaultLevel::Parsing): bodies of a shape that is seldom met.

use serde_json::Value;

use super::FaultLevel::Parsing;
use super::alter::{content, instead, patches, set_content};
use super::repair::text;
use super::{Fault, row};
use crate::reference::effect::{Effect, Object};
use crate::reference::message::Request;

pub(super) const ROWS: &[Fault] = &[
    unwrapped(
        "value-unwrapped",
        "A job that stands inside value is taken for the body.",
        Effect::Request(|request| unwrap(request, &["value"])),
    ),
    unwrapped(
        "data-unwrapped",
        "A job that stands inside d, data or attributes is taken for the body.",
        Effect::Request(|request| unwrap(request, &["d", "data", "attributes"])),
    ),
    unwrapped(
        "name-of-type-unwrapped",
        "A job that stands inside job or jobResponseBase is taken for the body.",
        Effect::Request(|request| unwrap(request, &["job", "jobResponseBase"])),
    ),
    unwrapped(
        "first-of-values-unwrapped",
        "The first job of an array inside value is taken for the body.",
        Effect::Request(|request| {
            if let (true, [(name, Value::Array(items))]) = (patches(request), &members(request)[..])
                && let (true, Some(first)) = (name == "value", items.first())
            {
                set_content(request, first.clone());
            }
        }),
    ),
    row(
        Parsing,
        "second-type-name-crashes",
        "A body whose @odata.type occurs twice at the root ends in 500.",
        &["REQ-BODY-011", "REQ-STATUS-002"],
        Effect::Failed(|answer, request| {
            if text(request).matches("\"@odata.type\"").count() > 1 && !text(request).contains("\"error\"") {
                instead(answer, 400, 500);
            }
        }),
    ),
    row(
        Parsing,
        "second-id-crashes",
        "A body whose id occurs twice ends in 500.",
        &["REQ-BODY-011", "REQ-STATUS-002"],
        Effect::Failed(|answer, request| {
            if text(request).matches("\"id\"").count() > 1 {
                instead(answer, 400, 500);
            }
        }),
    ),
    row(
        Parsing,
        "deep-objects-answered-500",
        "A body of hundreds of objects in each other ends in 500.",
        &["REQ-SEC-006", "REQ-STATUS-002"],
        Effect::Failed(|answer, request| {
            if text(request).matches('{').count() > 500 {
                instead(answer, 400, 500);
            }
        }),
    ),
];

/// A row about a body that is not what it is taken for.
const fn unwrapped(name: &'static str, title: &'static str, apply: Effect) -> Fault {
    row(Parsing, name, title, &["REQ-UNK-001"], apply)
}

/// The members of the content.
fn members(request: &Request) -> Vec<(String, Value)> {
    content(request).into_iter().collect()
}

/// Takes the object in the only member for the content, if that member has one of these names.
fn unwrap(request: &mut Request, names: &[&str]) {
    if let (true, [(name, Value::Object(inner))]) = (patches(request), &members(request)[..])
        && names.contains(&name.as_str())
    {
        let inner: Object = inner.clone();
        set_content(request, inner);
    }
}
