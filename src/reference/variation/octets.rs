//! Other legal octets on the wire: status lines, interim answers, header lines, chunks and codings.

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;

use super::super::effect::Effect;
use super::super::message::{Answer, Request};
use super::super::octets::{content_start, edit_head, with, without};
use super::super::wire::After;
use super::messages::accepts;
use super::{Variation, row};

pub(super) const ROWS: &[Variation] = &[
    row(
        "http-1-0",
        "Answers are of HTTP/1.0 and end with the connection.",
        &["REQ-HDR-004"],
        Effect::Outbound(|octets, _| {
            edit_head(octets, |head| {
                with(&without(head, "connection").replacen("HTTP/1.1", "HTTP/1.0", 1), "connection: close")
            });
            if octets.starts_with(b"HTTP/1.1 1") { After::Keep } else { After::Close }
        }),
    ),
    row(
        "early-hints",
        "A 103 comes before every answer.",
        &["REQ-STATUS-001"],
        Effect::Outbound(|octets, _| {
            if octets.starts_with(b"HTTP/1.1 ") && content_start(octets).is_some() {
                octets.splice(..0, *b"HTTP/1.1 103 Early Hints\r\nlink: </style.css>; rel=preload\r\n\r\n");
            }
            After::Keep
        }),
    ),
    row(
        "continue-unasked",
        "A 100 comes before every answer, though nobody asked for it.",
        &["REQ-STATUS-001"],
        Effect::Outbound(|octets, _| {
            if octets.starts_with(b"HTTP/1.1 ") && content_start(octets).is_some() {
                octets.splice(..0, *b"HTTP/1.1 100 Continue\r\n\r\n");
            }
            After::Keep
        }),
    ),
    row(
        "no-reason-phrase",
        "Status lines have no reason phrase.",
        &["REQ-STATUS-001"],
        Effect::Outbound(|octets, _| {
            edit_head(octets, |head| {
                format!("{} \r\n{}", &head[..12], head.split_once("\r\n").map_or("", |(_, rest)| rest))
            });
            After::Keep
        }),
    ),
    row(
        "other-reason-phrase",
        "Status lines have reason phrases of their own.",
        &["REQ-STATUS-001"],
        Effect::Outbound(|octets, _| {
            edit_head(octets, |head| {
                format!("{} So be it\r\n{}", &head[..12], head.split_once("\r\n").map_or("", |(_, rest)| rest))
            });
            After::Keep
        }),
    ),
    row(
        "header-names-in-title-case",
        "Header names begin with capitals.",
        &["REQ-HDR-001", "REQ-HTTP-001"],
        Effect::Outbound(|octets, _| {
            edit_head(octets, |head| names(head, title_case));
            After::Keep
        }),
    ),
    row(
        "header-names-in-upper-case",
        "Header names are written in upper case.",
        &["REQ-HDR-001", "REQ-HTTP-001"],
        Effect::Outbound(|octets, _| {
            edit_head(octets, |head| names(head, str::to_ascii_uppercase));
            After::Keep
        }),
    ),
    row(
        "header-values-with-space",
        "There is white space around header values.",
        &["REQ-HDR-001"],
        Effect::Outbound(|octets, _| {
            edit_head(octets, |head| {
                let lines = head.split_inclusive("\r\n").map(|line| match line.split_once(": ") {
                    Some((name, value)) => format!("{name}: \t {} \t\r\n", value.trim_end()),
                    None => line.to_owned(),
                });
                lines.collect()
            });
            After::Keep
        }),
    ),
    row(
        "more-headers",
        "Answers have many headers of their own.",
        &["REQ-HDR-005", "REQ-SEC-001"],
        Effect::Answer(|answer, _| {
            answer.set("strict-transport-security", "max-age=31536000");
            answer.set(
                "x-ms-ags-diagnostic",
                "{\"ServerInfo\":{\"DataCenter\":\"West Europe\",\"Slice\":\"E\",\"Ring\":\"5\"}}",
            );
            answer.set("cache-control", "private");
            answer.set("set-cookie", "affinity=a1b2; path=/; HttpOnly");
            answer.set("server", "reference");
            answer.set("via", "1.1 gateway");
        }),
    ),
    row(
        "chunks-with-extensions",
        "Chunks have extensions, and a trailer follows the last.",
        &["REQ-HDR-004"],
        Effect::Several(&[
            Effect::Answer(|answer, _| answer.sized = false),
            Effect::Outbound(|octets, _| {
                let Some(start) = content_start(octets) else { return After::Keep };
                if String::from_utf8_lossy(&octets[..start]).contains("transfer-encoding: chunked") {
                    if let Some(line) = octets[start..].windows(2).position(|two| two == b"\r\n") {
                        octets.splice(start + line..start + line, *b";note=\"first\"");
                    }
                    if octets.ends_with(b"0\r\n\r\n") {
                        octets.truncate(octets.len() - 2);
                        octets.extend_from_slice(b"x-checksum: none\r\n\r\n");
                    }
                }
                After::Keep
            }),
        ]),
    ),
    row(
        "deflate",
        "Answers are compressed for clients that accept deflate.",
        &["REQ-HDR-004"],
        Effect::Answer(|answer, request| {
            encode(answer, request, "deflate", |content| {
                let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
                encoder.write_all(content).and_then(|()| encoder.finish()).unwrap_or_default()
            });
        }),
    ),
    row(
        "brotli",
        "Answers are in the form of Brotli for clients that accept br.",
        &["REQ-HDR-004"],
        Effect::Answer(|answer, request| encode(answer, request, "br", brotli)),
    ),
    row(
        "connections-end-silently",
        "The connection ends after each answer, which does not say so.",
        &["REQ-HDR-004"],
        Effect::Outbound(|octets, _| if octets.starts_with(b"HTTP/1.1 1") { After::Keep } else { After::Close }),
    ),
];

/// Changes the names of all header lines.
fn names(head: &str, change: fn(&str) -> String) -> String {
    let lines = head.split_inclusive("\r\n").map(|line| match line.split_once(": ") {
        Some((name, value)) if !name.contains(' ') => format!("{}: {value}", change(name)),
        _ => line.to_owned(),
    });
    lines.collect()
}

fn title_case(name: &str) -> String {
    let words = name.split('-').map(|word| {
        let (first, rest) = word.split_at(word.len().min(1));
        first.to_ascii_uppercase() + rest
    });
    words.collect::<Vec<_>>().join("-")
}

fn encode(answer: &mut Answer, request: &Request, coding: &str, change: fn(&[u8]) -> Vec<u8>) {
    answer.set("vary", "accept-encoding");
    let content = answer.content();
    if accepts(request, coding) && !content.is_empty() {
        answer.octets = Some(change(&content));
        answer.set("content-encoding", coding);
    }
}

/// A Brotli stream of meta-blocks that are not compressed (RFC 7932 section 9.2), each of at most 64 KiB.
fn brotli(content: &[u8]) -> Vec<u8> {
    let mut stream = Vec::new();
    // The first bit says that the window has 16 bits; the next are those of the first block.
    let mut shift = 1;
    for block in content.chunks(1 << 16) {
        let length = u32::try_from(block.len() - 1).unwrap_or(0);
        let header = ((length << 3) | (1 << 19)) << shift;
        stream.extend_from_slice(&header.to_le_bytes()[..3]);
        stream.extend_from_slice(block);
        shift = 0;
    }
    stream.push(3);
    stream
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn brotli_can_be_read() {
        for length in [1, 100, 65_536, 65_537, 200_000] {
            let content: Vec<u8> = (0..length).map(|at: u32| at.to_le_bytes()[0]).collect();
            let mut plain = Vec::new();
            brotli_decompressor::Decompressor::new(&brotli(&content)[..], 4096).read_to_end(&mut plain).unwrap();
            assert!(plain == content, "{length}");
        }
    }
}
