//! A long string is refused, cut or crashes the server.

use serde_json::Value;

use super::row;
use crate::reference::effect::Effect;
use crate::reference::fault::Fault;
use crate::reference::fault::alter::{any, any_string, crashed, each_string, is_text, refused};

pub(super) const ROWS: &[Fault] = &[
    row(
        "long-string-refused",
        "A string of more than 128 characters is refused.",
        &["REQ-TYPE-003"],
        Effect::Refuse(|object, _| refused(any_string(object, is_text, |text| text.chars().count() > 128))),
    ),
    row(
        "long-string-crashes",
        "A string of more than 200 characters ends in 500.",
        &["REQ-TYPE-003", "REQ-STATUS-002"],
        Effect::Refuse(|object, _| crashed(any_string(object, is_text, |text| text.chars().count() > 200))),
    ),
    row(
        "string-cut-at-64",
        "A string is cut after 64 characters.",
        &["REQ-TYPE-003", "REQ-STATUS-003", "REQ-RESP-003"],
        Effect::Change(|change| each_string(change, is_text, |text| text.chars().take(64).collect::<String>().into())),
    ),
    row(
        "string-cut-at-255",
        "A string is cut after 255 characters.",
        &["REQ-TYPE-003", "REQ-STATUS-003", "REQ-RESP-003"],
        Effect::Change(|change| each_string(change, is_text, |text| text.chars().take(255).collect::<String>().into())),
    ),
    row(
        "long-nested-string-cut",
        "A message is cut after 64 characters.",
        &["REQ-TYPE-003", "REQ-STATUS-003", "REQ-RESP-003"],
        Effect::Change(|change| {
            each_string(change, |name| name == "message", |text| text.chars().take(64).collect::<String>().into());
        }),
    ),
    row(
        "status-over-256-octets-refused",
        "A status of more than 256 octets is refused.",
        &["REQ-TYPE-003"],
        Effect::Refuse(|object, _| refused(object.get("status").and_then(Value::as_str).is_some_and(octets::<256>))),
    ),
    row(
        "string-over-768-octets-refused",
        "A string of more than 768 octets is refused.",
        &["REQ-TYPE-003"],
        Effect::Refuse(|object, _| refused(any_string(object, is_text, octets::<768>))),
    ),
    row(
        "string-over-256-units-refused",
        "A string of more than 256 units of UTF-16 is refused.",
        &["REQ-TYPE-003"],
        Effect::Refuse(|object, _| refused(any_string(object, is_text, units))),
    ),
    row(
        "inner-strings-over-256-units-refused",
        "An activityId or a clientRequestId of more than 256 units of UTF-16 is refused.",
        &["REQ-TYPE-003"],
        Effect::Refuse(|object, _| {
            let inner = ["activityId", "clientRequestId"];
            refused(any(object, &|name, value| inner.contains(&name) && value.as_str().is_some_and(units)))
        }),
    ),
    row(
        "string-cut-at-32767",
        "A string is cut after 32767 characters.",
        &["REQ-TYPE-003"],
        Effect::Change(|change| each_string(change, is_text, |text| cut(text, 32_767))),
    ),
    row(
        "string-cut-at-65535",
        "A string is cut after 65535 characters.",
        &["REQ-TYPE-003"],
        Effect::Change(|change| each_string(change, is_text, |text| cut(text, 65_535))),
    ),
    row(
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
