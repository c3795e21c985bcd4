//! After a refused request the job is as it was (OData 4.01 Protocol, 9.2).

use serde_json::Value;

use super::scene::{Draft, Findings, Scene};
use super::{Check, Scope};
use crate::diff::{self, Against};
use crate::json::{first_token, last_token};
use crate::model::exchange::BodyProblem;
use crate::model::expect::JobAfter;
use crate::model::finding::{Level, Place};
use crate::model::profile::Profile;
use crate::model::transcript::{Entry, Role, Transcript};

pub(super) const CHECK: Check = Check {
    name: "unchanged",
    rule: "After any 4xx response the job is as it was before.",
    requirements: &["REQ-ATOM-002", "REQ-ATOM-001", "REQ-BODY-010"],
    scope: Scope::Steps,
    run,
};

fn run(scene: &Scene<'_>, findings: &mut Findings) {
    if scene.entry.role != Role::Step {
        return;
    }
    let said = scene.expected.map(|expect| expect.job).unwrap_or_default();
    let refused = scene.response.status >= 400;
    // What a server does that fails is another matter: nothing is promised of a 5xx (REQ-ATOM-002).
    let failed = scene.response.status >= 500;
    let unchanged = match said {
        JobAfter::Unchanged => true,
        JobAfter::ByStatus => refused && !failed,
        JobAfter::Updated | JobAfter::Unjudged => false,
    };
    if !unchanged {
        return;
    }
    let requirement = scene
        .expected
        .and_then(|expect| expect.attribute.unchanged.as_deref())
        .or(scene.step.expect.attribute.unchanged.as_deref())
        .unwrap_or("REQ-ATOM-002");
    let why = if refused {
        match refused_before(scene) {
            0 => format!("a request refused with {}", scene.response.status),
            before => format!("one of {} refused requests", before + 1),
        }
    } else {
        "a request that must change nothing".to_owned()
    };
    if let Some((index, read)) = scene.read_after() {
        compare(scene.entry, index, read, requirement, &why, scene, findings);
    }
}

/// So many requests right before this one were refused without a read after them.
fn refused_before(scene: &Scene<'_>) -> usize {
    let before = scene.transcript.entries[..scene.index].iter().rev();
    before
        .take_while(|entry| entry.role == Role::Step && matches!(entry.exchange.status(), Some(400..=499)))
        .filter(|entry| entry.exchange.request.method == "PATCH" && entry.target_id == scene.entry.target_id)
        .count()
}

/// After a request that got no answer (a body cut off by the client) the same holds.
pub(super) fn after_silence(transcript: &Transcript, entry: &Entry, findings: &mut Findings) {
    if entry.role != Role::Step {
        return;
    }
    findings.check = CHECK.name;
    let expect = &transcript.case.steps[entry.step].expect;
    let requirement = expect.attribute.unchanged.as_deref().unwrap_or_else(|| transcript.case.primary());
    let read = transcript.read(entry.step, Role::ReadAfter);
    let (Some(before), Some((index, read))) = (before(entry), read) else { return };
    let Some(after) = read.exchange.job() else { return };
    let excused = |name: &str| excuses(&transcript.profile, read, name);
    write(index, before, after, requirement, "a request that was not answered", &excused, findings);
}

/// Whether a change of the property says nothing against the request: the profile has it change by itself, or what is
/// shown was sent to another job, which `strangers` tells.
fn excuses(profile: &Profile, read: &Entry, property: &str) -> bool {
    profile.excuses(property) || read.stranger.as_ref().is_some_and(|stranger| stranger.property == property)
}

fn before(entry: &Entry) -> Option<&serde_json::Map<String, Value>> {
    entry.before.as_deref().and_then(Value::as_object)
}

fn compare(
    entry: &Entry,
    index: usize,
    read: &Entry,
    requirement: &str,
    why: &str,
    scene: &Scene<'_>,
    findings: &mut Findings,
) {
    let Some(before) = before(entry) else { return };
    if let Some((actual, message)) = unreadable(read, why) {
        let draft = Draft::new(requirement, index, Place::Job(String::new()), message);
        return findings.add(draft.expected("the job as before").actual(actual));
    }
    let Some(after) = read.exchange.job() else { return };
    let excused = |name: &str| excuses(scene.profile(), read, name);
    write(index, before, after, requirement, why, &excused, findings);
}

/// What a GET of the leased job, which was answered in full before, is answered with after a request.
///
/// Only statuses that speak of the request count: others may be a matter of the moment or of the credentials.
fn unreadable(read: &Entry, why: &str) -> Option<(String, String)> {
    let shown = read.exchange.response().filter(|response| response.status == 200);
    if let Some(BodyProblem::TooLarge(limit)) = shown.and_then(|response| response.problem.as_ref()) {
        return Some((format!("more than {limit} octets"), format!("The job has grown beyond reading after {why}.")));
    }
    let status = read.exchange.status().filter(|_| read.exchange.request.method == "GET")?;
    match status {
        404 | 410 => Some((status.to_string(), format!("The job is gone after {why}."))),
        400 | 405 | 406 | 411..=415 | 422 => {
            Some((status.to_string(), format!("A plain read of the job is answered with {status} after {why}.")))
        }
        _ => None,
    }
}

fn write(
    index: usize,
    before: &serde_json::Map<String, Value>,
    after: &serde_json::Map<String, Value>,
    requirement: &str,
    why: &str,
    excused: &dyn Fn(&str) -> bool,
    findings: &mut Findings,
) {
    for difference in diff::compare(diff::JOB, before, after, Against::SameState, true) {
        let top = first_token(&difference.pointer);
        if excused(top) || difference.kind == diff::Kind::Order {
            continue;
        }
        let name = last_token(&difference.pointer).to_owned();
        let draft = Draft::new(
            requirement,
            index,
            Place::Job(difference.pointer),
            format!("`{name}` has changed after {why}."),
        )
        .at_most(Level::Must)
        .expected(difference.expected);
        findings.add(draft.actual_if(difference.actual));
        // One refused request that acts is one cause, however many members it changed.
        return;
    }
}
