//! Content that broke off is applied, or leaves a trace.

use serde_json::{Value, json};

use super::row;
use crate::reference::effect::Effect;
use crate::reference::fault::Fault;
use crate::reference::fault::alter::{absorb, patches, restatus, set_content};
use crate::reference::fault::repair::{close, text};
use crate::reference::message::Request;

pub(super) const ROWS: &[Fault] = &[
    row(
        "incomplete-content-repaired",
        "Content that broke off is closed as well as may be and applied.",
        &["REQ-HTTP-003"],
        Effect::Request(|request| {
            if broken_off(request) {
                request.content = close(&text(request)).into_bytes();
                request.whole = true;
            }
        }),
    ),
    row(
        "incomplete-chunks-applied",
        "Content in chunks that lacks the last one is applied.",
        &["REQ-HTTP-003"],
        Effect::Request(|request| {
            if broken_off(request) && request.headers.contains_key("transfer-encoding") {
                request.whole = true;
            }
        }),
    ),
    row(
        "content-before-a-reset-applied",
        "What came of the content before the connection was reset is applied.",
        &["REQ-HTTP-003"],
        Effect::Request(|request| {
            if broken_off(request) && request.reset {
                request.whole = true;
            }
        }),
    ),
    row(
        "incomplete-content-applied-on-one-path",
        "Content that broke off is applied in classifyTextJobs.",
        &["REQ-HTTP-003"],
        Effect::Request(|request| {
            if broken_off(request) && request.path.contains("/classifyTextJobs/") {
                request.whole = true;
            }
        }),
    ),
    row(
        "incomplete-content-refused-but-applied",
        "Content that broke off is answered 400 and applied all the same.",
        &["REQ-HTTP-003", "REQ-ATOM-002"],
        Effect::Refused(|_, request, job| {
            if broken_off(request) {
                absorb(serde_json::from_str(&close(&text(request))).unwrap_or_default(), job);
            }
        }),
    ),
    row(
        "incomplete-content-marks-status",
        "Content that broke off sets the status to failed.",
        &["REQ-HTTP-003", "REQ-ATOM-002"],
        Effect::Refused(|_, request, job| {
            if broken_off(request) {
                job.properties.insert("status".to_owned(), "failed".into());
            }
        }),
    ),
    row(
        "incomplete-content-clears-error",
        "Content that broke off sets the error to null.",
        &["REQ-HTTP-003", "REQ-ATOM-002"],
        Effect::Refused(|_, request, job| {
            if broken_off(request) {
                job.properties.insert("error".to_owned(), Value::Null);
            }
        }),
    ),
    row(
        "incomplete-content-answered-200",
        "Content that broke off is answered 200 and not applied.",
        &["REQ-HTTP-003", "REQ-STATUS-003"],
        Effect::Request(|request| {
            if broken_off(request) {
                set_content(request, json!({}));
                request.whole = true;
            }
        }),
    ),
    row(
        "incomplete-content-answered-500",
        "Content that broke off ends in 500.",
        &["REQ-STATUS-002", "REQ-HTTP-003"],
        Effect::Failed(|answer, request| {
            if broken_off(request) {
                restatus(answer, 500);
            }
        }),
    ),
];

/// Whether an update lacks content that was announced.
fn broken_off(request: &Request) -> bool {
    patches(request) && !request.whole && !request.oversized
}
