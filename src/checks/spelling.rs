//! A name that is spelled in another way than a declared one names no property, and must not get lost (OData 4.01, 11.4.3).
//!
//! Some servers bind names without regard to letter case, or take `tenant_id` for `tenantId`. Nothing is lost then, so it
//! is a warning; who refuses the name, or keeps and returns the property under it, is right.

use serde_json::{Map, Value};

use super::scene::{Findings, Scene};
use super::{Check, Scope};
use crate::diff::{self, Against, At, Kind, MemberType};
use crate::json::last_token;
use crate::model::finding::{Level, Place};

pub(super) const CHECK: Check = Check {
    name: "spelling",
    rule: "A property whose name is a declared one in another spelling is refused or kept, not lost.",
    requirements: &["REQ-UNK-001"],
    scope: Scope::Steps,
    run,
};

fn run(scene: &Scene<'_>, findings: &mut Findings) {
    let (Some(sent), Some(entity)) = (scene.sent(), scene.entity()) else { return };
    let mut taken = Vec::new();
    object(diff::JOB, sent, Some(entity), &At::Root, &mut taken);
    for Taken { pointer, value, bound } in taken {
        let name = last_token(&pointer);
        let (level, message) = match bound {
            Some(known) => (Level::Should, format!("`{name}` is not declared, and is taken for `{known}`.")),
            None => (Level::Must, format!("`{name}` is not declared, was accepted and is silently lost.")),
        };
        let draft = scene.finding("REQ-UNK-001", Place::Body(pointer), message).at_most(level);
        findings.add(draft.expected(value.clone()));
    }
}

/// A property that was accepted, and does not come back under its name.
#[derive(Debug, PartialEq)]
struct Taken<'a> {
    pointer: String,
    value: &'a Value,
    /// The declared name that shows the value.
    bound: Option<&'static str>,
}

type Members = [(&'static str, MemberType)];

/// Looks through what was sent for one object, beside what came back for it.
fn object<'a>(
    form: &Members,
    sent: &'a Map<String, Value>,
    found: Option<&Map<String, Value>>,
    at: &At<'_>,
    taken: &mut Vec<Taken<'a>>,
) {
    let back = |name: &str| found.and_then(|found| found.get(name));
    // No spelling of a declared name has `@` in it.
    for (name, value) in sent.iter().filter(|(name, _)| !name.contains('@')) {
        if let Some((_, kind)) = form.iter().find(|(known, _)| known == name) {
            inside(*kind, value, || back(name), &At::Member(at, name), taken);
        } else if let Some((known, kind)) = form.iter().find(|(known, _)| letters(known).eq(letters(name)))
            && !sent.contains_key(*known)
            && back(name) != Some(value)
        {
            let bound = shows(*kind, value, back(known)).then_some(*known);
            taken.push(Taken { pointer: At::Member(at, name).to_string(), value, bound });
        }
    }
}

/// What is left of a name without letter case, blanks and what joins words.
fn letters(name: &str) -> impl Iterator<Item = u8> {
    name.bytes().filter(|octet| !b"_- ".contains(octet)).map(|octet| octet.to_ascii_lowercase())
}

/// Goes down into a declared property.
fn inside<'a, 'f>(
    kind: MemberType,
    sent: &'a Value,
    found: impl FnOnce() -> Option<&'f Value>,
    at: &At<'_>,
    taken: &mut Vec<Taken<'a>>,
) {
    match (kind, sent) {
        (MemberType::Complex(form), Value::Object(sent)) => {
            object(form, sent, found().and_then(Value::as_object), at, taken);
        }
        (MemberType::Collection(form), Value::Array(items)) => {
            let found = found();
            for (index, item) in items.iter().enumerate() {
                let Value::Object(item) = item else { continue };
                let found = found.and_then(|found| found.get(index)?.as_object());
                object(form, item, found, &At::Element(at, index), taken);
            }
        }
        _ => {}
    }
}

/// Whether a declared property has the value that was sent under the other name.
fn shows(kind: MemberType, sent: &Value, found: Option<&Value>) -> bool {
    match (kind, sent, found) {
        (MemberType::Complex(form), Value::Object(sent), Some(Value::Object(found))) => {
            let all = diff::compare(form, sent, found, Against::Sent, false);
            all.iter().all(|one| matches!(one.kind, Kind::Precision(_) | Kind::Order))
        }
        _ => diff::equal(kind, Some(sent), found, Against::Sent),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The names that were taken, with the declared ones that show their values.
    fn taken(sent: &Value, found: &Value) -> Vec<(String, Option<&'static str>)> {
        let mut taken = Vec::new();
        object(diff::JOB, sent.as_object().unwrap(), found.as_object(), &At::Root, &mut taken);
        taken.into_iter().map(|one| (one.pointer, one.bound)).collect()
    }

    #[test]
    fn what_is_kept_or_no_declared_name_is_not_told() {
        assert_eq!(taken(&json!({"Status": "x"}), &json!({"Status": "x", "status": "y"})), []);
        assert_eq!(taken(&json!({"statuss": "x", "@odata.Type": 1, "ID": "1"}), &json!({})), []);
        assert_eq!(taken(&json!({"status": "x", "Status": "y"}), &json!({"status": "x"})), []);
    }

    #[test]
    fn what_is_bound_is_told_from_what_is_lost() {
        let found = json!({"status": "x", "type": "a", "error": {
            "innerError": {"activityId": "1", "errorDateTime": "2031-01-01T00:00:00Z"}, "details": [{"code": null}]
        }});
        let told = |pointer: &str, bound| vec![(pointer.to_owned(), bound)];
        assert_eq!(taken(&json!({"Status": "x"}), &found), told("/Status", Some("status")));
        assert_eq!(taken(&json!({"TYPE": "x"}), &found), told("/TYPE", None));
        assert_eq!(taken(&json!({" status": "x"}), &found), told("/ status", Some("status")));
        assert_eq!(
            taken(&json!({"start_date-time": null}), &json!({"startDateTime": 1})),
            told("/start_date-time", None)
        );
        let inner = json!({"error": {"innererror": {"activityId": "1"}}});
        assert_eq!(taken(&inner, &found), told("/error/innererror", Some("innerError")));
        let date = json!({"error": {"innerError": {"ErrorDateTime": "2031-01-01T01:00:00+01:00"}}});
        assert_eq!(taken(&date, &found), told("/error/innerError/ErrorDateTime", Some("errorDateTime")));
        let element = json!({"error": {"details": [{"Code": "x"}]}});
        assert_eq!(taken(&element, &found), told("/error/details/0/Code", None));
    }
}
