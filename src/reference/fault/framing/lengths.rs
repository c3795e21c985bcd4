//! Content-Length is not the length of the content, or the content breaks off.

use std::io::Read;

use flate2::read::GzDecoder;
use http::Method;

use super::row;
use crate::reference::effect::Effect;
use crate::reference::fault::Fault;
use crate::reference::fault::octets::{closing, length};
use crate::reference::octets::{content_start, edit_head, with, without};
use crate::reference::variation::compress;
use crate::reference::wire::After;

pub(super) const ROWS: &[Fault] = &[
    row(
        "length-one-short",
        "Content-Length is one less than there is content, and the connection ends.",
        &["REQ-HDR-004", "REQ-RESP-002"],
        Effect::Outbound(|octets, _| {
            relength(octets, |length| length.saturating_sub(1));
            closing(octets)
        }),
    ),
    row(
        "length-one-long",
        "Content-Length is one more than there is content, and the connection ends.",
        &["REQ-HDR-004"],
        Effect::Outbound(|octets, _| {
            relength(octets, |length| length + 1);
            closing(octets)
        }),
    ),
    row(
        "length-of-refusal-one-short",
        "The Content-Length of a 400 is one less than there is content.",
        &["REQ-HDR-004", "REQ-RESP-002"],
        Effect::Outbound(|octets, _| {
            if octets.starts_with(b"HTTP/1.1 400") {
                relength(octets, |length| length - 1);
                return closing(octets);
            }
            After::Keep
        }),
    ),
    row(
        "length-of-refusal-too-long",
        "The Content-Length of a 401 is more than there is content, and the connection ends.",
        &["REQ-HDR-004"],
        Effect::Outbound(|octets, _| {
            if octets.starts_with(b"HTTP/1.1 401") {
                relength(octets, |length| length + 10);
                return closing(octets);
            }
            After::Keep
        }),
    ),
    row(
        "length-of-update-too-long",
        "The Content-Length of a confirmed update is more than there is content, and the connection ends.",
        &["REQ-HDR-004"],
        Effect::Outbound(|octets, sent| {
            if sent.is(&Method::PATCH, 200) {
                relength(octets, |length| length + 25);
                return closing(octets);
            }
            After::Keep
        }),
    ),
    row(
        "length-of-the-sample",
        "The Content-Length of a confirmed update is that of the page, and the connection ends.",
        &["REQ-HDR-004"],
        Effect::Outbound(|octets, sent| {
            if sent.is(&Method::PATCH, 200) {
                relength(octets, |_| 894);
                return closing(octets);
            }
            After::Keep
        }),
    ),
    row(
        "length-in-characters",
        "Content-Length counts characters, not octets, and the connection ends.",
        &["REQ-HDR-004", "REQ-RESP-002"],
        Effect::Outbound(|octets, _| {
            let content = content_start(octets).map(|start| String::from_utf8_lossy(&octets[start..]).chars().count());
            let wide =
                content.is_some_and(|count| content_start(octets).is_some_and(|start| octets.len() - start != count));
            if let (true, Some(count)) = (wide, content) {
                relength(octets, |_| count);
                return closing(octets);
            }
            After::Keep
        }),
    ),
    row(
        "length-before-compression",
        "Content-Length is that of the content before it was compressed, and the connection ends.",
        &["REQ-HDR-004"],
        Effect::Several(&[
            Effect::Answer(compress),
            Effect::Outbound(|octets, _| {
                let content = content_start(octets)
                    .map(|start| octets[start..].to_vec())
                    .filter(|content| content.starts_with(&[0x1f, 0x8b]));
                let mut plain = Vec::new();
                if content.is_some_and(|content| GzDecoder::new(&content[..]).read_to_end(&mut plain).is_ok()) {
                    relength(octets, |_| plain.len());
                    return closing(octets);
                }
                After::Keep
            }),
        ]),
    ),
    row(
        "length-twice",
        "There are two headers Content-Length that differ.",
        &["REQ-HDR-004"],
        Effect::Outbound(|octets, _| {
            if length(octets).is_some_and(|length| length > 0) {
                let longer = length(octets).unwrap_or(0) + 1;
                edit_head(octets, |head| with(head, &format!("content-length: {longer}")));
                return closing(octets);
            }
            After::Keep
        }),
    ),
    row(
        "length-in-words",
        "Content-Length is no number.",
        &["REQ-HDR-004"],
        Effect::Outbound(|octets, _| {
            edit_head(octets, |head| with(&without(head, "content-length"), "content-length: many"));
            closing(octets)
        }),
    ),
    row(
        "line-after-content",
        "An empty line is sent after the content that is announced.",
        &["REQ-HDR-004"],
        Effect::Outbound(|octets, _| {
            if length(octets).is_some_and(|length| length > 0) {
                octets.extend_from_slice(b"\r\n\r\n");
            }
            closing(octets)
        }),
    ),
    row(
        "answer-breaks-off",
        "The connection ends in the middle of the content.",
        &["REQ-HDR-004"],
        Effect::Outbound(|octets, _| cut(octets, 2)),
    ),
    row(
        "confirmation-breaks-off",
        "The connection ends in the middle of the content of a confirmed update.",
        &["REQ-HDR-004"],
        Effect::Outbound(|octets, sent| if sent.is(&Method::PATCH, 200) { cut(octets, 2) } else { After::Keep }),
    ),
    row(
        "answer-breaks-off-near-its-end",
        "The connection ends before the last octets of the content.",
        &["REQ-HDR-004"],
        Effect::Outbound(|octets, _| {
            if content_start(octets).is_some_and(|start| octets.len() > start + 5) {
                octets.truncate(octets.len() - 3);
            }
            closing(octets)
        }),
    ),
    row(
        "refusal-breaks-off",
        "The connection ends in the middle of the content of a 400.",
        &["REQ-HDR-004"],
        Effect::Outbound(|octets, _| if octets.starts_with(b"HTTP/1.1 400") { cut(octets, 2) } else { After::Keep }),
    ),
];

/// Announces another length.
fn relength(octets: &mut Vec<u8>, change: impl Fn(usize) -> usize) {
    if let Some(length) = length(octets).filter(|length| *length > 0) {
        let line = format!("content-length: {}", change(length));
        edit_head(octets, |head| with(&without(head, "content-length"), &line));
    }
}

/// Ends the connection after a part of the content.
fn cut(octets: &mut Vec<u8>, part: usize) -> After {
    if let Some(start) = content_start(octets).filter(|start| octets.len() > *start) {
        octets.truncate(start + (octets.len() - start) / part);
        return closing(octets);
    }
    After::Keep
}
