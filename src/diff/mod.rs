//! Comparison of jobs under the equality rules of the contract (part 4), difference by difference.
//!
//! The shape of a job is the table [`JOB`]; [`compare`] walks it. Annotations (names with `@`) and undeclared members
//! never count; [`undeclared`] compares those that only a server-to-server comparison may look at.

use std::fmt;

use serde_json::{Map, Value};

use crate::instant::{Closeness, Instant};
use crate::json::escape;

mod merge;
mod shape;
mod undeclared;

pub use merge::{merged, merged_of};
pub use shape::{ERROR, Form, JOB, is_part_of_error};
pub use undeclared::{Absence, has_undeclared, member, strip_undeclared, undeclared};

/// Which two values are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Against {
    /// What a client sent with what a server answers: fractions of a second may be lost.
    Sent,
    /// Two answers of the server for the same state: only the same instant is equal.
    SameState,
}

/// In which way two values differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Expected, and not there.
    Missing,
    /// Expected null, and it is something else.
    NotNull,
    /// Expected a value, and it is null.
    Null,
    /// Two strings.
    Text,
    /// Two instants that are one second or more apart, or a text that is no instant.
    Instant,
    /// Two instants less than a second apart.
    Precision(Closeness),
    /// Other JSON types.
    Type,
    /// Another number of elements.
    Count,
    /// The same elements in another order.
    Order,
}

/// One difference.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// JSON Pointer of the member.
    pub pointer: String,
    /// In which way.
    pub kind: Kind,
    /// The value expected.
    pub expected: Value,
    /// The value there, where there is one.
    pub actual: Option<Value>,
}

/// Compares the members of `expected` that `form` declares with `actual`; members that `expected` does not have are
/// not looked at unless `whole`.
#[must_use]
pub fn compare(
    form: &[(&str, Form)],
    expected: &Map<String, Value>,
    actual: &Map<String, Value>,
    against: Against,
    whole: bool,
) -> Vec<Difference> {
    let mut out = Vec::new();
    Walk { against, whole, out: &mut out }.object(form, expected, actual, &At::Root, true);
    out
}

/// Whether two values of one form are equal under the rules.
#[must_use]
pub fn equal(form: Form, expected: Option<&Value>, actual: Option<&Value>, against: Against) -> bool {
    let mut out = Vec::new();
    Walk { against, whole: true, out: &mut out }.value(form, expected, actual, &At::Root, false);
    out.iter()
        .all(|d| matches!(d.kind, Kind::Order) || (against == Against::Sent && matches!(d.kind, Kind::Precision(_))))
}

/// A place in the job, told from the inside out: most places are equal, and only a difference has its pointer written.
enum At<'a> {
    Root,
    Member(&'a At<'a>, &'a str),
    Element(&'a At<'a>, usize),
}

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => Ok(()),
            Self::Member(of, name) => write!(f, "{of}/{}", escape(name)),
            Self::Element(of, index) => write!(f, "{of}/{index}"),
        }
    }
}

struct Walk<'a> {
    against: Against,
    whole: bool,
    out: &'a mut Vec<Difference>,
}

impl Walk<'_> {
    fn object(
        &mut self,
        form: &[(&str, Form)],
        expected: &Map<String, Value>,
        actual: &Map<String, Value>,
        at: &At<'_>,
        root: bool,
    ) {
        for (name, form) in form {
            let wanted = expected.get(*name);
            if wanted.is_none() && !self.whole {
                continue;
            }
            self.value(*form, wanted, actual.get(*name), &At::Member(at, name), root);
        }
    }

    fn push(&mut self, at: &At<'_>, kind: Kind, expected: &Value, actual: Option<&Value>) {
        self.out.push(Difference {
            pointer: at.to_string(),
            kind,
            expected: expected.clone(),
            actual: actual.cloned(),
        });
    }

    fn value(&mut self, form: Form, expected: Option<&Value>, actual: Option<&Value>, at: &At<'_>, root: bool) {
        let null = Value::Null;
        let empty = Value::Array(Vec::new());
        // Rule 3: inside `error` absent equals null, and an absent collection equals an empty one.
        let absent = if matches!(form, Form::Collection(_)) { &empty } else { &null };
        let wanted = expected.unwrap_or(absent);
        let found = match actual {
            Some(found) => found,
            None if root && self.against == Against::Sent => return self.push(at, Kind::Missing, wanted, None),
            None => absent,
        };
        match (wanted, found) {
            (Value::Null, Value::Null) => {}
            // What was there before is as it was, even where it should never have been there.
            (before, now) if self.against == Against::SameState && before == now => {}
            (Value::Null, _) => self.push(at, Kind::NotNull, wanted, actual),
            (_, Value::Null) => {
                let kind = if actual.is_none() { Kind::Missing } else { Kind::Null };
                self.push(at, kind, wanted, actual);
            }
            (Value::String(a), Value::String(b)) => match form {
                _ if a == b => {}
                Form::Instant => self.instant(at, a, b),
                _ => self.push(at, Kind::Text, wanted, actual),
            },
            (Value::Object(a), Value::Object(b)) => match form {
                // An object inside is compared with the members that were named, so that a merge can be told from an echo.
                Form::Complex(members) => self.object(members, a, b, at, false),
                _ => self.push(at, Kind::Type, wanted, actual),
            },
            (Value::Array(a), Value::Array(b)) => match form {
                Form::Collection(members) => self.collection(members, a, b, at, actual),
                _ => self.push(at, Kind::Type, wanted, actual),
            },
            _ => self.push(at, Kind::Type, wanted, actual),
        }
    }

    fn instant(&mut self, at: &At<'_>, a: &str, b: &str) {
        let kind = match (Instant::parse(a), Instant::parse(b)) {
            (Ok(wanted), Ok(found)) => match wanted.compare(&found) {
                Closeness::Equal => return,
                Closeness::Different => Kind::Instant,
                loss => Kind::Precision(loss),
            },
            _ => Kind::Instant,
        };
        let kind = match (kind, self.against) {
            (Kind::Precision(_), Against::SameState) => Kind::Instant,
            (kind, _) => kind,
        };
        self.push(at, kind, &Value::from(a), Some(&Value::from(b)));
    }

    fn collection(
        &mut self,
        form: &'static [(&'static str, Form)],
        a: &[Value],
        b: &[Value],
        at: &At<'_>,
        actual: Option<&Value>,
    ) {
        if a.len() != b.len() {
            return self.push(at, Kind::Count, &Value::from(a.to_vec()), actual);
        }
        let same = |x: &Value, y: &Value| equal_element(form, x, y, self.against);
        let mut free: Vec<usize> = (0..b.len()).collect();
        let mut unmatched = Vec::new();
        let mut moved = false;
        for (i, x) in a.iter().enumerate() {
            // The element at the same place first, so that a pure change of order is told from a change of value.
            let hit = free
                .iter()
                .position(|&j| j == i && same(x, &b[j]))
                .or_else(|| free.iter().position(|&j| same(x, &b[j])));
            match hit {
                Some(k) => moved |= free.remove(k) != i,
                None => unmatched.push(i),
            }
        }
        if unmatched.is_empty() {
            if moved {
                self.push(at, Kind::Order, &Value::from(a.to_vec()), actual);
            }
            return;
        }
        for (i, j) in unmatched.into_iter().zip(free) {
            let place = At::Element(at, j);
            match (&a[i], &b[j]) {
                (Value::Object(x), Value::Object(y)) => {
                    let whole = std::mem::replace(&mut self.whole, true);
                    self.object(form, x, y, &place, false);
                    self.whole = whole;
                }
                (x, y) => self.push(&place, Kind::Type, x, Some(y)),
            }
        }
    }
}

/// Whether two elements of a collection are equal; an element without members equals one whose members are all null.
fn equal_element(form: &'static [(&'static str, Form)], a: &Value, b: &Value, against: Against) -> bool {
    match (a, b) {
        (Value::Object(_), Value::Object(_)) => equal(Form::Complex(form), Some(a), Some(b), against),
        _ => a == b,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn differences(expected: Value, actual: Value, against: Against, whole: bool) -> Vec<(String, Kind)> {
        let (Value::Object(a), Value::Object(b)) = (expected, actual) else { panic!("objects") };
        compare(JOB, &a, &b, against, whole).into_iter().map(|d| (d.pointer, d.kind)).collect()
    }

    #[test]
    fn what_the_rules_call_equal() {
        for (a, b) in [
            (json!({"startDateTime":"2017-01-01T00:00:00+03:00"}), json!({"startDateTime":"2016-12-31T21:00:00.000Z"})),
            (json!({"error":{"code":null}}), json!({"error":{}})),
            (json!({"error":{"details":[]}}), json!({"error":{}})),
            (
                json!({"error":{"details":[{"@odata.type":"x"}]}}),
                json!({"error":{"details":[{"code":null,"innerError":null}]}}),
            ),
            (json!({"status":"a","x@y":1}), json!({"status":"a"})),
        ] {
            assert_eq!(differences(a, b, Against::Sent, false), []);
        }
    }

    #[test]
    fn what_differs_and_how() {
        let one = |a, b| {
            let mut found = differences(a, b, Against::Sent, false);
            assert_eq!(found.len(), 1, "{found:?}");
            found.remove(0)
        };
        assert_eq!(one(json!({"status":""}), json!({"status":null})), ("/status".into(), Kind::Null));
        assert_eq!(one(json!({"status":null}), json!({})), ("/status".into(), Kind::Missing));
        assert_eq!(one(json!({"status":null}), json!({"status":""})), ("/status".into(), Kind::NotNull));
        assert_eq!(
            one(
                json!({"error":{"details":[{"code":"a"},{"code":"b"}]}}),
                json!({"error":{"details":[{"code":"b"},{"code":"a"}]}})
            ),
            ("/error/details".into(), Kind::Order)
        );
        assert_eq!(
            one(
                json!({"error":{"details":[{"code":"a"},{"code":"b"}]}}),
                json!({"error":{"details":[{"code":"a"},{"code":"c"}]}})
            ),
            ("/error/details/1/code".into(), Kind::Text)
        );
        assert_eq!(one(json!({"error":{"details":[{}]}}), json!({"error":{}})), ("/error/details".into(), Kind::Count));
    }

    #[test]
    fn between_two_answers_only_the_same_instant_is_equal() {
        let (a, b) = (json!({"endDateTime":"2017-01-01T00:00:00.1Z"}), json!({"endDateTime":"2017-01-01T00:00:00Z"}));
        assert!(matches!(differences(a.clone(), b.clone(), Against::Sent, false)[..], [(_, Kind::Precision(_))]));
        assert!(matches!(differences(a, b, Against::SameState, true)[..], [(_, Kind::Instant)]));
    }

    #[test]
    fn a_wrong_value_that_stays_has_not_changed() {
        let wrong = json!({"status": 1, "startDateTime": "soon", "error": {"code": false, "details": {}}});
        assert_eq!(differences(wrong.clone(), wrong.clone(), Against::SameState, true), []);
        assert!(!differences(wrong, json!({"status": 2}), Against::SameState, true).is_empty());
    }
}
