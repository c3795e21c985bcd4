//! More faults of level [`FaultLevel::Framing`](super::FaultLevel::Framing): chunks, and content where there must be none.

use super::FaultLevel::Framing;
use super::octets::{closing, length};
use super::{Fault, row};
use crate::reference::effect::Effect;
use crate::reference::octets::{content_start, edit_head, with, without};
use crate::reference::wire::After;

pub(super) const ROWS: &[Fault] = &[
    row(
        Framing,
        "capital-digits-of-chunk-sizes-refused",
        "A chunk whose size is written with capital letters is refused.",
        &["REQ-HTTP-002"],
        Effect::Inbound(misread_capitals),
    ),
    row(
        Framing,
        "no-content-in-chunks-is-a-no-op",
        "An update in chunks that has no content is answered 200.",
        &["REQ-BODY-009"],
        Effect::Request(|request| {
            let chunked = request.headers.contains_key("transfer-encoding");
            if chunked && request.whole && !request.oversized && request.content.is_empty() {
                request.content = b"{}".to_vec();
            }
        }),
    )
    .mild(),
    row(
        Framing,
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
        Framing,
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
        Framing,
        "chunk-size-wrong",
        "The size of the first chunk is one more than it holds.",
        &["REQ-HDR-004", "REQ-RESP-002"],
        Effect::Several(&[
            Effect::Answer(|answer, _| answer.sized = false),
            Effect::Outbound(|octets, _| resize(octets, |size| format!("{:X}", size + 1))),
        ]),
    ),
    row(
        Framing,
        "chunk-size-decimal",
        "The sizes of chunks are written in decimal.",
        &["REQ-HDR-004", "REQ-RESP-002"],
        Effect::Several(&[
            Effect::Answer(|answer, _| answer.sized = false),
            Effect::Outbound(|octets, _| resize(octets, |size| size.to_string())),
        ]),
    ),
    row(
        Framing,
        "chunk-size-no-number",
        "The size of the first chunk is no number.",
        &["REQ-HDR-004", "REQ-RESP-002"],
        Effect::Several(&[
            Effect::Answer(|answer, _| answer.sized = false),
            Effect::Outbound(|octets, _| resize(octets, |_| "size".to_owned())),
        ]),
    ),
    row(
        Framing,
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
    row(
        Framing,
        "no-content-with-content",
        "A 204 has content.",
        &["REQ-PREF-002"],
        Effect::Outbound(|octets, _| no_content(octets, "content-length: 2", "{}")),
    ),
    row(
        Framing,
        "no-content-with-entity-and-no-length",
        "A 204 has content without a length.",
        &["REQ-PREF-002"],
        Effect::Outbound(|octets, _| no_content(octets, "connection: close", "{\"status\":\"done\"}")),
    ),
    row(
        Framing,
        "no-content-with-length",
        "A 204 has a Content-Length above zero and no content.",
        &["REQ-PREF-002"],
        Effect::Outbound(|octets, _| no_content(octets, "content-length: 820", "")),
    ),
    row(
        Framing,
        "no-content-of-length-zero",
        "A 204 has a Content-Length of zero.",
        &["REQ-PREF-002"],
        Effect::Outbound(|octets, _| no_content(octets, "content-length: 0", "")),
    )
    .mild(),
    row(
        Framing,
        "no-content-in-chunks",
        "A 204 has Transfer-Encoding and a last chunk.",
        &["REQ-PREF-002"],
        Effect::Outbound(|octets, _| no_content(octets, "transfer-encoding: chunked", "0\r\n\r\n")),
    ),
    row(
        Framing,
        "no-content-announced-in-chunks",
        "A 204 has Transfer-Encoding and nothing after its head.",
        &["REQ-PREF-002"],
        Effect::Outbound(|octets, _| no_content(octets, "transfer-encoding: chunked", "")),
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

/// Adds a header and content to a 204, and ends the connection, because clients do not read such content.
fn no_content(octets: &mut Vec<u8>, line: &str, content: &str) -> After {
    if !octets.starts_with(b"HTTP/1.1 204") {
        return After::Keep;
    }
    edit_head(octets, |head| with(head, line));
    octets.extend_from_slice(content.as_bytes());
    closing(octets)
}

/// Makes no number of the sizes of chunks that have capital letters.
fn misread_capitals(octets: &mut [u8]) {
    let mut start = 0;
    while let Some(end) = octets[start..].windows(2).position(|pair| pair == b"\r\n") {
        let line = &mut octets[start..start + end];
        let is_size = !line.is_empty() && line.iter().all(u8::is_ascii_hexdigit);
        if let Some(capital) = line.iter_mut().find(|digit| digit.is_ascii_uppercase()).filter(|_| is_size) {
            *capital = b'Z';
        }
        start += end + 2;
    }
}
