//! A date-time is accepted in a form that parsers of many languages take and the grammar does not have.

use serde_json::Value;

use super::row;
use crate::reference::effect::{Effect, Object};
use crate::reference::fault::Fault;
use crate::reference::fault::date_times::{MEANT, dates, is_legal};

pub(super) const ROWS: &[Fault] = &[
    accepted(
        "blanks-around-date-accepted",
        "Blanks around a date-time are cut off.",
        Effect::Parsed(|object| dates(object, |text| Some(text.trim_matches(' ').to_owned()))),
    ),
    accepted(
        "line-feed-behind-date-accepted",
        "A line feed behind a date-time is overlooked.",
        Effect::Parsed(|object| dates(object, |text| Some(text.strip_suffix('\n')?.to_owned()))),
    ),
    accepted(
        "blank-for-t-accepted",
        "A blank between date and time is accepted.",
        Effect::Parsed(|object| dates(object, |text| Some(text.replacen(' ', "T", 1)))),
    ),
    accepted(
        "offset-without-colon-accepted",
        "An offset without a colon is accepted.",
        Effect::Parsed(|object| {
            dates(object, |text| {
                let (head, minutes) = text.split_at_checked(text.len().checked_sub(2)?)?;
                Some(format!("{head}:{minutes}"))
            });
        }),
    ),
    accepted(
        "offset-of-hours-accepted",
        "An offset without minutes is accepted.",
        Effect::Parsed(|object| dates(object, |text| Some(format!("{text}:00")))),
    ),
    accepted(
        "decimal-comma-accepted",
        "A comma before the fraction is accepted.",
        Effect::Parsed(|object| dates(object, |text| Some(text.replacen(',', ".", 1)))),
    ),
    accepted(
        "one-digit-date-accepted",
        "A month and a day of one digit are accepted.",
        Effect::Parsed(|object| dates(object, |text| Some(text.replacen("-1-1T", "-01-01T", 1)))),
    ),
    accepted(
        "one-digit-offset-accepted",
        "An offset whose hour has one digit is accepted.",
        Effect::Parsed(|object| {
            dates(object, |text| {
                let (head, offset) = text.split_at_checked(text.len().checked_sub(5)?)?;
                Some(format!("{head}{}0{}", offset.get(..1)?, offset.get(1..)?))
            });
        }),
    ),
    accepted(
        "one-digit-time-accepted",
        "An hour, a minute and a second of one digit are accepted.",
        Effect::Parsed(|object| dates(object, |text| Some(pad(text)))),
    ),
    accepted(
        "full-width-digits-accepted",
        "Digits of other scripts are accepted.",
        Effect::Parsed(|object| {
            dates(object, |text| {
                let digit = |c: char| char::from_digit(u32::from(c).checked_sub(0xFF10)?, 10);
                Some(text.chars().map(|c| digit(c).unwrap_or(c)).collect())
            });
        }),
    ),
    accepted(
        "http-date-accepted",
        "A date of HTTP is accepted.",
        Effect::Parsed(|object| dates(object, |text| text.ends_with(" GMT").then(|| MEANT.to_owned()))),
    ),
    accepted(
        "compact-date-accepted",
        "A date-time in the basic format of ISO 8601 is accepted.",
        Effect::Parsed(|object| dates(object, |text| (text == "20170101T000000Z").then(|| MEANT.to_owned()))),
    ),
    accepted(
        "milliseconds-form-accepted",
        "The date form of OData 2.0 is accepted.",
        Effect::Parsed(|object| dates(object, |text| text.starts_with("/Date(").then(|| MEANT.to_owned()))),
    ),
    accepted(
        "literal-form-accepted",
        "The literal form of OData 3.0 is accepted.",
        Effect::Parsed(|object| {
            dates(object, |text| Some(text.strip_prefix("datetimeoffset'")?.strip_suffix('\'')?.to_owned()));
        }),
    ),
    accepted(
        "any-separator-accepted",
        "Any character between date and time is accepted.",
        Effect::Parsed(|object| dates(object, |text| Some(text.replacen('_', "T", 1)))),
    ),
    accepted(
        "hour-alone-accepted",
        "An hour without minutes is accepted.",
        Effect::Parsed(|object| dates(object, |text| Some(format!("{}:00Z", text.strip_suffix('Z')?)))),
    ),
    accepted(
        "seconds-of-offset-accepted",
        "An offset with seconds is accepted.",
        Effect::Parsed(|object| dates(object, |text| Some(text.strip_suffix(":30")?.to_owned()))),
    ),
    accepted(
        "year-alone-accepted",
        "A year, or a year and a month, are accepted.",
        Effect::Parsed(|object| {
            dates(object, |text| ["2017", "2017-01"].contains(&text).then(|| MEANT.to_owned()));
        }),
    ),
    accepted(
        "name-of-zone-accepted",
        "The name of a zone behind a date-time is accepted.",
        Effect::Parsed(|object| dates(object, |text| Some(text.split_once('[')?.0.to_owned()))),
    ),
    accepted(
        "seconds-since-1970-accepted",
        "A string of seconds behind an at sign is accepted.",
        Effect::Parsed(|object| dates(object, |text| text.starts_with('@').then(|| MEANT.to_owned()))),
    ),
    accepted(
        "signed-year-accepted",
        "A year with a sign is accepted.",
        Effect::Parsed(|object| dates(object, |text| Some(text.trim_start_matches(['+', '-', '0']).to_owned()))),
    ),
    row(
        "words-of-time-accepted",
        "Words such as today, infinity and Invalid Date are taken for a time.",
        &["REQ-DTO-007"],
        Effect::Parsed(|object| {
            dates(object, |text| {
                let words = ["today", "infinity", "epoch", "Invalid Date", "NaN"];
                (words.contains(&text) || text.trim().is_empty()).then(|| MEANT.to_owned())
            });
        }),
    ),
    row(
        "thirty-first-of-june-accepted",
        "A day 31 of June, September and November is taken for the day after.",
        &["REQ-DTO-007"],
        Effect::Parsed(|object| {
            dates(object, |text| {
                let months = [("-06-31T", "-07-01T"), ("-09-31T", "-10-01T"), ("-11-31T", "-12-01T")];
                months.iter().find_map(|(day, next)| text.contains(day).then(|| text.replace(day, next)))
            });
        }),
    ),
    row(
        "word-now-accepted",
        "The word now is taken for the present time.",
        &["REQ-DTO-007"],
        Effect::Parsed(|object| dates(object, |text| (text == "now").then(|| MEANT.to_owned()))),
    ),
    row(
        "call-of-now-accepted",
        "The call now() is taken for the present time.",
        &["REQ-DTO-007"],
        Effect::Parsed(|object| dates(object, |text| (text == "now()").then(|| MEANT.to_owned()))),
    ),
    row(
        "relative-date-accepted",
        "Words such as tomorrow and +1 day are taken for a time.",
        &["REQ-DTO-007"],
        Effect::Parsed(|object| {
            dates(object, |text| ["tomorrow", "+1 day", "next Monday"].contains(&text).then(|| MEANT.to_owned()));
        }),
    ),
    accepted(
        "blank-for-t-in-creation-accepted",
        "A blank between date and time is accepted in creationDateTime.",
        Effect::Parsed(|object| in_member(object, "creationDateTime", |text| Some(text.replacen(' ', "T", 1)))),
    ),
    accepted(
        "day-behind-month-in-end-accepted",
        "A month, a day and a year are accepted in endDateTime.",
        Effect::Parsed(|object| {
            in_member(object, "endDateTime", |text| text.starts_with("01/01/2017 ").then(|| MEANT.to_owned()));
        }),
    ),
    accepted(
        "name-of-zone-in-creation-accepted",
        "The name of a zone behind a date-time is accepted in creationDateTime.",
        Effect::Parsed(|object| {
            in_member(object, "creationDateTime", |text| Some(text.split_once('[')?.0.to_owned()));
        }),
    ),
    accepted(
        "seconds-since-1970-in-end-accepted",
        "A string of seconds behind an at sign is accepted in endDateTime.",
        Effect::Parsed(|object| {
            in_member(object, "endDateTime", |text| text.starts_with('@').then(|| MEANT.to_owned()));
        }),
    ),
];

/// Puts right the date-time of one property if it is not legal.
fn in_member(object: &mut Object, name: &str, repair: fn(&str) -> Option<String>) {
    let text = object.get(name).and_then(Value::as_str).filter(|text| !is_legal(text));
    if let Some(repaired) = text.and_then(repair).filter(|text| is_legal(text)) {
        object.insert(name.to_owned(), repaired.into());
    }
}

/// A row of a form that the contract only warns about.
const fn accepted(name: &'static str, title: &'static str, apply: Effect) -> Fault {
    row(name, title, &["REQ-DTO-007"], apply).mild()
}

/// A text in which each digit that stands alone before a point, a colon or a letter has a zero before it.
fn pad(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let digit = |at: Option<usize>| at.and_then(|at| letters.get(at)).is_some_and(char::is_ascii_digit);
    let mut fraction = false;
    let mut padded = String::new();
    for (at, letter) in letters.iter().enumerate() {
        fraction = *letter == '.' || fraction && letter.is_ascii_digit();
        if letter.is_ascii_digit() && !fraction && !digit(at.checked_sub(1)) && !digit(Some(at + 1)) {
            padded.push('0');
        }
        padded.push(*letter);
    }
    padded
}
