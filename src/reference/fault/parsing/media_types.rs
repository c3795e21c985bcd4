//! JSON is refused, or content of another media type is not refused with 415.

use serde_json::{Value, json};

use super::retyped::{as_json, near, read_as};
use super::row;
use crate::reference::effect::{Effect, Object, Switch};
use crate::reference::fault::Fault;
use crate::reference::fault::alter::{
    bare, content, crashed, fail_on_type, instead, patches, set_content, unsupported,
};
use crate::reference::fault::given::{chunked, given, has_parameter, media};
use crate::reference::fault::jobs::is_of_derived;
use crate::reference::store::merge;

/// Where what was refused waits for the next update.
const PENDING: &str = "@pending";

pub(super) const ROWS: &[Fault] = &[
    row(
        "json-refused",
        "The media type application/json is refused.",
        &["REQ-MEDIA-001", "REQ-BODY-001", "REQ-PATH-001"],
        Effect::Refuse(|_, request| unsupported(media(request).starts_with("application/json"))),
    ),
    row(
        "json-refused-on-one-path",
        "The media type application/json is refused on evaluateLabelJobs.",
        &["REQ-PATH-001", "REQ-MEDIA-001"],
        Effect::Refuse(|_, request| {
            unsupported(request.goes_to("evaluateLabelJobs") && media(request).starts_with("application/json"))
        }),
    ),
    row(
        "media-type-compared-with-case",
        "The media type is known in lower case only.",
        &["REQ-HTTP-001"],
        Effect::Refuse(|_, request| {
            let name = media(request).split(';').next().unwrap_or_default();
            unsupported(name.bytes().any(|octet| octet.is_ascii_uppercase()))
        }),
    ),
    row(
        "content-type-of-the-page-not-understood",
        "The header name Content-type, as the page writes it, is not understood.",
        &["REQ-HTTP-001"],
        Effect::Inbound(|octets| {
            let line: &[u8] = b"Content-type: application/json";
            if let Some(at) = octets.windows(line.len()).position(|some| some == line) {
                octets[at + line.len() - 1] = b'x';
            }
        }),
    ),
    row(
        "missing-media-type-crashes",
        "A body without Content-Type ends in 500.",
        &["REQ-MEDIA-005", "REQ-STATUS-002"],
        Effect::Refuse(|_, request| crashed(!request.headers.contains_key("content-type"))),
    ),
    row(
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
        "empty-content-type-crashes",
        "An empty Content-Type ends in 500.",
        &["REQ-STATUS-002"],
        Effect::Answer(|answer, request| fail_on_type(answer, request, str::is_empty)),
    ),
    row(
        "two-content-types-crash",
        "Two Content-Type headers end in 500.",
        &["REQ-STATUS-002"],
        Effect::Refuse(|_, request| crashed(request.headers.get_all("content-type").iter().count() > 1)),
    ),
    row(
        "media-type-not-looked-at",
        "A JSON text is applied under every media type.",
        &["REQ-MEDIA-003", "REQ-MEDIA-004"],
        Effect::Switch(Switch::AnyMedia),
    ),
    row(
        "media-type-not-looked-at-in-chunks",
        "JSON in chunks is applied under every media type.",
        &["REQ-MEDIA-003"],
        Effect::Request(|request| as_json(chunked(request), request)),
    ),
    row(
        "media-type-not-looked-at-under-a-preference",
        "JSON is applied under every media type where the client has a preference.",
        &["REQ-MEDIA-003"],
        Effect::Request(|request| as_json(given(request, "prefer"), request)),
    ),
    row(
        "media-type-not-looked-at-under-if-match",
        "JSON is applied under every media type where the client names the state.",
        &["REQ-MEDIA-003"],
        Effect::Request(|request| as_json(given(request, "if-match"), request)),
    ),
    row(
        "media-type-not-looked-at-with-a-charset",
        "JSON is applied under every media type that has a parameter.",
        &["REQ-MEDIA-003"],
        Effect::Request(|request| as_json(has_parameter(request), request)),
    ),
    row(
        "types-near-json-taken",
        "Every media type that ends in json is taken for application/json.",
        &["REQ-MEDIA-003"],
        Effect::Request(|request| near(request, |given| given.ends_with("json"))),
    )
    .mild(),
    row(
        "types-that-begin-like-json-taken",
        "Every media type that begins with application/json is taken for it.",
        &["REQ-MEDIA-003"],
        Effect::Request(|request| near(request, |given| given.starts_with("application/json"))),
    )
    .mild(),
    row(
        "script-with-json-applied",
        "A JSON body declared as a script is applied.",
        &["REQ-MEDIA-003"],
        Effect::Request(|request| {
            if patches(request) && request.header("content-type").ends_with("/javascript") {
                request.headers.insert("content-type", http::HeaderValue::from_static("application/json"));
            }
        }),
    )
    .mild(),
    row(
        "octets-with-json-applied",
        "A JSON body declared as application/octet-stream is applied.",
        &["REQ-MEDIA-003"],
        Effect::Request(|request| {
            if patches(request) && request.header("content-type") == "application/octet-stream" {
                request.headers.insert("content-type", http::HeaderValue::from_static("application/json"));
            }
        }),
    ),
    row(
        "octets-taken-for-json-on-derived-jobs",
        "In an update of a job of a derived type application/octet-stream is taken for JSON.",
        &["REQ-MEDIA-003"],
        Effect::Place(|request, state| {
            if is_of_derived(request, state) && request.header("content-type") == "application/octet-stream" {
                let json = http::HeaderValue::from_static("application/json");
                request.headers.insert("content-type", json);
            }
        }),
    ),
    row(
        "xml-taken-as-nothing",
        "An XML document is answered 200.",
        &["REQ-MEDIA-003", "REQ-MEDIA-004", "REQ-STATUS-003"],
        Effect::Request(|request| read_as(request, "xml", json!({}))),
    ),
    row(
        "text-xml-taken-as-nothing",
        "A document of type text/xml is answered 200.",
        &["REQ-MEDIA-003", "REQ-MEDIA-004", "REQ-STATUS-003"],
        Effect::Request(|request| {
            if patches(request) && request.header("content-type").starts_with("text/xml") {
                request.headers.remove("content-type");
                set_content(request, json!({}));
            }
        }),
    ),
    row(
        "xml-applied",
        "An XML document changes the job.",
        &["REQ-MEDIA-003", "REQ-MEDIA-004"],
        Effect::Request(|request| read_as(request, "xml", json!({"status": "from XML"}))),
    ),
    row(
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
        "json-patch-taken-as-nothing",
        "A JSON Patch document is answered 200 and not applied.",
        &["REQ-MEDIA-003", "REQ-MEDIA-004", "REQ-STATUS-003"],
        Effect::Request(|request| read_as(request, "json-patch", json!({}))),
    ),
    row(
        "foreign-media-type-answered-500",
        "A foreign media type ends in 500.",
        &["REQ-MEDIA-003", "REQ-MEDIA-004", "REQ-STATUS-002"],
        Effect::Failed(|answer, _| instead(answer, 415, 500)),
    ),
    row(
        "foreign-media-type-answered-404",
        "A foreign media type is answered 404.",
        &["REQ-MEDIA-003", "REQ-MEDIA-004"],
        Effect::Failed(|answer, _| instead(answer, 415, 404)),
    ),
    row(
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
        "accept-patch-missing",
        "A 415 has no Accept-Patch.",
        &["REQ-MEDIA-004"],
        Effect::Failed(|answer, _| answer.unset("accept-patch")),
    ),
    row(
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
        "refused-media-type-applied-with-the-next",
        "What is refused with 415 is applied with the next update.",
        &["REQ-MEDIA-003", "REQ-MERGE-001"],
        Effect::Several(&[
            Effect::Refused(|status, request, job| {
                if status == 415 {
                    job.properties.insert(PENDING.to_owned(), content(request).into());
                }
            }),
            Effect::Merge(|job, change| {
                if let Some(Value::Object(pending)) = job.shift_remove(PENDING) {
                    merge(job, bare(pending));
                }
                merge(job, change);
            }),
            Effect::Shown(|job, _, _| {
                job.shift_remove(PENDING);
            }),
        ]),
    ),
    row(
        "not-acceptable-applied",
        "An update that accepts XML only is answered 406 and applied all the same.",
        &["REQ-ATOM-002"],
        Effect::Answer(|answer, request| {
            if patches(request) && request.header("accept") == "application/xml" {
                instead(answer, 200, 406);
            }
        }),
    ),
];
