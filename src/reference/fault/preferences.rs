//! More faults of level [`FaultLevel::Conditions`](super::FaultLevel::Conditions): preferences.

use http::StatusCode;
use serde_json::json;

use super::FaultLevel::Conditions;
use super::alter::{patches, refused, set_content, without_content};
use super::given::{given, prefers};
use super::{Fault, row};
use crate::reference::effect::Effect;
use crate::reference::message::Request;

pub(super) const ROWS: &[Fault] = &[
    row(
        Conditions,
        "minimal-not-applied",
        "An update with return=minimal is answered 200 and not applied.",
        &["REQ-PREF-001", "REQ-STATUS-003"],
        Effect::Request(|request| {
            if patches(request) && prefers(request, "minimal") {
                request.headers.remove("prefer");
                set_content(request, json!({}));
            }
        }),
    ),
    row(
        Conditions,
        "minimal-stores-nothing",
        "An update with return=minimal is answered 204 and not applied.",
        &["REQ-PREF-001", "REQ-STATUS-003"],
        Effect::Request(|request| {
            if patches(request) && prefers(request, "minimal") {
                set_content(request, json!({}));
            }
        }),
    ),
    row(
        Conditions,
        "minimal-answered-202",
        "An update with return=minimal is answered 202 without content.",
        &["REQ-PREF-001"],
        Effect::Updated(|answer, _| {
            if answer.status == 204 {
                answer.status = StatusCode::ACCEPTED;
            }
        }),
    ),
    row(
        Conditions,
        "minimal-answered-200-without-content",
        "An update with return=minimal is answered 200 without content.",
        &["REQ-PREF-001"],
        Effect::Updated(|answer, _| {
            if answer.status == 204 {
                answer.status = StatusCode::OK;
            }
        }),
    ),
    row(
        Conditions,
        "minimal-refused",
        "An update with return=minimal is refused.",
        &["REQ-PREF-001"],
        Effect::Refuse(|_, request| refused(prefers(request, "minimal"))),
    ),
    row(
        Conditions,
        "minimal-claimed-beside-entity",
        "An update with return=minimal is answered with the entity, but Preference-Applied says minimal.",
        &["REQ-PREF-001"],
        Effect::Several(&[
            Effect::Request(|request| {
                if patches(request) && prefers(request, "minimal") {
                    request.headers.remove("prefer");
                    request.headers.insert("x-minimal", http::HeaderValue::from_static("1"));
                }
            }),
            Effect::Updated(|answer, request| {
                if given(request, "x-minimal") {
                    answer.set("preference-applied", "return=minimal");
                }
            }),
        ]),
    )
    .mild(),
    row(
        Conditions,
        "representation-answered-204",
        "An update with return=representation is answered 204.",
        &["REQ-PREF-003"],
        Effect::Updated(|answer, request| {
            if request.prefers("return").as_deref() == Some("representation") {
                without_content(answer);
            }
        }),
    ),
    row(
        Conditions,
        "representation-refused",
        "An update with return=representation is refused.",
        &["REQ-PREF-003"],
        Effect::Refuse(|_, request| refused(request.prefers("return").as_deref() == Some("representation"))),
    ),
    row(
        Conditions,
        "every-preference-means-minimal",
        "An update with any preference is answered 204.",
        &["REQ-PREF-004", "REQ-PREF-003"],
        Effect::Updated(|answer, request| {
            if given(request, "prefer") {
                without_content(answer);
            }
        }),
    ),
    row(
        Conditions,
        "unknown-preference-refused",
        "A preference that is not known is refused.",
        &["REQ-PREF-004"],
        Effect::Refuse(|_, request| refused(unknown_preference(request))),
    ),
    row(
        Conditions,
        "unknown-preference-answered-412",
        "A preference that is not known is answered 412.",
        &["REQ-PREF-004"],
        Effect::Refuse(|_, request| unknown_preference(request).then_some(StatusCode::PRECONDITION_FAILED)),
    ),
    row(
        Conditions,
        "unknown-preference-crashes",
        "A preference that is not known ends in 500.",
        &["REQ-PREF-004", "REQ-STATUS-002"],
        Effect::Refuse(|_, request| unknown_preference(request).then_some(StatusCode::INTERNAL_SERVER_ERROR)),
    ),
    row(
        Conditions,
        "unknown-preference-ends-the-update",
        "An update with a preference that is not known is answered 200 and not applied.",
        &["REQ-PREF-004", "REQ-STATUS-003"],
        Effect::Request(|request| {
            if patches(request) && unknown_preference(request) {
                set_content(request, json!({}));
            }
        }),
    ),
    row(
        Conditions,
        "defaults-omitted-in-silence",
        "Under omit-values=defaults nulls are left out, and no header says so.",
        &["REQ-PROP-001"],
        Effect::Entity(|object, request| {
            if request.prefers("omit-values").as_deref() == Some("defaults") {
                object.retain(|_, value| !value.is_null());
            }
        }),
    ),
];

fn unknown_preference(request: &Request) -> bool {
    given(request, "prefer") && request.prefers("return").is_none()
}
