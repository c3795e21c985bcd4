//! A string is taken for what it means: a word for null, a number, a date-time, an address, a secret.

use serde_json::Value;

use super::{kept, row};
use crate::reference::datetime;
use crate::reference::effect::Effect;
use crate::reference::fault::Fault;
use crate::reference::fault::rewrite::{in_elements, nested, only, texts};
use crate::reference::picture::each_text;

pub(super) const ROWS: &[Fault] = &[
    row(
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
    kept("text-null-of-element-becomes-null", "The text null in an element of details becomes null.", |job| {
        in_elements(job, |_, value| value == "null");
    }),
    kept("words-of-absence-become-null", "Words such as N/A, None and undefined are stored as null.", |job| {
        each_text(job, |value| {
            if ["N/A", "None", "NULL", "undefined", "nil", "NaN"].iter().any(|word| value == word) {
                *value = Value::Null;
            }
        });
    }),
    kept("formulas-quoted", "An apostrophe is put before =, + and @ at the start of a string.", |job| {
        texts(job, |text| if text.starts_with(['=', '+', '@']) { format!("'{text}") } else { text.to_owned() });
    }),
    kept("numbers-in-short-form", "A string that is a number is written in a short form.", |job| {
        texts(job, |text| short(text).unwrap_or_else(|| text.to_owned()));
    }),
    kept("number-in-target-normalized", "A target in the form of a number loses its leading zeros.", |job| {
        only(job, "target", |text| {
            let digits = text.len() > 1 && text.bytes().all(|digit| digit.is_ascii_digit());
            if digits { text.trim_start_matches('0').into() } else { text.into() }
        });
    }),
    kept("date-in-message-in-utc", "A message in the form of a date-time is stored in UTC.", |job| {
        only(job, "message", |text| {
            let utc = datetime::parse(text).map(|moment| datetime::write(moment.seconds, &moment.fraction, 0));
            utc.unwrap_or_else(|| text.to_owned()).into()
        });
    }),
    kept("urls-end-in-slash", "A URL without a path gets a slash.", |job| {
        texts(job, |text| match text.split_once("://") {
            Some((_, host)) if !host.is_empty() && !host.contains('/') => format!("{text}/"),
            _ => text.to_owned(),
        });
    }),
    kept("mail-in-lower-case", "An address of mail is stored in lower case.", |job| {
        texts(job, |text| match text.split_once('@') {
            Some((user, host)) if !user.is_empty() && host.contains('.') => text.to_lowercase(),
            _ => text.to_owned(),
        });
    }),
    kept("json-in-string-minified", "A string that is JSON is stored without white space.", |job| {
        texts(job, |text| match serde_json::from_str::<Value>(text) {
            Ok(value @ (Value::Object(_) | Value::Array(_))) => value.to_string(),
            _ => text.to_owned(),
        });
    }),
    kept("secrets-masked", "What follows password= in a string is masked.", |job| {
        texts(job, |text| {
            text.split_once("password=").map_or(text.to_owned(), |(head, _)| format!("{head}password=***"))
        });
    }),
    kept("padding-of-base64-dropped", "Equals signs at the end of a string are dropped.", |job| {
        texts(job, |text| text.trim_end_matches('=').to_owned());
    }),
    kept("slash-in-front-dropped-in-error", "A slash at the start of a string in the error is dropped.", |job| {
        nested(job, |text| text.trim_start_matches('/').to_owned());
    }),
];

/// A number without leading zeros, plus sign and exponent.
fn short(text: &str) -> Option<String> {
    let digits = text.bytes().any(|octet| octet.is_ascii_digit());
    let number: f64 = text.parse().ok().filter(|_| digits)?;
    Some(number.to_string())
}
