//! A body that is refused is applied in part, or leaves a trace.

use serde_json::Value;

use super::row;
use crate::reference::effect::{Effect, Effects, Object};
use crate::reference::fault::Fault;
use crate::reference::fault::alter::absorb;
use crate::reference::store::Job;
use crate::reference::validate;

pub(super) const ROWS: &[Fault] = &[
    row(
        "applied-as-far-as-valid",
        "A body that is refused is applied up to the member at fault.",
        &["REQ-ATOM-001", "REQ-ATOM-002"],
        Effect::Refused(|status, request, job| {
            if status == 400 {
                let valid = request.body.iter().take_while(|(name, value)| is_valid(name, value, job));
                let valid: Object = valid.map(|(name, value)| (name.clone(), value.clone())).collect();
                absorb(valid, job);
            }
        }),
    ),
    row(
        "valid-members-applied",
        "Of a body that is refused the members without fault are applied.",
        &["REQ-ATOM-001", "REQ-ATOM-002"],
        Effect::Refused(|status, request, job| {
            if status == 400 {
                let valid = request.body.iter().filter(|(name, value)| is_valid(name, value, job));
                let valid: Object = valid.map(|(name, value)| (name.clone(), value.clone())).collect();
                absorb(valid, job);
            }
        }),
    ),
    row(
        "last-members-applied",
        "A body is applied from its end until the member at fault, and then refused.",
        &["REQ-ATOM-001", "REQ-ATOM-002"],
        Effect::Refused(|status, request, job| {
            if status == 400 {
                let valid = request.body.iter().rev().take_while(|(name, value)| is_valid(name, value, job));
                let valid: Object = valid.map(|(name, value)| (name.clone(), value.clone())).collect();
                absorb(valid, job);
            }
        }),
    ),
    row(
        "refused-but-status-applied",
        "Of a body that is refused the status is applied.",
        &["REQ-ATOM-001", "REQ-ATOM-002"],
        Effect::Refused(|status, request, job| {
            if let (400, Some(value @ Value::String(_))) = (status.as_u16(), request.body.get("status")) {
                job.properties.insert("status".to_owned(), value.clone());
            }
        }),
    ),
    row(
        "refused-body-clears-error",
        "A body that is refused sets the error to null.",
        &["REQ-ATOM-002"],
        Effect::Refused(|status, _, job| {
            if status == 400 {
                job.properties.insert("error".to_owned(), Value::Null);
            }
        }),
    ),
    row(
        "refused-body-marks-status",
        "A body that is refused sets the status to failed.",
        &["REQ-ATOM-002"],
        Effect::Refused(|status, _, job| {
            if status == 400 {
                job.properties.insert("status".to_owned(), "failed".into());
            }
        }),
    ),
    row(
        "refused-body-takes-back-update",
        "A body that is refused takes back the update before.",
        &["REQ-ATOM-002"],
        Effect::Refused(|status, _, job| {
            if status == 400 {
                job.properties.clone_from(&job.previous);
            }
        }),
    ),
    row(
        "refusal-answered-200",
        "A body that is refused is answered 200 with the envelope.",
        &["REQ-STATUS-003", "REQ-PROP-001", "REQ-TYPE-002", "REQ-DTO-007"],
        Effect::Failed(|answer, request| {
            if request.method == http::Method::PATCH && answer.status == 400 {
                answer.status = http::StatusCode::OK;
            }
        }),
    ),
];

/// Whether a member alone would be accepted.
fn is_valid(name: &str, value: &Value, job: &Job) -> bool {
    let alone = Object::from_iter([(name.to_owned(), value.clone())]);
    validate::update(alone, &job.kind, None, &Effects::default()).is_ok()
}
