//! A date-time is refused for its fraction, or for having none.

use super::row;
use crate::reference::effect::Effect;
use crate::reference::fault::Fault;
use crate::reference::fault::alter::{any_string, crashed, is_date, refused};
use crate::reference::fault::date_times::moment;

pub(super) const ROWS: &[Fault] = &[
    row(
        "fraction-required",
        "A date-time without a fraction is refused.",
        &["REQ-DTO-009"],
        Effect::Refuse(|object, _| refused(any_string(object, is_date, |text| has_fraction(text, 0..=0)))),
    ),
    row(
        "one-digit-fraction-refused",
        "A fraction of one digit is refused.",
        &["REQ-DTO-009"],
        Effect::Refuse(|object, _| refused(any_string(object, is_date, |text| has_fraction(text, 1..=1)))),
    ),
    row(
        "millisecond-fraction-refused",
        "A fraction of three digits is refused.",
        &["REQ-DTO-009"],
        Effect::Refuse(|object, _| refused(any_string(object, is_date, |text| has_fraction(text, 3..=3)))),
    ),
    row(
        "microsecond-fraction-refused",
        "A fraction of six digits is refused.",
        &["REQ-DTO-009"],
        Effect::Refuse(|object, _| refused(any_string(object, is_date, |text| has_fraction(text, 6..=6)))),
    ),
    row(
        "seven-digit-fraction-refused",
        "A fraction of seven digits is refused.",
        &["REQ-DTO-009", "REQ-BODY-001", "REQ-DTO-003"],
        Effect::Refuse(|object, _| refused(any_string(object, is_date, |text| has_fraction(text, 7..=7)))),
    ),
    row(
        "long-fraction-crashes",
        "A fraction of more than three digits ends in 500.",
        &["REQ-DTO-009", "REQ-BODY-001", "REQ-STATUS-002"],
        Effect::Refuse(|object, _| crashed(any_string(object, is_date, |text| has_fraction(text, 4..=12)))),
    ),
];

fn has_fraction(text: &str, digits: std::ops::RangeInclusive<usize>) -> bool {
    moment(text).is_some_and(|moment| digits.contains(&moment.fraction.len()))
}
