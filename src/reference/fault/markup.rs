//! More faults of level [`FaultLevel::Value`](super::FaultLevel::Value): marks of other languages in strings, and long strings.

use serde_json::Value;

use super::FaultLevel::Value as Level;
use super::alter::patches;
use super::rewrite::{nested, rewrite, texts};
use super::{Fault, row};
use crate::reference::effect::Effect;
use crate::reference::picture::{each_member, each_text};

pub(super) const ROWS: &[Fault] = &[
    row(
        Level,
        "backslash-doubled",
        "A backslash in a string comes back twice.",
        &["REQ-TYPE-003", "REQ-SEC-003"],
        Effect::Shown(|job, _, _| texts(job, |text| text.replace('\\', "\\\\"))),
    ),
    row(
        Level,
        "backslash-dropped",
        "A backslash in a string is dropped.",
        &["REQ-TYPE-003"],
        Effect::Change(|job| texts(job, |text| text.replace('\\', ""))),
    ),
    row(
        Level,
        "slash-escaped-twice",
        "A slash comes back with a backslash in front of it.",
        &["REQ-TYPE-003"],
        Effect::Shown(|job, _, _| texts(job, |text| text.replace('/', "\\/"))),
    ),
    row(
        Level,
        "quotes-dropped",
        "Quotes in a string are dropped.",
        &["REQ-TYPE-003", "REQ-SEC-003"],
        Effect::Change(|job| texts(job, |text| text.replace('"', ""))),
    ),
    row(
        Level,
        "quotes-become-single",
        "Quotes in a string become single ones.",
        &["REQ-TYPE-003", "REQ-SEC-003"],
        Effect::Change(|job| texts(job, |text| text.replace('"', "'"))),
    ),
    row(
        Level,
        "single-quotes-doubled",
        "A single quote comes back twice, as in SQL.",
        &["REQ-TYPE-003"],
        Effect::Change(|job| texts(job, |text| text.replace('\'', "''"))),
    ),
    row(
        Level,
        "escapes-shown-in-words",
        "A line feed comes back as a backslash and the letter n.",
        &["REQ-TYPE-003", "REQ-SEC-003"],
        Effect::Shown(|job, _, _| texts(job, |text| text.replace('\n', "\\n"))),
    ),
    row(
        Level,
        "markup-escaped",
        "Angle brackets and ampersands come back as entities of HTML.",
        &["REQ-SEC-003", "REQ-TYPE-003"],
        Effect::Shown(|job, _, _| {
            texts(job, |text| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"));
        }),
    ),
    row(
        Level,
        "nested-markup-escaped",
        "Angle brackets in the error come back as entities of HTML.",
        &["REQ-SEC-003", "REQ-TYPE-003"],
        Effect::Shown(|job, _, _| nested(job, |text| text.replace('<', "&lt;").replace('>', "&gt;"))),
    ),
    row(
        Level,
        "markup-stripped",
        "What stands in angle brackets is dropped.",
        &["REQ-SEC-003", "REQ-TYPE-003"],
        Effect::Change(|job| texts(job, strip)),
    ),
    row(
        Level,
        "script-dropped",
        "The word script in angle brackets is dropped.",
        &["REQ-SEC-003", "REQ-TYPE-003"],
        Effect::Change(|job| texts(job, |text| text.replace("<script>", "").replace("</script>", ""))),
    ),
    row(
        Level,
        "entities-decoded",
        "Entities of HTML are decoded.",
        &["REQ-SEC-003", "REQ-TYPE-003"],
        Effect::Change(|job| {
            texts(job, |text| {
                text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").replace("&quot;", "\"")
            });
        }),
    ),
    row(
        Level,
        "percent-escapes-decoded",
        "Percent escapes in a string are decoded.",
        &["REQ-TYPE-003", "REQ-SEC-003"],
        Effect::Change(|job| {
            texts(job, |text| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned());
        }),
    ),
    row(
        Level,
        "plus-becomes-space",
        "A plus sign in a string becomes a space.",
        &["REQ-TYPE-003"],
        Effect::Change(|job| texts(job, |text| text.replace('+', " "))),
    ),
    row(
        Level,
        "templates-evaluated",
        "What stands in double braces is evaluated.",
        &["REQ-SEC-003", "REQ-TYPE-003", "REQ-RESP-003"],
        Effect::Shown(|job, _, _| texts(job, evaluate)),
    ),
    row(
        Level,
        "dollar-templates-evaluated",
        "What stands in braces after a dollar sign is evaluated.",
        &["REQ-SEC-003", "REQ-TYPE-003", "REQ-RESP-003"],
        Effect::Shown(|job, _, _| texts(job, |text| replace_between(text, "${", "}"))),
    ),
    row(
        Level,
        "string-cut-at-32",
        "A string is cut after 32 characters.",
        &["REQ-TYPE-003", "REQ-STATUS-003", "REQ-RESP-003"],
        Effect::Change(|job| texts(job, |text| text.chars().take(32).collect())),
    ),
    row(
        Level,
        "tenant-cut-at-36",
        "The tenantId is cut after 36 characters.",
        &["REQ-TYPE-003", "REQ-STATUS-003", "REQ-RESP-003"],
        Effect::Change(|job| {
            each_member(job, &["tenantId"], |value| rewrite(value, |text| text.chars().take(36).collect()));
        }),
    ),
    row(
        Level,
        "string-cut-at-255-octets",
        "A string is cut after 255 octets.",
        &["REQ-TYPE-003", "REQ-STATUS-003", "REQ-RESP-003"],
        Effect::Change(|job| {
            texts(job, |text| {
                let end = (0..=text.len().min(255)).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
                text[..end].to_owned()
            });
        }),
    ),
    row(
        Level,
        "long-string-ends-in-dots",
        "A string of more than 200 characters comes back with dots at its end.",
        &["REQ-TYPE-003", "REQ-RESP-003"],
        Effect::Entity(|job, _| {
            texts(job, |text| {
                if text.chars().count() > 200 {
                    text.chars().take(200).chain("...".chars()).collect()
                } else {
                    text.to_owned()
                }
            });
        }),
    ),
    row(
        Level,
        "word-null-becomes-null",
        "The word null in a string is stored as null.",
        &["REQ-TYPE-003", "REQ-RESP-003"],
        Effect::Change(|job| {
            each_text(job, |value| {
                if value == "null" {
                    *value = Value::Null;
                }
            });
        }),
    ),
    row(
        Level,
        "strings-altered-in-the-answer-only",
        "The answer to an update shows strings without white space around them.",
        &["REQ-TYPE-003", "REQ-RESP-004"],
        Effect::Shown(|job, _, request| {
            if patches(request) {
                texts(job, |text| text.trim().to_owned());
            }
        }),
    ),
];

/// Drops what stands in angle brackets.
fn strip(text: &str) -> String {
    let mut inside = false;
    let outside = |letter: &char| {
        let hidden = inside || *letter == '<';
        inside = hidden && *letter != '>';
        !hidden
    };
    text.chars().filter(outside).collect()
}

fn evaluate(text: &str) -> String {
    replace_between(text, "{{", "}}")
}

/// Puts a number in the place of what stands between two marks.
fn replace_between(text: &str, open: &str, close: &str) -> String {
    let found = text.split_once(open).and_then(|(head, rest)| Some((head, rest.split_once(close)?.1)));
    found.map_or_else(|| text.to_owned(), |(head, tail)| format!("{head}49{tail}"))
}
