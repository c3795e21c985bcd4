//! More faults of level [`FaultLevel::Validation`](super::FaultLevel::Validation): date-times.

use serde_json::Value;

use super::FaultLevel::Validation;
use super::alter::{any, any_string, crashed, each, each_string, is_date, refused};
use super::date_times::{dates, is_legal, moment};
use super::{Fault, row};
use crate::reference::datetime;
use crate::reference::effect::{Effect, Object, Switch};

pub(super) const ROWS: &[Fault] = &[
    row(
        Validation,
        "dates-not-checked",
        "Any string is stored as a date-time.",
        &["REQ-DTO-007", "REQ-DTO-008", "REQ-DTO-001", "REQ-ATOM-001"],
        Effect::Switch(Switch::NoDates),
    ),
    row(
        Validation,
        "bad-date-dropped",
        "A string that is no date-time is dropped, and the answer is 200.",
        &["REQ-DTO-007", "REQ-STATUS-003", "REQ-ATOM-001"],
        Effect::Parsed(|object| object.retain(|name, value| !is_date(name) || value.as_str().is_none_or(is_legal))),
    ),
    row(
        Validation,
        "bad-date-becomes-null",
        "A string that is no date-time is stored as null.",
        &["REQ-DTO-007", "REQ-ATOM-001"],
        Effect::Parsed(|object| each_string(object, is_date, |text| some(is_legal(text).then(|| text.to_owned())))),
    ),
    row(
        Validation,
        "bad-date-becomes-now",
        "A string that is no date-time is stored as the present time.",
        &["REQ-DTO-007", "REQ-ATOM-001"],
        Effect::Parsed(|object| {
            each_string(object, is_date, |text| {
                if is_legal(text) { text.into() } else { crate::reference::respond::now().into() }
            });
        }),
    ),
    row(
        Validation,
        "bad-date-crashes",
        "A string that is no date-time ends in 500.",
        &["REQ-DTO-007", "REQ-STATUS-002"],
        Effect::Refuse(|object, _| crashed(any_string(object, is_date, |text| !is_legal(text)))),
    ),
    row(
        Validation,
        "empty-date-becomes-null",
        "An empty string for a date-time is stored as null.",
        &["REQ-DTO-007"],
        Effect::Parsed(|object| {
            each_string(object, is_date, |text| some((!text.is_empty()).then(|| text.to_owned())));
        }),
    ),
    row(
        Validation,
        "nested-date-not-checked",
        "Any string that is no date-time is taken as null in innerError.errorDateTime.",
        &["REQ-DTO-007"],
        Effect::Parsed(|object| {
            each_string(object, |name| name == "errorDateTime", |text| some(is_legal(text).then(|| text.to_owned())));
        }),
    ),
    row(
        Validation,
        "day-rolled-over",
        "A day beyond the end of the month is taken as one of the next.",
        &["REQ-DTO-007"],
        Effect::Parsed(|object| dates(object, |text| retake(text, 8, "28", 2, 86_400))),
    ),
    row(
        Validation,
        "month-rolled-over",
        "Month 13 is taken as January of the next year.",
        &["REQ-DTO-007"],
        Effect::Parsed(|object| {
            dates(object, |text| {
                let year: u32 = text.get(..4)?.parse().ok()?;
                let rest = text.get(4..)?.strip_prefix("-13")?;
                Some(format!("{:04}-01{rest}", year + 1))
            });
        }),
    ),
    row(
        Validation,
        "month-capped",
        "Month 13 is taken as December.",
        &["REQ-DTO-007"],
        Effect::Parsed(|object| dates(object, |text| Some(text.replacen("-13-", "-12-", 1)))),
    ),
    row(
        Validation,
        "hour-24-accepted",
        "Hour 24 is taken as midnight of the next day.",
        &["REQ-DTO-007"],
        Effect::Parsed(|object| {
            dates(object, |text| retake(text, 11, "23", 1, 3_600).filter(|_| text.contains("T24:")));
        }),
    ),
    row(
        Validation,
        "minute-60-accepted",
        "Minute 60 is taken as the next hour.",
        &["REQ-DTO-007"],
        Effect::Parsed(|object| {
            dates(object, |text| retake(text, 14, "59", 1, 60).filter(|_| text.get(13..16) == Some(":60")));
        }),
    ),
    row(
        Validation,
        "date-alone-taken-as-midnight",
        "A date alone is taken as midnight in UTC.",
        &["REQ-DTO-008"],
        Effect::Parsed(|object| dates(object, |text| Some(format!("{text}T00:00:00Z")))),
    ),
    row(
        Validation,
        "minus-zero-refused",
        "The offset -00:00 is refused.",
        &["REQ-DTO-005"],
        Effect::Refuse(|object, _| refused(any_string(object, is_date, |text| text.ends_with("-00:00")))),
    ),
    row(
        Validation,
        "end-before-start-refused",
        "An endDateTime before startDateTime is refused.",
        &["REQ-DTO-006", "REQ-BODY-001", "REQ-PATH-001"],
        Effect::Refuse(|object, _| refused(before(object, "endDateTime", "startDateTime"))),
    ),
    row(
        Validation,
        "end-before-creation-refused",
        "An endDateTime before creationDateTime is refused.",
        &["REQ-DTO-006", "REQ-BODY-001", "REQ-PATH-001"],
        Effect::Refuse(|object, _| refused(before(object, "endDateTime", "creationDateTime"))),
    ),
    row(
        Validation,
        "start-before-creation-refused",
        "A startDateTime before creationDateTime is refused.",
        &["REQ-DTO-006"],
        Effect::Refuse(|object, _| refused(before(object, "startDateTime", "creationDateTime"))),
    ),
    row(
        Validation,
        "end-and-start-swapped",
        "An endDateTime before startDateTime changes places with it.",
        &["REQ-DTO-006", "REQ-RESP-003", "REQ-DTO-002"],
        Effect::Change(|change| {
            if before(change, "endDateTime", "startDateTime")
                && let (Some(end), Some(start)) = (change.remove("endDateTime"), change.remove("startDateTime"))
            {
                change.insert("endDateTime".to_owned(), start);
                change.insert("startDateTime".to_owned(), end);
            }
        }),
    ),
    row(
        Validation,
        "date-from-number",
        "A number for a date-time is taken as seconds since 1970.",
        &["REQ-TYPE-002"],
        Effect::Parsed(|object| {
            each(object, &mut |name, value| {
                if let (true, Some(number)) = (is_date(name), value.as_i64()) {
                    *value = datetime::write(number.clamp(0, 4_000_000_000), "", 0).into();
                }
            });
        }),
    ),
    row(
        Validation,
        "date-from-number-crashes",
        "A number for a date-time ends in 500.",
        &["REQ-TYPE-002", "REQ-STATUS-002"],
        Effect::Refuse(|object, _| crashed(any(object, &|name, value| is_date(name) && value.is_number()))),
    ),
];

fn some(text: Option<String>) -> Value {
    text.map_or(Value::Null, Value::String)
}

/// Puts a legal field of two digits in the place of a wrong one and moves on by so many units.
fn retake(text: &str, at: usize, field: &str, units: i64, seconds: i64) -> Option<String> {
    let legal = format!("{}{field}{}", text.get(..at)?, text.get(at + 2..)?);
    let moment = moment(&legal)?;
    Some(datetime::write(moment.seconds + units * seconds, &moment.fraction, moment.offset))
}

fn before(object: &Object, first: &str, second: &str) -> bool {
    let instant = |name: &str| {
        let moment = moment(object.get(name)?.as_str()?)?;
        Some((moment.seconds, moment.fraction))
    };
    instant(first).zip(instant(second)).is_some_and(|(first, second)| first < second)
}
