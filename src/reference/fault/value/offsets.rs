//! A date-time is shown with another offset than was sent.

use super::row;
use crate::reference::datetime;
use crate::reference::effect::Effect;
use crate::reference::fault::Fault;
use crate::reference::fault::date_times::{of_details, of_error};
use crate::reference::picture::{each_instant, rewrite_instants};

pub(super) const ROWS: &[Fault] = &[
    row(
        "other-offset-shown",
        "Date-times are shown with the offset +01:00, whatever was sent.",
        &["REQ-DTO-004"],
        Effect::Shown(|job, _, _| {
            rewrite_instants(job, |moment| datetime::write(moment.seconds, &moment.fraction, 60));
        }),
    ),
    row(
        "other-offset-of-error-shown",
        "The errorDateTime is shown with the offset -08:00, whatever was sent.",
        &["REQ-DTO-004"],
        Effect::Shown(|job, _, _| of_error(job, |moment| datetime::write(moment.seconds, &moment.fraction, -480))),
    ),
    row(
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
        "offset-of-details-changed",
        "A date-time in details is shown with the offset -08:00, whatever was sent.",
        &["REQ-DTO-004"],
        Effect::Shown(|job, _, _| {
            of_details(job, |moment| datetime::write(moment.seconds, &moment.fraction, -480));
        }),
    )
    .mild(),
    row(
        "summer-time-added-to-the-offset",
        "A date-time with the offset +01:00 from April to September is shown with +02:00.",
        &["REQ-DTO-002"],
        Effect::Change(|job| {
            each_instant(job, |value| {
                let text = value.as_str().unwrap_or_default();
                let summer = text.get(5..7).is_some_and(|month| ("04".."10").contains(&month));
                if let Some(local) = text.strip_suffix("+01:00").filter(|_| summer) {
                    *value = format!("{local}+02:00").into();
                }
            });
        }),
    ),
];
