//! More faults of level [`FaultLevel::Store`](super::FaultLevel::Store): what an update does to what the page does not name.

use serde_json::{Value, json};

use super::FaultLevel::Store;
use super::alter::patches;
use super::{Fault, row};
use crate::reference::effect::Effect;

pub(super) const ROWS: &[Fault] = &[
    row(
        Store,
        "user-id-of-last-caller",
        "Every update changes userId.",
        &["REQ-MERGE-004"],
        Effect::Shown(|object, job, _| {
            object.insert("userId".to_owned(), format!("user-{}", job.patches).into());
        }),
    ),
    row(
        Store,
        "user-id-lost",
        "A job has a userId until it is updated.",
        &["REQ-MERGE-004"],
        Effect::Shown(|object, job, _| {
            let user = if job.patches == 0 { json!("user") } else { Value::Null };
            object.insert("userId".to_owned(), user);
        }),
    ),
    row(
        Store,
        "user-id-gone-after-second-update",
        "A job has a userId until its second update.",
        &["REQ-MERGE-004"],
        Effect::Shown(|object, job, _| {
            if job.patches % 2 == 0 {
                object.insert("userId".to_owned(), "user".into());
            }
        }),
    ),
    row(
        Store,
        "user-id-follows-tenant",
        "A new tenantId becomes userId too.",
        &["REQ-MERGE-004"],
        Effect::Shown(|object, job, _| {
            object.insert("userId".to_owned(), job.properties.get("tenantId").cloned().unwrap_or_default());
        }),
    ),
    row(
        Store,
        "user-id-is-a-number",
        "A job has a userId that is a number.",
        &["REQ-UNK-003", "REQ-IDEMP-002"],
        Effect::Shown(|object, _, _| {
            object.insert("userId".to_owned(), 7.into());
        }),
    )
    .mild(),
    row(
        Store,
        "undeclared-member-changes",
        "A job has a member beside the eight that an update of status changes.",
        &["REQ-MERGE-004", "REQ-IDEMP-002"],
        Effect::Shown(|object, job, _| {
            object.insert("progress".to_owned(), json!({"of": job.properties.get("status"), "steps": [1, 2]}));
        }),
    ),
    row(
        Store,
        "result-cleared",
        "An update sets the result of a derived job to null.",
        &["REQ-MERGE-004"],
        Effect::After(|state, key, _| {
            if let Some(result) = state.jobs.get_mut(key).and_then(|job| job.properties.get_mut("result")) {
                *result = Value::Null;
            }
        }),
    ),
    row(
        Store,
        "result-hidden-by-every-second-update",
        "Every second update hides the result of a derived job.",
        &["REQ-MERGE-004"],
        Effect::Shown(|object, job, _| {
            if let (1, Some(result)) = (job.patches % 2, object.get_mut("result")) {
                *result = Value::Null;
            }
        }),
    ),
    row(
        Store,
        "result-altered-inside",
        "An update changes the numbers inside the result of a derived job.",
        &["REQ-MERGE-004"],
        Effect::Shown(|object, job, _| {
            if let Some(result) = object.get_mut("result") {
                count_up(result, job.patches);
            }
        }),
    ),
    row(
        Store,
        "result-shown-as-null",
        "The answer to an update shows the result of a derived job as null.",
        &["REQ-MERGE-004", "REQ-RESP-004"],
        Effect::Shown(|object, job, request| {
            if patches(request) && job.properties.contains_key("result") {
                object.insert("result".to_owned(), Value::Null);
            }
        }),
    ),
    row(
        Store,
        "result-copied-into-status",
        "An update of a derived job puts the type of its result into status.",
        &["REQ-MERGE-001", "REQ-RESP-003"],
        Effect::After(|state, key, _| {
            if let Some(job) = state.jobs.get_mut(key).filter(|job| job.properties.contains_key("result")) {
                job.properties.insert("status".to_owned(), "succeeded".into());
            }
        }),
    ),
];

/// Adds to every number and lengthens every empty array.
fn count_up(value: &mut Value, by: u64) {
    match value {
        Value::Number(number) => *value = (number.as_u64().unwrap_or(0) + by).into(),
        Value::Array(items) if items.is_empty() => items.push(json!({"uniqueCount": by})),
        Value::Array(items) => items.iter_mut().for_each(|item| count_up(item, by)),
        Value::Object(object) => object.values_mut().for_each(|member| count_up(member, by)),
        _ => {}
    }
}
