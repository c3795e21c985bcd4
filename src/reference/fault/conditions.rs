//! Faults of level [`FaultLevel::Conditions`](super::FaultLevel::Conditions): preconditions, `ETags` and preferences.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::Fault;
use super::FaultLevel::Conditions;
use super::alter::{absorb, instead, patches, refused, row, set_content, without_content};
use crate::reference::effect::Effect;
use crate::reference::message::{Answer, Request};
use crate::reference::respond::names;
use crate::reference::store::tag;

pub(super) const ROWS: &[Fault] = &[
    row(
        Conditions,
        "if-match-ignored",
        "If-Match is not looked at.",
        &["REQ-COND-002"],
        Effect::Condition(|holds, request, _| holds || given(request, "if-match") && !given(request, "if-none-match")),
    ),
    row(
        Conditions,
        "if-match-ignored-on-one-path",
        "If-Match is not looked at on classifyTextJobs.",
        &["REQ-COND-002"],
        Effect::Condition(|holds, request, _| {
            holds
                || given(request, "if-match") && !given(request, "if-none-match") && request.goes_to("classifyTextJobs")
        }),
    ),
    row(
        Conditions,
        "old-etag-accepted",
        "An If-Match of any state that the job ever had is accepted.",
        &["REQ-COND-002"],
        Effect::Condition(|holds, request, job| {
            let number = request.header("if-match").trim_matches(['"', 'r']).parse::<u64>();
            holds || number.is_ok_and(|number| number <= job.revision)
        }),
    ),
    row(
        Conditions,
        "stale-etag-applied",
        "A stale If-Match is answered 412 and the body applied all the same.",
        &["REQ-COND-002", "REQ-ATOM-002"],
        Effect::Refused(|status, request, job| {
            if status == 412 && given(request, "if-match") {
                absorb(request.body.clone(), job);
            }
        }),
    ),
    row(
        Conditions,
        "stale-etag-answered-200",
        "A stale If-Match is answered 200 and the body not applied.",
        &["REQ-COND-002", "REQ-STATUS-003"],
        Effect::Failed(|answer, request| {
            if answer.status == 412 && given(request, "if-match") {
                answer.status = StatusCode::OK;
            }
        }),
    ),
    row(
        Conditions,
        "stale-etag-answered-409",
        "A precondition that fails is answered 409.",
        &["REQ-COND-002", "REQ-COND-005"],
        Effect::Failed(|answer, _| instead(answer, 412, 409)),
    ),
    row(
        Conditions,
        "stale-etag-answered-400",
        "A precondition that fails is answered 400.",
        &["REQ-COND-002", "REQ-COND-005"],
        Effect::Failed(|answer, _| instead(answer, 412, 400)),
    ),
    row(
        Conditions,
        "stale-etag-answered-500",
        "A precondition that fails ends in 500.",
        &["REQ-COND-002", "REQ-COND-005", "REQ-STATUS-002"],
        Effect::Failed(|answer, _| instead(answer, 412, 500)),
    ),
    row(
        Conditions,
        "right-etag-refused",
        "An If-Match of the present state is refused.",
        &["REQ-COND-001"],
        Effect::Condition(|holds, request, _| {
            holds && (!given(request, "if-match") || request.header("if-match") == "*")
        }),
    ),
    row(
        Conditions,
        "right-etag-refused-at-times",
        "Every second If-Match of the present state is refused.",
        &["REQ-COND-001"],
        Effect::Condition(|holds, request, _| {
            let named = given(request, "if-match") && request.header("if-match") != "*";
            holds && !(named && request.turn % 2 == 0)
        }),
    ),
    row(
        Conditions,
        "etag-compared-unquoted",
        "An If-Match is compared with the ETag without its quotes.",
        &["REQ-COND-001"],
        Effect::Condition(|holds, request, job| {
            let unquoted = tag(job).replace('"', "");
            holds && (!given(request, "if-match") || [unquoted.as_str(), "*"].contains(&request.header("if-match")))
        }),
    ),
    row(
        Conditions,
        "weak-etag-shown-strong-compared",
        "The ETag is weak, but If-Match is compared strongly.",
        &["REQ-COND-001"],
        Effect::Several(&[
            Effect::Tag(|job| format!("W/{}", tag(job))),
            Effect::Condition(|holds, request, _| holds && !request.header("if-match").starts_with("W/")),
        ]),
    ),
    row(
        Conditions,
        "star-refused",
        "An If-Match of * is refused.",
        &["REQ-COND-003"],
        Effect::Condition(|holds, request, _| holds && request.header("if-match").trim() != "*"),
    ),
    row(
        Conditions,
        "star-refused-after-first-update",
        "An If-Match of * is refused once the job was updated.",
        &["REQ-COND-003", "REQ-IDEMP-001"],
        Effect::Condition(|holds, request, _| holds && (request.turn == 0 || request.header("if-match").trim() != "*")),
    ),
    row(
        Conditions,
        "star-crashes",
        "An If-Match of * ends in 500.",
        &["REQ-COND-003", "REQ-STATUS-002"],
        Effect::Refuse(|_, request| {
            (request.header("if-match").trim() == "*").then_some(StatusCode::INTERNAL_SERVER_ERROR)
        }),
    ),
    row(
        Conditions,
        "star-ends-the-update",
        "An If-Match of * is answered 200 and the body not applied.",
        &["REQ-COND-003", "REQ-STATUS-003"],
        Effect::Request(|request| {
            if patches(request) && request.header("if-match").trim() == "*" {
                set_content(request, json!({}));
            }
        }),
    ),
    row(
        Conditions,
        "none-match-ignored",
        "If-None-Match is not looked at.",
        &["REQ-COND-005"],
        Effect::Condition(|holds, request, job| {
            holds
                || given(request, "if-none-match")
                    && (!given(request, "if-match") || names(request.header("if-match"), &tag(job)))
        }),
    ),
    row(
        Conditions,
        "none-match-star-not-understood",
        "An If-None-Match of * is taken as a tag.",
        &["REQ-COND-005"],
        Effect::Condition(|holds, request, _| holds || request.header("if-none-match").trim() == "*"),
    ),
    row(
        Conditions,
        "none-match-answered-304",
        "An If-None-Match that fails is answered 304.",
        &["REQ-COND-005"],
        Effect::Failed(|answer, request| {
            if answer.status == 412 && given(request, "if-none-match") {
                without_content(answer);
                answer.status = StatusCode::NOT_MODIFIED;
            }
        }),
    ),
    row(
        Conditions,
        "none-match-applied",
        "An If-None-Match of * is answered 412 and the body applied all the same.",
        &["REQ-COND-005", "REQ-ATOM-002"],
        Effect::Refused(|status, request, job| {
            if status == 412 && given(request, "if-none-match") {
                absorb(request.body.clone(), job);
            }
        }),
    ),
    row(
        Conditions,
        "etag-constant",
        "The ETag is the same for every state.",
        &["REQ-COND-006", "REQ-COND-002"],
        Effect::Tag(|_| "\"1\"".to_owned()),
    ),
    row(
        Conditions,
        "etag-of-status",
        "The ETag depends on the status alone.",
        &["REQ-COND-006", "REQ-COND-002"],
        Effect::Tag(|job| digest(job.properties.get("status"))),
    ),
    row(
        Conditions,
        "etag-without-error",
        "The ETag does not depend on the error.",
        &["REQ-COND-006"],
        Effect::Tag(|job| {
            let mut rest = job.properties.clone();
            rest.shift_remove("error");
            digest(Some(&Value::Object(rest)))
        }),
    ),
    row(
        Conditions,
        "etag-without-nested-members",
        "The ETag does not depend on innerError and details.",
        &["REQ-COND-006"],
        Effect::Tag(|job| {
            let mut all = job.properties.clone();
            if let Some(Value::Object(error)) = all.get_mut("error") {
                error.retain(|name, _| !["innerError", "details"].contains(&name.as_str()));
            }
            digest(Some(&Value::Object(all)))
        }),
    ),
    row(
        Conditions,
        "etag-of-the-state-before",
        "The ETag of a PATCH is that of the state before.",
        &["REQ-COND-007", "REQ-COND-001"],
        Effect::Updated(|answer, _| {
            let older = |tag: &str| {
                let number: u64 = tag.trim_matches(['"', 'r']).parse().unwrap_or(1);
                format!("\"r{}\"", number.saturating_sub(1))
            };
            let tag = older(&header(answer));
            show(answer, &tag);
        }),
    ),
    row(
        Conditions,
        "etag-by-chance",
        "The ETag of every answer is another.",
        &["REQ-COND-007", "REQ-COND-001"],
        Effect::Answer(|answer, _| {
            if answer.headers.contains_key("etag") {
                show(answer, &format!("\"{}\"", uuid::Uuid::new_v4()));
            }
        }),
    ),
    row(
        Conditions,
        "etag-in-header-and-body-differ",
        "The ETag of the header is not that of the body.",
        &["REQ-COND-007"],
        Effect::Updated(|answer, _| {
            let tag = header(answer);
            answer.set("etag", &format!("\"h{}", tag.trim_start_matches('"')));
        }),
    ),
    row(
        Conditions,
        "etag-unquoted",
        "The ETag has no quotes.",
        &["REQ-COND-007"],
        Effect::Tag(|job| format!("r{}", job.revision)),
    ),
    row(
        Conditions,
        "etag-of-single-quotes",
        "The ETag stands in single quotes.",
        &["REQ-COND-007"],
        Effect::Tag(|job| format!("'r{}'", job.revision)),
    ),
    row(
        Conditions,
        "etag-weak-mark-in-lower-case",
        "The ETag begins with w/ in lower case.",
        &["REQ-COND-007"],
        Effect::Tag(|job| format!("w/{}", tag(job))),
    ),
    row(
        Conditions,
        "etag-missing-after-update",
        "The answer to a PATCH has no ETag.",
        &["REQ-COND-007"],
        Effect::Updated(|answer, _| {
            answer.unset("etag");
            if answer.body.is_some() {
                answer.object().shift_remove("@odata.etag");
            }
        }),
    ),
    row(
        Conditions,
        "etag-differs-from-read",
        "The ETag of a GET is not that of the PATCH before.",
        &["REQ-COND-007"],
        Effect::Several(&[
            Effect::Read(|object, job, _| {
                object.insert("@odata.etag".to_owned(), format!("\"g{}\"", job.revision).into());
            }),
            Effect::Answer(|answer, request| {
                if request.method == Method::GET && answer.headers.contains_key("etag") {
                    let tag = answer.object().get("@odata.etag").and_then(Value::as_str).unwrap_or_default().to_owned();
                    answer.set("etag", &tag);
                }
            }),
        ]),
    ),
    Fault {
        needs: &["etag-required"],
        ..row(
            Conditions,
            "missing-precondition-accepted",
            "Where If-Match is needed, an update without one is performed.",
            &["REQ-COND-008"],
            Effect::Request(|request| {
                if patches(request) && !given(request, "if-match") {
                    request.headers.insert("if-match", http::HeaderValue::from_static("*"));
                }
            }),
        )
    },
    Fault {
        needs: &["etag-required"],
        ..row(
            Conditions,
            "missing-precondition-answered-412",
            "Where If-Match is needed, an update without one is answered 412.",
            &["REQ-COND-008"],
            Effect::Failed(|answer, _| instead(answer, 428, 412)),
        )
    },
    Fault {
        needs: &["etag-required"],
        ..row(
            Conditions,
            "missing-precondition-applied",
            "Where If-Match is needed, an update without one is answered 428 and applied all the same.",
            &["REQ-COND-008", "REQ-ATOM-002"],
            Effect::Refused(|status, request, job| {
                if status == 428 {
                    absorb(request.body.clone(), job);
                }
            }),
        )
    },
    row(
        Conditions,
        "minimal-not-applied",
        "An update with return=minimal is answered 200 and not applied.",
        &["REQ-PREF-001", "REQ-STATUS-003"],
        Effect::Request(|request| {
            if patches(request) && minimal(request) {
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
            if patches(request) && minimal(request) {
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
        Effect::Refuse(|_, request| refused(minimal(request))),
    ),
    row(
        Conditions,
        "minimal-claimed-beside-entity",
        "An update with return=minimal is answered with the entity, but Preference-Applied says minimal.",
        &["REQ-PREF-001"],
        Effect::Several(&[
            Effect::Request(|request| {
                if patches(request) && minimal(request) {
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
    ),
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
];

fn given(request: &Request, name: &str) -> bool {
    request.headers.contains_key(name)
}

fn minimal(request: &Request) -> bool {
    request.prefers("return").as_deref() == Some("minimal")
}

fn unknown_preference(request: &Request) -> bool {
    given(request, "prefer") && request.prefers("return").is_none()
}

/// A tag that depends on a value alone.
fn digest(value: Option<&Value>) -> String {
    let text = value.map(Value::to_string).unwrap_or_default();
    let sum = text.bytes().fold(5_381_u64, |sum, octet| sum.wrapping_mul(33) ^ u64::from(octet));
    format!("\"{sum:x}\"")
}

/// The `ETag` in the header of an answer.
fn header(answer: &Answer) -> String {
    answer.headers.get("etag").and_then(|tag| tag.to_str().ok()).unwrap_or_default().to_owned()
}

/// Shows another `ETag`, in the header and in the body.
fn show(answer: &mut Answer, tag: &str) {
    answer.set("etag", tag);
    if answer.body.is_some() {
        answer.object().insert("@odata.etag".to_owned(), tag.into());
    }
}
