//! A date-time is shown in a form that the grammar does not have.

use serde_json::json;

use super::row;
use crate::reference::datetime::{self, Moment};
use crate::reference::effect::Effect;
use crate::reference::fault::Fault;
use crate::reference::fault::date_times::{local, of_details, of_error, one, text};
use crate::reference::picture::{each_instant, rewrite_instants};

pub(super) const ROWS: &[Fault] = &[
    row(
        "dates-without-offset",
        "Date-times are shown without their offset.",
        &["REQ-DTO-001"],
        Effect::Shown(|job, _, _| rewrite_instants(job, |moment| local(&moment))),
    ),
    row(
        "dates-without-offset-in-answer-only",
        "The answer to an update shows date-times without their offset.",
        &["REQ-DTO-001"],
        Effect::Entity(|job, _| rewrite_instants(job, |moment| local(&moment))),
    ),
    row(
        "dates-with-space",
        "Date-times are shown with a space in place of T.",
        &["REQ-DTO-001"],
        Effect::Shown(|job, _, _| rewrite_instants(job, |moment| text(&moment).replacen('T', " ", 1))),
    ),
    row(
        "offset-without-colon",
        "Offsets are shown without a colon.",
        &["REQ-DTO-001"],
        Effect::Shown(|job, _, _| {
            rewrite_instants(job, |moment| {
                let text = text(&moment);
                text[..text.len() - 3].to_owned() + text[text.len() - 3..].trim_start_matches(':')
            });
        }),
    ),
    row(
        "offset-of-hours-only",
        "Offsets of whole hours are shown without minutes.",
        &["REQ-DTO-001"],
        Effect::Shown(|job, _, _| {
            rewrite_instants(job, |moment| {
                let text = text(&moment);
                text.strip_suffix(":00").filter(|_| moment.offset != 0).unwrap_or(&text).to_owned()
            });
        }),
    ),
    row(
        "zulu-and-offset",
        "Date-times in UTC are shown with Z and an offset.",
        &["REQ-DTO-001"],
        Effect::Shown(|job, _, _| rewrite_instants(job, |moment| text(&moment).replace('Z', "Z+00:00"))),
    ),
    row(
        "dates-without-time",
        "Date-times are shown as dates.",
        &["REQ-DTO-001", "REQ-DTO-002"],
        Effect::Shown(|job, _, _| rewrite_instants(job, |moment| text(&moment)[..10].to_owned())),
    ),
    row(
        "dates-as-in-mail",
        "Date-times are shown as in mail headers.",
        &["REQ-DTO-001"],
        Effect::Shown(|job, _, _| rewrite_instants(job, |moment| mail(&moment))),
    ),
    row(
        "dates-as-in-the-us",
        "Date-times are shown as month/day/year with hours up to 12.",
        &["REQ-DTO-001"],
        Effect::Shown(|job, _, _| {
            rewrite_instants(job, |moment| {
                let text = text(&moment);
                format!("{}/{}/{} {} AM", &text[5..7], &text[8..10], &text[..4], &text[11..19])
            });
        }),
    ),
    row(
        "dates-as-numbers",
        "Date-times are shown in milliseconds since 1970.",
        &["REQ-TYPE-001", "REQ-DTO-001"],
        Effect::Shown(|job, _, _| {
            each_instant(job, |value| {
                if let Some(moment) = value.as_str().and_then(datetime::parse) {
                    *value = (moment.seconds * 1000).into();
                }
            });
        }),
    ),
    row(
        "dates-as-strings-of-numbers",
        "Date-times are shown as a string with the seconds since 1970.",
        &["REQ-DTO-001"],
        Effect::Shown(|job, _, _| rewrite_instants(job, |moment| moment.seconds.to_string())),
    ),
    row(
        "dates-as-in-old-json",
        "Date-times are shown as /Date(…)/.",
        &["REQ-DTO-001"],
        Effect::Shown(|job, _, _| rewrite_instants(job, |moment| format!("/Date({}000)/", moment.seconds))),
    ),
    row(
        "dates-as-objects",
        "Date-times are shown as objects of dateTime and timeZone.",
        &["REQ-TYPE-001"],
        Effect::Shown(|job, _, _| {
            each_instant(job, |value| *value = json!({"dateTime": value.take(), "timeZone": "UTC"}));
        }),
    ),
    row(
        "fraction-after-comma",
        "Fractional seconds are shown after a comma.",
        &["REQ-DTO-001"],
        Effect::Shown(|job, _, _| rewrite_instants(job, |moment| text(&moment).replace('.', ","))),
    ),
    row(
        "empty-fraction",
        "A date-time without a fraction is shown with a dot.",
        &["REQ-DTO-001"],
        Effect::Shown(|job, _, _| {
            rewrite_instants(job, |moment| {
                let text = text(&moment);
                if moment.fraction.is_empty() { format!("{}.{}", &text[..19], &text[19..]) } else { text }
            });
        }),
    ),
    row(
        "fraction-of-fifteen-digits",
        "Fractional seconds are shown with fifteen digits.",
        &["REQ-DTO-001"],
        Effect::Shown(|job, _, _| {
            rewrite_instants(job, |moment| {
                datetime::write(moment.seconds, &format!("{:0<15}", moment.fraction), moment.offset)
            });
        }),
    ),
    row(
        "midnight-as-24",
        "Midnight is shown as hour 24 of the day before.",
        &["REQ-DTO-001"],
        Effect::Shown(|job, _, _| {
            rewrite_instants(job, |moment| {
                let before = datetime::write(moment.seconds - 86_400, &moment.fraction, moment.offset);
                if &before[11..13] == "00" { before.replacen("T00", "T24", 1) } else { text(&moment) }
            });
        }),
    ),
    row(
        "single-digit-months",
        "Months and days below 10 are shown with one digit.",
        &["REQ-DTO-001"],
        Effect::Shown(|job, _, _| rewrite_instants(job, |moment| text(&moment).replacen("-0", "-", 2))),
    ),
    row(
        "month-counted-from-zero",
        "Months are counted from zero.",
        &["REQ-DTO-002", "REQ-DTO-001"],
        Effect::Shown(|job, _, _| {
            rewrite_instants(job, |moment| {
                let text = text(&moment);
                let month: u32 = text[5..7].parse().unwrap_or(1);
                format!("{}{:02}{}", &text[..5], month - 1, &text[7..])
            });
        }),
    ),
    row(
        "end-without-offset",
        "The endDateTime is shown without its offset.",
        &["REQ-DTO-001"],
        Effect::Shown(|job, _, _| one(job, "endDateTime", |moment| local(&moment))),
    ),
    row(
        "time-of-error-without-offset",
        "The errorDateTime of innerError is shown without its offset.",
        &["REQ-DTO-001", "REQ-ERR-001"],
        Effect::Shown(|job, _, _| of_error(job, |moment| local(&moment))),
    ),
    row(
        "date-form-wrong-on-one-path",
        "Date-times are shown without their offset in classifyFileJobs.",
        &["REQ-DTO-001"],
        Effect::Shown(|job, _, request| {
            if request.goes_to("classifyFileJobs") {
                rewrite_instants(job, |moment| local(&moment));
            }
        }),
    ),
    row(
        "date-form-wrong-in-second-answer",
        "Every second answer for a job shows date-times without their offset.",
        &["REQ-DTO-001", "REQ-IDEMP-001"],
        Effect::Entity(|job, request| {
            if request.turn % 2 == 1 {
                rewrite_instants(job, |moment| local(&moment));
            }
        }),
    ),
    row(
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

/// A value as RFC 9110 has it, without the day of the week.
fn mail(moment: &Moment) -> String {
    let text = datetime::write(moment.seconds, "", 0);
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let month = text[5..7].parse::<usize>().map_or(0, |month| month - 1);
    format!("{} {} {} {} GMT", &text[8..10], months[month], &text[..4], &text[11..19])
}
