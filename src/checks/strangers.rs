//! A job shows nothing that was sent to other jobs only: whatever else such an answer breaks, this is why.

use super::scene::{Draft, Findings, Scene};
use super::{Check, Scope};
use crate::model::finding::Place;
use crate::model::transcript::Role;

pub(super) const CHECK: Check = Check {
    name: "strangers",
    rule: "No job shows what was sent to other jobs only, and none is new that does, or that has an id which was made up.",
    requirements: &["REQ-ISO-001", "REQ-ISO-002", "REQ-ISO-003", "REQ-ISO-004", "REQ-PATH-002"],
    scope: Scope::EveryResponse,
    run,
};

fn run(scene: &Scene<'_>, findings: &mut Findings) {
    let Some(stranger) = &scene.entry.stranger else { return };
    // One cause, however often it is read.
    let earlier = &scene.transcript.entries[..scene.index];
    if earlier.iter().any(|entry| entry.stranger.is_some()) {
        return;
    }
    let pointer = format!("/{}", stranger.property);
    if scene.entry.listed.is_some() {
        let shown = scene.response.json().and_then(|list| list.pointer(&pointer)).cloned().unwrap_or_default();
        if shown == *stranger.id {
            let message = "The collection has a job under an id that was made up: an update of that id has created it.";
            let draft = Draft::new("REQ-PATH-002", scene.index, Place::Body(pointer), message);
            return findings.add(draft.expected("no job of this id").actual(shown));
        }
        let message = format!(
            "The collection has a job that was not there before, and it shows what was sent to `{}/{}`.",
            stranger.collection, stranger.id
        );
        let draft = Draft::new("REQ-ISO-004", scene.index, Place::Body(pointer), message);
        return findings.add(draft.expected("the jobs that there were").actual(shown));
    }
    let here = scene.transcript.collection == stranger.collection;
    let (requirement, what) = if here {
        ("REQ-ISO-001", "another job of the collection")
    } else if scene.transcript.job.eq_ignore_ascii_case(&stranger.id) {
        ("REQ-ISO-003", "the job of the same id on another path")
    } else {
        ("REQ-ISO-002", "a job on another path")
    };
    let place = match scene.entry.role {
        Role::Step | Role::Writer(_) => Place::Body(pointer),
        _ => Place::Job(pointer),
    };
    let message = format!("`{}` shows what was sent to {what}.", stranger.property);
    let draft = Draft::new(requirement, scene.index, place, message);
    let shown = scene.response.entity().and_then(|job| job.get(&stranger.property)).cloned().unwrap_or_default();
    findings.add(draft.expected(format!("nothing of {}/{}", stranger.collection, stranger.id)).actual(shown));
}
