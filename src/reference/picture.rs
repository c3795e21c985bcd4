//! Finding one's way in the picture of a job: its nested error, the elements of `details`, its texts and date-times.
//!
//! What a derived type adds under `result` is passed over.

use serde_json::Value;

use super::datetime::{self, Moment};
use super::effect::Object;

/// The date-time properties, nested ones included.
const INSTANTS: [&str; 4] = ["creationDateTime", "startDateTime", "endDateTime", "errorDateTime"];

/// The string properties of the job itself.
pub(crate) const ROOT_TEXTS: [&str; 3] = ["type", "status", "tenantId"];

/// The string properties of the nested error and its parts.
pub(crate) const NESTED_TEXTS: [&str; 5] = ["code", "message", "target", "clientRequestId", "activityId"];

/// The nested error, if it is an object.
pub(crate) fn error(job: &mut Object) -> Option<&mut Object> {
    job.get_mut("error")?.as_object_mut()
}

/// The inner error of the nested error.
pub(crate) fn inner(job: &mut Object) -> Option<&mut Object> {
    error(job)?.get_mut("innerError")?.as_object_mut()
}

/// The elements of `details` of the nested error.
pub(crate) fn details(job: &mut Object) -> Option<&mut Vec<Value>> {
    error(job)?.get_mut("details")?.as_array_mut()
}

/// Visits an object and all objects in it, the inner ones first.
pub(crate) fn each_object(object: &mut Object, visit: &mut dyn FnMut(&mut Object)) {
    for (name, value) in object.iter_mut() {
        match value {
            _ if name == "result" => {}
            Value::Object(inner) => each_object(inner, visit),
            Value::Array(items) => {
                items.iter_mut().filter_map(Value::as_object_mut).for_each(|item| each_object(item, visit));
            }
            _ => {}
        }
    }
    visit(object);
}

/// Visits the objects inside an object, but not itself.
pub(crate) fn each_nested(job: &mut Object, visit: &mut dyn FnMut(&mut Object)) {
    if let Some(error) = error(job) {
        each_object(error, visit);
    }
}

/// Visits all members that hold a date-time.
pub(crate) fn each_instant(job: &mut Object, visit: fn(&mut Value)) {
    each_object(job, &mut |object| {
        let instants = object.iter_mut().filter(|(name, value)| INSTANTS.contains(&name.as_str()) && value.is_string());
        instants.for_each(|(_, value)| visit(value));
    });
}

/// Writes every date-time in another way.
pub(crate) fn rewrite_instants(job: &mut Object, write: fn(Moment) -> String) {
    each_object(job, &mut |object| {
        for (name, value) in object.iter_mut() {
            if INSTANTS.contains(&name.as_str()) {
                rewrite_instant(value, write);
            }
        }
    });
}

/// Writes one date-time in another way; what is none stays.
pub(crate) fn rewrite_instant(value: &mut Value, write: fn(Moment) -> String) {
    if let Some(moment) = value.as_str().and_then(datetime::parse) {
        *value = write(moment).into();
    }
}

/// Visits all string properties, nested ones included.
pub(crate) fn each_text(job: &mut Object, visit: fn(&mut Value)) {
    each_member(job, &ROOT_TEXTS, visit);
    each_nested(job, &mut |object| each_member(object, &NESTED_TEXTS, visit));
}

/// Visits those of the named members that are strings.
pub(crate) fn each_member(object: &mut Object, names: &[&str], visit: fn(&mut Value)) {
    for name in names {
        if let Some(value) = object.get_mut(*name).filter(|value| value.is_string()) {
            visit(value);
        }
    }
}
