//! Faults of several levels that show on jobs of a derived type only, and one that shows on the job beside such a job.

use http::Method;
use serde_json::{Value, json};

use super::FaultLevel::{Conditions, Routing, Store, Validation, Value as Values};
use super::alter::{absorb, content, each_string, is_date, patches, refused, set_content};
use super::given::given;
use super::jobs::{is_derived, named_job};
use super::{Fault, row};
use crate::reference::effect::{Effect, Object};
use crate::reference::message::Request;
use crate::reference::store::{Key, State, merge};

pub(super) const VALIDATION: &[Fault] = &[
    row(
        Validation,
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
        Validation,
        "result-written-back-refused",
        "A body that holds the result of the job is refused.",
        &["REQ-IDEMP-002"],
        Effect::Refuse(|body, _| refused(body.contains_key("result"))),
    )
    .mild(),
    row(
        Validation,
        "derived-type-refused",
        "A body that names a derived type is refused, even if it is that of the job.",
        &["REQ-IDEMP-002"],
        Effect::Refuse(|body, _| {
            let name = body.get("@odata.type").and_then(Value::as_str).unwrap_or_default();
            refused(name.ends_with("JobResponse"))
        }),
    ),
];

pub(super) const STORE: &[Fault] = &[
    row(
        Store,
        "error-of-derived-jobs-replaced",
        "The error of a job of a derived type is replaced, not merged.",
        &["REQ-MERGE-002"],
        Effect::Merge(|current, mut change| {
            if current.contains_key("result")
                && let Some(error) = change.shift_remove("error")
            {
                current.insert("error".to_owned(), error);
            }
            merge(current, change);
        }),
    ),
    row(
        Store,
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
    row(
        Store,
        "minimal-updates-of-derived-jobs-lost",
        "An update of a job of a derived type under return=minimal is confirmed and not kept.",
        &["REQ-PREF-001"],
        Effect::After(|state, key, request| {
            if request.prefers("return").as_deref() == Some("minimal")
                && let Some(job) = state.jobs.get_mut(key).filter(|job| is_derived(job))
            {
                job.properties.clone_from(&job.previous);
            }
        }),
    ),
    row(
        Store,
        "updates-of-derived-jobs-under-preference-lost",
        "An update of a job of a derived type under an unknown preference is confirmed and not kept.",
        &["REQ-PREF-004", "REQ-STATUS-003"],
        Effect::After(|state, key, request| {
            if request.prefers("patchproof-unknown").is_some()
                && let Some(job) = state.jobs.get_mut(key).filter(|job| is_derived(job))
            {
                job.properties.clone_from(&job.previous);
            }
        }),
    ),
    row(
        Store,
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
    row(
        Store,
        "refused-updates-of-derived-jobs-applied",
        "An update of a job of a derived type is answered 400 and applied all the same.",
        &["REQ-ATOM-002", "REQ-ATOM-001"],
        Effect::Refused(|status, request, job| {
            if status == 400 && is_derived(job) {
                absorb(content(request), job);
            }
        }),
    ),
    row(
        Store,
        "unauthorized-updates-of-derived-jobs-applied",
        "An update of a job of a derived type is answered 401 and applied all the same.",
        &["REQ-AUTH-001", "REQ-AUTH-005", "REQ-ATOM-002"],
        Effect::Refused(|status, request, job| {
            if status == 401 && is_derived(job) {
                absorb(content(request), job);
            }
        }),
    ),
    Fault {
        needs: &["scoped-token"],
        ..row(
            Store,
            "forbidden-updates-of-derived-jobs-applied",
            "An update of a job of a derived type is answered 403 and applied all the same.",
            &["REQ-AUTH-008", "REQ-AUTH-009", "REQ-ATOM-002"],
            Effect::Refused(|status, request, job| {
                if status == 403 && is_derived(job) {
                    absorb(content(request), job);
                }
            }),
        )
    },
    row(
        Store,
        "job-beside-a-derived-one-updated",
        "An update of a job of a derived type sets the tenantId of the others in its collection.",
        &["REQ-ISO-001"],
        Effect::After(follow),
    ),
    row(
        Store,
        "derived-jobs-beside-the-updated-one",
        "A new status reaches the jobs of a derived type in the collection.",
        &["REQ-ISO-001"],
        Effect::After(|state, key, request| {
            let Some(status) = request.body.get("status") else { return };
            for (_, job) in state.jobs.iter_mut().filter(|(other, job)| other.0 == key.0 && is_derived(job)) {
                absorb(Object::from_iter([("status".to_owned(), status.clone())]), job);
            }
        }),
    ),
];

pub(super) const VALUES: &[Fault] = &[
    row(
        Values,
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
    row(
        Values,
        "offsets-of-derived-jobs-dropped",
        "The date-times of a job of a derived type are shown in UTC without counting in their offset.",
        &["REQ-DTO-002"],
        Effect::Shown(|entity, job, _| {
            if is_derived(job) {
                each_string(entity, is_date, |text| json!(without_offset(text)));
            }
        }),
    ),
];

pub(super) const ROUTING: &[Fault] = &[row(
    Routing,
    "post-updates-derived-jobs",
    "A POST to a job of a derived type is taken for a PATCH.",
    &["REQ-METHOD-002"],
    Effect::Place(|request, state| {
        if request.method == Method::POST && named_job(request, state).is_some_and(is_derived) {
            request.method = Method::PATCH;
        }
    }),
)];

pub(super) const CONDITIONS: &[Fault] = &[
    Fault {
        needs: &["etag-required"],
        ..row(
            Conditions,
            "missing-precondition-accepted-on-derived-jobs",
            "Where If-Match is needed, a job of a derived type is updated without one.",
            &["REQ-COND-008"],
            Effect::Place(|request, state| {
                if patches(request) && !given(request, "if-match") && named_job(request, state).is_some_and(is_derived)
                {
                    request.headers.insert("if-match", http::HeaderValue::from_static("*"));
                }
            }),
        )
    },
    row(
        Conditions,
        "if-match-ignored-on-derived-jobs",
        "If-Match is not looked at where a job is of a derived type.",
        &["REQ-COND-002"],
        Effect::Condition(|holds, request, job| {
            holds || is_derived(job) && given(request, "if-match") && !given(request, "if-none-match")
        }),
    ),
    row(
        Conditions,
        "if-match-any-fails-on-derived-jobs",
        "If-Match: * does not hold where a job is of a derived type.",
        &["REQ-COND-003"],
        Effect::Condition(|holds, request, job| holds && !(is_derived(job) && request.header("if-match") == "*")),
    ),
    row(
        Conditions,
        "none-match-ignored-on-derived-jobs",
        "If-None-Match is not looked at where a job is of a derived type.",
        &["REQ-COND-005"],
        Effect::Condition(|holds, request, job| {
            holds || is_derived(job) && given(request, "if-none-match") && !given(request, "if-match")
        }),
    ),
];

/// Where a job of a derived type got a new tenantId, the others of its collection get it too.
fn follow(state: &mut State, key: &Key, request: &Request) {
    let tenant = request.body.get("tenantId").cloned().filter(|_| state.jobs.get(key).is_some_and(is_derived));
    let Some(tenant) = tenant else { return };
    for (_, job) in state.jobs.iter_mut().filter(|(other, job)| other.0 == key.0 && !is_derived(job)) {
        absorb(Object::from_iter([("tenantId".to_owned(), tenant.clone())]), job);
    }
}

/// The digits of a date-time with Z behind them.
fn without_offset(text: &str) -> String {
    let at = text.rfind(['+', '-']).filter(|at| *at > 10);
    at.map_or_else(|| text.to_owned(), |at| format!("{}Z", &text[..at]))
}
