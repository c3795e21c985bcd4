//! Jobs and tokens that were given and that the target does not know: slips of whoever gave them, and none of the target's.
//!
//! What needs them cannot be judged, and the main type, [`InVain`], says why.

use super::job::{JobState, ReadVia};
use super::request::{self, Bindings};
use super::session::Session;
use crate::model::case::{Address, Auth, Case, Request};
use crate::model::exchange::Exchange;

/// What a job or a token was given for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Given {
    SecondJob,
    DerivedJob,
    /// A job of the second tenant.
    ForeignJob,
    /// The token of the second tenant.
    SecondTenant,
}

/// What was given in vain.
#[derive(Debug, Default)]
pub(super) struct InVain(Vec<(String, Given, String)>);

impl InVain {
    /// Every sentence about it, for people.
    pub(super) fn told(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(_, _, told)| told.as_str())
    }

    /// Why the case cannot be judged, where it needs what was given in vain.
    pub(super) fn needed_by(&self, collection: &str, case: &Case) -> Option<&str> {
        let needs = |given: &Given| {
            let (word, to) = match given {
                Given::SecondJob => ("second-job", Some(Address::SecondJob)),
                Given::DerivedJob => ("derived-job", Some(Address::DerivedJob)),
                // The token may still reach what it should not.
                Given::ForeignJob => ("", Some(Address::ForeignJob)),
                Given::SecondTenant => ("second-tenant", None),
            };
            case.needs.iter().any(|need| need == word)
                || case.steps.iter().any(|step| Some(&step.request.to) == to.as_ref())
        };
        self.0.iter().find(|(of, given, _)| of == collection && needs(given)).map(|(_, _, told)| told.as_str())
    }

    /// The job was given for this, and the target does not know it.
    pub(super) fn job(&mut self, collection: &str, given: Given, id: &str) {
        let told = format!("job {collection}/{id} was given, and the target does not know it (404)");
        self.0.push((collection.to_owned(), given, told));
    }
}

/// The target does not know the job, however it is asked.
pub(super) fn is_unknown(answers: &[Exchange]) -> bool {
    !answers.is_empty() && answers.iter().all(|exchange| matches!(exchange.status(), Some(404 | 410)))
}

/// Jobs that are not there do not stand by.
pub(super) fn forget(session: &mut Session, collection: &str, unknown: &[String]) {
    if let Some(ids) = session.target.jobs.get_mut(collection) {
        ids.retain(|id| !unknown.contains(id));
    }
    if request::second(session, collection).is_none() {
        for id in unknown {
            session.in_vain.job(collection, Given::SecondJob, id);
        }
    }
}

/// Reads the job of the second tenant with the token of that tenant. Where the target refuses the token, or, having GET,
/// does not know the job, cases that need it have none.
pub(super) async fn second_tenant(session: &mut Session, collection: &str, has_get: bool) {
    let with_token = session.target.credentials.second_tenant.is_some();
    let Some(id) = session.target.foreign.get(collection).filter(|_| with_token).cloned() else { return };
    let asked = Request {
        method: Some("GET".to_owned()),
        to: Address::ForeignJob,
        auth: Auth::SecondTenant,
        ..Request::default()
    };
    let nobody = JobState::of(&id, ReadVia::None);
    let Some(ready) = request::build(session, collection, &nobody, &Bindings::default(), &asked).pop() else { return };
    let exchange = session.send(ready.outgoing).await;
    session.aside("probe", &exchange);
    match exchange.status() {
        Some(401) => {
            let told = "the token of the second tenant is refused (401)".to_owned();
            session.in_vain.0.push((collection.to_owned(), Given::SecondTenant, told));
        }
        Some(404 | 410) if has_get => {
            session.target.foreign.remove(collection);
            session.in_vain.job(collection, Given::ForeignJob, &id);
        }
        _ => {}
    }
}
