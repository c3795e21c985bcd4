//! More ways to read and to write date-times.

use http::StatusCode;

use super::super::datetime::{self, Moment};
use super::super::effect::{Effect, Object};
use super::super::picture::{each_instant, each_object, rewrite_instants};
use super::{Variation, row};

pub(super) const ROWS: &[Variation] = &[
    row(
        "precision-microseconds",
        "Date-times are cut to microseconds.",
        &["REQ-DTO-003"],
        Effect::Shown(|job, _, _| rewrite_instants(job, |moment| fraction(&moment, 6))),
    )
    .warning(&["REQ-DTO-003"]),
    row(
        "precision-milliseconds-rounded",
        "Date-times are rounded to milliseconds.",
        &["REQ-DTO-002", "REQ-DTO-003"],
        Effect::Shown(|job, _, _| rewrite_instants(job, |moment| rounded(&moment, 3))),
    )
    .warning(&["REQ-DTO-003"]),
    row(
        "precision-seconds-rounded",
        "Date-times are rounded to seconds.",
        &["REQ-DTO-002", "REQ-DTO-003"],
        Effect::Shown(|job, _, _| rewrite_instants(job, |moment| rounded(&moment, 0))),
    )
    .warning(&["REQ-DTO-003"]),
    row(
        "long-fractions-cut",
        "Fractional seconds are cut to seven digits.",
        &["REQ-DTO-009", "REQ-DTO-003"],
        Effect::Shown(|job, _, _| rewrite_instants(job, |moment| fraction(&moment, 7))),
    ),
    row(
        "long-fractions-rounded",
        "Fractional seconds are rounded to seven digits.",
        &["REQ-DTO-009", "REQ-DTO-003"],
        Effect::Shown(|job, _, _| rewrite_instants(job, |moment| rounded(&moment, 7))),
    ),
    row(
        "leap-seconds-accepted",
        "Second 60 is taken as the first of the next minute.",
        &["REQ-DTO-005"],
        Effect::Parsed(|body| {
            each_instant(body, |value| {
                if let Some(later) = value.as_str().and_then(leap) {
                    *value = later.into();
                }
            });
        }),
    ),
    row(
        "lower-case-dates-refused",
        "A date-time with t or z in lower case is refused.",
        &["REQ-DTO-005"],
        Effect::Refuse(|body, _| has(body, |text| text.contains(['t', 'z'])).then_some(StatusCode::BAD_REQUEST)),
    ),
    row(
        "seconds-required",
        "A date-time without seconds is refused.",
        &["REQ-DTO-005"],
        Effect::Refuse(|body, _| {
            has(body, |text| text.as_bytes().get(16) != Some(&b':')).then_some(StatusCode::BAD_REQUEST)
        }),
    )
    .warning(&["REQ-DTO-005"]),
    row(
        "minus-zero-shown-as-zulu",
        "The offset -00:00 is shown as Z.",
        &["REQ-DTO-005", "REQ-DTO-004"],
        Effect::Shown(|job, _, _| {
            each_instant(job, |value| {
                let text = value.as_str().unwrap_or_default();
                *value = text.strip_suffix("-00:00").map_or_else(|| text.to_owned(), |head| format!("{head}Z")).into();
            });
        }),
    ),
    row(
        "seconds-added",
        "A date-time without seconds is shown with them.",
        &["REQ-DTO-005"],
        Effect::Shown(|job, _, _| {
            rewrite_instants(job, |moment| datetime::write(moment.seconds, &moment.fraction, moment.offset));
        }),
    ),
];

fn fraction(moment: &Moment, digits: usize) -> String {
    datetime::write(moment.seconds, &moment.fraction[..moment.fraction.len().min(digits)], moment.offset)
}

/// The instant to so many fractional digits, half a unit upwards.
fn rounded(moment: &Moment, digits: usize) -> String {
    if moment.fraction.len() <= digits {
        return fraction(moment, digits);
    }
    let unit = 10_u64.pow(u32::try_from(digits).unwrap_or(0));
    let kept: u64 = moment.fraction[..digits].parse().unwrap_or(0);
    let kept = kept + u64::from(moment.fraction.as_bytes()[digits] >= b'5');
    let seconds = moment.seconds + i64::from(kept >= unit);
    let text = if digits == 0 { String::new() } else { format!("{:0digits$}", kept % unit) };
    datetime::write(seconds, &text, moment.offset)
}

/// The instant after a second 60.
fn leap(text: &str) -> Option<String> {
    let legal = (text.get(16..19)? == ":60").then(|| format!("{}:59{}", &text[..16], &text[19..]))?;
    let moment = datetime::parse(&legal)?;
    Some(datetime::write(moment.seconds + 1, &moment.fraction, moment.offset))
}

/// Whether a date-time in a body is of this kind.
fn has(body: &Object, test: fn(&str) -> bool) -> bool {
    let mut found = false;
    each_object(&mut body.clone(), &mut |object| {
        let dates =
            object.iter().filter(|(name, _)| name.ends_with("DateTime")).filter_map(|(_, value)| value.as_str());
        found |= dates.into_iter().any(|text| datetime::parse(text).is_some() && test(text));
    });
    found
}
