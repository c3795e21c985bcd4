//! Other ways to write and to read date-times.

use serde_json::Value;

use super::super::datetime::{self, Moment};
use super::super::effect::{Effect, Object};
use super::super::picture::{each_instant, each_object, rewrite_instants};
use super::{Variation, row};
use http::StatusCode;

pub(super) const ROWS: &[Variation] = &[
    row(
        "dates-in-utc",
        "Date-times are shown in UTC with Z.",
        &["REQ-DTO-004"],
        Effect::Shown(|job, _, _| rewrite_instants(job, |moment| utc(&moment))),
    ),
    row(
        "dates-in-utc-with-offset",
        "Date-times are shown in UTC with the offset +00:00.",
        &["REQ-DTO-004", "REQ-DTO-001"],
        Effect::Shown(|job, _, _| rewrite_instants(job, |moment| utc(&moment).replace('Z', "+00:00"))),
    ),
    row(
        "fraction-trimmed",
        "Zeros at the end of fractional seconds are not shown.",
        &["REQ-DTO-009", "REQ-DTO-003"],
        Effect::Shown(|job, _, _| rewrite_instants(job, |moment| with_fraction(&moment, trimmed(&moment.fraction)))),
    ),
    row(
        "fraction-padded",
        "Fractional seconds are shown with seven digits at least.",
        &["REQ-DTO-009", "REQ-DTO-003"],
        Effect::Shown(|job, _, _| {
            rewrite_instants(job, |moment| with_fraction(&moment, &format!("{:0<7}", moment.fraction)));
        }),
    ),
    row(
        "precision-milliseconds",
        "Date-times are cut to milliseconds.",
        &["REQ-DTO-002", "REQ-DTO-003"],
        Effect::Shown(|job, _, _| rewrite_instants(job, |moment| cut(&moment, 3))),
    )
    .warning(&["REQ-DTO-003"]),
    row(
        "precision-seconds",
        "Date-times are cut to seconds.",
        &["REQ-DTO-002", "REQ-DTO-003"],
        Effect::Shown(|job, _, _| rewrite_instants(job, |moment| cut(&moment, 0))),
    )
    .warning(&["REQ-DTO-003"]),
    row(
        "date-letters-lower-case",
        "Date-times are shown with the letters t and z.",
        &["REQ-DTO-001"],
        Effect::Shown(|job, _, _| {
            each_instant(job, |value| *value = value.as_str().unwrap_or_default().to_ascii_lowercase().into());
        }),
    )
    .warning(&["REQ-DTO-001"]),
    row(
        "dates-without-offset-as-utc",
        "A date, or a date and time, without an offset is taken as UTC.",
        &["REQ-DTO-008"],
        Effect::Parsed(assume_utc),
    )
    .warning(&["REQ-DTO-008"]),
    row(
        "long-fractions-refused",
        "More than seven fractional digits are refused.",
        &["REQ-DTO-009"],
        Effect::Refuse(|body, _| has_long_fraction(body).then_some(StatusCode::BAD_REQUEST)),
    ),
];

fn utc(moment: &Moment) -> String {
    datetime::write(moment.seconds, &moment.fraction, 0)
}

fn with_fraction(moment: &Moment, fraction: &str) -> String {
    datetime::write(moment.seconds, fraction, moment.offset)
}

fn trimmed(fraction: &str) -> &str {
    fraction.trim_end_matches('0')
}

fn cut(moment: &Moment, digits: usize) -> String {
    with_fraction(moment, &moment.fraction[..moment.fraction.len().min(digits)])
}

fn assume_utc(body: &mut Object) {
    each_instant(body, |value| {
        let text = value.as_str().unwrap_or_default();
        let guesses = [format!("{text}Z"), format!("{text}T00:00:00Z")];
        if let Some(guess) = guesses.into_iter().find(|guess| datetime::parse(guess).is_some()) {
            *value = guess.into();
        }
    });
}

fn has_long_fraction(body: &Object) -> bool {
    let mut long = false;
    each_object(&mut body.clone(), &mut |object| {
        let moments = object.values().filter_map(Value::as_str).filter_map(datetime::parse);
        long |= moments.into_iter().any(|moment| moment.fraction.len() > 7);
    });
    long
}
