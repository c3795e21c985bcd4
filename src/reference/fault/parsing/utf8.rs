//! Octets that are not UTF-8 are read all the same, or crash the server.

use super::row;
use crate::reference::effect::{Effect, Switch};
use crate::reference::fault::Fault;
use crate::reference::fault::alter::{instead, patches};

pub(super) const ROWS: &[Fault] = &[
    row(
        "invalid-utf8-replaced",
        "Octets that are not UTF-8 are replaced by U+FFFD.",
        &["REQ-BODY-007"],
        Effect::Switch(Switch::LossyText),
    ),
    row(
        "broken-utf-8-in-error-replaced",
        "Octets that are not UTF-8 become U+FFFD where they stand in the error.",
        &["REQ-BODY-007"],
        Effect::Request(|request| {
            let text = String::from_utf8_lossy(&request.content);
            if text.split_once("\"error\"").is_some_and(|(before, _)| !before.contains('\u{fffd}')) {
                request.content = text.into_owned().into_bytes();
            }
        }),
    ),
    row(
        "invalid-utf8-read-as-latin-1",
        "A body that is not UTF-8 is read as Latin-1.",
        &["REQ-BODY-007"],
        Effect::Request(|request| {
            if std::str::from_utf8(&request.content).is_err() {
                request.content =
                    request.content.iter().map(|octet| char::from(*octet)).collect::<String>().into_bytes();
            }
        }),
    ),
    row(
        "invalid-utf8-answered-500",
        "Octets that are not UTF-8 end in 500.",
        &["REQ-BODY-007", "REQ-STATUS-002"],
        Effect::Failed(|answer, request| {
            if std::str::from_utf8(&request.content).is_err() {
                instead(answer, 400, 500);
            }
        }),
    ),
    row(
        "byte-order-mark-answered-500",
        "A byte order mark before the body ends in 500.",
        &["REQ-BODY-007", "REQ-STATUS-002"],
        Effect::Failed(|answer, request| {
            if request.content.starts_with("\u{feff}".as_bytes()) {
                instead(answer, 400, 500);
            }
        }),
    ),
    row(
        "utf-16-detected",
        "A body in UTF-16 is detected and read.",
        &["REQ-BODY-007"],
        Effect::Request(|request| {
            let wide: Vec<u16> = request
                .content
                .chunks(2)
                .map(|pair| [pair[0], *pair.last().unwrap_or(&0)])
                .map(u16::from_le_bytes)
                .collect();
            if patches(request) && request.content.get(1) == Some(&0) {
                request.content = String::from_utf16_lossy(&wide).into_bytes();
            }
        }),
    )
    .mild(),
    row(
        "surrogates-as-utf-8-accepted",
        "Surrogates that are encoded as UTF-8 one by one are read as the character that they are a pair of.",
        &["REQ-BODY-007"],
        Effect::Request(|request| {
            let pair: &[u8] = b"\xed\xa0\xbd\xed\xb8\x80";
            if let Some(at) = request.content.windows(pair.len()).position(|octets| octets == pair) {
                request.content.splice(at..at + pair.len(), "😀".bytes());
            }
        }),
    ),
];
