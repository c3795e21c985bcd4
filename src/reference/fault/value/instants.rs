//! A date-time is shown at another instant, or one that stands for no date in code is lost.

use serde_json::{Value, json};

use super::row;
use crate::reference::datetime::{self, Moment};
use crate::reference::effect::{Effect, Object};
use crate::reference::fault::Fault;
use crate::reference::fault::alter::{each_string, is_date};
use crate::reference::fault::date_times::{local, of_error, one, text};
use crate::reference::fault::jobs::is_derived;
use crate::reference::picture::{each_instant, rewrite_instants};

pub(super) const ROWS: &[Fault] = &[
    row(
        "offset-replaced-by-zulu",
        "The offset becomes Z and the digits stay.",
        &["REQ-DTO-002", "REQ-RESP-003"],
        Effect::Shown(|job, _, _| rewrite_instants(job, |moment| local(&moment) + "Z")),
    ),
    row(
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
        "instants-a-second-late",
        "Date-times come back a second later.",
        &["REQ-DTO-002", "REQ-RESP-003"],
        Effect::Change(|job| {
            rewrite_instants(job, |moment| datetime::write(moment.seconds + 1, &moment.fraction, moment.offset));
        }),
    ),
    row(
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
        "time-of-day-lost",
        "Date-times are cut to days.",
        &["REQ-DTO-002", "REQ-RESP-003"],
        Effect::Change(|job| rewrite_instants(job, |moment| format!("{}T00:00:00Z", &text(&moment)[..10]))),
    ),
    row(
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
        "leap-day-moved",
        "A 29th of February is stored as the 1st of March.",
        &["REQ-DTO-002", "REQ-RESP-003"],
        Effect::Change(|job| rewrite_instants(job, |moment| text(&moment).replacen("-02-29T", "-03-01T", 1))),
    ),
    row(
        "year-of-two-digits",
        "Years are kept with two digits.",
        &["REQ-DTO-002", "REQ-RESP-003"],
        Effect::Change(|job| rewrite_instants(job, |moment| format!("20{}", &text(&moment)[2..]))),
    ),
    row(
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
        "creation-time-is-now",
        "An update of creationDateTime sets it to the present time.",
        &["REQ-DTO-002", "REQ-RESP-003"],
        Effect::Change(|job| one(job, "creationDateTime", |_| crate::reference::respond::now())),
    ),
    row(
        "creation-time-never-changes",
        "A creationDateTime is accepted and left as it is.",
        &["REQ-RESP-003", "REQ-STATUS-003", "REQ-DTO-002"],
        Effect::Change(|job| drop(job.shift_remove("creationDateTime"))),
    ),
    row(
        "time-of-error-in-utc-with-old-digits",
        "The offset of errorDateTime becomes Z and the digits stay.",
        &["REQ-DTO-002", "REQ-ERR-001", "REQ-RESP-003"],
        Effect::Change(|job| of_error(job, |moment| local(&moment) + "Z")),
    ),
    row(
        "start-an-hour-late",
        "The startDateTime comes back an hour later.",
        &["REQ-DTO-002", "REQ-RESP-003"],
        Effect::Change(|job| {
            one(job, "startDateTime", |moment| datetime::write(moment.seconds + 3600, &moment.fraction, moment.offset));
        }),
    ),
    row(
        "instants-wrong-on-one-path",
        "In evaluateLabelJobs the offset becomes Z and the digits stay.",
        &["REQ-DTO-002", "REQ-RESP-003"],
        Effect::Shown(|job, _, request| {
            if request.goes_to("evaluateLabelJobs") {
                rewrite_instants(job, |moment| local(&moment) + "Z");
            }
        }),
    ),
    lost("first-instant-becomes-null", "The first instant of the year 1 is taken for no date.", |job| {
        each_instant(job, |value| clear(value, |seconds| seconds == FIRST));
    }),
    lost("start-of-1970-becomes-null", "The first instant of 1970 is taken for no date.", |job| {
        each_instant(job, |value| clear(value, |seconds| seconds == 0));
    }),
    lost("start-of-1900-becomes-null", "The first instant of 1900 is taken for no date.", |job| {
        each_instant(job, |value| clear(value, |seconds| seconds == -2_208_988_800));
    }),
    lost("last-day-becomes-null", "The last day of the year 9999 is taken for no date.", |job| {
        each_instant(job, |value| clear(value, |seconds| seconds > LAST - 86_400));
    }),
    lost("second-before-1970-becomes-null", "The second before 1970 is taken for an error code.", |job| {
        each_instant(job, |value| clear(value, |seconds| seconds == -1));
    }),
    row(
        "offsets-of-derived-jobs-dropped",
        "The date-times of a job of a derived type are shown in UTC without counting in their offset.",
        &["REQ-DTO-002"],
        Effect::Shown(|entity, job, _| {
            if is_derived(job) {
                each_string(entity, is_date, |text| json!(without_offset(text)));
            }
        }),
    ),
    row(
        "noon-of-error-becomes-midnight",
        "The errorDateTime of the innerError is shown at midnight when it is noon.",
        &["REQ-DTO-002", "REQ-RESP-003", "REQ-ERR-004"],
        Effect::Change(|job| of_error(job, |moment| before_noon(&moment))),
    ),
    row(
        "noon-of-creation-becomes-midnight",
        "A creationDateTime in the hour after noon is shown in the hour after midnight.",
        &["REQ-DTO-002", "REQ-RESP-003"],
        Effect::Change(|job| one(job, "creationDateTime", |moment| before_noon(&moment))),
    ),
    row(
        "fraction-before-1970-of-error-rounded-up",
        "An errorDateTime before 1970 with a fraction is shown a second late.",
        &["REQ-DTO-002", "REQ-RESP-003"],
        Effect::Change(|job| {
            of_error(job, |moment| {
                let late = i64::from(moment.seconds < 0 && !moment.fraction.is_empty());
                datetime::write(moment.seconds + late, &moment.fraction, moment.offset)
            });
        }),
    ),
];

/// The hour after noon as the hour after midnight.
fn before_noon(moment: &Moment) -> String {
    const HALF: i64 = 12 * 3600;
    let of_day = (moment.seconds + moment.offset * 60).rem_euclid(2 * HALF);
    let gap = if (HALF..HALF + 3600).contains(&of_day) { HALF } else { 0 };
    datetime::write(moment.seconds - gap, &moment.fraction, moment.offset)
}

/// 0001-01-01T00:00:00Z in seconds since 1970.
const FIRST: i64 = -62_135_596_800;

/// 9999-12-31T23:59:59Z in seconds since 1970.
const LAST: i64 = 253_402_300_799;

/// A row about an instant that is not kept.
const fn lost(name: &'static str, title: &'static str, change: fn(&mut Object)) -> Fault {
    row(name, title, &["REQ-DTO-002"], Effect::Change(change))
}

/// Makes a date-time null whose seconds since 1970 a test names.
fn clear(value: &mut Value, test: fn(i64) -> bool) {
    if value.as_str().and_then(datetime::parse).is_some_and(|moment| test(moment.seconds)) {
        *value = Value::Null;
    }
}

/// The digits of a date-time with Z behind them.
fn without_offset(text: &str) -> String {
    let at = text.rfind(['+', '-']).filter(|at| *at > 10);
    at.map_or_else(|| text.to_owned(), |at| format!("{}Z", &text[..at]))
}
