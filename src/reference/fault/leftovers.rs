//! More faults of level [`FaultLevel::Validation`](super::FaultLevel::Validation): what a body that is refused leaves behind.

use serde_json::Value;

use super::FaultLevel::Validation;
use super::alter::absorb;
use super::{Fault, row};
use crate::reference::effect::{Effect, Effects, Object};
use crate::reference::store::Job;
use crate::reference::validate;

pub(super) const ROWS: &[Fault] = &[
    row(
        Validation,
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
        Validation,
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
        Validation,
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
        Validation,
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
        Validation,
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
        Validation,
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
        Validation,
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
        Validation,
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
