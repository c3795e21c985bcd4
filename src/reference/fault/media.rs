//! More faults of level [`FaultLevel::Parsing`](super::FaultLevel::Parsing): what a media type makes of a body, and how
//! content arrives.

use serde_json::{Value, json};

use super::FaultLevel::Parsing;
use super::alter::{content, crashed, instead, patches, set_content, unsupported};
use super::given::media;
use super::{Fault, row};
use crate::reference::effect::{Effect, Object, Switch};
use crate::reference::message::Request;

pub(super) const ROWS: &[Fault] = &[
    row(
        Parsing,
        "charset-parameter-refused",
        "A charset parameter on application/json is refused.",
        &["REQ-MEDIA-002"],
        Effect::Refuse(|_, request| unsupported(media(request).to_ascii_lowercase().contains("charset"))),
    ),
    row(
        Parsing,
        "charset-value-in-capitals-refused",
        "A charset whose value is in capitals is refused.",
        &["REQ-MEDIA-002", "REQ-HTTP-001"],
        Effect::Refuse(|_, request| unsupported(media(request).contains("charset=UTF-8"))),
    ),
    row(
        Parsing,
        "quoted-charset-refused",
        "A quoted parameter value on application/json is refused.",
        &["REQ-MEDIA-002"],
        Effect::Refuse(|_, request| unsupported(media(request).contains('"'))),
    ),
    row(
        Parsing,
        "charset-parameter-crashes",
        "A charset parameter on application/json ends in 500.",
        &["REQ-MEDIA-002", "REQ-STATUS-002"],
        Effect::Refuse(|_, request| crashed(media(request).to_ascii_lowercase().contains("charset"))),
    ),
    row(
        Parsing,
        "format-parameter-refused",
        "An odata.metadata parameter on application/json is refused.",
        &["REQ-MEDIA-002"],
        Effect::Refuse(|_, request| unsupported(media(request).contains("odata.metadata"))),
    )
    .mild(),
    row(
        Parsing,
        "number-format-parameter-refused",
        "An IEEE754Compatible parameter on application/json is refused.",
        &["REQ-MEDIA-002"],
        Effect::Refuse(|_, request| unsupported(media(request).contains("IEEE754Compatible"))),
    )
    .mild(),
    row(
        Parsing,
        "several-parameters-refused",
        "More than one parameter on application/json is refused.",
        &["REQ-MEDIA-002"],
        Effect::Refuse(|_, request| unsupported(media(request).matches(';').count() > 1)),
    )
    .mild(),
    row(
        Parsing,
        "format-parameter-crashes",
        "An odata.metadata parameter on application/json ends in 500.",
        &["REQ-MEDIA-002", "REQ-STATUS-002"],
        Effect::Refuse(|_, request| crashed(media(request).contains("odata.metadata"))),
    ),
    row(
        Parsing,
        "media-type-compared-with-case",
        "The media type is known in lower case only.",
        &["REQ-HTTP-001"],
        Effect::Refuse(|_, request| {
            let name = media(request).split(';').next().unwrap_or_default();
            unsupported(name.bytes().any(|octet| octet.is_ascii_uppercase()))
        }),
    ),
    row(
        Parsing,
        "json-refused",
        "The media type application/json is refused.",
        &["REQ-MEDIA-001", "REQ-BODY-001", "REQ-PATH-001"],
        Effect::Refuse(|_, request| unsupported(media(request).starts_with("application/json"))),
    ),
    row(
        Parsing,
        "json-refused-on-one-path",
        "The media type application/json is refused on evaluateLabelJobs.",
        &["REQ-PATH-001", "REQ-MEDIA-001"],
        Effect::Refuse(|_, request| {
            unsupported(request.goes_to("evaluateLabelJobs") && media(request).starts_with("application/json"))
        }),
    ),
    row(
        Parsing,
        "missing-media-type-crashes",
        "A body without Content-Type ends in 500.",
        &["REQ-MEDIA-005", "REQ-STATUS-002"],
        Effect::Refuse(|_, request| crashed(!request.headers.contains_key("content-type"))),
    ),
    row(
        Parsing,
        "missing-media-type-ignores-body",
        "A body without Content-Type is answered 200 and not applied.",
        &["REQ-STATUS-003", "REQ-RESP-003"],
        Effect::Request(|request| {
            if patches(request) && !request.headers.contains_key("content-type") && !request.content.is_empty() {
                set_content(request, json!({}));
            }
        }),
    ),
    row(
        Parsing,
        "media-type-not-looked-at",
        "A JSON text is applied under every media type.",
        &["REQ-MEDIA-003", "REQ-MEDIA-004"],
        Effect::Switch(Switch::AnyMedia),
    ),
    row(
        Parsing,
        "xml-taken-as-nothing",
        "An XML document is answered 200.",
        &["REQ-MEDIA-003", "REQ-MEDIA-004", "REQ-STATUS-003"],
        Effect::Request(|request| read_as(request, "xml", json!({}))),
    ),
    row(
        Parsing,
        "xml-applied",
        "An XML document changes the job.",
        &["REQ-MEDIA-003", "REQ-MEDIA-004"],
        Effect::Request(|request| read_as(request, "xml", json!({"status": "from XML"}))),
    ),
    row(
        Parsing,
        "xml-refused-but-applied",
        "An XML document is answered 415 and changes the job all the same.",
        &["REQ-MEDIA-003", "REQ-ATOM-002"],
        Effect::Refused(|status, _, job| {
            if status == 415 {
                job.properties.insert("status".to_owned(), "from XML".into());
            }
        }),
    ),
    row(
        Parsing,
        "json-patch-applied",
        "A JSON Patch document is applied, although Accept-Patch does not say so.",
        &["REQ-MEDIA-003", "REQ-MEDIA-004"],
        Effect::Request(|request| {
            let operations: Vec<Value> = serde_json::from_slice(&request.content).unwrap_or_default();
            let set = operations.iter().filter_map(|operation| {
                let name = operation.get("path")?.as_str()?.trim_start_matches('/').to_owned();
                Some((name, operation.get("value")?.clone()))
            });
            let change = Value::Object(set.filter(|(name, _)| !name.contains('/')).collect::<Object>());
            read_as(request, "json-patch", change);
        }),
    ),
    row(
        Parsing,
        "json-patch-taken-as-nothing",
        "A JSON Patch document is answered 200 and not applied.",
        &["REQ-MEDIA-003", "REQ-MEDIA-004", "REQ-STATUS-003"],
        Effect::Request(|request| read_as(request, "json-patch", json!({}))),
    ),
    row(
        Parsing,
        "foreign-media-type-answered-500",
        "A foreign media type ends in 500.",
        &["REQ-MEDIA-003", "REQ-MEDIA-004", "REQ-STATUS-002"],
        Effect::Failed(|answer, _| instead(answer, 415, 500)),
    ),
    row(
        Parsing,
        "foreign-media-type-answered-404",
        "A foreign media type is answered 404.",
        &["REQ-MEDIA-003", "REQ-MEDIA-004"],
        Effect::Failed(|answer, _| instead(answer, 415, 404)),
    ),
    row(
        Parsing,
        "foreign-media-type-answered-400",
        "A foreign media type is answered 400.",
        &["REQ-MEDIA-004"],
        Effect::Failed(|answer, _| {
            if answer.status == 415 {
                answer.unset("accept-patch");
            }
            instead(answer, 415, 400);
        }),
    ),
    row(
        Parsing,
        "accept-patch-missing",
        "A 415 has no Accept-Patch.",
        &["REQ-MEDIA-004"],
        Effect::Failed(|answer, _| answer.unset("accept-patch")),
    ),
    row(
        Parsing,
        "accept-patch-names-other-type",
        "The Accept-Patch of a 415 names only application/json-patch+json.",
        &["REQ-MEDIA-004"],
        Effect::Failed(|answer, _| {
            if answer.status == 415 {
                answer.set("accept-patch", "application/json-patch+json");
            }
        }),
    ),
    row(
        Parsing,
        "chunked-content-lost",
        "Content in chunks is read as empty.",
        &["REQ-HTTP-002"],
        Effect::Request(|request| {
            if chunked(request) {
                request.content.clear();
            }
        }),
    ),
    row(
        Parsing,
        "chunked-content-ignored",
        "Content in chunks is answered 200 and not applied.",
        &["REQ-HTTP-002", "REQ-STATUS-003", "REQ-RESP-003"],
        Effect::Request(|request| {
            if chunked(request) {
                set_content(request, json!({}));
            }
        }),
    ),
    row(
        Parsing,
        "chunked-content-cut",
        "The end of content in chunks is lost.",
        &["REQ-HTTP-002"],
        Effect::Request(|request| {
            if chunked(request) {
                request.content.truncate(request.content.len() / 2);
            }
        }),
    ),
    row(
        Parsing,
        "chunked-content-crashes",
        "Content in chunks ends in 500.",
        &["REQ-HTTP-002", "REQ-STATUS-002"],
        Effect::Refuse(|_, request| crashed(chunked(request))),
    ),
    row(
        Parsing,
        "last-member-of-chunked-content-lost",
        "The last member of content in chunks is not applied.",
        &["REQ-HTTP-002", "REQ-STATUS-003", "REQ-RESP-003"],
        Effect::Request(|request| {
            if chunked(request) {
                let mut object = content(request);
                if let Some(last) = object.keys().next_back().cloned() {
                    object.shift_remove(&last);
                    set_content(request, object);
                }
            }
        }),
    ),
    row(
        Parsing,
        "incomplete-content-applied",
        "Content that broke off is applied.",
        &["REQ-HTTP-003"],
        Effect::Switch(Switch::TakeIncomplete),
    ),
];

fn chunked(request: &Request) -> bool {
    patches(request) && request.headers.contains_key("transfer-encoding")
}

/// Reads content of a foreign media type as this JSON value.
fn read_as(request: &mut Request, word: &str, value: Value) {
    if patches(request) && media(request).contains(word) {
        request.headers.remove("content-type");
        set_content(request, value);
    }
}
