//! More faults of level [`FaultLevel::Conditions`](super::FaultLevel::Conditions): tags that are almost the current one,
//! conditions that are looked at for some requests only, tags within the body, and an answer to an update that changes
//! nothing.

use serde_json::Value;

use super::FaultLevel::Conditions;
use super::alter::{patches, set_content, without_content};
use super::etags::digest;
use super::given::given;
use super::{Fault, row};
use crate::reference::effect::{Effect, Object, Switch};
use crate::reference::message::Request;
use crate::reference::store::tag;

pub(super) const ROWS: &[Fault] = &[
    row(
        Conditions,
        "update-with-an-etag-under-4-01-dropped",
        "A body with @odata.etag under OData-Version 4.01 is confirmed and dropped.",
        &["REQ-UNK-002", "REQ-STATUS-003"],
        Effect::Request(|request| {
            let names_tag = String::from_utf8_lossy(&request.content).contains("@odata.etag");
            if patches(request) && request.header("odata-version") == "4.01" && names_tag {
                set_content(request, Object::new());
            }
        }),
    ),
    row(
        Conditions,
        "tag-compared-by-its-beginning",
        "An If-Match holds where the ETag begins with it.",
        &["REQ-COND-002"],
        Effect::Condition(|holds, request, job| {
            let sent = opaque(request);
            holds || !sent.is_empty() && tag(job).trim_matches('"').starts_with(sent)
        }),
    ),
    row(
        Conditions,
        "tag-compared-up-to-its-length",
        "An If-Match holds where it begins with the ETag.",
        &["REQ-COND-002"],
        Effect::Condition(|holds, request, job| holds || opaque(request).starts_with(tag(job).trim_matches('"'))),
    ),
    row(
        Conditions,
        "tag-compared-without-case",
        "An If-Match is compared with the ETag without regard to case.",
        &["REQ-COND-002"],
        Effect::Condition(|holds, request, job| {
            holds || opaque(request).eq_ignore_ascii_case(tag(job).trim_matches('"'))
        }),
    ),
    row(
        Conditions,
        "tag-compared-by-its-number",
        "Only the number in an ETag is compared.",
        &["REQ-COND-002"],
        Effect::Condition(|holds, request, job| {
            let number = opaque(request).trim_start_matches(|c: char| !c.is_ascii_digit()).parse::<u64>();
            holds || number.is_ok_and(|number| number == job.revision)
        }),
    ),
    row(
        Conditions,
        "later-tag-accepted",
        "An If-Match of a state that is yet to come holds.",
        &["REQ-COND-002"],
        Effect::Condition(|holds, request, job| {
            let number = opaque(request).strip_prefix('r').and_then(|number| number.parse::<u64>().ok());
            holds || number.is_some_and(|number| number == job.revision + 1)
        }),
    ),
    row(
        Conditions,
        "tag-before-the-last-accepted",
        "An If-Match of the state before the last but one holds.",
        &["REQ-COND-002"],
        Effect::Several(&[
            Effect::Tag(|job| format!("\"p{}\"", job.patches)),
            Effect::Condition(|holds, request, job| {
                let number = opaque(request).strip_prefix('p').and_then(|number| number.parse::<u64>().ok());
                holds || number.is_some_and(|number| number + 2 == job.patches)
            }),
        ]),
    ),
    row(
        Conditions,
        "empty-tag-accepted",
        "An If-Match of an empty tag holds.",
        &["REQ-COND-002"],
        Effect::Condition(|holds, request, _| holds || ["\"\"", "W/\"\""].contains(&request.header("if-match"))),
    ),
    row(
        Conditions,
        "quoted-star-taken-as-wildcard",
        "An If-Match of * in quotes holds for every state.",
        &["REQ-COND-002"],
        Effect::Condition(|holds, request, _| holds || request.header("if-match") == "\"*\""),
    )
    .mild(),
    row(
        Conditions,
        "if-match-ignored-in-chunks",
        "If-Match is not looked at where the content comes in chunks.",
        &["REQ-COND-002"],
        Effect::Condition(|holds, request, _| {
            holds || given(request, "if-match") && given(request, "transfer-encoding")
        }),
    ),
    row(
        Conditions,
        "if-match-ignored-with-a-charset",
        "If-Match is not looked at where the media type has a charset.",
        &["REQ-COND-002"],
        Effect::Condition(|holds, request, _| {
            holds || given(request, "if-match") && request.header("content-type").contains("charset")
        }),
    ),
    row(
        Conditions,
        "list-without-blanks-not-split",
        "A list in If-Match is not split where it has no blanks.",
        &["REQ-COND-001"],
        Effect::Condition(|holds, request, _| holds && !request.header("if-match").contains("\",\"")),
    )
    .mild(),
    row(
        Conditions,
        "first-line-of-if-match-alone",
        "Of several lines of If-Match the first one alone counts.",
        &["REQ-COND-001"],
        Effect::Request(|request| {
            let first = request.headers.get("if-match").cloned();
            if let Some(first) = first {
                request.headers.insert("if-match", first);
            }
        }),
    )
    .mild(),
    row(
        Conditions,
        "condition-judged-early",
        "The preconditions are judged, and the update is made after a while whatever happened since.",
        &["REQ-COND-002"],
        Effect::Switch(Switch::JudgeThenAct),
    ),
    row(
        Conditions,
        "etag-without-targets-of-details",
        "The ETag does not depend on the targets of the details.",
        &["REQ-COND-006"],
        Effect::Tag(|job| {
            let mut all = Value::Object(job.properties.to_object());
            let details = all.pointer_mut("/error/details").and_then(Value::as_array_mut);
            for detail in details.into_iter().flatten().filter_map(Value::as_object_mut) {
                detail.shift_remove("target");
            }
            digest(Some(&all))
        }),
    ),
    row(
        Conditions,
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

/// The tag in If-Match without quotes and mark of weakness, if there is one tag.
fn opaque(request: &Request) -> &str {
    let sent = request.header("if-match");
    let sent = sent.strip_prefix("W/").unwrap_or(sent);
    sent.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or_default()
}
