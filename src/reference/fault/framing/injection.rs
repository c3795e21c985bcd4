//! Input becomes more than data: a header, or a member.

use serde_json::Value;

use super::row;
use crate::reference::effect::Effect;
use crate::reference::fault::Fault;
use crate::reference::fault::alter::content;
use crate::reference::octets::{content_start, edit_head, with};
use crate::reference::wire::After;

pub(super) const ROWS: &[Fault] = &[
    row(
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
    row(
        "line-end-of-client-request-id-decoded",
        "An encoded line end in client-request-id is decoded, and nothing else of it.",
        &["REQ-SEC-003", "REQ-HDR-006"],
        Effect::Outbound(|octets, _| {
            edit_head(octets, |head| {
                let lines = head.split_inclusive("\r\n").map(|line| match line.strip_prefix("client-request-id: ") {
                    Some(_) => line.replace("%0d%0a", "\r\n"),
                    None => line.to_owned(),
                });
                lines.collect()
            });
            crate::reference::wire::After::Keep
        }),
    ),
    row(
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
    ),
];

/// What cannot stand in a header.
const ESCAPED: &percent_encoding::AsciiSet = &percent_encoding::CONTROLS.add(b'%');
