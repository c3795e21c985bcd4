//! A value of the wrong JSON type is stored, converted, dropped or crashes the server.

use serde_json::{Value, json};

use super::row;
use crate::reference::effect::{Effect, Object, Switch};
use crate::reference::fault::Fault;
use crate::reference::fault::alter::{any, content, crashed, each, instead, is_date, is_text, set_content};
use crate::reference::fault::edit::{edit, first_error};
use crate::reference::fault::given::chunked;
use crate::reference::fault::jobs::is_of_derived;

pub(super) const ROWS: &[Fault] = &[
    row(
        "types-not-checked",
        "A value of any JSON type is stored.",
        &["REQ-TYPE-002", "REQ-TYPE-001", "REQ-ERR-003"],
        Effect::Switch(Switch::NoTypes),
    ),
    row(
        "number-becomes-string",
        "A number for a string is stored as its digits.",
        &["REQ-TYPE-002"],
        Effect::Parsed(|object| texts(object, |value| value.is_number().then(|| value.to_string().into()))),
    ),
    row(
        "boolean-becomes-string",
        "A Boolean for a string is stored as its name.",
        &["REQ-TYPE-002"],
        Effect::Parsed(|object| texts(object, |value| value.is_boolean().then(|| value.to_string().into()))),
    ),
    row(
        "object-becomes-string",
        "An object for a string is stored as its JSON text.",
        &["REQ-TYPE-002"],
        Effect::Parsed(|object| texts(object, |value| value.is_object().then(|| value.to_string().into()))),
    ),
    row(
        "object-for-string-becomes-null",
        "An object for a string is stored as null.",
        &["REQ-TYPE-002"],
        Effect::Parsed(|object| texts(object, |value| value.is_object().then_some(Value::Null))),
    ),
    row(
        "array-becomes-string",
        "An array for a string is stored as its first string.",
        &["REQ-TYPE-002"],
        Effect::Parsed(|object| {
            texts(object, |value| {
                let items = value.as_array()?;
                Some(items.iter().find(|item| item.is_string()).cloned().unwrap_or_else(|| "".into()))
            });
        }),
    ),
    row(
        "number-becomes-string-in-error",
        "A number for a string inside the error is stored as its digits.",
        &["REQ-TYPE-002"],
        Effect::Parsed(|object| {
            if let Some(Value::Object(error)) = object.get_mut("error") {
                texts(error, |value| value.is_number().then(|| value.to_string().into()));
            }
        }),
    ),
    row(
        "error-from-string",
        "A string for the error is taken as its message.",
        &["REQ-TYPE-002"],
        Effect::Parsed(|object| member(object, "error", |value| value.as_str().map(|text| json!({"message": text})))),
    ),
    row(
        "error-from-array",
        "An array for the error is taken as an empty object.",
        &["REQ-TYPE-002", "REQ-STATUS-003"],
        Effect::Parsed(|object| member(object, "error", |value| value.is_array().then(|| json!({})))),
    ),
    row(
        "false-error-becomes-null",
        "A Boolean for the error is taken as null.",
        &["REQ-TYPE-002"],
        Effect::Parsed(|object| member(object, "error", |value| value.is_boolean().then_some(Value::Null))),
    ),
    row(
        "inner-error-array-ignored",
        "An array for innerError is taken as an empty object.",
        &["REQ-TYPE-002", "REQ-STATUS-003"],
        Effect::Parsed(|object| member(object, "innerError", |value| value.is_array().then(|| json!({})))),
    ),
    row(
        "inner-error-scalar-ignored",
        "A string, number or Boolean for innerError is taken as null.",
        &["REQ-TYPE-002"],
        Effect::Parsed(|object| {
            member(object, "innerError", |value| {
                (value.is_string() || value.is_number() || value.is_boolean()).then_some(Value::Null)
            });
        }),
    ),
    row(
        "details-from-object",
        "An object for details is taken as its only element.",
        &["REQ-TYPE-002"],
        Effect::Parsed(|object| member(object, "details", |value| value.is_object().then(|| json!([value])))),
    ),
    row(
        "details-from-string",
        "A string or number for details is taken as an empty array.",
        &["REQ-TYPE-002"],
        Effect::Parsed(|object| {
            member(object, "details", |value| (value.is_string() || value.is_number()).then(|| json!([])));
        }),
    ),
    row(
        "wrong-type-ignored",
        "A member of the wrong JSON type is dropped, and the answer is 200.",
        &["REQ-TYPE-002", "REQ-STATUS-003"],
        Effect::Parsed(|object| object.retain(|name, value| fits(name, value))),
    ),
    row(
        "wrong-nested-type-ignored",
        "A member of the wrong JSON type inside the error is dropped, and the answer is 200.",
        &["REQ-TYPE-002", "REQ-STATUS-003"],
        Effect::Parsed(|object| {
            each(object, &mut |_, value| {
                if let Value::Object(inner) = value {
                    inner.retain(|name, value| fits(name, value));
                }
            });
        }),
    ),
    row(
        "wrong-type-crashes",
        "A value of the wrong JSON type ends in 500.",
        &["REQ-TYPE-002", "REQ-STATUS-002"],
        Effect::Refuse(|object, _| crashed(any(object, &|name, value| !fits(name, value)))),
    ),
    row(
        "wrong-type-crashes-at-times",
        "Every third value of the wrong JSON type ends in 500.",
        &["REQ-TYPE-002", "REQ-STATUS-002"],
        Effect::Refuse(|object, request| {
            crashed(request.number % 3 == 0 && any(object, &|name, value| !fits(name, value)))
        }),
    ),
    row(
        "wrong-type-of-details-crashes",
        "A details that is no array ends in 500.",
        &["REQ-TYPE-002", "REQ-STATUS-002"],
        Effect::Refuse(|object, _| {
            crashed(any(object, &|name, value| name == "details" && !value.is_array() && !value.is_null()))
        }),
    ),
    row(
        "element-of-wrong-type-dropped",
        "An element of details that is no object is dropped, and the answer is 200.",
        &["REQ-TYPE-002"],
        Effect::Parsed(|object| {
            each(object, &mut |name, value| {
                if let (true, Value::Array(items)) = (name == "details", value) {
                    items.retain(Value::is_object);
                }
            });
        }),
    ),
    row(
        "wrong-type-answered-404",
        "A value of the wrong JSON type is answered 404.",
        &["REQ-TYPE-002"],
        Effect::Failed(|answer, request| {
            if any(&request.body, &|name, value| !fits(name, value)) {
                instead(answer, 400, 404);
            }
        }),
    ),
    row(
        "number-taken-in-chunks",
        "In chunks a number is taken for a string.",
        &["REQ-TYPE-002"],
        Effect::Request(|request| {
            edit(request, chunked, |object| {
                each(object, &mut |name, value| {
                    if is_text(name) && value.is_number() {
                        *value = value.to_string().into();
                    }
                });
            });
        }),
    ),
    row(
        "true-taken-for-a-string-on-derived-jobs",
        "In an update of a job of a derived type a boolean status becomes a string.",
        &["REQ-TYPE-002"],
        Effect::Place(|request, state| {
            if is_of_derived(request, state) {
                let mut body = content(request);
                if let Some(Value::Bool(status)) = body.get("status") {
                    body.insert("status".to_owned(), status.to_string().into());
                    set_content(request, body);
                }
            }
        }),
    ),
    row(
        "numbers-taken-for-text-in-an-error-that-was-null",
        "Numbers in an error that was null are kept as text.",
        &["REQ-TYPE-002"],
        Effect::Place(|request, state| {
            first_error(request, state, |error| {
                each(error, &mut |name, value| {
                    if is_text(name) && value.is_number() {
                        *value = value.to_string().into();
                    }
                });
            });
        }),
    ),
    row(
        "number-of-many-digits-crashes",
        "A number of more than 18 digits ends in 500.",
        &["REQ-TYPE-002", "REQ-STATUS-002"],
        Effect::Refuse(|object, _| crashed(any(object, &|_, value| value.is_number() && value.to_string().len() > 18))),
    ),
    row(
        "number-with-a-fraction-taken",
        "A number with a fraction is taken for a string.",
        &["REQ-TYPE-002"],
        Effect::Parsed(|object| {
            each(object, &mut |name, value| {
                if is_text(name) && value.is_f64() {
                    *value = value.to_string().into();
                }
            });
        }),
    ),
];

/// Whether the JSON type of a member fits its declared type; null is another matter.
fn fits(name: &str, value: &Value) -> bool {
    match name {
        _ if value.is_null() => true,
        "error" | "innerError" => value.is_object(),
        "details" => value.is_array(),
        _ if is_text(name) || is_date(name) => value.is_string(),
        _ => true,
    }
}

/// Replaces the values of members that should be strings.
fn texts(object: &mut Object, replace: fn(&Value) -> Option<Value>) {
    each(object, &mut |name, value| {
        if let (true, Some(other)) = (is_text(name), replace(value)) {
            *value = other;
        }
    });
}

/// Replaces the values of members of one name.
fn member(object: &mut Object, of: &str, replace: fn(&Value) -> Option<Value>) {
    each(object, &mut |name, value| {
        if let (true, Some(other)) = (name == of, replace(value)) {
            *value = other;
        }
    });
}
