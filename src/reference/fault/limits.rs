//! More faults of level [`FaultLevel::Validation`](super::FaultLevel::Validation): strings whose length is counted in
//! another unit than characters, and lengths at which storage ends.

use serde_json::Value;

use super::FaultLevel::Validation;
use super::alter::{any, any_string, each_string, is_text, refused};
use super::{Fault, row};
use crate::reference::effect::Effect;

pub(super) const ROWS: &[Fault] = &[
    row(
        Validation,
        "status-over-256-octets-refused",
        "A status of more than 256 octets is refused.",
        &["REQ-TYPE-003"],
        Effect::Refuse(|object, _| refused(object.get("status").and_then(Value::as_str).is_some_and(octets::<256>))),
    ),
    row(
        Validation,
        "string-over-768-octets-refused",
        "A string of more than 768 octets is refused.",
        &["REQ-TYPE-003"],
        Effect::Refuse(|object, _| refused(any_string(object, is_text, octets::<768>))),
    ),
    row(
        Validation,
        "string-over-256-units-refused",
        "A string of more than 256 units of UTF-16 is refused.",
        &["REQ-TYPE-003"],
        Effect::Refuse(|object, _| refused(any_string(object, is_text, units))),
    ),
    row(
        Validation,
        "inner-strings-over-256-units-refused",
        "An activityId or a clientRequestId of more than 256 units of UTF-16 is refused.",
        &["REQ-TYPE-003"],
        Effect::Refuse(|object, _| {
            let inner = ["activityId", "clientRequestId"];
            refused(any(object, &|name, value| inner.contains(&name) && value.as_str().is_some_and(units)))
        }),
    ),
    row(
        Validation,
        "string-cut-at-32767",
        "A string is cut after 32767 characters.",
        &["REQ-TYPE-003"],
        Effect::Change(|change| each_string(change, is_text, |text| cut(text, 32_767))),
    ),
    row(
        Validation,
        "string-cut-at-65535",
        "A string is cut after 65535 characters.",
        &["REQ-TYPE-003"],
        Effect::Change(|change| each_string(change, is_text, |text| cut(text, 65_535))),
    ),
    row(
        Validation,
        "brackets-in-strings-taken-for-depth",
        "More than 64 brackets in a string are refused as nested too deep.",
        &["REQ-TYPE-003"],
        Effect::Refuse(|object, _| refused(any_string(object, is_text, |text| text.matches(['[', '{']).count() > 64))),
    ),
];

/// Whether a text takes more octets than so many.
fn octets<const MOST: usize>(text: &str) -> bool {
    text.len() > MOST
}

/// Whether a text takes more than 256 units of UTF-16, though it has no more characters than that.
fn units(text: &str) -> bool {
    text.chars().count() <= 256 && text.encode_utf16().count() > 256
}

fn cut(text: &str, most: usize) -> Value {
    text.chars().take(most).collect::<String>().into()
}
