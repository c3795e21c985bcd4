//! Faults of several levels that show on jobs of a derived type only: what holds for any job was not taken over for them.

use serde_json::Value;

use super::FaultLevel::{Parsing, Store, Validation};
use super::alter::{content, key, set_content};
use super::jobs::{is_derived, is_of_derived};
use super::repair::lenient;
use super::type_names::type_name;
use super::{Fault, row};
use crate::reference::effect::Effect;
use crate::reference::picture::details;
use crate::reference::store::Job;

pub(super) const PARSING: &[Fault] = &[
    row(
        Parsing,
        "trailing-comma-accepted-on-derived-jobs",
        "In an update of a job of a derived type a comma before a closing brace is overlooked.",
        &["REQ-BODY-007"],
        Effect::Place(|request, state| {
            if is_of_derived(request, state) && std::str::from_utf8(&request.content).is_ok() {
                lenient(request, |text| text.replace(",}", "}"));
            }
        }),
    ),
    row(
        Parsing,
        "octets-taken-for-json-on-derived-jobs",
        "In an update of a job of a derived type application/octet-stream is taken for JSON.",
        &["REQ-MEDIA-003"],
        Effect::Place(|request, state| {
            if is_of_derived(request, state) && request.header("content-type") == "application/octet-stream" {
                let json = http::HeaderValue::from_static("application/json");
                request.headers.insert("content-type", json);
            }
        }),
    ),
];

pub(super) const VALIDATION: &[Fault] = &[row(
    Validation,
    "true-taken-for-a-string-on-derived-jobs",
    "In an update of a job of a derived type a boolean status becomes a string.",
    &["REQ-TYPE-002"],
    Effect::Place(|request, state| {
        if is_of_derived(request, state) {
            let mut body = content(request);
            if let Some(Value::Bool(status)) = body.get("status") {
                body.insert("status".to_owned(), status.to_string().into());
                set_content(request, body);
            }
        }
    }),
)];

pub(super) const STORE: &[Fault] = &[
    row(
        Store,
        "derived-types-exchanged",
        "A job of a derived type becomes one of another derived type that an update names.",
        &["REQ-IDENT-004"],
        Effect::Place(|request, state| {
            let kind = type_name(request).filter(|kind| kind.ends_with("JobResponse") && is_of_derived(request, state));
            if let (Some(kind), Some(job)) = (kind, key(request).and_then(|key| state.jobs.get_mut(&key))) {
                job.kind = kind;
            }
        }),
    ),
    row(
        Store,
        "empty-object-clears-derived-jobs",
        "An update of a job of a derived type that holds nothing sets its status to null.",
        &["REQ-BODY-010", "REQ-MERGE-001"],
        Effect::After(|state, key, request| {
            if let Some(job) = state.jobs.get_mut(key).filter(|job| is_derived(job) && request.body.is_empty()) {
                job.properties.insert("status".to_owned(), Value::Null);
            }
        }),
    ),
    row(
        Store,
        "strings-of-derived-jobs-trimmed",
        "White space around the status of a job of a derived type is cut off.",
        &["REQ-TYPE-003"],
        Effect::After(|state, key, _| {
            let job = state.jobs.get_mut(key).filter(|job| is_derived(job));
            if let Some(Value::String(status)) = job.and_then(|job| job.properties.get_mut("status")) {
                *status = status.trim().to_owned();
            }
        }),
    ),
    row(
        Store,
        "empty-elements-of-derived-jobs-dropped",
        "Elements of details that hold nothing are dropped from a job of a derived type.",
        &["REQ-ERR-004"],
        Effect::After(|state, key, _| {
            let job: Option<&mut Job> = state.jobs.get_mut(key).filter(|job| is_derived(job));
            if let Some(elements) = job.and_then(|job| details(&mut job.properties)) {
                let holds = |element: &Value| element.as_object().is_some_and(|all| all.values().any(|v| !v.is_null()));
                elements.retain(holds);
            }
        }),
    ),
];
