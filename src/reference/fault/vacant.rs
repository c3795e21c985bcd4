//! Faults of several levels: what goes wrong only where null was before.

use serde_json::Value;

use super::FaultLevel::{Store, Validation};
use super::alter::{each, each_string, is_date, is_text};
use super::edit::first_error;
use super::{Fault, row};
use crate::reference::datetime;
use crate::reference::effect::{Effect, Object};
use crate::reference::store::merge;

pub(super) const VALIDATION: &[Fault] = &[
    row(
        Validation,
        "undeclared-lost-in-an-error-that-was-null",
        "Undeclared properties in an error that was null are dropped.",
        &["REQ-UNK-001"],
        Effect::Place(|request, state| first_error(request, state, declared_only)),
    ),
    row(
        Validation,
        "numbers-taken-for-text-in-an-error-that-was-null",
        "Numbers in an error that was null are kept as text.",
        &["REQ-TYPE-002"],
        Effect::Place(|request, state| {
            first_error(request, state, |error| {
                each(error, &mut |name, value| {
                    if is_text(name) && value.is_number() {
                        *value = value.to_string().into();
                    }
                });
            });
        }),
    ),
    row(
        Validation,
        "dates-not-checked-in-an-error-that-was-null",
        "A date-time that is none becomes null in an error that was null.",
        &["REQ-DTO-007"],
        Effect::Place(|request, state| {
            first_error(request, state, |error| {
                each_string(error, is_date, |text| datetime::parse(text).map_or(Value::Null, |_| text.into()));
            });
        }),
    ),
    row(
        Validation,
        "strings-trimmed-in-an-error-that-was-null",
        "Strings in an error that was null are trimmed.",
        &["REQ-TYPE-003"],
        Effect::Place(|request, state| {
            first_error(request, state, |error| each_string(error, is_text, |text| text.trim().into()));
        }),
    ),
    row(
        Validation,
        "null-becomes-empty-in-an-error-that-was-null",
        "A null for a member becomes the empty string in an error that was null.",
        &["REQ-NULL-001"],
        Effect::Place(|request, state| {
            first_error(request, state, |error| {
                for (_, value) in error.iter_mut().filter(|(name, value)| is_text(name) && value.is_null()) {
                    *value = "".into();
                }
            });
        }),
    ),
];

pub(super) const STORE: &[Fault] = &[row(
    Store,
    "strings-trimmed-where-null-was",
    "A string is trimmed where null was before.",
    &["REQ-TYPE-003"],
    Effect::Merge(|job, mut change| {
        trim_new(job, &mut change);
        merge(job, change);
    }),
)];

fn declared_only(error: &mut Object) {
    error.retain(|name, _| name.contains('@') || MEMBERS.contains(&name.as_str()));
    if let Some(Value::Object(inner)) = error.get_mut("innerError") {
        inner.retain(|name, _| name.contains('@') || MEMBERS.contains(&name.as_str()));
    }
}

fn trim_new(before: &Object, change: &mut Object) {
    for (name, value) in change {
        match (before.get(name), value) {
            (Some(Value::Object(before)), Value::Object(inner)) => trim_new(before, inner),
            (None | Some(Value::Null), value) if is_text(name) => {
                if let Some(text) = value.as_str() {
                    *value = text.trim().into();
                }
            }
            _ => {}
        }
    }
}

/// The members of an error and of an innerError.
const MEMBERS: [&str; 8] =
    ["code", "message", "target", "innerError", "details", "errorDateTime", "clientRequestId", "activityId"];
