//! Which requirement a difference breaks, and how it is told.
//!
//! The kind of difference decides: a moved instant is REQ-DTO-002 wherever it shows up. Only where the kind does not
//! decide may the case name the requirement. The main type is [`Breach`].

use serde_json::Value;

use super::wording::{alteration, digits, shift};
use crate::checks::attribution::{self, instead};
use crate::checks::scene::Scene;
use crate::diff::{Difference, Kind};
use crate::instant::Closeness;
use crate::json::{halves_are_replaced, last_token};
use crate::model::finding::Level;

/// A requirement that a difference breaks.
pub(super) struct Breach<'a> {
    pub(super) requirement: &'a str,
    pub(super) level: Level,
    /// One sentence.
    pub(super) message: String,
}

impl<'a> Breach<'a> {
    /// What the difference breaks.
    pub(super) fn of(scene: &Scene<'a>, difference: &Difference) -> Self {
        let Difference { pointer, kind, expected, actual } = difference;
        let name = last_token(pointer);
        match kind {
            Kind::Precision(loss) => Self::should(
                "REQ-DTO-003",
                format!(
                    "`{name}` has {}: the instants differ by {}.",
                    digits(expected, actual.as_ref()),
                    loss_of(*loss)
                ),
            ),
            Kind::Order => Self::should("REQ-ERR-004", format!("The elements of `{name}` come back in another order.")),
            Kind::Instant => Self::must(
                "REQ-DTO-002",
                format!("`{name}` is another instant than the one sent{}.", shift(expected, actual.as_ref())),
            ),
            Kind::NotNull => Self::of_null(scene, difference),
            Kind::Count => Self::of_count(scene, difference),
            Kind::Text => Self::of_text(scene, difference),
            Kind::Missing | Kind::Null => Self::of_loss(scene, difference),
            Kind::Type => Self::of_another_value(scene, pointer),
        }
    }

    fn must(requirement: &'a str, message: String) -> Self {
        Self { requirement, level: Level::Must, message }
    }

    fn should(requirement: &'a str, message: String) -> Self {
        Self { requirement, level: Level::Should, message }
    }

    /// Null was sent, or nothing within an element, and a value comes back.
    fn of_null(scene: &Scene<'a>, Difference { pointer, actual, .. }: &Difference) -> Self {
        let name = last_token(pointer);
        if is_named(scene, pointer) {
            return Self::must("REQ-NULL-001", format!("`{name}` was set to null and does not come back as null."));
        }
        if actual.as_ref().is_some_and(|actual| actual == "") {
            return Self::must(
                fallback(scene, pointer),
                format!("`{name}` of an element of `details` was not sent and comes back as the empty string."),
            );
        }
        if actual.as_ref().is_some_and(|actual| is_of_another_element(scene, name, actual)) {
            return Self::must(
                fallback(scene, pointer),
                format!("`{name}` of an element of `details` was not sent, and is that of another element."),
            );
        }
        let old = scene.before().and_then(|before| before.get("error")?.pointer(pointer.strip_prefix("/error")?));
        let sent = |text: &str| is_sent_elsewhere(scene, text);
        if old != actual.as_ref() && actual.as_ref().and_then(Value::as_str).is_some_and(sent) {
            return Self::must(
                fallback(scene, pointer),
                format!("`{name}` of an element of `details` was not sent, and is filled from another member."),
            );
        }
        // What an element does not name is null in the new collection, and whatever else stands there is of an old one.
        Self::must(
            "REQ-MERGE-003",
            format!("`{name}` of an element of `details` was not sent and is not null: an old element shows through."),
        )
    }

    /// A collection comes back with another number of elements.
    fn of_count(scene: &Scene<'a>, Difference { pointer, expected, actual, .. }: &Difference) -> Self {
        let name = last_token(pointer);
        if holds_old_elements(scene, pointer, actual.as_ref()) {
            return Self::must(
                "REQ-MERGE-003",
                format!("`{name}` still holds elements from before: the collection is not replaced as a whole."),
            );
        }
        if actual.as_ref().is_none_or(|actual| actual.as_array().is_some_and(Vec::is_empty))
            && is_undeclared_in_element(scene, pointer)
        {
            let message = format!("`{name}` of an element of `details` was accepted and is silently lost.");
            return Self::must("REQ-UNK-001", message);
        }
        let count = |value: &Value| value.as_array().map_or(0, Vec::len);
        let (sent, back) = (count(expected), actual.as_ref().map_or(0, count));
        Self::must(
            fallback(scene, pointer),
            format!("`{name}` comes back with another number of elements: {back}, not {sent}."),
        )
    }

    /// A string comes back as another one.
    fn of_text(scene: &Scene<'a>, Difference { pointer, expected, actual, .. }: &Difference) -> Self {
        let sent = expected.as_str().unwrap_or_default();
        let back = actual.as_ref().and_then(Value::as_str).unwrap_or_default();
        if halves_are_replaced(sent, back) {
            // UTF-8 has no octets for it, and what comes of it is unpredictable (RFC 8259, section 8.2).
            let name = last_token(pointer);
            let message =
                format!("`{name}` has another character for half a surrogate pair, which is to be kept or refused.");
            return Self::should("REQ-TYPE-003", message);
        }
        match alteration(sent, back) {
            Some(how) => {
                let about = named(scene).unwrap_or_default();
                let requirement = instead(attribution::Kind::Altered, about).unwrap_or("REQ-TYPE-003");
                Self::must(requirement, format!("`{}` comes back {how}.", last_token(pointer)))
            }
            None => Self::of_another_value(scene, pointer),
        }
    }

    /// A value was sent, and null or nothing comes back.
    fn of_loss(scene: &Scene<'a>, Difference { pointer, expected, .. }: &Difference) -> Self {
        let name = last_token(pointer);
        if sets_nothing(expected) && was_set(scene, pointer) {
            Self::must(
                "REQ-MERGE-002",
                format!("An empty `{name}` clears what was there: members that are not sent stay as they are."),
            )
        } else if pointer == "/error/innerError/code" {
            Self::must("REQ-UNK-001", "`innerError.code` was accepted and is silently lost.".to_owned())
        } else if expected.as_str() == Some("") {
            Self::must("REQ-TYPE-003", format!("`{name}` was set to the empty string and comes back as null."))
        } else {
            Self::of_another_value(scene, pointer)
        }
    }

    /// The plain case: nothing says more about the difference than that there is one.
    fn of_another_value(scene: &Scene<'a>, pointer: &str) -> Self {
        let message = format!("`{}` does not come back as it was sent.", last_token(pointer));
        Self::must(fallback(scene, pointer), message)
    }
}

/// The requirement that the case names for differences.
fn named<'a>(scene: &Scene<'a>) -> Option<&'a str> {
    scene.expected.and_then(|expect| expect.attribute.echo.as_deref())
}

/// The requirement where the kind of difference does not decide: that of the case, or of this part of the job.
fn fallback<'a>(scene: &Scene<'a>, pointer: &str) -> &'a str {
    named(scene).unwrap_or(match pointer {
        p if p.starts_with("/error/details") => "REQ-ERR-004",
        p if p.starts_with("/error/") => "REQ-ERR-001",
        _ => "REQ-RESP-003",
    })
}

/// How far apart two instants are of which one has lost digits.
fn loss_of(closeness: Closeness) -> &'static str {
    match closeness {
        Closeness::BelowMicrosecond => "below one microsecond",
        Closeness::BelowMillisecond => "below one millisecond",
        _ => "below one second",
    }
}

/// An element of the request has this member, with what is shown: the same text, or an object with a text in common.
fn is_of_another_element(scene: &Scene<'_>, name: &str, shown: &Value) -> bool {
    let elements = scene.sent().and_then(|sent| sent.get("error")?.get("details")?.as_array());
    elements.into_iter().flatten().filter_map(|element| element.get(name)).any(|sent| match (sent, shown) {
        (Value::Object(sent), Value::Object(shown)) => {
            sent.iter().any(|(name, value)| value.is_string() && shown.get(name) == Some(value))
        }
        (sent, shown) => sent.is_string() && sent == shown,
    })
}

/// A text stands somewhere in the error that was sent.
fn is_sent_elsewhere(scene: &Scene<'_>, text: &str) -> bool {
    fn holds(value: &Value, text: &str) -> bool {
        match value {
            Value::String(value) => value == text,
            Value::Array(items) => items.iter().any(|item| holds(item, text)),
            Value::Object(members) => members.values().any(|member| holds(member, text)),
            Value::Null | Value::Bool(_) | Value::Number(_) => false,
        }
    }
    !text.is_empty() && scene.sent().and_then(|sent| sent.get("error")).is_some_and(|error| holds(error, text))
}

/// The request names this member of an element of `details`; any member that is not in one, it does.
fn is_named(scene: &Scene<'_>, pointer: &str) -> bool {
    !pointer.starts_with("/error/details/")
        || scene.exchange().request.json.as_deref().is_none_or(|sent| sent.pointer(pointer).is_some())
}

/// A `details` within an element that is not annotated as the type which declares it (ruling O-05).
fn is_undeclared_in_element(scene: &Scene<'_>, pointer: &str) -> bool {
    let element = pointer.strip_suffix("/details").filter(|element| element.starts_with("/error/details/"));
    let sent = element.and_then(|at| scene.exchange().request.json.as_deref()?.pointer(at)?.as_object());
    let named = |sent| crate::json::annotation(sent, "type").and_then(Value::as_str);
    sent.is_some_and(|sent| named(sent).is_none_or(|name| !name.ends_with("classificationError")))
}

/// An object without any member but annotations.
fn sets_nothing(sent: &Value) -> bool {
    sent.as_object().is_some_and(|object| object.keys().all(|name| name.contains('@')))
}

/// The error, or its inner error, was not null before.
fn was_set(scene: &Scene<'_>, pointer: &str) -> bool {
    let error = scene.before().and_then(|before| before.get("error"));
    match pointer {
        "/error" => error.is_some_and(Value::is_object),
        "/error/innerError" => error.and_then(|error| error.get("innerError")).is_some_and(Value::is_object),
        _ => false,
    }
}

/// The collection that came back holds elements that were there before.
fn holds_old_elements(scene: &Scene<'_>, pointer: &str, actual: Option<&Value>) -> bool {
    let before = scene.entry.before.as_deref().and_then(|before| before.pointer(pointer)).and_then(Value::as_array);
    let (Some(before), Some(actual)) = (before, actual.and_then(Value::as_array)) else { return false };
    let sent = scene.exchange().request.json.as_deref().and_then(|sent| sent.pointer(pointer)?.as_array());
    sent.is_none_or(|sent| actual.len() > sent.len()) && before.iter().any(|old| actual.contains(old))
}
