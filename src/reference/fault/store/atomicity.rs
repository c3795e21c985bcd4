//! An update that is refused is applied all the same, whole or in part.

use serde_json::Value;

use super::row;
use crate::reference::effect::Effect;
use crate::reference::fault::alter::{absorb, content, unsupported};
use crate::reference::fault::given::is_long;
use crate::reference::fault::jobs::is_derived;
use crate::reference::fault::{Fault, Need};

pub(super) const ROWS: &[Fault] = &[
    row(
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
    row(
        "refused-updates-of-derived-jobs-applied",
        "An update of a job of a derived type is answered 400 and applied all the same.",
        &["REQ-ATOM-002", "REQ-ATOM-001"],
        Effect::Refused(|status, request, job| {
            if status == 400 && is_derived(job) {
                absorb(content(request), job);
            }
        }),
    ),
    row(
        "unauthorized-updates-of-derived-jobs-applied",
        "An update of a job of a derived type is answered 401 and applied all the same.",
        &["REQ-AUTH-001", "REQ-AUTH-005", "REQ-ATOM-002"],
        Effect::Refused(|status, request, job| {
            if status == 401 && is_derived(job) {
                absorb(content(request), job);
            }
        }),
    ),
    Fault {
        needs: &[Need::ScopedToken],
        ..row(
            "forbidden-updates-of-derived-jobs-applied",
            "An update of a job of a derived type is answered 403 and applied all the same.",
            &["REQ-AUTH-008", "REQ-AUTH-009", "REQ-ATOM-002"],
            Effect::Refused(|status, request, job| {
                if status == 403 && is_derived(job) {
                    absorb(content(request), job);
                }
            }),
        )
    },
    row(
        "oversized-refused-but-stored",
        "A body that is too long is answered 413, and what was read of it is stored.",
        &["REQ-ATOM-002"],
        Effect::Refused(|status, _, job| {
            if status == 413 {
                job.properties.insert("status".to_owned(), "x".repeat(2 << 20).into());
            }
        }),
    ),
    row(
        "refused-values-stored-in-long-updates",
        "Of a refused update of more than 1,500 octets the valid values are stored.",
        &["REQ-ATOM-001", "REQ-ATOM-002"],
        Effect::Refused(|status, request, job| {
            if status == 400 && is_long(request) {
                let mut valid = content(request);
                valid.retain(|name, value| name == "status" && value.is_string());
                absorb(valid, job);
            }
        }),
    ),
    row(
        "other-charset-refused-and-applied",
        "JSON under another charset than utf-8 is refused and applied all the same.",
        &["REQ-ATOM-002"],
        Effect::Several(&[
            Effect::Refuse(|_, request| unsupported(request.header("content-type").contains("iso-8859"))),
            Effect::Refused(|status, request, job| {
                if status == 415 && request.header("content-type").contains("iso-8859") {
                    absorb(content(request), job);
                }
            }),
        ]),
    ),
];
