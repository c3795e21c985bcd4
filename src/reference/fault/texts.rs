//! More faults of level [`FaultLevel::Value`](super::FaultLevel::Value): strings that come back changed.

use serde_json::Value;

use super::FaultLevel::Value as Level;
use super::rewrite::{nested, rewrite, texts};
use super::{Fault, row};
use crate::reference::effect::Effect;
use crate::reference::picture::{NESTED_TEXTS, each_member, each_nested, each_text};

pub(super) const ROWS: &[Fault] = &[
    row(
        Level,
        "strings-trimmed",
        "White space around a string is dropped.",
        &["REQ-TYPE-003"],
        Effect::Change(|job| texts(job, |text| text.trim().to_owned())),
    ),
    row(
        Level,
        "nested-strings-trimmed",
        "White space around a string in the error is dropped.",
        &["REQ-TYPE-003"],
        Effect::Change(|job| nested(job, |text| text.trim().to_owned())),
    ),
    row(
        Level,
        "byte-order-mark-of-string-cut",
        "A U+FEFF at the start of a string is dropped.",
        &["REQ-TYPE-003"],
        Effect::Change(|job| texts(job, |text| text.trim_start_matches('\u{feff}').to_owned())),
    ),
    row(
        Level,
        "guids-in-lower-case",
        "A string in the form of a GUID is stored in lower case.",
        &["REQ-TYPE-003"],
        Effect::Change(|job| {
            texts(job, |text| uuid::Uuid::try_parse(text).map_or(text.to_owned(), |_| text.to_lowercase()));
        }),
    ),
    row(
        Level,
        "ligatures-folded",
        "Characters are folded into those that they are compatible with.",
        &["REQ-TYPE-003"],
        Effect::Change(|job| texts(job, |text| text.replace('\u{fb01}', "fi").replace('\u{b2}', "2"))),
    ),
    row(
        Level,
        "next-line-becomes-line-feed",
        "A U+0085 in a string becomes a line feed.",
        &["REQ-TYPE-003"],
        Effect::Change(|job| texts(job, |text| text.replace('\u{85}', "\n"))),
    ),
    row(
        Level,
        "spaces-collapsed",
        "Several spaces in a string become one.",
        &["REQ-TYPE-003"],
        Effect::Change(|job| {
            texts(job, |text| {
                let mut last = ' ';
                text.chars().filter(|letter| std::mem::replace(&mut last, *letter) != ' ' || *letter != ' ').collect()
            });
        }),
    ),
    row(
        Level,
        "strings-in-lower-case",
        "Strings are stored in lower case.",
        &["REQ-TYPE-003", "REQ-RESP-003", "REQ-STATUS-003"],
        Effect::Change(|job| texts(job, str::to_lowercase)),
    ),
    row(
        Level,
        "status-begins-with-capital",
        "The first letter of status becomes a capital.",
        &["REQ-TYPE-003", "REQ-RESP-003"],
        Effect::Change(|job| {
            each_member(job, &["status"], |value| rewrite(value, |text| text[..1].to_uppercase() + &text[1..]));
        }),
    ),
    row(
        Level,
        "type-in-camel-case",
        "The type loses its spaces.",
        &["REQ-TYPE-003", "REQ-RESP-003"],
        Effect::Change(|job| each_member(job, &["type"], |value| rewrite(value, |text| text.replace(' ', "")))),
    ),
    row(
        Level,
        "tenant-in-lower-case",
        "The tenantId is stored in lower case.",
        &["REQ-TYPE-003", "REQ-RESP-003"],
        Effect::Change(|job| each_member(job, &["tenantId"], |value| rewrite(value, str::to_lowercase))),
    ),
    row(
        Level,
        "empty-string-becomes-null",
        "An empty string is stored as null.",
        &["REQ-TYPE-003"],
        Effect::Change(|job| {
            each_text(job, |value| {
                if value == "" {
                    *value = Value::Null;
                }
            });
        }),
    ),
    row(
        Level,
        "nested-empty-string-becomes-null",
        "An empty string in the error is stored as null.",
        &["REQ-TYPE-003"],
        Effect::Change(|job| {
            each_nested(job, &mut |object| {
                each_member(object, &NESTED_TEXTS, |value| {
                    if value == "" {
                        *value = Value::Null;
                    }
                });
            });
        }),
    ),
    row(
        Level,
        "empty-string-ignored",
        "An empty string at the root leaves the property as it is.",
        &["REQ-TYPE-003", "REQ-STATUS-003", "REQ-RESP-003"],
        Effect::Change(|job| job.retain(|_, value| value != "")),
    ),
    row(
        Level,
        "accents-composed",
        "A letter and the accent after it become one character.",
        &["REQ-TYPE-003"],
        Effect::Change(|job| texts(job, compose)),
    ),
    row(
        Level,
        "accents-decomposed",
        "A letter with an accent becomes two characters.",
        &["REQ-TYPE-003"],
        Effect::Change(|job| texts(job, decompose)),
    ),
    row(
        Level,
        "accents-dropped",
        "Letters lose their accents.",
        &["REQ-TYPE-003"],
        Effect::Change(|job| texts(job, |text| decompose(text).replace(MARKS, ""))),
    ),
    row(
        Level,
        "non-ascii-becomes-question-mark",
        "Characters beyond ASCII are stored as question marks.",
        &["REQ-TYPE-003"],
        Effect::Change(|job| {
            texts(job, |text| text.chars().map(|letter| if letter.is_ascii() { letter } else { '?' }).collect());
        }),
    ),
    row(
        Level,
        "utf8-read-as-latin-1",
        "The octets of a string are taken for characters of Latin-1.",
        &["REQ-TYPE-003"],
        Effect::Change(|job| texts(job, |text| text.bytes().map(char::from).collect())),
    ),
    row(
        Level,
        "emoji-dropped",
        "Characters beyond U+FFFF are dropped.",
        &["REQ-TYPE-003"],
        Effect::Change(|job| texts(job, |text| text.replace(|letter| letter > '\u{ffff}', ""))),
    ),
    row(
        Level,
        "emoji-becomes-replacement",
        "A character beyond U+FFFF becomes two of U+FFFD.",
        &["REQ-TYPE-003"],
        Effect::Shown(|job, _, _| {
            texts(job, |text| {
                text.chars()
                    .map(|letter| if letter > '\u{ffff}' { "\u{fffd}\u{fffd}".to_owned() } else { letter.to_string() })
                    .collect()
            });
        }),
    ),
    row(
        Level,
        "joiners-dropped",
        "Characters that have no width are dropped.",
        &["REQ-TYPE-003"],
        Effect::Change(|job| texts(job, |text| text.replace(['\u{200d}', '\u{200c}', '\u{200b}', '\u{fe0f}'], ""))),
    ),
    row(
        Level,
        "right-to-left-text-reversed",
        "Text from right to left is turned round.",
        &["REQ-TYPE-003"],
        Effect::Change(|job| {
            texts(job, |text| {
                if text.chars().any(|letter| ('\u{590}'..='\u{6ff}').contains(&letter)) {
                    text.chars().rev().collect()
                } else {
                    text.to_owned()
                }
            });
        }),
    ),
    row(
        Level,
        "line-feed-becomes-space",
        "A line feed in a string becomes a space.",
        &["REQ-TYPE-003", "REQ-SEC-003"],
        Effect::Change(|job| texts(job, |text| text.replace('\n', " "))),
    ),
    row(
        Level,
        "line-ends-normalized",
        "Carriage returns in a string are dropped.",
        &["REQ-TYPE-003", "REQ-SEC-003"],
        Effect::Change(|job| texts(job, |text| text.replace('\r', ""))),
    ),
    row(
        Level,
        "line-feed-gains-carriage-return",
        "A carriage return is put before a line feed in a string.",
        &["REQ-TYPE-003"],
        Effect::Shown(|job, _, _| texts(job, |text| text.replace("\r\n", "\n").replace('\n', "\r\n"))),
    ),
    row(
        Level,
        "controls-dropped",
        "U+007F and other controls are dropped.",
        &["REQ-TYPE-003"],
        Effect::Change(|job| texts(job, |text| text.replace(char::is_control, ""))),
    ),
    row(
        Level,
        "line-separator-becomes-line-feed",
        "U+2028 becomes a line feed.",
        &["REQ-TYPE-003"],
        Effect::Change(|job| texts(job, |text| text.replace('\u{2028}', "\n"))),
    ),
];

/// The accents of [`PAIRS`].
const MARKS: [char; 5] = ['\u{300}', '\u{301}', '\u{302}', '\u{303}', '\u{308}'];

/// Letters with an accent and what they are made of; enough for the languages of Europe.
const PAIRS: [(&str, &str); 12] = [
    ("é", "e\u{301}"),
    ("è", "e\u{300}"),
    ("ê", "e\u{302}"),
    ("ë", "e\u{308}"),
    ("á", "a\u{301}"),
    ("à", "a\u{300}"),
    ("ä", "a\u{308}"),
    ("ö", "o\u{308}"),
    ("ü", "u\u{308}"),
    ("ñ", "n\u{303}"),
    ("Ä", "A\u{308}"),
    ("É", "E\u{301}"),
];

fn compose(text: &str) -> String {
    PAIRS.iter().fold(text.to_owned(), |text, (one, two)| text.replace(two, one))
}

fn decompose(text: &str) -> String {
    PAIRS.iter().fold(text.to_owned(), |text, (one, two)| text.replace(one, two))
}
