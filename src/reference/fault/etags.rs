//! More faults of level [`FaultLevel::Conditions`](super::FaultLevel::Conditions): the `ETag` of a job.

use http::Method;
use serde_json::Value;

use super::FaultLevel::Conditions;
use super::given::given;
use super::{Fault, row};
use crate::reference::effect::Effect;
use crate::reference::message::Answer;
use crate::reference::store::tag;

pub(super) const ROWS: &[Fault] = &[
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
            let mut rest = job.properties.to_object();
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
            let mut all = job.properties.to_object();
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
            let tag = older(&header(answer));
            show(answer, &tag);
        }),
    ),
    row(
        Conditions,
        "etag-of-a-204-is-the-one-before",
        "A 204 has the ETag of the state before.",
        &["REQ-COND-006"],
        Effect::Updated(|answer, _| {
            if answer.status == 204 {
                let tag = older(&header(answer));
                answer.set("etag", &tag);
            }
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
        "etag-twice",
        "The answer to a PATCH has a second ETag header with another tag.",
        &["REQ-COND-007"],
        Effect::Updated(|answer, _| {
            if let Ok(other) = http::HeaderValue::from_str(&older(&header(answer))) {
                answer.headers.append("etag", other);
            }
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
];

/// The tag of the revision before the one of `tag`.
fn older(tag: &str) -> String {
    let number: u64 = tag.trim_matches(['"', 'r']).parse().unwrap_or(1);
    format!("\"r{}\"", number.saturating_sub(1))
}

/// A tag that depends on a value alone.
pub(super) fn digest(value: Option<&Value>) -> String {
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
