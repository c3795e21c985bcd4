//! Jobs and tokens that were given and that the target does not know: slips of whoever gave them, and none of the target's.
//!
//! What needs them cannot be judged, and the main type, [`Rejected`], says why.

use std::collections::BTreeSet;

use super::job::{JobState, ReadVia};
use super::request::{self, Bindings};
use super::session::Session;
use crate::model::capability::Capability;
use crate::model::case::{Address, Auth, Case, Request};
use crate::model::exchange::{Exchange, Outcome};
use crate::model::status::is_gone;

/// What a job or a token was given for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    SecondJob,
    DerivedJob,
    /// A job of the second tenant.
    ForeignJob,
    /// The token of the second tenant.
    SecondTenant,
}

/// What was given in vain.
#[derive(Debug, Default)]
pub(super) struct Rejected(Vec<Slip>);

/// One job or token of a path.
#[derive(Debug)]
struct Slip {
    collection: String,
    given: Purpose,
    told: String,
}

impl Rejected {
    /// Every sentence about it once, for people.
    pub(super) fn told(&self) -> BTreeSet<&str> {
        self.0.iter().map(|slip| slip.told.as_str()).collect()
    }

    /// Whether something was given for this, in vain.
    pub(super) fn has(&self, collection: &str, given: Purpose) -> bool {
        self.0.iter().any(|slip| slip.collection == collection && slip.given == given)
    }

    /// Why the case cannot be judged, where it needs what was given in vain.
    pub(super) fn needed_by(&self, collection: &str, case: &Case) -> Option<&str> {
        let says = |capability| case.needs.contains(&capability);
        let to = |address: &Address| case.steps.iter().any(|step| step.request.to == *address);
        let needs = |given: Purpose| match given {
            Purpose::SecondJob => says(Capability::SecondJob) || to(&Address::SecondJob),
            Purpose::DerivedJob => says(Capability::DerivedJob) || to(&Address::DerivedJob),
            // The token of that tenant may still reach what it should not.
            Purpose::ForeignJob => to(&Address::ForeignJob),
            Purpose::SecondTenant => says(Capability::SecondTenant),
        };
        let slip = self.0.iter().find(|slip| slip.collection == collection && needs(slip.given))?;
        Some(&slip.told)
    }

    /// The job was given for this, and the target does not know it.
    pub(super) fn job(&mut self, collection: &str, given: Purpose, id: &str) {
        let told = format!("job {collection}/{id} was given, and the target does not know it (404)");
        self.add(collection, given, told);
    }

    fn add(&mut self, collection: &str, given: Purpose, told: String) {
        self.0.push(Slip { collection: collection.to_owned(), given, told });
    }
}

/// The target does not know the job, however it is asked.
pub(super) fn is_unknown(answers: &[Exchange]) -> bool {
    !answers.is_empty() && answers.iter().all(|exchange| exchange.status().is_some_and(is_gone))
}

/// Jobs that are not there do not stand by.
pub(super) fn forget(session: &mut Session, collection: &str, unknown: &[String]) {
    if let Some(ids) = session.target.jobs.get_mut(collection) {
        ids.retain(|id| !unknown.contains(id));
    }
    if request::second(session, collection).is_none() {
        for id in unknown {
            session.rejected.job(collection, Purpose::SecondJob, id);
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
            session.rejected.add(collection, Purpose::SecondTenant, told);
        }
        Some(404 | 410) if has_get => session.rejected.job(collection, Purpose::ForeignJob, &id),
        _ => {}
    }
}

/// That GET does not show a job, though the target is said to have `readback`.
pub(super) fn not_read(collection: &str, job: &JobState, get: &Exchange) -> Option<String> {
    let otherwise = match job.via {
        ReadVia::Get => return None,
        ReadVia::EmptyPatch => "it is read with an empty PATCH",
        ReadVia::None => "nor is it read with an empty PATCH",
    };
    let how = match &get.outcome {
        Outcome::Answered(response) if response.status == 200 => "shows no job".to_owned(),
        Outcome::Answered(response) => format!("is answered {}", response.status),
        Outcome::Broken(broken) => format!("is not answered ({})", broken.detail),
    };
    let id = &job.id;
    Some(format!("the capability readback is declared, but GET of {collection}/{id} {how}; {otherwise}"))
}
