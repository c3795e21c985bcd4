//! More faults of level [`FaultLevel::Validation`](super::FaultLevel::Validation): undeclared properties and annotations.

use serde_json::Value;

use super::FaultLevel::Validation;
use super::alter::{absorb, content, crashed, each, patches, refused, set_content};
use super::{Fault, row};
use crate::reference::effect::{Effect, Object, Switch};
use crate::reference::message::Place;
use crate::reference::validate::{DETAIL, ERROR, INNER, Shape, properties};
use crate::reference::{respond, store};

pub(super) const ROWS: &[Fault] = &[
    row(
        Validation,
        "unknown-property-dropped",
        "An undeclared property at the root is dropped.",
        &["REQ-UNK-001", "REQ-STATUS-003"],
        Effect::Switch(Switch::DropUnknown),
    ),
    row(
        Validation,
        "unknown-property-dropped-on-one-path",
        "An undeclared property is dropped on classifyTextJobs.",
        &["REQ-UNK-001", "REQ-STATUS-003"],
        Effect::Request(|request| {
            if patches(request) && request.path.contains("/classifyTextJobs/") {
                let mut object = content(request);
                let count = object.len();
                object.retain(|name, _| declared_at_root(name));
                if object.len() < count {
                    set_content(request, object);
                }
            }
        }),
    ),
    row(
        Validation,
        "unknown-property-dropped-in-error",
        "An undeclared property inside the error is dropped.",
        &["REQ-UNK-001", "REQ-STATUS-003"],
        Effect::Switch(Switch::DropUnknownNested),
    ),
    row(
        Validation,
        "unknown-property-dropped-in-error-alone",
        "An undeclared property of the error itself is dropped.",
        &["REQ-UNK-001", "REQ-STATUS-003"],
        Effect::Parsed(|object| forget(object, "error", &ERROR)),
    ),
    row(
        Validation,
        "unknown-property-dropped-in-inner-error",
        "An undeclared property of innerError is dropped.",
        &["REQ-UNK-001", "REQ-STATUS-003"],
        Effect::Parsed(|object| forget(object, "innerError", &INNER)),
    ),
    row(
        Validation,
        "unknown-property-dropped-in-details",
        "An undeclared property of an element of details is dropped.",
        &["REQ-UNK-001", "REQ-STATUS-003"],
        Effect::Parsed(|object| {
            each(object, &mut |name, value| {
                if let (true, Value::Array(items)) = (name == "details", value) {
                    for item in items.iter_mut().filter_map(Value::as_object_mut) {
                        item.retain(|name, _| name.contains('@') || DETAIL.names().any(|known| known == name));
                    }
                }
            });
        }),
    ),
    row(
        Validation,
        "unknown-property-crashes",
        "An undeclared property at the root ends in 500.",
        &["REQ-UNK-001", "REQ-STATUS-002"],
        Effect::Refuse(|object, _| crashed(object.keys().any(|name| !declared_at_root(name)))),
    ),
    row(
        Validation,
        "unknown-property-crashes-in-error",
        "An undeclared property of the error ends in 500.",
        &["REQ-UNK-001", "REQ-STATUS-002"],
        Effect::Refuse(|object, _| {
            let error = object.get("error").and_then(Value::as_object);
            crashed(error.is_some_and(|error| error.keys().any(|name| !declared(name, &ERROR))))
        }),
    ),
    row(
        Validation,
        "unknown-property-answered-404",
        "An undeclared property at the root is answered 404.",
        &["REQ-UNK-001"],
        Effect::Refuse(|object, _| {
            object.keys().any(|name| !declared_at_root(name)).then_some(http::StatusCode::NOT_FOUND)
        }),
    ),
    row(
        Validation,
        "unknown-property-refused-rest-applied",
        "A body with an undeclared property is refused, but the rest of it is applied.",
        &["REQ-ATOM-001", "REQ-ATOM-002"],
        Effect::Refused(|status, request, job| {
            if status == 400 && request.body.keys().any(|name| !declared_at_root(name)) {
                let known = request.body.clone().into_iter().filter(|(name, _)| declared_at_root(name));
                absorb(known.collect(), job);
            }
        }),
    ),
    row(
        Validation,
        "user-id-crashes",
        "A userId ends in 500.",
        &["REQ-STATUS-002", "REQ-UNK-003"],
        Effect::Refuse(|object, _| crashed(object.contains_key("userId"))),
    ),
    row(
        Validation,
        "user-id-changes-tenant",
        "A userId is stored as tenantId.",
        &["REQ-UNK-003", "REQ-MERGE-001"],
        Effect::Parsed(|object| {
            if let (Some(user), false) = (object.get("userId").cloned(), object.contains_key("tenantId")) {
                object.insert("tenantId".to_owned(), user);
            }
        }),
    ),
    row(
        Validation,
        "annotation-refused",
        "An annotation that is not known is refused.",
        &["REQ-UNK-002"],
        Effect::Refuse(|object, _| refused(object.keys().any(|name| name.contains('@') && !name.contains("@odata.")))),
    ),
    row(
        Validation,
        "annotation-of-property-refused",
        "An annotation of a property is refused.",
        &["REQ-UNK-002"],
        Effect::Refuse(|object, _| refused(object.keys().any(|name| name.find('@').is_some_and(|at| at > 0)))),
    ),
    row(
        Validation,
        "annotation-crashes",
        "An annotation that is not known ends in 500.",
        &["REQ-UNK-002", "REQ-STATUS-002"],
        Effect::Refuse(|object, _| crashed(object.keys().any(|name| name.contains('@') && !name.contains("@odata.")))),
    ),
    row(
        Validation,
        "annotation-taken-as-value",
        "An annotation of a property is stored as its value.",
        &["REQ-UNK-002", "REQ-RESP-003"],
        Effect::Parsed(|object| {
            let notes = object.iter().filter_map(|(name, value)| {
                let (of, _) = name.split_once('@').filter(|(of, _)| !of.is_empty())?;
                Some((of.to_owned(), value.clone()))
            });
            let notes: Vec<_> = notes.filter(|(_, value)| value.is_string()).collect();
            object.extend(notes);
        }),
    ),
    row(
        Validation,
        "annotated-property-dropped",
        "A property that has an annotation is not applied.",
        &["REQ-UNK-002", "REQ-STATUS-003", "REQ-RESP-003"],
        Effect::Parsed(|object| {
            let annotated: Vec<_> = object.keys().filter_map(|name| Some(name.split_once('@')?.0.to_owned())).collect();
            object.retain(|name, _| !annotated.contains(name));
        }),
    ),
    row(
        Validation,
        "annotation-ends-the-body",
        "A body with an unknown annotation is answered 200 and not applied.",
        &["REQ-UNK-002", "REQ-STATUS-003", "REQ-RESP-003"],
        Effect::Parsed(|object| {
            if object.keys().any(|name| name.contains('@') && !name.contains("@odata.")) {
                object.clear();
            }
        }),
    ),
    row(
        Validation,
        "context-refused",
        "An @odata.context in the body is refused.",
        &["REQ-UNK-002", "REQ-IDEMP-002"],
        Effect::Refuse(|object, _| refused(object.contains_key("@odata.context"))),
    ),
    row(
        Validation,
        "context-crashes",
        "An @odata.context in the body ends in 500.",
        &["REQ-UNK-002", "REQ-IDEMP-002", "REQ-STATUS-002"],
        Effect::Refuse(|object, _| crashed(object.contains_key("@odata.context"))),
    ),
    row(
        Validation,
        "etag-in-body-refused",
        "An @odata.etag in the body is refused.",
        &["REQ-IDEMP-002", "REQ-UNK-002"],
        Effect::Refuse(|object, _| refused(object.contains_key("@odata.etag"))),
    ),
    row(
        Validation,
        "odata-id-refused",
        "An @odata.id in the body is refused.",
        &["REQ-UNK-002"],
        Effect::Refuse(|object, _| refused(object.contains_key("@odata.id"))),
    ),
    row(
        Validation,
        "odata-id-followed",
        "An @odata.id in the body says which job is updated.",
        &["REQ-UNK-002", "REQ-ISO-001"],
        Effect::Place(|request, _| {
            let place = content(request).get("@odata.id").and_then(Value::as_str).map(|id| last_segment(id).to_owned());
            if let (true, Place::Job(endpoint, _), Some(id)) = (patches(request), &request.place, place) {
                request.place = Place::Job(endpoint, id);
            }
        }),
    ),
    row(
        Validation,
        "body-etag-always-counts",
        "An @odata.etag in the body is a precondition under OData-Version 4.0 too.",
        &["REQ-UNK-002"],
        Effect::Condition(|holds, request, job| holds && body_tag(request.body.get("@odata.etag"), job)),
    ),
];

/// Whether a property may stand at the root, or is not a property at all.
fn declared_at_root(name: &str) -> bool {
    name.contains('@') || ["id", "userId", "result"].contains(&name) || properties().any(|known| known == name)
}

fn declared(name: &str, shape: &Shape) -> bool {
    name.contains('@') || shape.names().any(|known| known == name)
}

/// Drops what a complex value does not declare.
fn forget(object: &mut Object, of: &str, shape: &Shape) {
    each(object, &mut |name, value| {
        if let (true, Value::Object(inner)) = (name == of, value) {
            inner.retain(|name, _| declared(name, shape));
        }
    });
}

/// The key at the end of a URL of an entity, in parentheses or after the last slash.
fn last_segment(url: &str) -> &str {
    url.trim_end_matches([')', '\'']).rsplit(['/', '(', '\'']).next().unwrap_or_default()
}

/// Whether an `ETag` in a body, if any, is that of the job.
fn body_tag(given: Option<&Value>, job: &store::Job) -> bool {
    given.and_then(Value::as_str).is_none_or(|given| respond::names(given, &store::tag(job)))
}
