//! Other treatment of requests that the contract leaves open.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::super::effect::{Effect, Object, Switch};
use super::super::message::{Answer, Request};
use super::super::picture::each_nested;
use super::super::validate;
use super::{Variation, row};

pub(super) const ROWS: &[Variation] = &[
    row(
        "if-match-required",
        "An update needs If-Match.",
        &["REQ-COND-003", "REQ-COND-008"],
        Effect::Switch(Switch::IfMatchRequired),
    ),
    row(
        "unknown-properties-kept",
        "Undeclared properties are stored and shown.",
        &["REQ-UNK-001"],
        Effect::Switch(Switch::OpenType),
    ),
    row(
        "names-without-regard-to-case",
        "Names are matched without regard to letter case.",
        &["REQ-UNK-001"],
        Effect::Parsed(|body| {
            spelled(body, &validate::properties().collect::<Vec<_>>());
            let nested: Vec<_> = NESTED.iter().flat_map(|shape| shape.names()).collect();
            each_nested(body, &mut |object| spelled(object, &nested));
        }),
    )
    .warning(&["REQ-UNK-001"]),
    row(
        "other-id-refused",
        "A body with a different id is refused.",
        &["REQ-IDENT-002", "REQ-IDENT-003"],
        Effect::Switch(Switch::RefuseOtherId),
    )
    .warning(&["REQ-IDENT-003"]),
    row(
        "last-duplicate-wins",
        "Of members with the same name the last one counts.",
        &["REQ-BODY-011"],
        Effect::Switch(Switch::LastDuplicateWins),
    ),
    row(
        "unpaired-surrogates-kept",
        "Half a surrogate pair is kept, and shown as the escape that it was sent as.",
        &["REQ-TYPE-003"],
        Effect::Several(&[
            Effect::Request(|request| {
                let text = String::from_utf8_lossy(&request.content).into_owned();
                let kept = HALVES.iter().fold(text.clone(), |text, (escape, kept)| text.replace(escape, kept));
                if kept != text {
                    request.content = kept.into_bytes();
                }
            }),
            Effect::Answer(|answer, _| {
                let text = String::from_utf8_lossy(&answer.content()).into_owned();
                let shown = HALVES.iter().fold(text.clone(), |text, (escape, kept)| text.replace(kept, escape));
                if shown != text {
                    answer.octets = Some(shown.into_bytes());
                }
            }),
        ]),
    ),
    row(
        "removed-annotation-refused",
        "A body with the annotation removed, which stands in deltas alone, is answered 400.",
        &["REQ-UNK-002"],
        Effect::Refuse(|body, _| {
            let removed = body.contains_key("@removed") || body.contains_key("@odata.removed");
            removed.then_some(StatusCode::BAD_REQUEST)
        }),
    ),
    row(
        "minimal-ignored",
        "The preference return=minimal is ignored.",
        &["REQ-PREF-001"],
        Effect::Request(|request| {
            if request.prefers("return").as_deref() == Some("minimal") {
                request.headers.remove("prefer");
            }
        }),
    ),
    row(
        "overlapping-updates-throttled",
        "An update that arrives while another of the same job is under way is answered 429.",
        &["REQ-THROT-001", "REQ-THROT-002", "REQ-ATOM-004"],
        Effect::Switch(Switch::OneAtATime),
    ),
    row("put-replaces", "PUT replaces the job.", &["REQ-METHOD-003"], Effect::Switch(Switch::PutReplaces)),
    row(
        "null-details-empty",
        "Null for details means no details.",
        &["REQ-NULL-003"],
        Effect::Switch(Switch::NullDetailsEmpty),
    ),
    row(
        "missing-content-type-refused",
        "A body without Content-Type is answered 415.",
        &["REQ-MEDIA-005"],
        Effect::Refuse(|_, request| {
            (!request.headers.contains_key("content-type")).then_some(StatusCode::UNSUPPORTED_MEDIA_TYPE)
        }),
    ),
    row(
        "chunked-requests-refused",
        "A request in chunks is answered 411.",
        &["REQ-HTTP-002"],
        Effect::Refuse(|_, request| {
            request.headers.contains_key("transfer-encoding").then_some(StatusCode::LENGTH_REQUIRED)
        }),
    ),
    row(
        "long-bodies-refused",
        "A body of more than 64 KiB is answered 413 and the connection is closed.",
        &["REQ-SEC-006", "REQ-TYPE-003"],
        Effect::Several(&[
            Effect::Refuse(|_, request| (request.content.len() > 64 << 10).then_some(StatusCode::PAYLOAD_TOO_LARGE)),
            Effect::Failed(|answer, _| {
                if answer.status == StatusCode::PAYLOAD_TOO_LARGE {
                    answer.set("connection", "close");
                }
            }),
        ]),
    ),
    row(
        "empty-content-is-a-no-op",
        "An empty body changes nothing and is answered 200.",
        &["REQ-BODY-009"],
        Effect::Request(|request| {
            if request.method == Method::PATCH && request.content.is_empty() && request.whole && !request.oversized {
                request.content = b"{}".to_vec();
            }
        }),
    )
    .warning(&["REQ-BODY-009"]),
    row(
        "empty-object-not-accepted",
        "A body without any property is answered 400.",
        &["REQ-BODY-010"],
        Effect::Refuse(|body, _| names_nothing(body).then_some(StatusCode::BAD_REQUEST)),
    )
    .warning(&["REQ-BODY-010"]),
    row(
        "merge-patch-accepted",
        "The media type application/merge-patch+json is accepted too.",
        &["REQ-MEDIA-003"],
        Effect::Several(&[
            Effect::Request(|request| relabel(request, "application/merge-patch+json")),
            Effect::Answer(|answer, _| also_takes(answer, "application/merge-patch+json")),
        ]),
    ),
    row(
        "json-patch-supported",
        "JSON Patch documents are applied, and Accept-Patch says so.",
        &["REQ-MEDIA-003"],
        Effect::Several(&[
            Effect::Request(read_json_patch),
            Effect::Answer(|answer, _| also_takes(answer, "application/json-patch+json")),
        ]),
    ),
    row(
        "json-patch-told-by-415-alone",
        "JSON Patch documents are applied, and only the Accept-Patch of a 415 says so.",
        &["REQ-MEDIA-003"],
        Effect::Several(&[
            Effect::Request(read_json_patch),
            Effect::Failed(|answer, _| also_takes(answer, "application/json-patch+json")),
        ]),
    ),
    row(
        "xml-supported",
        "XML documents are applied, and Accept-Patch says so.",
        &["REQ-MEDIA-003"],
        Effect::Several(&[
            Effect::Request(read_xml),
            Effect::Answer(|answer, _| also_takes(answer, "application/xml, text/xml")),
        ]),
    ),
    row(
        "text-plain-applied",
        "JSON that is labelled text/plain is applied.",
        &["REQ-MEDIA-003"],
        Effect::Request(|request| relabel(request, "text/plain")),
    )
    .warning(&["REQ-MEDIA-003"]),
    row(
        "byte-order-mark-ignored",
        "A byte order mark in front of the body is ignored.",
        &["REQ-BODY-007"],
        Effect::Request(|request| {
            if request.content.starts_with(b"\xEF\xBB\xBF") {
                request.content.drain(..3);
            }
        }),
    ),
    row(
        "user-id-refused",
        "A body with userId is answered 400.",
        &["REQ-UNK-003"],
        Effect::Refuse(|body, _| body.contains_key("userId").then_some(StatusCode::BAD_REQUEST)),
    ),
    row(
        "null-elements-accepted",
        "Null among the elements of details means an empty element.",
        &["REQ-NULL-003"],
        Effect::Parsed(|body| {
            for element in super::super::picture::details(body).into_iter().flatten() {
                if element.is_null() {
                    *element = Value::Object(Object::new());
                }
            }
        }),
    ),
];

/// Halves of surrogate pairs as they are sent, and the characters that stand for them in between.
const HALVES: [(&str, &str); 3] = [("\\ud800", "\u{fabc0}"), ("\\udc00", "\u{fabc1}"), ("\\udbff", "\u{fabc2}")];

/// The types of what is nested; no two of their names differ in letter case alone.
const NESTED: [&validate::Shape; 2] = [&validate::ERROR, &validate::INNER];

/// Gives names that differ from one of these in letter case alone its spelling.
fn spelled(object: &mut Object, names: &[&str]) {
    *object = std::mem::take(object)
        .into_iter()
        .map(|(name, value)| match names.iter().find(|known| known.eq_ignore_ascii_case(&name)) {
            Some(known) => ((*known).to_owned(), value),
            None => (name, value),
        })
        .collect();
}

fn names_nothing(body: &Object) -> bool {
    body.keys().all(|name| name.contains('@'))
}

/// Lists these media types too where the answer lists any.
fn also_takes(answer: &mut Answer, media_types: &str) {
    if answer.headers.contains_key("accept-patch") {
        answer.set("accept-patch", &format!("application/json, {media_types}"));
    }
}

/// Takes a JSON Patch document that sets properties as the update that it means.
fn read_json_patch(request: &mut Request) {
    if request.header("content-type").starts_with("application/json-patch+json")
        && let Ok(Value::Array(operations)) = serde_json::from_slice(&request.content)
    {
        let set = |one: &Value| Some((one["path"].as_str()?.strip_prefix('/')?.to_owned(), one.get("value")?.clone()));
        request.content = Value::Object(operations.iter().filter_map(set).collect()).to_string().into();
        relabel(request, "application/json-patch+json");
    }
}

/// Takes the status of an XML document as the update that it means; what is no XML is as malformed as JSON can be.
fn read_xml(request: &mut Request) {
    for media_type in ["application/xml", "text/xml"] {
        if request.header("content-type").starts_with(media_type) {
            let text = String::from_utf8_lossy(&request.content);
            let status = text.split_once("<status>").and_then(|(_, rest)| rest.split_once("</status>"));
            request.content = match status {
                Some((status, _)) => json!({ "status": status }).to_string().into(),
                None => b"{".to_vec(),
            };
            request.headers.insert("content-type", http::HeaderValue::from_static("application/json"));
        }
    }
}

/// Takes a media type as JSON.
fn relabel(request: &mut Request, media_type: &str) {
    let given = request.header("content-type").split(';').next().unwrap_or_default().trim();
    if given.eq_ignore_ascii_case(media_type) {
        request.headers.insert("content-type", http::HeaderValue::from_static("application/json"));
    }
}
