//! A string is refused, cut, trimmed or taken for something else.

use serde_json::Value;

use super::row;
use crate::reference::effect::Effect;
use crate::reference::fault::Fault;
use crate::reference::fault::alter::{any_string, crashed, each, each_string, is_text, refused};
use crate::reference::fault::edit::{edit, first_error};
use crate::reference::fault::given::given;

pub(super) const ROWS: &[Fault] = &[
    row(
        "empty-string-refused",
        "An empty string is refused.",
        &["REQ-TYPE-003"],
        Effect::Refuse(|object, _| refused(any_string(object, is_text, str::is_empty))),
    ),
    row(
        "empty-string-crashes",
        "An empty string ends in 500.",
        &["REQ-TYPE-003", "REQ-STATUS-002"],
        Effect::Refuse(|object, _| crashed(any_string(object, is_text, str::is_empty))),
    ),
    row(
        "surrounding-spaces-refused",
        "A string that begins or ends with a space is refused.",
        &["REQ-TYPE-003"],
        Effect::Refuse(|object, _| refused(any_string(object, is_text, |text| text != text.trim_matches(' ')))),
    ),
    row(
        "non-ascii-refused",
        "A string with characters beyond ASCII is refused.",
        &["REQ-TYPE-003"],
        Effect::Refuse(|object, _| refused(any_string(object, is_text, |text| !text.is_ascii()))),
    ),
    row(
        "emoji-crash",
        "A string with characters beyond U+FFFF ends in 500.",
        &["REQ-TYPE-003", "REQ-STATUS-002"],
        Effect::Refuse(|object, _| {
            crashed(any_string(object, is_text, |text| text.chars().any(|letter| letter > '\u{ffff}')))
        }),
    ),
    row(
        "markup-refused",
        "A string with angle brackets is refused.",
        &["REQ-SEC-003", "REQ-PATH-001"],
        Effect::Refuse(|object, _| refused(any_string(object, is_text, |text| text.contains('<')))),
    ),
    row(
        "quote-crashes",
        "A string with a quote ends in 500.",
        &["REQ-TYPE-003", "REQ-SEC-003", "REQ-STATUS-002"],
        Effect::Refuse(|object, _| crashed(any_string(object, is_text, |text| text.contains(['"', '\''])))),
    ),
    row(
        "control-character-refused",
        "A string with a line feed or U+007F is refused.",
        &["REQ-TYPE-003"],
        Effect::Refuse(|object, _| refused(any_string(object, is_text, |text| text.contains(['\n', '\u{7f}'])))),
    ),
    row(
        "no-break-spaces-trimmed",
        "No-break spaces around a string are dropped.",
        &["REQ-TYPE-003", "REQ-RESP-003"],
        Effect::Change(|change| each_string(change, is_text, |text| text.trim_matches('\u{a0}').into())),
    ),
    row(
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
        "null-character-crashes",
        "A string with U+0000 ends in 500.",
        &["REQ-STATUS-002"],
        Effect::Refuse(|object, _| crashed(any_string(object, is_text, |text| text.contains('\0')))),
    ),
    row(
        "code-of-inner-error-trimmed",
        "White space around the code of an innerError is taken off.",
        &["REQ-TYPE-003"],
        Effect::Parsed(|body| {
            let inner = body.get_mut("error").and_then(|error| error.get_mut("innerError"));
            if let Some(code) = inner.and_then(|inner| inner.get_mut("code"))
                && let Some(text) = code.as_str().map(|text| text.trim().to_owned())
            {
                *code = text.into();
            }
        }),
    ),
    row(
        "strings-trimmed-under-a-tag",
        "White space around a string is dropped where the update has an If-Match.",
        &["REQ-TYPE-003", "REQ-RESP-003"],
        Effect::Request(|request| {
            edit(
                request,
                |request| given(request, "if-match"),
                |object| {
                    each(object, &mut |name, value| {
                        if let (true, Value::String(text)) = (is_text(name), &*value) {
                            *value = text.trim().into();
                        }
                    });
                },
            );
        }),
    ),
    row(
        "strings-trimmed-in-an-error-that-was-null",
        "Strings in an error that was null are trimmed.",
        &["REQ-TYPE-003"],
        Effect::Place(|request, state| {
            first_error(request, state, |error| each_string(error, is_text, |text| text.trim().into()));
        }),
    ),
];
