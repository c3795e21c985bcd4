//! Other statuses and envelopes of refusals.

use http::{Method, StatusCode};
use serde::de::IgnoredAny;
use serde_json::{Value, json};

use super::super::effect::{Effect, Switch};
use super::super::message::{Answer, Place, Request};
use super::super::respond;
use super::super::store::SECOND_TENANT;
use super::{Variation, row};
use crate::contract::endpoint::by_collection;

pub(super) const ROWS: &[Variation] = &[
    row(
        "unauthorized-without-body",
        "A 401 has no body.",
        &["REQ-ENV-001"],
        Effect::Failed(|answer, _| empty(answer, StatusCode::UNAUTHORIZED)),
    )
    .warning(&["REQ-ENV-001"]),
    row(
        "not-found-without-body",
        "A 404 has no body.",
        &["REQ-ENV-001"],
        Effect::Failed(|answer, _| empty(answer, StatusCode::NOT_FOUND)),
    )
    .warning(&["REQ-ENV-001"]),
    row(
        "not-allowed-without-body",
        "A 405 has no body.",
        &["REQ-ENV-001"],
        Effect::Failed(|answer, _| empty(answer, StatusCode::METHOD_NOT_ALLOWED)),
    )
    .warning(&["REQ-ENV-001"]),
    row(
        "unknown-collection-400",
        "An unknown collection is answered 400.",
        &["REQ-PATH-004"],
        Effect::Failed(|answer, request| {
            if answer.status == StatusCode::NOT_FOUND && to_unknown_collection(request) {
                restate(answer, StatusCode::BAD_REQUEST);
            }
        }),
    ),
    row(
        "unknown-collection-405",
        "An unknown collection is answered 405.",
        &["REQ-PATH-004"],
        Effect::Failed(|answer, request| {
            if answer.status == StatusCode::NOT_FOUND && to_unknown_collection(request) {
                restate(answer, StatusCode::METHOD_NOT_ALLOWED);
                answer.set("allow", "GET, HEAD");
            }
        }),
    ),
    row(
        "unknown-job-409",
        "An update of an unknown id is answered 409.",
        &["REQ-PATH-002", "REQ-PATH-003"],
        Effect::Switch(Switch::ConflictForUnknown),
    )
    .warning(&["REQ-PATH-003"]),
    row(
        "odd-id-400",
        "An id that is not a GUID and not known is answered 400.",
        &["REQ-PATH-002", "REQ-SEC-004"],
        Effect::Failed(|answer, request| {
            let odd = matches!(&request.place, Place::Job(_, id) if uuid::Uuid::try_parse(id).is_err());
            if odd && answer.status == StatusCode::NOT_FOUND && request.method == Method::PATCH {
                restate(answer, StatusCode::BAD_REQUEST);
            }
        }),
    ),
    row(
        "unknown-job-under-if-match-412",
        "An update of an unknown id under If-Match is answered 412.",
        &["REQ-COND-004"],
        Effect::Failed(|answer, request| {
            let conditional = request.headers.contains_key("if-match") && matches!(request.place, Place::Job(..));
            if conditional && answer.status == StatusCode::NOT_FOUND {
                restate(answer, StatusCode::PRECONDITION_FAILED);
            }
        }),
    ),
    row(
        "foreign-job-410",
        "A job of another tenant is answered 410.",
        &["REQ-SEC-005"],
        Effect::Several(&[
            Effect::Place(|request, state| {
                if let Place::Job(endpoint, id) = &request.place
                    && state.jobs.get(&(endpoint.collection, id.clone())).is_some_and(|job| job.tenant == 1)
                {
                    request.headers.insert("x-foreign", http::HeaderValue::from_static("1"));
                }
            }),
            Effect::Failed(|answer, request| {
                if answer.status == StatusCode::NOT_FOUND && request.headers.contains_key("x-foreign") {
                    restate(answer, StatusCode::GONE);
                }
            }),
        ]),
    ),
    row(
        "other-type-of-derived-job-refused",
        "A type name at the root that is not that of a job of a derived type is refused with 400.",
        &["REQ-IDENT-004"],
        Effect::Several(&[
            Effect::Place(|request, state| {
                if let Place::Job(endpoint, id) = &request.place
                    && let Some(job) = state.jobs.get(&(endpoint.collection, id.clone()))
                    && job.kind != "jobResponseBase"
                {
                    request.headers.extend(
                        http::HeaderValue::from_str(&job.kind)
                            .ok()
                            .map(|kind| (http::HeaderName::from_static("x-kind"), kind)),
                    );
                }
            }),
            Effect::Refuse(|update, request| {
                let named = update.get("@odata.type").and_then(Value::as_str)?.rsplit('.').next()?;
                let kind = request.header("x-kind");
                (!kind.is_empty() && named != kind).then_some(StatusCode::BAD_REQUEST)
            }),
        ]),
    ),
    row(
        "other-tenant-named-403",
        "A tenantId that names the other tenant is refused with 403.",
        &["REQ-SEC-005", "REQ-ISO-004"],
        Effect::Refuse(|update, _| {
            let named = update.get("tenantId").and_then(Value::as_str);
            (named == Some(SECOND_TENANT)).then_some(StatusCode::FORBIDDEN)
        }),
    ),
    row(
        "slash-behind-the-id-redirected",
        "An id with an encoded slash behind it is redirected to the one without.",
        &["REQ-PATH-002"],
        Effect::Failed(|answer, request| {
            let escaped = request.path.strip_suffix("%2F");
            if let (StatusCode::NOT_FOUND, Some(plain)) = (answer.status, escaped) {
                *answer = Answer::new(StatusCode::PERMANENT_REDIRECT, None);
                answer.set("location", plain);
            }
        }),
    )
    .warning(&["REQ-PATH-002"]),
    row(
        "malformed-json-422",
        "A body that is not JSON is answered 422.",
        &["REQ-BODY-007"],
        Effect::Failed(|answer, request| {
            let malformed = request.whole && !request.content.is_empty() && !is_json(&request.content);
            if answer.status == StatusCode::BAD_REQUEST && malformed {
                restate(answer, StatusCode::UNPROCESSABLE_ENTITY);
            }
        }),
    ),
    row(
        "foreign-media-type-400",
        "A foreign media type is answered 400.",
        &["REQ-MEDIA-003", "REQ-MEDIA-004"],
        Effect::Failed(|answer, _| {
            if answer.status == StatusCode::UNSUPPORTED_MEDIA_TYPE {
                restate(answer, StatusCode::BAD_REQUEST);
                answer.unset("accept-patch");
            }
        }),
    )
    .warning(&["REQ-MEDIA-004"]),
    row(
        "accept-instead-of-accept-patch",
        "A 415 has Accept in place of Accept-Patch.",
        &["REQ-MEDIA-004"],
        Effect::Failed(|answer, _| {
            if answer.status == StatusCode::UNSUPPORTED_MEDIA_TYPE {
                answer.unset("accept-patch");
                answer.set("accept", "application/json");
            }
        }),
    ),
    row("options-405", "OPTIONS is answered 405.", &["REQ-METHOD-005"], Effect::Switch(Switch::NoOptions)),
    row(
        "post-404",
        "POST to a job is answered 404.",
        &["REQ-METHOD-002"],
        Effect::Failed(|answer, request| {
            if request.method == Method::POST && matches!(request.place, Place::Job(..)) {
                instead_of_405(answer, StatusCode::NOT_FOUND);
            }
        }),
    ),
    row(
        "put-501",
        "PUT is answered 501.",
        &["REQ-METHOD-003"],
        Effect::Failed(|answer, request| {
            if request.method == Method::PUT {
                instead_of_405(answer, StatusCode::NOT_IMPLEMENTED);
            }
        }),
    ),
    row(
        "patch-on-collection-400",
        "PATCH on a collection is answered 400.",
        &["REQ-METHOD-004"],
        Effect::Failed(|answer, request| {
            if request.method == Method::PATCH && matches!(request.place, Place::Collection(_)) {
                instead_of_405(answer, StatusCode::BAD_REQUEST);
            }
        }),
    ),
    row(
        "inner-error-in-lower-case",
        "The inner error of an envelope is spelled innererror.",
        &["REQ-ENV-004"],
        Effect::Failed(|answer, _| {
            if let Some(inner) = answer.error().shift_remove("innerError") {
                answer.error().insert("innererror".to_owned(), inner);
            }
        }),
    ),
    row(
        "more-in-the-envelope",
        "An envelope has target, details, further members and an annotation.",
        &["REQ-ENV-001", "REQ-ENV-004"],
        Effect::Failed(|answer, _| enrich(answer)),
    ),
    row(
        "no-inner-error",
        "An envelope has no inner error.",
        &["REQ-ENV-004", "REQ-ENV-005"],
        Effect::Failed(|answer, _| {
            answer.error().shift_remove("innerError");
        }),
    )
    .warning(&["REQ-ENV-005"]),
    row(
        "other-error-codes",
        "The code of an envelope does not follow the status.",
        &["REQ-ENV-006"],
        Effect::Failed(|answer, _| {
            answer.error().insert("code".to_owned(), "RequestNotPerformed".into());
        }),
    )
    .warning(&["REQ-ENV-006"]),
];

fn empty(answer: &mut Answer, status: StatusCode) {
    if answer.status == status {
        answer.body = None;
        answer.octets = None;
        answer.unset("content-type");
    }
}

/// Answers with another status, and the code that goes with it.
pub(super) fn restate(answer: &mut Answer, status: StatusCode) {
    answer.status = status;
    answer.error().insert("code".to_owned(), respond::code(status).into());
}

fn instead_of_405(answer: &mut Answer, status: StatusCode) {
    if answer.status == StatusCode::METHOD_NOT_ALLOWED {
        restate(answer, status);
    }
}

fn to_unknown_collection(request: &Request) -> bool {
    let segment = request.path.split_once("/dataClassification/").and_then(|(_, rest)| rest.split('/').next());
    segment.is_some_and(|segment| by_collection(segment).is_none())
}

fn is_json(content: &[u8]) -> bool {
    serde_json::from_slice::<IgnoredAny>(content).is_ok()
}

fn enrich(answer: &mut Answer) {
    answer.object().insert("@example.note".to_owned(), "harmless".into());
    let error = answer.error();
    error.insert("target".to_owned(), json!(null));
    error.insert(
        "details".to_owned(),
        json!([{"code": "hint", "message": "See the documentation.", "target": "status"}]),
    );
    error.insert("localizedMessage".to_owned(), json!({"locale": "en-US"}));
}
