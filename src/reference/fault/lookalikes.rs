//! More faults of level [`FaultLevel::Value`](super::FaultLevel::Value): single characters and marks of strings that
//! are lost, and strings that are taken for something else in one member only.

use serde_json::Value;

use super::FaultLevel::Value as Level;
use super::rewrite::{in_elements, nested, only, texts};
use super::{Fault, row};
use crate::reference::datetime;
use crate::reference::effect::{Effect, Object};

pub(super) const ROWS: &[Fault] = &[
    kept("lone-carriage-return-becomes-line-feed", "A carriage return without a line feed becomes one.", |job| {
        texts(job, |text| text.replace("\r\n", "\0").replace('\r', "\n").replace('\0', "\r\n"));
    }),
    kept("replacement-character-becomes-question-mark", "U+FFFD in a string becomes a question mark.", |job| {
        texts(job, |text| text.replace('\u{fffd}', "?"));
    }),
    kept("kelvin-sign-becomes-letter", "The sign of the kelvin becomes the letter K.", |job| {
        texts(job, |text| text.replace('\u{212a}', "K"));
    }),
    kept("angstrom-sign-becomes-letter", "The sign of the ångström becomes the letter Å.", |job| {
        texts(job, |text| text.replace('\u{212b}', "\u{c5}"));
    }),
    kept("ellipsis-becomes-dots", "An ellipsis becomes three dots.", |job| {
        texts(job, |text| text.replace('\u{2026}', "..."));
    }),
    kept("curly-quotes-straightened", "Curly quotes in the error become straight ones.", |job| {
        nested(job, |text| text.replace(['\u{2018}', '\u{2019}'], "'").replace(['\u{201c}', '\u{201d}'], "\""));
    }),
    kept("paragraph-separator-dropped", "U+2029 in the error is dropped.", |job| {
        nested(job, |text| text.replace('\u{2029}', ""));
    }),
    kept("braces-filled", "What stands in double braces is taken for a placeholder and dropped.", |job| {
        texts(job, |text| without(text, "{{", "}}"));
    }),
    kept("dollar-braces-filled", "What stands in braces behind a dollar in the error is dropped.", |job| {
        nested(job, |text| without(text, "${", "}"));
    }),
    kept("percent-signs-halved", "Two percent signs become one.", |job| texts(job, |text| text.replace("%%", "%"))),
    kept("percent-s-filled", "A %s in the error is taken for a placeholder and dropped.", |job| {
        nested(job, |text| text.replace("%s", ""));
    }),
    kept("quotes-of-target-doubled", "A single quote in a target is doubled.", |job| {
        only(job, "target", |text| text.replace('\'', "''").into());
    }),
    kept("backslashes-of-tenant-dropped", "The backslashes of tenantId are dropped.", |job| {
        only(job, "tenantId", |text| text.replace('\\', "").into());
    }),
    kept("controls-of-target-dropped", "The control characters of a target are dropped.", |job| {
        only(job, "target", |text| text.replace(|letter| letter < ' ', "").into());
    }),
    kept("nul-of-message-dropped", "U+0000 in a message is dropped.", |job| {
        only(job, "message", |text| text.replace('\0', "").into());
    }),
    kept("tenant-guid-in-lower-case", "A tenantId in the form of a GUID is stored in lower case.", |job| {
        only(job, "tenantId", guid);
    }),
    kept("activity-guid-in-lower-case", "An activityId in the form of a GUID is stored in lower case.", |job| {
        only(job, "activityId", guid);
    }),
    kept("date-in-message-in-utc", "A message in the form of a date-time is stored in UTC.", |job| {
        only(job, "message", |text| {
            let utc = datetime::parse(text).map(|moment| datetime::write(moment.seconds, &moment.fraction, 0));
            utc.unwrap_or_else(|| text.to_owned()).into()
        });
    }),
    kept("number-in-target-normalized", "A target in the form of a number loses its leading zeros.", |job| {
        only(job, "target", |text| {
            let digits = text.len() > 1 && text.bytes().all(|digit| digit.is_ascii_digit());
            if digits { text.trim_start_matches('0').into() } else { text.into() }
        });
    }),
    kept("text-null-of-element-becomes-null", "The text null in an element of details becomes null.", |job| {
        in_elements(job, |_, value| value == "null");
    }),
    kept("empty-request-id-of-element-becomes-null", "An empty clientRequestId of an element becomes null.", |job| {
        in_elements(job, |name, value| name == "clientRequestId" && value == "");
    }),
];

/// A row about a string that is not kept.
pub(super) const fn kept(name: &'static str, title: &'static str, change: fn(&mut Object)) -> Fault {
    row(Level, name, title, &["REQ-TYPE-003"], Effect::Change(change))
}

fn guid(text: &str) -> Value {
    uuid::Uuid::try_parse(text).map_or_else(|_| text.to_owned(), |_| text.to_lowercase()).into()
}

/// A text without what stands between two marks, and without the marks.
fn without(text: &str, open: &str, close: &str) -> String {
    let Some((before, rest)) = text.split_once(open) else { return text.to_owned() };
    match rest.split_once(close) {
        Some((_, after)) => format!("{before}{}", without(after, open, close)),
        None => text.to_owned(),
    }
}
