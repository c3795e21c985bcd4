//! The probe before a run: reach each job once, learn its state and how it is read, and see what can be seen safely.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::request;
use super::session::{JobState, ReadVia, Session};
use crate::contract::endpoint::ENDPOINTS;
use crate::model::exchange::{BrokenKind, Exchange, Outcome, Response};

/// What the probe found.
#[derive(Debug)]
pub(super) struct Probed {
    /// The job of each lane, by collection.
    pub(super) jobs: BTreeMap<&'static str, JobState>,
    /// Why the target as a whole cannot be judged.
    pub(super) hopeless: Option<String>,
}

/// Reads the job of every lane, and adds what was seen to the capabilities.
pub(super) async fn probe(session: &mut Session) -> Probed {
    let mut jobs = BTreeMap::new();
    let mut answers: Vec<Exchange> = Vec::new();
    for endpoint in &ENDPOINTS {
        if session.profile.not_offered.contains(endpoint.collection) {
            continue;
        }
        let Some(id) = session.target.jobs.get(endpoint.collection).and_then(|ids| ids.first()).cloned() else {
            continue;
        };
        let mut job = JobState {
            id,
            via: ReadVia::None,
            known: None,
            last_read: None,
            etag: None,
            old_etag: None,
            original: None,
        };
        let exchange = session.send(request::read(session, endpoint.collection, &job.id)).await;
        session.aside("probe", &exchange);
        if let Outcome::Broken(broken) = &exchange.outcome
            && matches!(
                broken.kind,
                BrokenKind::Refused | BrokenKind::Dns | BrokenKind::Tls | BrokenKind::ConnectTimeout
            )
        {
            let hopeless = Some(format!("the target cannot be reached: {}", session.scrubber.scrub(&broken.detail)));
            return Probed { jobs, hopeless };
        }
        if !learn(&mut job, &exchange, ReadVia::Get) {
            let empty = Value::Object(Map::new());
            let second = session.send(request::patch(session, endpoint.collection, &job, &empty)).await;
            session.aside("probe", &second);
            learn(&mut job, &second, ReadVia::EmptyPatch);
            answers.push(second);
        }
        answers.push(exchange);
        jobs.insert(endpoint.collection, job);
    }
    let hopeless = hopeless(&jobs, &answers);
    declare(session, &jobs);
    Probed { jobs, hopeless }
}

fn learn(job: &mut JobState, exchange: &Exchange, via: ReadVia) -> bool {
    let Some(response) = exchange.response().filter(|response| response.status == 200) else { return false };
    let entity = response.entity().filter(|entity| entity.get("id").is_some_and(Value::is_string));
    let Some(entity) = entity else { return false };
    let entity = Arc::new(entity.clone());
    job.via = via;
    job.etag = response
        .header("etag")
        .map(str::to_owned)
        .or_else(|| entity.get("@odata.etag").and_then(Value::as_str).map(str::to_owned));
    job.original = Some(entity.clone());
    job.known = Some(entity.clone());
    job.last_read = (via == ReadVia::Get).then_some(entity);
    true
}

/// Capabilities that can be seen without harm.
fn declare(session: &mut Session, jobs: &BTreeMap<&'static str, JobState>) {
    let mut profile = session.target.profile.clone();
    if !jobs.is_empty() && jobs.values().all(|job| job.via == ReadVia::Get) {
        profile.capabilities.insert("readback".to_owned());
    }
    if !jobs.is_empty() && jobs.values().all(|job| job.etag.is_some()) {
        profile.capabilities.insert("etag".to_owned());
    }
    if !jobs.is_empty() && jobs.keys().all(|collection| request::second(session, collection).is_some()) {
        profile.capabilities.insert("second-job".to_owned());
    }
    if profile.alias.is_some() {
        profile.capabilities.insert("alias".to_owned());
    }
    let credentials = &session.target.credentials;
    for (word, token) in [
        ("scoped-token", &credentials.scoped),
        ("personal-token", &credentials.personal),
        ("second-tenant", &credentials.second_tenant),
    ] {
        if token.is_some() {
            profile.capabilities.insert(word.to_owned());
        } else {
            profile.capabilities.remove(word);
        }
    }
    if session.target.derived.is_empty() {
        profile.capabilities.remove("derived-job");
    }
    session.profile = Arc::new(profile);
}

/// The same unusable answer on every path is no statement about this API.
fn hopeless(jobs: &BTreeMap<&'static str, JobState>, answers: &[Exchange]) -> Option<String> {
    if jobs.is_empty() || jobs.values().any(|job| job.via != ReadVia::None) {
        return None;
    }
    if answers.iter().all(|exchange| exchange.response().is_none()) {
        let broken = answers.iter().find_map(|exchange| match &exchange.outcome {
            Outcome::Broken(broken) => Some(broken),
            Outcome::Answered(_) => None,
        });
        let detail = broken.map(|broken| broken.detail.as_str()).unwrap_or_default();
        let malformed = broken.is_some_and(|broken| broken.kind == BrokenKind::Malformed);
        let what = if malformed { "what answers does not speak HTTP" } else { "the target does not answer" };
        return Some(format!("{what}: {detail}"));
    }
    let responses: Vec<&Response> = answers.iter().filter_map(Exchange::response).collect();
    let all = |status: u16| responses.iter().all(|response| response.status == status);
    let html = responses.iter().all(|response| {
        let start = response.body.iter().copied().find(|octet| !octet.is_ascii_whitespace());
        start == Some(b'<') || response.header("content-type").is_some_and(|value| value.contains("text/html"))
    });
    if all(401) || all(403) {
        return Some(format!("the credentials are refused on every path ({})", responses[0].status));
    }
    if all(404) {
        return Some(
            "every path and job is unknown to the target (404): is the base URL right, do the jobs exist?".to_owned(),
        );
    }
    if all(429) {
        return Some("the target throttles every request (429)".to_owned());
    }
    if responses.iter().all(|response| matches!(response.status, 502..=504)) {
        return Some(format!("the service or a gateway in front of it is down ({})", responses[0].status));
    }
    if html {
        return Some(format!("every path answers with an HTML page ({}): this is not the API", responses[0].status));
    }
    None
}
