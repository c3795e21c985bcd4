//! Reads date-times, repairs them and writes them in another way.

use super::alter::{each, is_date};
use crate::reference::datetime::{self, Moment};
use crate::reference::effect::Object;
use crate::reference::picture::{details, inner, rewrite_instant};

/// What every form stands for that the grammar does not have.
pub(super) const MEANT: &str = "2017-01-01T00:00:00Z";

/// What a legal date-time means.
pub(super) fn moment(text: &str) -> Option<Moment> {
    datetime::parse(text)
}

/// Whether a text is a date-time of the grammar.
pub(super) fn is_legal(text: &str) -> bool {
    moment(text).is_some()
}

/// Puts right the date-times that are not legal, if that makes them so.
pub(super) fn dates(object: &mut Object, repair: fn(&str) -> Option<String>) {
    each(object, &mut |name, value| {
        let text = value.as_str().filter(|text| is_date(name) && !is_legal(text)).unwrap_or_default();
        if let Some(repaired) = repair(text).filter(|text| is_legal(text)) {
            *value = repaired.into();
        }
    });
}

/// The value as it was sent.
pub(super) fn text(moment: &Moment) -> String {
    datetime::write(moment.seconds, &moment.fraction, moment.offset)
}

/// The value without its offset.
pub(super) fn local(moment: &Moment) -> String {
    datetime::write(moment.seconds + moment.offset * 60, &moment.fraction, 0).trim_end_matches('Z').to_owned()
}

/// Writes one property in another way.
pub(super) fn one(job: &mut Object, name: &str, write: fn(Moment) -> String) {
    if let Some(value) = job.get_mut(name) {
        rewrite_instant(value, write);
    }
}

/// Writes the errorDateTime of innerError in another way.
pub(super) fn of_error(job: &mut Object, write: fn(Moment) -> String) {
    if let Some(value) = inner(job).and_then(|inner| inner.get_mut("errorDateTime")) {
        rewrite_instant(value, write);
    }
}

/// Writes the date-times of the elements of details in another way.
pub(super) fn of_details(job: &mut Object, write: fn(Moment) -> String) {
    for element in details(job).into_iter().flatten() {
        if let Some(value) = element.get_mut("innerError").and_then(|inner| inner.get_mut("errorDateTime")) {
            rewrite_instant(value, write);
        }
    }
}
