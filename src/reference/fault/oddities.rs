//! Faults of several levels that show under unusual input, or from the first update of a run on.

use serde_json::{Value, json};

use super::FaultLevel::{Credentials, Framing, Headers, Routing, Store, Validation, Value as Values};
use super::alter::{content, key, patches, restatus};
use super::routes::go;
use super::secrets::token;
use super::{Fault, row};
use crate::reference::auth::Access;
use crate::reference::effect::Effect;
use crate::reference::message::{Place, Request};
use crate::reference::octets::edit_head;

pub(super) const CREDENTIALS: &[Fault] = &[
    row(
        Credentials,
        "second-authorization-header-counts",
        "Of two Authorization headers the second one counts.",
        &["REQ-AUTH-005"],
        Effect::Access(|request, access, options| {
            let last = request.headers.get_all("authorization").iter().next_back().and_then(|line| line.to_str().ok());
            let is_valid = last.and_then(|line| line.strip_prefix("Bearer ")) == Some(&options.token);
            if is_valid { Access::Granted(0) } else { access }
        }),
    )
    .mild(),
    row(
        Credentials,
        "token-in-json-body-accepted",
        "A member access_token of the body stands for the header.",
        &["REQ-AUTH-007", "REQ-AUTH-001"],
        Effect::Several(&[
            Effect::Access(|request, access, options| {
                let given = content(request).get("access_token").and_then(Value::as_str) == Some(&options.token);
                if given && request.header("authorization").is_empty() { Access::Granted(0) } else { access }
            }),
            Effect::Parsed(|object| drop(object.shift_remove("access_token"))),
        ]),
    ),
];

pub(super) const VALIDATION: &[Fault] = &[
    dropped(
        "result-of-derived-types-dropped",
        "A property result is dropped.",
        Effect::Parsed(|object| object.retain(|name, _| name != "result")),
    )
    .mild(),
    dropped(
        "unknown-null-dropped",
        "An undeclared property that is null is dropped.",
        Effect::Parsed(|object| object.retain(|name, value| !value.is_null() || name != "patchproofUnknown")),
    )
    .mild(),
    dropped(
        "name-with-underscore-dropped",
        "A name that begins with an underscore is dropped.",
        Effect::Parsed(|object| object.retain(|name, _| !name.starts_with('_'))),
    ),
    dropped(
        "name-with-dollar-dropped",
        "A name that begins with a dollar sign is dropped.",
        Effect::Parsed(|object| object.retain(|name, _| !name.starts_with('$'))),
    ),
    dropped(
        "empty-name-dropped",
        "A member with an empty name is dropped.",
        Effect::Parsed(|object| object.retain(|name, _| !name.is_empty())),
    ),
    dropped(
        "name-with-dot-taken-for-a-path",
        "A name with a dot changes the member inside.",
        Effect::Parsed(|object| {
            if let Some(code) = object.shift_remove("error.code") {
                object.insert("error".to_owned(), json!({ "code": code }));
            }
        }),
    ),
    dropped(
        "names-of-prototypes-dropped",
        "The names __proto__ and constructor are dropped.",
        Effect::Parsed(|object| object.retain(|name, _| !["__proto__", "constructor"].contains(&name.as_str()))),
    ),
];

/// A row about an undeclared property that gets lost.
pub(super) const fn dropped(name: &'static str, title: &'static str, apply: Effect) -> Fault {
    row(Validation, name, title, &["REQ-UNK-001"], apply)
}

pub(super) const STORE: &[Fault] = &[
    row(
        Store,
        "user-id-of-first-caller",
        "The first update makes the caller the user of the job.",
        &["REQ-MERGE-004"],
        Effect::Shown(|object, job, _| {
            let user = if job.patches == 0 { "owner" } else { "caller" };
            object.insert("userId".to_owned(), user.into());
        }),
    ),
    row(
        Store,
        "number-in-result-rounded",
        "The first update rounds a large number in the result of a derived job to a double.",
        &["REQ-MERGE-004"],
        Effect::Shown(|object, job, _| {
            let rounded = if job.patches == 0 { 9_007_199_254_740_993_u64 } else { 9_007_199_254_740_992 };
            if let Some(result) = object.get_mut("result").and_then(Value::as_object_mut) {
                result.insert("fontSize".to_owned(), rounded.into());
            }
        }),
    ),
    row(
        Store,
        "job-not-listed-once-updated",
        "From its first update on a job is missing in the list.",
        &["REQ-ISO-004"],
        Effect::Several(&[
            Effect::Shown(|object, job, request| {
                if job.patches > 0 && matches!(request.place, Place::Collection(_)) {
                    object.insert(HIDDEN.to_owned(), true.into());
                }
            }),
            Effect::Answer(|answer, _| {
                let list = answer.body.as_mut().and_then(|body| body.get_mut("value")).and_then(Value::as_array_mut);
                if let Some(jobs) = list {
                    jobs.retain(|job| job.get(HIDDEN).is_none());
                }
            }),
        ]),
    ),
];

const HIDDEN: &str = "@hidden";

pub(super) const VALUES: &[Fault] = &[
    row(
        Values,
        "type-of-derived-job-not-answered",
        "A read shows the type of a derived job, and the answer to an update shows none.",
        &["REQ-RESP-006"],
        Effect::Several(&[
            Effect::Read(|object, _, _| {
                let derived = "#microsoft.graph.evaluateLabelJobResponse";
                object.insert("@odata.type".to_owned(), derived.into());
            }),
            Effect::Entity(|object, _| drop(object.shift_remove("@odata.type"))),
        ]),
    ),
    row(
        Values,
        "envelope-of-too-large-bare",
        "The error of a 413 stands at the root.",
        &["REQ-ENV-001"],
        Effect::Failed(|answer, _| {
            if answer.status == 413 {
                answer.body = answer.body.take().and_then(|mut body| Some(body.get_mut("error")?.take()));
            }
        }),
    ),
    row(
        Values,
        "too-large-without-body",
        "A 413 has no body.",
        &["REQ-ENV-001"],
        Effect::Failed(|answer, _| {
            if answer.status == 413 {
                answer.body = None;
                answer.unset("content-type");
            }
        }),
    ),
];

pub(super) const HEADERS: &[Fault] = &[row(
    Headers,
    "token-in-reason-phrase",
    "The reason phrase of a 401 repeats the token that was sent.",
    &["REQ-SEC-001"],
    Effect::Several(&[
        Effect::Failed(|answer, request| {
            if answer.status == 401 {
                answer.set("x-reason", token(request));
            }
        }),
        Effect::Outbound(|octets, _| {
            edit_head(octets, |head| {
                let token = head.split_once("x-reason: ").and_then(|(_, rest)| rest.split("\r\n").next());
                let Some(token) = token else { return head.to_owned() };
                let bare = head.replacen(&format!("x-reason: {token}\r\n"), "", 1);
                bare.replacen("401 Unauthorized", &format!("401 Token {token} is not valid"), 1)
            });
            crate::reference::wire::After::Keep
        }),
    ]),
)];

pub(super) const FRAMING: &[Fault] = &[row(
    Framing,
    "line-end-of-client-request-id-decoded",
    "An encoded line end in client-request-id is decoded, and nothing else of it.",
    &["REQ-SEC-003", "REQ-HDR-006"],
    Effect::Outbound(|octets, _| {
        edit_head(octets, |head| {
            let lines = head.split_inclusive("\r\n").map(|line| match line.strip_prefix("client-request-id: ") {
                Some(_) => line.replace("%0d%0a", "\r\n"),
                None => line.to_owned(),
            });
            lines.collect()
        });
        crate::reference::wire::After::Keep
    }),
)];

pub(super) const ROUTING: &[Fault] = &[
    row(
        Routing,
        "id-decoded-twice",
        "The id of a path is percent-decoded twice.",
        &["REQ-SEC-004"],
        Effect::Place(|request, _| {
            if let Some((collection, id)) = key(request).filter(|(_, id)| patches(request) && id.contains('%')) {
                let again = percent_encoding::percent_decode_str(&id).decode_utf8_lossy().into_owned();
                go(request, Some((collection, again)));
            }
        }),
    ),
    row(
        Routing,
        "backslash-parts-segments",
        "A backslash in an id parts segments.",
        &["REQ-SEC-004"],
        Effect::Place(|request, _| {
            if let Some((collection, id)) = key(request).filter(|(_, id)| patches(request) && id.contains('\\')) {
                let last = id.rsplit('\\').next().unwrap_or_default().to_owned();
                go(request, Some((collection, last)));
            }
        }),
    ),
    row(
        Routing,
        "encoded-dots-normalised",
        "Segments of encoded dots are resolved.",
        &["REQ-SEC-004"],
        Effect::Request(|request| request.path = resolved(&request.path)),
    )
    .mild(),
    row(
        Routing,
        "encoded-slash-answered-405",
        "An id with an encoded slash is answered 405.",
        &["REQ-SEC-004"],
        Effect::Failed(|answer, request| {
            if has_encoded_slash(request) && patches(request) {
                restatus(answer, 405);
                answer.set("allow", "GET, PATCH");
            }
        }),
    )
    .mild(),
];

fn has_encoded_slash(request: &Request) -> bool {
    request.path.to_ascii_lowercase().contains("%2f")
}

/// A path without segments of dots, encoded or not.
fn resolved(path: &str) -> String {
    let mut segments: Vec<&str> = Vec::new();
    for segment in path.split('/') {
        match segment.to_ascii_lowercase().replace("%2e", ".").as_str() {
            "." => {}
            ".." => drop(segments.pop()),
            _ => segments.push(segment),
        }
    }
    segments.join("/")
}
