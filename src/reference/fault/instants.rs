//! More faults of level [`FaultLevel::Value`](super::FaultLevel::Value): date-times that are shown at another instant.

use super::FaultLevel::Value as Level;
use super::date_times::{local, of_error, one, text};
use super::{Fault, row};
use crate::reference::datetime;
use crate::reference::effect::Effect;
use crate::reference::picture::rewrite_instants;

pub(super) const ROWS: &[Fault] = &[
    row(
        Level,
        "offset-replaced-by-zulu",
        "The offset becomes Z and the digits stay.",
        &["REQ-DTO-002", "REQ-RESP-003"],
        Effect::Shown(|job, _, _| rewrite_instants(job, |moment| local(&moment) + "Z")),
    ),
    row(
        Level,
        "digits-in-utc-with-old-offset",
        "The digits are in UTC, but the offset stays.",
        &["REQ-DTO-002", "REQ-RESP-003"],
        Effect::Change(|job| {
            rewrite_instants(job, |moment| {
                datetime::write(moment.seconds - moment.offset * 60, &moment.fraction, moment.offset)
            });
        }),
    ),
    row(
        Level,
        "offset-added-instead-of-subtracted",
        "In UTC date-times are off by twice the offset.",
        &["REQ-DTO-002", "REQ-RESP-003"],
        Effect::Change(|job| {
            rewrite_instants(job, |moment| {
                datetime::write(moment.seconds + 2 * moment.offset * 60, &moment.fraction, 0)
            });
        }),
    ),
    row(
        Level,
        "negative-offset-taken-as-positive",
        "An offset west of UTC is taken as one east of it.",
        &["REQ-DTO-002", "REQ-RESP-003"],
        Effect::Change(|job| {
            rewrite_instants(job, |moment| {
                let gap = if moment.offset < 0 { 2 * moment.offset * 60 } else { 0 };
                datetime::write(moment.seconds + gap, &moment.fraction, moment.offset.abs())
            });
        }),
    ),
    row(
        Level,
        "minutes-of-offset-lost",
        "The minutes of an offset are lost.",
        &["REQ-DTO-002", "REQ-RESP-003"],
        Effect::Change(|job| {
            rewrite_instants(job, |moment| {
                let rest = moment.offset % 60;
                datetime::write(moment.seconds + rest * 60, &moment.fraction, moment.offset - rest)
            });
        }),
    ),
    row(
        Level,
        "offset-capped-at-twelve-hours",
        "An offset of more than twelve hours is taken as twelve.",
        &["REQ-DTO-002", "REQ-RESP-003"],
        Effect::Change(|job| {
            rewrite_instants(job, |moment| {
                let capped = moment.offset.clamp(-720, 720);
                datetime::write(moment.seconds + (moment.offset - capped) * 60, &moment.fraction, capped)
            });
        }),
    ),
    row(
        Level,
        "summer-time-applied",
        "From April to September date-times are off by an hour.",
        &["REQ-DTO-002", "REQ-RESP-003"],
        Effect::Change(|job| {
            rewrite_instants(job, |moment| {
                let month: u32 = text(&moment)[5..7].parse().unwrap_or(1);
                let gap = if (4..=9).contains(&month) { 3600 } else { 0 };
                datetime::write(moment.seconds - gap, &moment.fraction, moment.offset)
            });
        }),
    ),
    row(
        Level,
        "instants-a-second-late",
        "Date-times come back a second later.",
        &["REQ-DTO-002", "REQ-RESP-003"],
        Effect::Change(|job| {
            rewrite_instants(job, |moment| datetime::write(moment.seconds + 1, &moment.fraction, moment.offset));
        }),
    ),
    row(
        Level,
        "seconds-lost",
        "Date-times are cut to minutes.",
        &["REQ-DTO-002", "REQ-RESP-003"],
        Effect::Change(|job| {
            rewrite_instants(job, |moment| {
                datetime::write(moment.seconds - moment.seconds.rem_euclid(60), "", moment.offset)
            });
        }),
    ),
    row(
        Level,
        "time-of-day-lost",
        "Date-times are cut to days.",
        &["REQ-DTO-002", "REQ-RESP-003"],
        Effect::Change(|job| rewrite_instants(job, |moment| format!("{}T00:00:00Z", &text(&moment)[..10]))),
    ),
    row(
        Level,
        "day-and-month-swapped",
        "Day and month change places where both are possible.",
        &["REQ-DTO-002", "REQ-RESP-003"],
        Effect::Change(|job| {
            rewrite_instants(job, |moment| {
                let text = text(&moment);
                let swapped = format!("{}{}-{}{}", &text[..5], &text[8..10], &text[5..7], &text[10..]);
                if datetime::parse(&swapped).is_some() { swapped } else { text }
            });
        }),
    ),
    row(
        Level,
        "dates-before-1970-lost",
        "A date-time before 1970 is stored as the first instant of 1970.",
        &["REQ-DTO-002", "REQ-RESP-003"],
        Effect::Change(|job| {
            rewrite_instants(job, |moment| {
                datetime::write(
                    moment.seconds.max(0),
                    if moment.seconds < 0 { "" } else { &moment.fraction },
                    moment.offset,
                )
            });
        }),
    ),
    row(
        Level,
        "dates-after-2038-wrap",
        "Seconds since 1970 are kept in 32 bits.",
        &["REQ-DTO-002", "REQ-RESP-003"],
        Effect::Change(|job| {
            rewrite_instants(job, |moment| {
                let span = 1_i64 << 32;
                let wrapped = (moment.seconds + span / 2).rem_euclid(span) - span / 2;
                datetime::write(wrapped, &moment.fraction, moment.offset)
            });
        }),
    ),
    row(
        Level,
        "leap-day-moved",
        "A 29th of February is stored as the 1st of March.",
        &["REQ-DTO-002", "REQ-RESP-003"],
        Effect::Change(|job| rewrite_instants(job, |moment| text(&moment).replacen("-02-29T", "-03-01T", 1))),
    ),
    row(
        Level,
        "year-of-two-digits",
        "Years are kept with two digits.",
        &["REQ-DTO-002", "REQ-RESP-003"],
        Effect::Change(|job| rewrite_instants(job, |moment| format!("20{}", &text(&moment)[2..]))),
    ),
    row(
        Level,
        "future-becomes-now",
        "A date-time in the future is stored as the present time.",
        &["REQ-DTO-002", "REQ-RESP-003"],
        Effect::Change(|job| {
            rewrite_instants(job, |moment| {
                let now = datetime::parse(&crate::reference::respond::now()).map_or(0, |now| now.seconds);
                datetime::write(moment.seconds.min(now), &moment.fraction, moment.offset)
            });
        }),
    ),
    row(
        Level,
        "creation-time-is-now",
        "An update of creationDateTime sets it to the present time.",
        &["REQ-DTO-002", "REQ-RESP-003"],
        Effect::Change(|job| one(job, "creationDateTime", |_| crate::reference::respond::now())),
    ),
    row(
        Level,
        "creation-time-never-changes",
        "A creationDateTime is accepted and left as it is.",
        &["REQ-RESP-003", "REQ-STATUS-003", "REQ-DTO-002"],
        Effect::Change(|job| drop(job.shift_remove("creationDateTime"))),
    ),
    row(
        Level,
        "time-of-error-in-utc-with-old-digits",
        "The offset of errorDateTime becomes Z and the digits stay.",
        &["REQ-DTO-002", "REQ-ERR-001", "REQ-RESP-003"],
        Effect::Change(|job| of_error(job, |moment| local(&moment) + "Z")),
    ),
    row(
        Level,
        "start-an-hour-late",
        "The startDateTime comes back an hour later.",
        &["REQ-DTO-002", "REQ-RESP-003"],
        Effect::Change(|job| {
            one(job, "startDateTime", |moment| datetime::write(moment.seconds + 3600, &moment.fraction, moment.offset));
        }),
    ),
    row(
        Level,
        "instants-wrong-on-one-path",
        "In evaluateLabelJobs the offset becomes Z and the digits stay.",
        &["REQ-DTO-002", "REQ-RESP-003"],
        Effect::Shown(|job, _, request| {
            if request.goes_to("evaluateLabelJobs") {
                rewrite_instants(job, |moment| local(&moment) + "Z");
            }
        }),
    ),
];
