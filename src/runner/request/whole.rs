//! Whole updates, for a target that is judged by the page alone.
//!
//! The page shows one update: all seven properties, and an annotation on every object. That a server must take less
//! (REQ-BODY-004, REQ-BODY-005) follows from the standards, so it is no part of the tier `documented`; where only that
//! tier is judged, a case's update goes out with what it leaves out as the job has it, or as the sample has it.

use serde_json::{Map, Value};

use crate::contract::sample;

/// The type annotation of an object.
const TYPE: &str = "@odata.type";

/// The update with all seven properties and all annotations, at the root that of the job; what is no object stays as it is.
pub(super) fn whole(mut update: Value, known: Option<&Value>) -> Value {
    let (_, sample) = sample::sample();
    if let (Some(members), Some(sample)) = (update.as_object_mut(), sample.as_object()) {
        if let (false, Some(name)) = (members.contains_key(TYPE), known.and_then(|job| job.get(TYPE))) {
            members.shift_insert(0, TYPE.to_owned(), name.clone());
        }
        for (name, shown) in sample.iter().filter(|(name, _)| *name != TYPE) {
            members.entry(name).or_insert_with(|| known.and_then(|job| set(job.get(name)?)).unwrap_or(shown.clone()));
        }
        annotate(members, sample);
    }
    update
}

/// The value without what is null in it: that null is taken is REQ-NULL-001, of the tier `protocol` too.
fn set(value: &Value) -> Option<Value> {
    match value {
        Value::Null => None,
        Value::Array(elements) => Some(elements.iter().filter_map(set).collect()),
        Value::Object(members) => {
            Some(members.iter().filter_map(|(name, value)| Some((name.clone(), set(value)?))).collect())
        }
        _ => Some(value.clone()),
    }
}

/// Adds the annotations that the sample has at the same places.
fn annotate(members: &mut Map<String, Value>, sample: &Map<String, Value>) {
    if let (false, Some(name)) = (members.contains_key(TYPE), sample.get(TYPE)) {
        members.shift_insert(0, TYPE.to_owned(), name.clone());
    }
    for (name, value) in members {
        match (value, sample.get(name)) {
            (Value::Object(inner), Some(Value::Object(sample))) => annotate(inner, sample),
            (Value::Array(elements), Some(Value::Array(samples))) => {
                let Some(Value::Object(shown)) = samples.first() else { continue };
                // An element may have an innerError as the error has, which the sample's element does not show.
                let mut shown = shown.clone();
                shown.extend(sample.get("innerError").map(|inner| ("innerError".to_owned(), inner.clone())));
                elements.iter_mut().filter_map(Value::as_object_mut).for_each(|element| annotate(element, &shown));
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_left_out_is_as_the_job_has_it_or_as_in_the_sample() {
        let known = json!({"id": "1", "type": "known", "status": "old", "tenantId": null, "more": 1,
            "error": {"code": null, "details": [{"code": "c", "target": null}]}});
        let (error, element) = ("microsoft.graph.classificationError", "microsoft.graph.classifcationErrorBase");
        let kept = json!({"@odata.type": error, "details": [{"@odata.type": element, "code": "c"}]});
        assert_eq!(whole(json!({}), Some(&known))["error"], kept);
        assert_eq!(whole(json!({}), Some(&json!({"@odata.type": "#derived"})))["@odata.type"], "#derived");
        let update =
            whole(json!({"status": "new", "error": {"details": [{"code": "c"}, 5, {"innerError": {}}]}}), Some(&known));
        let (_, sample) = sample::sample();
        let names =
            |value: &Value| value.as_object().unwrap().keys().cloned().collect::<std::collections::BTreeSet<_>>();
        assert_eq!(names(&update), names(&sample));
        assert_eq!((&update["status"], &update["type"]), (&json!("new"), &json!("known")));
        assert_eq!(update["tenantId"], sample["tenantId"]);
        let element = json!({"@odata.type": "microsoft.graph.classifcationErrorBase", "code": "c"});
        assert_eq!(update["error"]["details"][0], element);
        assert_eq!(update["error"]["details"][1], 5);
        let inner = &update["error"]["details"][2]["innerError"];
        assert_eq!(*inner, json!({"@odata.type": "microsoft.graph.classificationInnerError"}));
        assert_eq!(update["error"]["@odata.type"], "microsoft.graph.classificationError");
        assert!(update["error"].get("code").is_none(), "what an error has is the case's affair");
        assert_eq!(update.as_object().unwrap().keys().next().map(String::as_str), Some(TYPE));
    }

    #[test]
    fn what_is_written_stays() {
        let (_, sample) = sample::sample();
        assert_eq!(whole(Value::clone(&sample), Some(&json!({"type": "known"}))), *sample);
        assert_eq!(whole(json!({"@odata.type": "#x"}), None)["@odata.type"], "#x");
        assert_eq!(whole(json!({"error": null}), None)["error"], Value::Null);
        assert_eq!(whole(json!([1]), None), json!([1]));
    }
}
