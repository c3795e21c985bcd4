//! Where If-Match is needed, an update without one is performed or not answered with 428.

use super::row;
use crate::reference::effect::Effect;
use crate::reference::fault::alter::{absorb, instead, patches};
use crate::reference::fault::given::given;
use crate::reference::fault::jobs::{is_derived, named_job};
use crate::reference::fault::{Fault, Need};

pub(super) const ROWS: &[Fault] = &[
    Fault {
        needs: &[Need::EtagRequired],
        ..row(
            "missing-precondition-accepted",
            "Where If-Match is needed, an update without one is performed.",
            &["REQ-COND-008"],
            Effect::Request(|request| {
                if patches(request) && !given(request, "if-match") {
                    request.headers.insert("if-match", http::HeaderValue::from_static("*"));
                }
            }),
        )
    },
    Fault {
        needs: &[Need::EtagRequired],
        ..row(
            "missing-precondition-accepted-on-derived-jobs",
            "Where If-Match is needed, a job of a derived type is updated without one.",
            &["REQ-COND-008"],
            Effect::Place(|request, state| {
                if patches(request) && !given(request, "if-match") && named_job(request, state).is_some_and(is_derived)
                {
                    request.headers.insert("if-match", http::HeaderValue::from_static("*"));
                }
            }),
        )
    },
    Fault {
        needs: &[Need::EtagRequired],
        ..row(
            "missing-precondition-answered-412",
            "Where If-Match is needed, an update without one is answered 412.",
            &["REQ-COND-008"],
            Effect::Failed(|answer, _| instead(answer, 428, 412)),
        )
    },
    Fault {
        needs: &[Need::EtagRequired],
        ..row(
            "missing-precondition-applied",
            "Where If-Match is needed, an update without one is answered 428 and applied all the same.",
            &["REQ-COND-008", "REQ-ATOM-002"],
            Effect::Refused(|status, request, job| {
                if status == 428 {
                    absorb(request.body.clone(), job);
                }
            }),
        )
    },
    Fault {
        needs: &[Need::EtagRequired],
        ..row(
            "star-crashes-where-needed",
            "Where If-Match is needed, * ends in 500.",
            &["REQ-COND-003", "REQ-STATUS-002"],
            Effect::Refuse(|_, request| {
                (request.header("if-match") == "*").then_some(http::StatusCode::INTERNAL_SERVER_ERROR)
            }),
        )
    },
];
