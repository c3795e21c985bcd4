//! More faults of several levels: habits of frameworks, which take more of a request than the contract has.

use serde_json::{Value, json};

use super::FaultLevel::{Conditions, Credentials, Routing, Store};
use super::alter::{crashed, is_date, key, patches};
use super::given::given;
use super::routes::go;
use super::spelling::rename;
use super::{Fault, row};
use crate::reference::auth::Access;
use crate::reference::effect::{Effect, Object};
use crate::reference::message::{Place, Request};
use crate::reference::picture::details;
use crate::reference::store::{Job, tag};

pub(super) const CREDENTIALS: &[Fault] = &[
    row(
        Credentials,
        "no-token-needed-under-if-match",
        "An update under If-Match needs no credentials.",
        &["REQ-AUTH-001"],
        Effect::Access(|request, access, _| {
            if access == Access::Missing && given(request, "if-match") { Access::Granted(0) } else { access }
        }),
    ),
    row(
        Credentials,
        "no-token-needed-for-chunks",
        "An update in chunks needs no credentials.",
        &["REQ-AUTH-001"],
        Effect::Access(|request, access, _| {
            if access == Access::Missing && given(request, "transfer-encoding") { Access::Granted(0) } else { access }
        }),
    ),
];

pub(super) const STORE: &[Fault] = &[
    row(
        Store,
        "status-completed-ends-the-job",
        "A status completed or succeeded sets endDateTime.",
        &["REQ-MERGE-001"],
        Effect::Change(|job| imply(job, &["completed", "succeeded"], "endDateTime", "2026-01-01T00:00:00Z".into())),
    ),
    row(
        Store,
        "status-failed-makes-an-error",
        "A status failed sets the code of the error.",
        &["REQ-MERGE-001", "REQ-MERGE-002"],
        Effect::Change(|job| imply(job, &["failed"], "error", json!({"code": "failed"}))),
    ),
    row(
        Store,
        "status-running-clears-the-error",
        "A status Running sets the error to null.",
        &["REQ-MERGE-001"],
        Effect::Change(|job| imply(job, &["Running"], "error", Value::Null)),
    ),
    row(
        Store,
        "jobs-alike-updated-together",
        "A new status reaches the jobs of the collection with the same tenantId.",
        &["REQ-ISO-001"],
        Effect::After(|state, key, request| {
            let Some(status) = request.body.get("status") else { return };
            let own = state.jobs.get(key).map(tenant);
            for (_, job) in state.jobs.iter_mut().filter(|(other, job)| other.0 == key.0 && Some(tenant(job)) == own) {
                job.properties.insert("status".to_owned(), status.clone());
            }
        }),
    ),
    row(
        Store,
        "query-overrides-the-body",
        "A query that names status sets it.",
        &["REQ-MERGE-001"],
        Effect::After(|state, key, request| {
            let value = request.query.split('&').find_map(|pair| pair.strip_prefix("status="));
            if let (Some(value), Some(job)) = (value, state.jobs.get_mut(key)) {
                job.properties.insert("status".to_owned(), value.into());
            }
        }),
    ),
    row(
        Store,
        "status-beside-bad-element-applied",
        "A body with an element of details that is no object is refused, but its status is applied.",
        &["REQ-ATOM-001", "REQ-ATOM-002"],
        Effect::Refused(|status, request, job| {
            let details = request.body.get("error").and_then(|error| error.get("details")).and_then(Value::as_array);
            if let (400, true, Some(new)) = (
                status.as_u16(),
                details.is_some_and(|all| all.iter().any(|one| !one.is_object())),
                request.body.get("status"),
            ) {
                job.properties.insert("status".to_owned(), new.clone());
            }
        }),
    ),
];

pub(super) const ROUTING: &[Fault] = &[
    decorated(
        "point-behind-id-dropped",
        "A point behind an id is dropped.",
        Effect::Place(|request, _| reduce(request, |id| id.strip_suffix('.'))),
    ),
    decorated(
        "extension-behind-id-dropped",
        "An extension behind an id is dropped.",
        Effect::Place(|request, _| reduce(request, |id| id.strip_suffix(".json"))),
    ),
    decorated(
        "braces-around-id-dropped",
        "Braces around an id are dropped.",
        Effect::Place(|request, _| reduce(request, |id| id.strip_prefix('{')?.strip_suffix('}'))),
    ),
    decorated(
        "parameter-behind-id-dropped",
        "A matrix parameter behind an id is dropped.",
        Effect::Place(|request, _| reduce(request, |id| Some(id.split_once(';')?.0))),
    ),
    row(
        Routing,
        "first-of-several-ids-updated",
        "Of several ids with commas between the first one is updated.",
        &["REQ-PATH-002"],
        Effect::Place(|request, _| {
            if let Some((collection, id)) = key(request).filter(|_| patches(request))
                && let Some((first, _)) = id.split_once(',')
            {
                go(request, Some((collection, first.to_owned())));
            }
        }),
    ),
    row(
        Routing,
        "method-in-query-counts",
        "A POST whose query has _method=PATCH is an update.",
        &["REQ-METHOD-002"],
        Effect::Request(|request| {
            if request.method == http::Method::POST && request.query.contains("_method=PATCH") {
                request.method = http::Method::PATCH;
            }
        }),
    ),
    row(
        Routing,
        "method-in-lower-case-counts",
        "The method patch in lower case is an update.",
        &["REQ-METHOD-001"],
        Effect::Request(|request| {
            if request.method.as_str() == "patch" {
                request.method = http::Method::PATCH;
            }
        }),
    )
    .mild(),
    row(
        Routing,
        "query-of-collection-updates-a-job",
        "A PATCH of a collection with a query updates the job that it names.",
        &["REQ-METHOD-004"],
        Effect::Place(|request, _| {
            let id = request.query.split('&').find_map(|pair| pair.strip_prefix("id=")).map(str::to_owned);
            if let (true, Place::Collection(endpoint), Some(id)) = (patches(request), &request.place, id) {
                request.place = Place::Job(endpoint, id);
            }
        }),
    ),
    row(
        Routing,
        "letters-in-chunk-sizes-unknown",
        "The size of a chunk is read as decimal.",
        &["REQ-HTTP-002"],
        Effect::Inbound(|octets| {
            let Some(head) = octets.windows(4).position(|window| window == b"\r\n\r\n") else { return };
            let is_chunked = octets[..head].windows(8).any(|window| window == b": chunke");
            let size = octets[head + 4..].iter_mut().take_while(|octet| **octet != b'\r');
            size.filter(|octet| is_chunked && octet.is_ascii_alphabetic()).for_each(|octet| *octet = b'z');
        }),
    ),
    row(
        Routing,
        "max-version-in-lower-case-unknown",
        "A header odata-maxversion in lower case is not known.",
        &["REQ-HTTP-001", "REQ-HDR-003"],
        Effect::Several(&[
            Effect::Inbound(|octets| rename(octets, b"\nodata-maxversion:")),
            Effect::Updated(|answer, request| {
                if !given(request, "odata-maxversion") {
                    answer.set("odata-version", "4.01");
                }
            }),
        ]),
    ),
    row(
        Routing,
        "if-match-in-capitals-unknown",
        "A header IF-MATCH in capitals is not known.",
        &["REQ-HTTP-001", "REQ-COND-002"],
        Effect::Inbound(|octets| rename(octets, b"\nIF-MATCH:")),
    ),
    row(
        Routing,
        "if-none-match-in-capitals-unknown",
        "A header IF-NONE-MATCH in capitals is not known.",
        &["REQ-HTTP-001", "REQ-COND-005"],
        Effect::Inbound(|octets| rename(octets, b"\nIF-NONE-MATCH:")),
    ),
];

pub(super) const CONDITIONS: &[Fault] = &[
    row(
        Conditions,
        "stale-etag-overlooked-for-dates",
        "A stale If-Match is overlooked if date-times alone are sent.",
        &["REQ-COND-002"],
        Effect::Condition(|holds, request, _| holds || request.body.keys().all(|name| is_date(name))),
    ),
    row(
        Conditions,
        "stale-etag-overlooked-for-type",
        "A stale If-Match is overlooked if the type alone is sent.",
        &["REQ-COND-002"],
        Effect::Condition(|holds, request, _| holds || request.body.keys().all(|name| name == "type")),
    ),
    row(
        Conditions,
        "star-refused-without-error",
        "An If-Match of * is refused for a job whose error is null.",
        &["REQ-COND-003"],
        Effect::Condition(|holds, request, job| {
            holds && !(request.header("if-match") == "*" && job.properties.get("error").is_none_or(Value::is_null))
        }),
    ),
    row(
        Conditions,
        "etag-blind-for-inner-errors-of-elements",
        "The ETag does not change with the innerError of an element.",
        &["REQ-COND-006"],
        Effect::Tag(|job| {
            let mut seen = job.properties.to_object();
            let elements = details(&mut seen).into_iter().flatten();
            elements.filter_map(Value::as_object_mut).for_each(|element| drop(element.shift_remove("innerError")));
            let sum = Value::Object(seen)
                .to_string()
                .bytes()
                .fold(7_u64, |sum, octet| sum.wrapping_mul(31) ^ u64::from(octet));
            format!("{}{sum:x}\"", &tag(job)[..2])
        }),
    ),
    row(
        Conditions,
        "empty-preference-crashes",
        "A Prefer header without a value ends in 500.",
        &["REQ-STATUS-002"],
        Effect::Refuse(|_, request| crashed(given(request, "prefer") && request.header("prefer").is_empty())),
    ),
];

/// A row about an id with something around it, which the contract only warns about.
const fn decorated(name: &'static str, title: &'static str, apply: Effect) -> Fault {
    row(Routing, name, title, &["REQ-PATH-002"], apply).mild()
}

/// Takes the id of an update for a part of it.
fn reduce(request: &mut Request, part: fn(&str) -> Option<&str>) {
    if let Some((collection, id)) = key(request).filter(|_| patches(request))
        && let Some(known) = part(&id)
    {
        go(request, Some((collection, known.to_owned())));
    }
}

fn tenant(job: &Job) -> Value {
    job.properties.get("tenantId").cloned().unwrap_or_default()
}

/// A status that brings another member with it.
fn imply(job: &mut Object, words: &[&str], name: &str, value: Value) {
    let means = job.get("status").and_then(Value::as_str).is_some_and(|status| words.contains(&status));
    if means && !job.contains_key(name) {
        job.insert(name.to_owned(), value);
    }
}
