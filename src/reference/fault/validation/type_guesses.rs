//! A value of another JSON type is guessed at instead of being refused.

use serde_json::{Value, json};

use super::row;
use crate::reference::effect::{Effect, Object};
use crate::reference::fault::Fault;
use crate::reference::fault::alter::{each, is_date, is_text};
use crate::reference::fault::date_times::MEANT;
use crate::reference::picture::details;

pub(super) const ROWS: &[Fault] = &[
    guessed(
        "object-of-database-taken-for-string",
        "An object with $oid is taken for the string in it.",
        Effect::Parsed(|object| texts(object, |value| value.get("$oid").cloned())),
    ),
    guessed(
        "object-of-database-taken-for-date",
        "An object with $date is taken for the date-time in it.",
        Effect::Parsed(|object| moments(object, |value| value.get("$date").cloned())),
    ),
    guessed(
        "object-of-calendar-taken-for-date",
        "An object with dateTime is taken for the date-time in it.",
        Effect::Parsed(|object| {
            moments(object, |value| Some(format!("{}Z", value.get("dateTime")?.as_str()?).into()));
        }),
    ),
    guessed(
        "parts-taken-for-date",
        "An array of numbers is taken for a date-time.",
        Effect::Parsed(|object| moments(object, |value| value.get(2)?.is_number().then(|| MEANT.into()))),
    ),
    guessed(
        "empty-array-taken-for-no-date",
        "An empty array for a date-time is taken for null.",
        Effect::Parsed(|object| moments(object, |value| (*value == json!([])).then_some(Value::Null))),
    ),
    guessed(
        "fraction-taken-for-date",
        "A number with a fraction is taken for a date-time.",
        Effect::Parsed(|object| moments(object, |value| value.is_f64().then(|| MEANT.into()))),
    ),
    guessed(
        "milliseconds-taken-for-date",
        "A number of milliseconds is taken for a date-time.",
        Effect::Parsed(|object| {
            moments(object, |value| value.as_i64().filter(|number| *number > 100_000_000_000).map(|_| MEANT.into()));
        }),
    ),
    guessed(
        "negative-number-taken-for-date",
        "A negative number is taken for a date-time.",
        Effect::Parsed(|object| {
            moments(object, |value| value.as_i64().filter(|number| *number < 0).map(|_| MEANT.into()));
        }),
    ),
    guessed(
        "large-number-taken-for-string",
        "A number that no double holds is taken for a string.",
        Effect::Parsed(|object| {
            texts(object, |value| {
                value.as_u64().filter(|number| *number > 1 << 53).map(|number| number.to_string().into())
            });
        }),
    ),
    guessed(
        "negative-number-taken-for-string",
        "A negative number is taken for a string.",
        Effect::Parsed(|object| {
            texts(object, |value| value.as_i64().filter(|number| *number < 0).map(|number| number.to_string().into()));
        }),
    ),
    guessed(
        "text-taken-for-error",
        "A string that is a JSON object is taken for the error.",
        Effect::Parsed(|object| replace(object, "error", |value| parsed(value).filter(Value::is_object))),
    ),
    guessed(
        "text-taken-for-details",
        "A string that is a JSON array is taken for details.",
        Effect::Parsed(|object| replace(object, "details", |value| parsed(value).filter(Value::is_array))),
    ),
    guessed(
        "empty-string-taken-for-no-details",
        "An empty string for details is taken for an empty array.",
        Effect::Parsed(|object| replace(object, "details", |value| (value == "").then(|| json!([])))),
    ),
    guessed(
        "numbered-object-taken-for-details",
        "An object with numbers for names is taken for details.",
        Effect::Parsed(|object| replace(object, "details", |value| Some(json!([value.get("0")?])))),
    ),
    guessed(
        "empty-string-taken-for-element",
        "An empty string in details is taken for an empty element.",
        Effect::Parsed(|object| elements(object, |value| (value == "").then(|| json!({})))),
    ),
    guessed(
        "false-taken-for-element",
        "False in details is taken for an empty element.",
        Effect::Parsed(|object| elements(object, |value| (*value == false).then(|| json!({})))),
    ),
    guessed(
        "later-element-not-checked",
        "From the second element of details on a scalar is taken for an empty element.",
        Effect::Parsed(|object| {
            let later = details(object).into_iter().flatten().skip(1);
            later.filter(|value| value.is_number()).for_each(|value| *value = json!({}));
        }),
    ),
    guessed(
        "number-in-inner-error-of-element-taken",
        "A number for activityId in innerError of an element is taken for a string.",
        Effect::Parsed(|object| {
            inside(object, "activityId", |value| value.as_i64().map(|number| number.to_string().into()));
        }),
    ),
    guessed(
        "any-request-id-of-element-taken",
        "A clientRequestId of another type in innerError of an element is taken for null.",
        Effect::Parsed(|object| inside(object, "clientRequestId", |value| (!value.is_string()).then_some(Value::Null))),
    ),
    guessed(
        "boolean-code-in-inner-error-of-element-taken",
        "A Boolean for code in innerError of an element is taken for a string.",
        Effect::Parsed(|object| inside(object, "code", |value| value.as_bool().map(|so| so.to_string().into()))),
    ),
    guessed(
        "false-in-inner-error-taken-for-null",
        "False for an activityId or a clientRequestId is taken for null.",
        Effect::Parsed(|object| {
            replace(object, "activityId", |value| (*value == false).then_some(Value::Null));
            replace(object, "clientRequestId", |value| (*value == false).then_some(Value::Null));
        }),
    ),
    guessed(
        "zero-for-time-of-error-taken-for-null",
        "Zero for an errorDateTime is taken for null.",
        Effect::Parsed(|object| replace(object, "errorDateTime", |value| (*value == 0).then_some(Value::Null))),
    ),
    guessed(
        "false-in-element-taken-for-null",
        "False for the target of an element of details is taken for null.",
        Effect::Parsed(|object| {
            for element in details(object).into_iter().flatten().filter_map(|element| element.get_mut("target")) {
                take(element, |value| (*value == false).then_some(Value::Null));
            }
        }),
    ),
    guessed(
        "details-of-derived-element-not-checked",
        "Details of another type in an element of the derived type are taken for none.",
        Effect::Parsed(|object| {
            for element in details(object).into_iter().flatten().filter_map(Value::as_object_mut) {
                if element.get("details").is_some_and(Value::is_string) {
                    element.insert("details".to_owned(), json!([]));
                }
            }
        }),
    ),
    guessed(
        "false-taken-for-no-creation-date",
        "A false for creationDateTime is taken for null.",
        Effect::Parsed(|object| null_for(object, "creationDateTime", &Value::Bool(false))),
    ),
    guessed(
        "zero-taken-for-no-end-date",
        "A 0 for endDateTime is taken for null.",
        Effect::Parsed(|object| null_for(object, "endDateTime", &json!(0))),
    ),
    guessed(
        "false-taken-for-no-type",
        "A false for type is taken for null.",
        Effect::Parsed(|object| null_for(object, "type", &Value::Bool(false))),
    ),
    guessed(
        "false-taken-for-no-inner-error-of-element",
        "A false for the innerError of an element of details is taken for null.",
        Effect::Parsed(|object| {
            for element in details(object).into_iter().flatten().filter_map(Value::as_object_mut) {
                null_for(element, "innerError", &Value::Bool(false));
            }
        }),
    ),
];

/// A row about a value that is not refused.
const fn guessed(name: &'static str, title: &'static str, apply: Effect) -> Fault {
    row(name, title, &["REQ-TYPE-002"], apply)
}

/// Takes this value of a member for null.
fn null_for(object: &mut Object, name: &str, taken: &Value) {
    if let Some(value) = object.get_mut(name).filter(|value| *value == taken) {
        *value = Value::Null;
    }
}

type Guess = fn(&Value) -> Option<Value>;

fn take(value: &mut Value, guess: Guess) {
    if let Some(meant) = guess(value) {
        *value = meant;
    }
}

fn texts(object: &mut Object, guess: Guess) {
    each(object, &mut |name, value| {
        if is_text(name) {
            take(value, guess);
        }
    });
}

fn moments(object: &mut Object, guess: Guess) {
    each(object, &mut |name, value| {
        if is_date(name) {
            take(value, guess);
        }
    });
}

fn replace(object: &mut Object, of: &str, guess: Guess) {
    each(object, &mut |name, value| {
        if name == of {
            take(value, guess);
        }
    });
}

fn elements(object: &mut Object, guess: Guess) {
    details(object).into_iter().flatten().for_each(|value| take(value, guess));
}

/// A member of innerError of the elements.
fn inside(object: &mut Object, member: &str, guess: Guess) {
    let elements = details(object).into_iter().flatten();
    for value in elements.filter_map(|element| element.get_mut("innerError")?.get_mut(member)) {
        take(value, guess);
    }
}

/// The value that a string holds as JSON.
fn parsed(value: &Value) -> Option<Value> {
    serde_json::from_str(value.as_str()?).ok()
}
