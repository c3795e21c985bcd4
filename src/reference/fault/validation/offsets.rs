//! The offset of a date-time is refused, missed, rounded or not missed.

use super::row;
use crate::reference::datetime;
use crate::reference::effect::{Effect, Switch};
use crate::reference::fault::Fault;
use crate::reference::fault::alter::{any_string, crashed, is_date, refused};
use crate::reference::fault::date_times::{dates, is_legal, moment};
use crate::reference::picture::rewrite_instants;

pub(super) const ROWS: &[Fault] = &[
    row(
        "minus-zero-refused",
        "The offset -00:00 is refused.",
        &["REQ-DTO-005"],
        Effect::Refuse(|object, _| refused(any_string(object, is_date, |text| text.ends_with("-00:00")))),
    ),
    row(
        "offset-of-24-hours-accepted",
        "An offset of 24 hours is taken for none.",
        &["REQ-DTO-007"],
        Effect::Parsed(|object| dates(object, |text| Some(format!("{}Z", text.strip_suffix("+24:00")?)))),
    ),
    row(
        "date-without-offset-crashes",
        "A date-time without an offset ends in 500.",
        &["REQ-DTO-008", "REQ-STATUS-002"],
        Effect::Refuse(|object, _| crashed(any_string(object, is_date, is_local))),
    ),
    row(
        "date-without-offset-taken-as-utc",
        "A date-time without an offset is taken as UTC.",
        &["REQ-DTO-008"],
        Effect::Parsed(|object| dates(object, |text| is_local(text).then(|| format!("{text}Z")))),
    ),
    row(
        "date-without-offset-kept",
        "A date-time without an offset is stored and shown as it is.",
        &["REQ-DTO-008", "REQ-DTO-001"],
        Effect::Several(&[
            Effect::Refuse(|object, _| refused(any_string(object, is_date, |text| !is_legal(text) && !is_local(text)))),
            Effect::Switch(Switch::NoDates),
        ]),
    ),
    row(
        "east-end-refused",
        "The offset +14:00 is refused.",
        &["REQ-DTO-005"],
        Effect::Refuse(|object, _| refused(any_string(object, is_date, |text| text.ends_with("+14:00")))),
    ),
    row(
        "summer-time-of-chatham-refused",
        "The offset +13:45 is refused.",
        &["REQ-DTO-005"],
        Effect::Refuse(|object, _| refused(any_string(object, is_date, |text| text.ends_with("+13:45")))),
    ),
    row(
        "west-end-refused",
        "The offset -14:00 is refused.",
        &["REQ-DTO-005"],
        Effect::Refuse(|object, _| refused(any_string(object, is_date, |text| text.ends_with("-14:00")))),
    ),
    row(
        "zulu-refused",
        "A date-time that ends in Z is refused.",
        &["REQ-DTO-005"],
        Effect::Refuse(|object, _| refused(any_string(object, is_date, |text| text.ends_with('Z')))),
    ),
    row(
        "numeric-offset-refused",
        "A date-time with a numeric offset is refused.",
        &["REQ-DTO-005", "REQ-BODY-001", "REQ-PATH-001"],
        Effect::Refuse(|object, _| refused(any_string(object, is_date, |text| !text.ends_with(['Z', 'z'])))),
    ),
    row(
        "negative-offset-refused",
        "A date-time with an offset west of UTC is refused.",
        &["REQ-DTO-005", "REQ-DTO-002"],
        Effect::Refuse(|object, _| {
            refused(any_string(object, is_date, |text| text.get(10..).is_some_and(|time| time.contains('-'))))
        }),
    ),
    row(
        "quarter-hour-offset-refused",
        "An offset that is not of whole hours is refused.",
        &["REQ-DTO-005"],
        Effect::Refuse(|object, _| {
            refused(any_string(object, is_date, |text| moment(text).is_some_and(|moment| moment.offset % 60 != 0)))
        }),
    ),
    row(
        "quarter-hour-offset-crashes",
        "An offset that is not of whole hours ends in 500.",
        &["REQ-DTO-005", "REQ-STATUS-002"],
        Effect::Refuse(|object, _| {
            crashed(any_string(object, is_date, |text| moment(text).is_some_and(|moment| moment.offset % 60 != 0)))
        }),
    ),
    row(
        "odd-minute-offset-refused",
        "An offset that is not of whole quarters of an hour is refused.",
        &["REQ-DTO-005"],
        Effect::Refuse(|object, _| {
            refused(any_string(object, is_date, |text| moment(text).is_some_and(|moment| moment.offset % 15 != 0)))
        }),
    ),
    row(
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
];

/// Whether only the offset is missing.
fn is_local(text: &str) -> bool {
    !is_legal(text) && text.contains(['T', 't']) && is_legal(&format!("{text}Z"))
}
