//! The fraction of a date-time is shown less exactly.

use super::row;
use crate::reference::datetime;
use crate::reference::effect::Effect;
use crate::reference::fault::Fault;
use crate::reference::fault::date_times::of_error;
use crate::reference::picture::rewrite_instants;

pub(super) const ROWS: &[Fault] = &[
    row(
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
        "fraction-of-zeros",
        "Fractional seconds come back as seven zeros.",
        &["REQ-DTO-003"],
        Effect::Change(|job| rewrite_instants(job, |moment| datetime::write(moment.seconds, "0000000", moment.offset))),
    ),
    row(
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
        "fraction-of-error-lost",
        "The fractional seconds of errorDateTime are lost.",
        &["REQ-DTO-003"],
        Effect::Change(|job| of_error(job, |moment| datetime::write(moment.seconds, "", moment.offset))),
    ),
    row(
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
        "fraction-mirrored-before-1970",
        "Of a date-time before 1970 the fraction is taken from a second.",
        &["REQ-DTO-003"],
        Effect::Change(|job| {
            rewrite_instants(job, |moment| {
                let digits = u32::try_from(moment.fraction.len()).unwrap_or_default().min(12);
                let value: u64 = moment.fraction.parse().unwrap_or_default();
                let mirrored = 10_u64.pow(digits).saturating_sub(value);
                let before = moment.seconds < 0 && value > 0;
                let fraction =
                    if before { format!("{mirrored:0>width$}", width = digits as usize) } else { moment.fraction };
                datetime::write(moment.seconds, &fraction, moment.offset)
            });
        }),
    )
    .mild(),
];
