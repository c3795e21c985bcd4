//! An update that changes nothing, or writes back what a GET shows, is refused or does something.

use serde_json::{Value, json};

use super::row;
use crate::reference::effect::{Effect, Object};
use crate::reference::fault::Fault;
use crate::reference::fault::alter::{bare, content, crashed, key, patches, refused, without_content};
use crate::reference::message::Request;
use crate::reference::store::{Job, State, merge};
use crate::reference::{datetime, picture};

pub(super) const ROWS: &[Fault] = &[
    row(
        "repeat-refused",
        "An update that changes nothing is answered 409.",
        &["REQ-IDEMP-001", "REQ-STATUS-001"],
        Effect::Several(&[
            Effect::Place(mark_repeats),
            Effect::Refuse(|_, request| repeats(request).then_some(http::StatusCode::CONFLICT)),
        ]),
    ),
    row(
        "repeat-answered-204",
        "An update that changes nothing is answered 204.",
        &["REQ-STATUS-001", "REQ-IDEMP-001"],
        Effect::Several(&[
            Effect::Place(mark_repeats),
            Effect::Updated(|answer, request| {
                if repeats(request) {
                    without_content(answer);
                }
            }),
        ]),
    ),
    row(
        "repeat-crashes",
        "An update that changes nothing ends in 500.",
        &["REQ-IDEMP-001", "REQ-STATUS-002"],
        Effect::Several(&[
            Effect::Place(mark_repeats),
            Effect::Refuse(|_, request| repeats(request).then_some(http::StatusCode::INTERNAL_SERVER_ERROR)),
        ]),
    ),
    row(
        "repeat-clears-error",
        "An update that changes nothing sets the error to null.",
        &["REQ-IDEMP-001"],
        Effect::After(|state, key, request| {
            changed_nothing(state, key, request, |job| {
                job.properties.insert("error".to_owned(), Value::Null);
            });
        }),
    ),
    row(
        "repeat-marks-status",
        "An update that changes nothing adds a mark to the status.",
        &["REQ-IDEMP-001", "REQ-RESP-003"],
        Effect::After(|state, key, request| {
            changed_nothing(state, key, request, |job| {
                if let Some(Value::String(status)) = job.properties.get_mut("status") {
                    status.push('*');
                }
            });
        }),
    ),
    row(
        "repeat-moves-the-start",
        "An update that changes nothing moves startDateTime on by a second.",
        &["REQ-IDEMP-001"],
        Effect::After(|state, key, request| {
            changed_nothing(state, key, request, |job| {
                if let Some(start) = job.properties.get_mut("startDateTime") {
                    picture::rewrite_instant(start, |moment| {
                        datetime::write(moment.seconds + 1, &moment.fraction, moment.offset)
                    });
                }
            });
        }),
    ),
    row(
        "entity-written-back-refused",
        "A body with everything that a GET shows is refused.",
        &["REQ-IDEMP-002"],
        Effect::Refuse(|object, _| refused(is_whole(object))),
    ),
    row(
        "entity-written-back-crashes",
        "A body with everything that a GET shows ends in 500.",
        &["REQ-IDEMP-002", "REQ-STATUS-002"],
        Effect::Refuse(|object, _| crashed(is_whole(object))),
    ),
    row(
        "entity-written-back-loses-error",
        "A body with everything that a GET shows sets the error to null.",
        &["REQ-IDEMP-002", "REQ-RESP-003", "REQ-STATUS-003"],
        Effect::Parsed(|object| {
            if is_whole(object) {
                object.insert("error".to_owned(), Value::Null);
            }
        }),
    ),
    row(
        "entity-written-back-doubles-details",
        "A body with everything that a GET shows doubles the elements of details.",
        &["REQ-IDEMP-002", "REQ-RESP-003"],
        Effect::Parsed(|object| {
            if let (true, Some(details)) = (is_whole(object), picture::details(object)) {
                details.extend(details.clone());
                details.push(json!({"code": "copy"}));
            }
        }),
    ),
    row(
        "nested-nulls-of-written-back-error-refused",
        "An error with annotations and nulls, as a GET shows it, is refused.",
        &["REQ-IDEMP-002", "REQ-NULL-001"],
        Effect::Refuse(|object, _| {
            let error = object.get("error").and_then(Value::as_object);
            refused(error.is_some_and(|error| error.contains_key("@odata.type") && error.values().any(Value::is_null)))
        }),
    ),
    row(
        "error-lost-with-result-written-back",
        "An update that holds the result of the job clears its error.",
        &["REQ-IDEMP-002"],
        Effect::Merge(|current, mut change| {
            if change.contains_key("result") {
                change.insert("error".to_owned(), Value::Null);
            }
            merge(current, change);
        }),
    ),
];

/// Whether a body has all that the picture of a job has.
fn is_whole(object: &Object) -> bool {
    object.contains_key("id") && object.contains_key("@odata.context") && object.contains_key("error")
}

/// Notes in a header whether an update would change anything; a body without properties does not count.
fn mark_repeats(request: &mut Request, state: &mut State) {
    let change = bare(content(request));
    let job = key(request).and_then(|key| state.jobs.get(&key)).filter(|_| patches(request) && !change.is_empty());
    let Some(job) = job else { return };
    let mut after = job.properties.clone();
    merge(&mut after, change);
    if after == job.properties {
        request.headers.insert("x-repeats", http::HeaderValue::from_static("1"));
    }
}

fn repeats(request: &Request) -> bool {
    request.headers.contains_key("x-repeats")
}

/// Does something to a job if an update of it with properties in it changed nothing.
fn changed_nothing(state: &mut State, key: &crate::reference::store::Key, request: &Request, act: fn(&mut Job)) {
    let named = request.body.keys().any(|name| !name.contains('@') && name != "id");
    if let Some(job) = state.jobs.get_mut(key).filter(|job| named && job.properties == job.previous) {
        act(job);
    }
}
