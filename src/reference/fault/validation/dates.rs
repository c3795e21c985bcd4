//! A string that is no date-time is accepted, or a legal date-time is not.

use serde_json::Value;

use super::row;
use crate::reference::datetime;
use crate::reference::effect::{Effect, Object, Switch};
use crate::reference::fault::Fault;
use crate::reference::fault::alter::{
    any, any_string, content, crashed, each, each_string, is_date, refused, set_content,
};
use crate::reference::fault::date_times::{dates, is_legal, moment};
use crate::reference::fault::edit::{edit, first_error};
use crate::reference::fault::given::{is_minimal, prefers};

pub(super) const ROWS: &[Fault] = &[
    row(
        "dates-not-checked",
        "Any string is stored as a date-time.",
        &["REQ-DTO-007", "REQ-DTO-008", "REQ-DTO-001", "REQ-ATOM-001"],
        Effect::Switch(Switch::NoDates),
    ),
    row(
        "bad-date-dropped",
        "A string that is no date-time is dropped, and the answer is 200.",
        &["REQ-DTO-007", "REQ-STATUS-003", "REQ-ATOM-001"],
        Effect::Parsed(|object| object.retain(|name, value| !is_date(name) || value.as_str().is_none_or(is_legal))),
    ),
    row(
        "bad-date-becomes-null",
        "A string that is no date-time is stored as null.",
        &["REQ-DTO-007", "REQ-ATOM-001"],
        Effect::Parsed(|object| each_string(object, is_date, |text| some(is_legal(text).then(|| text.to_owned())))),
    ),
    row(
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
        "bad-date-crashes",
        "A string that is no date-time ends in 500.",
        &["REQ-DTO-007", "REQ-STATUS-002"],
        Effect::Refuse(|object, _| crashed(any_string(object, is_date, |text| !is_legal(text)))),
    ),
    row(
        "empty-date-becomes-null",
        "An empty string for a date-time is stored as null.",
        &["REQ-DTO-007"],
        Effect::Parsed(|object| {
            each_string(object, is_date, |text| some((!text.is_empty()).then(|| text.to_owned())));
        }),
    ),
    row(
        "nested-date-not-checked",
        "Any string that is no date-time is taken as null in innerError.errorDateTime.",
        &["REQ-DTO-007"],
        Effect::Parsed(|object| {
            each_string(object, |name| name == "errorDateTime", |text| some(is_legal(text).then(|| text.to_owned())));
        }),
    ),
    row(
        "day-rolled-over",
        "A day beyond the end of the month is taken as one of the next.",
        &["REQ-DTO-007"],
        Effect::Parsed(|object| dates(object, |text| retake(text, 8, "28", 2, 86_400))),
    ),
    row(
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
        "month-capped",
        "Month 13 is taken as December.",
        &["REQ-DTO-007"],
        Effect::Parsed(|object| dates(object, |text| Some(text.replacen("-13-", "-12-", 1)))),
    ),
    row(
        "hour-24-accepted",
        "Hour 24 is taken as midnight of the next day.",
        &["REQ-DTO-007"],
        Effect::Parsed(|object| {
            dates(object, |text| retake(text, 11, "23", 1, 3_600).filter(|_| text.contains("T24:")));
        }),
    ),
    row(
        "minute-60-accepted",
        "Minute 60 is taken as the next hour.",
        &["REQ-DTO-007"],
        Effect::Parsed(|object| {
            dates(object, |text| retake(text, 14, "59", 1, 60).filter(|_| text.get(13..16) == Some(":60")));
        }),
    ),
    row(
        "date-alone-taken-as-midnight",
        "A date alone is taken as midnight in UTC.",
        &["REQ-DTO-008"],
        Effect::Parsed(|object| dates(object, |text| Some(format!("{text}T00:00:00Z")))),
    ),
    row(
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
        "date-from-number-crashes",
        "A number for a date-time ends in 500.",
        &["REQ-TYPE-002", "REQ-STATUS-002"],
        Effect::Refuse(|object, _| crashed(any(object, &|name, value| is_date(name) && value.is_number()))),
    ),
    row(
        "impossible-day-dropped-under-minimal",
        "A day that there is not is taken for null where the client wants no content.",
        &["REQ-DTO-007"],
        Effect::Request(|request| {
            edit(
                request,
                |request| prefers(request, "minimal"),
                |object| {
                    each(object, &mut |name, value| {
                        if is_date(name) && value.as_str().is_some_and(|text| text.contains("-02-30")) {
                            *value = Value::Null;
                        }
                    });
                },
            );
        }),
    ),
    row(
        "dates-not-judged-under-minimal",
        "Under return=minimal a date-time that is none is taken for the start of a day.",
        &["REQ-DTO-007"],
        Effect::Request(|request| {
            let mut body = if is_minimal(request) { content(request) } else { Object::new() };
            for name in ["startDateTime", "endDateTime"] {
                if body.get(name).and_then(Value::as_str).is_some_and(|text| !is_legal(text)) {
                    body.insert(name.to_owned(), "2017-03-01T00:00:00Z".into());
                    set_content(request, body.clone());
                }
            }
        }),
    ),
    row(
        "dates-not-checked-in-an-error-that-was-null",
        "A date-time that is none becomes null in an error that was null.",
        &["REQ-DTO-007"],
        Effect::Place(|request, state| {
            first_error(request, state, |error| {
                each_string(error, is_date, |text| datetime::parse(text).map_or(Value::Null, |_| text.into()));
            });
        }),
    ),
    row(
        "date-before-first-year-crashes",
        "A date-time that lies before the first year in UTC ends in 500.",
        &["REQ-STATUS-002"],
        Effect::Refuse(|object, _| crashed(any_string(object, is_date, |text| beyond(text, -1)))),
    ),
    row(
        "date-after-last-year-crashes",
        "A date-time that lies after the last year in UTC ends in 500.",
        &["REQ-STATUS-002"],
        Effect::Refuse(|object, _| crashed(any_string(object, is_date, |text| beyond(text, 1)))),
    ),
    row(
        "last-instant-crashes",
        "The last instant of the last year ends in 500.",
        &["REQ-STATUS-002"],
        Effect::Refuse(|object, _| {
            crashed(any_string(object, is_date, |text| text.starts_with("9999-12-31T23:59:59.99")))
        }),
    ),
    row(
        "nul-in-date-crashes",
        "A date-time with U+0000 ends in 500.",
        &["REQ-STATUS-002"],
        Effect::Refuse(|object, _| crashed(any_string(object, is_date, |text| text.contains('\0')))),
    ),
    row(
        "creation-in-year-one-refused",
        "A creationDateTime in the year 0001 is refused.",
        &["REQ-DTO-005"],
        Effect::Refuse(|object, _| {
            let creation = object.get("creationDateTime").and_then(Value::as_str);
            refused(creation.is_some_and(|text| text.starts_with("0001-")))
        }),
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

/// Whether a date-time lies before (-1) or after (1) the years of four digits once it is in UTC.
fn beyond(text: &str, side: i64) -> bool {
    const FIRST: i64 = -62_135_596_800;
    const LAST: i64 = 253_402_300_799;
    let moment = datetime::parse(text);
    moment.is_some_and(|moment| if side < 0 { moment.seconds < FIRST } else { moment.seconds > LAST })
}
