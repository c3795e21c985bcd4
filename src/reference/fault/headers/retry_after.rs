//! A Retry-After has a value that says neither seconds nor a date.

use super::row;
use crate::reference::effect::Effect;
use crate::reference::fault::Fault;

pub(super) const ROWS: &[Fault] = &[
    row(
        "retry-after-in-words",
        "Every refusal has a Retry-After in words.",
        &["REQ-THROT-003"],
        Effect::Failed(|answer, _| answer.set("retry-after", "soon")),
    ),
    row(
        "retry-after-negative",
        "Every refusal has a negative Retry-After.",
        &["REQ-THROT-003"],
        Effect::Failed(|answer, _| answer.set("retry-after", "-1")),
    ),
    row(
        "retry-after-with-fraction",
        "Every answer has a Retry-After with a fraction.",
        &["REQ-THROT-003"],
        Effect::Answer(|answer, _| answer.set("retry-after", "0.0")),
    ),
    row(
        "retry-after-with-unit",
        "Every answer has a Retry-After with a unit.",
        &["REQ-THROT-003"],
        Effect::Answer(|answer, _| answer.set("retry-after", "0 seconds")),
    ),
    row(
        "retry-after-empty",
        "Every refusal has an empty Retry-After.",
        &["REQ-THROT-003"],
        Effect::Failed(|answer, _| answer.set("retry-after", "")),
    ),
    row(
        "retry-after-with-sign",
        "Every answer to an update has a Retry-After with a plus sign.",
        &["REQ-THROT-003"],
        Effect::Updated(|answer, _| answer.set("retry-after", "+0")),
    ),
    row(
        "retry-after-in-iso-form",
        "Every refusal has a Retry-After that is a date-time of ISO 8601.",
        &["REQ-THROT-003"],
        Effect::Failed(|answer, _| answer.set("retry-after", "2017-01-01T00:00:00Z")),
    ),
    row(
        "retry-after-impossible-date",
        "Every refusal has a Retry-After on a 30th of February.",
        &["REQ-THROT-003"],
        Effect::Failed(|answer, _| answer.set("retry-after", "Thu, 30 Feb 2017 00:00:00 GMT")),
    ),
    row(
        "retry-after-in-local-time",
        "Every refusal has a Retry-After in a time zone that is not GMT.",
        &["REQ-THROT-003"],
        Effect::Failed(|answer, _| answer.set("retry-after", "Sun, 01 Jan 2017 00:00:00 CET")),
    ),
    row(
        "retry-after-hexadecimal",
        "Every 405 has a Retry-After in hexadecimal.",
        &["REQ-THROT-003"],
        Effect::Failed(|answer, _| {
            if answer.status == 405 {
                answer.set("retry-after", "0x1");
            }
        }),
    ),
    row(
        "retry-after-in-words-on-401",
        "Every 401 has a Retry-After in words.",
        &["REQ-THROT-003"],
        Effect::Failed(|answer, _| {
            if answer.status == 401 {
                answer.set("retry-after", "after signing in");
            }
        }),
    ),
];
