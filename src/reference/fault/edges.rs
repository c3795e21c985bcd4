//! More faults of several levels: what shows at the edges of calendars and under odd names.

use serde_json::json;

use super::FaultLevel::{Store, Validation};
use super::alter::{any_string, crashed, is_date};
use super::oddities::dropped;
use super::{Fault, row};
use crate::reference::datetime;
use crate::reference::effect::Effect;
use crate::reference::picture::{error, rewrite_instants};

pub(super) const VALIDATION: &[Fault] = &[
    row(
        Validation,
        "date-before-first-year-crashes",
        "A date-time that lies before the first year in UTC ends in 500.",
        &["REQ-STATUS-002"],
        Effect::Refuse(|object, _| crashed(any_string(object, is_date, |text| beyond(text, -1)))),
    ),
    row(
        Validation,
        "date-after-last-year-crashes",
        "A date-time that lies after the last year in UTC ends in 500.",
        &["REQ-STATUS-002"],
        Effect::Refuse(|object, _| crashed(any_string(object, is_date, |text| beyond(text, 1)))),
    ),
    row(
        Validation,
        "last-instant-crashes",
        "The last instant of the last year ends in 500.",
        &["REQ-STATUS-002"],
        Effect::Refuse(|object, _| {
            crashed(any_string(object, is_date, |text| text.starts_with("9999-12-31T23:59:59.99")))
        }),
    ),
    row(
        Validation,
        "nul-in-date-crashes",
        "A date-time with U+0000 ends in 500.",
        &["REQ-STATUS-002"],
        Effect::Refuse(|object, _| crashed(any_string(object, is_date, |text| text.contains('\0')))),
    ),
    row(
        Validation,
        "type-name-of-other-type-crashes",
        "A type name that is no string ends in 500.",
        &["REQ-STATUS-002"],
        Effect::Refuse(|object, _| crashed(object.get("@odata.type").is_some_and(|name| !name.is_string()))),
    ),
    row(
        Validation,
        "nested-type-name-of-other-type-crashes",
        "A type name inside the error that is no string ends in 500.",
        &["REQ-STATUS-002"],
        Effect::Refuse(|object, _| {
            let name = object.get("error").and_then(|error| error.get("@odata.type"));
            crashed(name.is_some_and(|name| !name.is_string()))
        }),
    ),
    row(
        Validation,
        "annotation-without-name-crashes",
        "An annotation without a name ends in 500.",
        &["REQ-STATUS-002"],
        Effect::Refuse(|object, _| crashed(object.keys().any(|name| name.ends_with('@')))),
    ),
    dropped(
        "name-beyond-ascii-dropped",
        "A name with letters beyond ASCII is dropped.",
        Effect::Parsed(|object| object.retain(|name, _| name.is_ascii())),
    ),
    dropped(
        "numeric-name-dropped",
        "A name that is a number is dropped.",
        Effect::Parsed(|object| object.retain(|name, _| name.parse::<i32>().is_err())),
    ),
    dropped(
        "long-name-dropped",
        "A name of more than 64 letters is dropped.",
        Effect::Parsed(|object| object.retain(|name, _| name.len() <= 64)),
    ),
    dropped(
        "name-with-hyphen-dropped",
        "A name with a hyphen is dropped.",
        Effect::Parsed(|object| object.retain(|name, _| !name.contains('-'))),
    ),
    dropped(
        "name-of-error-dropped-at-the-root",
        "A name code at the root is dropped.",
        Effect::Parsed(|object| object.retain(|name, _| name != "code")),
    ),
    dropped(
        "empty-unknown-dropped",
        "An undeclared property that is an empty object or array is dropped.",
        Effect::Parsed(|object| {
            object.retain(|name, value| name != "patchproofUnknown" || ![json!({}), json!([])].contains(value));
        }),
    ),
    row(
        Validation,
        "unknown-null-dropped-in-error",
        "An undeclared property of the error that is null is dropped.",
        &["REQ-UNK-001"],
        Effect::Parsed(|object| {
            if let Some(error) = error(object) {
                error.retain(|name, value| name != "patchproofUnknown" || !value.is_null());
            }
        }),
    )
    .mild(),
    row(
        Validation,
        "name-of-job-dropped-in-error",
        "A name status in the error is dropped.",
        &["REQ-UNK-001"],
        Effect::Parsed(|object| drop(error(object).and_then(|error| error.shift_remove("status")))),
    ),
    row(
        Validation,
        "name-of-inner-error-dropped-in-error",
        "A name activityId in the error is dropped.",
        &["REQ-UNK-001"],
        Effect::Parsed(|object| drop(error(object).and_then(|error| error.shift_remove("activityId")))),
    ),
];

pub(super) const STORE: &[Fault] = &[row(
    Store,
    "repeated-hour-merged",
    "The second one of two equal hours of the clock is taken for the first.",
    &["REQ-DTO-002"],
    Effect::Shown(|job, _, _| {
        rewrite_instants(job, |moment| {
            // 2017-10-29T01:00:00Z, when clocks of central Europe went from 3 to 2.
            let again = (1_509_238_800..1_509_242_400).contains(&moment.seconds);
            datetime::write(moment.seconds - if again { 3_600 } else { 0 }, &moment.fraction, moment.offset)
        });
    }),
)];

/// Whether a date-time lies before (-1) or after (1) the years of four digits once it is in UTC.
fn beyond(text: &str, side: i64) -> bool {
    const FIRST: i64 = -62_135_596_800;
    const LAST: i64 = 253_402_300_799;
    let moment = datetime::parse(text);
    moment.is_some_and(|moment| if side < 0 { moment.seconds < FIRST } else { moment.seconds > LAST })
}
