//! Comparison of jobs under the equality rules of the contract (part 4), difference by difference.
//!
//! The shape of a job is the table [`JOB`]; [`compare`] walks it. Annotations (names with `@`) and undeclared members
//! never count; [`undeclared`] compares those that only a server-to-server comparison may look at.

use serde_json::{Map, Value};

use crate::instant::Closeness;

mod merge;
mod shape;
mod undeclared;
mod walk;

pub use merge::{merged, merged_of, rest_is_same};
pub use shape::{ERROR, JOB, MemberType, each_date_time, each_two_date_times, is_part_of_error};
pub use undeclared::{Absence, has_undeclared, member, strip_undeclared, undeclared};
pub use walk::At;
use walk::Walk;

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
    form: &[(&str, MemberType)],
    expected: &Map<String, Value>,
    actual: &Map<String, Value>,
    against: Against,
    whole: bool,
) -> Vec<Difference> {
    let mut out = Vec::new();
    if against == Against::SameState && std::ptr::eq(expected, actual) {
        return out;
    }
    Walk { against, whole, out: &mut out }.object(form, expected, actual, &At::Root, true);
    out
}

/// Whether two values of one form are equal under the rules.
#[must_use]
pub fn equal(form: MemberType, expected: Option<&Value>, actual: Option<&Value>, against: Against) -> bool {
    let mut out = Vec::new();
    Walk { against, whole: true, out: &mut out }.value(form, expected, actual, &At::Root, false);
    out.iter()
        .all(|d| matches!(d.kind, Kind::Order) || (against == Against::Sent && matches!(d.kind, Kind::Precision(_))))
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
