//! The chunks of an answer are malformed.

use super::row;
use crate::reference::effect::Effect;
use crate::reference::fault::Fault;
use crate::reference::fault::octets::{closing, length};
use crate::reference::octets::{content_start, edit_head, with, without};
use crate::reference::wire::After;

pub(super) const ROWS: &[Fault] = &[
    row(
        "length-beside-chunks",
        "Answers in chunks have a Content-Length too, and it is not true.",
        &["REQ-HDR-004"],
        Effect::Several(&[
            Effect::Answer(|answer, _| answer.sized = false),
            Effect::Outbound(|octets, _| {
                edit_head(octets, |head| {
                    if head.contains("chunked") { with(head, "content-length: 7") } else { head.to_owned() }
                });
                After::Keep
            }),
        ]),
    ),
    row(
        "last-chunk-missing",
        "The connection ends before the last chunk.",
        &["REQ-HDR-004", "REQ-RESP-002"],
        Effect::Several(&[
            Effect::Answer(|answer, _| answer.sized = false),
            Effect::Outbound(|octets, _| {
                if octets.ends_with(b"0\r\n\r\n") {
                    octets.truncate(octets.len() - 5);
                }
                closing(octets)
            }),
        ]),
    ),
    row(
        "chunk-size-wrong",
        "The size of the first chunk is one more than it holds.",
        &["REQ-HDR-004", "REQ-RESP-002"],
        Effect::Several(&[
            Effect::Answer(|answer, _| answer.sized = false),
            Effect::Outbound(|octets, _| resize(octets, |size| format!("{:X}", size + 1))),
        ]),
    ),
    row(
        "chunk-size-decimal",
        "The sizes of chunks are written in decimal.",
        &["REQ-HDR-004", "REQ-RESP-002"],
        Effect::Several(&[
            Effect::Answer(|answer, _| answer.sized = false),
            Effect::Outbound(|octets, _| resize(octets, |size| size.to_string())),
        ]),
    ),
    row(
        "chunk-size-no-number",
        "The size of the first chunk is no number.",
        &["REQ-HDR-004", "REQ-RESP-002"],
        Effect::Several(&[
            Effect::Answer(|answer, _| answer.sized = false),
            Effect::Outbound(|octets, _| resize(octets, |_| "size".to_owned())),
        ]),
    ),
    row(
        "chunked-announced-only",
        "Transfer-Encoding says chunked, but the content has no chunks.",
        &["REQ-HDR-004", "REQ-RESP-002"],
        Effect::Outbound(|octets, _| {
            if length(octets).is_some_and(|length| length > 0) {
                edit_head(octets, |head| with(&without(head, "content-length"), "transfer-encoding: chunked"));
            }
            closing(octets)
        }),
    ),
];

/// Writes the size of the first chunk otherwise, and ends the connection.
fn resize(octets: &mut Vec<u8>, write: fn(usize) -> String) -> After {
    let Some(start) = content_start(octets) else { return After::Keep };
    let end = octets[start..].windows(2).position(|two| two == b"\r\n").map(|at| start + at);
    let size = end.and_then(|end| usize::from_str_radix(std::str::from_utf8(&octets[start..end]).ok()?, 16).ok());
    if let (Some(end), Some(size)) = (end, size.filter(|size| *size > 0)) {
        octets.splice(start..end, write(size).into_bytes());
    }
    closing(octets)
}
