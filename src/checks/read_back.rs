//! What was confirmed is there: a read on a new connection shows the values of the answer.

use serde_json::{Map, Value};

use super::scene::{Draft, Findings, Scene};
use super::{Check, Scope};
use crate::diff::{self, Absence, Against};
use crate::json::{first_token, halves_are_replaced, last_token};
use crate::model::capability::Capability;
use crate::model::expect::JobAfter;
use crate::model::finding::{Level, Place};
use crate::model::status::is_gone;
use crate::model::transcript::{Entry, Role};

pub(super) const CHECK: Check = Check {
    name: "read-back",
    rule: "The 200 body has the same property values as a read that follows; members nobody named survive.",
    requirements: &[
        "REQ-RESP-004",
        "REQ-MERGE-001",
        "REQ-MERGE-002",
        "REQ-MERGE-004",
        "REQ-PREF-001",
        "REQ-STATUS-003",
        "REQ-IDENT-002",
        "REQ-ERR-004",
    ],
    scope: Scope::Steps,
    run,
};

fn run(scene: &Scene<'_>, findings: &mut Findings) {
    if scene.entry.role != Role::Step || !scene.response.is_success() {
        return;
    }
    let Some((index, read)) = scene.read_after() else { return };
    let Some(response) = read.exchange.response() else { return };
    let requirement = scene.expected.and_then(|expect| expect.attribute.read_back.clone());
    let is_patch = scene.exchange().request.method == "PATCH";
    if let Some(draft) = not_shown(scene, index, read).filter(|_| is_patch) {
        return findings.add(draft);
    }
    if read.exchange.request.method == "GET" && is_patch && is_gone(response.status) {
        // Whoever gives the job another id takes it away from its URL.
        let renamed = scene.sent().and_then(|sent| sent.get("id")).is_some_and(|id| *id != scene.entry.target_id);
        let plain = if renamed { "REQ-IDENT-002" } else { "REQ-RESP-004" };
        let id = requirement.as_deref().unwrap_or(plain);
        let draft = Draft::new(id, index, Place::Job(String::new()), "The job is gone after the update.");
        return findings.add(draft.expected("the updated job").actual(response.status.to_string()));
    }
    if scene.expected.is_none() {
        return;
    }
    let expect = scene.expected.map(|expect| expect.job).unwrap_or_default();
    if matches!(expect, JobAfter::Unchanged | JobAfter::Unjudged) {
        return;
    }
    let Some(after) = read.exchange.job() else { return };
    match scene.entity() {
        Some(entity) if entity.contains_key("id") => {
            same(scene, findings, index, entity, after, requirement.as_deref().unwrap_or("REQ-RESP-004"));
        }
        None if scene.exchange().request.method == "PATCH" => {
            without_entity(scene, findings, index, after, requirement.as_deref().unwrap_or("REQ-PREF-001"));
        }
        _ => {}
    }
    unadvertised(scene, findings, index, after);
    let same_kind = read.exchange.request.method == "GET";
    let absence = if same_kind { Absence::Counts } else { Absence::IsNull };
    lost(scene, findings, index, read.reference.as_deref().and_then(Value::as_object), after, absence);
}

/// A target that has `readback` shows its jobs by GET.
fn not_shown(scene: &Scene<'_>, index: usize, read: &Entry) -> Option<Draft> {
    let status = read.exchange.status().filter(|status| matches!(status, 400 | 405 | 406 | 501))?;
    let is_get = read.exchange.request.method == "GET" && scene.profile().has(Capability::Readback);
    let message = "GET does not show what was confirmed; a target without it is declared without `readback`.";
    let draft = Draft::new("REQ-RESP-004", index, Place::Job(String::new()), message);
    is_get.then(|| draft.expected("200 and the updated job").actual(status.to_string()))
}

fn same(
    scene: &Scene<'_>,
    findings: &mut Findings,
    index: usize,
    entity: &Map<String, Value>,
    after: &Map<String, Value>,
    id: &str,
) {
    if let Some(draft) = another_id(scene, index, entity, after, id) {
        return findings.add(draft);
    }
    for difference in diff::compare(diff::JOB, entity, after, Against::SameState, true) {
        let top = first_token(&difference.pointer);
        if scene.profile().excuses(top) {
            continue;
        }
        if difference.kind == diff::Kind::Order {
            reordered(scene, findings, index, difference);
            continue;
        }
        // What the answer to PATCH lacks is the schema's to tell.
        if !entity.contains_key(top) {
            continue;
        }
        return findings.add(other_value(id, index, difference, |name| {
            format!("`{name}` was confirmed in the answer and reads back as another value.")
        }));
    }
    // Beyond the eight, only what the metadata knows is compared (rule 8), and only what both show can differ.
    for pointer in diff::undeclared(entity, after, Absence::IsNull) {
        let name = &*diff::member(&pointer);
        let named = scene.sent().is_some_and(|sent| sent.contains_key(name));
        if named || !IN_METADATA.contains(&name) || scene.profile().excuses(name) {
            continue;
        }
        if let (Some(answered), Some(read)) = (entity.get(name), after.get(name)) {
            let message = format!("`{name}` was in the answer and reads back as another value.");
            let draft = Draft::new(id, index, Place::Job(pointer.clone()), message).expected(answered.clone());
            return findings.add(draft.actual(read.clone()));
        }
    }
}

/// The id is a property like the others (REQ-RESP-004); only a target whose ids ignore case may write it otherwise.
fn another_id(
    scene: &Scene<'_>,
    index: usize,
    entity: &Map<String, Value>,
    after: &Map<String, Value>,
    requirement: &str,
) -> Option<Draft> {
    let (answered, read) = (entity.get("id")?.as_str()?, after.get("id"));
    let same = match read.and_then(Value::as_str) {
        Some(read) if scene.profile().ids_ignore_case => read.eq_ignore_ascii_case(answered),
        read => read == Some(answered),
    };
    let message = if read.is_some() {
        "`id` was confirmed in the answer and reads back as another value."
    } else {
        "`id` was in the answer and is not in the read."
    };
    let draft =
        || Draft::new(requirement, index, Place::Job("/id".to_owned()), message).expected(Value::from(answered));
    (!same && !scene.profile().excuses("id")).then(|| draft().actual_if(read.cloned()))
}

/// Elements that were sent read back in another order (contract, part 4, rule 5).
fn reordered(scene: &Scene<'_>, findings: &mut Findings, index: usize, difference: diff::Difference) {
    let sent = scene.exchange().request.json.as_deref().and_then(|body| body.pointer(&difference.pointer));
    if sent.is_none() {
        return;
    }
    let name = last_token(&difference.pointer).to_owned();
    let message = format!("The elements of `{name}` read back in another order.");
    let draft = Draft::new("REQ-ERR-004", index, Place::Job(difference.pointer), message).at_most(Level::Should);
    findings.add(draft.expected(difference.expected).actual_if(difference.actual));
}

/// A member that reads back as another value, with what is to be said of it by its name. The first one is told: what is not
/// stored at all differs in all of them.
fn other_value(id: &str, index: usize, difference: diff::Difference, says: impl FnOnce(&str) -> String) -> Draft {
    let message = says(last_token(&difference.pointer));
    let level = level_of(&difference);
    let draft = Draft::new(id, index, Place::Job(difference.pointer), message).at_most(level);
    draft.expected(difference.expected).actual_if(difference.actual)
}

/// What stands for half a surrogate pair may be lost on the way to UTF-8, which is a warning.
fn level_of(difference: &diff::Difference) -> Level {
    let shown = difference.actual.as_ref().and_then(Value::as_str).unwrap_or_default();
    let is_replaced = difference.expected.as_str().is_some_and(|sent| halves_are_replaced(sent, shown));
    if is_replaced { Level::Should } else { Level::Must }
}

/// A 204: the update must show in the read.
fn without_entity(scene: &Scene<'_>, findings: &mut Findings, index: usize, after: &Map<String, Value>, id: &str) {
    let Some(sent) = scene.sent() else { return };
    for difference in diff::compare(diff::JOB, sent, after, Against::Sent, false) {
        let top = first_token(&difference.pointer);
        if scene.profile().excuses(top) || matches!(difference.kind, diff::Kind::Precision(_)) {
            continue;
        }
        if difference.kind == diff::Kind::Order {
            reordered(scene, findings, index, difference);
            continue;
        }
        let status = scene.response.status;
        return findings.add(other_value(id, index, difference, |name| {
            format!("The update of `{name}` was answered with {status} and reads back as another value.")
        }));
    }
    let Some(before) = scene.before() else { return };
    let wanted = super::untouched::expected(before, sent);
    for difference in diff::compare(diff::JOB, &wanted, after, Against::SameState, true) {
        let top = first_token(&difference.pointer);
        if scene.profile().excuses(top)
            || super::untouched::named(sent, &difference.pointer)
            || difference.kind == diff::Kind::Order
        {
            continue;
        }
        let requirement = if difference.pointer.starts_with("/error/") { "REQ-MERGE-002" } else { "REQ-MERGE-001" };
        let name = last_token(&difference.pointer).to_owned();
        let message = format!("`{name}` has changed, though the request does not name it.");
        let draft = Draft::new(requirement, index, Place::Job(difference.pointer), message);
        let draft = draft.expected(difference.expected);
        return findings.add(draft.actual_if(difference.actual));
    }
}

/// Members beyond the eight that the metadata declares, on some revision or on the derived types.
const IN_METADATA: [&str; 2] = ["userId", "result"];

/// A member beyond the eight that was there when the run began, and that the first update may have lost or changed.
fn lost(
    scene: &Scene<'_>,
    findings: &mut Findings,
    index: usize,
    original: Option<&Map<String, Value>>,
    after: &Map<String, Value>,
    absence: Absence,
) {
    if !scene.transcript.case.requirements.iter().any(|id| id == "REQ-MERGE-004") {
        return;
    }
    let Some(original) = original else { return };
    for pointer in diff::undeclared(original, after, absence) {
        let name = &*diff::member(&pointer);
        let (old, new) = (original.get(name), after.get(name));
        // A result comes about by itself; who a job belongs to does not.
        let Some(old) = old.filter(|old| !old.is_null() || name == "userId") else { continue };
        if scene.profile().excuses(name) || super::others::changes_by_nature(name) {
            continue;
        }
        let is_lost = new.is_none_or(Value::is_null);
        let fate = if is_lost { "it is lost" } else { "it has changed" };
        let was = if old.is_null() { "null" } else { "there" };
        let message = format!("`{name}` was {was} before the run, no request gave it another value, and {fate}.");
        let draft = Draft::new("REQ-MERGE-004", index, Place::Job(pointer.clone()), message).expected(old.clone());
        // What the metadata knows stands still; of another member nobody knows whether it changes by itself.
        let level = if is_lost || IN_METADATA.contains(&name) { Level::Must } else { Level::Should };
        findings.add(match new.filter(|_| !is_lost) {
            Some(new) => draft.at_most(level).actual(new.clone()),
            None => draft.at_most(level),
        });
    }
}

/// Members beyond the eight are compared between two reads of the same kind only: the one after this step and the one
/// before it, which may be the one after the step before.
fn unadvertised(scene: &Scene<'_>, findings: &mut Findings, index: usize, after: &Map<String, Value>) {
    let read = |step: usize, role: Role| scene.transcript.read(step, role);
    let step = scene.entry.step;
    let earlier = read(step, Role::ReadBefore)
        .or_else(|| step.checked_sub(1).and_then(|before| read(before, Role::ReadAfter)))
        .filter(|(_, earlier)| earlier.exchange.request.method == "GET")
        .and_then(|(_, entry)| entry.exchange.job());
    let Some(earlier) = earlier else { return };
    let sent = scene.sent();
    for pointer in diff::undeclared(earlier, after, Absence::Counts) {
        let name = &*diff::member(&pointer);
        if super::others::changes_by_nature(name)
            || scene.profile().excuses(name)
            || sent.is_some_and(|sent| sent.contains_key(name))
        {
            continue;
        }
        let draft = Draft::new(
            "REQ-MERGE-004",
            index,
            Place::Job(pointer.clone()),
            format!("`{name}` has changed, though the request does not name it."),
        );
        findings.add(draft.expected_if(earlier.get(name).cloned()).actual_if(after.get(name).cloned()));
    }
}
