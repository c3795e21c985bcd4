//! Whether a case says anything about a target that does not let clients set every property to every value
//! (contract, part 0: read-only and computed properties, permitted values).
//!
//! Bodies are sent without such properties and with permitted values (`request::permitted`). What is left of some
//! cases then is not what their expectation is about.

use indexmap::IndexMap;
use serde::de::IgnoredAny;
use serde_json::{Map, Value, json};

use crate::contract::schemas::{Resource, violations};
use crate::model::case::{Address, Auth, Case, Content, GeneratedBody, Request, Step};
use crate::model::profile::Profile;

/// Why the case is not run on a target with this profile, if so.
pub(super) fn reason(profile: &Profile, case: &Case) -> Option<String> {
    if profile.read_only.is_empty() && profile.computed.is_empty() && profile.permitted.is_empty() {
        return None;
    }
    case.steps.iter().find_map(|step| of_step(profile, step))
}

fn of_step(profile: &Profile, step: &Step) -> Option<String> {
    if let Some(race) = &step.race {
        return race.writers.iter().find_map(|writer| nothing_left(profile, writer.as_object()?));
    }
    let request = &step.request;
    let refuses = step.expect.status.as_ref().is_some_and(|set| !set.contains(200) && !set.contains(204));
    let text = match request.content.as_ref()? {
        Content::Json(body) => {
            let members = body.as_object()?;
            return match refuses {
                true if is_as_usual(request) => {
                    members.iter().find_map(|(name, value)| is_the_cause(profile, name, value))
                }
                true => None,
                false => nothing_left(profile, members),
            };
        }
        Content::Generated(GeneratedBody::LongStatus(_)) => {
            let may_refuse = refuses || step.expect.matching(413).is_some();
            let elsewhere = || if may_refuse { None } else { not_permitted(profile, "status") };
            return closed(profile, "status").or_else(elsewhere);
        }
        // What is written as text or octets is sent as it is.
        Content::Text(text) => text,
        Content::Base64(_) | Content::Generated(_) => return None,
    };
    let Ok(members) = serde_json::from_str::<Map<String, Value>>(text) else {
        // A number that no double holds and half a surrogate pair are grammatical all the same.
        let names: IndexMap<String, IgnoredAny> = serde_json::from_str(text).ok()?;
        return names.keys().find_map(|name| closed(profile, name));
    };
    members.iter().find_map(|(name, value)| closed(profile, name).or_else(|| impossible(profile, name, value, refuses)))
}

/// The target takes such a request but for its body.
fn is_as_usual(request: &Request) -> bool {
    let to_job = matches!(request.to, Address::Job | Address::DerivedJob);
    request.auth == Auth::Valid && to_job && request.method.is_none()
}

/// Clients do not set this property.
fn closed(profile: &Profile, name: &str) -> Option<String> {
    let kind = if profile.read_only.contains(name) {
        "read-only"
    } else if profile.computed.contains(name) {
        "computed"
    } else {
        return None;
    };
    Some(format!("is about `{name}`, which the target's profile declares {kind}"))
}

/// A closed property that may be what such a body is refused for: a wrong value, or one with an inside.
fn is_the_cause(profile: &Profile, name: &str, value: &Value) -> Option<String> {
    let reason = closed(profile, name)?;
    let wrong = || {
        violations(Resource::Job, &json!({ name: value }))
            .iter()
            .any(|one| one.pointer.starts_with(&format!("/{name}")))
    };
    (value.is_object() || value.is_array() || wrong()).then_some(reason)
}

/// Nothing is left to be set of a body that sets something.
fn nothing_left(profile: &Profile, members: &Map<String, Value>) -> Option<String> {
    let mut set = members.keys().filter(|name| !name.contains('@') && *name != "id").peekable();
    let first = closed(profile, set.peek()?);
    set.all(|name| closed(profile, name).is_some()).then_some(first).flatten()
}

/// A value that is sent as it is and is none of the permitted ones.
fn impossible(profile: &Profile, name: &str, value: &Value, refuses: bool) -> Option<String> {
    let values = profile.permitted.get(name).filter(|_| !refuses)?;
    let known = value.is_null() || value.as_str().is_some_and(|text| values.iter().any(|value| value == text));
    if known { None } else { not_permitted(profile, name) }
}

fn not_permitted(profile: &Profile, name: &str) -> Option<String> {
    profile
        .permitted
        .contains_key(name)
        .then(|| format!("sends a value of `{name}` that the target's profile does not permit"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(profile: &Value, step: &Value) -> Option<String> {
        let case = json!({"title": "A case", "requirements": ["REQ-BODY-001"], "steps": [step]});
        let profile: Profile = serde_json::from_value(profile.clone()).unwrap();
        reason(&profile, &serde_json::from_value(case).unwrap())
    }

    #[test]
    fn a_case_that_says_nothing_of_the_target_is_not_run() {
        let closed = json!({"read-only": ["tenantId", "error"], "computed": ["endDateTime"]});
        let refusal = json!({"status": "refusal"});
        for (body, expect) in [
            (json!({"tenantId": "x", "endDateTime": null}), json!({})),
            (json!({"tenantId": 5, "status": "x"}), refusal.clone()),
            (json!({"status": "x", "endDateTime": "2017-02-30"}), refusal.clone()),
            (json!({"status": "x", "error": {"unknown": 1}}), refusal.clone()),
        ] {
            assert!(said(&closed, &json!({"request": {"body": body}, "expect": expect})).is_some(), "{body}");
        }
        for (request, expect) in [
            (json!({"body": {"tenantId": "x", "status": "y"}}), json!({})),
            (json!({"body": {}}), json!({})),
            (json!({"body": {"tenantId": "x", "status": 5}}), refusal.clone()),
            (json!({"auth": "none", "body": {"error": {"code": "x"}}}), json!({"status": 401})),
            (json!({"bodyText": "{\"tenantId\": "}), refusal.clone()),
            (json!({}), json!({})),
        ] {
            assert_eq!(said(&closed, &json!({"request": request, "expect": expect})), None, "{request}");
        }
        for text in ["{\"error\": {\"code\": 1e999}}", "{\"tenantId\": \"\\ud800\"}"] {
            assert!(said(&closed, &json!({"request": {"bodyText": text}, "expect": refusal})).is_some(), "{text}");
        }
        let raw = json!({"request": {"bodyText": "{\"tenantId\": \"x\", \"status\": \"y\"}"}});
        assert!(said(&closed, &raw).is_some_and(|why| why.contains("`tenantId`") && why.contains("read-only")));
    }

    #[test]
    fn what_is_sent_as_it_is_has_permitted_values_only() {
        let profile = json!({"permitted": {"status": ["running", "done"]}});
        let raw = |status: &str| json!({"request": {"bodyText": format!("{{\"status\": \"{status}\"}}")}});
        assert!(said(&profile, &raw("other")).is_some());
        assert_eq!(said(&profile, &raw("done")), None);
        assert_eq!(said(&profile, &json!({"request": {"body": {"status": "other"}}})), None);
        let long = json!({"request": {"bodyMade": {"longStatus": 4096}}});
        assert!(said(&profile, &long).is_some());
        assert!(said(&json!({"read-only": ["status"]}), &long).is_some());
    }
}
