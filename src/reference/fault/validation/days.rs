//! A table of the lengths of months is wrong for one of them.

use super::row;
use crate::reference::effect::Effect;
use crate::reference::fault::Fault;
use crate::reference::fault::alter::{any_string, is_date, refused};
use crate::reference::fault::date_times::{dates, is_legal};

pub(super) const ROWS: &[Fault] = &[
    row(
        "september-ends-a-day-early",
        "The 30th of September is refused.",
        &["REQ-DTO-005"],
        Effect::Refuse(|object, _| refused(any_string(object, is_date, |text| text.contains("-09-30T")))),
    ),
    row(
        "july-ends-a-day-early",
        "The 31st of July is refused.",
        &["REQ-DTO-005"],
        Effect::Refuse(|object, _| refused(any_string(object, is_date, |text| text.contains("-07-31T")))),
    ),
    row(
        "february-has-30-days",
        "The 30th of February of a leap year is taken as the 1st of March.",
        &["REQ-DTO-007"],
        Effect::Parsed(|object| dates(object, |text| leap(text).then(|| text.replacen("-02-30T", "-03-01T", 1)))),
    ),
    row(
        "june-ends-a-day-late",
        "The 31st of June is taken as the 1st of July.",
        &["REQ-DTO-007"],
        Effect::Parsed(|object| dates(object, |text| Some(text.replacen("-06-31T", "-07-01T", 1)))),
    ),
];

/// Whether the year of a date has a 29th of February.
fn leap(text: &str) -> bool {
    text.get(..4).is_some_and(|year| is_legal(&format!("{year}-02-29T00:00Z")))
}
