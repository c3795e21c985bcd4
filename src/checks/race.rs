//! Concurrent writers and readers: whole states only, and disjoint writers both win.

use serde_json::{Map, Value};

use super::scene::{Draft, Findings, Scene};
use super::{Check, Scope};
use crate::diff::{self, Against};
use crate::instant::Instant;
use crate::json::first_token;
use crate::model::case::RaceRule;
use crate::model::exchange::Response;
use crate::model::finding::Place;
use crate::model::profile::Profile;
use crate::model::transcript::{Entry, Role};

pub(super) const CHECK: Check = Check {
    name: "race",
    rule: "A reader sees the work of one writer; what successful writers set is visible, what throttled ones set is not; of those that name one state in If-Match one succeeds; another job shows none of it.",
    requirements: &["REQ-ATOM-003", "REQ-ATOM-004", "REQ-COND-002", "REQ-ISO-001", "REQ-THROT-001"],
    scope: Scope::WholeStep,
    run,
};

fn run(scene: &Scene<'_>, findings: &mut Findings) {
    let Some(race) = &scene.step.race else { return };
    let entries: Vec<(usize, &Entry)> = scene.transcript.of_step(scene.entry.step).collect();
    match race.must {
        RaceRule::WholeStates => whole_states(&entries, scene.profile(), findings),
        RaceRule::BothVisible => both_visible(&entries, scene.profile(), findings),
        RaceRule::OneWins => one_wins(&entries, findings),
        RaceRule::Apart => apart(scene, &entries, findings),
    }
}

/// The difference says nothing of whose work the state is.
fn is_excused(profile: &Profile, difference: &diff::Difference) -> bool {
    matches!(difference.kind, diff::Kind::Precision(_) | diff::Kind::Order)
        || profile.excuses(first_token(&difference.pointer))
}

/// Every state read is what one writer wrote, or what was there before.
fn whole_states(entries: &[(usize, &Entry)], profile: &Profile, findings: &mut Findings) {
    let writes: Vec<&Map<String, Value>> = entries
        .iter()
        .filter(|(_, entry)| matches!(entry.role, Role::Writer(_)))
        .filter_map(|(_, entry)| sent(entry)?.as_object())
        .collect();
    let Some(first) = entries.iter().find_map(|(_, entry)| entry.before.as_deref()?.as_object()) else { return };
    for (index, entry) in entries.iter().filter(|(_, entry)| matches!(entry.role, Role::Reader | Role::Settled)) {
        let Some(state) = entry.exchange.job() else { continue };
        let Some(sources) = unlike_all(first, &writes, state, profile) else { continue };
        if !is_altered(&sources, entries) {
            findings.add(
                Draft::new(
                    "REQ-ATOM-003",
                    *index,
                    Place::Job(String::new()),
                    "A read during the updates shows a mixture of two states.",
                )
                .expected("the state before, or what one writer wrote")
                .actual(Value::Object(state.clone())),
            );
            return;
        }
    }
}

/// How a state differs from what was there before and from what each writer wrote, if it is none of these.
fn unlike_all(
    first: &Map<String, Value>,
    writes: &[&Map<String, Value>],
    state: &Map<String, Value>,
    profile: &Profile,
) -> Option<Vec<Vec<diff::Difference>>> {
    let mut before = diff::compare(diff::JOB, first, state, Against::SameState, true);
    before.retain(|d| !profile.excuses(first_token(&d.pointer)));
    let wrote = writes.iter().map(|wrote| {
        let mut differences = diff::compare(diff::JOB, wrote, state, Against::Sent, false);
        differences.retain(|d| !is_excused(profile, d));
        differences
    });
    std::iter::once(before).chain(wrote).map(|differences| Some(differences).filter(|d| !d.is_empty())).collect()
}

/// Some value is nobody's, but a writer was answered with it: the server shows values as others than they were sent, which
/// is told where one update is judged.
fn is_altered(sources: &[Vec<diff::Difference>], entries: &[(usize, &Entry)]) -> bool {
    let Some((first, others)) = sources.split_first() else { return false };
    let differs = |source: &Vec<diff::Difference>, pointer: &str| source.iter().any(|d| d.pointer == pointer);
    first.iter().any(|difference| {
        others.iter().all(|source| differs(source, &difference.pointer))
            && entries.iter().any(|(_, writer)| was_answered_with(writer, difference))
    })
}

/// The answer to this update showed the same value, which is not null.
fn was_answered_with(writer: &Entry, difference: &diff::Difference) -> bool {
    let answer = writer.exchange.response().filter(|_| matches!(writer.role, Role::Writer(_)));
    let shown = answer.and_then(|response| response.entity()?.pointer(&difference.pointer));
    shown.is_some_and(|shown| !shown.is_null() && difference.actual.as_ref() == Some(shown))
}

/// The other job is the same in every read.
fn apart(scene: &Scene<'_>, entries: &[(usize, &Entry)], findings: &mut Findings) {
    for (index, entry) in entries.iter().filter(|(_, entry)| entry.role == Role::Bystander) {
        super::others::untouched(scene, findings, *index, entry, "REQ-ISO-001");
    }
}

/// In every round one writer at most is told that it found the state which they all named. Who sets what was there
/// already leaves that state, so that another one may find it too; and what another one has just set may be confirmed.
fn one_wins(entries: &[(usize, &Entry)], findings: &mut Findings) {
    let condition = |entry: &Entry| entry.exchange.request.header("if-match").map(str::to_owned);
    let mut state = entries.iter().find_map(|(_, entry)| entry.before.as_deref()?.as_object());
    let mut won: Option<&Entry> = None;
    for (index, entry) in entries {
        match entry.role {
            Role::Settled => {
                state = entry.exchange.job();
                won = None;
            }
            Role::Writer(_) if entry.exchange.response().is_some_and(Response::is_success) => {
                if state.is_none_or(|state| shows(entry, state).is_some()) {
                    continue;
                }
                let named = condition(entry).filter(|named| named != "*");
                let against = |first: &Entry| {
                    condition(first) == named && first.exchange.request.json != entry.exchange.request.json
                };
                if named.is_some() && won.is_some_and(against) {
                    let message = "Two updates at once that named the same state in If-Match were both performed.";
                    let draft = Draft::new("REQ-COND-002", *index, Place::Status, message);
                    return findings.add(draft.expected("412").actual("a success"));
                }
                won = Some(entry);
            }
            _ => {}
        }
    }
}

/// The JSON that a writer sent.
fn sent(writer: &Entry) -> Option<&Value> {
    writer.exchange.request.json.as_deref()
}

/// What the writer sent, if the state holds all of it. Each writer has a value of its own.
fn shows(writer: &Entry, state: &Map<String, Value>) -> Option<Map<String, Value>> {
    let wrote = sent(writer)?.as_object()?;
    diff::compare(diff::JOB, wrote, state, Against::Sent, false).is_empty().then(|| wrote.clone())
}

/// In every round, what the writers that were answered 2xx set is there in the read that follows.
fn both_visible(entries: &[(usize, &Entry)], profile: &Profile, findings: &mut Findings) {
    let mut round: Vec<&Entry> = Vec::new();
    // What may have been applied so far stands from then on.
    let mut applied: Vec<&Value> = Vec::new();
    let mut before = entries.iter().find_map(|(_, entry)| entry.before.as_deref());
    for (at, (index, entry)) in entries.iter().enumerate() {
        let read_again = entries.get(at + 1).is_some_and(|(_, next)| next.role == Role::Settled);
        match entry.role {
            Role::Writer(_) => round.push(entry),
            Role::Settled if read_again && entry.exchange.job().is_none() => {}
            Role::Settled => {
                let throttled = |writer: &Entry| writer.exchange.status() == Some(429);
                applied.extend(round.iter().filter(|writer| !throttled(writer)).filter_map(|writer| sent(writer)));
                let Some(state) = entry.exchange.job() else {
                    // What the next read shows is the state after another round.
                    round.clear();
                    continue;
                };
                let lost = |writer: &Entry| lost_update(writer, state, before, profile, *index);
                let draft = throttled_update(&round, &applied, state, *index)
                    .or_else(|| round.iter().find_map(|writer| lost(writer)));
                if let Some(draft) = draft {
                    return findings.add(draft);
                }
                round.clear();
                before = entry.exchange.response().and_then(Response::entity);
            }
            _ => {}
        }
    }
}

/// A writer of this round that was answered 429, and nobody else, can have set what the state shows.
fn throttled_update(round: &[&Entry], applied: &[&Value], state: &Map<String, Value>, index: usize) -> Option<Draft> {
    let mut never = round.iter().filter(|writer| sent(writer).is_some_and(|json| !applied.contains(&json)));
    let shown = never.find_map(|writer| shows(writer, state))?;
    let message = "An update that was answered 429 has been applied.";
    let draft = Draft::new("REQ-THROT-001", index, Place::Job(String::new()), message);
    Some(draft.expected("the job without it").actual(Value::Object(shown)))
}

/// A value of a writer that was answered 2xx is not in the state, and was not altered either.
fn lost_update(
    writer: &Entry,
    state: &Map<String, Value>,
    before: Option<&Value>,
    profile: &Profile,
    index: usize,
) -> Option<Draft> {
    writer.exchange.response().filter(|response| response.is_success())?;
    let wrote = sent(writer)?.as_object()?;
    // What the writer was answered with was written, and altered, unless it was there before; so was what should be a
    // date and is none.
    let is_lost = |difference: &diff::Difference| {
        let actual = difference.actual.as_ref().filter(|actual| !actual.is_null());
        let is_date = |actual: &Value| actual.as_str().is_some_and(|text| Instant::parse(text).is_ok());
        if difference.kind == diff::Kind::Instant && !actual.is_none_or(is_date) {
            return false;
        }
        let old = before.and_then(|before| before.pointer(&difference.pointer));
        old == actual || !was_answered_with(writer, difference)
    };
    let difference = diff::compare(diff::JOB, wrote, state, Against::Sent, false)
        .into_iter()
        .find(|difference| !is_excused(profile, difference) && is_lost(difference))?;
    let message = "Two updates of different properties were both confirmed, and one of them is lost.";
    let draft = Draft::new("REQ-ATOM-004", index, Place::Job(difference.pointer), message);
    Some(draft.expected(difference.expected).actual_if(difference.actual))
}
