//! Rewrites the strings of a job.

use serde_json::Value;

use super::alter::each;
use crate::reference::effect::Object;
use crate::reference::picture::{NESTED_TEXTS, ROOT_TEXTS, details, each_nested, each_object};

/// Changes a string that is not empty.
pub(super) fn rewrite(value: &mut Value, change: fn(&str) -> String) {
    if let Some(text) = value.as_str().filter(|text| text.is_ascii() && !text.is_empty()) {
        *value = change(text).into();
    }
}

/// Changes all string properties, nested ones included.
pub(super) fn texts(job: &mut Object, change: fn(&str) -> String) {
    for name in ROOT_TEXTS {
        apply(job, name, change);
    }
    nested(job, change);
}

/// Changes the string properties of the error and its parts.
pub(super) fn nested(job: &mut Object, change: fn(&str) -> String) {
    each_nested(job, &mut |object| NESTED_TEXTS.iter().for_each(|name| apply(object, name, change)));
}

fn apply(object: &mut Object, name: &str, change: fn(&str) -> String) {
    if let Some(Value::String(text)) = object.get_mut(name) {
        *text = change(text);
    }
}

/// Changes the strings of this name, wherever they stand.
pub(super) fn only(job: &mut Object, name: &str, change: fn(&str) -> Value) {
    each_object(job, &mut |object| {
        if let Some(text) = object.get(name).and_then(Value::as_str) {
            let changed = change(text);
            object.insert(name.to_owned(), changed);
        }
    });
}

/// Makes those members of elements of details null that a test names.
pub(super) fn in_elements(job: &mut Object, test: fn(&str, &Value) -> bool) {
    for element in details(job).into_iter().flatten().filter_map(Value::as_object_mut) {
        each(element, &mut |name, value| {
            if test(name, value) {
                *value = Value::Null;
            }
        });
    }
}
