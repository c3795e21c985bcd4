//! More faults of level [`FaultLevel::Value`](super::FaultLevel::Value): strings that mean something to another system, or
//! have characters that few texts have.

use serde_json::Value;

use super::Fault;
use super::lookalikes::kept;
use super::rewrite::{nested, texts};
use crate::reference::effect::Object;
use crate::reference::picture::each_text;

pub(super) const ROWS: &[Fault] = &[
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
    kept("urls-end-in-slash", "A URL without a path gets a slash.", |job| {
        texts(job, |text| match text.split_once("://") {
            Some((_, host)) if !host.is_empty() && !host.contains('/') => format!("{text}/"),
            _ => text.to_owned(),
        });
    }),
    kept("long-strings-of-error-cut", "A string of the error is cut at 1000 characters.", |job| {
        nested(job, |text| text.chars().take(1000).collect());
    }),
    kept("long-strings-of-error-cut-at-4000", "A string of the error is cut at 4000 characters.", |job| {
        nested(job, |text| text.chars().take(4000).collect());
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
    kept("private-characters-dropped", "Characters for private use are dropped.", |job| {
        without(job, |letter| ('\u{e000}'..='\u{f8ff}').contains(&letter));
    }),
    kept("last-planes-dropped", "Characters of the last two planes are dropped.", |job| {
        without(job, |letter| letter >= '\u{f0000}');
    }),
    kept("tag-characters-dropped", "Tag characters, as in flags of regions, are dropped.", |job| {
        without(job, |letter| ('\u{e0020}'..='\u{e007f}').contains(&letter));
    }),
    kept("soft-hyphens-dropped", "Soft hyphens are dropped.", |job| without(job, |letter| letter == '\u{ad}')),
    kept("stacked-marks-dropped", "Of several marks over a letter the first one is kept.", |job| {
        texts(job, |text| {
            let mark = |letter: char| ('\u{300}'..='\u{36f}').contains(&letter);
            let mut last = false;
            text.chars().filter(|&letter| !(std::mem::replace(&mut last, mark(letter)) && mark(letter))).collect()
        });
    }),
    kept("noncharacters-replaced", "Noncharacters of Unicode become U+FFFD.", |job| {
        texts(job, |text| {
            let none =
                |letter: char| u32::from(letter) & 0xFFFE == 0xFFFE || ('\u{fdd0}'..='\u{fdef}').contains(&letter);
            text.chars().map(|letter| if none(letter) { '\u{fffd}' } else { letter }).collect()
        });
    }),
];

/// A number without leading zeros, plus sign and exponent.
fn short(text: &str) -> Option<String> {
    let digits = text.bytes().any(|octet| octet.is_ascii_digit());
    let number: f64 = text.parse().ok().filter(|_| digits)?;
    Some(number.to_string())
}

/// Drops characters from all strings.
fn without(job: &mut Object, which: fn(char) -> bool) {
    crate::reference::picture::each_object(job, &mut |object| {
        for value in object.values_mut() {
            if let Value::String(text) = value {
                text.retain(|letter| !which(letter));
            }
        }
    });
}
