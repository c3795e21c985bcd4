//! More faults of level [`FaultLevel::Validation`](super::FaultLevel::Validation): offsets and fractions that are refused, or taken otherwise.

use super::FaultLevel::Validation;
use super::alter::{any_string, crashed, is_date, refused};
use super::date_times::{dates, is_legal, moment};
use super::{Fault, row};
use crate::reference::datetime;
use crate::reference::effect::{Effect, Switch};
use crate::reference::picture::rewrite_instants;

pub(super) const ROWS: &[Fault] = &[
    row(
        Validation,
        "date-without-offset-crashes",
        "A date-time without an offset ends in 500.",
        &["REQ-DTO-008", "REQ-STATUS-002"],
        Effect::Refuse(|object, _| crashed(any_string(object, is_date, is_local))),
    ),
    row(
        Validation,
        "date-without-offset-taken-as-utc",
        "A date-time without an offset is taken as UTC.",
        &["REQ-DTO-008"],
        Effect::Parsed(|object| dates(object, |text| is_local(text).then(|| format!("{text}Z")))),
    ),
    row(
        Validation,
        "date-without-offset-kept",
        "A date-time without an offset is stored and shown as it is.",
        &["REQ-DTO-008", "REQ-DTO-001"],
        Effect::Several(&[
            Effect::Refuse(|object, _| refused(any_string(object, is_date, |text| !is_legal(text) && !is_local(text)))),
            Effect::Switch(Switch::NoDates),
        ]),
    ),
    row(
        Validation,
        "east-end-refused",
        "The offset +14:00 is refused.",
        &["REQ-DTO-005"],
        Effect::Refuse(|object, _| refused(any_string(object, is_date, |text| text.ends_with("+14:00")))),
    ),
    row(
        Validation,
        "summer-time-of-chatham-refused",
        "The offset +13:45 is refused.",
        &["REQ-DTO-005"],
        Effect::Refuse(|object, _| refused(any_string(object, is_date, |text| text.ends_with("+13:45")))),
    ),
    row(
        Validation,
        "west-end-refused",
        "The offset -14:00 is refused.",
        &["REQ-DTO-005"],
        Effect::Refuse(|object, _| refused(any_string(object, is_date, |text| text.ends_with("-14:00")))),
    ),
    row(
        Validation,
        "zulu-refused",
        "A date-time that ends in Z is refused.",
        &["REQ-DTO-005"],
        Effect::Refuse(|object, _| refused(any_string(object, is_date, |text| text.ends_with('Z')))),
    ),
    row(
        Validation,
        "numeric-offset-refused",
        "A date-time with a numeric offset is refused.",
        &["REQ-DTO-005", "REQ-BODY-001", "REQ-PATH-001"],
        Effect::Refuse(|object, _| refused(any_string(object, is_date, |text| !text.ends_with(['Z', 'z'])))),
    ),
    row(
        Validation,
        "negative-offset-refused",
        "A date-time with an offset west of UTC is refused.",
        &["REQ-DTO-005", "REQ-DTO-002"],
        Effect::Refuse(|object, _| {
            refused(any_string(object, is_date, |text| text.get(10..).is_some_and(|time| time.contains('-'))))
        }),
    ),
    row(
        Validation,
        "quarter-hour-offset-refused",
        "An offset that is not of whole hours is refused.",
        &["REQ-DTO-005"],
        Effect::Refuse(|object, _| {
            refused(any_string(object, is_date, |text| moment(text).is_some_and(|moment| moment.offset % 60 != 0)))
        }),
    ),
    row(
        Validation,
        "quarter-hour-offset-crashes",
        "An offset that is not of whole hours ends in 500.",
        &["REQ-DTO-005", "REQ-STATUS-002"],
        Effect::Refuse(|object, _| {
            crashed(any_string(object, is_date, |text| moment(text).is_some_and(|moment| moment.offset % 60 != 0)))
        }),
    ),
    row(
        Validation,
        "odd-minute-offset-refused",
        "An offset that is not of whole quarters of an hour is refused.",
        &["REQ-DTO-005"],
        Effect::Refuse(|object, _| {
            refused(any_string(object, is_date, |text| moment(text).is_some_and(|moment| moment.offset % 15 != 0)))
        }),
    ),
    row(
        Validation,
        "odd-minute-offset-rounded",
        "An offset is rounded down to a quarter of an hour.",
        &["REQ-DTO-002"],
        Effect::Change(|job| {
            rewrite_instants(job, |moment| {
                let rest = moment.offset % 15;
                datetime::write(moment.seconds + rest * 60, &moment.fraction, moment.offset - rest)
            });
        }),
    ),
    row(
        Validation,
        "fraction-required",
        "A date-time without a fraction is refused.",
        &["REQ-DTO-009"],
        Effect::Refuse(|object, _| refused(any_string(object, is_date, |text| has_fraction(text, 0..=0)))),
    ),
    row(
        Validation,
        "one-digit-fraction-refused",
        "A fraction of one digit is refused.",
        &["REQ-DTO-009"],
        Effect::Refuse(|object, _| refused(any_string(object, is_date, |text| has_fraction(text, 1..=1)))),
    ),
    row(
        Validation,
        "millisecond-fraction-refused",
        "A fraction of three digits is refused.",
        &["REQ-DTO-009"],
        Effect::Refuse(|object, _| refused(any_string(object, is_date, |text| has_fraction(text, 3..=3)))),
    ),
    row(
        Validation,
        "microsecond-fraction-refused",
        "A fraction of six digits is refused.",
        &["REQ-DTO-009"],
        Effect::Refuse(|object, _| refused(any_string(object, is_date, |text| has_fraction(text, 6..=6)))),
    ),
    row(
        Validation,
        "seven-digit-fraction-refused",
        "A fraction of seven digits is refused.",
        &["REQ-DTO-009", "REQ-BODY-001", "REQ-DTO-003"],
        Effect::Refuse(|object, _| refused(any_string(object, is_date, |text| has_fraction(text, 7..=7)))),
    ),
    row(
        Validation,
        "long-fraction-crashes",
        "A fraction of more than three digits ends in 500.",
        &["REQ-DTO-009", "REQ-BODY-001", "REQ-STATUS-002"],
        Effect::Refuse(|object, _| crashed(any_string(object, is_date, |text| has_fraction(text, 4..=12)))),
    ),
];

/// Whether only the offset is missing.
fn is_local(text: &str) -> bool {
    !is_legal(text) && text.contains(['T', 't']) && is_legal(&format!("{text}Z"))
}

fn has_fraction(text: &str, digits: std::ops::RangeInclusive<usize>) -> bool {
    moment(text).is_some_and(|moment| digits.contains(&moment.fraction.len()))
}
