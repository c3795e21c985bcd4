//! What the case itself expects: headers, members, a whole body.

mod mismatch;

use serde_json::Value;

use super::scene::{Findings, Scene};
use super::{Check, Scope};
use crate::diff::{self, Against};
use crate::json::{at, first_token, last_token};
use crate::model::expect::Matcher;
use crate::model::finding::Place;
use mismatch::{Mismatch, NOT_EQUAL, NOT_THERE, mismatch};

pub(super) const HEADERS: Check = Check {
    name: "expected-headers",
    rule: "Headers are as the case expects.",
    requirements: &[],
    scope: Scope::Steps,
    run: headers,
};

pub(super) const MEMBERS: Check = Check {
    name: "expected-members",
    rule: "Members, and a whole body where the case holds one, are as the case expects.",
    requirements: &[],
    scope: Scope::Steps,
    run: members,
};

fn headers(scene: &Scene<'_>, findings: &mut Findings) {
    let Some(expected) = scene.expected else { return };
    for (name, matcher) in &expected.headers {
        let matcher = &*scene.entry.bound.matcher(matcher);
        let values: Vec<&str> = scene.response.header_all(name).collect();
        let value = (!values.is_empty()).then(|| Value::from(values.join(", ")));
        // That a response has no version is told of every response.
        if value.is_none() && scene.is_entity() && name.eq_ignore_ascii_case("odata-version") {
            continue;
        }
        if let Some(mismatch) = mismatch(matcher, value.as_ref()) {
            tell(scene, findings, matcher, Place::Header(name.to_ascii_lowercase()), mismatch, value.as_ref());
        }
    }
}

fn members(scene: &Scene<'_>, findings: &mut Findings) {
    let Some(expected) = scene.expected else { return };
    body(scene, findings);
    if expected.members.is_empty() || scene.response.status == 204 {
        return;
    }
    // A GET may wrap the job (REQ-RESP-001 speaks of PATCH).
    let get = scene.exchange().request.method == "GET";
    let Some(root) = scene.response.entity().filter(|_| get).or_else(|| scene.response.json()) else { return };
    for (pointer, matcher) in &expected.members {
        if is_left_out(scene, pointer) {
            continue;
        }
        let matcher = &*scene.entry.bound.matcher(matcher);
        let value = at(root, pointer);
        if let Some(mismatch) = mismatch(matcher, value) {
            tell(scene, findings, matcher, Place::Body(pointer.clone()), mismatch, value);
        }
    }
}

fn body(scene: &Scene<'_>, findings: &mut Findings) {
    let Some(wanted) = scene.expected.and_then(|expect| expect.body.as_ref()) else { return };
    let filled = (!scene.entry.bound.is_empty()).then(|| scene.entry.bound.json(wanted));
    let wanted = filled.as_ref().unwrap_or(wanted);
    let Some(found) = scene.response.json() else { return };
    let (Value::Object(wanted_job), Value::Object(found_job)) = (wanted, found) else {
        if wanted != found {
            let draft =
                scene.finding(scene.primary(), Place::Body(String::new()), "The body is another one than expected.");
            findings.add(draft.expected(wanted.clone()).actual(found.clone()));
        }
        return;
    };
    for difference in diff::compare(diff::JOB, wanted_job, found_job, Against::Sent, false) {
        if matches!(difference.kind, diff::Kind::Precision(_) | diff::Kind::Order)
            || is_left_out(scene, &difference.pointer)
        {
            continue;
        }
        let name = last_token(&difference.pointer).to_owned();
        let draft = scene
            .finding(
                scene.primary(),
                Place::Body(difference.pointer),
                format!("`{name}` is not what the case expects."),
            )
            .expected(difference.expected);
        findings.add(draft.actual_if(difference.actual));
    }
}

/// The profile says that the target does not take the value that the case has for this member.
fn is_left_out(scene: &Scene<'_>, pointer: &str) -> bool {
    let top = first_token(pointer);
    scene.profile().excuses(top) || scene.profile().permitted.contains_key(top)
}

fn tell(
    scene: &Scene<'_>,
    findings: &mut Findings,
    matcher: &Matcher,
    place: Place,
    mismatch: Mismatch,
    value: Option<&Value>,
) {
    let requirement = matcher.requirement.as_deref().unwrap_or_else(|| scene.primary());
    let subject = match &place {
        Place::Header(name) => format!("The header `{name}`"),
        Place::Body(pointer) if pointer == "/" => "The member with the empty name".to_owned(),
        Place::Body(pointer) if !pointer.is_empty() => format!("`{pointer}`"),
        _ => "The body".to_owned(),
    };
    let message = match (&place, mismatch.message) {
        // What the update had and no type declares is refused or kept.
        (Place::Body(pointer), NOT_THERE) if requirement == "REQ-UNK-001" => {
            format!("`{}` is not declared, was accepted and is silently lost.", last_token(pointer))
        }
        (Place::Body(pointer), NOT_EQUAL) if requirement == "REQ-UNK-001" => {
            format!("`{}` is not declared, was accepted and is not kept as it was sent.", last_token(pointer))
        }
        (_, message) => format!("{subject} {message}"),
    };
    let mut draft = scene.finding(requirement, place, message).expected(mismatch.expected);
    if let Some(level) = matcher.level {
        draft = draft.at_most(level);
    }
    findings.add(draft.actual_if(value.cloned()));
}
