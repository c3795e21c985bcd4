//! More faults of level [`FaultLevel::Value`](super::FaultLevel::Value): instants that stand for no date in code.

use serde_json::Value;

use super::FaultLevel::Value as Level;
use super::{Fault, row};
use crate::reference::datetime;
use crate::reference::effect::{Effect, Object};
use crate::reference::picture::each_instant;

pub(super) const ROWS: &[Fault] = &[
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
];

/// 0001-01-01T00:00:00Z in seconds since 1970.
const FIRST: i64 = -62_135_596_800;

/// 9999-12-31T23:59:59Z in seconds since 1970.
const LAST: i64 = 253_402_300_799;

/// A row about an instant that is not kept.
const fn lost(name: &'static str, title: &'static str, change: fn(&mut Object)) -> Fault {
    row(Level, name, title, &["REQ-DTO-002"], Effect::Change(change))
}

/// Makes a date-time null whose seconds since 1970 a test names.
fn clear(value: &mut Value, test: fn(i64) -> bool) {
    if value.as_str().and_then(datetime::parse).is_some_and(|moment| test(moment.seconds)) {
        *value = Value::Null;
    }
}
