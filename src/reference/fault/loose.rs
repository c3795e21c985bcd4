//! Faults of several levels: what is looked at too loosely, or not at all in some requests.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::Method;
use http::header::{CONTENT_TYPE, HeaderValue};
use serde_json::Value;

use super::FaultLevel::{Conditions, Credentials, Parsing, Routing, Store, Validation, Value as Answers};
use super::access::past;
use super::alter::{absorb, at_job, content, patches, restatus, unsupported};
use super::given::{chunked, given, has_parameter, prefers};
use super::{Fault, row};
use crate::reference::effect::{Effect, Object};
use crate::reference::message::{Answer, Place, Request};
use crate::reference::picture::details;

pub(super) const CREDENTIALS: &[Fault] = &[
    row(
        Credentials,
        "scheme-need-only-end-like-bearer",
        "The right token is accepted under a scheme that ends like Bearer.",
        &["REQ-AUTH-006"],
        Effect::Access(|request, access, options| {
            let scheme = request.header("authorization").strip_suffix(&format!("Bearer {}", options.token));
            past(scheme.is_some_and(|before| !before.is_empty() && !before.ends_with(' ')), access)
        }),
    ),
    row(
        Credentials,
        "scheme-before-bearer-overlooked",
        "The right token is accepted behind Bearer behind another scheme.",
        &["REQ-AUTH-006"],
        Effect::Access(|request, access, options| {
            past(request.header("authorization").ends_with(&format!(" Bearer {}", options.token)), access)
        }),
    ),
    row(
        Credentials,
        "basic-with-token-as-user-accepted",
        "The right token is accepted as the user of Basic credentials without a password.",
        &["REQ-AUTH-006"],
        Effect::Access(|request, access, options| {
            let user = STANDARD.encode(format!("{}:", options.token));
            past(request.header("authorization") == format!("Basic {user}"), access)
        }),
    ),
];

pub(super) const PARSING: &[Fault] = &[
    row(
        Parsing,
        "media-type-not-looked-at-in-chunks",
        "JSON in chunks is applied under every media type.",
        &["REQ-MEDIA-003"],
        Effect::Request(|request| as_json(chunked(request), request)),
    ),
    row(
        Parsing,
        "media-type-not-looked-at-under-a-preference",
        "JSON is applied under every media type where the client has a preference.",
        &["REQ-MEDIA-003"],
        Effect::Request(|request| as_json(given(request, "prefer"), request)),
    ),
    row(
        Parsing,
        "media-type-not-looked-at-under-if-match",
        "JSON is applied under every media type where the client names the state.",
        &["REQ-MEDIA-003"],
        Effect::Request(|request| as_json(given(request, "if-match"), request)),
    ),
    row(
        Parsing,
        "media-type-not-looked-at-with-a-charset",
        "JSON is applied under every media type that has a parameter.",
        &["REQ-MEDIA-003"],
        Effect::Request(|request| as_json(has_parameter(request), request)),
    ),
];

pub(super) const VALIDATION: &[Fault] = &[
    row(
        Validation,
        "names-of-every-object-lost-in-the-error",
        "Members of the error whose names every object has in some languages are dropped.",
        &["REQ-UNK-001"],
        Effect::Parsed(|object| {
            if let Some(Value::Object(error)) = object.get_mut("error") {
                error.retain(|name, _| !OF_EVERY_OBJECT.contains(&name.as_str()));
            }
        }),
    ),
    row(
        Validation,
        "objects-under-names-of-every-object-lost",
        "Objects under names that every object has in some languages are dropped.",
        &["REQ-UNK-001"],
        Effect::Parsed(|object| {
            object.retain(|name, value| !OF_EVERY_OBJECT.contains(&name.as_str()) || !value.is_object());
        }),
    ),
    row(
        Validation,
        "undeclared-lost-in-details-of-an-element",
        "Undeclared properties in the details of an element of the derived type are dropped.",
        &["REQ-UNK-001"],
        Effect::Parsed(|object| {
            let error = object.get_mut("error").and_then(|error| error.get_mut("details"));
            for element in error.and_then(Value::as_array_mut).into_iter().flatten() {
                let inner = element.get_mut("details").and_then(Value::as_array_mut).into_iter().flatten();
                for element in inner.filter_map(Value::as_object_mut) {
                    element.retain(|name, _| OF_AN_ELEMENT.contains(&name.as_str()));
                }
            }
        }),
    ),
];

pub(super) const ROUTING: &[Fault] = &[row(
    Routing,
    "id-in-the-query-stands-over-the-path",
    "An id in the query names the job, whatever the path says.",
    &["REQ-ISO-001", "REQ-IDENT-001"],
    Effect::Place(|request, state| {
        let Place::Job(endpoint, _) = &request.place else { return };
        let endpoint = *endpoint;
        let named = request.query.strip_prefix("id=").map(str::to_owned);
        if let Some(id) = named.filter(|id| state.jobs.contains_key(&(endpoint.collection, id.clone()))) {
            request.place = Place::Job(endpoint, id);
        }
    }),
)];

pub(super) const STORE: &[Fault] = &[
    row(
        Store,
        "other-charset-refused-and-applied",
        "JSON under another charset than utf-8 is refused and applied all the same.",
        &["REQ-ATOM-002"],
        Effect::Several(&[
            Effect::Refuse(|_, request| unsupported(request.header("content-type").contains("iso-8859"))),
            Effect::Refused(|status, request, job| {
                if status == 415 && request.header("content-type").contains("iso-8859") {
                    absorb(content(request), job);
                }
            }),
        ]),
    ),
    row(
        Store,
        "inner-error-taken-over-from-the-element-before",
        "An element of details without an innerError takes over that of the one before.",
        &["REQ-ERR-004"],
        Effect::Change(|change| {
            let error = change.get_mut("error").and_then(Value::as_object_mut);
            let Some(Value::Array(elements)) = error.and_then(|error| error.get_mut("details")) else { return };
            let mut last = None;
            for element in elements.iter_mut().filter_map(Value::as_object_mut) {
                take_over(element, &mut last);
            }
        }),
    ),
];

pub(super) const VALUES: &[Fault] = &[
    row(
        Answers,
        "jobs-not-shown-by-get",
        "A GET of a job is answered 404, though updates of it are confirmed.",
        &["REQ-RESP-004"],
        Effect::Answer(|answer, request| unshown(answer, request, 404)),
    ),
    row(
        Answers,
        "get-of-a-job-not-acceptable",
        "A GET of a job is answered 406, though updates of it are confirmed.",
        &["REQ-RESP-004"],
        Effect::Answer(|answer, request| unshown(answer, request, 406)),
    ),
    row(
        Answers,
        "max-version-overlooked-under-if-match",
        "OData-MaxVersion is not looked at where the client names the state.",
        &["REQ-HDR-003"],
        Effect::Answer(|answer, request| newer(given(request, "if-match"), answer, request)),
    ),
    row(
        Answers,
        "max-version-overlooked-in-chunks",
        "OData-MaxVersion is not looked at where the content comes in chunks.",
        &["REQ-HDR-003"],
        Effect::Answer(|answer, request| newer(chunked(request), answer, request)),
    ),
    row(
        Answers,
        "inner-error-of-second-level-lost",
        "The innerError of an element in the details of an element is not shown.",
        &["REQ-ERR-004"],
        Effect::Shown(|job, _, _| {
            for element in details(job).into_iter().flatten() {
                let inner = element.get_mut("details").and_then(Value::as_array_mut).into_iter().flatten();
                for element in inner.filter_map(Value::as_object_mut) {
                    element.insert("innerError".to_owned(), Value::Null);
                }
            }
        }),
    ),
];

pub(super) const CONDITIONS: &[Fault] = &[
    row(
        Conditions,
        "etag-alternates-between-two",
        "Every second state has the same ETag.",
        &["REQ-COND-002"],
        Effect::Tag(|job| format!("\"state {}\"", job.patches % 2)),
    ),
    row(
        Conditions,
        "condition-not-judged-beside-the-id",
        "If-Match is not looked at where the body names the id.",
        &["REQ-COND-002"],
        Effect::Condition(|holds, request, _| holds || given(request, "if-match") && request.body.contains_key("id")),
    ),
    row(
        Conditions,
        "etag-kept-under-return-minimal",
        "An update without content in the answer leaves the ETag as it was.",
        &["REQ-COND-006"],
        Effect::After(|state, key, request| {
            if let Some(job) = state.jobs.get_mut(key).filter(|_| prefers(request, "minimal")) {
                job.revision = job.replaced;
            }
        }),
    ),
];

/// The members of an element of details.
const OF_AN_ELEMENT: [&str; 5] = ["@odata.type", "code", "message", "target", "innerError"];

/// Names that every object has in languages where members are looked up along a chain.
const OF_EVERY_OBJECT: [&str; 4] = ["__proto__", "constructor", "hasOwnProperty", "toString"];

fn unshown(answer: &mut Answer, request: &Request, status: u16) {
    if request.method == Method::GET && at_job(request) && answer.status == 200 {
        restatus(answer, status);
    }
}

/// Answers in version 4.01 whatever the client understands.
fn newer(so: bool, answer: &mut Answer, request: &Request) {
    if so && given(request, "odata-maxversion") {
        answer.set("odata-version", "4.01");
    }
}

/// Has an update pass for one in JSON.
fn as_json(so: bool, request: &mut Request) {
    if so && patches(request) {
        request.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
}

fn take_over(element: &mut Object, last: &mut Option<Value>) {
    match element.get("innerError") {
        Some(inner) => *last = Some(inner.clone()),
        None => {
            if let Some(inner) = &last {
                element.insert("innerError".to_owned(), inner.clone());
            }
        }
    }
}
