//! The operation itself: PATCH of one job.
//!
//! Everything is judged before anything is written, and the write is one step under one lock.

use std::time::Duration;

use http::StatusCode;
use serde_json::Value;

use super::core::Core;
use super::effect::{Effect, Object, Switch};
use super::message::{Answer, Place, Refusal, Request};
use super::store::{Job, Key, Properties, merge};
use super::{body, respond, validate};

/// Updates the job that the request names.
pub(crate) async fn update(core: &Core, request: &mut Request, tenant: u8) -> Result<Answer, Refusal> {
    let Place::Job(endpoint, id) = request.place.clone() else {
        return Err(unknown());
    };
    let key = (endpoint.collection, id);
    if core.effects.on(Switch::DeletedComesBack) {
        let mut state = core.state();
        if let Some(job) = state.deleted.remove(&key) {
            state.jobs.insert(key.clone(), job);
        }
    }
    let any = core.effects.on(Switch::ForeignUpdates) && tenant == 0;
    let known = core.state().jobs.get(&key).filter(|job| any || job.tenant == tenant).cloned();
    let Some(job) = known else {
        return upsert(core, request, &key, tenant);
    };
    request.turn = job.patches;
    let change = read(core, request, &job.kind, Some(&key.1))?;
    precondition(core, request, &job)?;
    if overlaps(core, &key) {
        if core.effects.on(Switch::OneAtATime) {
            let refusal = Refusal::new(StatusCode::TOO_MANY_REQUESTS, "The job is being updated.");
            return Err(refusal.with("retry-after", "0"));
        }
        return Ok(confirm(core, request, &key, &job));
    }
    write(core, request, &key, job, change).await?;
    linger(core).await;
    let shown = shown(core, &key, Switch::OneCurrentJob).await;
    let mut state = core.state();
    let answer = confirm(core, request, &shown, state.jobs.get(&shown).ok_or_else(unknown)?);
    for effect in core.effects.iter() {
        if let Effect::Later(act) = effect {
            act(&mut state, &key, request);
        }
    }
    Ok(answer)
}

/// Applies a change to a job as it was read; the switches are the ways to do that wrong.
async fn write(core: &Core, request: &Request, key: &Key, job: Job, change: Object) -> Result<(), Refusal> {
    if core.effects.on(Switch::TornWrites) {
        write_torn(core, request, key, change).await;
    } else if core.effects.on(Switch::TornErrors) {
        write_torn_error(core, request, key, change).await;
    } else if unguarded(core, request) {
        tokio::time::sleep(Duration::from_millis(4)).await;
        apply(core, request, key, job.properties, change);
    } else if core.effects.on(Switch::JudgeThenAct) {
        tokio::time::sleep(Duration::from_millis(4)).await;
        let properties = core.state().jobs.get(key).map(|job| job.properties.clone()).ok_or_else(unknown)?;
        apply(core, request, key, properties, change);
    } else {
        // Another update may have come in between: what is judged is what is changed.
        let _alone = core.writing();
        let now = core.state().jobs.get(key).cloned().ok_or_else(unknown)?;
        precondition(core, request, &now)?;
        apply(core, request, key, now.properties, change);
    }
    Ok(())
}

/// Whether an update of this kind may undo another one that is made meanwhile.
fn unguarded(core: &Core, request: &Request) -> bool {
    core.effects.iter().any(|effect| matches!(effect, Effect::Unguarded(of) if of(request)))
}

/// How long an update is under way where updates of one job must not overlap.
const SPAN: Duration = Duration::from_millis(5);

fn exclusive(core: &Core) -> bool {
    core.effects.on(Switch::OneAtATime) || core.effects.on(Switch::DropOverlapping)
}

/// Whether another update of the job is under way, if that matters.
fn overlaps(core: &Core, key: &Key) -> bool {
    exclusive(core) && core.state().overlaps(key, SPAN)
}

/// Answers late enough that a client which waits for its answers never overlaps with itself.
async fn linger(core: &Core) {
    if exclusive(core) {
        tokio::time::sleep(SPAN + Duration::from_millis(1)).await;
    }
}

/// The job that an answer shows: the one that was asked for, unless requests share one place to keep it.
pub(crate) async fn shown(core: &Core, key: &Key, switch: Switch) -> Key {
    let shared = [Switch::OneCurrentJob, Switch::OneCurrentJobInReads];
    if !shared.into_iter().any(|one| core.effects.on(one)) {
        return key.clone();
    }
    core.state().current.insert(key.0, key.1.clone());
    tokio::time::sleep(SPAN).await;
    if !core.effects.on(Switch::OneCurrentJob) && !core.effects.on(switch) {
        return key.clone();
    }
    let id = core.state().current.get(key.0).cloned();
    (key.0, id.unwrap_or_else(|| key.1.clone()))
}

/// The refusal of a job that does not exist, or not for this caller.
pub(crate) fn unknown() -> Refusal {
    Refusal::new(StatusCode::NOT_FOUND, "There is no such resource.")
}

/// Parses and validates the content.
pub(crate) fn read(core: &Core, request: &mut Request, kind: &str, id: Option<&str>) -> Result<Object, Refusal> {
    let mut object = body::parse(request, &core.effects)?;
    request.body.clone_from(&object);
    for effect in core.effects.iter() {
        match effect {
            Effect::Parsed(change) => change(&mut object),
            Effect::Refuse(judge) => {
                if let Some(status) = judge(&object, request) {
                    return Err(Refusal::new(status, "The content is not acceptable."));
                }
            }
            _ => {}
        }
    }
    let mut change = validate::update(object, kind, id, &core.effects)?;
    for effect in core.effects.iter() {
        if let Effect::Change(alter) = effect {
            alter(&mut change);
        }
    }
    Ok(change)
}

/// Judges If-Match, If-None-Match, and an `ETag` in a body of version 4.01.
fn precondition(core: &Core, request: &Request, job: &Job) -> Result<(), Refusal> {
    let (given, tag) = (|name| request.headers.contains_key(name), core.tag(job));
    if core.effects.on(Switch::IfMatchRequired) && !given("if-match") {
        return Err(Refusal::new(StatusCode::PRECONDITION_REQUIRED, "If-Match is needed."));
    }
    let in_body =
        request.body.get("@odata.etag").and_then(Value::as_str).filter(|_| request.header("odata-version") == "4.01");
    let mut holds = (!given("if-match") || respond::names(&request.list("if-match"), &tag))
        && (!given("if-none-match") || !respond::names(&request.list("if-none-match"), &tag))
        && in_body.is_none_or(|given| respond::names(given, &tag));
    for effect in core.effects.iter() {
        if let Effect::Condition(judge) = effect {
            holds = judge(holds, request, job);
        }
    }
    if holds { Ok(()) } else { Err(Refusal::new(StatusCode::PRECONDITION_FAILED, "The job is in another state.")) }
}

fn apply(core: &Core, request: &Request, key: &Key, mut properties: Properties, change: Object) {
    let merging = core.effects.iter().find_map(|effect| match effect {
        Effect::Merge(merge) => Some(merge),
        _ => None,
    });
    merging.unwrap_or(merge)(&mut properties, change);
    let mut state = core.state();
    state.write(key, properties, request.connection);
    for effect in core.effects.iter() {
        if let Effect::After(act) = effect {
            act(&mut state, key, request);
        }
    }
}

async fn write_torn(core: &Core, request: &Request, key: &Key, change: Object) {
    for (name, value) in change {
        let properties = core.state().jobs.get(key).map(|job| job.properties.clone()).unwrap_or_default();
        apply(core, request, key, properties, Object::from_iter([(name, value)]));
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// Writes the properties, and the members of `error` one by one.
async fn write_torn_error(core: &Core, request: &Request, key: &Key, mut change: Object) {
    let parts = match change.get_mut("error") {
        Some(Value::Object(error)) => std::mem::take(error),
        _ => Object::new(),
    };
    let parts = parts.into_iter().map(|part| {
        let error = Value::Object(Object::from_iter([part]));
        Object::from_iter([("error".to_owned(), error)])
    });
    // The rest last: readers that come along with the update see what is written first.
    for change in parts.chain([change]).collect::<Vec<_>>() {
        let properties = core.state().jobs.get(key).map(|job| job.properties.clone()).unwrap_or_default();
        apply(core, request, key, properties, change);
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// The answer to an update that was performed.
fn confirm(core: &Core, request: &Request, key: &Key, job: &Job) -> Answer {
    let mut answer = respond::entity_answer(core, StatusCode::OK, key, job, request);
    match request.prefers("return").as_deref() {
        Some("minimal") => {
            answer.status = StatusCode::NO_CONTENT;
            answer.body = None;
            answer.unset("content-type");
            answer.set("preference-applied", "return=minimal");
        }
        Some("representation") => answer.set("preference-applied", "return=representation"),
        _ => {}
    }
    answer
}

/// Without upsert, which is not the sound course, an unknown id is refused.
fn upsert(core: &Core, request: &mut Request, key: &Key, tenant: u8) -> Result<Answer, Refusal> {
    let conditional = request.headers.contains_key("if-match");
    let wanted =
        core.effects.on(Switch::UpsertUnderIfMatch) && conditional || core.effects.on(Switch::Upsert) && !conditional;
    let mut state = core.state();
    let plain = key.1.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if core.effects.on(Switch::ConflictForUnknown) && plain && !conditional {
        return Err(Refusal::new(StatusCode::CONFLICT, "There is no such job to update."));
    }
    if !wanted || key.1.is_empty() || !plain || state.jobs.contains_key(key) {
        return Err(unknown());
    }
    let change = read(core, request, "jobResponseBase", Some(&key.1))?;
    state.create(key.clone(), "jobResponseBase", tenant, change);
    let job = state.jobs.get(key).ok_or_else(unknown)?;
    Ok(respond::entity_answer(core, StatusCode::CREATED, key, job, request))
}
