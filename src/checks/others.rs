//! An update of one job changes no other: not in its collection, not on another path, and no job appears or vanishes.

use std::collections::BTreeSet;

use serde_json::Value;

use super::scene::{Draft, Findings, Scene};
use super::{Check, Scope};
use crate::contract::endpoint::ENDPOINTS;
use crate::diff::{self, Absence, Against};
use crate::json::{annotation, first_token};
use crate::model::case::Address;
use crate::model::finding::Place;
use crate::model::profile::Alias;
use crate::model::status::is_gone;
use crate::model::transcript::{Entry, Role, Transcript};

pub(super) const CHECK: Check = Check {
    name: "other-jobs",
    rule: "A PATCH of one job changes no other job, in its collection or on another path, nor one of another tenant.",
    requirements: &["REQ-ISO-001", "REQ-ISO-002", "REQ-ISO-003", "REQ-SEC-005"],
    scope: Scope::WholeStep,
    run: others,
};

pub(super) const LISTING: Check = Check {
    name: "listing",
    rule: "A PATCH does not change the set of jobs in the collection, nor any of the others.",
    requirements: &["REQ-ISO-004", "REQ-ISO-001"],
    scope: Scope::WholeStep,
    run: listing,
};

/// Why the set of jobs cannot be judged, where a case is about it: the target does not list them.
pub(super) fn lists_nothing(transcript: &Transcript) -> Option<String> {
    if !transcript.case.requirements.iter().any(|id| id == "REQ-ISO-004") {
        return None;
    }
    let mut lists = transcript.entries.iter().filter_map(|entry| entry.listed.as_ref()).peekable();
    if lists.peek().is_some() {
        let says = "the target lists none of the jobs of the collection: GET was answered with an empty list";
        return lists.all(Vec::is_empty).then(|| says.to_owned());
    }
    let asked = transcript.entries.iter().find(|entry| {
        let to = &transcript.case.steps[entry.step].request.to;
        entry.role == Role::Step && *to == Address::Collection && entry.exchange.request.method == "GET"
    })?;
    let status = asked.exchange.status().filter(|status| matches!(status, 403 | 404 | 405 | 501))?;
    Some(format!("the target does not list the jobs of the collection: GET was answered {status}"))
}

fn others(scene: &Scene<'_>, findings: &mut Findings) {
    let to = &scene.step.request.to;
    let requirement = match to {
        Address::SecondJob => "REQ-ISO-001",
        Address::OtherJobs => "REQ-ISO-002",
        Address::SameIdElsewhere => "REQ-ISO-003",
        Address::ForeignJob => "REQ-SEC-005",
        _ => return,
    };
    if scene.exchange().request.method != "GET" {
        return;
    }
    let named = scene.expected.and_then(|expect| expect.attribute.others.as_deref()).unwrap_or(requirement);
    if *to == Address::SameIdElsewhere {
        nowhere_else(scene, findings, named);
    }
    for (index, entry) in scene.transcript.of_step(scene.entry.step) {
        if *to == Address::SameIdElsewhere {
            alias(scene, findings, index, entry, named);
        } else {
            untouched(scene, findings, index, entry, named);
        }
    }
}

/// Equal to the first time it was read, and without any text that the trial put into its own job.
pub(super) fn untouched(scene: &Scene<'_>, findings: &mut Findings, index: usize, entry: &Entry, requirement: &str) {
    let Some(reference) = entry.reference.as_deref().and_then(Value::as_object) else { return };
    let place = || Place::Elsewhere(entry.exchange.request.path().to_owned());
    let foreign = scene.step.request.to == Address::ForeignJob;
    let changed_now = |name: &str| {
        if foreign {
            format!("`{name}` of a job of another tenant has changed, which the token may not change.")
        } else {
            format!("`{name}` of another job has changed with the update of this one.")
        }
    };
    let Some(now) = entry.exchange.job() else {
        if entry.exchange.status().is_some_and(is_gone) {
            findings.add(Draft::new(requirement, index, place(), "Another job is gone after the update of this one."));
        }
        return;
    };
    let changed = diff::compare(diff::JOB, reference, now, Against::SameState, true);
    let is_free = |pointer: &str| {
        let top = first_token(pointer);
        scene.profile().excuses(top) || changes_by_nature(pointer)
    };
    let told = |difference: &diff::Difference| difference.kind != diff::Kind::Order && !is_free(&difference.pointer);
    if let Some(difference) = changed.into_iter().find(told) {
        let name = difference.pointer.trim_start_matches('/').to_owned();
        let draft = Draft::new(requirement, index, place(), changed_now(&name)).expected(difference.expected);
        return findings.add(draft.actual_if(difference.actual));
    }
    let beyond = diff::undeclared(reference, now, Absence::Counts).into_iter().find(|pointer| !is_free(pointer));
    if let Some(pointer) = beyond {
        let name = &*diff::member(&pointer);
        let draft = Draft::new(requirement, index, place(), changed_now(name));
        findings.add(draft.expected_if(reference.get(name).cloned()).actual_if(now.get(name).cloned()));
    }
}

/// Times and versions of the last change differ by their nature, whether the profile says so or not.
pub(super) fn changes_by_nature(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    ["modified", "updated", "version", "etag", "changed"].iter().any(|word| lower.contains(word))
}

/// Where the paths share their jobs, one other path at least knows the job.
fn nowhere_else(scene: &Scene<'_>, findings: &mut Findings, requirement: &str) {
    let mut entries = scene.transcript.of_step(scene.entry.step).peekable();
    let Some((index, path)) = entries.peek().map(|(index, entry)| (*index, entry.exchange.request.path().to_owned()))
    else {
        return;
    };
    let others_offered = scene.profile().not_offered.len() + 1 < ENDPOINTS.len();
    if scene.profile().alias == Some(Alias::Shared)
        && others_offered
        && entries.all(|(_, entry)| entry.exchange.status() == Some(404))
    {
        let message = "No other path knows the job, though the paths are declared to share jobs.";
        findings.add(Draft::new(requirement, index, Place::Elsewhere(path), message).expected("200").actual("404"));
    }
}

/// REQ-ISO-003: `independent` - the update does not show on the other path; `shared` - it does.
fn alias(scene: &Scene<'_>, findings: &mut Findings, index: usize, entry: &Entry, requirement: &str) {
    let Some(declared) = scene.profile().alias else { return };
    let place = Place::Elsewhere(entry.exchange.request.path().to_owned());
    let text = entry.exchange.job().and_then(|job| serde_json::to_string(job).ok()).unwrap_or_default();
    let shows = entry.marks.iter().any(|mark| text.contains(mark.as_str()));
    match declared {
        Alias::Independent if shows => {
            findings.add(Draft::new(
                requirement,
                index,
                place,
                "The update shows on another path, though the paths are declared independent.",
            ));
        }
        // A job reachable through `jobs` and one other path is shared between these two only.
        Alias::Shared if !shows && entry.exchange.status() == Some(200) => {
            findings.add(Draft::new(
                requirement,
                index,
                place,
                "The update does not show on another path, though the paths are declared to share jobs.",
            ));
        }
        _ => {}
    }
}

/// The first list without the leased job, where an earlier one, or the one before the run, had it: nobody else may
/// delete that one.
fn vanished<'l>(scene: &Scene<'_>, lists: &'l [(usize, BTreeSet<&str>)]) -> Option<&'l (usize, BTreeSet<&'l str>)> {
    let job = scene.transcript.job.as_str();
    let first = scene.entry.reference.as_deref().and_then(Value::as_array);
    let at_first = first.is_some_and(|ids| ids.iter().any(|id| id.as_str() == Some(job)));
    let had = if at_first { 0 } else { lists.iter().position(|(_, ids)| ids.contains(job))? };
    lists[had..].iter().find(|(_, ids)| !ids.contains(job))
}

/// The last list, where the job was there once before the run and is there more often in each list since: jobs that move
/// between pages while they are read may come twice in one list.
fn doubled(scene: &Scene<'_>) -> Option<usize> {
    let job = scene.transcript.job.as_str();
    let before = scene.entry.reference.as_deref().and_then(Value::as_array)?;
    if before.iter().filter(|id| id.as_str() == Some(job)).count() != 1 {
        return None;
    }
    let listed = |(index, entry): (usize, &Entry)| {
        let ids = entry.listed.as_ref()?;
        Some((index, ids.iter().filter(|id| *id == job).count()))
    };
    let counts: Vec<(usize, usize)> = scene.transcript.entries.iter().enumerate().filter_map(listed).collect();
    let all = counts.len() > 1 && counts.iter().all(|(_, count)| *count > 1);
    counts.last().filter(|_| all).map(|(index, _)| *index)
}

/// A list without a job that stands in the one before and in the one after, the same in both. Who deletes a job meanwhile
/// does not bring it back as it was; but a list of several pages may pass over one where another is deleted, and one that
/// was made a moment ago may show here and there: so it is to be as old as the run, and each list to be one page.
fn missing_once<'s>(scene: &Scene<'s>) -> Option<(usize, &'s str)> {
    let before = scene.entry.reference.as_deref().and_then(Value::as_array)?;
    let of_one_page = |(index, entry): (usize, &'s Entry)| {
        entry.listed.as_ref()?;
        let list = entry.exchange.response().filter(|response| response.status == 200)?.json()?.as_object()?;
        let items = list.get("value")?.as_array()?;
        Some((index, items.as_slice(), annotation(list, "nextLink").is_none()))
    };
    let lists: Vec<_> = scene.transcript.entries.iter().enumerate().filter_map(of_one_page).collect();
    lists.windows(3).filter(|three| three.iter().all(|(.., one_page)| *one_page)).find_map(|three| {
        let [(_, earlier, _), (index, now, _), (_, later, _)] = three else { return None };
        let gone = earlier.iter().filter(|job| later.contains(job)).filter_map(|job| job.get("id")?.as_str());
        let mut gone = gone.filter(|id| !now.iter().any(|job| job.get("id").is_some_and(|now| now == id)));
        gone.find(|id| before.iter().any(|old| old == id)).map(|id| (*index, id))
    })
}

/// Somebody else may make or delete a job meanwhile: a change counts only if every interval with an update shows one.
fn listing(scene: &Scene<'_>, findings: &mut Findings) {
    if scene.step.request.to != Address::Collection || scene.entry.step + 1 != scene.transcript.case.steps.len() {
        return;
    }
    if let Some(draft) = shows_in_another(scene) {
        return findings.add(draft);
    }
    let lists: Vec<(usize, BTreeSet<&str>)> = scene
        .transcript
        .entries
        .iter()
        .enumerate()
        .filter(|(_, entry)| entry.exchange.status() == Some(200))
        .filter_map(|(i, entry)| Some((i, entry.listed.as_ref()?.iter().map(String::as_str).collect())))
        .collect();
    if let Some((index, _)) = vanished(scene, &lists) {
        let path = scene.exchange().request.path().to_owned();
        let draft =
            Draft::new("REQ-ISO-004", *index, Place::Elsewhere(path), "The updated job is gone from the collection.");
        return findings.add(draft.expected(scene.transcript.job.as_str()));
    }
    if let Some((index, id)) = missing_once(scene) {
        let path = scene.exchange().request.path().to_owned();
        let message =
            "A job that was not updated is missing in one list, and stands in those before and after as it was.";
        let draft = Draft::new("REQ-ISO-004", index, Place::Elsewhere(path), message);
        return findings.add(draft.expected(id));
    }
    if let Some(index) = doubled(scene) {
        let path = scene.exchange().request.path().to_owned();
        let draft = Draft::new("REQ-ISO-004", index, Place::Elsewhere(path), "The updated job is listed twice.");
        return findings.add(draft.expected("1").actual("2 or more"));
    }
    if lists.len() < 3 || lists.windows(2).any(|pair| pair[0].1 == pair[1].1) {
        return;
    }
    let (index, last) = &lists[lists.len() - 1];
    let first = &lists[0].1;
    let appeared: Vec<&str> = last.difference(first).copied().collect();
    let vanished: Vec<&str> = first.difference(last).copied().collect();
    let path = scene.exchange().request.path().to_owned();
    findings.add(
        Draft::new(
            "REQ-ISO-004",
            *index,
            Place::Elsewhere(path),
            "The set of jobs in the collection changes with every update.",
        )
        .expected(format!("the same {} ids", first.len()))
        .actual(format!("{} appeared, {} vanished", appeared.len(), vanished.len())),
    );
}

/// REQ-ISO-001: a job that was listed before shows a text that only this trial can have sent, and sent to its own job.
fn shows_in_another(scene: &Scene<'_>) -> Option<Draft> {
    let own = scene.transcript.job.as_str();
    let known = scene.transcript.entries.iter().find_map(|entry| entry.listed.as_ref())?;
    for (index, entry) in scene.transcript.entries.iter().enumerate().filter(|(_, entry)| entry.listed.is_some()) {
        let items = entry.exchange.response()?.json()?.get("value").and_then(Value::as_array);
        for item in items.into_iter().flatten() {
            let id = item.get("id").and_then(Value::as_str).unwrap_or_default();
            if id.eq_ignore_ascii_case(own) || !known.iter().any(|known| known == id) {
                continue;
            }
            let sent = |value: &&Value| entry.marks.iter().any(|mark| value.to_string().contains(mark));
            let mut shown = diff::JOB.iter().filter(|(name, _)| *name != "id");
            if let Some((name, value)) = shown.find_map(|(name, _)| Some((*name, item.get(*name).filter(sent)?))) {
                let place = Place::Elsewhere(entry.exchange.request.path().to_owned());
                let message = format!("`{name}` of another job of the collection shows what was sent to this one.");
                return Some(Draft::new("REQ-ISO-001", index, place, message).actual(value.clone()));
            }
        }
    }
    None
}
