//! Faults of several levels that show only under a particular header, behind a particular preference or where something
//! comes last.

use serde_json::Value;

use super::FaultLevel::{Credentials, Headers, Parsing, Store, Validation};
use super::alter::{content, patches, set_content};
use super::date_times::is_legal;
use super::given::is_minimal;
use super::{Fault, row};
use crate::reference::auth::Access;
use crate::reference::effect::{Effect, Object, Switch};
use crate::reference::message::Place;

pub(super) const CREDENTIALS: &[Fault] = &[
    row(
        Credentials,
        "empty-authorization-accepted",
        "An Authorization header without a value is taken for the operator.",
        &["REQ-AUTH-001"],
        Effect::Access(|request, access, _| {
            let empty =
                request.headers.get("authorization").is_some_and(|value| value.as_bytes().trim_ascii().is_empty());
            if empty { Access::Granted(0) } else { access }
        }),
    ),
    Fault {
        needs: &["second-tenant"],
        ..row(
            Credentials,
            "tenant-of-the-job-in-the-body-opens-it",
            "A caller of another tenant may update a job whose tenantId the body names.",
            &["REQ-SEC-005"],
            Effect::Access(|request, access, _| {
                let named = content(request).get("tenantId").and_then(Value::as_str) == Some("patchproof");
                if access == Access::Granted(1) && named && patches(request) { Access::Granted(0) } else { access }
            }),
        )
    },
];

pub(super) const PARSING: &[Fault] = &[
    row(
        Parsing,
        "typed-elements-emptied-where-type-is-last",
        "An element of details that names its type last loses what came before.",
        &["REQ-BODY-006"],
        Effect::Parsed(|body| {
            let error = body.get_mut("error").and_then(|error| error.get_mut("details"));
            for element in error.and_then(Value::as_array_mut).into_iter().flatten() {
                let element = element.as_object_mut();
                if let Some(element) = element.filter(|element| element.len() > 1)
                    && element.keys().next_back().is_some_and(|name| name == "@odata.type")
                {
                    element.retain(|name, _| name == "@odata.type");
                }
            }
        }),
    ),
    row(
        Parsing,
        "octets-with-json-applied",
        "A JSON body declared as application/octet-stream is applied.",
        &["REQ-MEDIA-003"],
        Effect::Request(|request| {
            if patches(request) && request.header("content-type") == "application/octet-stream" {
                request.headers.insert("content-type", http::HeaderValue::from_static("application/json"));
            }
        }),
    ),
    row(
        Parsing,
        "minimal-found-within-other-preferences",
        "The word minimal within an unknown preference is taken for return=minimal.",
        &["REQ-PREF-004"],
        Effect::Request(|request| {
            if request.header("prefer").contains("minimal") {
                request.headers.insert("prefer", http::HeaderValue::from_static("return=minimal"));
            }
        }),
    ),
];

pub(super) const VALIDATION: &[Fault] = &[
    row(
        Validation,
        "unknown-dropped-under-minimal",
        "Undeclared properties are dropped under return=minimal.",
        &["REQ-UNK-001"],
        Effect::Request(|request| {
            if is_minimal(request) {
                let mut content = content(request);
                if content.shift_remove("patchproofUnknown").is_some() {
                    set_content(request, content);
                }
            }
        }),
    ),
    row(
        Validation,
        "code-of-inner-error-trimmed",
        "White space around the code of an innerError is taken off.",
        &["REQ-TYPE-003"],
        Effect::Parsed(|body| {
            let inner = body.get_mut("error").and_then(|error| error.get_mut("innerError"));
            if let Some(code) = inner.and_then(|inner| inner.get_mut("code"))
                && let Some(text) = code.as_str().map(|text| text.trim().to_owned())
            {
                *code = text.into();
            }
        }),
    ),
    row(
        Validation,
        "dates-not-judged-under-minimal",
        "Under return=minimal a date-time that is none is taken for the start of a day.",
        &["REQ-DTO-007"],
        Effect::Request(|request| {
            let mut body = if is_minimal(request) { content(request) } else { Object::new() };
            for name in ["startDateTime", "endDateTime"] {
                if body.get(name).and_then(Value::as_str).is_some_and(|text| !is_legal(text)) {
                    body.insert(name.to_owned(), "2017-03-01T00:00:00Z".into());
                    set_content(request, body.clone());
                }
            }
        }),
    ),
];

pub(super) const STORE: &[Fault] = &[
    row(
        Store,
        "updated-job-listed-again",
        "A job that was updated stands in its collection twice, under its own id.",
        &["REQ-ISO-004"],
        Effect::Answer(|answer, request| {
            let listed = answer.body.as_mut().filter(|_| matches!(request.place, Place::Collection(_)));
            if let Some(jobs) = listed.and_then(|list| list.get_mut("value")).and_then(Value::as_array_mut) {
                let is_updated = |job: &&Value| job["status"] != "notStarted";
                let again: Vec<Value> = jobs.iter().filter(is_updated).cloned().collect();
                jobs.extend(again);
            }
        }),
    ),
    row(
        Store,
        "first-duplicate-stored",
        "Of a property that is named twice the answer shows the last value, and the first one is stored.",
        &["REQ-RESP-004"],
        Effect::Several(&[
            Effect::Switch(Switch::LastDuplicateWins),
            Effect::Later(|state, key, request| {
                let text = String::from_utf8_lossy(&request.content);
                let mut values = text.split("\"status\": \"").skip(1).filter_map(|rest| rest.split('"').next());
                if let (Some(first), Some(_), Some(job)) = (values.next(), values.next(), state.jobs.get_mut(key)) {
                    job.properties.insert("status".to_owned(), first.into());
                }
            }),
        ]),
    ),
    row(
        Store,
        "oversized-refused-but-stored",
        "A body that is too long is answered 413, and what was read of it is stored.",
        &["REQ-ATOM-002"],
        Effect::Refused(|status, _, job| {
            if status == 413 {
                job.properties.insert("status".to_owned(), "x".repeat(2 << 20).into());
            }
        }),
    ),
];

pub(super) const HEADERS: &[Fault] = &[row(
    Headers,
    "version-of-derived-jobs-not-limited",
    "A job of a derived type is shown with OData-Version 4.01 whatever OData-MaxVersion says.",
    &["REQ-HDR-003"],
    Effect::Updated(|answer, _| {
        if answer.body.as_ref().is_some_and(|job| job.get("result").is_some()) {
            answer.set("odata-version", "4.01");
        }
    }),
)];
