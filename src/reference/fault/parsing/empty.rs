//! No content, or an object without properties, does something or is refused wrongly.

use serde_json::{Value, json};

use super::row;
use crate::reference::effect::Effect;
use crate::reference::fault::Fault;
use crate::reference::fault::alter::{crashed, instead, patches, refused, set_content};

pub(super) const ROWS: &[Fault] = &[
    row(
        "empty-content-answered-500",
        "A request without content ends in 500.",
        &["REQ-BODY-009", "REQ-STATUS-002"],
        Effect::Failed(|answer, request| {
            if patches(request) && request.content.is_empty() {
                instead(answer, 400, 500);
            }
        }),
    ),
    row(
        "empty-content-taken-as-nothing",
        "A request without content is answered 200.",
        &["REQ-BODY-009"],
        Effect::Request(|request| {
            if patches(request) && request.content.is_empty() {
                set_content(request, json!({}));
            }
        }),
    ),
    row(
        "empty-content-clears-the-job",
        "A request without content sets properties to null.",
        &["REQ-BODY-009", "REQ-ATOM-002"],
        Effect::Request(|request| {
            if patches(request) && request.content.is_empty() {
                set_content(request, json!({"type": null, "status": null, "error": null}));
            }
        }),
    ),
    row(
        "empty-object-answered-500",
        "An empty object ends in 500.",
        &["REQ-BODY-010", "REQ-STATUS-002"],
        Effect::Refuse(|object, _| crashed(object.is_empty())),
    ),
    row(
        "empty-object-refused",
        "An empty object is refused.",
        &["REQ-BODY-010"],
        Effect::Refuse(|object, _| refused(object.is_empty())),
    ),
    row(
        "only-annotations-refused",
        "An object that has only annotations is refused.",
        &["REQ-BODY-010", "REQ-UNK-002"],
        Effect::Refuse(|object, _| refused(!object.is_empty() && object.keys().all(|name| name.contains('@')))),
    )
    .mild(),
    row(
        "empty-object-touches-status",
        "An empty object sets the status.",
        &["REQ-BODY-010"],
        Effect::Change(|change| {
            if change.is_empty() {
                change.insert("status".to_owned(), "updated".into());
            }
        }),
    ),
    row(
        "empty-object-clears-error",
        "An empty object sets the error to null.",
        &["REQ-BODY-010"],
        Effect::Parsed(|object| {
            if object.is_empty() {
                object.insert("error".to_owned(), Value::Null);
            }
        }),
    ),
];
