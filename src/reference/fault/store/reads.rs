//! A GET, or the answer to an update, shows something else than what is kept.

use http::{Method, StatusCode};
use serde_json::Value;

use super::row;
use crate::reference::effect::{Effect, Object};
use crate::reference::fault::Fault;
use crate::reference::fault::alter::{bare, key, patches, restatus};
use crate::reference::fault::given::given;
use crate::reference::message::{Answer, Request};
use crate::reference::picture;
use crate::reference::respond::complete;
use crate::reference::store::{Job, merge};
use crate::reference::validate::ERROR;

pub(super) const ROWS: &[Fault] = &[
    row(
        "stored-for-this-connection-only",
        "An update shows on the connection that made it alone.",
        &["REQ-RESP-004"],
        Effect::Shown(|object, job, request| {
            if request.connection != job.writer {
                overlay(object, &job.previous);
            }
        }),
    ),
    row(
        "read-shows-state-before",
        "A GET shows the state before the last update.",
        &["REQ-RESP-004"],
        Effect::Read(|object, job, _| overlay(object, &job.previous)),
    ),
    row(
        "first-read-shows-state-before",
        "The first GET after an update shows the state before it.",
        &["REQ-RESP-004"],
        Effect::Read(|object, job, _| {
            if job.reads == 1 {
                overlay(object, &job.previous);
            }
        }),
    ),
    row(
        "read-misses-every-second-update",
        "After every second update a GET shows the state before it.",
        &["REQ-RESP-004"],
        Effect::Read(|object, job, _| {
            if job.patches % 2 == 1 {
                overlay(object, &job.previous);
            }
        }),
    ),
    row(
        "read-shows-state-before-on-one-path",
        "A GET in classifyFileJobs shows the state before the last update.",
        &["REQ-RESP-004"],
        Effect::Read(|object, job, request| {
            if request.goes_to("classifyFileJobs") {
                overlay(object, &job.previous);
            }
        }),
    ),
    row(
        "read-shows-old-error",
        "A GET shows the error as it was before the last update.",
        &["REQ-RESP-004"],
        Effect::Read(|object, job, _| {
            overlay_one(object, job, "error");
        }),
    ),
    row(
        "read-shows-id-in-capitals",
        "A GET shows the id in capital letters.",
        &["REQ-RESP-004"],
        Effect::Read(|object, _, _| {
            let capitals = object.get("id").and_then(Value::as_str).map(str::to_uppercase);
            object.extend(capitals.map(|id| ("id".to_owned(), Value::from(id))));
        }),
    ),
    row(
        "read-shows-no-id",
        "A GET shows a job without its id.",
        &["REQ-RESP-004"],
        Effect::Read(|object, _, _| {
            object.shift_remove("id");
        }),
    ),
    row(
        "read-shows-no-details",
        "A GET shows no elements of details.",
        &["REQ-RESP-004"],
        Effect::Read(|object, _, _| {
            if let Some(details) = picture::details(object) {
                details.clear();
            }
        }),
    ),
    row(
        "read-shows-no-error",
        "A GET shows the error as null.",
        &["REQ-RESP-004"],
        Effect::Read(|object, _, _| {
            object.insert("error".to_owned(), Value::Null);
        }),
    ),
    row(
        "read-shows-other-status",
        "A GET shows the status in lower case.",
        &["REQ-RESP-004", "REQ-TYPE-003"],
        Effect::Read(|object, _, _| {
            if let Some(Value::String(status)) = object.get_mut("status") {
                *status = status.to_lowercase();
            }
        }),
    ),
    row(
        "read-shows-other-fraction",
        "A GET shows date-times without fractional seconds.",
        &["REQ-RESP-004"],
        Effect::Read(|object, _, _| {
            picture::rewrite_instants(object, |moment| {
                crate::reference::datetime::write(moment.seconds, "", moment.offset)
            });
        }),
    ),
    row(
        "answer-shows-state-before",
        "The answer to an update shows the state before it.",
        &["REQ-RESP-003", "REQ-RESP-004", "REQ-STATUS-003"],
        Effect::Shown(|object, job, request| {
            if patches(request) {
                overlay(object, &job.previous);
            }
        }),
    ),
    row(
        "answer-shows-old-error",
        "The answer to an update shows the error before it.",
        &["REQ-RESP-003", "REQ-RESP-004", "REQ-ERR-001", "REQ-STATUS-003"],
        Effect::Shown(|object, job, request| {
            if patches(request) {
                overlay_one(object, job, "error");
            }
        }),
    ),
    row(
        "answer-shows-state-before-second-update",
        "The answer to the second update of a job shows the state before it.",
        &["REQ-RESP-003", "REQ-RESP-004", "REQ-STATUS-003"],
        Effect::Shown(|object, job, request| {
            if patches(request) && job.patches % 2 == 0 {
                overlay(object, &job.previous);
            }
        }),
    ),
    row(
        "answer-is-an-echo",
        "Strings are stored in lower case, but the answer repeats what was sent.",
        &["REQ-RESP-004", "REQ-TYPE-003"],
        Effect::Several(&[
            Effect::Change(|change| {
                picture::each_text(change, |text| *text = text.as_str().unwrap_or_default().to_lowercase().into());
            }),
            Effect::Entity(|object, request| merge(object, sent(request))),
        ]),
    ),
    row(
        "answer-is-an-echo-with-nulls",
        "The answer to an update shows what was sent, and null for the rest.",
        &["REQ-MERGE-001", "REQ-RESP-004"],
        Effect::Entity(|object, request| {
            let given = sent(request);
            for (name, value) in object.iter_mut().filter(|(name, _)| !name.contains('@') && *name != "id") {
                *value = given.get(name).cloned().unwrap_or_default();
            }
        }),
    ),
    row(
        "answer-shows-the-time",
        "The answer to an update shows the present time as endDateTime.",
        &["REQ-RESP-003", "REQ-RESP-004", "REQ-DTO-002", "REQ-MERGE-001"],
        Effect::Entity(|object, _| {
            object.insert("endDateTime".to_owned(), crate::reference::respond::now().into());
        }),
    ),
    row(
        "elements-misnamed-in-reads",
        "A GET annotates the elements of details with the name spelled right, which is no type.",
        &["REQ-ERR-005"],
        Effect::Read(|object, _, _| {
            for element in picture::details(object).into_iter().flatten().filter_map(Value::as_object_mut) {
                element.insert("@odata.type".to_owned(), "#microsoft.graph.classificationErrorBase".into());
            }
        }),
    ),
    row(
        "type-misnamed-in-reads",
        "A GET annotates the job with a type that is none.",
        &["REQ-RESP-005"],
        Effect::Read(|object, _, _| {
            object.insert("@odata.type".to_owned(), "#microsoft.graph.job".into());
        }),
    ),
    row(
        "torn-reads",
        "A GET shows the error of the state before.",
        &["REQ-ATOM-003", "REQ-RESP-004"],
        Effect::Read(|object, job, request| {
            if request.number % 2 == 0 {
                overlay_one(object, job, "error");
                overlay_one(object, job, "tenantId");
            }
        }),
    ),
    row(
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
    ),
];

/// Shows other properties of a job.
fn overlay(object: &mut Object, properties: &Object) {
    for (name, value) in properties {
        let value = if name == "error" { complete(value, &ERROR) } else { value.clone() };
        object.insert(name.clone(), value);
    }
}

/// Shows a property as it was before.
fn overlay_one(object: &mut Object, job: &Job, name: &str) {
    let old = job.previous.get(name).cloned().unwrap_or_default();
    overlay(object, &Object::from_iter([(name.to_owned(), old)]));
}

/// What a request sets, without id and annotations.
fn sent(request: &Request) -> Object {
    bare(request.body.clone())
}

/// So often no job is read; it marks one that was refused an update.
const FAILS: u64 = u64::MAX >> 1;
