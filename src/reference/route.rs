//! Which method on which path does what, and the methods beside PATCH.
//!
//! [`locate`] says what a path names, [`handle`] performs the request: credentials come first, then path and method.

use http::{Method, StatusCode};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use super::core::Core;
use super::effect::{Effect, Switch};
use super::message::{Answer, Place, Refusal, Request};
use super::store::{Job, Key};
use super::update::{self, unknown};
use super::{auth, respond, validate};
use crate::contract::endpoint::{Endpoint, by_collection};

/// What a raw path names. It is split before it is decoded, so that `%2F` cannot make a segment.
pub(crate) fn locate(path: &str, base: &str) -> Place {
    let Some(rest) = path.strip_prefix(base).and_then(|rest| rest.strip_prefix("/dataClassification/")) else {
        return Place::Nowhere;
    };
    let segments: Vec<_> = rest.split('/').collect();
    match (by_collection(segments[0]), &segments[1..]) {
        (Some(endpoint), []) => Place::Collection(endpoint),
        (Some(endpoint), [id]) => {
            percent_decode_str(id).decode_utf8().map_or(Place::Nowhere, |id| Place::Job(endpoint, id.into_owned()))
        }
        _ => Place::Nowhere,
    }
}

/// Performs a request.
pub(crate) async fn handle(core: &Core, request: &mut Request) -> Answer {
    let outcome = perform(core, request).await;
    outcome.unwrap_or_else(|refusal| {
        if request.method == Method::PATCH {
            note_refusal(core, request, refusal.status);
        }
        respond::refusal(refusal)
    })
}

async fn perform(core: &Core, request: &mut Request) -> Result<Answer, Refusal> {
    let mut access = auth::judge(request, &core.options);
    for effect in core.effects.iter() {
        if let Effect::Access(judge) = effect {
            access = judge(request, access, &core.options);
        }
    }
    let tenant = auth::admit(access)?;
    if core.options.throttle.is_some_and(|limit| core.state().exceeds(limit)) {
        let refusal = Refusal::new(StatusCode::TOO_MANY_REQUESTS, "There were too many requests.");
        return Err(refusal.with("retry-after", "1"));
    }
    let read = !core.effects.on(Switch::NoReads);
    match (request.place.clone(), request.method.as_str()) {
        (Place::Nowhere, _) => Err(unknown()),
        (Place::Job(..), "PATCH") => update::update(core, request, tenant).await,
        (Place::Job(endpoint, id), "GET" | "HEAD") if read => {
            let key = update::shown(core, &(endpoint.collection, id), Switch::OneCurrentJobInReads).await;
            get(core, request, &key, tenant)
        }
        (Place::Job(endpoint, id), "DELETE") => delete(core, request, &(endpoint.collection, id), tenant),
        (Place::Job(endpoint, id), "PUT") if core.effects.on(Switch::PutReplaces) => {
            replace(core, request, &(endpoint.collection, id), tenant)
        }
        (Place::Collection(endpoint), "GET" | "HEAD") if read => Ok(list(core, request, endpoint, tenant)),
        (Place::Collection(endpoint), "POST") => create(core, request, endpoint, tenant),
        (place, "OPTIONS") if !core.effects.on(Switch::NoOptions) => Ok(options(&place)),
        (place, _) => Err(no_such_method(&place, &request.method)),
    }
}

fn note_refusal(core: &Core, request: &Request, status: StatusCode) {
    let Place::Job(endpoint, id) = &request.place else {
        return;
    };
    if let Some(job) = core.state().jobs.get_mut(&(endpoint.collection, id.clone())) {
        for effect in core.effects.iter() {
            if let Effect::Refused(act) = effect {
                act(status, request, job);
            }
        }
    }
}

const fn allowed(place: &Place) -> &'static str {
    match place {
        Place::Job(..) => "GET, HEAD, PATCH, DELETE, OPTIONS",
        _ => "GET, HEAD, POST, OPTIONS",
    }
}

fn options(place: &Place) -> Answer {
    let mut answer = Answer::new(StatusCode::NO_CONTENT, None);
    answer.set("allow", allowed(place));
    if matches!(place, Place::Job(..)) {
        answer.set("accept-patch", "application/json");
    }
    answer
}

fn no_such_method(place: &Place, method: &Method) -> Refusal {
    let known =
        ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "OPTIONS"].contains(&method.as_str());
    let status = if known { StatusCode::METHOD_NOT_ALLOWED } else { StatusCode::NOT_IMPLEMENTED };
    Refusal::new(status, "The resource does not have this method.").with("allow", allowed(place))
}

fn get(core: &Core, request: &Request, key: &Key, tenant: u8) -> Result<Answer, Refusal> {
    let mut state = core.state();
    let any = core.effects.on(Switch::ForeignReads) && tenant == 0;
    let job = state.jobs.get_mut(key).filter(|job| any || job.tenant == tenant).ok_or_else(unknown)?;
    job.reads += 1;
    let mut answer = respond::entity_answer(core, StatusCode::OK, key, job, request);
    if request.headers.contains_key("if-none-match") && respond::names(&request.list("if-none-match"), &core.tag(job)) {
        answer.status = StatusCode::NOT_MODIFIED;
        answer.body = None;
        answer.unset("content-type");
        return Ok(answer);
    }
    for effect in core.effects.iter() {
        if let Effect::Read(change) = effect {
            change(answer.object(), job, request);
        }
    }
    Ok(answer)
}

fn list(core: &Core, request: &Request, endpoint: &Endpoint, tenant: u8) -> Answer {
    let state = core.state();
    let picture = |(key, job): (&Key, &Job)| {
        let mut object = respond::entity(core, key, job, request);
        object.shift_remove("@odata.context");
        Value::Object(object)
    };
    let all = core.effects.on(Switch::ListsOfAllTenants);
    let mine = state.jobs.iter().filter(|(key, job)| key.0 == endpoint.collection && (all || job.tenant == tenant));
    let context = format!("{}/$metadata#dataClassification/{}", core.root, endpoint.collection);
    Answer::new(
        StatusCode::OK,
        Some(json!({"@odata.context": context, "value": mine.map(picture).collect::<Vec<_>>()})),
    )
}

fn create(core: &Core, request: &mut Request, endpoint: &'static Endpoint, tenant: u8) -> Result<Answer, Refusal> {
    let declared = super::body::parse(request, &core.effects)?;
    let kind = declared
        .get("@odata.type")
        .and_then(Value::as_str)
        .and_then(validate::reduce)
        .unwrap_or(endpoint.declared_type);
    if !JOB_TYPES.contains(&kind) {
        return Err(Refusal::bad("The type name does not name a type of job."));
    }
    let change = validate::update(declared.clone(), kind, None, &core.effects)?;
    let id = declared.get("id").and_then(Value::as_str).filter(|id| !id.is_empty());
    let key = (endpoint.collection, id.map_or_else(super::store::new_id, str::to_owned));
    let mut state = core.state();
    if state.jobs.contains_key(&key) {
        return Err(Refusal::new(StatusCode::CONFLICT, "There is a job with this id."));
    }
    state.create(key.clone(), kind, tenant, change);
    let job = state.jobs.get(&key).ok_or_else(unknown)?;
    let mut answer = respond::entity_answer(core, StatusCode::CREATED, &key, job, request);
    let id = percent_encoding::utf8_percent_encode(&key.1, percent_encoding::NON_ALPHANUMERIC);
    answer.set("location", &format!("{}/dataClassification/{}/{id}", core.root, key.0));
    Ok(answer)
}

/// jobResponseBase and what derives from it.
const JOB_TYPES: [&str; 5] = [
    "jobResponseBase",
    "classificationJobResponse",
    "dlpEvaluatePoliciesJobResponse",
    "evaluateLabelJobResponse",
    "evaluateLabelsAndPoliciesJobResponse",
];

fn replace(core: &Core, request: &mut Request, key: &Key, tenant: u8) -> Result<Answer, Refusal> {
    let job = core.state().jobs.get(key).filter(|job| job.tenant == tenant).cloned().ok_or_else(unknown)?;
    let change = update::read(core, request, &job.kind, Some(&key.1))?;
    let mut state = core.state();
    state.create(key.clone(), &job.kind, tenant, change);
    let job = state.jobs.get(key).ok_or_else(unknown)?;
    Ok(respond::entity_answer(core, StatusCode::OK, key, job, request))
}

fn delete(core: &Core, request: &Request, key: &Key, tenant: u8) -> Result<Answer, Refusal> {
    let mut state = core.state();
    let job = state.jobs.get(key).filter(|job| job.tenant == tenant).ok_or_else(unknown)?;
    if request.headers.contains_key("if-match") && !respond::names(&request.list("if-match"), &core.tag(job)) {
        return Err(Refusal::new(StatusCode::PRECONDITION_FAILED, "The job is in another state."));
    }
    let deleted = state.jobs.shift_remove(key);
    if let Some(job) = deleted.filter(|_| core.effects.on(Switch::DeletedComesBack)) {
        state.deleted.insert(key.clone(), job);
    }
    Ok(Answer::new(StatusCode::NO_CONTENT, None))
}
