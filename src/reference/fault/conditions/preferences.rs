//! A preference is refused, or followed otherwise than it says.

use http::StatusCode;
use serde_json::json;

use super::row;
use crate::reference::effect::Effect;
use crate::reference::fault::Fault;
use crate::reference::fault::alter::{crashed, patches, refused, set_content, without_content};
use crate::reference::fault::given::{given, prefers};
use crate::reference::message::Request;

pub(super) const ROWS: &[Fault] = &[
    row(
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
        "minimal-refused",
        "An update with return=minimal is refused.",
        &["REQ-PREF-001"],
        Effect::Refuse(|_, request| refused(prefers(request, "minimal"))),
    ),
    row(
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
        "representation-refused",
        "An update with return=representation is refused.",
        &["REQ-PREF-003"],
        Effect::Refuse(|_, request| refused(request.prefers("return").as_deref() == Some("representation"))),
    ),
    row(
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
        "unknown-preference-refused",
        "A preference that is not known is refused.",
        &["REQ-PREF-004"],
        Effect::Refuse(|_, request| refused(unknown_preference(request))),
    ),
    row(
        "unknown-preference-answered-412",
        "A preference that is not known is answered 412.",
        &["REQ-PREF-004"],
        Effect::Refuse(|_, request| unknown_preference(request).then_some(StatusCode::PRECONDITION_FAILED)),
    ),
    row(
        "unknown-preference-crashes",
        "A preference that is not known ends in 500.",
        &["REQ-PREF-004", "REQ-STATUS-002"],
        Effect::Refuse(|_, request| unknown_preference(request).then_some(StatusCode::INTERNAL_SERVER_ERROR)),
    ),
    row(
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
        "defaults-omitted-in-silence",
        "Under omit-values=defaults nulls are left out, and no header says so.",
        &["REQ-PROP-001"],
        Effect::Entity(|object, request| {
            if request.prefers("omit-values").as_deref() == Some("defaults") {
                object.retain(|_, value| !value.is_null());
            }
        }),
    ),
    row(
        "empty-preference-crashes",
        "A Prefer header without a value ends in 500.",
        &["REQ-STATUS-002"],
        Effect::Refuse(|_, request| crashed(given(request, "prefer") && request.header("prefer").is_empty())),
    ),
    row(
        "minimal-found-within-other-preferences",
        "The word minimal within an unknown preference is taken for return=minimal.",
        &["REQ-PREF-004"],
        Effect::Request(|request| {
            if request.header("prefer").contains("minimal") {
                request.headers.insert("prefer", http::HeaderValue::from_static("return=minimal"));
            }
        }),
    ),
    row(
        "representation-of-no-change-left-out",
        "An update that sets nothing is answered 204 under return=representation.",
        &["REQ-PREF-003"],
        Effect::Updated(|answer, request| {
            if request.body.is_empty() && request.prefers("return").as_deref() == Some("representation") {
                without_content(answer);
            }
        }),
    ),
];

fn unknown_preference(request: &Request) -> bool {
    given(request, "prefer") && request.prefers("return").is_none()
}
