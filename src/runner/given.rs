//! Jobs and tokens that were given and that the target does not know: slips of whoever gave them, and none of the target's.

use super::job::{JobState, ReadVia};
use super::request::{self, Bindings};
use super::session::Session;
use crate::model::case::{Address, Auth, Request};
use crate::model::exchange::Exchange;

/// The target does not know the job, however it is asked.
pub(super) fn is_unknown(answers: &[Exchange]) -> bool {
    !answers.is_empty() && answers.iter().all(|exchange| matches!(exchange.status(), Some(404 | 410)))
}

/// Jobs that are not there do not stand by; whoever gave them is told.
pub(super) fn forget(session: &mut Session, collection: &str, unknown: &[String], notice: &mut Option<String>) {
    let Some(first) = unknown.first() else { return };
    if let Some(ids) = session.target.jobs.get_mut(collection) {
        ids.retain(|id| !unknown.contains(id));
    }
    let told = format!("job {collection}/{first} was given, and the target does not know it (404)");
    notice.get_or_insert(session.scrubber.scrub(&told).into_owned());
}

/// Reads the job of the second tenant with the token of that tenant. Where the target refuses the token, or, having GET,
/// does not know the job, cases that need it have none.
pub(super) async fn second_tenant(session: &mut Session, collection: &str, has_get: bool, notice: &mut Option<String>) {
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
            session.target.credentials.second_tenant = None;
            let told = "the token of the second tenant is refused (401)";
            notice.get_or_insert_with(|| told.to_owned());
        }
        Some(404 | 410) if has_get => {
            session.target.foreign.remove(collection);
            forget(session, collection, &[id], notice);
        }
        _ => {}
    }
}
