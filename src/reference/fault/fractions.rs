//! More faults of level [`FaultLevel::Value`](super::FaultLevel::Value): date-times that are shown less exactly, or with another offset.

use super::FaultLevel::Value as Level;
use super::date_times::{of_details, of_error};
use super::{Fault, row};
use crate::reference::datetime;
use crate::reference::effect::Effect;
use crate::reference::picture::rewrite_instants;

pub(super) const ROWS: &[Fault] = &[
    row(
        Level,
        "fraction-padded-in-front",
        "Fractional seconds are filled up to seven digits with zeros in front.",
        &["REQ-DTO-003", "REQ-DTO-009"],
        Effect::Change(|job| {
            rewrite_instants(job, |moment| {
                datetime::write(moment.seconds, &format!("{:0>7}", moment.fraction), moment.offset)
            });
        }),
    )
    .mild(),
    row(
        Level,
        "fraction-of-zeros",
        "Fractional seconds come back as seven zeros.",
        &["REQ-DTO-003"],
        Effect::Change(|job| rewrite_instants(job, |moment| datetime::write(moment.seconds, "0000000", moment.offset))),
    ),
    row(
        Level,
        "fraction-cut-to-microseconds",
        "Fractional seconds are cut to six digits.",
        &["REQ-DTO-003"],
        Effect::Change(|job| {
            rewrite_instants(job, |moment| {
                datetime::write(moment.seconds, &moment.fraction[..moment.fraction.len().min(6)], moment.offset)
            });
        }),
    ),
    row(
        Level,
        "fraction-cut-to-milliseconds",
        "Fractional seconds are cut to three digits.",
        &["REQ-DTO-003"],
        Effect::Change(|job| {
            rewrite_instants(job, |moment| {
                datetime::write(moment.seconds, &moment.fraction[..moment.fraction.len().min(3)], moment.offset)
            });
        }),
    ),
    row(
        Level,
        "fraction-of-error-lost",
        "The fractional seconds of errorDateTime are lost.",
        &["REQ-DTO-003"],
        Effect::Change(|job| of_error(job, |moment| datetime::write(moment.seconds, "", moment.offset))),
    ),
    row(
        Level,
        "last-digit-of-fraction-off",
        "The seventh fractional digit is off by one.",
        &["REQ-DTO-003"],
        Effect::Change(|job| {
            rewrite_instants(job, |moment| {
                let digits: u32 =
                    format!("{:0<7}", &moment.fraction[..moment.fraction.len().min(7)]).parse().unwrap_or(0);
                datetime::write(moment.seconds, &format!("{:07}", digits ^ 1), moment.offset)
            });
        }),
    ),
    row(
        Level,
        "other-offset-shown",
        "Date-times are shown with the offset +01:00, whatever was sent.",
        &["REQ-DTO-004"],
        Effect::Shown(|job, _, _| {
            rewrite_instants(job, |moment| datetime::write(moment.seconds, &moment.fraction, 60));
        }),
    ),
    row(
        Level,
        "other-offset-of-error-shown",
        "The errorDateTime is shown with the offset -08:00, whatever was sent.",
        &["REQ-DTO-004"],
        Effect::Shown(|job, _, _| of_error(job, |moment| datetime::write(moment.seconds, &moment.fraction, -480))),
    ),
    row(
        Level,
        "offset-kept-east-only",
        "An offset west of UTC is shown as +01:00.",
        &["REQ-DTO-004"],
        Effect::Shown(|job, _, _| {
            rewrite_instants(job, |moment| {
                datetime::write(moment.seconds, &moment.fraction, if moment.offset < 0 { 60 } else { moment.offset })
            });
        }),
    ),
    row(
        Level,
        "fraction-rounds-up-without-carry",
        "A fraction of more than seven digits that rounds up to a second becomes zero, and the second stays.",
        &["REQ-DTO-003"],
        Effect::Change(|job| {
            rewrite_instants(job, |moment| {
                let carried = moment.fraction.len() > 7 && moment.fraction.starts_with("9999999");
                let fraction = if carried { "0000000" } else { &moment.fraction };
                datetime::write(moment.seconds, fraction, moment.offset)
            });
        }),
    )
    .mild(),
    row(
        Level,
        "offset-of-details-changed",
        "A date-time in details is shown with the offset -08:00, whatever was sent.",
        &["REQ-DTO-004"],
        Effect::Shown(|job, _, _| {
            of_details(job, |moment| datetime::write(moment.seconds, &moment.fraction, -480));
        }),
    )
    .mild(),
    row(
        Level,
        "lower-case-in-details",
        "A date-time in details is shown with a lower-case t.",
        &["REQ-DTO-001"],
        Effect::Shown(|job, _, _| {
            of_details(job, |moment| {
                datetime::write(moment.seconds, &moment.fraction, moment.offset).replace('T', "t")
            });
        }),
    )
    .mild(),
];
