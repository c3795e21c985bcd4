//! A [`Matcher`] held against a value: which of its conditions does not hold, and what would.

use serde_json::{Map, Value};

use crate::instant::{Closeness, Instant};
use crate::model::expect::{JsonType, Matcher};
use crate::model::finding::Shown;
use crate::model::pattern::pattern as compiled;

/// Said of what is missing.
pub(super) const NOT_THERE: &str = "is not there.";

/// Said of what has another value.
pub(super) const NOT_EQUAL: &str = "is not equal to what the case expects.";

/// What does not match, and what would.
pub(super) struct Mismatch {
    /// A sentence without its subject.
    pub(super) message: &'static str,
    pub(super) expected: Shown,
}

impl Mismatch {
    fn new(message: &'static str, expected: impl Into<Shown>) -> Self {
        Self { message, expected: expected.into() }
    }
}

/// The conditions on a value that is there; the first one that does not hold is told.
const CONDITIONS: [fn(&Matcher, &Value) -> Option<Mismatch>; 9] =
    [absent, equals, same_instant, json_type, one_of, has_one_of, matches, lists, lacks];

/// The first condition that does not hold, for a value or for none.
pub(super) fn mismatch(matcher: &Matcher, value: Option<&Value>) -> Option<Mismatch> {
    match value {
        Some(value) => CONDITIONS.iter().find_map(|condition| condition(matcher, value)),
        None => missing(matcher),
    }
}

fn missing(matcher: &Matcher) -> Option<Mismatch> {
    match (matcher.absent, asks(matcher)) {
        (Some(true), _) | (None, false) => None,
        // Inside `error` absent equals null, and asking for null is content with absence.
        (None, true) if matcher.equals.as_ref().is_some_and(Value::is_null) => None,
        _ => Some(Mismatch::new(NOT_THERE, describe(matcher))),
    }
}

fn absent(matcher: &Matcher, _: &Value) -> Option<Mismatch> {
    (matcher.absent == Some(true)).then(|| Mismatch::new("is there and must not be.", "absent"))
}

fn equals(matcher: &Matcher, value: &Value) -> Option<Mismatch> {
    let wanted = matcher.equals.as_ref()?;
    (!alike(wanted, value)).then(|| Mismatch::new(NOT_EQUAL, wanted.clone()))
}

fn same_instant(matcher: &Matcher, value: &Value) -> Option<Mismatch> {
    let wanted = matcher.same_instant.as_deref()?;
    let parse = |text: &str| Instant::parse(text).ok();
    let same = match (parse(wanted), value.as_str().and_then(parse)) {
        (Some(a), Some(b)) => a.compare(&b) != Closeness::Different,
        _ => false,
    };
    (!same).then(|| Mismatch::new("is not the expected instant.", Value::from(wanted)))
}

fn json_type(matcher: &Matcher, value: &Value) -> Option<Mismatch> {
    let types = matcher.kind.as_ref()?.as_slice();
    let names = || types.iter().map(|known| known.with_article()).collect::<Vec<_>>().join(" or ");
    (!types.contains(&JsonType::of(value))).then(|| Mismatch::new("has the wrong type.", names()))
}

fn one_of(matcher: &Matcher, value: &Value) -> Option<Mismatch> {
    let choices = matcher.one_of.as_ref()?;
    let hit = choices.iter().any(|choice| alike(choice, value));
    (!hit).then(|| Mismatch::new("is none of the expected values.", Value::from(choices.clone())))
}

fn has_one_of(matcher: &Matcher, value: &Value) -> Option<Mismatch> {
    let choices = matcher.has_one_of.as_ref()?;
    let has = |choice: &Map<String, Value>| {
        choice.iter().all(|(name, wanted)| value.get(name).is_some_and(|found| alike(wanted, found)))
    };
    (!choices.iter().any(has)).then(|| {
        let choices: Value = choices.iter().cloned().map(Value::Object).collect();
        Mismatch::new("has the members of none of the expected objects.", choices)
    })
}

fn matches(matcher: &Matcher, value: &Value) -> Option<Mismatch> {
    let pattern = matcher.matches.as_deref()?;
    // The loader has compiled it once already.
    let hit = compiled(pattern).is_ok_and(|regex| value.as_str().is_some_and(|text| regex.is_match(text)));
    (!hit).then(|| Mismatch::new("does not match.", format!("/{pattern}/")))
}

fn lists(matcher: &Matcher, value: &Value) -> Option<Mismatch> {
    let item = matcher.lists.as_deref()?;
    let listed = match value {
        Value::String(list) => {
            list.split(',').any(|one| one.trim().eq_ignore_ascii_case(item) && !is_method(item) || one.trim() == item)
        }
        Value::Array(items) => items.iter().any(|one| one.as_str() == Some(item)),
        _ => false,
    };
    (!listed).then(|| Mismatch::new("does not list what it must.", format!("a list with {item}")))
}

fn lacks(matcher: &Matcher, value: &Value) -> Option<Mismatch> {
    let text = matcher.lacks.as_deref()?;
    let held = match value {
        Value::String(value) => value.contains(text),
        Value::Array(_) | Value::Object(_) => value.to_string().contains(text),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    };
    held.then(|| Mismatch::new("contains what it must not.", format!("no {text:?}")))
}

/// Method names are compared with case (contract, part 4, rule 10).
fn is_method(word: &str) -> bool {
    word.bytes().all(|b| b.is_ascii_uppercase())
}

/// Whether any condition needs a value to be there.
fn asks(matcher: &Matcher) -> bool {
    matcher.equals.is_some()
        || matcher.same_instant.is_some()
        || matcher.kind.is_some()
        || matcher.one_of.is_some()
        || matcher.has_one_of.is_some()
        || matcher.matches.is_some()
        || matcher.lists.is_some()
        || matcher.absent == Some(false)
}

/// What would have matched, in short.
fn describe(matcher: &Matcher) -> Shown {
    match (&matcher.equals, &matcher.lists, &matcher.matches) {
        (Some(value), _, _) => value.clone().into(),
        (_, Some(item), _) => format!("a list with {item}").into(),
        (_, _, Some(pattern)) => format!("/{pattern}/").into(),
        _ => "a value".into(),
    }
}

/// Equal as JSON, or the same instant in another form.
fn alike(wanted: &Value, found: &Value) -> bool {
    match (wanted, found) {
        (Value::String(a), Value::String(b)) => {
            a == b
                || matches!((Instant::parse(a), Instant::parse(b)), (Ok(a), Ok(b)) if a.compare(&b) == Closeness::Equal)
        }
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        _ => wanted == found,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_object_has_the_members_of_one_of_those_expected_or_is_told() {
        let matcher: Matcher = serde_json::from_value(
            json!({"hasOneOf": [{"code": "a", "message": "old"}, {"code": "old", "message": "b"}]}),
        )
        .unwrap();
        for right in [json!({"code": "a", "message": "old", "details": []}), json!({"message": "b", "code": "old"})] {
            assert!(mismatch(&matcher, Some(&right)).is_none(), "{right}");
        }
        for wrong in [json!({"code": "a", "message": "b"}), json!({"code": "a"}), json!("a"), json!(null)] {
            assert!(mismatch(&matcher, Some(&wrong)).is_some(), "{wrong}");
        }
        assert!(mismatch(&matcher, None).is_some());
    }
}
