//! Faults of several levels: a rule that is not kept where the request, or the job, has something else besides.

use http::{Method, StatusCode};
use serde_json::Value;

use super::FaultLevel::{Conditions, Credentials, Routing, Store, Validation, Value as Answers};
use super::access::past;
use super::alter::{content, key, patches, restatus, set_content};
use super::given::{chunked, given, has_parameter, prefers};
use super::spelling::rename;
use super::{Fault, row};
use crate::contract::endpoint::by_collection;
use crate::reference::auth::Access;
use crate::reference::effect::{Effect, Object};
use crate::reference::message::{Answer, Place, Request};
use crate::reference::store::State;

pub(super) const CREDENTIALS: &[Fault] = &[
    row(
        Credentials,
        "question-of-a-cache-needs-no-credentials",
        "A request with If-None-Match needs no credentials.",
        &["REQ-AUTH-001"],
        Effect::Access(|request, access, _| past(given(request, "if-none-match"), access)),
    ),
    row(
        Credentials,
        "untyped-content-needs-no-credentials",
        "A request without Content-Type needs no credentials.",
        &["REQ-AUTH-001"],
        Effect::Access(|request, access, _| past(patches(request) && !given(request, "content-type"), access)),
    ),
    row(
        Credentials,
        "principal-in-a-header-believed",
        "A header that names the caller, as a gateway sets it, stands for credentials.",
        &["REQ-AUTH-001"],
        Effect::Access(|request, access, _| past(given(request, "x-ms-client-principal-id"), access)),
    ),
    row(
        Credentials,
        "token-behind-another-parameter-accepted",
        "The token may stand in the query behind another parameter.",
        &["REQ-AUTH-007"],
        Effect::Access(|request, access, options| {
            past(request.query.contains(&format!("&access_token={}", options.token)), access)
        }),
    ),
    scoped(
        "permission-not-checked-in-chunks",
        "A token without the needed permission may update in chunks.",
        Effect::Access(|request, access, _| privileged(chunked(request), access)),
    ),
    scoped(
        "permission-not-checked-under-a-condition",
        "A token without the needed permission may update under If-Match.",
        Effect::Access(|request, access, _| privileged(given(request, "if-match"), access)),
    ),
    scoped(
        "permission-not-checked-with-a-charset",
        "A token without the needed permission may update where the media type has a parameter.",
        Effect::Access(|request, access, _| privileged(has_parameter(request), access)),
    ),
    scoped(
        "permission-not-checked-with-a-query",
        "A token without the needed permission may update where the request has a query.",
        Effect::Access(|request, access, _| privileged(!request.query.is_empty(), access)),
    ),
    Fault {
        needs: &["second-tenant"],
        ..row(
            Credentials,
            "tenants-not-told-apart-in-chunks",
            "A token of another tenant may update in chunks.",
            &["REQ-SEC-005"],
            Effect::Access(|request, access, _| {
                let other = access == Access::Granted(1) && chunked(request);
                if other { Access::Granted(0) } else { access }
            }),
        )
    },
];

pub(super) const ROUTING: &[Fault] = &[
    row(
        Routing,
        "unknown-job-made-where-its-id-is-named",
        "An update of an unknown id makes the job where the body names the id too.",
        &["REQ-PATH-002", "REQ-PATH-003", "REQ-ISO-004"],
        Effect::Place(|request, state| {
            let named = key(request).is_some_and(|(_, id)| holds(&request.content, &id));
            make_if(named, request, state);
        }),
    ),
    row(
        Routing,
        "unknown-job-made-where-it-is-to-be-shown",
        "An update of an unknown id makes the job where the client prefers to see it.",
        &["REQ-PATH-002", "REQ-PATH-003", "REQ-ISO-004"],
        Effect::Place(|request, state| {
            make_if(prefers(request, "representation"), request, state);
        }),
    ),
    row(
        Routing,
        "unknown-job-made-in-chunks",
        "An update of an unknown id in chunks makes the job.",
        &["REQ-PATH-002", "REQ-PATH-003", "REQ-ISO-004"],
        Effect::Place(|request, state| make_if(chunked(request), request, state)),
    ),
    row(
        Routing,
        "unknown-id-looked-for-on-other-paths",
        "An update of an id that the path does not know reaches the job of that id on another path.",
        &["REQ-PATH-002", "REQ-ISO-003"],
        Effect::Place(|request, state| {
            let unknown = key(request).filter(|key| patches(request) && !state.jobs.contains_key(key));
            let Some((_, id)) = unknown else { return };
            let elsewhere = state.jobs.keys().find(|(_, known)| *known == id);
            if let Some(endpoint) = elsewhere.and_then(|(collection, _)| by_collection(collection)) {
                request.place = Place::Job(endpoint, id);
            }
        }),
    ),
    row(
        Routing,
        "post-with-a-preference-patches",
        "A POST with a Prefer is treated as PATCH.",
        &["REQ-METHOD-002", "REQ-METHOD-001"],
        Effect::Request(|request| {
            if request.method == Method::POST && given(request, "prefer") {
                request.method = Method::PATCH;
            }
        }),
    ),
    row(
        Routing,
        "foreign-type-under-lower-case-name-taken",
        "A header content-type in lower case is not known, and what has no type is taken for JSON.",
        &["REQ-HTTP-001", "REQ-MEDIA-003"],
        Effect::Inbound(|octets| rename(octets, b"\ncontent-type:")),
    ),
];

pub(super) const STORE: &[Fault] = &[row(
    Store,
    "first-read-after-a-foreign-type-fails",
    "The first GET of a job after an update of a foreign media type ends in 500.",
    &["REQ-STATUS-002"],
    Effect::Several(&[
        Effect::Refused(|status, _, job| {
            if status == 415 {
                job.reads = FAILS;
            }
        }),
        Effect::Place(|request, state| {
            let job = key(request).and_then(|key| state.jobs.get_mut(&key));
            if let Some(job) = job.filter(|job| request.method == Method::GET && job.reads == FAILS) {
                job.reads = 0;
                request.headers.insert("x-fails", http::HeaderValue::from_static("yes"));
            }
        }),
        Effect::Answer(|answer, request| {
            if given(request, "x-fails") {
                *answer = Answer::new(StatusCode::INTERNAL_SERVER_ERROR, None);
                restatus(answer, 500);
                answer.error().insert("message".to_owned(), "The service failed.".into());
                answer.set("content-type", "application/json");
            }
        }),
    ]),
)];

pub(super) const VALUES: &[Fault] = &[row(
    Answers,
    "envelope-is-xml-for-any-client",
    "A refusal is XML where the client takes anything.",
    &["REQ-ENV-003", "REQ-ENV-001"],
    Effect::Failed(|answer, request| {
        if matches!(request.header("accept"), "" | "*/*") {
            answer.replace("application/xml", "<error><code>badRequest</code><message>Bad request</message></error>");
        }
    }),
)];

pub(super) const VALIDATION: &[Fault] = &[row(
    Validation,
    "unknown-property-dropped-in-chunks",
    "Undeclared properties are dropped where the update comes in chunks.",
    &["REQ-UNK-001", "REQ-STATUS-003"],
    Effect::Request(|request| {
        if patches(request) && chunked(request) && request.whole && !request.content.is_empty() {
            let mut object = content(request);
            object.retain(|name, _| name != "patchproofUnknown");
            set_content(request, object);
        }
    }),
)];

pub(super) const CONDITIONS: &[Fault] = &[
    row(
        Conditions,
        "current-tag-refused-under-minimal",
        "The current ETag is answered 412 where the client wants no content.",
        &["REQ-COND-001", "REQ-COND-007"],
        Effect::Condition(|holds, request, _| {
            holds && !(given(request, "if-match") && request.header("if-match") != "*" && prefers(request, "minimal"))
        }),
    ),
    row(
        Conditions,
        "stale-tag-passes-without-an-error",
        "A stale If-Match is performed on a job without an error.",
        &["REQ-COND-002"],
        Effect::Condition(|holds, request, job| {
            holds || given(request, "if-match") && job.properties.get("error").is_none_or(Value::is_null)
        }),
    ),
];

/// So often no job is read; it marks one that was refused an update.
const FAILS: u64 = u64::MAX >> 1;

/// A row about a token without the needed permission.
const fn scoped(name: &'static str, title: &'static str, apply: Effect) -> Fault {
    Fault { needs: &["scoped-token"], ..row(Credentials, name, title, &["REQ-AUTH-008"], apply) }
}

/// Grants access to a request without permission if so.
fn privileged(so: bool, access: Access) -> Access {
    if so && access == Access::Scope { Access::Granted(0) } else { access }
}

fn holds(content: &[u8], id: &str) -> bool {
    !id.is_empty() && content.windows(id.len()).any(|part| part == id.as_bytes())
}

/// Makes the job that an update names, if so.
fn make_if(so: bool, request: &Request, state: &mut State) {
    let unknown = key(request).filter(|key| so && patches(request) && !state.jobs.contains_key(key));
    if let Some(key) = unknown.filter(|(_, id)| uuid::Uuid::try_parse(id).is_ok()) {
        state.create(key, "jobResponseBase", 0, Object::new());
    }
}
