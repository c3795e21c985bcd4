//! The id of the job in a body is refused, or another one is accepted.

use serde_json::{Value, json};

use super::row;
use crate::reference::effect::Effect;
use crate::reference::fault::Fault;
use crate::reference::fault::alter::{content, crashed, key, patches, refused, set_content};
use crate::reference::fault::given::chunked;
use crate::reference::message::{Place, Request};
use crate::reference::store::{NOBODY, State};

pub(super) const ROWS: &[Fault] = &[
    row(
        "same-id-refused",
        "A body with an id is refused even if it is that of the job.",
        &["REQ-BODY-003", "REQ-IDEMP-002", "REQ-IDENT-003"],
        Effect::Refuse(|object, _| refused(object.contains_key("id"))),
    ),
    row(
        "same-id-taken-as-conflict",
        "A body with the id of the job is answered 409.",
        &["REQ-BODY-003", "REQ-IDEMP-002"],
        Effect::Refuse(|object, request| {
            let same = object.get("id").and_then(Value::as_str).is_some_and(|id| Some(id) == own_id(request));
            same.then_some(http::StatusCode::CONFLICT)
        }),
    ),
    row(
        "other-id-crashes",
        "A different id in the body ends in 500.",
        &["REQ-IDENT-003", "REQ-STATUS-002"],
        Effect::Refuse(|object, request| {
            crashed(object.get("id").and_then(Value::as_str).is_some_and(|id| Some(id) != own_id(request)))
        }),
    ),
    row(
        "other-id-ends-the-update",
        "A body with a different id is answered 200 and not applied.",
        &["REQ-IDENT-003", "REQ-STATUS-003"],
        Effect::Place(|request, _| {
            if other_id(request).is_some() {
                set_content(request, json!({}));
            }
        }),
    ),
    row(
        "other-id-renames-the-job",
        "A different id in the body becomes the id of the job.",
        &["REQ-IDENT-002", "REQ-IDENT-001", "REQ-RESP-004", "REQ-ISO-004"],
        Effect::Place(rename),
    ),
    row(
        "other-id-renames-the-job-in-chunks",
        "A different id in content in chunks becomes the id of the job.",
        &["REQ-IDENT-002", "REQ-IDENT-001", "REQ-RESP-004", "REQ-ISO-004"],
        Effect::Place(|request, state| {
            if chunked(request) {
                rename(request, state);
            }
        }),
    ),
    row(
        "other-id-copies-the-job",
        "A different id in the body makes a second job of that id.",
        &["REQ-IDENT-002", "REQ-ISO-004"],
        Effect::Place(|request, state| {
            let job = key(request).and_then(|key| state.jobs.get(&key).cloned());
            if let (Some(id), Some(job), Place::Job(endpoint, _)) = (other_id(request), job, &request.place) {
                state.jobs.insert((endpoint.collection, id), job);
            }
        }),
    ),
    row(
        "other-id-updates-other-job",
        "The id in the body says which job is updated.",
        &["REQ-IDENT-003", "REQ-IDENT-002", "REQ-ISO-001"],
        Effect::Place(|request, _| {
            if let (Some(id), Place::Job(endpoint, _)) = (other_id(request), &request.place) {
                request.place = Place::Job(endpoint, id);
            }
        }),
    ),
    row(
        "other-id-shown",
        "The answer shows a different id of the body as that of the job.",
        &["REQ-IDENT-001", "REQ-IDENT-002"],
        Effect::Entity(|object, request| {
            object.extend(request.body.get("id").map(|id| ("id".to_owned(), id.clone())));
        }),
    ),
    row(
        "null-id-shown",
        "A null for id is accepted and shown.",
        &["REQ-IDENT-002", "REQ-PROP-002", "REQ-IDENT-001"],
        Effect::Several(&[
            Effect::Parsed(|object| object.retain(|name, value| name != "id" || !value.is_null())),
            Effect::Entity(|object, request| {
                if request.body.get("id").is_some_and(Value::is_null) {
                    object.insert("id".to_owned(), Value::Null);
                }
            }),
        ]),
    ),
    row(
        "object-as-id-shown",
        "An object for id is accepted and shown.",
        &["REQ-IDENT-002", "REQ-PROP-002", "REQ-IDENT-001"],
        Effect::Several(&[
            Effect::Parsed(|object| object.retain(|name, value| name != "id" || !value.is_object())),
            Effect::Entity(|object, request| {
                if let Some(id) = request.body.get("id").filter(|id| id.is_object()) {
                    object.insert("id".to_owned(), id.clone());
                }
            }),
        ]),
    ),
    row(
        "number-as-id-shown",
        "A number for id is accepted and shown as a string.",
        &["REQ-IDENT-002", "REQ-IDENT-001"],
        Effect::Several(&[
            Effect::Parsed(|object| object.retain(|name, value| name != "id" || !value.is_number())),
            Effect::Entity(|object, request| {
                if let Some(id) = request.body.get("id").filter(|id| id.is_number()) {
                    object.insert("id".to_owned(), id.to_string().into());
                }
            }),
        ]),
    ),
    row(
        "null-id-deletes-the-job",
        "A null for id takes the job away.",
        &["REQ-IDENT-002", "REQ-ISO-004", "REQ-ATOM-002"],
        Effect::Refused(|_, request, job| {
            if request.body.get("id").is_some_and(Value::is_null) {
                job.tenant = NOBODY;
            }
        }),
    ),
    row(
        "null-id-crashes",
        "A null for id ends in 500.",
        &["REQ-IDENT-002", "REQ-STATUS-002"],
        Effect::Refuse(|object, _| crashed(object.get("id").is_some_and(Value::is_null))),
    ),
];

/// Gives the job the id in the body.
fn rename(request: &mut Request, state: &mut State) {
    if let (Some(id), Some(key), Place::Job(endpoint, _)) = (other_id(request), key(request), request.place.clone())
        && let Some(job) = state.jobs.shift_remove(&key)
    {
        request.place = Place::Job(endpoint, id.clone());
        state.jobs.insert((endpoint.collection, id), job);
    }
}

fn own_id(request: &Request) -> Option<&str> {
    match &request.place {
        Place::Job(_, id) => Some(id),
        _ => None,
    }
}

/// The id in the content of an update, if it is another than that of the job.
fn other_id(request: &Request) -> Option<String> {
    let given = content(request).get("id").and_then(Value::as_str).map(str::to_owned);
    given.filter(|id| patches(request) && !id.is_empty() && Some(id.as_str()) != own_id(request))
}
