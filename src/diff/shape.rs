//! The shape of a job as a table: which members are declared, and how each is compared.

use std::fmt;

use serde_json::{Map, Value};

use super::walk::At;

/// How a declared member is compared.
#[derive(Debug, Clone, Copy)]
pub enum Form {
    /// `Edm.String`: the same code points.
    Text,
    /// `Edm.DateTimeOffset`: the same instant.
    Instant,
    /// A complex value: all its declared members.
    Complex(&'static [(&'static str, Form)]),
    /// A collection of complex values: the same elements.
    Collection(&'static [(&'static str, Form)]),
}

static INNER_ERROR: [(&str, Form); 4] = [
    ("errorDateTime", Form::Instant),
    ("clientRequestId", Form::Text),
    ("activityId", Form::Text),
    ("code", Form::Text),
];

static DETAIL: [(&str, Form); 5] = [
    ("code", Form::Text),
    ("message", Form::Text),
    ("target", Form::Text),
    ("innerError", Form::Complex(&INNER_ERROR)),
    ("details", Form::Collection(&DETAIL)),
];

/// The members of `error`.
pub static ERROR: &[(&str, Form)] = &DETAIL;

/// Whether an update names some of the members of `error`, and not all.
#[must_use]
pub fn is_part_of_error(update: &Map<String, Value>) -> bool {
    let error = update.get("error").and_then(Value::as_object);
    error.is_some_and(|error| ERROR.iter().any(|(name, _)| !error.contains_key(*name)))
}

/// The seven members of a job that an update can set, in the order of the page.
pub static JOB: &[(&str, Form)] = &[
    ("type", Form::Text),
    ("status", Form::Text),
    ("tenantId", Form::Text),
    ("creationDateTime", Form::Instant),
    ("startDateTime", Form::Instant),
    ("endDateTime", Form::Instant),
    ("error", Form::Complex(&DETAIL)),
];

/// Visits the text of every date-time of a job, with its JSON Pointer, down to the elements of `details`.
pub fn each_date_time<'v>(job: &'v Map<String, Value>, visit: &mut dyn FnMut(&dyn fmt::Display, &'v str)) {
    date_times_in(JOB, job, &At::Root, visit);
}

fn date_times_in<'v>(
    form: &[(&str, Form)],
    object: &'v Map<String, Value>,
    at: &At<'_>,
    visit: &mut dyn FnMut(&dyn fmt::Display, &'v str),
) {
    for (name, form) in form {
        let at = At::Member(at, name);
        match (form, object.get(*name)) {
            (Form::Instant, Some(Value::String(text))) => visit(&at, text),
            (Form::Complex(members), Some(Value::Object(inner))) => date_times_in(members, inner, &at, visit),
            (Form::Collection(members), Some(Value::Array(items))) => {
                for (index, item) in items.iter().enumerate() {
                    if let Some(item) = item.as_object() {
                        date_times_in(members, item, &At::Element(&at, index), visit);
                    }
                }
            }
            _ => {}
        }
    }
}
