//! The content of an answer is not in UTF-8, or not in the encoding that its head names.

use std::io::Write;

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};

use super::row;
use crate::reference::effect::Effect;
use crate::reference::fault::Fault;
use crate::reference::fault::octets::rewrite_text;

pub(super) const ROWS: &[Fault] = &[
    row(
        "byte-order-mark",
        "A byte order mark stands before the JSON of every answer.",
        &["REQ-RESP-002"],
        Effect::Answer(|answer, _| rewrite_text(answer, |text| format!("\u{feff}{text}").into_bytes())),
    ),
    row(
        "byte-order-mark-after-update",
        "A byte order mark stands before the JSON of a confirmed update.",
        &["REQ-RESP-002"],
        Effect::Updated(|answer, _| rewrite_text(answer, |text| format!("\u{feff}{text}").into_bytes())),
    ),
    row(
        "byte-order-mark-in-refusals",
        "A byte order mark stands before the JSON of a refusal.",
        &["REQ-RESP-002"],
        Effect::Failed(|answer, _| rewrite_text(answer, |text| format!("\u{feff}{text}").into_bytes())),
    ),
    row(
        "json-in-utf-16",
        "The JSON of a confirmed update is in UTF-16.",
        &["REQ-RESP-002", "REQ-RESP-001"],
        Effect::Updated(|answer, _| {
            rewrite_text(answer, |text| text.encode_utf16().flat_map(u16::to_le_bytes).collect());
        }),
    ),
    row(
        "json-in-latin-1",
        "Characters beyond ASCII are written in Latin-1.",
        &["REQ-RESP-002"],
        Effect::Answer(|answer, _| {
            rewrite_text(answer, |text| {
                text.chars().map(|letter| u8::try_from(u32::from(letter)).unwrap_or(b'?')).collect()
            });
        }),
    ),
    row(
        "octet-of-no-character",
        "The JSON of a refusal has an octet that is no UTF-8.",
        &["REQ-RESP-002"],
        Effect::Failed(|answer, _| {
            answer.rewrite(|octets| {
                if let Some(at) = octets.windows(11).position(|part| part == b"\"message\":\"") {
                    octets.insert(at + 11, 0xff);
                }
            });
        }),
    ),
    row(
        "emoji-in-surrogates",
        "Characters beyond U+FFFF are written as surrogates of three octets each.",
        &["REQ-RESP-002"],
        Effect::Updated(|answer, _| {
            rewrite_text(answer, |text| {
                let octets = |letter: char| -> Vec<u8> {
                    let units = |unit: &u16| {
                        [0xe0 | (unit >> 12) as u8, 0x80 | ((unit >> 6) & 0x3f) as u8, 0x80 | (unit & 0x3f) as u8]
                    };
                    if letter > '\u{ffff}' {
                        letter.encode_utf16(&mut [0; 2]).iter().flat_map(units).collect()
                    } else {
                        letter.to_string().into_bytes()
                    }
                };
                text.chars().flat_map(octets).collect()
            });
        }),
    ),
    row(
        "half-a-surrogate-pair",
        "Of an escaped pair of surrogates the second is lost.",
        &["REQ-TYPE-003", "REQ-RESP-002"],
        Effect::Updated(|answer, _| {
            rewrite_text(answer, |text| {
                text.chars()
                    .map(|letter| if letter > '\u{ffff}' { "\\ud83d".to_owned() } else { letter.to_string() })
                    .collect::<String>()
                    .into_bytes()
            });
        }),
    ),
    row(
        "gzip-not-labelled",
        "Content is compressed, but there is no Content-Encoding.",
        &["REQ-RESP-002", "REQ-RESP-001"],
        Effect::Updated(|answer, _| answer.rewrite(|octets| *octets = packed(octets))),
    ),
    row(
        "gzip-labelled-only",
        "Content-Encoding says gzip, but the content is not compressed.",
        &["REQ-RESP-002", "REQ-RESP-001"],
        Effect::Updated(|answer, _| answer.set("content-encoding", "gzip")),
    ),
    row(
        "gzip-breaks-off",
        "Compressed content breaks off.",
        &["REQ-RESP-002", "REQ-RESP-001"],
        Effect::Updated(|answer, _| {
            answer.rewrite(|octets| {
                *octets = packed(octets);
                octets.truncate(octets.len() / 2);
            });
            answer.set("content-encoding", "gzip");
        }),
    ),
    row(
        "gzip-is-zlib",
        "Content-Encoding says gzip, but the content is in the form of zlib.",
        &["REQ-RESP-002", "REQ-RESP-001"],
        Effect::Updated(|answer, _| {
            answer.rewrite(|octets| {
                let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
                *octets = encoder.write_all(octets).and_then(|()| encoder.finish()).unwrap_or_default();
            });
            answer.set("content-encoding", "gzip");
        }),
    ),
    row(
        "gzip-twice",
        "Content is compressed twice and labelled once.",
        &["REQ-RESP-002", "REQ-RESP-001"],
        Effect::Updated(|answer, _| {
            answer.rewrite(|octets| *octets = packed(&packed(octets)));
            answer.set("content-encoding", "gzip");
        }),
    ),
];

fn packed(octets: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(octets).and_then(|()| encoder.finish()).unwrap_or_default()
}
