//! If-None-Match is not looked at, or not answered with 412 where it fails.

use http::StatusCode;

use super::row;
use crate::reference::effect::Effect;
use crate::reference::fault::Fault;
use crate::reference::fault::alter::{absorb, crashed, without_content};
use crate::reference::fault::given::given;
use crate::reference::fault::jobs::is_derived;
use crate::reference::respond::names;
use crate::reference::store::tag;

pub(super) const ROWS: &[Fault] = &[
    row(
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
        "none-match-star-not-understood",
        "An If-None-Match of * is taken as a tag.",
        &["REQ-COND-005"],
        Effect::Condition(|holds, request, _| holds || request.header("if-none-match").trim() == "*"),
    ),
    row(
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
        "none-match-ignored-on-derived-jobs",
        "If-None-Match is not looked at where a job is of a derived type.",
        &["REQ-COND-005"],
        Effect::Condition(|holds, request, job| {
            holds || is_derived(job) && given(request, "if-none-match") && !given(request, "if-match")
        }),
    ),
    row(
        "no-match-ignored-for-foreign-text",
        "If-None-Match is not looked at where the update has characters beyond ASCII.",
        &["REQ-COND-005"],
        Effect::Condition(|holds, request, _| holds || given(request, "if-none-match") && !request.content.is_ascii()),
    ),
    row(
        "none-match-taken-for-match",
        "If-None-Match with a tag that is not current crashes.",
        &["REQ-COND-005", "REQ-STATUS-002"],
        Effect::Refuse(|_, request| crashed(request.header("if-none-match").starts_with("\"patchproof"))),
    ),
];
