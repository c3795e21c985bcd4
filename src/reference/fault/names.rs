//! More faults of level [`FaultLevel::Parsing`](super::FaultLevel::Parsing): the order, the repetition and the spelling
//! of members, and white space.

use serde_json::{Value, json};

use super::FaultLevel::Parsing;
use super::alter::{any, crashed, instead, key, patches, refused, set_content};
use super::members::{deep, members};
use super::repair::text;
use super::{Fault, row};
use crate::reference::effect::{Effect, Object};
use crate::reference::message::Request;

pub(super) const ROWS: &[Fault] = &[
    row(
        Parsing,
        "duplicate-member-dropped",
        "Where a name occurs twice, neither value is applied.",
        &["REQ-BODY-011", "REQ-STATUS-003"],
        Effect::Request(|request| duplicates(request, |_| None)),
    )
    .mild(),
    row(
        Parsing,
        "duplicate-member-joined",
        "Where a name occurs twice, the values are joined.",
        &["REQ-BODY-011"],
        Effect::Request(|request| {
            duplicates(request, |values| {
                let texts: Vec<_> = values.iter().filter_map(Value::as_str).collect();
                Some(texts.join(",").into())
            });
        }),
    ),
    row(
        Parsing,
        "duplicate-member-null",
        "Where a name occurs twice, the property becomes null.",
        &["REQ-BODY-011"],
        Effect::Request(|request| duplicates(request, |_| Some(Value::Null))),
    ),
    row(
        Parsing,
        "duplicate-member-by-chance",
        "Where a name occurs twice, now the first value counts and now the last.",
        &["REQ-BODY-011"],
        Effect::Place(|request, state| {
            let job = key(request).and_then(|key| state.jobs.get(&key));
            if job.is_some_and(|job| job.patches % 2 == 0) {
                duplicates(request, |values| values.first().cloned());
            } else {
                duplicates(request, |values| values.last().cloned());
            }
        }),
    ),
    row(
        Parsing,
        "duplicate-member-answered-500",
        "A name that occurs twice ends in 500.",
        &["REQ-BODY-011", "REQ-STATUS-002"],
        Effect::Failed(|answer, request| {
            if repeated(&members(request)).next().is_some() {
                instead(answer, 400, 500);
            }
        }),
    ),
    row(
        Parsing,
        "escapes-not-understood",
        "An escape of the form \\uXXXX is taken literally.",
        &["REQ-BODY-006", "REQ-TYPE-003"],
        Effect::Request(|request| {
            if patches(request) {
                request.content = text(request).replace("\\u", "\\\\u").into_bytes();
            }
        }),
    ),
    row(
        Parsing,
        "escapes-in-names-not-understood",
        "A member whose name is written with an escape is dropped.",
        &["REQ-BODY-006", "REQ-STATUS-003", "REQ-RESP-003"],
        Effect::Request(|request| {
            let raw = text(request);
            let plain = |name: &String| raw.contains(&format!("\"{name}\""));
            let (kept, lost): (Vec<_>, Vec<_>) = members(request).into_iter().partition(|(name, _)| plain(name));
            if patches(request) && !lost.is_empty() {
                set_content(request, kept.into_iter().collect::<Object>());
            }
        }),
    ),
    row(
        Parsing,
        "escapes-refused",
        "A body with an escape of the form \\uXXXX is refused.",
        &["REQ-BODY-006"],
        Effect::Refuse(|_, request| refused(text(request).contains("\\u"))),
    ),
    row(
        Parsing,
        "order-of-members-matters",
        "An @odata.type that is not the first member is refused.",
        &["REQ-BODY-006"],
        Effect::Refuse(|object, _| refused(late_type(object))),
    ),
    row(
        Parsing,
        "members-before-the-type-lost",
        "Members that stand before @odata.type are dropped.",
        &["REQ-BODY-006", "REQ-STATUS-003", "REQ-RESP-003"],
        Effect::Parsed(|object| {
            let start = object.keys().position(|name| name == "@odata.type").unwrap_or(0);
            *object = std::mem::take(object).into_iter().skip(start).collect();
        }),
    ),
    row(
        Parsing,
        "order-of-nested-members-matters",
        "A nested @odata.type that is not the first member is refused.",
        &["REQ-BODY-006"],
        Effect::Refuse(|object, _| refused(any(object, &|_, value| value.as_object().is_some_and(late_type)))),
    ),
    row(
        Parsing,
        "order-of-members-crashes",
        "A body whose error is not the last member ends in 500.",
        &["REQ-BODY-006", "REQ-STATUS-002"],
        Effect::Refuse(|object, _| {
            crashed(object.contains_key("error") && object.keys().next_back().is_none_or(|name| name != "error"))
        }),
    ),
    row(
        Parsing,
        "carriage-return-refused",
        "A body with CRLF line ends is refused.",
        &["REQ-BODY-001", "REQ-BODY-006"],
        Effect::Refuse(|_, request| refused(request.content.contains(&b'\r'))),
    ),
    row(
        Parsing,
        "line-feed-refused",
        "A body of more than one line is refused.",
        &["REQ-BODY-001", "REQ-BODY-006"],
        Effect::Refuse(|_, request| refused(text(request).trim_end().contains('\n'))),
    ),
    row(
        Parsing,
        "final-newline-refused",
        "A body that ends in a line feed is refused.",
        &["REQ-BODY-006"],
        Effect::Refuse(|_, request| refused(request.content.ends_with(b"\n"))),
    ),
    row(
        Parsing,
        "minified-refused",
        "A body without any white space between members is refused.",
        &["REQ-BODY-006", "REQ-BODY-004"],
        Effect::Refuse(|_, request| refused(text(request).contains("\":\"") || text(request).contains("\":{"))),
    ),
    row(
        Parsing,
        "first-line-only",
        "Of a body of several lines with CRLF ends only the first member is applied.",
        &["REQ-BODY-006", "REQ-STATUS-003", "REQ-RESP-003", "REQ-DTO-002"],
        Effect::Request(|request| {
            let mut members = members(request);
            if patches(request) && request.content.contains(&b'\r') && members.len() > 1 {
                members.truncate(1);
                set_content(request, members.into_iter().collect::<Object>());
            }
        }),
    ),
    row(
        Parsing,
        "sample-refused",
        "A body with @odata.type at its root is refused.",
        &["REQ-BODY-001", "REQ-PATH-001", "REQ-STATUS-001"],
        Effect::Refuse(|object, _| refused(object.contains_key("@odata.type"))),
    ),
    row(
        Parsing,
        "sample-refused-on-one-path",
        "A body with @odata.type at its root is refused on labelsAndPoliciesEvaluationJobs.",
        &["REQ-PATH-001", "REQ-BODY-001"],
        Effect::Refuse(|object, request| {
            refused(object.contains_key("@odata.type") && request.goes_to("labelsAndPoliciesEvaluationJobs"))
        }),
    ),
    row(
        Parsing,
        "every-fifth-request-refused",
        "Every fifth request is refused as malformed.",
        &["REQ-BODY-001", "REQ-STATUS-001", "REQ-IDEMP-001"],
        Effect::Refuse(|_, request| refused(request.number % 5 == 0)),
    ),
    row(
        Parsing,
        "deep-body-answered-500",
        "A deeply nested body ends in 500.",
        &["REQ-SEC-006", "REQ-STATUS-002"],
        Effect::Failed(|answer, request| {
            if deep(request) {
                instead(answer, 400, 500);
            }
        }),
    ),
    row(
        Parsing,
        "large-body-answered-500",
        "A body of several mebibytes ends in 500.",
        &["REQ-SEC-006", "REQ-STATUS-002"],
        Effect::Failed(|answer, _| instead(answer, 413, 500)),
    ),
    row(
        Parsing,
        "body-of-a-mebibyte-crashes",
        "A body of more than a mebibyte, which is not refused for its length, ends in 500.",
        &["REQ-STATUS-002"],
        Effect::Refuse(|_, request| crashed(request.content.len() > 1 << 20)),
    ),
    row(
        Parsing,
        "large-body-cut",
        "A string of several mebibytes is cut and stored.",
        &["REQ-SEC-006", "REQ-TYPE-003", "REQ-STATUS-003"],
        Effect::Request(|request| {
            if request.oversized {
                request.oversized = false;
                set_content(request, json!({"status": "x".repeat(1000)}));
            }
        }),
    ),
    row(
        Parsing,
        "job-lost-after-large-body",
        "A job is not found any more after a body of several mebibytes.",
        &["REQ-SEC-006", "REQ-ATOM-002"],
        Effect::Refused(|status, _, job| {
            if status == 413 {
                job.tenant = u8::MAX;
            }
        }),
    ),
];

/// The names that occur more than once.
fn repeated(members: &[(String, Value)]) -> impl Iterator<Item = &String> {
    let earlier = |at: usize, name: &String| members[..at].iter().any(|(other, _)| other == name);
    members.iter().enumerate().filter(move |(at, (name, _))| earlier(*at, name)).map(|(_, (name, _))| name)
}

/// Lets one value stand for all those of a repeated name, or none.
fn duplicates(request: &mut Request, choose: fn(&[Value]) -> Option<Value>) {
    let all = members(request);
    let mut object: Object = all.iter().cloned().collect();
    for name in repeated(&all) {
        let values: Vec<_> = all.iter().filter(|(other, _)| other == name).map(|(_, value)| value.clone()).collect();
        object.shift_remove(name);
        object.extend(choose(&values).map(|value| (name.clone(), value)));
    }
    if patches(request) && repeated(&all).next().is_some() {
        set_content(request, object);
    }
}

/// Whether the annotation of type comes after another member.
fn late_type(object: &Object) -> bool {
    object.keys().position(|name| name == "@odata.type").is_some_and(|at| at > 0)
}
