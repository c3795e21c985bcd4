//! If-Match is not looked at, not answered with 412 where it fails, or refused where it holds.

use http::StatusCode;
use serde_json::{Value, json};

use super::row;
use crate::reference::effect::{Effect, Switch};
use crate::reference::fault::alter::{absorb, instead, is_date, patches, set_content};
use crate::reference::fault::given::{given, prefers};
use crate::reference::fault::jobs::is_derived;
use crate::reference::fault::{Fault, Need};
use crate::reference::message::Request;
use crate::reference::respond::names;
use crate::reference::store::{Job, tag};

pub(super) const ROWS: &[Fault] = &[
    row(
        "if-match-ignored",
        "If-Match is not looked at.",
        &["REQ-COND-002"],
        Effect::Condition(|holds, request, _| holds || given(request, "if-match") && !given(request, "if-none-match")),
    ),
    row(
        "if-match-ignored-on-one-path",
        "If-Match is not looked at on classifyTextJobs.",
        &["REQ-COND-002"],
        Effect::Condition(|holds, request, _| {
            holds
                || given(request, "if-match") && !given(request, "if-none-match") && request.goes_to("classifyTextJobs")
        }),
    ),
    row(
        "if-match-ignored-in-chunks",
        "If-Match is not looked at where the content comes in chunks.",
        &["REQ-COND-002"],
        Effect::Condition(|holds, request, _| {
            holds || given(request, "if-match") && given(request, "transfer-encoding")
        }),
    ),
    row(
        "if-match-ignored-with-a-charset",
        "If-Match is not looked at where the media type has a charset.",
        &["REQ-COND-002"],
        Effect::Condition(|holds, request, _| {
            holds || given(request, "if-match") && request.header("content-type").contains("charset")
        }),
    ),
    row(
        "if-match-ignored-on-derived-jobs",
        "If-Match is not looked at where a job is of a derived type.",
        &["REQ-COND-002"],
        Effect::Condition(|holds, request, job| {
            holds || is_derived(job) && given(request, "if-match") && !given(request, "if-none-match")
        }),
    ),
    row(
        "tag-of-sixteen-writes-ago-accepted",
        "If-Match may name the state of sixteen changes ago.",
        &["REQ-COND-002"],
        Effect::Condition(|holds, request, job| holds || older(request, job, |age| age == 16)),
    ),
    row(
        "tags-of-long-ago-accepted",
        "If-Match may name any state but the three last.",
        &["REQ-COND-002"],
        Effect::Condition(|holds, request, job| holds || older(request, job, |age| age > 3)),
    ),
    row(
        "condition-not-judged-beside-the-id",
        "If-Match is not looked at where the body names the id.",
        &["REQ-COND-002"],
        Effect::Condition(|holds, request, _| holds || given(request, "if-match") && request.body.contains_key("id")),
    ),
    row(
        "condition-judged-early",
        "The preconditions are judged, and the update is made after a while whatever happened since.",
        &["REQ-COND-002"],
        Effect::Switch(Switch::JudgeThenAct),
    ),
    row(
        "update-answered-304-if-modified-since",
        "An update with a date in If-Modified-Since is answered 304 and not performed.",
        &["REQ-STATUS-001", "REQ-PATH-001"],
        Effect::Refuse(|_, request| {
            (patches(request) && request.header("if-modified-since").ends_with("GMT"))
                .then_some(StatusCode::NOT_MODIFIED)
        }),
    ),
    row(
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
        "stale-etag-answered-409",
        "A precondition that fails is answered 409.",
        &["REQ-COND-002", "REQ-COND-005"],
        Effect::Failed(|answer, _| instead(answer, 412, 409)),
    ),
    row(
        "stale-etag-answered-400",
        "A precondition that fails is answered 400.",
        &["REQ-COND-002", "REQ-COND-005"],
        Effect::Failed(|answer, _| instead(answer, 412, 400)),
    ),
    row(
        "stale-etag-answered-500",
        "A precondition that fails ends in 500.",
        &["REQ-COND-002", "REQ-COND-005", "REQ-STATUS-002"],
        Effect::Failed(|answer, _| instead(answer, 412, 500)),
    ),
    row(
        "stale-etag-overlooked-for-dates",
        "A stale If-Match is overlooked if date-times alone are sent.",
        &["REQ-COND-002"],
        Effect::Condition(|holds, request, _| holds || request.body.keys().all(|name| is_date(name))),
    ),
    row(
        "stale-etag-overlooked-for-type",
        "A stale If-Match is overlooked if the type alone is sent.",
        &["REQ-COND-002"],
        Effect::Condition(|holds, request, _| holds || request.body.keys().all(|name| name == "type")),
    ),
    row(
        "stale-tag-passes-without-an-error",
        "A stale If-Match is performed on a job without an error.",
        &["REQ-COND-002"],
        Effect::Condition(|holds, request, job| {
            holds || given(request, "if-match") && job.properties.get("error").is_none_or(Value::is_null)
        }),
    ),
    row(
        "right-etag-refused",
        "An If-Match of the present state is refused.",
        &["REQ-COND-001"],
        Effect::Condition(|holds, request, _| {
            holds && (!given(request, "if-match") || request.header("if-match") == "*")
        }),
    ),
    row(
        "right-etag-refused-at-times",
        "Every second If-Match of the present state is refused.",
        &["REQ-COND-001"],
        Effect::Condition(|holds, request, _| {
            let named = given(request, "if-match") && request.header("if-match") != "*";
            holds && !(named && request.turn % 2 == 0)
        }),
    ),
    row(
        "weak-etag-shown-strong-compared",
        "The ETag is weak, but If-Match is compared strongly.",
        &["REQ-COND-001"],
        Effect::Several(&[
            Effect::Tag(|job| format!("W/{}", tag(job))),
            Effect::Condition(|holds, request, _| holds && !request.header("if-match").starts_with("W/")),
        ]),
    ),
    row(
        "current-tag-refused-under-minimal",
        "The current ETag is answered 412 where the client wants no content.",
        &["REQ-COND-001", "REQ-COND-007"],
        Effect::Condition(|holds, request, _| {
            holds && !(given(request, "if-match") && request.header("if-match") != "*" && prefers(request, "minimal"))
        }),
    ),
    Fault {
        needs: &[Need::NoEtag],
        ..row(
            "tag-crashes-without-etags",
            "Where no ETag is known, a strong tag in If-Match ends in 500.",
            &["REQ-COND-005", "REQ-STATUS-002"],
            Effect::Refuse(|_, request| {
                request.header("if-match").starts_with('"').then_some(http::StatusCode::INTERNAL_SERVER_ERROR)
            }),
        )
    },
    Fault {
        needs: &[Need::NoEtag],
        ..row(
            "weak-tag-crashes-without-etags",
            "Where no ETag is known, a weak tag in If-Match ends in 500.",
            &["REQ-COND-005", "REQ-STATUS-002"],
            Effect::Refuse(|_, request| {
                request.header("if-match").starts_with("W/").then_some(http::StatusCode::INTERNAL_SERVER_ERROR)
            }),
        )
    },
    row(
        "star-refused",
        "An If-Match of * is refused.",
        &["REQ-COND-003"],
        Effect::Condition(|holds, request, _| holds && request.header("if-match").trim() != "*"),
    ),
    row(
        "star-refused-after-first-update",
        "An If-Match of * is refused once the job was updated.",
        &["REQ-COND-003", "REQ-IDEMP-001"],
        Effect::Condition(|holds, request, _| holds && (request.turn == 0 || request.header("if-match").trim() != "*")),
    ),
    row(
        "star-refused-without-error",
        "An If-Match of * is refused for a job whose error is null.",
        &["REQ-COND-003"],
        Effect::Condition(|holds, request, job| {
            holds && !(request.header("if-match") == "*" && job.properties.get("error").is_none_or(Value::is_null))
        }),
    ),
    row(
        "star-crashes",
        "An If-Match of * ends in 500.",
        &["REQ-COND-003", "REQ-STATUS-002"],
        Effect::Refuse(|_, request| {
            (request.header("if-match").trim() == "*").then_some(StatusCode::INTERNAL_SERVER_ERROR)
        }),
    ),
    row(
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
        "if-match-any-fails-on-derived-jobs",
        "If-Match: * does not hold where a job is of a derived type.",
        &["REQ-COND-003"],
        Effect::Condition(|holds, request, job| holds && !(is_derived(job) && request.header("if-match") == "*")),
    ),
    row(
        "if-match-overlooked-beside-if-none-match",
        "If-Match is not looked at where If-None-Match names a tag.",
        &["REQ-COND-002"],
        Effect::Condition(|holds, request, _| {
            holds || given(request, "if-match") && request.header("if-none-match").starts_with('"')
        }),
    ),
];

/// Whether If-Match names a state of the job before the present one, of such an age in changes.
fn older(request: &Request, job: &Job, of_age: fn(usize) -> bool) -> bool {
    let named = request.list("if-match");
    let ages = job.history.iter().rev().zip(1..);
    given(request, "if-match")
        && ages.filter(|(_, age)| of_age(*age)).any(|(revision, _)| names(&named, &format!("\"r{revision}\"")))
}
