//! Other ways to take members and control information, and to show what was taken.

use tokio::time::Instant;

use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::super::effect::Effect;
use super::super::message::{Answer, Place, Request};
use super::super::picture::{details, each_nested, each_object, error};
use super::{Variation, row};
use crate::contract::endpoint::by_collection;

pub(super) const ROWS: &[Variation] = &[
    row(
        "user-id-stored",
        "A userId in a body is stored and shown.",
        &["REQ-UNK-003", "REQ-RESP-007"],
        Effect::After(|state, key, request| {
            if let (Some(user), Some(job)) = (request.body.get("userId"), state.jobs.get_mut(key)) {
                job.properties.insert("userId".to_owned(), user.clone());
            }
        }),
    ),
    row(
        "read-only-member-shown",
        "Jobs have a member createdBy, which is ignored in a body.",
        &["REQ-RESP-007", "REQ-IDEMP-002"],
        Effect::Several(&[
            Effect::Shown(|job, _, _| drop(job.insert("createdBy".to_owned(), json!({"application": {"id": "a1"}})))),
            Effect::Parsed(|body| drop(body.shift_remove("createdBy"))),
        ]),
    ),
    row(
        "omit-values-honoured",
        "The preference omit-values=nulls is honoured.",
        &["REQ-PROP-001"],
        Effect::Answer(|answer, request| {
            let wanted = request.prefers("omit-values").as_deref() == Some("nulls");
            if let (true, true, Some(Value::Object(body))) = (wanted, answer.status.is_success(), answer.body.as_mut())
            {
                each_object(body, &mut |object| object.retain(|_, value| !value.is_null()));
                answer.set("preference-applied", "omit-values=nulls");
            }
        }),
    ),
    row(
        "omit-defaults-honoured",
        "The preference omit-values=defaults is honoured.",
        &["REQ-PROP-001"],
        Effect::Answer(|answer, request| {
            let wanted = request.prefers("omit-values").as_deref() == Some("defaults");
            if let (true, true, Some(Value::Object(body))) = (wanted, answer.status.is_success(), answer.body.as_mut())
            {
                each_object(body, &mut |object| object.retain(|_, value| !value.is_null()));
                answer.set("preference-applied", "omit-values=defaults");
            }
        }),
    ),
    row(
        "select-honoured",
        "The answer has those properties alone that $select names.",
        &["REQ-PROP-001"],
        Effect::Answer(|answer, request| {
            let query: Vec<_> = form_urlencoded::parse(request.query.as_bytes()).collect();
            let select = query
                .iter()
                .find(|(name, _)| name.trim_start_matches('$') == "select")
                .map(|(_, names)| names.to_string());
            if let (Some(names), true, Some(Value::Object(body))) =
                (select, answer.status.is_success(), answer.body.as_mut())
            {
                body.retain(|name, _| name.contains('@') || names.split(',').any(|one| one == name));
            }
        }),
    ),
    row(
        "lists-in-pages",
        "A list shows one job a page, with a link to the next.",
        &["REQ-ISO-004"],
        Effect::Answer(paginate),
    ),
    row(
        "lists-nothing",
        "The jobs of a collection cannot be listed: GET of it is answered 404.",
        &["REQ-ISO-004"],
        Effect::Request(|request| {
            let below = request.path.split_once("/dataClassification/");
            if request.method == Method::GET && below.is_some_and(|(_, name)| by_collection(name).is_some()) {
                // Nothing is there.
                "/".clone_into(&mut request.path);
            }
        }),
    ),
    row(
        "elements-of-derived-type",
        "Elements of details are shown as of the derived type, with details of their own.",
        &["REQ-ERR-005", "REQ-ERR-004"],
        Effect::Shown(|job, _, _| {
            for element in details(job).into_iter().flatten().filter_map(Value::as_object_mut) {
                element.insert("@odata.type".to_owned(), "#microsoft.graph.classificationError".into());
                element.entry("details").or_insert_with(|| json!([]));
            }
        }),
    ),
    row(
        "details-left-out-if-empty",
        "An error without elements of details is shown without details.",
        &["REQ-PROP-003", "REQ-ERR-003"],
        Effect::Shown(|job, _, _| {
            if details(job).is_some_and(|details| details.is_empty())
                && let Some(error) = error(job)
            {
                error.shift_remove("details");
            }
        }),
    )
    .warning(&["REQ-PROP-003"]),
    row(
        "type-names-as-urls",
        "Type names are URLs with a fragment.",
        &["REQ-RESP-005", "REQ-ERR-005"],
        Effect::Shown(|job, _, _| {
            each_object(job, &mut |object| {
                if let Some(Value::String(name)) = object.get_mut("@odata.type") {
                    *name = format!("https://graph.microsoft.com/v1.0/$metadata#{}", name.trim_start_matches('#'));
                }
            });
        }),
    ),
    row(
        "type-name-without-hash-in-4-01",
        "Under OData-Version 4.01 the type name has no #.",
        &["REQ-RESP-005"],
        Effect::Answer(|answer, request| {
            if request.header("odata-maxversion") != "4.0" {
                answer.set("odata-version", "4.01");
                let name = answer.body.as_mut().and_then(|body| body.get_mut("@odata.type"));
                if let Some(Value::String(name)) = name {
                    *name = name.trim_start_matches('#').to_owned();
                }
            }
        }),
    )
    .warning(&["REQ-RESP-005"]),
    row(
        "no-nested-annotations",
        "The nested error has no annotations, except where a type is not the declared one.",
        &["REQ-RESP-005", "REQ-ERR-005"],
        Effect::Shown(|job, _, _| {
            each_nested(job, &mut |object| {
                let derived =
                    object.get("@odata.type").is_some_and(|name| name == "microsoft.graph.classificationError");
                object.retain(|name, _| !name.contains('@') || derived);
            });
        }),
    ),
    row(
        "etag-with-comma",
        "ETags hold commas and other marks.",
        &["REQ-COND-001", "REQ-COND-007"],
        Effect::Tag(|job| format!("W/\"JzEt,{}'!#$%&()*+-./:;<=>?@[]^_`{{|}}~\"", job.revision)),
    ),
    row(
        "no-version-on-refusals",
        "Refusals have no OData-Version.",
        &["REQ-HDR-002"],
        Effect::Failed(|answer, _| answer.unset("odata-version")),
    )
    .warning(&["REQ-HDR-002"]),
    row(
        "older-inner-error",
        "The innerError of a refusal has requestId, as older revisions have it.",
        &["REQ-ENV-005"],
        Effect::Failed(|answer, _| {
            if let Some(inner) = answer.error().get_mut("innerError").and_then(Value::as_object_mut) {
                let id = inner.shift_remove("request-id").unwrap_or_default();
                inner.insert("requestId".to_owned(), id);
            }
        }),
    ),
    row(
        "envelope-date-without-offset",
        "The date in the innerError of a refusal has no offset.",
        &["REQ-ENV-005"],
        Effect::Failed(|answer, _| {
            let date = answer.error().get_mut("innerError").and_then(|inner| inner.get_mut("date"));
            if let Some(Value::String(date)) = date {
                *date = date.trim_end_matches('Z').to_owned();
            }
        }),
    ),
    row(
        "messages-in-other-language",
        "Messages of refusals are in another language, and Content-Language says so.",
        &["REQ-ENV-002", "REQ-ENV-006"],
        Effect::Failed(|answer, _| {
            answer.set("content-language", "de");
            answer.error().insert("message".to_owned(), "Die Anfrage ist ungültig: „status“.".into());
        }),
    ),
    row(
        "part-of-an-error-needs-one",
        "A part of an error without its code is refused for a job whose error is null.",
        &["REQ-MERGE-002"],
        Effect::Several(&[
            Effect::Place(|request, state| {
                if let (true, Place::Job(endpoint, id)) = (request.method == Method::PATCH, &request.place)
                    && let Some(job) = state.jobs.get(&(endpoint.collection, id.clone()))
                    && job.properties.get("error").is_none_or(Value::is_null)
                {
                    request.headers.insert("x-no-error", http::HeaderValue::from_static("1"));
                }
            }),
            Effect::Refuse(|object, request| {
                let error = object.get("error").and_then(Value::as_object).filter(|error| !error.contains_key("code"));
                (request.headers.contains_key("x-no-error") && error.is_some()).then_some(StatusCode::BAD_REQUEST)
            }),
        ]),
    )
    .warning(&["REQ-MERGE-002"]),
    row(
        "busy-at-first",
        "The first update of a job is answered 503 with Retry-After.",
        &["REQ-STATUS-002", "REQ-THROT-003"],
        Effect::Several(&[
            Effect::Place(|request, state| {
                if let (true, Place::Job(endpoint, id)) = (request.method == Method::PATCH, &request.place)
                    && let Some(job) = state.jobs.get_mut(&(endpoint.collection, id.clone()))
                    && job.touched.is_none()
                {
                    job.touched = Some(Instant::now());
                    request.headers.insert("x-busy", http::HeaderValue::from_static("1"));
                }
            }),
            Effect::Refuse(|_, request| {
                request.headers.contains_key("x-busy").then_some(StatusCode::SERVICE_UNAVAILABLE)
            }),
            Effect::Failed(|answer, _| {
                if answer.status == StatusCode::SERVICE_UNAVAILABLE {
                    answer.set("retry-after", "0");
                }
            }),
        ]),
    ),
];

/// Cuts a list down to one job and links to the next.
fn paginate(answer: &mut Answer, request: &Request) {
    if request.method != Method::GET || !matches!(request.place, Place::Collection(_)) {
        return;
    }
    let skip: usize = request.query.strip_prefix("$skiptoken=").and_then(|token| token.parse().ok()).unwrap_or(0);
    let next = format!("http://{}{}?$skiptoken={}", request.header("host"), request.path, skip + 1);
    let Some(body) = answer.body.as_mut().and_then(Value::as_object_mut) else { return };
    let Some(Value::Array(jobs)) = body.get_mut("value") else { return };
    let more = jobs.len() > skip + 1;
    *jobs = jobs.drain(..).skip(skip).take(1).collect();
    if more {
        body.insert("@odata.nextLink".to_owned(), next.into());
    }
}
