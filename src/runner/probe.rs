//! The probe before a run: reach each job once, learn its state and how it is read, and see what can be seen safely.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::attempt::{Patience, unjudgeable};
use super::clock::{self, Clock};
use super::job::{JobState, ReadVia};
use super::listing;
use super::rejected::{self, Purpose};
use super::request;
use super::session::Session;
use super::settings::Settings;
use super::silence::{Silence, is_late, never_ends};
use super::target::Target;
use crate::contract::endpoint::ENDPOINTS;
use crate::diff;
use crate::model::capability::Capability;
use crate::model::exchange::{BrokenKind, Exchange, Outcome, Response};
use crate::model::status::is_transient;
use crate::target::Outgoing;
use crate::target::config::Provision;

/// What the probe found.
#[derive(Debug, Default)]
pub(super) struct Probed {
    /// The job of each lane, by collection.
    pub(super) jobs: BTreeMap<&'static str, JobState>,
    /// Jobs of a derived type, by collection.
    pub(super) derived: BTreeMap<&'static str, JobState>,
    /// The jobs that stand by or are worked on beside the first, by collection.
    pub(super) standing_by: BTreeMap<&'static str, Vec<JobState>>,
    /// Why a collection has a job that is not tried.
    pub(super) without: BTreeMap<&'static str, String>,
    /// What people should know about the target.
    pub(super) notices: Vec<String>,
    /// Why the target as a whole cannot be judged.
    pub(super) hopeless: Option<String>,
}

/// Reads the job of every lane, and adds what was seen to the capabilities. Collections that `lists` names are listed.
pub(super) async fn probe(session: &mut Session, settings: &Settings, lists: &dyn Fn(&str) -> bool) -> Probed {
    let (mut patience, skew) = (settings.patience, settings.max_clock_skew);
    let mut probed = Probed::default();
    let mut answers: Vec<Exchange> = Vec::new();
    for endpoint in ENDPOINTS.iter().filter(|endpoint| !session.profile.not_offered.contains(endpoint.collection)) {
        let collection = endpoint.collection;
        let Some(id) = session.target.jobs.get(collection).and_then(|ids| ids.first()).cloned() else { continue };
        let before = answers.len();
        let job = read(session, collection, &id, patience, &mut answers).await;
        if answers[before..].iter().all(|exchange| turns_away(exchange) || is_late(exchange)) {
            // Who turned one path away, or was silent, for so long is not waited for on each of the others.
            patience.retries = 0;
        }
        if let Some(why) = answers.last().and_then(unreachable) {
            probed.hopeless = Some(session.scrubber.scrub(&why).into_owned());
            return probed;
        }
        if probed.notices.is_empty() && session.profile.has(Capability::Readback) {
            probed.notices.extend(rejected::not_read(collection, &job, &answers[before]));
        }
        // A job whose state nobody knows could not be put back.
        if answers[before..].iter().any(|exchange| exchange.response().is_some()) {
            probed.jobs.insert(collection, job);
        } else {
            let why = "the job could not be read before the run, so it was not touched: no answer";
            probed.without.insert(collection, why.to_owned());
        }
    }
    probed.hopeless = hopeless(&probed.jobs, &answers, session.target.credentials.valid.is_some());
    let job = probed.jobs.iter().next().map(|(collection, job)| (*collection, job.id.as_str()));
    match clock::look(session, job, &answers, skew).await {
        Clock::Right => {}
        Clock::Off(words) => probed.notices.push(words),
        // What every path shows alike says more.
        Clock::Wrong(words) if probed.hopeless.is_some() => probed.notices.push(words),
        Clock::Wrong(words) => probed.hopeless = Some(words),
    }
    if probed.hopeless.is_none() {
        for collection in probed.jobs.keys().copied().collect::<Vec<_>>() {
            beside_the_first(session, settings, collection, patience, &mut probed).await;
            if let Some(job) = probed.jobs.get_mut(collection).filter(|_| lists(collection)) {
                listing::before(session, collection, job).await;
            }
            let has_get = probed.jobs.get(collection).is_some_and(|job| job.via == ReadVia::Get);
            rejected::second_tenant(session, collection, has_get).await;
        }
    }
    declare(session, &probed.jobs);
    probed
}

/// Reads the other jobs of a collection and the one of a derived type, to be put back: that says nothing about the target.
async fn beside_the_first(
    session: &mut Session,
    settings: &Settings,
    collection: &'static str,
    patience: Patience,
    probed: &mut Probed,
) {
    let beside = session.target.jobs.get(collection).and_then(|ids| ids.get(1..)).unwrap_or_default();
    // What need not be put back is read only where it is worked on.
    let most = if session.target.disposable { settings.on_each() - 1 } else { beside.len() };
    let (mut standing_by, mut unknown) = (Vec::new(), Vec::new());
    for id in beside.iter().take(most) {
        let mut answers = Vec::new();
        let job = read(session, collection, id, patience, &mut answers).await;
        // What the run made is there, if not at once.
        let given = session.target.provision != Some(Provision::Create);
        if given && rejected::is_unknown(&answers) { unknown.push(job.id) } else { standing_by.push(job) }
    }
    probed.standing_by.insert(collection, standing_by);
    rejected::forget(session, collection, &unknown);
    if let Some(id) = session.target.derived.get(collection).cloned() {
        let mut answers = Vec::new();
        let job = read(session, collection, &id, patience, &mut answers).await;
        if rejected::is_unknown(&answers) {
            session.rejected.job(collection, Purpose::DerivedJob, &id);
        } else {
            probed.derived.insert(collection, job);
        }
    }
}

/// Reads one job: with GET, else with an empty PATCH.
async fn read(
    session: &Session,
    collection: &str,
    id: &str,
    patience: Patience,
    answers: &mut Vec<Exchange>,
) -> JobState {
    let mut job = JobState::of(id, ReadVia::None);
    let exchange = patiently(session, hurried(request::read(session, collection, id), answers), patience).await;
    let understood = learn(&mut job, &exchange, ReadVia::Get);
    let reached = unreachable(&exchange).is_none();
    let patience = if turns_away(&exchange) { Patience { retries: 0, ..patience } } else { patience };
    session.aside("probe", &exchange);
    answers.push(exchange);
    if !understood && reached {
        let empty = Value::Object(Map::new());
        let patch = request::patch(session, collection, &job, &empty);
        let second = patiently(session, hurried(patch, answers), patience).await;
        learn(&mut job, &second, ReadVia::EmptyPatch);
        session.aside("probe", &second);
        answers.push(second);
    }
    job
}

/// A request that is not waited for to the end where others were in vain.
fn hurried(outgoing: Outgoing, answers: &[Exchange]) -> Outgoing {
    let mut silence = Silence::default();
    for exchange in answers {
        silence.note(exchange, true);
    }
    Outgoing { within: answers.iter().any(is_late).then(|| silence.brief()), ..outgoing }
}

/// Sends, and sends again where nothing came back that says anything.
async fn patiently(session: &Session, outgoing: Outgoing, patience: Patience) -> Exchange {
    let mut exchange = session.send_renewing(&outgoing, &|_| false).await;
    for attempt in 0..patience.retries {
        // What never ends is read over another way, or judged.
        if never_ends(&exchange)
            || unreachable(&exchange).is_some()
            || unjudgeable(&exchange, &|_| false, true).is_none()
            || attempt > 0 && is_late(&exchange)
        {
            break;
        }
        session.aside("probe, tried again", &exchange);
        if !session.rest(tokio::time::sleep(patience.delay(attempt, &exchange))).await {
            break;
        }
        exchange = session.send_renewing(&Outgoing { fresh: true, ..outgoing.clone() }, &|_| false).await;
    }
    exchange
}

/// Whether the answer only says to come later.
fn turns_away(exchange: &Exchange) -> bool {
    exchange.status().is_some_and(is_transient)
}

/// Why nothing at all can be sent to the target.
fn unreachable(exchange: &Exchange) -> Option<String> {
    let Outcome::Broken(broken) = &exchange.outcome else { return None };
    let kinds = [BrokenKind::Refused, BrokenKind::Dns, BrokenKind::Tls, BrokenKind::ConnectTimeout];
    kinds.contains(&broken.kind).then(|| format!("the target cannot be reached: {}", broken.detail))
}

fn learn(job: &mut JobState, exchange: &Exchange, via: ReadVia) -> bool {
    let Some(response) = exchange.response().filter(|response| response.status == 200) else { return false };
    // That a job is shown without its id, or with a number for it, is for the checks to tell.
    let looks_like_one = |entity: &Value| diff::JOB.iter().filter(|(name, _)| entity.get(name).is_some()).count() > 2;
    let entity = response.entity().filter(|entity| match entity.get("id") {
        Some(Value::String(_)) => true,
        Some(Value::Number(number)) if number.to_string() == job.id => true,
        _ => looks_like_one(entity),
    });
    let Some(entity) = entity else { return false };
    let entity = Arc::new(entity.clone());
    job.via = via;
    job.etag = response.etag().map(str::to_owned);
    job.original = Some(entity.clone());
    job.first = Some(entity.clone());
    job.known = Some(entity.clone());
    job.last_octets = response.entity_octets();
    job.last_read = (via == ReadVia::Get).then_some(entity);
    true
}

/// Adds the capabilities that can be seen without harm, and takes away those that are declared without what they take. Which
/// follow from what is given, the settings know ([`crate::target::config::Resolved::profile`]).
fn declare(session: &mut Session, jobs: &BTreeMap<&'static str, JobState>) {
    let mut profile = session.target.profile.clone();
    if !jobs.is_empty() && jobs.values().all(|job| job.via == ReadVia::Get) {
        profile.capabilities.insert(Capability::Readback);
    }
    if !jobs.is_empty() && jobs.values().all(|job| job.etag.is_some()) {
        profile.capabilities.insert(Capability::Etag);
    }
    if jobs.keys().any(|collection| request::second(session, collection).is_some()) {
        profile.capabilities.insert(Capability::SecondJob);
    }
    let Target { credentials, derived, .. } = &session.target;
    let without = [
        (Capability::ScopedToken, credentials.scoped.is_none()),
        (Capability::PersonalToken, credentials.personal.is_none()),
        (Capability::SecondTenant, credentials.second_tenant.is_none()),
        (Capability::DerivedJob, derived.is_empty()),
    ];
    for (capability, _) in without.iter().filter(|(_, lacks)| *lacks) {
        profile.capabilities.remove(capability);
    }
    session.profile = Arc::new(profile);
}

/// The same unusable answer on every path is no statement about this API.
fn hopeless(jobs: &BTreeMap<&'static str, JobState>, answers: &[Exchange], with_token: bool) -> Option<String> {
    if answers.is_empty() || jobs.values().any(|job| job.via != ReadVia::None) {
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
    let first = responses[0];
    let status = first.status;
    // A server that only ever fails is judged for that; its pages are its own.
    let failing = all(500);
    let words = match status {
        401 if all(401) && !with_token => {
            "the target wants credentials (401), and none are given: see PATCHPROOF_TOKEN, --token-file, --token-command"
                .to_owned()
        }
        401 | 403 if all(status) => format!("the credentials are refused on every path ({status})"),
        404 if all(404) => {
            "every path and job is unknown to the target (404): is the base URL right, do the jobs exist?".to_owned()
        }
        407 if all(407) => "the proxy wants credentials (407)".to_owned(),
        429 if all(429) => "the target throttles every request (429)".to_owned(),
        502..=504 if responses.iter().all(|response| matches!(response.status, 502..=504)) => {
            format!("the service or a gateway in front of it is down ({status})")
        }
        300..=399 if responses.iter().all(|response| matches!(response.status, 300..=399)) => {
            let to: String = first.header("location").unwrap_or_default().chars().take(200).collect();
            format!("every path redirects ({status}) to {to}: this is not the API")
        }
        _ if html && !failing => format!("every path answers with an HTML page ({status}): this is not the API"),
        _ => return None,
    };
    Some(words)
}
