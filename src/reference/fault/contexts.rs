//! Faults of several levels: a rule for values that is not kept in updates of one kind.

use serde_json::{Value, json};

use super::FaultLevel::{Conditions, Credentials, Store, Validation};
use super::alter::{absorb, content, each, is_date, is_text};
use super::edit::edit;
use super::given::{chunked, given, has_parameter, is_long, prefers};
use super::{Fault, row};
use crate::reference::auth::Access;
use crate::reference::effect::Effect;
use crate::reference::picture::{details, error};

pub(super) const VALIDATION: &[Fault] = &[
    row(
        Validation,
        "number-taken-in-chunks",
        "In chunks a number is taken for a string.",
        &["REQ-TYPE-002"],
        Effect::Request(|request| {
            edit(request, chunked, |object| {
                each(object, &mut |name, value| {
                    if is_text(name) && value.is_number() {
                        *value = value.to_string().into();
                    }
                });
            });
        }),
    ),
    row(
        Validation,
        "null-ignored-beside-a-charset",
        "A null is ignored where the media type has a parameter.",
        &["REQ-NULL-001", "REQ-STATUS-003", "REQ-RESP-003"],
        Effect::Request(|request| edit(request, has_parameter, |object| object.retain(|_, value| !value.is_null()))),
    ),
    row(
        Validation,
        "impossible-day-dropped-under-minimal",
        "A day that there is not is taken for null where the client wants no content.",
        &["REQ-DTO-007"],
        Effect::Request(|request| {
            edit(
                request,
                |request| prefers(request, "minimal"),
                |object| {
                    each(object, &mut |name, value| {
                        if is_date(name) && value.as_str().is_some_and(|text| text.contains("-02-30")) {
                            *value = Value::Null;
                        }
                    });
                },
            );
        }),
    ),
    row(
        Validation,
        "strings-trimmed-under-a-tag",
        "White space around a string is dropped where the update has an If-Match.",
        &["REQ-TYPE-003", "REQ-RESP-003"],
        Effect::Request(|request| {
            edit(
                request,
                |request| given(request, "if-match"),
                |object| {
                    each(object, &mut |name, value| {
                        if let (true, Value::String(text)) = (is_text(name), &*value) {
                            *value = text.trim().into();
                        }
                    });
                },
            );
        }),
    ),
    row(
        Validation,
        "unknown-property-dropped-beside-a-charset",
        "Undeclared properties are dropped where the media type has a parameter.",
        &["REQ-UNK-001", "REQ-STATUS-003"],
        Effect::Request(|request| {
            edit(request, has_parameter, |object| drop(object.shift_remove("patchproofUnknown")));
        }),
    ),
];

pub(super) const STORE: &[Fault] = &[
    row(
        Store,
        "error-replaced-under-representation",
        "The error is replaced as a whole where the client prefers to see the job.",
        &["REQ-MERGE-002", "REQ-RESP-003"],
        Effect::After(|state, key, request| {
            let named = request.body.get("error").and_then(Value::as_object);
            let job = state.jobs.get_mut(key).filter(|_| prefers(request, "representation"));
            if let (Some(named), Some(error)) = (named, job.and_then(|job| error(&mut job.properties))) {
                for (_, value) in error.iter_mut().filter(|(name, _)| !named.contains_key(*name)) {
                    *value = if value.is_array() { json!([]) } else { Value::Null };
                }
            }
        }),
    ),
    row(
        Store,
        "details-appended-in-long-updates",
        "Elements of details are added to the old ones where the update has more than 1,500 octets.",
        &["REQ-MERGE-003", "REQ-RESP-003"],
        Effect::After(|state, key, request| {
            let named = request.body.get("error").is_some_and(|error| error.get("details").is_some());
            let job = state.jobs.get_mut(key).filter(|_| named && is_long(request));
            let Some(job) = job else { return };
            let mut all = details(&mut job.previous).cloned().unwrap_or_default();
            if let Some(new) = details(&mut job.properties) {
                all.append(new);
                *new = all;
            }
        }),
    ),
    row(
        Store,
        "refused-values-stored-in-long-updates",
        "Of a refused update of more than 1,500 octets the valid values are stored.",
        &["REQ-ATOM-001", "REQ-ATOM-002"],
        Effect::Refused(|status, request, job| {
            if status == 400 && is_long(request) {
                let mut valid = content(request);
                valid.retain(|name, value| name == "status" && value.is_string());
                absorb(valid, job);
            }
        }),
    ),
];

pub(super) const CONDITIONS: &[Fault] = &[row(
    Conditions,
    "no-match-ignored-for-foreign-text",
    "If-None-Match is not looked at where the update has characters beyond ASCII.",
    &["REQ-COND-005"],
    Effect::Condition(|holds, request, _| holds || given(request, "if-none-match") && !request.content.is_ascii()),
)];

pub(super) const CREDENTIALS: &[Fault] = &[row(
    Credentials,
    "token-not-looked-at-in-long-updates",
    "Any token is valid where the update has more than 1,500 octets.",
    &["REQ-AUTH-005"],
    Effect::Access(|request, access, _| {
        let long = access == Access::Invalid && is_long(request);
        if long { Access::Granted(0) } else { access }
    }),
)];
