//! More faults of several levels: what shows under requests that few clients make.

use serde_json::Value;

use super::FaultLevel::{Conditions, Framing, Parsing, Routing, Store, Validation};
use super::alter::{absorb, content, crashed, each, instead, patches, refused, unsupported};
use super::spelling::rename;
use super::{Fault, row};
use crate::contract::endpoint::ENDPOINTS;
use crate::reference::datetime;
use crate::reference::effect::{Effect, Object};
use crate::reference::message::{Place, Request};
use crate::reference::octets::{edit_head, with};
use crate::reference::store::new_id;
use crate::reference::wire::After;

pub(super) const PARSING: &[Fault] = &[
    row(
        Parsing,
        "duplicate-code-crashes",
        "A code that occurs twice in an error ends in 500.",
        &["REQ-BODY-011", "REQ-STATUS-002"],
        Effect::Failed(|answer, request| {
            if twice(request, "\"code\"") {
                instead(answer, 400, 500);
            }
        }),
    ),
    row(
        Parsing,
        "streaming-parameter-crashes",
        "An odata.streaming parameter on application/json ends in 500.",
        &["REQ-MEDIA-002", "REQ-STATUS-002"],
        Effect::Refuse(|_, request| crashed(request.header("content-type").contains("odata.streaming"))),
    ),
];

pub(super) const ROUTING: &[Fault] = &[
    row(
        Routing,
        "content-type-in-capitals-unknown",
        "A header CONTENT-TYPE in capitals is not known, and a body without one is refused.",
        &["REQ-HTTP-001"],
        Effect::Several(&[
            Effect::Inbound(|octets| rename(octets, b"\nCONTENT-TYPE:")),
            Effect::Refuse(|_, request| unsupported(!request.headers.contains_key("content-type"))),
        ]),
    ),
    row(
        Routing,
        "charset-in-capitals-refused",
        "A media type whose parameter charset is written in capitals is refused.",
        &["REQ-HTTP-001"],
        Effect::Refuse(|_, request| unsupported(request.header("content-type").contains("CHARSET"))),
    ),
    row(
        Routing,
        "content-type-in-mixed-case-unknown",
        "A header cOnTeNt-TyPe is not known, and a body without one is refused.",
        &["REQ-HTTP-001"],
        Effect::Several(&[
            Effect::Inbound(|octets| rename(octets, b"\ncOnTeNt-TyPe:")),
            Effect::Refuse(|_, request| unsupported(!request.headers.contains_key("content-type"))),
        ]),
    ),
    row(
        Routing,
        "slash-behind-collection-updates-a-job",
        "A PATCH of a collection with a slash behind it updates the first of its jobs.",
        &["REQ-METHOD-004"],
        Effect::Place(|request, state| {
            let at_its_end = |name: &str| request.path.ends_with(&format!("/{name}/"));
            let collection = ENDPOINTS.iter().find(|endpoint| at_its_end(endpoint.collection));
            let first = collection.and_then(|one| state.jobs.keys().find(|key| key.0 == one.collection));
            if let (true, Some(endpoint), Some(key)) = (patches(request), collection, first) {
                request.place = Place::Job(endpoint, key.1.clone());
            }
        }),
    ),
];

pub(super) const VALIDATION: &[Fault] = &[
    row(
        Validation,
        "count-of-details-refused",
        "A count that is not that of the elements of details is refused.",
        &["REQ-UNK-002"],
        Effect::Refuse(|object, _| {
            let mut wrong = false;
            each(&mut object.clone(), &mut |name, value| {
                let (count, details) = (value.get("details@odata.count"), value.get("details"));
                let held = details.and_then(Value::as_array).map(Vec::len);
                wrong |= name == "error" && count.is_some_and(|count| count.as_u64() != held.map(|held| held as u64));
            });
            refused(wrong)
        }),
    ),
    row(
        Validation,
        "edit-link-elsewhere-refused",
        "A body with an @odata.editLink to another job is refused.",
        &["REQ-UNK-002"],
        Effect::Refuse(|object, request| {
            let link = object.get("@odata.editLink").and_then(Value::as_str);
            refused(link.is_some_and(|link| !link.ends_with(&request.path)))
        }),
    ),
];

pub(super) const CONDITIONS: &[Fault] = &[
    row(
        Conditions,
        "end-compared-with-stored-start",
        "An endDateTime before the stored startDateTime is refused.",
        &["REQ-DTO-006"],
        Effect::Condition(|holds, request, job| {
            let body = &request.body;
            let ends = (body.get("endDateTime"), job.properties.get("startDateTime"));
            holds && (body.contains_key("startDateTime") || !earlier(ends.0, ends.1))
        }),
    ),
    row(
        Conditions,
        "start-compared-with-stored-end",
        "A startDateTime after the stored endDateTime is refused.",
        &["REQ-DTO-006"],
        Effect::Condition(|holds, request, job| {
            let body = &request.body;
            let ends = (job.properties.get("endDateTime"), body.get("startDateTime"));
            holds && (body.contains_key("endDateTime") || !earlier(ends.0, ends.1))
        }),
    ),
    row(
        Conditions,
        "derived-job-needs-type-name",
        "An error without any type name is refused for a job of a derived type.",
        &["REQ-BODY-005"],
        Effect::Condition(|holds, request, job| {
            let text = Value::Object(request.body.clone()).to_string();
            let bare = request.body.contains_key("error") && !text.contains("@odata.type");
            holds && (job.kind == "jobResponseBase" || !bare)
        }),
    ),
    row(
        Conditions,
        "none-match-taken-for-match",
        "If-None-Match with a tag that is not current crashes.",
        &["REQ-COND-005", "REQ-STATUS-002"],
        Effect::Refuse(|_, request| crashed(request.header("if-none-match").starts_with("\"patchproof"))),
    ),
];

pub(super) const STORE: &[Fault] = &[
    row(
        Store,
        "wrong-type-stored-on-other-paths",
        "What a body of the wrong type holds besides is stored on the other paths, though it is refused.",
        &["REQ-ISO-002"],
        Effect::Place(|request, state| {
            let Place::Job(endpoint, _) = &request.place else { return };
            let sent = content(request);
            if !patches(request) || !sent.get("type").is_some_and(Value::is_number) {
                return;
            }
            let status: Object = sent.into_iter().filter(|(name, _)| name == "status").collect();
            for (_, job) in state.jobs.iter_mut().filter(|(key, _)| key.0 != endpoint.collection) {
                absorb(status.clone(), job);
            }
        }),
    ),
    row(
        Store,
        "first-new-status-makes-a-copy",
        "The first update of the status alone makes a copy of the job under a new id.",
        &["REQ-ISO-004"],
        Effect::After(|state, key, request| {
            let copied = state.jobs.keys().any(|other| other.0 == key.0 && other.1.starts_with("copy-"));
            if !copied && request.body.len() == 1 && request.body.contains_key("status") {
                let copy = state.jobs.get(key).map(|job| job.properties.to_object()).unwrap_or_default();
                state.create((key.0, format!("copy-{}", new_id())), "jobResponseBase", 0, copy);
            }
        }),
    ),
];

pub(super) const FRAMING: &[Fault] = &[row(
    Framing,
    "refused-value-in-header-unescaped",
    "A date that is refused stands in a header as it is, line ends included.",
    &["REQ-SEC-003"],
    Effect::Several(&[
        Effect::Failed(|answer, request| {
            let date = request.body.get("startDateTime").and_then(Value::as_str).map(str::to_owned);
            if let Some(date) = date.or_else(|| Some(content(request).get("startDateTime")?.as_str()?.to_owned())) {
                answer.set("x-refused", &percent_encoding::utf8_percent_encode(&date, ESCAPED).to_string());
            }
        }),
        Effect::Outbound(|octets, _| {
            edit_head(octets, |head| {
                let Some((_, rest)) = head.split_once("x-refused: ") else { return head.to_owned() };
                let value = rest.split("\r\n").next().unwrap_or_default();
                let raw = percent_encoding::percent_decode_str(value).decode_utf8_lossy().into_owned();
                with(head, &format!("x-refused-date: {raw}"))
            });
            After::Keep
        }),
    ]),
)];

/// What cannot stand in a header.
const ESCAPED: &percent_encoding::AsciiSet = &percent_encoding::CONTROLS.add(b'%');

/// Whether a text occurs twice in the content.
fn twice(request: &Request, text: &str) -> bool {
    let content = String::from_utf8_lossy(&request.content);
    let error = content.split("\"details\"").next().unwrap_or_default();
    error.matches(text).count() > 1
}

/// Whether both are instants, and the first one is before the second.
fn earlier(first: Option<&Value>, second: Option<&Value>) -> bool {
    let moment = |value: Option<&Value>| datetime::parse(value?.as_str()?).map(|moment| moment.seconds);
    matches!((moment(first), moment(second)), (Some(first), Some(second)) if first < second)
}
