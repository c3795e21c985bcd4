//! The state of a job before a run and now: what makes the one of the other, and which differences count.
//!
//! What the merge of a PATCH means, and which differences do not count, is in OData 4.01 Protocol, 11.4.3, and in the
//! contract, parts 1 and 4.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::diff;
use crate::instant::{Closeness, Instant};
use crate::target::journal::JournalEntry;

/// Declared by some of the metadata only.
pub const USER_ID: &str = "userId";
const ERROR_MEMBERS: [&str; 3] = ["code", "message", "target"];
const INNER_MEMBERS: [&str; 4] = ["errorDateTime", "clientRequestId", "activityId", "code"];

/// The properties that are put back. `userId` is one where the job had another: the page does not know it, other metadata
/// do (contract, O-10), and a target that stores it stores what REQ-UNK-003 sends; one that refuses it has not changed it.
fn properties(before: &Value, now: &Value) -> impl Iterator<Item = &'static str> {
    let other = |before: &Value| !before.is_null() && now.get(USER_ID).is_some_and(|now| now != before);
    let simple = diff::JOB.iter().map(|(name, _)| *name).filter(|name| *name != "error");
    simple.chain(before.get(USER_ID).is_some_and(other).then_some(USER_ID))
}

/// Members beyond the model that the run added and that are still there; of a job that cannot be read, those that are
/// the suite's own for certain.
pub(super) fn left_over(entry: &JournalEntry, now: &Value) -> Vec<String> {
    let is_there = |name: &&String| match now {
        Value::Null => name.trim_start_matches('@').starts_with("patchproof"),
        now => now.get(name.as_str()).is_some_and(|value| !value.is_null()),
    };
    let had = |name: &&String| entry.before.get(name.as_str()).is_some() || entry.had.contains(*name);
    entry.added.iter().filter(|name| !had(name)).filter(is_there).cloned().collect()
}

/// What a body says of members that were not there and are now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Absent {
    /// Nothing: a target that replaces takes them away by itself, and would show null for those that are named.
    Omitted,
    /// Null, and no element for `details`: a target that merges keeps them otherwise.
    Cleared,
}

/// The body of the PATCH that makes `now` what `before` was. It names every member that was there, so that a target
/// that replaces instead of merging ends up right too.
pub(super) fn patch_back(before: &Value, now: &Value, left_alone: &BTreeSet<String>, absent: Absent) -> Value {
    let mut body = Map::new();
    if !same_id(before, now) {
        body.extend(before.get("id").map(|id| ("id".to_owned(), id.clone())));
    }
    for name in properties(before, now).filter(|name| !left_alone.contains(*name)) {
        member(&mut body, name, before, now, absent);
    }
    if !left_alone.contains("error") {
        match (before.get("error"), now.get("error")) {
            (Some(error @ Value::Object(_)), now) => {
                body.insert("error".into(), error_back(error, now.unwrap_or(&Value::Null), absent));
            }
            (None, _) => member(&mut body, "error", before, now, absent),
            _ => drop(body.insert("error".into(), Value::Null)),
        }
    }
    Value::Object(body)
}

/// Adds the type annotations that the job had, at the objects that are put back.
pub(super) fn add_types(back: &mut Value, before: &Value) {
    let (Value::Object(back), Value::Object(before)) = (back, before) else { return };
    if let Some(name) = before.get("@odata.type") {
        back.shift_insert(0, "@odata.type".to_owned(), name.clone());
    }
    for (name, value) in back {
        if let Some(before) = before.get(name) {
            add_types(value, before);
        }
    }
}

fn error_back(before: &Value, now: &Value, absent: Absent) -> Value {
    let mut error = Map::new();
    for name in ERROR_MEMBERS {
        member(&mut error, name, before, now, absent);
    }
    match (before.get("innerError"), now.get("innerError")) {
        (Some(inner @ Value::Object(_)), now) => {
            let mut back = Map::new();
            for name in INNER_MEMBERS {
                member(&mut back, name, inner, now.unwrap_or(&Value::Null), absent);
            }
            error.insert("innerError".into(), Value::Object(back));
        }
        (None, _) => member(&mut error, "innerError", before, now, absent),
        _ => drop(error.insert("innerError".into(), Value::Null)),
    }
    let elements = |of: &Value| of.get("details").filter(|details| details.is_array()).cloned();
    let left = || elements(now).is_some_and(|now| now != json!([]));
    if let Some(details) = elements(before) {
        error.insert("details".into(), details);
    } else if absent == Absent::Cleared && (now.is_null() || left()) {
        error.insert("details".into(), json!([]));
    }
    Value::Object(error)
}

/// Copies a member that was there, and names one that has to go.
fn member(back: &mut Map<String, Value>, name: &str, before: &Value, now: &Value, absent: Absent) {
    match before.get(name) {
        Some(value) => drop(back.insert(name.to_owned(), value.clone())),
        None if absent == Absent::Cleared && now.get(name).is_some_and(|value| !value.is_null()) => {
            back.insert(name.to_owned(), Value::Null);
        }
        None => {}
    }
}

/// JSON Pointers of the properties in which two states of a job differ, apart from those that are left alone.
pub(super) fn differing(
    before: &Value,
    now: &Value,
    left_alone: &BTreeSet<String>,
    same: fn(&Value, &Value) -> bool,
) -> Vec<String> {
    let properties = properties(before, now).chain(["error"]).filter(|name| !left_alone.contains(*name));
    let differs =
        |name: &&str| !same(before.get(*name).unwrap_or(&Value::Null), now.get(*name).unwrap_or(&Value::Null));
    let id = (!same_id(before, now)).then(|| "/id".to_owned());
    id.into_iter().chain(properties.filter(differs).map(|name| format!("/{name}"))).collect()
}

/// Whether two states are of one job, as far as both say so.
fn same_id(before: &Value, now: &Value) -> bool {
    before.get("id").zip(now.get("id")).is_none_or(|(before, now)| before == now)
}

/// Whether two values are the same state: instants as instants, absent as null, no `details` as an empty one,
/// annotations left out.
pub(super) fn same(before: &Value, now: &Value) -> bool {
    match (before, now) {
        (Value::String(a), Value::String(b)) => {
            a == b
                || matches!((Instant::parse(a), Instant::parse(b)), (Ok(a), Ok(b)) if a.compare(&b) == Closeness::Equal)
        }
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            let names = a.keys().chain(b.keys()).filter(|name| !name.contains('@'));
            let nothing = |name: &str| if name == "details" { json!([]) } else { Value::Null };
            names.into_iter().all(|name| match (a.get(name), b.get(name)) {
                (Some(a), Some(b)) => same(a, b),
                (Some(value), None) | (None, Some(value)) => *value == nothing(name) || value.is_null(),
                (None, None) => true,
            })
        }
        (a, b) => a == b,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn back(before: &Value, now: &Value) -> Value {
        patch_back(before, now, &BTreeSet::new(), Absent::Cleared)
    }

    #[test]
    fn names_what_was_there_and_clears_what_was_not() {
        let before = json!({"id": "1", "status": null, "type": "a", "userId": "u", "@odata.etag": "x",
            "error": {"code": "c", "innerError": {"activityId": "1"}}});
        let now = json!({"id": "1", "status": "x", "type": "a", "tenantId": "t",
            "error": {"code": "d", "message": "m", "innerError": {"activityId": "2", "clientRequestId": "3"},
                      "details": [{"code": "e"}]}});
        let expected = json!({"status": null, "type": "a", "tenantId": null,
            "error": {"code": "c", "message": null, "innerError": {"activityId": "1", "clientRequestId": null},
                      "details": []}});
        assert_eq!(back(&before, &now), expected);
        assert_eq!(back(&json!({"error": null}), &now)["error"], Value::Null);
        assert_eq!(back(&json!({"error": {"innerError": null}}), &now)["error"]["innerError"], Value::Null);
        assert_eq!(back(&before, &json!({}))["error"]["details"], json!([]));
        let omitted = patch_back(&before, &now, &BTreeSet::new(), Absent::Omitted);
        let expected = json!({"status": null, "type": "a", "error": {"code": "c", "innerError": {"activityId": "1"}}});
        assert_eq!(omitted, expected);
    }

    #[test]
    fn types_are_added_where_the_job_had_them() {
        let before = json!({"@odata.type": "#job", "status": "a", "error": {"@odata.type": "#error", "code": "c",
            "innerError": {"activityId": "1"}}});
        let mut body = back(&before, &json!({}));
        add_types(&mut body, &before);
        let error = json!({"@odata.type": "#error", "code": "c", "innerError": {"activityId": "1"}, "details": []});
        assert_eq!(body, json!({"@odata.type": "#job", "status": "a", "error": error}));
    }

    #[test]
    fn knows_which_differences_count() {
        let left_alone = ["endDateTime".to_owned()].into();
        let before = json!({"status": "a", "startDateTime": "2026-01-01T00:00:00Z", "endDateTime": null,
            "error": {"code": "c", "message": null, "details": []}});
        let now = json!({"status": "a", "startDateTime": "2026-01-01T01:00:00.0+01:00", "endDateTime": "x",
            "error": {"@odata.type": "#x", "code": "c"}});
        assert!(differing(&before, &now, &left_alone, same).is_empty());
        let (one, other) = (json!({"id": "1", "status": null}), json!({"id": "2"}));
        assert_eq!(differing(&one, &other, &left_alone, same), ["/id"]);
        assert_eq!(patch_back(&one, &other, &left_alone, Absent::Cleared)["id"], "1");
        let (owned, taken) = (json!({"userId": "owner"}), json!({"userId": "x"}));
        assert_eq!(differing(&owned, &taken, &left_alone, same), ["/userId"]);
        assert_eq!(patch_back(&owned, &taken, &left_alone, Absent::Cleared)["userId"], "owner");
        assert_eq!(patch_back(&owned, &owned, &left_alone, Absent::Cleared).get("userId"), None, "it may be refused");
        assert!(differing(&json!({}), &taken, &left_alone, same).is_empty());
        assert!(differing(&json!({}), &other, &left_alone, same).is_empty());
        let now = json!({"status": "A", "startDateTime": "2026-01-01T00:00:01Z", "error": null});
        assert_eq!(differing(&before, &now, &left_alone, same), ["/status", "/startDateTime", "/error"]);
    }
}
