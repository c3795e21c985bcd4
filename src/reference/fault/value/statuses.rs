//! An update that is performed is answered with another status than 200, or a job cannot be read.

use http::{Method, StatusCode};

use super::row;
use crate::reference::effect::Effect;
use crate::reference::fault::Fault;
use crate::reference::fault::alter::{at_job, restatus, without_content};
use crate::reference::message::{Answer, Request};

pub(super) const ROWS: &[Fault] = &[
    row(
        "update-answered-201",
        "An update is answered 201.",
        &["REQ-STATUS-001", "REQ-PATH-001"],
        Effect::Updated(|answer, _| status(answer, StatusCode::CREATED)),
    ),
    row(
        "update-answered-202",
        "An update is answered 202 with the entity.",
        &["REQ-STATUS-001", "REQ-PATH-001"],
        Effect::Updated(|answer, _| status(answer, StatusCode::ACCEPTED)),
    ),
    row(
        "update-answered-206",
        "An update is answered 206.",
        &["REQ-STATUS-001", "REQ-PATH-001"],
        Effect::Updated(|answer, _| status(answer, StatusCode::PARTIAL_CONTENT)),
    ),
    row(
        "update-answered-204",
        "An update is answered 204 without being asked to.",
        &["REQ-STATUS-001", "REQ-PATH-001", "REQ-BODY-001"],
        Effect::Updated(|answer, _| without_content(answer)),
    ),
    row(
        "update-answered-207",
        "An update is answered 207.",
        &["REQ-STATUS-001", "REQ-PATH-001"],
        Effect::Updated(|answer, _| status(answer, StatusCode::MULTI_STATUS)),
    ),
    row(
        "second-update-answered-204",
        "The second update of a job is answered 204.",
        &["REQ-STATUS-001", "REQ-IDEMP-001"],
        Effect::Updated(|answer, request| {
            if request.turn % 2 == 1 {
                without_content(answer);
            }
        }),
    ),
    row(
        "update-of-dates-answered-202",
        "An update of date-times alone is answered 202.",
        &["REQ-STATUS-001", "REQ-BODY-004"],
        Effect::Updated(|answer, request| {
            if !request.body.is_empty() && request.body.keys().all(|name| name.ends_with("DateTime")) {
                status(answer, StatusCode::ACCEPTED);
            }
        }),
    ),
    row(
        "update-answered-200-without-content",
        "An update is answered 200 without content.",
        &["REQ-STATUS-001", "REQ-RESP-001"],
        Effect::Updated(|answer, _| {
            answer.body = None;
            answer.unset("content-type");
        }),
    ),
    row(
        "update-answered-200-without-content-at-times",
        "Every fourth update of a job is answered 200 without content.",
        &["REQ-STATUS-001", "REQ-RESP-001"],
        Effect::Updated(|answer, request| {
            if request.turn % 4 == 3 {
                answer.body = None;
                answer.unset("content-type");
            }
        }),
    ),
    row(
        "update-sent-elsewhere",
        "An update is performed and answered 303 with the place of the job.",
        &["REQ-STATUS-001", "REQ-PATH-001"],
        Effect::Updated(|answer, request| {
            answer.set("location", &request.path);
            status(answer, StatusCode::SEE_OTHER);
        }),
    ),
    row(
        "update-crashes-after-storing",
        "An update is stored and answered 500.",
        &["REQ-STATUS-002", "REQ-STATUS-001", "REQ-PATH-001"],
        Effect::Updated(|answer, _| {
            answer.body = None;
            restatus(answer, 500);
            answer.error().insert("message".to_owned(), "The answer could not be written.".into());
        }),
    ),
    row(
        "update-refused-after-storing",
        "An update of the error is stored and answered 400.",
        &["REQ-ATOM-002", "REQ-BODY-001", "REQ-ERR-001"],
        Effect::Updated(|answer, request| {
            if request.body.contains_key("error") {
                answer.body = None;
                restatus(answer, 400);
                answer.error().insert("message".to_owned(), "The error is not valid.".into());
            }
        }),
    ),
    row(
        "jobs-not-shown-by-get",
        "A GET of a job is answered 404, though updates of it are confirmed.",
        &["REQ-RESP-004"],
        Effect::Answer(|answer, request| unshown(answer, request, 404)),
    ),
    row(
        "get-of-a-job-not-acceptable",
        "A GET of a job is answered 406, though updates of it are confirmed.",
        &["REQ-RESP-004"],
        Effect::Answer(|answer, request| unshown(answer, request, 406)),
    ),
];

fn status(answer: &mut Answer, status: StatusCode) {
    if answer.status == StatusCode::OK {
        answer.status = status;
    }
}

fn unshown(answer: &mut Answer, request: &Request, status: u16) {
    if request.method == Method::GET && at_job(request) && answer.status == 200 {
        restatus(answer, status);
    }
}
