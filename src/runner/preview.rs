//! What a run would send and touch, without a socket: for `run --dry-run`.

use super::job::{JobState, ReadVia};
use super::needs::Needs;
use super::request::{self, Bindings};
use super::session::Session;
use super::settings::Settings;
use super::target::Target;
use crate::model::capability::Capability;
use crate::plan::{Plan, Suite};
use crate::target::config::Provision;
use crate::target::service::job_path;

/// Ids of jobs that are not there yet.
const NEW: &str = "NEW";
/// Ids of jobs that only the target knows.
const FOUND: &str = "FOUND";

/// Tells each request that would be sent, a line each: first those before the trials, then those of each trial under
/// its name, then those afterwards. Whether a read is needed and what has to be put back follows from the answers; it
/// is told as what may be sent. What was judged before is not run again, and not told.
///
/// Returns how many trials would be run.
pub fn preview(suite: &Suite, plan: &Plan, target: Target, settings: &Settings, tell: &mut dyn FnMut(String)) -> usize {
    let mut session = Session::new(target);
    session.whole_updates = settings.by_the_page_alone();
    // The probe will tell; until then it is more rather than less that may be sent.
    std::sync::Arc::make_mut(&mut session.profile).capabilities.insert(Capability::Readback);
    let on_each = settings.on_each();
    let needs = Needs::of(plan, suite, &session, on_each);
    let mut after = Vec::new();
    for (collection, count) in needs.jobs() {
        let ids = ids(&session, collection, count, tell);
        for id in &ids {
            let path = job_path(collection, id);
            tell(format!("GET {path}    how the job is; PATCH {{}} where it cannot be read"));
            after.push(match (session.target.disposable, id.starts_with(NEW)) {
                (true, _) => continue,
                (_, true) => format!("DELETE {path}"),
                _ => format!("GET, PATCH, GET {path}    put back and verified where it is not as it was"),
            });
        }
        session.target.jobs.insert(collection.to_owned(), ids);
    }
    for (collection, _) in needs.jobs().filter(|(collection, _)| needs.lists(collection)) {
        tell(format!("GET /dataClassification/{collection}    which jobs there are before the first update"));
    }
    for collection in needs.derived() {
        if let Some(id) = session.target.derived.get(collection) {
            let path = job_path(collection, id);
            tell(format!("GET {path}    how the job of a derived type is"));
            after.push(format!("GET, PATCH, GET {path}    put back and verified where it is not as it was"));
        }
    }
    if on_each > 1 {
        tell(format!("Trials are spread over up to {on_each} jobs of each collection; each is told for the first."));
    }
    let unjudged: Vec<_> = plan.all().filter(|trial| !settings.known.contains_key(&suite.name(*trial))).collect();
    for trial in &unjudged {
        trial_of(suite, &session, *trial, tell);
    }
    after.into_iter().for_each(tell);
    unjudged.len()
}

/// The ids that a collection would have, and the requests that bring them about.
fn ids(session: &Session, collection: &str, count: usize, tell: &mut dyn FnMut(String)) -> Vec<String> {
    let given = session.target.jobs.get(collection).cloned().unwrap_or_default();
    let word = match session.target.provision {
        _ if !given.is_empty() => return given.into_iter().take(count).collect(),
        Some(Provision::Create) => NEW,
        Some(Provision::Discover) => FOUND,
        None => return Vec::new(),
    };
    let ids: Vec<String> = (1..=count).map(|n| format!("{word}-{n}")).collect();
    if word == FOUND {
        tell(format!("GET /dataClassification/{collection}    which jobs there are"));
    } else {
        for id in &ids {
            session.newcomers.note_made(collection, id);
            tell(format!("POST /dataClassification/{collection}    makes {id}"));
        }
    }
    ids
}

fn trial_of(suite: &Suite, session: &Session, trial: crate::plan::Trial, tell: &mut dyn FnMut(String)) {
    let collection = trial.collection();
    tell(suite.name(trial));
    let case = usize::try_from(trial.case).ok().and_then(|case| suite.case(case).ok());
    let Some(case) = case else { return };
    if let Some(reason) = super::gate::gate(session, collection, &case) {
        return tell(format!("    nothing: {reason}"));
    }
    let derived = suite.facts(trial.case).is_some_and(|facts| facts.derived);
    let of = if derived { session.target.derived.get(collection) } else { None };
    let Some(id) = of.or_else(|| session.target.jobs.get(collection)?.first()) else {
        return tell("    nothing: no job of this collection may be patched".to_owned());
    };
    let job = JobState::of(id, ReadVia::Get);
    let bindings = Bindings::default();
    for step in &case.steps {
        let times = step.race.as_ref().map(|race| (race.writers.len() + race.readers + 1) * race.rounds);
        let times = times.map_or_else(String::new, |times| format!("    {times} times, writers and readers at once"));
        for ready in request::build(session, collection, &job, &bindings, &step.request) {
            tell(format!("    {} {}{times}", ready.outgoing.method, ready.outgoing.path));
        }
        if step.expect.read_back {
            tell(format!("    GET {}    where the target can be read", job_path(collection, id)));
        }
    }
}
