//! Faults of level [`FaultLevel::Conditions`](super::FaultLevel::Conditions): preconditions, `ETags` and preferences.

use http::StatusCode;
use serde_json::json;

use super::FaultLevel::Conditions;
use super::alter::{absorb, instead, patches, set_content, without_content};
use super::given::given;
use super::{Fault, row};
use crate::reference::effect::Effect;
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
    Fault {
        needs: &["etag-required"],
        ..row(
            Conditions,
            "star-crashes-where-needed",
            "Where If-Match is needed, * ends in 500.",
            &["REQ-COND-003", "REQ-STATUS-002"],
            Effect::Refuse(|_, request| {
                (request.header("if-match") == "*").then_some(http::StatusCode::INTERNAL_SERVER_ERROR)
            }),
        )
    },
    Fault {
        needs: &["no-etag"],
        ..row(
            Conditions,
            "tag-crashes-without-etags",
            "Where no ETag is known, a strong tag in If-Match ends in 500.",
            &["REQ-COND-005", "REQ-STATUS-002"],
            Effect::Refuse(|_, request| {
                request.header("if-match").starts_with('"').then_some(http::StatusCode::INTERNAL_SERVER_ERROR)
            }),
        )
    },
    Fault {
        needs: &["no-etag"],
        ..row(
            Conditions,
            "weak-tag-crashes-without-etags",
            "Where no ETag is known, a weak tag in If-Match ends in 500.",
            &["REQ-COND-005", "REQ-STATUS-002"],
            Effect::Refuse(|_, request| {
                request.header("if-match").starts_with("W/").then_some(http::StatusCode::INTERNAL_SERVER_ERROR)
            }),
        )
    },
];
