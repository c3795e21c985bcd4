//! An update changes what the page does not name: the userId, or the result of a derived job.

use serde_json::{Value, json};

use super::row;
use crate::reference::effect::Effect;
use crate::reference::fault::Fault;
use crate::reference::fault::alter::patches;
use crate::reference::fault::given::prefers;
use crate::reference::store::{Job, Key, State};

pub(super) const ROWS: &[Fault] = &[
    row(
        "user-id-of-last-caller",
        "Every update changes userId.",
        &["REQ-MERGE-004"],
        Effect::Shown(|object, job, _| {
            object.insert("userId".to_owned(), format!("user-{}", job.patches).into());
        }),
    ),
    row(
        "user-id-lost",
        "A job has a userId until it is updated.",
        &["REQ-MERGE-004"],
        Effect::Shown(|object, job, _| {
            let user = if job.patches == 0 { json!("user") } else { Value::Null };
            object.insert("userId".to_owned(), user);
        }),
    ),
    row(
        "user-id-set-by-first-update",
        "The userId of a job is null until it is updated.",
        &["REQ-MERGE-004"],
        Effect::Shown(|object, job, _| {
            let user = if job.patches == 0 { Value::Null } else { json!("user") };
            object.insert("userId".to_owned(), user);
        }),
    ),
    row(
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
        "user-id-follows-tenant",
        "A new tenantId becomes userId too.",
        &["REQ-MERGE-004"],
        Effect::Shown(|object, job, _| {
            object.insert("userId".to_owned(), job.properties.get("tenantId").cloned().unwrap_or_default());
        }),
    ),
    row(
        "user-id-is-a-number",
        "A job has a userId that is a number.",
        &["REQ-UNK-003", "REQ-IDEMP-002"],
        Effect::Shown(|object, _, _| {
            object.insert("userId".to_owned(), 7.into());
        }),
    )
    .mild(),
    row(
        "undeclared-member-changes",
        "A job has a member beside the eight that an update of status changes.",
        &["REQ-MERGE-004", "REQ-IDEMP-002"],
        Effect::Shown(|object, job, _| {
            object.insert("progress".to_owned(), json!({"of": job.properties.get("status"), "steps": [1, 2]}));
        }),
    ),
    row(
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
        "result-copied-into-status",
        "An update of a derived job puts the type of its result into status.",
        &["REQ-MERGE-001", "REQ-RESP-003"],
        Effect::After(|state, key, _| {
            if let Some(job) = state.jobs.get_mut(key).filter(|job| job.properties.contains_key("result")) {
                job.properties.insert("status".to_owned(), "succeeded".into());
            }
        }),
    ),
    row(
        "user-id-of-first-caller",
        "The first update makes the caller the user of the job.",
        &["REQ-MERGE-004"],
        Effect::Shown(|object, job, _| {
            let user = if job.patches == 0 { "owner" } else { "caller" };
            object.insert("userId".to_owned(), user.into());
        }),
    ),
    row(
        "number-in-result-rounded",
        "The first update rounds a large number in the result of a derived job to a double.",
        &["REQ-MERGE-004"],
        Effect::Shown(|object, job, _| {
            let rounded = if job.patches == 0 { 9_007_199_254_740_993_u64 } else { 9_007_199_254_740_992 };
            if let Some(result) = object.get_mut("result").and_then(Value::as_object_mut) {
                result.insert("fontSize".to_owned(), rounded.into());
            }
        }),
    ),
    row(
        "nulls-of-result-dropped",
        "An update drops the members of result that are null.",
        &["REQ-MERGE-004"],
        Effect::After(|state, key, _| {
            let job = state.jobs.get_mut(key);
            if let Some(result) = job.and_then(|job| job.properties.get_mut("result")?.as_object_mut()) {
                result.retain(|_, value| !value.is_null());
            }
        }),
    ),
    result(
        "result-lost-with-tenant",
        "A new tenantId sets the result of a derived job to null.",
        Effect::After(|state, key, request| forget(state, key, request.body.contains_key("tenantId"))),
    ),
    result(
        "result-lost-with-end",
        "A new endDateTime sets the result of a derived job to null.",
        Effect::After(|state, key, request| forget(state, key, request.body.contains_key("endDateTime"))),
    ),
    result(
        "result-lost-with-null",
        "An update to null sets the result of a derived job to null.",
        Effect::After(|state, key, request| forget(state, key, request.body.values().any(Value::is_null))),
    ),
    result(
        "result-lost-under-minimal",
        "An update under return=minimal sets the result of a derived job to null.",
        Effect::After(|state, key, request| forget(state, key, prefers(request, "minimal"))),
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

/// A row about the result of a derived job.
const fn result(name: &'static str, title: &'static str, apply: Effect) -> Fault {
    row(name, title, &["REQ-MERGE-004"], apply)
}

fn forget(state: &mut State, key: &Key, so: bool) {
    let result = |job: &mut Job| job.properties.get_mut("result").map(Value::take);
    state.jobs.get_mut(key).filter(|_| so).map(result);
}
