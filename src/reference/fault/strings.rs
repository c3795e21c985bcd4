//! More faults of level [`FaultLevel::Validation`](super::FaultLevel::Validation): strings that are refused, cut or taken
//! for something else.

use super::FaultLevel::Validation;
use super::alter::{any, any_string, crashed, each, each_string, is_text, refused};
use super::{Fault, row};
use crate::reference::effect::Effect;

pub(super) const ROWS: &[Fault] = &[
    row(
        Validation,
        "empty-string-refused",
        "An empty string is refused.",
        &["REQ-TYPE-003"],
        Effect::Refuse(|object, _| refused(any_string(object, is_text, str::is_empty))),
    ),
    row(
        Validation,
        "empty-string-crashes",
        "An empty string ends in 500.",
        &["REQ-TYPE-003", "REQ-STATUS-002"],
        Effect::Refuse(|object, _| crashed(any_string(object, is_text, str::is_empty))),
    ),
    row(
        Validation,
        "surrounding-spaces-refused",
        "A string that begins or ends with a space is refused.",
        &["REQ-TYPE-003"],
        Effect::Refuse(|object, _| refused(any_string(object, is_text, |text| text != text.trim_matches(' ')))),
    ),
    row(
        Validation,
        "non-ascii-refused",
        "A string with characters beyond ASCII is refused.",
        &["REQ-TYPE-003"],
        Effect::Refuse(|object, _| refused(any_string(object, is_text, |text| !text.is_ascii()))),
    ),
    row(
        Validation,
        "emoji-crash",
        "A string with characters beyond U+FFFF ends in 500.",
        &["REQ-TYPE-003", "REQ-STATUS-002"],
        Effect::Refuse(|object, _| {
            crashed(any_string(object, is_text, |text| text.chars().any(|letter| letter > '\u{ffff}')))
        }),
    ),
    row(
        Validation,
        "markup-refused",
        "A string with angle brackets is refused.",
        &["REQ-SEC-003", "REQ-PATH-001"],
        Effect::Refuse(|object, _| refused(any_string(object, is_text, |text| text.contains('<')))),
    ),
    row(
        Validation,
        "quote-crashes",
        "A string with a quote ends in 500.",
        &["REQ-TYPE-003", "REQ-SEC-003", "REQ-STATUS-002"],
        Effect::Refuse(|object, _| crashed(any_string(object, is_text, |text| text.contains(['"', '\''])))),
    ),
    row(
        Validation,
        "control-character-refused",
        "A string with a line feed or U+007F is refused.",
        &["REQ-TYPE-003"],
        Effect::Refuse(|object, _| refused(any_string(object, is_text, |text| text.contains(['\n', '\u{7f}'])))),
    ),
    row(
        Validation,
        "long-string-refused",
        "A string of more than 128 characters is refused.",
        &["REQ-TYPE-003"],
        Effect::Refuse(|object, _| refused(any_string(object, is_text, |text| text.chars().count() > 128))),
    ),
    row(
        Validation,
        "long-string-crashes",
        "A string of more than 200 characters ends in 500.",
        &["REQ-TYPE-003", "REQ-STATUS-002"],
        Effect::Refuse(|object, _| crashed(any_string(object, is_text, |text| text.chars().count() > 200))),
    ),
    row(
        Validation,
        "string-cut-at-64",
        "A string is cut after 64 characters.",
        &["REQ-TYPE-003", "REQ-STATUS-003", "REQ-RESP-003"],
        Effect::Change(|change| each_string(change, is_text, |text| text.chars().take(64).collect::<String>().into())),
    ),
    row(
        Validation,
        "string-cut-at-255",
        "A string is cut after 255 characters.",
        &["REQ-TYPE-003", "REQ-STATUS-003", "REQ-RESP-003"],
        Effect::Change(|change| each_string(change, is_text, |text| text.chars().take(255).collect::<String>().into())),
    ),
    row(
        Validation,
        "long-nested-string-cut",
        "A message is cut after 64 characters.",
        &["REQ-TYPE-003", "REQ-STATUS-003", "REQ-RESP-003"],
        Effect::Change(|change| {
            each_string(change, |name| name == "message", |text| text.chars().take(64).collect::<String>().into());
        }),
    ),
    row(
        Validation,
        "no-break-spaces-trimmed",
        "No-break spaces around a string are dropped.",
        &["REQ-TYPE-003", "REQ-RESP-003"],
        Effect::Change(|change| each_string(change, is_text, |text| text.trim_matches('\u{a0}').into())),
    ),
    row(
        Validation,
        "digits-rounded",
        "A string of digits is kept as a number in double precision.",
        &["REQ-TYPE-003", "REQ-RESP-003"],
        Effect::Change(|change| {
            each_string(change, is_text, |text| match text.parse::<f64>() {
                Ok(number) if text.len() > 15 && text.bytes().all(|octet| octet.is_ascii_digit()) => {
                    format!("{number:.0}").into()
                }
                _ => text.into(),
            });
        }),
    ),
    row(
        Validation,
        "pairs-cut-apart",
        "A string is kept in parts of 16 units of UTF-16, and a pair that lies in two of them is lost.",
        &["REQ-TYPE-003", "REQ-RESP-003"],
        Effect::Change(|change| {
            each_string(change, is_text, |text| {
                let units: Vec<u16> = text.encode_utf16().collect();
                units.chunks(16).map(String::from_utf16_lossy).collect::<String>().into()
            });
        }),
    ),
    row(
        Validation,
        "number-of-many-digits-crashes",
        "A number of more than 18 digits ends in 500.",
        &["REQ-TYPE-002", "REQ-STATUS-002"],
        Effect::Refuse(|object, _| crashed(any(object, &|_, value| value.is_number() && value.to_string().len() > 18))),
    ),
    row(
        Validation,
        "number-with-a-fraction-taken",
        "A number with a fraction is taken for a string.",
        &["REQ-TYPE-002"],
        Effect::Parsed(|object| {
            each(object, &mut |name, value| {
                if is_text(name) && value.is_f64() {
                    *value = value.to_string().into();
                }
            });
        }),
    ),
];
