//! Content in chunks, or content that broke off, is not read as it should be.

use serde_json::json;

use super::row;
use crate::reference::effect::{Effect, Switch};
use crate::reference::fault::Fault;
use crate::reference::fault::alter::{content, crashed, patches, refused, set_content};
use crate::reference::fault::given::chunked;
use crate::reference::message::Request;

pub(super) const ROWS: &[Fault] = &[
    row(
        "chunked-content-lost",
        "Content in chunks is read as empty.",
        &["REQ-HTTP-002"],
        Effect::Request(|request| {
            if in_chunks(request) {
                request.content.clear();
            }
        }),
    ),
    row(
        "chunked-content-ignored",
        "Content in chunks is answered 200 and not applied.",
        &["REQ-HTTP-002", "REQ-STATUS-003", "REQ-RESP-003"],
        Effect::Request(|request| {
            if in_chunks(request) {
                set_content(request, json!({}));
            }
        }),
    ),
    row(
        "chunked-content-cut",
        "The end of content in chunks is lost.",
        &["REQ-HTTP-002"],
        Effect::Request(|request| {
            if in_chunks(request) {
                request.content.truncate(request.content.len() / 2);
            }
        }),
    ),
    row(
        "chunked-content-crashes",
        "Content in chunks ends in 500.",
        &["REQ-HTTP-002", "REQ-STATUS-002"],
        Effect::Refuse(|_, request| crashed(in_chunks(request))),
    ),
    row(
        "last-member-of-chunked-content-lost",
        "The last member of content in chunks is not applied.",
        &["REQ-HTTP-002", "REQ-STATUS-003", "REQ-RESP-003"],
        Effect::Request(|request| {
            if in_chunks(request) {
                let mut object = content(request);
                if let Some(last) = object.keys().next_back().cloned() {
                    object.shift_remove(&last);
                    set_content(request, object);
                }
            }
        }),
    ),
    row(
        "incomplete-content-applied",
        "Content that broke off is applied.",
        &["REQ-HTTP-003"],
        Effect::Switch(Switch::TakeIncomplete),
    ),
    row(
        "letters-in-chunk-sizes-unknown",
        "The size of a chunk is read as decimal.",
        &["REQ-HTTP-002"],
        Effect::Inbound(|octets| {
            let Some(head) = octets.windows(4).position(|window| window == b"\r\n\r\n") else { return };
            let is_chunked = octets[..head].windows(8).any(|window| window == b": chunke");
            let size = octets[head + 4..].iter_mut().take_while(|octet| **octet != b'\r');
            size.filter(|octet| is_chunked && octet.is_ascii_alphabetic()).for_each(|octet| *octet = b'z');
        }),
    ),
    row(
        "chunked-with-a-capital-refused",
        "The name of the coding in chunks is known in lower case only.",
        &["REQ-HTTP-002"],
        Effect::Refuse(|_, request| refused(chunked(request) && request.header("transfer-encoding") != "chunked")),
    ),
    row(
        "capital-digits-of-chunk-sizes-refused",
        "A chunk whose size is written with capital letters is refused.",
        &["REQ-HTTP-002"],
        Effect::Inbound(misread_capitals),
    ),
    row(
        "chunk-extensions-refused",
        "A chunk whose line has an extension is refused.",
        &["REQ-HTTP-002"],
        Effect::Inbound(|octets| spoil(octets, b";patchproof=")),
    )
    .mild(),
    row(
        "chunk-trailers-refused",
        "Content in chunks with a trailer field is refused.",
        &["REQ-HTTP-002"],
        Effect::Inbound(|octets| spoil(octets, b"\r\nX-Patchproof-Trailer:")),
    )
    .mild(),
    row(
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
];

/// Whether this is an update in chunks.
fn in_chunks(request: &Request) -> bool {
    patches(request) && chunked(request)
}

/// Makes no number of the size of the chunk that stands before this.
fn spoil(octets: &mut [u8], mark: &[u8]) {
    let Some(at) = octets.windows(mark.len()).position(|window| window == mark) else { return };
    if let Some(digit) = octets[..at].last_mut() {
        *digit = b'z';
    }
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
