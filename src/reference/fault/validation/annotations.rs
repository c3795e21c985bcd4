//! An annotation other than that of type is refused, or taken for more than it says.

use serde_json::Value;

use super::row;
use crate::reference::effect::Effect;
use crate::reference::fault::Fault;
use crate::reference::fault::alter::{content, crashed, each, patches, refused};
use crate::reference::fault::given::given;
use crate::reference::message::Place;
use crate::reference::{respond, store};

/// Where a link that was sent is kept.
const LINK: &str = "@link";

pub(super) const ROWS: &[Fault] = &[
    row(
        "annotation-refused",
        "An annotation that is not known is refused.",
        &["REQ-UNK-002"],
        Effect::Refuse(|object, _| refused(object.keys().any(|name| name.contains('@') && !name.contains("@odata.")))),
    ),
    row(
        "annotation-of-property-refused",
        "An annotation of a property is refused.",
        &["REQ-UNK-002"],
        Effect::Refuse(|object, _| refused(object.keys().any(|name| name.find('@').is_some_and(|at| at > 0)))),
    ),
    row(
        "annotation-crashes",
        "An annotation that is not known ends in 500.",
        &["REQ-UNK-002", "REQ-STATUS-002"],
        Effect::Refuse(|object, _| crashed(object.keys().any(|name| name.contains('@') && !name.contains("@odata.")))),
    ),
    row(
        "annotation-without-name-crashes",
        "An annotation without a name ends in 500.",
        &["REQ-STATUS-002"],
        Effect::Refuse(|object, _| crashed(object.keys().any(|name| name.ends_with('@')))),
    ),
    row(
        "removed-annotation-deletes",
        "A job is deleted by an update with the annotation removed, as an entry of a delta is.",
        &["REQ-UNK-002"],
        Effect::Later(|state, key, request| {
            if ["@removed", "@odata.removed"].iter().any(|name| request.body.contains_key(*name)) {
                state.jobs.shift_remove(key);
            }
        }),
    ),
    row(
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
        "annotated-property-dropped",
        "A property that has an annotation is not applied.",
        &["REQ-UNK-002", "REQ-STATUS-003", "REQ-RESP-003"],
        Effect::Parsed(|object| {
            let annotated: Vec<_> = object.keys().filter_map(|name| Some(name.split_once('@')?.0.to_owned())).collect();
            object.retain(|name, _| !annotated.contains(name));
        }),
    ),
    row(
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
        "context-refused",
        "An @odata.context in the body is refused.",
        &["REQ-UNK-002", "REQ-IDEMP-002"],
        Effect::Refuse(|object, _| refused(object.contains_key("@odata.context"))),
    ),
    row(
        "annotations-refused-under-if-match",
        "The annotations of a read are refused beside an If-Match.",
        &["REQ-UNK-002"],
        Effect::Refuse(|object, request| {
            let annotated = object.keys().any(|name| name.starts_with("@odata.") && name != "@odata.type");
            refused(annotated && given(request, "if-match"))
        }),
    ),
    row(
        "context-crashes",
        "An @odata.context in the body ends in 500.",
        &["REQ-UNK-002", "REQ-IDEMP-002", "REQ-STATUS-002"],
        Effect::Refuse(|object, _| crashed(object.contains_key("@odata.context"))),
    ),
    row(
        "etag-in-body-refused",
        "An @odata.etag in the body is refused.",
        &["REQ-IDEMP-002", "REQ-UNK-002"],
        Effect::Refuse(|object, _| refused(object.contains_key("@odata.etag"))),
    ),
    row(
        "body-etag-always-counts",
        "An @odata.etag in the body is a precondition under OData-Version 4.0 too.",
        &["REQ-UNK-002"],
        Effect::Condition(|holds, request, job| holds && body_tag(request.body.get("@odata.etag"), job)),
    ),
    row(
        "odata-id-refused",
        "An @odata.id in the body is refused.",
        &["REQ-UNK-002"],
        Effect::Refuse(|object, _| refused(object.contains_key("@odata.id"))),
    ),
    row(
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
        "odata-id-becomes-status",
        "The value of @odata.id becomes the status where a body names none.",
        &["REQ-UNK-002"],
        Effect::Parsed(|body| {
            let id = body.get("@odata.id").cloned().filter(|_| !body.contains_key("status"));
            body.extend(id.map(|id| ("status".to_owned(), id)));
        }),
    ),
    row(
        "odata-id-echoed",
        "The answer to an update shows the @odata.id of the request.",
        &["REQ-UNK-002"],
        Effect::Entity(|job, request| {
            job.extend(request.body.get("@odata.id").map(|id| ("@odata.id".to_owned(), id.clone())));
        }),
    ),
    row(
        "edit-link-stored",
        "An @odata.editLink in the body is stored, and reads show it.",
        &["REQ-UNK-002"],
        Effect::Several(&[
            Effect::After(|state, key, request| {
                let link = request.body.get("@odata.editLink").map(|link| (LINK.to_owned(), link.clone()));
                if let Some(job) = state.jobs.get_mut(key) {
                    job.properties.extend(link);
                }
            }),
            Effect::Shown(|job, _, _| drop(job.shift_remove(LINK))),
            Effect::Read(|picture, job, _| {
                picture.extend(job.properties.get(LINK).map(|link| ("@odata.editLink".to_owned(), link.clone())));
            }),
        ]),
    ),
    row(
        "count-of-details-refused",
        "A count that is not that of the elements of details is refused.",
        &["REQ-UNK-002"],
        Effect::Refuse(|object, _| {
            let mut wrong = false;
            each(&mut object.clone(), &mut |name, value| {
                let (count, details) = (value.get("details@odata.count"), value.get("details"));
                let held = details.and_then(Value::as_array).map(Vec::len);
                wrong |= name == "error" && count.is_some_and(|count| count.as_u64() != held.map(|held| held as u64));
            });
            refused(wrong)
        }),
    ),
    row(
        "edit-link-elsewhere-refused",
        "A body with an @odata.editLink to another job is refused.",
        &["REQ-UNK-002"],
        Effect::Refuse(|object, request| {
            let link = object.get("@odata.editLink").and_then(Value::as_str);
            refused(link.is_some_and(|link| !link.ends_with(&request.path)))
        }),
    ),
    row(
        "context-of-no-entity-refused",
        "An `@odata.context` that names no entity is refused.",
        &["REQ-UNK-002"],
        Effect::Refuse(|object, _| {
            let context = object.get("@odata.context").and_then(Value::as_str);
            refused(context.is_some_and(|context| !context.ends_with("/$entity")))
        }),
    ),
];

/// The key at the end of a URL of an entity, in parentheses or after the last slash.
fn last_segment(url: &str) -> &str {
    url.trim_end_matches([')', '\'']).rsplit(['/', '(', '\'']).next().unwrap_or_default()
}

/// Whether an `ETag` in a body, if any, is that of the job.
fn body_tag(given: Option<&Value>, job: &store::Job) -> bool {
    given.and_then(Value::as_str).is_none_or(|given| respond::names(given, &store::tag(job)))
}
