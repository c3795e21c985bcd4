//! Annotations that a job had of its own, and those that the suite has left in it.
//!
//! A target ignores annotations in a request (OData JSON 4.01, sections 4.5 and 22; REQ-UNK-002), so those that it shows
//! are its own, and no difference in one says that a job is not as it was. One that stores them all the same, and has
//! lost some with the value that they stood beside, is sent them once more; whether it takes them is its own affair.
//! Control information (`@odata.etag`) is never sent back. Of the annotations of the job itself only the names may stand
//! in a journal, so what a killed run has lost of those stays lost; those within the error are a part of its value.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::state::{Absent, patch_back};

/// The PATCH that gives a job, otherwise as it was, its own annotations again, and takes those of the suite out of its
/// error; `None` where there is nothing to do.
pub(super) fn annotate_back(before: &Value, now: &Value, left_alone: &BTreeSet<String>) -> Option<Value> {
    let (Value::Object(had), Value::Object(has)) = (before, now) else { return None };
    // One that is another at each read is the server's affair.
    let lost = had.iter().filter(|(name, _)| is_own(name) && !has.contains_key(*name));
    let mut body: Map<String, Value> = lost.map(|(name, value)| (name.clone(), value.clone())).collect();
    // Where an error is replaced, what is not named again is lost.
    let error = patch_back(before, now, left_alone, Absent::Cleared).get("error").cloned();
    if let (Some(mut error), Some(before), Some(now)) = (error, had.get("error"), has.get("error"))
        && annotate(&mut error, before, now)
    {
        body.insert("error".to_owned(), error);
    }
    (!body.is_empty()).then_some(Value::Object(body))
}

/// Names in a body the annotations that an object had, at every depth, and null for those that the suite has left.
/// Returns whether the object has others now.
fn annotate(back: &mut Value, before: &Value, now: &Value) -> bool {
    let (Value::Object(back), Value::Object(before), Value::Object(now)) = (back, before, now) else { return false };
    let mut differs = false;
    for (name, value) in back.iter_mut() {
        if let (Some(before), Some(now)) = (before.get(name), now.get(name)) {
            differs |= annotate(value, before, now);
        }
    }
    for (name, value) in before.iter().filter(|(name, _)| is_own(name)) {
        differs |= !now.contains_key(name);
        back.insert(name.clone(), value.clone());
    }
    for name in now.keys().filter(|name| is_of_the_suite(name) && !before.contains_key(*name)) {
        differs = true;
        back.insert(name.clone(), Value::Null);
    }
    differs
}

/// The term of an annotation that is no control information: that has no namespace, or `odata`.
fn term(name: &str) -> Option<&str> {
    let (_, term) = name.rsplit_once('@')?;
    (term.contains('.') && !term.starts_with("odata.")).then_some(term)
}

fn is_own(name: &str) -> bool {
    term(name).is_some_and(|term| !term.starts_with("patchproof."))
}

fn is_of_the_suite(name: &str) -> bool {
    term(name).is_some_and(|term| term.starts_with("patchproof."))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn own_annotations_come_back_and_those_of_the_suite_go() {
        let before = json!({"@odata.etag": "1", "status@my.note": "x", "@my.note": [1], "status": "a",
            "error": {"@my.note": "e", "code": "c", "innerError": {"activityId@my.note": "i", "activityId": "a"}}});
        let back = |now: &Value| annotate_back(&before, now, &BTreeSet::new());
        assert_eq!(back(&before), None);
        let mut now = before.clone();
        now["@odata.etag"] = json!("2");
        assert_eq!(back(&now), None);
        now["status@my.note"] = json!("y");
        assert_eq!(back(&now), None);
        now.as_object_mut().unwrap().remove("status@my.note");
        assert_eq!(back(&now), Some(json!({"status@my.note": "x"})));
        let now = json!({"@my.note": [1], "status@my.note": "x", "status": "a",
            "error": {"code@patchproof.note": "x", "code": "c", "innerError": {"activityId": "a"}}});
        let error = json!({"code": "c", "innerError": {"activityId": "a", "activityId@my.note": "i"},
            "@my.note": "e", "code@patchproof.note": null});
        assert_eq!(back(&now), Some(json!({ "error": error })));
        assert_eq!(annotate_back(&before, &now, &["error".to_owned()].into()), None);
        assert_eq!(annotate_back(&before, &Value::Null, &BTreeSet::new()), None);
    }
}
