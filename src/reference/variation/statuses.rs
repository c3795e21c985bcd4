//! Other statuses where the contract leaves a choice.

use http::{Method, StatusCode};
use serde::de::IgnoredAny;
use serde_json::Value;

use super::super::effect::{Effect, Switch};
use super::super::message::{Answer, Place, Request};
use super::refusals::restate;
use super::{Variation, row};

pub(super) const ROWS: &[Variation] = &[
    row(
        "invalid-values-422",
        "A body that is JSON but not an update is answered 422.",
        &["REQ-UNK-001", "REQ-TYPE-002", "REQ-DTO-007"],
        Effect::Failed(|answer, request| {
            let json = serde_json::from_slice::<IgnoredAny>(&request.content).is_ok();
            if answer.status == StatusCode::BAD_REQUEST && json && request.whole && patches(request) {
                restate(answer, StatusCode::UNPROCESSABLE_ENTITY);
            }
        }),
    ),
    row(
        "respond-async-honoured",
        "An update with Prefer: respond-async is answered 202 and applied.",
        &["REQ-PREF-004"],
        Effect::Updated(|answer, request| {
            if answer.status == StatusCode::OK && request.prefers("respond-async").is_some() {
                answer.status = StatusCode::ACCEPTED;
                answer.body = None;
                answer.set("preference-applied", "respond-async");
                answer.set("location", "/v1.0/$async/1");
            }
        }),
    ),
    row(
        "empty-content-411",
        "An update without content is answered 411.",
        &["REQ-BODY-009"],
        Effect::Failed(|answer, request| {
            if answer.status == StatusCode::BAD_REQUEST
                && patches(request)
                && request.content.is_empty()
                && request.whole
            {
                restate(answer, StatusCode::LENGTH_REQUIRED);
            }
        }),
    ),
    row(
        "empty-content-415",
        "An update without content is answered 415.",
        &["REQ-BODY-009"],
        Effect::Failed(|answer, request| {
            if answer.status == StatusCode::BAD_REQUEST
                && patches(request)
                && request.content.is_empty()
                && request.whole
            {
                restate(answer, StatusCode::UNSUPPORTED_MEDIA_TYPE);
                answer.set("accept-patch", "application/json");
            }
        }),
    ),
    row(
        "incomplete-content-unanswered",
        "Content that broke off ends the connection without an answer.",
        &["REQ-HTTP-003"],
        Effect::Failed(|answer, request| {
            answer.abandoned |= !request.whole && !request.oversized;
        }),
    ),
    row(
        "malformed-token-400",
        "A header value that is no b64token is answered 400 and called an invalid_request.",
        &["REQ-AUTH-004", "REQ-AUTH-005"],
        Effect::Failed(|answer, request| {
            if answer.status == StatusCode::UNAUTHORIZED && malformed(request.header("authorization")) {
                restate(answer, StatusCode::BAD_REQUEST);
                answer.set("www-authenticate", "Bearer realm=\"dataClassification\", error=\"invalid_request\"");
            }
        }),
    ),
    row(
        "other-scheme-400",
        "Credentials of another scheme are answered 400.",
        &["REQ-AUTH-006"],
        Effect::Failed(|answer, request| {
            let scheme = request.header("authorization").split(' ').next().unwrap_or_default();
            if answer.status == StatusCode::UNAUTHORIZED && !scheme.is_empty() && !scheme.eq_ignore_ascii_case("bearer")
            {
                restate(answer, StatusCode::BAD_REQUEST);
                answer.unset("www-authenticate");
            }
        }),
    ),
    row(
        "token-in-query-400",
        "A token in the query is answered 400.",
        &["REQ-AUTH-007"],
        Effect::Failed(|answer, request| {
            if answer.status == StatusCode::UNAUTHORIZED && request.query.contains("access_token=") {
                restate(answer, StatusCode::BAD_REQUEST);
                answer.unset("www-authenticate");
            }
        }),
    ),
    row(
        "personal-account-401",
        "A token of a personal account is answered 401.",
        &["REQ-AUTH-009"],
        Effect::Failed(|answer, _| {
            if answer.status == StatusCode::FORBIDDEN && !answer.headers.contains_key("www-authenticate") {
                restate(answer, StatusCode::UNAUTHORIZED);
                answer.set("www-authenticate", "Bearer realm=\"dataClassification\", error=\"invalid_token\"");
            }
        }),
    ),
    row(
        "scheme-in-lower-case-refused",
        "The scheme bearer in lower case is refused.",
        &["REQ-HTTP-001"],
        Effect::Access(|request, access, _| {
            if request.header("authorization").starts_with("bearer ") {
                super::super::auth::Access::Missing
            } else {
                access
            }
        }),
    )
    .warning(&["REQ-HTTP-001"]),
    row(
        "post-400",
        "POST to a job is answered 400.",
        &["REQ-METHOD-002"],
        Effect::Failed(|answer, request| not_allowed(answer, request, "POST", StatusCode::BAD_REQUEST)),
    ),
    row(
        "post-501",
        "POST to a job is answered 501.",
        &["REQ-METHOD-002"],
        Effect::Failed(|answer, request| not_allowed(answer, request, "POST", StatusCode::NOT_IMPLEMENTED)),
    ),
    row(
        "put-400",
        "PUT to a job is answered 400.",
        &["REQ-METHOD-003"],
        Effect::Failed(|answer, request| not_allowed(answer, request, "PUT", StatusCode::BAD_REQUEST)),
    ),
    row(
        "put-replaces-204",
        "PUT replaces the job and is answered 204.",
        &["REQ-METHOD-003"],
        Effect::Several(&[
            Effect::Switch(Switch::PutReplaces),
            Effect::Answer(|answer, request| {
                if request.method == Method::PUT && answer.status == StatusCode::OK {
                    answer.status = StatusCode::NO_CONTENT;
                    answer.body = None;
                    answer.unset("content-type");
                }
            }),
        ]),
    ),
    row(
        "patch-on-collection-404",
        "PATCH on a collection is answered 404.",
        &["REQ-METHOD-004"],
        Effect::Failed(|answer, request| on_collection(answer, request, StatusCode::NOT_FOUND)),
    ),
    row(
        "patch-on-collection-501",
        "PATCH on a collection is answered 501.",
        &["REQ-METHOD-004"],
        Effect::Failed(|answer, request| on_collection(answer, request, StatusCode::NOT_IMPLEMENTED)),
    ),
    row(
        "unknown-method-405",
        "A method that is not known is answered 405.",
        &["REQ-METHOD-001"],
        Effect::Failed(|answer, request| {
            if answer.status == StatusCode::NOT_IMPLEMENTED && !patches(request) {
                restate(answer, StatusCode::METHOD_NOT_ALLOWED);
            }
        }),
    ),
    row(
        "unknown-method-404",
        "A method that is not known is answered 404.",
        &["REQ-METHOD-001"],
        Effect::Failed(|answer, request| {
            if answer.status == StatusCode::NOT_IMPLEMENTED && !patches(request) {
                restate(answer, StatusCode::NOT_FOUND);
            }
        }),
    )
    .warning(&["REQ-METHOD-001"]),
    row(
        "options-for-browsers-only",
        "OPTIONS is answered for browsers alone, without Allow.",
        &["REQ-METHOD-005"],
        Effect::Answer(|answer, request| {
            if request.method == Method::OPTIONS && answer.status.is_success() {
                answer.unset("allow");
                answer.unset("accept-patch");
                answer.set("access-control-allow-origin", "*");
                answer.set("access-control-allow-methods", "GET, PATCH, DELETE");
            }
        }),
    ),
    row(
        "options-with-content",
        "OPTIONS is answered 200 with an empty object.",
        &["REQ-METHOD-005"],
        Effect::Answer(|answer, request| {
            if request.method == Method::OPTIONS && answer.status.is_success() {
                answer.status = StatusCode::OK;
                answer.body = Some(Value::Object(serde_json::Map::new()));
                answer.set("content-type", "application/json");
            }
        }),
    ),
    row(
        "strings-limited",
        "A string of more than 256 characters is answered 400.",
        &["REQ-TYPE-003", "REQ-SEC-006"],
        Effect::Refuse(|body, _| too_long(&Value::Object(body.clone())).then_some(StatusCode::BAD_REQUEST)),
    ),
    row(
        "if-match-star-refused",
        "Where an update needs If-Match, an If-Match of * is answered 428.",
        &["REQ-COND-003", "REQ-COND-008"],
        Effect::Several(&[
            Effect::Switch(Switch::IfMatchRequired),
            Effect::Refuse(|_, request| {
                (request.header("if-match").trim() == "*").then_some(StatusCode::PRECONDITION_REQUIRED)
            }),
        ]),
    ),
    row(
        "upserts",
        "An update of an unknown id makes the job.",
        &["REQ-PATH-002", "REQ-ISO-004"],
        Effect::Switch(Switch::Upsert),
    ),
];

fn patches(request: &Request) -> bool {
    request.method == Method::PATCH
}

fn malformed(line: &str) -> bool {
    let token = line.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    let legal = |token: &str| token.bytes().all(|octet| octet.is_ascii_alphanumeric() || b"-._~+/=".contains(&octet));
    line.eq_ignore_ascii_case("bearer") || token.is_some_and(|(_, token)| token.is_empty() || !legal(token))
}

fn not_allowed(answer: &mut Answer, request: &Request, method: &str, status: StatusCode) {
    let at_job = matches!(request.place, Place::Job(..));
    if at_job && request.method.as_str() == method && answer.status == StatusCode::METHOD_NOT_ALLOWED {
        restate(answer, status);
    }
}

fn on_collection(answer: &mut Answer, request: &Request, status: StatusCode) {
    let at_collection = matches!(request.place, Place::Collection(_));
    if at_collection && patches(request) && answer.status == StatusCode::METHOD_NOT_ALLOWED {
        restate(answer, status);
    }
}

fn too_long(value: &Value) -> bool {
    match value {
        Value::String(text) => text.chars().count() > 256,
        Value::Array(items) => items.iter().any(too_long),
        Value::Object(members) => members.values().any(too_long),
        _ => false,
    }
}
