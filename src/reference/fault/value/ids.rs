//! The id in an answer is not that of the job.

use serde_json::{Value, json};

use super::row;
use crate::reference::effect::{Effect, Object};
use crate::reference::fault::Fault;

pub(super) const ROWS: &[Fault] = &[
    row(
        "id-is-a-number",
        "The id is shown as a number.",
        &["REQ-PROP-002", "REQ-IDENT-001"],
        Effect::Entity(|object, _| set(object, "id", 42.into())),
    ),
    row(
        "id-is-null",
        "The answer to an update shows null as id.",
        &["REQ-PROP-002", "REQ-IDENT-001"],
        Effect::Entity(|object, _| set(object, "id", Value::Null)),
    ),
    row(
        "id-is-empty",
        "The answer to an update shows an empty id.",
        &["REQ-PROP-002", "REQ-IDENT-001"],
        Effect::Entity(|object, _| set(object, "id", "".into())),
    ),
    row(
        "id-is-an-object",
        "The id is shown as an object.",
        &["REQ-PROP-002", "REQ-IDENT-001"],
        Effect::Entity(|object, _| {
            let id = object.get("id").cloned().unwrap_or_default();
            set(object, "id", json!({"value": id}));
        }),
    ),
    row(
        "id-in-upper-case",
        "The id is shown in upper case.",
        &["REQ-IDENT-001"],
        Effect::Shown(|object, _, _| map_id(object, str::to_uppercase)),
    ),
    row(
        "id-in-braces",
        "The id is shown in braces.",
        &["REQ-IDENT-001"],
        Effect::Shown(|object, _, _| map_id(object, |id| format!("{{{id}}}"))),
    ),
    row(
        "id-without-hyphens",
        "The id is shown without hyphens.",
        &["REQ-IDENT-001"],
        Effect::Shown(|object, _, _| map_id(object, |id| id.replace('-', ""))),
    ),
    row(
        "id-with-collection",
        "The id is shown with the collection in front.",
        &["REQ-IDENT-001"],
        Effect::Entity(|object, _| map_id(object, |id| format!("jobs('{id}')"))),
    ),
    row(
        "id-cut",
        "The id is shown without its last character.",
        &["REQ-IDENT-001"],
        Effect::Entity(|object, _| map_id(object, |id| id[..id.len().saturating_sub(1)].to_owned())),
    ),
    row(
        "id-always-new",
        "Every answer to an update shows another id.",
        &["REQ-IDENT-001", "REQ-IDEMP-001"],
        Effect::Entity(|object, _| map_id(object, |_| crate::reference::store::new_id())),
    ),
    row(
        "id-of-the-sample",
        "Every answer to an update shows the id of the sample.",
        &["REQ-IDENT-001"],
        Effect::Entity(|object, _| map_id(object, |_| "b3ec6be7-6be7-b3ec-e76b-ecb3e76becb3".to_owned())),
    ),
    row(
        "id-wrong-on-one-path",
        "The answer to an update in labelsAndPoliciesEvaluationJobs shows another id.",
        &["REQ-IDENT-001"],
        Effect::Entity(|object, request| {
            if request.goes_to("labelsAndPoliciesEvaluationJobs") {
                map_id(object, |id| format!("{id}-1"));
            }
        }),
    ),
    row(
        "id-from-client-request-id",
        "The answer to an update shows the client-request-id as id.",
        &["REQ-IDENT-001"],
        Effect::Entity(|object, request| {
            let id = request.header("client-request-id").to_owned();
            if !id.is_empty() {
                set(object, "id", id.into());
            }
        }),
    ),
    row(
        "id-of-the-body-shown-for-derived-jobs",
        "The answer for a job of a derived type has the id that the body named.",
        &["REQ-IDENT-002", "REQ-IDENT-001"],
        Effect::Entity(|entity, request| {
            if entity.contains_key("result")
                && let Some(id) = request.body.get("id").filter(|id| id.is_string())
            {
                entity.insert("id".to_owned(), id.clone());
            }
        }),
    ),
];

fn map_id(object: &mut Object, change: fn(&str) -> String) {
    if let Some(Value::String(id)) = object.get_mut("id") {
        *id = change(id);
    }
}

fn set(object: &mut Object, name: &str, value: Value) {
    object.insert(name.to_owned(), value);
}
