//! The `ETag` of a job does not follow its state, or is malformed.

use http::Method;
use serde_json::Value;

use super::row;
use crate::reference::effect::{Effect, Object};
use crate::reference::fault::Fault;
use crate::reference::fault::alter::{patches, set_content};
use crate::reference::fault::given::prefers;
use crate::reference::message::Answer;
use crate::reference::picture::details;
use crate::reference::store::tag;

pub(super) const ROWS: &[Fault] = &[
    row(
        "etag-constant",
        "The ETag is the same for every state.",
        &["REQ-COND-006", "REQ-COND-002"],
        Effect::Tag(|_| "\"1\"".to_owned()),
    ),
    row(
        "etag-of-status",
        "The ETag depends on the status alone.",
        &["REQ-COND-006", "REQ-COND-002"],
        Effect::Tag(|job| digest(job.properties.get("status"))),
    ),
    row(
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
        "etag-of-the-state-before",
        "The ETag of a PATCH is that of the state before.",
        &["REQ-COND-007", "REQ-COND-001"],
        Effect::Updated(|answer, _| {
            let tag = older(&header(answer));
            show(answer, &tag);
        }),
    ),
    row(
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
        "etag-in-header-and-body-differ",
        "The ETag of the header is not that of the body.",
        &["REQ-COND-007"],
        Effect::Updated(|answer, _| {
            let tag = header(answer);
            answer.set("etag", &format!("\"h{}", tag.trim_start_matches('"')));
        }),
    ),
    row(
        "etag-twice",
        "The answer to a PATCH has a second ETag header with another tag.",
        &["REQ-COND-007"],
        Effect::Updated(|answer, _| {
            if let Ok(other) = http::HeaderValue::from_str(&older(&header(answer))) {
                answer.headers.append("etag", other);
            }
        }),
    ),
    row("etag-unquoted", "The ETag has no quotes.", &["REQ-COND-007"], Effect::Tag(|job| format!("r{}", job.revision))),
    row(
        "etag-of-single-quotes",
        "The ETag stands in single quotes.",
        &["REQ-COND-007"],
        Effect::Tag(|job| format!("'r{}'", job.revision)),
    ),
    row(
        "etag-weak-mark-in-lower-case",
        "The ETag begins with w/ in lower case.",
        &["REQ-COND-007"],
        Effect::Tag(|job| format!("w/{}", tag(job))),
    ),
    row(
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
    row(
        "etag-alternates-between-two",
        "Every second state has the same ETag.",
        &["REQ-COND-002"],
        Effect::Tag(|job| format!("\"state {}\"", job.patches % 2)),
    ),
    row(
        "etag-kept-under-return-minimal",
        "An update without content in the answer leaves the ETag as it was.",
        &["REQ-COND-006"],
        Effect::After(|state, key, request| {
            if let Some(job) = state.jobs.get_mut(key).filter(|_| prefers(request, "minimal")) {
                job.revision = job.replaced;
            }
        }),
    ),
    row(
        "etag-blind-for-inner-errors-of-elements",
        "The ETag does not change with the innerError of an element.",
        &["REQ-COND-006"],
        Effect::Tag(|job| {
            let mut seen = job.properties.to_object();
            let elements = details(&mut seen).into_iter().flatten();
            elements.filter_map(Value::as_object_mut).for_each(|element| drop(element.shift_remove("innerError")));
            let sum = Value::Object(seen)
                .to_string()
                .bytes()
                .fold(7_u64, |sum, octet| sum.wrapping_mul(31) ^ u64::from(octet));
            format!("{}{sum:x}\"", &tag(job)[..2])
        }),
    ),
    row(
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
];

/// The tag of the revision before the one of `tag`.
fn older(tag: &str) -> String {
    let number: u64 = tag.trim_matches(['"', 'r']).parse().unwrap_or(1);
    format!("\"r{}\"", number.saturating_sub(1))
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
