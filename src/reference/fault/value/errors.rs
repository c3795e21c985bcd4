//! The error of a job, or its innerError, is shown with members missing, changed or exchanged.

use serde_json::Value;

use super::row;
use crate::reference::effect::{Effect, Object};
use crate::reference::fault::Fault;
use crate::reference::fault::alter::set_member;
use crate::reference::picture::{details, each_nested, error, inner};
use crate::reference::respond::now;

pub(super) const ROWS: &[Fault] = &[
    row(
        "target-left-out-of-error",
        "The error is shown without target.",
        &["REQ-PROP-003", "REQ-ERR-001"],
        Effect::Shown(|job, _, _| lose(error(job), "target")),
    ),
    row(
        "null-members-left-out-of-error",
        "Members of the error that are null are left out.",
        &["REQ-PROP-003"],
        Effect::Shown(|job, _, _| {
            if let Some(error) = error(job) {
                error.retain(|_, value| !value.is_null());
            }
        }),
    ),
    row(
        "details-left-out-of-error",
        "The error is shown without details.",
        &["REQ-PROP-003", "REQ-ERR-004"],
        Effect::Shown(|job, _, _| lose(error(job), "details")),
    ),
    row(
        "empty-details-left-out",
        "An error without elements of details is shown without details.",
        &["REQ-PROP-003"],
        Effect::Shown(|job, _, _| {
            if details(job).is_some_and(|details| details.is_empty()) {
                lose(error(job), "details");
            }
        }),
    ),
    row(
        "null-inner-error-left-out",
        "An error whose innerError is null is shown without it.",
        &["REQ-PROP-003"],
        Effect::Entity(|job, _| {
            if inner(job).is_none() {
                lose(error(job), "innerError");
            }
        }),
    ),
    row(
        "code-and-message-only",
        "The error is shown with code and message alone.",
        &["REQ-ERR-001", "REQ-ERR-004", "REQ-PROP-003"],
        Effect::Shown(|job, _, _| {
            if let Some(error) = error(job) {
                error.retain(|name, _| ["@odata.type", "code", "message"].contains(&name.as_str()));
            }
        }),
    ),
    row(
        "error-code-lost",
        "The code of the error is shown as null.",
        &["REQ-ERR-001", "REQ-RESP-003"],
        Effect::Shown(|job, _, _| set_member(error(job), "code", Value::Null)),
    ),
    row(
        "error-target-lost",
        "The target of the error is shown as null.",
        &["REQ-ERR-001", "REQ-RESP-003"],
        Effect::Shown(|job, _, _| set_member(error(job), "target", Value::Null)),
    ),
    row(
        "error-message-is-the-code",
        "The message of the error is shown as its code.",
        &["REQ-ERR-001", "REQ-RESP-003"],
        Effect::Shown(|job, _, _| copy(error(job), "code", "message")),
    ),
    row(
        "code-and-target-swapped",
        "The code and the target of the error change places.",
        &["REQ-ERR-001", "REQ-RESP-003"],
        Effect::Shown(|job, _, _| swap(error(job), "code", "target")),
    ),
    row(
        "code-and-target-swapped-on-one-path",
        "The code and the target of the error change places in evaluateDlpPoliciesJobs.",
        &["REQ-ERR-001", "REQ-RESP-003"],
        Effect::Entity(|job, request| {
            if request.goes_to("evaluateDlpPoliciesJobs") {
                swap(error(job), "code", "target");
            }
        }),
    ),
    row(
        "error-message-translated",
        "The message of the error is shown as one that goes with its code.",
        &["REQ-ERR-001", "REQ-RESP-003"],
        Effect::Entity(|job, _| {
            if let Some(error) = error(job).filter(|error| error.get("message").is_some_and(Value::is_string)) {
                error.insert("message".to_owned(), "An error occurred.".into());
            }
        }),
    ),
    row(
        "inner-error-lost",
        "The innerError is shown as null.",
        &["REQ-ERR-001", "REQ-RESP-003"],
        Effect::Shown(|job, _, _| set_member(error(job), "innerError", Value::Null)),
    ),
    row(
        "inner-error-misspelled",
        "The innerError is shown as innererror.",
        &["REQ-ERR-001", "REQ-PROP-003"],
        Effect::Shown(|job, _, _| {
            if let Some(error) = error(job)
                && let Some(inner) = error.shift_remove("innerError")
            {
                error.insert("innererror".to_owned(), inner);
            }
        }),
    ),
    row(
        "inner-error-flattened",
        "The members of innerError are shown in the error itself.",
        &["REQ-ERR-001", "REQ-RESP-003"],
        Effect::Shown(|job, _, _| {
            if let (Some(members), Some(error)) = (inner(job).cloned(), error(job)) {
                error.insert("innerError".to_owned(), Value::Null);
                error.extend(members.into_iter().filter(|(name, _)| name != "code" && !name.contains('@')));
            }
        }),
    ),
    row(
        "activity-id-lost",
        "The activityId of innerError is shown as null.",
        &["REQ-ERR-001", "REQ-RESP-003"],
        Effect::Shown(|job, _, _| set_member(inner(job), "activityId", Value::Null)),
    ),
    row(
        "ids-of-inner-error-swapped",
        "In innerError activityId and clientRequestId change places.",
        &["REQ-ERR-001", "REQ-RESP-003"],
        Effect::Shown(|job, _, _| swap(inner(job), "activityId", "clientRequestId")),
    ),
    row(
        "client-request-id-of-the-header",
        "The clientRequestId of innerError is that of the request that updated it.",
        &["REQ-ERR-001", "REQ-RESP-003"],
        Effect::Entity(|job, request| {
            let id = request.header("client-request-id").to_owned();
            if inner(job).is_some_and(|inner| inner.get("clientRequestId").is_some_and(Value::is_string))
                && !id.is_empty()
            {
                set_member(inner(job), "clientRequestId", id.into());
            }
        }),
    ),
    row(
        "time-of-error-is-now",
        "The errorDateTime of innerError is shown as the present time.",
        &["REQ-ERR-001", "REQ-DTO-002", "REQ-RESP-003"],
        Effect::Entity(|job, _| {
            if inner(job).is_some_and(|inner| inner.get("errorDateTime").is_some_and(Value::is_string)) {
                set_member(inner(job), "errorDateTime", now().into());
            }
        }),
    ),
    row(
        "time-of-error-lost",
        "The errorDateTime of innerError is shown as null.",
        &["REQ-ERR-001", "REQ-RESP-003"],
        Effect::Shown(|job, _, _| set_member(inner(job), "errorDateTime", Value::Null)),
    ),
    row(
        "time-of-error-is-a-number",
        "The errorDateTime of innerError is shown in seconds since 1970.",
        &["REQ-TYPE-001", "REQ-ERR-001"],
        Effect::Shown(|job, _, _| {
            if let Some(value) = inner(job).and_then(|inner| inner.get_mut("errorDateTime"))
                && let Some(moment) = value.as_str().and_then(crate::reference::datetime::parse)
            {
                *value = moment.seconds.into();
            }
        }),
    ),
    row(
        "inner-code-not-shown",
        "The code of innerError is not shown.",
        &["REQ-ERR-002", "REQ-UNK-001"],
        Effect::Shown(|job, _, _| lose(inner(job), "code")),
    ),
    row(
        "inner-code-shown-as-null",
        "The code of innerError is shown as null, in elements of details too.",
        &["REQ-ERR-002", "REQ-UNK-001", "REQ-ERR-004"],
        Effect::Shown(|job, _, _| {
            each_nested(job, &mut |object| {
                if object.contains_key("activityId") {
                    object.insert("code".to_owned(), Value::Null);
                }
            });
        }),
    ),
    row(
        "inner-code-is-the-outer-one",
        "The code of innerError is shown as that of the error.",
        &["REQ-ERR-002", "REQ-UNK-001", "REQ-MERGE-002"],
        Effect::Shown(|job, _, _| {
            let code = error(job).and_then(|error| error.get("code").cloned()).unwrap_or_default();
            set_member(inner(job), "code", code);
        }),
    ),
];

fn lose(object: Option<&mut Object>, name: &str) {
    if let Some(object) = object {
        object.shift_remove(name);
    }
}

fn copy(object: Option<&mut Object>, from: &str, to: &str) {
    if let Some(object) = object {
        let value = object.get(from).cloned().unwrap_or_default();
        object.insert(to.to_owned(), value);
    }
}

fn swap(object: Option<&mut Object>, one: &str, other: &str) {
    if let Some(object) = object {
        let (first, second) = (object.get(one).cloned(), object.get(other).cloned());
        object.insert(one.to_owned(), second.unwrap_or_default());
        object.insert(other.to_owned(), first.unwrap_or_default());
    }
}
