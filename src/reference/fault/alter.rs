//! Changes that rows of several tables share, and what they ask before.

use http::{Method, StatusCode};
use serde_json::Value;

use crate::reference::effect::Object;
use crate::reference::message::{Answer, Place, Request};
use crate::reference::respond;
use crate::reference::store::{Job, Key, merge};

/// Gives an answer another status, with the code of the envelope that belongs to it.
pub(super) fn restatus(answer: &mut Answer, status: u16) {
    answer.status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let code = respond::code(answer.status);
    answer.error().insert("code".to_owned(), code.into());
}

/// Gives an answer another status if it has this one.
pub(super) fn instead(answer: &mut Answer, from: u16, status: u16) {
    if answer.status.as_u16() == from {
        restatus(answer, status);
    }
}

/// Makes an answer that succeeded a 500.
pub(super) fn failure(answer: &mut Answer) {
    restatus(answer, 500);
    answer.error().insert("message".to_owned(), "Something went wrong.".into());
    answer.set("content-type", "application/json");
}

/// Fails with 500 if the media type of an update is of this kind.
pub(super) fn fail_on_type(answer: &mut Answer, request: &Request, of: fn(&str) -> bool) {
    if patches(request) && request.headers.contains_key("content-type") && of(request.header("content-type")) {
        failure(answer);
    }
}

/// Makes an answer a 204.
pub(super) fn without_content(answer: &mut Answer) {
    answer.status = StatusCode::NO_CONTENT;
    answer.body = None;
    answer.unset("content-type");
}

/// Refuses with 400 if so.
pub(super) fn refused(so: bool) -> Option<StatusCode> {
    so.then_some(StatusCode::BAD_REQUEST)
}

/// Refuses with 415 if so.
pub(super) fn unsupported(so: bool) -> Option<StatusCode> {
    so.then_some(StatusCode::UNSUPPORTED_MEDIA_TYPE)
}

/// Fails with 500 if so.
pub(super) fn crashed(so: bool) -> Option<StatusCode> {
    so.then_some(StatusCode::INTERNAL_SERVER_ERROR)
}

/// Whether this is the operation.
pub(super) fn patches(request: &Request) -> bool {
    request.method == Method::PATCH
}

/// Whether a job is named.
pub(super) fn at_job(request: &Request) -> bool {
    matches!(request.place, Place::Job(..))
}

/// The key of the job that a request names.
pub(super) fn key(request: &Request) -> Option<Key> {
    match &request.place {
        Place::Job(endpoint, id) => Some((endpoint.collection, id.clone())),
        _ => None,
    }
}

/// The content as an object, empty if it is none.
pub(super) fn content(request: &Request) -> Object {
    serde_json::from_slice(&request.content).unwrap_or_default()
}

/// Puts another JSON text in the place of the content.
pub(super) fn set_content(request: &mut Request, value: impl Into<Value>) {
    request.content = value.into().to_string().into_bytes();
}

/// Sets a member of an object, if there is one.
pub(super) fn set_member(object: Option<&mut Object>, name: &str, value: Value) {
    if let Some(object) = object {
        object.insert(name.to_owned(), value);
    }
}

/// Writes an object into a job without asking whether it fits.
pub(super) fn absorb(change: Object, job: &mut Job) {
    merge(&mut job.properties, bare(change));
}

/// An object without ids and annotations, however deep.
pub(super) fn bare(object: Object) -> Object {
    let members = object.into_iter().filter(|(name, _)| !name.contains('@') && name != "id");
    members
        .map(|(name, value)| match value {
            Value::Object(inner) => (name, Value::Object(bare(inner))),
            value => (name, value),
        })
        .collect()
}

/// Whether the declared type of a member of this name is Edm.DateTimeOffset.
pub(super) fn is_date(name: &str) -> bool {
    name.ends_with("DateTime")
}

/// Whether the declared type of a member of this name is Edm.String.
pub(super) fn is_text(name: &str) -> bool {
    ["type", "status", "tenantId", "code", "message", "target", "clientRequestId", "activityId"].contains(&name)
}

/// Changes every member, however deep; an object is changed before what it holds.
pub(super) fn each(object: &mut Object, change: &mut dyn FnMut(&str, &mut Value)) {
    for (name, value) in object {
        change(name, value);
        match value {
            Value::Object(inner) => each(inner, change),
            Value::Array(items) => {
                for item in items.iter_mut().filter_map(Value::as_object_mut) {
                    each(item, change);
                }
            }
            _ => {}
        }
    }
}

/// Whether a test holds for a member, however deep.
pub(super) fn any(object: &Object, test: &dyn Fn(&str, &Value) -> bool) -> bool {
    object.iter().any(|(name, value)| {
        test(name, value)
            || match value {
                Value::Object(inner) => any(inner, test),
                Value::Array(items) => items.iter().filter_map(Value::as_object).any(|item| any(item, test)),
                _ => false,
            }
    })
}

/// Whether a test holds for a string of this kind of name, however deep.
pub(super) fn any_string(object: &Object, of: fn(&str) -> bool, test: fn(&str) -> bool) -> bool {
    any(object, &|name, value| of(name) && value.as_str().is_some_and(test))
}

/// Changes every string of this kind of name, however deep.
pub(super) fn each_string(object: &mut Object, of: fn(&str) -> bool, change: fn(&str) -> Value) {
    each(object, &mut |name, value| {
        if let (true, Value::String(text)) = (of(name), &*value) {
            *value = change(text);
        }
    });
}
