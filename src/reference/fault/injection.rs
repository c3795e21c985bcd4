//! More faults of level [`FaultLevel::Framing`](super::FaultLevel::Framing): input that becomes more than data.

use serde_json::Value;

use super::FaultLevel::Framing;
use super::{Fault, row};
use crate::reference::effect::Effect;
use crate::reference::octets::{content_start, edit_head, with};
use crate::reference::wire::After;

pub(super) const ROWS: &[Fault] = &[
    row(
        Framing,
        "status-in-header-unescaped",
        "The status stands in a header as it is, line ends included.",
        &["REQ-SEC-003"],
        Effect::Outbound(|octets, _| {
            let status = content_start(octets).and_then(|start| serde_json::from_slice::<Value>(&octets[start..]).ok());
            if let Some(status) =
                status.as_ref().and_then(|job| job.get("status")?.as_str()).filter(|status| status.is_ascii())
            {
                edit_head(octets, |head| with(head, &format!("x-status: {status}")));
            }
            After::Keep
        }),
    ),
    row(
        Framing,
        "message-in-header-unescaped",
        "The message of the error stands in a header as it is, line ends included.",
        &["REQ-SEC-003"],
        Effect::Outbound(|octets, _| {
            let job = content_start(octets).and_then(|start| serde_json::from_slice::<Value>(&octets[start..]).ok());
            if let Some(message) = job
                .as_ref()
                .and_then(|job| job.get("error")?.get("message")?.as_str())
                .filter(|message| message.is_ascii())
            {
                edit_head(octets, |head| with(head, &format!("x-message: {message}")));
            }
            After::Keep
        }),
    ),
    row(
        Framing,
        "client-request-id-decoded-in-header",
        "The client-request-id is returned with its percent escapes decoded, line ends included.",
        &["REQ-SEC-003", "REQ-HDR-006"],
        Effect::Outbound(|octets, _| {
            edit_head(octets, |head| {
                let lines = head.split_inclusive("\r\n").map(|line| match line.strip_prefix("client-request-id: ") {
                    Some(_) => percent_encoding::percent_decode_str(line).decode_utf8_lossy().into_owned(),
                    None => line.to_owned(),
                });
                lines.collect()
            });
            After::Keep
        }),
    ),
    row(
        Framing,
        "quotes-not-escaped",
        "Quotes in a string are written without a backslash.",
        &["REQ-SEC-003", "REQ-RESP-002"],
        Effect::Updated(|answer, _| {
            answer.rewrite(|octets| {
                *octets = String::from_utf8_lossy(octets)
                    .replace("\\\\", "\u{1}")
                    .replace("\\\"", "\"")
                    .replace('\u{1}', "\\\\")
                    .into_bytes();
            });
        }),
    ),
    row(
        Framing,
        "line-ends-not-escaped",
        "Line ends in a string are written as they are.",
        &["REQ-SEC-003", "REQ-RESP-002"],
        Effect::Updated(|answer, _| {
            answer.rewrite(|octets| {
                *octets = String::from_utf8_lossy(octets).replace("\\n", "\n").replace("\\r", "\r").into_bytes();
            });
        }),
    ),
    row(
        Framing,
        "members-made-of-input",
        "A string with a quote and a colon makes another member.",
        &["REQ-SEC-003"],
        Effect::Entity(|object, _| {
            let text = object.values().filter_map(Value::as_str).find(|text| text.contains("\":")).map(str::to_owned);
            if text.is_some() {
                object.insert("x".to_owned(), 1.into());
            }
        }),
    ),
];
