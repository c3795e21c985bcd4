//! An undeclared property is dropped, or crashes the server.

use serde_json::{Value, json};

use super::{dropped, row};
use crate::reference::effect::{Effect, Object, Switch};
use crate::reference::fault::Fault;
use crate::reference::fault::alter::{absorb, content, crashed, each, patches, refused, set_content};
use crate::reference::fault::edit::{edit, first_error};
use crate::reference::fault::given::{chunked, has_parameter, is_minimal};
use crate::reference::fault::jobs::{is_derived, named_job};
use crate::reference::picture::error;
use crate::reference::validate::{DETAIL, ERROR, INNER, Shape, properties};

pub(super) const ROWS: &[Fault] = &[
    row(
        "undeclared-kept-until-the-next-update",
        "Undeclared properties are kept until an update does not name them.",
        &["REQ-UNK-001", "REQ-MERGE-004"],
        Effect::Several(&[
            Effect::Switch(Switch::OpenType),
            Effect::After(|state, key, request| {
                let Some(job) = state.jobs.get_mut(key) else { return };
                let mut object = job.properties.to_object();
                object.retain(|name, _| !name.starts_with("patchproof") || request.body.contains_key(name));
                job.properties = object.into();
            }),
        ]),
    ),
    row(
        "unknown-property-dropped",
        "An undeclared property at the root is dropped.",
        &["REQ-UNK-001", "REQ-STATUS-003"],
        Effect::Switch(Switch::DropUnknown),
    ),
    row(
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
        "unknown-property-dropped-in-error",
        "An undeclared property inside the error is dropped.",
        &["REQ-UNK-001", "REQ-STATUS-003"],
        Effect::Switch(Switch::DropUnknownNested),
    ),
    row(
        "unknown-property-dropped-in-error-alone",
        "An undeclared property of the error itself is dropped.",
        &["REQ-UNK-001", "REQ-STATUS-003"],
        Effect::Parsed(|object| forget(object, "error", &ERROR)),
    ),
    row(
        "unknown-property-dropped-in-inner-error",
        "An undeclared property of innerError is dropped.",
        &["REQ-UNK-001", "REQ-STATUS-003"],
        Effect::Parsed(|object| forget(object, "innerError", &INNER)),
    ),
    row(
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
        "qualified-property-dropped",
        "An undeclared property under the namespace of the service is dropped.",
        &["REQ-UNK-001"],
        Effect::Parsed(|object| object.retain(|name, _| !name.starts_with("microsoft.graph."))),
    ),
    row(
        "property-in-the-plural-dropped",
        "A property `errors` is dropped.",
        &["REQ-UNK-001"],
        Effect::Parsed(|object| drop(object.shift_remove("errors"))),
    ),
    row(
        "unknown-property-crashes",
        "An undeclared property at the root ends in 500.",
        &["REQ-UNK-001", "REQ-STATUS-002"],
        Effect::Refuse(|object, _| crashed(object.keys().any(|name| !declared_at_root(name)))),
    ),
    row(
        "unknown-property-crashes-in-error",
        "An undeclared property of the error ends in 500.",
        &["REQ-UNK-001", "REQ-STATUS-002"],
        Effect::Refuse(|object, _| {
            let error = object.get("error").and_then(Value::as_object);
            crashed(error.is_some_and(|error| error.keys().any(|name| !declared(name, &ERROR))))
        }),
    ),
    row(
        "unknown-property-answered-404",
        "An undeclared property at the root is answered 404.",
        &["REQ-UNK-001"],
        Effect::Refuse(|object, _| {
            object.keys().any(|name| !declared_at_root(name)).then_some(http::StatusCode::NOT_FOUND)
        }),
    ),
    row(
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
        "user-id-crashes",
        "A userId ends in 500.",
        &["REQ-STATUS-002", "REQ-UNK-003"],
        Effect::Refuse(|object, _| crashed(object.contains_key("userId"))),
    ),
    row(
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
        "result-written-back-refused",
        "A body that holds the result of the job is refused.",
        &["REQ-IDEMP-002"],
        Effect::Refuse(|body, _| refused(body.contains_key("result"))),
    )
    .mild(),
    row(
        "unknown-dropped-on-derived-jobs",
        "In an update of a job of a derived type undeclared properties are dropped.",
        &["REQ-UNK-001"],
        Effect::Place(|request, state| {
            if patches(request) && named_job(request, state).is_some_and(is_derived) && !request.content.is_empty() {
                let mut content = content(request);
                if content.shift_remove("patchproofUnknown").is_some() {
                    set_content(request, content);
                }
            }
        }),
    ),
    row(
        "unknown-dropped-under-representation",
        "Undeclared properties are dropped under return=representation.",
        &["REQ-UNK-001"],
        Effect::Request(|request| {
            if patches(request) && request.prefers("return").as_deref() == Some("representation") {
                let mut content = content(request);
                if content.shift_remove("patchproofUnknown").is_some() {
                    set_content(request, content);
                }
            }
        }),
    ),
    row(
        "unknown-dropped-under-minimal",
        "Undeclared properties are dropped under return=minimal.",
        &["REQ-UNK-001"],
        Effect::Request(|request| {
            if is_minimal(request) {
                let mut content = content(request);
                if content.shift_remove("patchproofUnknown").is_some() {
                    set_content(request, content);
                }
            }
        }),
    ),
    row(
        "unknown-property-dropped-in-chunks",
        "Undeclared properties are dropped where the update comes in chunks.",
        &["REQ-UNK-001", "REQ-STATUS-003"],
        Effect::Request(|request| {
            if patches(request) && chunked(request) && request.whole && !request.content.is_empty() {
                let mut object = content(request);
                object.retain(|name, _| name != "patchproofUnknown");
                set_content(request, object);
            }
        }),
    ),
    row(
        "unknown-property-dropped-beside-a-charset",
        "Undeclared properties are dropped where the media type has a parameter.",
        &["REQ-UNK-001", "REQ-STATUS-003"],
        Effect::Request(|request| {
            edit(request, has_parameter, |object| drop(object.shift_remove("patchproofUnknown")));
        }),
    ),
    row(
        "undeclared-lost-in-details-of-an-element",
        "Undeclared properties in the details of an element of the derived type are dropped.",
        &["REQ-UNK-001"],
        Effect::Parsed(|object| {
            let error = object.get_mut("error").and_then(|error| error.get_mut("details"));
            for element in error.and_then(Value::as_array_mut).into_iter().flatten() {
                let inner = element.get_mut("details").and_then(Value::as_array_mut).into_iter().flatten();
                for element in inner.filter_map(Value::as_object_mut) {
                    element.retain(|name, _| OF_AN_ELEMENT.contains(&name.as_str()));
                }
            }
        }),
    ),
    row(
        "undeclared-lost-in-an-error-that-was-null",
        "Undeclared properties in an error that was null are dropped.",
        &["REQ-UNK-001"],
        Effect::Place(|request, state| first_error(request, state, declared_only)),
    ),
    dropped(
        "unknown-null-dropped",
        "An undeclared property that is null is dropped.",
        Effect::Parsed(|object| object.retain(|name, value| !value.is_null() || name != "patchproofUnknown")),
    )
    .mild(),
    row(
        "unknown-null-dropped-in-error",
        "An undeclared property of the error that is null is dropped.",
        &["REQ-UNK-001"],
        Effect::Parsed(|object| {
            if let Some(error) = error(object) {
                error.retain(|name, value| name != "patchproofUnknown" || !value.is_null());
            }
        }),
    )
    .mild(),
    dropped(
        "empty-unknown-dropped",
        "An undeclared property that is an empty object or array is dropped.",
        Effect::Parsed(|object| {
            object.retain(|name, value| name != "patchproofUnknown" || ![json!({}), json!([])].contains(value));
        }),
    ),
    row(
        "undeclared-lost-beside-null",
        "Undeclared properties are dropped where a property beside them is null.",
        &["REQ-UNK-001"],
        Effect::Parsed(|object| {
            if object.iter().any(|(name, value)| value.is_null() && properties().any(|known| known == *name)) {
                object.retain(|name, _| name.contains('@') || name == "id" || properties().any(|known| known == *name));
            }
        }),
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

/// The members of an element of details.
const OF_AN_ELEMENT: [&str; 5] = ["@odata.type", "code", "message", "target", "innerError"];

fn declared_only(error: &mut Object) {
    error.retain(|name, _| name.contains('@') || MEMBERS.contains(&name.as_str()));
    if let Some(Value::Object(inner)) = error.get_mut("innerError") {
        inner.retain(|name, _| name.contains('@') || MEMBERS.contains(&name.as_str()));
    }
}

/// The members of an error and of an innerError.
const MEMBERS: [&str; 8] =
    ["code", "message", "target", "innerError", "details", "errorDateTime", "clientRequestId", "activityId"];
