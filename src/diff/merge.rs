//! What an update makes of a job.

use serde_json::{Map, Value};

use super::MemberType;

/// Whether the declared members that `patch` does not name are literally the same before and after: then there is no need
/// to merge and compare. A `false` says nothing.
#[must_use]
pub fn rest_is_same(
    form: &[(&str, MemberType)],
    before: &Map<String, Value>,
    patch: &Map<String, Value>,
    after: &Map<String, Value>,
) -> bool {
    form.iter().all(|(name, kind)| match (kind, patch.get(*name)) {
        (_, None) => before.get(*name) == after.get(*name),
        (MemberType::Complex(inner), Some(Value::Object(patch))) => match (before.get(*name), after.get(*name)) {
            (Some(Value::Object(before)), Some(Value::Object(after))) => rest_is_same(inner, before, patch, after),
            _ => false,
        },
        (_, Some(Value::Object(_))) => false,
        // It is named with all that is in it.
        (_, Some(_)) => true,
    })
}

/// The job that a merge of `patch` into `before` gives (OData 4.01 Protocol, 11.4.3): recursively through complex
/// values, collections as a whole. Annotations and the key are left out.
#[must_use]
pub fn merged(before: &Map<String, Value>, patch: &Map<String, Value>) -> Map<String, Value> {
    merged_of(before, patch, |_| true)
}

/// [`merged`], with only those members of `patch` whose names are taken.
pub fn merged_of(
    before: &Map<String, Value>,
    patch: &Map<String, Value>,
    takes: impl Fn(&str) -> bool,
) -> Map<String, Value> {
    let counts = |name: &str| !name.contains('@') && name != "id" && takes(name);
    let mut out = Map::with_capacity(before.len() + patch.len());
    for (name, old) in before {
        let next = match (old, patch.get(name).filter(|_| counts(name))) {
            (Value::Object(old), Some(Value::Object(new))) => Value::Object(merged(old, new)),
            (_, Some(new)) => new.clone(),
            (old, None) => old.clone(),
        };
        out.insert(name.clone(), next);
    }
    for (name, new) in patch.iter().filter(|(name, _)| !before.contains_key(*name) && counts(name)) {
        out.insert(name.clone(), new.clone());
    }
    out
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_merge_goes_down_into_complex_values_and_replaces_collections() {
        let before = json!({"id":"1","error":{"code":"a","innerError":{"code":"x","activityId":"y"},"details":[1,2]}});
        let patch = json!({"id":"2","error":{"innerError":{"code":null},"details":[3]}});
        let (Value::Object(before), Value::Object(patch)) = (before, patch) else { panic!("objects") };
        assert_eq!(
            Value::Object(merged(&before, &patch)),
            json!({"id":"1","error":{"code":"a","innerError":{"code":null,"activityId":"y"},"details":[3]}})
        );
    }
}
