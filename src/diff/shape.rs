//! The shape of a job as a table: which members are declared, and how each is compared.

use std::fmt;

use serde_json::{Map, Value};

use super::At;

/// How a declared member is compared.
#[derive(Debug, Clone, Copy)]
pub enum MemberType {
    /// `Edm.String`: the same code points.
    Text,
    /// `Edm.DateTimeOffset`: the same instant.
    Instant,
    /// A complex value: all its declared members.
    Complex(&'static [(&'static str, MemberType)]),
    /// A collection of complex values: the same elements.
    Collection(&'static [(&'static str, MemberType)]),
}

static INNER_ERROR: [(&str, MemberType); 4] = [
    ("errorDateTime", MemberType::Instant),
    ("clientRequestId", MemberType::Text),
    ("activityId", MemberType::Text),
    ("code", MemberType::Text),
];

static DETAIL: [(&str, MemberType); 5] = [
    ("code", MemberType::Text),
    ("message", MemberType::Text),
    ("target", MemberType::Text),
    ("innerError", MemberType::Complex(&INNER_ERROR)),
    ("details", MemberType::Collection(&DETAIL)),
];

/// The members of `error`.
pub static ERROR: &[(&str, MemberType)] = &DETAIL;

/// Whether an update names some of the members of `error`, and not all.
#[must_use]
pub fn is_part_of_error(update: &Map<String, Value>) -> bool {
    let error = update.get("error").and_then(Value::as_object);
    error.is_some_and(|error| ERROR.iter().any(|(name, _)| !error.contains_key(*name)))
}

/// The seven members of a job that an update can set, in the order of the page.
pub static JOB: &[(&str, MemberType)] = &[
    ("type", MemberType::Text),
    ("status", MemberType::Text),
    ("tenantId", MemberType::Text),
    ("creationDateTime", MemberType::Instant),
    ("startDateTime", MemberType::Instant),
    ("endDateTime", MemberType::Instant),
    ("error", MemberType::Complex(&DETAIL)),
];

/// Visits the text of every date-time of a job, with its JSON Pointer, down to the elements of `details`.
pub fn each_date_time<'v>(job: &'v Map<String, Value>, visit: &mut dyn FnMut(&dyn fmt::Display, &'v str)) {
    each_two_date_times(job, job, &mut |pointer, text, _| visit(pointer, text));
}

/// Visits the texts of every date-time that both of two jobs have at the same place, with its JSON Pointer.
pub fn each_two_date_times<'v>(
    one: &'v Map<String, Value>,
    other: &'v Map<String, Value>,
    visit: &mut dyn FnMut(&dyn fmt::Display, &'v str, &'v str),
) {
    two_date_times_in(JOB, one, other, &At::Root, visit);
}

fn two_date_times_in<'v>(
    form: &[(&str, MemberType)],
    one: &'v Map<String, Value>,
    other: &'v Map<String, Value>,
    at: &At<'_>,
    visit: &mut dyn FnMut(&dyn fmt::Display, &'v str, &'v str),
) {
    for (name, form) in form.iter().filter(|(_, form)| !matches!(form, MemberType::Text)) {
        let at = At::Member(at, name);
        let Some(one) = one.get(*name) else { continue };
        match (form, one, other.get(*name)) {
            (MemberType::Instant, Value::String(one), Some(Value::String(other))) => visit(&at, one, other),
            (MemberType::Complex(members), Value::Object(one), Some(Value::Object(other))) => {
                two_date_times_in(members, one, other, &at, visit);
            }
            (MemberType::Collection(members), Value::Array(one), Some(Value::Array(other))) => {
                for (index, two) in one.iter().zip(other).enumerate() {
                    if let (Value::Object(one), Value::Object(other)) = two {
                        two_date_times_in(members, one, other, &At::Element(&at, index), visit);
                    }
                }
            }
            _ => {}
        }
    }
}
