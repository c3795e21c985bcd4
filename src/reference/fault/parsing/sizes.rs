//! A deep or a long body crashes the server, or leaves it damaged.

use serde_json::json;

use super::row;
use crate::reference::effect::Effect;
use crate::reference::fault::Fault;
use crate::reference::fault::alter::{crashed, instead, set_content};
use crate::reference::fault::members::deep;
use crate::reference::fault::repair::text;
use crate::reference::store::NOBODY;

pub(super) const ROWS: &[Fault] = &[
    row(
        "deep-body-answered-500",
        "A deeply nested body ends in 500.",
        &["REQ-SEC-006", "REQ-STATUS-002"],
        Effect::Failed(|answer, request| {
            if deep(request) {
                instead(answer, 400, 500);
            }
        }),
    ),
    row(
        "deep-objects-answered-500",
        "A body of hundreds of objects in each other ends in 500.",
        &["REQ-SEC-006", "REQ-STATUS-002"],
        Effect::Failed(|answer, request| {
            if text(request).matches('{').count() > 500 {
                instead(answer, 400, 500);
            }
        }),
    ),
    row(
        "large-body-answered-500",
        "A body of several mebibytes ends in 500.",
        &["REQ-SEC-006", "REQ-STATUS-002"],
        Effect::Failed(|answer, _| instead(answer, 413, 500)),
    ),
    row(
        "body-of-a-mebibyte-crashes",
        "A body of more than a mebibyte, which is not refused for its length, ends in 500.",
        &["REQ-STATUS-002"],
        Effect::Refuse(|_, request| crashed(request.content.len() > 1 << 20)),
    ),
    row(
        "large-body-cut",
        "A string of several mebibytes is cut and stored.",
        &["REQ-SEC-006", "REQ-TYPE-003", "REQ-STATUS-003"],
        Effect::Request(|request| {
            if request.oversized {
                request.oversized = false;
                set_content(request, json!({"status": "x".repeat(1000)}));
            }
        }),
    ),
    row(
        "job-lost-after-large-body",
        "A job is not found any more after a body of several mebibytes.",
        &["REQ-SEC-006", "REQ-ATOM-002"],
        Effect::Refused(|status, _, job| {
            if status == 413 {
                job.tenant = NOBODY;
            }
        }),
    ),
];
