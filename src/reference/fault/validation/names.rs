//! A property is dropped for its name, which is like a declared one or of an odd form.

use serde_json::{Value, json};

use super::{dropped, row};
use crate::reference::effect::{Effect, Object};
use crate::reference::fault::Fault;
use crate::reference::fault::alter::each;
use crate::reference::picture::{each_object, error};
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
    dropped(
        "result-of-derived-types-dropped",
        "A property result is dropped.",
        Effect::Parsed(|object| object.retain(|name, _| name != "result")),
    )
    .mild(),
    dropped(
        "name-with-underscore-dropped",
        "A name that begins with an underscore is dropped.",
        Effect::Parsed(|object| object.retain(|name, _| !name.starts_with('_'))),
    ),
    dropped(
        "name-with-dollar-dropped",
        "A name that begins with a dollar sign is dropped.",
        Effect::Parsed(|object| object.retain(|name, _| !name.starts_with('$'))),
    ),
    dropped(
        "empty-name-dropped",
        "A member with an empty name is dropped.",
        Effect::Parsed(|object| object.retain(|name, _| !name.is_empty())),
    ),
    dropped(
        "name-with-dot-taken-for-a-path",
        "A name with a dot changes the member inside.",
        Effect::Parsed(|object| {
            if let Some(code) = object.shift_remove("error.code") {
                object.insert("error".to_owned(), json!({ "code": code }));
            }
        }),
    ),
    dropped(
        "names-of-prototypes-dropped",
        "The names __proto__ and constructor are dropped.",
        Effect::Parsed(|object| object.retain(|name, _| !["__proto__", "constructor"].contains(&name.as_str()))),
    ),
    row(
        "names-of-every-object-lost-in-the-error",
        "Members of the error whose names every object has in some languages are dropped.",
        &["REQ-UNK-001"],
        Effect::Parsed(|object| {
            if let Some(Value::Object(error)) = object.get_mut("error") {
                error.retain(|name, _| !OF_EVERY_OBJECT.contains(&name.as_str()));
            }
        }),
    ),
    row(
        "objects-under-names-of-every-object-lost",
        "Objects under names that every object has in some languages are dropped.",
        &["REQ-UNK-001"],
        Effect::Parsed(|object| {
            object.retain(|name, value| !OF_EVERY_OBJECT.contains(&name.as_str()) || !value.is_object());
        }),
    ),
    dropped(
        "name-beyond-ascii-dropped",
        "A name with letters beyond ASCII is dropped.",
        Effect::Parsed(|object| object.retain(|name, _| name.is_ascii())),
    ),
    dropped(
        "numeric-name-dropped",
        "A name that is a number is dropped.",
        Effect::Parsed(|object| object.retain(|name, _| name.parse::<i32>().is_err())),
    ),
    dropped(
        "long-name-dropped",
        "A name of more than 64 letters is dropped.",
        Effect::Parsed(|object| object.retain(|name, _| name.len() <= 64)),
    ),
    dropped(
        "name-with-hyphen-dropped",
        "A name with a hyphen is dropped.",
        Effect::Parsed(|object| object.retain(|name, _| !name.contains('-'))),
    ),
    dropped(
        "name-of-error-dropped-at-the-root",
        "A name code at the root is dropped.",
        Effect::Parsed(|object| object.retain(|name, _| name != "code")),
    ),
    row(
        "name-of-job-dropped-in-error",
        "A name status in the error is dropped.",
        &["REQ-UNK-001"],
        Effect::Parsed(|object| drop(error(object).and_then(|error| error.shift_remove("status")))),
    ),
    row(
        "name-of-inner-error-dropped-in-error",
        "A name activityId in the error is dropped.",
        &["REQ-UNK-001"],
        Effect::Parsed(|object| drop(error(object).and_then(|error| error.shift_remove("activityId")))),
    ),
    row(
        "names-of-the-error-dropped-in-inner-error",
        "Names that are declared for the error are dropped in innerError.",
        &["REQ-UNK-001"],
        Effect::Parsed(|body| {
            let inner = body.get_mut("error").and_then(|error| error.get_mut("innerError"));
            if let Some(inner) = inner.and_then(Value::as_object_mut) {
                inner.retain(|name, _| !["message", "target", "details"].contains(&name.as_str()));
            }
        }),
    ),
    row(
        "odata-names-without-at-dropped",
        "Names that begin with odata. are dropped, though they are no annotations.",
        &["REQ-UNK-001"],
        Effect::Parsed(|body| body.retain(|name, _| !name.starts_with("odata."))),
    )
    .mild(),
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

/// Names that every object has in languages where members are looked up along a chain.
const OF_EVERY_OBJECT: [&str; 4] = ["__proto__", "constructor", "hasOwnProperty", "toString"];
