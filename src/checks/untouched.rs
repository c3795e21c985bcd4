//! What the request did not name is as it was (OData 4.01 Protocol, 11.4.3), recursively through error and innerError.

use serde_json::{Map, Value};

use super::scene::{Findings, Scene};
use super::{Check, Scope};
use crate::diff::{self, Against};
use crate::json::{first_token, last_token};
use crate::model::expect::JobAfter;
use crate::model::finding::{Level, Place};

pub(super) const CHECK: Check = Check {
    name: "untouched",
    rule: "Members that the request did not name keep their values.",
    requirements: &["REQ-MERGE-001", "REQ-MERGE-002", "REQ-NULL-002"],
    scope: Scope::Steps,
    run,
};

fn run(scene: &Scene<'_>, findings: &mut Findings) {
    let (Some(sent), Some(entity), Some(before)) = (scene.sent(), scene.entity(), scene.before()) else { return };
    if scene.expected.is_some_and(|expect| expect.job == JobAfter::Unjudged) || !entity.contains_key("id") {
        return;
    }
    let unchanged = scene.expected.is_some_and(|expect| expect.job == JobAfter::Unchanged);
    let nothing = Map::new();
    let sent = if unchanged { &nothing } else { sent };
    if diff::rest_is_same(diff::JOB, before, sent, entity) {
        return;
    }
    let wanted = expected(before, sent);
    for difference in diff::compare(diff::JOB, &wanted, entity, Against::SameState, true) {
        let top = first_token(&difference.pointer);
        if scene.profile().excuses(top)
            || named(sent, &difference.pointer)
            || matches!(difference.kind, diff::Kind::Order)
        {
            continue;
        }
        // A member that is missing, now or before, is the schema's to tell.
        if !before.contains_key(top) {
            continue;
        }
        if difference.actual.is_none() && !difference.pointer.starts_with("/error/") {
            continue;
        }
        let old_back =
            difference.expected.is_null() && difference.pointer.starts_with("/error/") && was_null(before, "error");
        let requirement = match scene.expected.and_then(|expect| expect.attribute.untouched.clone()) {
            Some(named) => named,
            None if old_back => "REQ-NULL-002".to_owned(),
            None if difference.pointer.starts_with("/error/") => "REQ-MERGE-002".to_owned(),
            None => "REQ-MERGE-001".to_owned(),
        };
        let name = last_token(&difference.pointer);
        let message = if old_back {
            format!("`{name}` of the error is set, though the error was null and the request does not name it.")
        } else {
            format!("`{name}` has changed, though the request does not name it.")
        };
        let draft =
            scene.finding(&requirement, Place::Body(difference.pointer.clone()), message).expected(difference.expected);
        findings.add(draft.actual_if(difference.actual).at_most(Level::Must));
    }
}

/// The job with what was sent in it, sent values standing for themselves.
pub(super) fn expected(before: &Map<String, Value>, sent: &Map<String, Value>) -> Map<String, Value> {
    diff::merged_of(before, sent, |name| diff::JOB.iter().any(|(known, _)| *known == name))
}

/// Whether the request names the member, or something above it that it replaces as a whole.
pub(super) fn named(sent: &Map<String, Value>, pointer: &str) -> bool {
    let mut tokens = pointer.split('/').skip(1);
    let Some(mut value) = tokens.next().and_then(|top| sent.get(top)) else { return false };
    for token in tokens {
        match value {
            Value::Object(members) => match members.get(token) {
                Some(next) => value = next,
                None => return false,
            },
            // Below an array or a primitive everything was named.
            _ => return true,
        }
    }
    true
}

fn was_null(before: &Map<String, Value>, name: &str) -> bool {
    before.get(name).is_none_or(Value::is_null)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn job() -> impl Strategy<Value = Map<String, Value>> {
        let text = || prop_oneof![Just(json!(null)), Just(json!("a")), Just(json!("b")), Just(json!({"code": "a"}))];
        let inner = proptest::collection::btree_map(prop_oneof!["code", "activityId"], text(), 0..3);
        let inner = inner.prop_map(|members| Value::Object(members.into_iter().collect()));
        let details = prop_oneof![Just(json!(null)), Just(json!([])), Just(json!([{"code": "a"}])), Just(json!("a"))];
        let members =
            prop_oneof![("code|message", text()), ("innerError", prop_oneof![inner, text()]), ("details", details),];
        let error = proptest::collection::vec(members, 0..4);
        let error = error.prop_map(|members| Value::Object(members.into_iter().collect()));
        let member = prop_oneof![("status|type", text()), ("error", prop_oneof![3 => error, 1 => text()])];
        proptest::collection::vec(member, 0..4).prop_map(|members| members.into_iter().collect())
    }

    proptest! {
        /// What is seen without a merge is what the merge shows.
        #[test]
        fn what_is_literally_the_same_has_no_difference(before in job(), sent in job(), after in job(), as_before: bool) {
            let after = if as_before { expected(&before, &sent) } else { after };
            if diff::rest_is_same(diff::JOB, &before, &sent, &after) {
                let all = diff::compare(diff::JOB, &expected(&before, &sent), &after, Against::SameState, true);
                let unnamed: Vec<_> = all.into_iter().filter(|one| !named(&sent, &one.pointer)).collect();
                prop_assert_eq!(unnamed, vec![]);
            }
        }
    }
}
