//! More faults of level [`FaultLevel::Validation`](super::FaultLevel::Validation): names in another letter case or
//! spelling than the declared ones get lost.

use serde_json::Value;

use super::Fault;
use super::alter::each;
use super::oddities::dropped;
use crate::reference::effect::{Effect, Object};
use crate::reference::picture::each_object;
use crate::reference::validate::{DETAIL, ERROR, INNER, properties};

pub(super) const ROWS: &[Fault] = &[
    dropped(
        "name-in-other-case-dropped",
        "A declared name in another letter case is dropped.",
        Effect::Parsed(|object| forget(object, &properties().collect::<Vec<_>>())),
    ),
    dropped(
        "key-in-other-case-dropped",
        "A name ID is dropped.",
        Effect::Parsed(|object| object.retain(|name, _| name != "ID")),
    )
    .mild(),
    dropped(
        "name-in-other-case-dropped-in-error",
        "A name of the error in another letter case is dropped.",
        Effect::Parsed(|object| nested(object, "error", &ERROR.names().collect::<Vec<_>>())),
    ),
    dropped(
        "code-in-capitals-dropped-in-error",
        "A name Code or Message of the error is dropped.",
        Effect::Parsed(|object| nested(object, "error", &["code", "message"])),
    ),
    dropped(
        "inner-error-in-lower-case-dropped",
        "A name innererror of the error is dropped.",
        Effect::Parsed(|object| nested(object, "error", &["innerError"])),
    ),
    dropped(
        "name-in-other-case-dropped-in-inner-error",
        "A name of innerError in another letter case is dropped.",
        Effect::Parsed(|object| nested(object, "innerError", &INNER.names().collect::<Vec<_>>())),
    ),
    dropped(
        "name-in-other-case-dropped-in-details",
        "A name of an element of details in another letter case is dropped.",
        Effect::Parsed(|object| {
            each(object, &mut |name, value| {
                let items = value.as_array_mut().filter(|_| name == "details").into_iter().flatten();
                items
                    .filter_map(Value::as_object_mut)
                    .for_each(|item| forget(item, &DETAIL.names().collect::<Vec<_>>()));
            });
        }),
    ),
    dropped(
        "name-in-snake-case-dropped",
        "A name in snake case is dropped.",
        Effect::Parsed(|object| {
            let snake = |name: &str| name.contains('_') && !name.contains('@') && !name.starts_with('_');
            each_object(object, &mut |object| object.retain(|name, _| !snake(name)));
        }),
    ),
    dropped(
        "name-with-blank-dropped",
        "A name that begins or ends with a blank is dropped.",
        Effect::Parsed(|object| each_object(object, &mut |object| object.retain(|name, _| name == name.trim()))),
    ),
];

/// Drops those names of an object that are one of these in another letter case.
fn forget(object: &mut Object, names: &[&str]) {
    object.retain(|name, _| names.contains(&name.as_str()) || !names.iter().any(|one| one.eq_ignore_ascii_case(name)));
}

/// Does so in a complex value, however deep it stands.
fn nested(object: &mut Object, of: &str, names: &[&str]) {
    each(object, &mut |name, value| {
        if let (true, Value::Object(inner)) = (name == of, value) {
            forget(inner, names);
        }
    });
}
