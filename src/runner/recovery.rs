//! After a trial that failed: its job as it was, and known as it is, so that nothing is held against the next trial.

use super::job::{JobState, ReadVia};
use super::session::Session;
use super::{fixture, request};
use crate::model::exchange::{BrokenKind, Outcome, Response};
use crate::model::status::is_gone;
use crate::model::transcript::{Role, Transcript};
use crate::target::restore::{RestoreError, rename, restore};
use crate::target::service::Service;

/// So often a job is not found before it is gone.
const LOST: u32 = 3;

/// Puts the job back after a failure, so that what a server should not have taken is not held against the next trial.
pub(super) async fn after_failure(
    session: &Session,
    (collection, trial): (&str, &str),
    job: &mut JobState,
    transcript: &Transcript,
) {
    session.provenance.note_told(transcript);
    if made_jobs(transcript) {
        // They are told, and are no newcomers to the trials that follow, whichever job those run on.
        session.newcomers.note_grown(collection);
    }
    let Some(original) = job.original.as_deref().filter(|_| job.via != ReadVia::None && !session.health.gone()) else {
        return;
    };
    let entry = fixture::entry(session, collection, &job.id, original.clone(), job.via == ReadVia::Get);
    let service = Service { attempts: 1, ..session.service() };
    // Never a job that somebody has: only an id that nobody had before the run can be the new one of this job.
    let target = &session.target;
    let is_taken = |id: &str| target.holds(collection, id) || target.foreign.values().any(|foreign| foreign == id);
    for id in ids_given(transcript, &job.id).filter(|id| !is_taken(id)) {
        rename(service, collection, id, &job.id).await;
    }
    for _ in 0..LOST {
        // What fails otherwise, the next trial sees for itself; at the end of the run it is tried in earnest.
        let restored = Box::pin(restore(service, &entry)).await;
        let status = if let Err(RestoreError::Service(error)) = &restored { error.status } else { None };
        let lost = match status {
            Some(404 | 410) => Some("the job is gone"),
            // Who is busy, away or does not take the token says nothing of the job.
            Some(401 | 403 | 429 | 502..=504) => None,
            None => is_silent(session, collection, job).await.then_some("the job is not answered for"),
            Some(_) => is_unreadable(session, collection, job).await.then_some("the job cannot be read"),
        };
        job.gone = lost.filter(|_| job.via == ReadVia::Get).map(|lost| format!("{lost} since {trial}"));
        if job.gone.is_none() {
            break;
        }
    }
    job.written = Some(tokio::time::Instant::now());
    job.forget();
}

/// Reads in a row that show no job before it counts as one that cannot be read: a server may fail now and then.
const UNREADABLE: u32 = 6;

/// Whether what GET gives is no job any more, which it was before the run.
async fn is_unreadable(session: &Session, collection: &str, job: &JobState) -> bool {
    for _ in 0..UNREADABLE {
        let read = session.send(request::read(session, collection, &job.id)).await;
        session.aside("asking whether the job can still be read", &read);
        // A service that is busy or away says nothing of the job.
        if !matches!(read.status(), Some(200 | 500)) || read.job().is_some() {
            return false;
        }
    }
    true
}

/// Whether requests of the job end the connection, while those of others are answered.
async fn is_silent(session: &Session, collection: &str, job: &JobState) -> bool {
    for _ in 0..UNREADABLE {
        let read = session.send(request::read(session, collection, &job.id)).await;
        session.aside("asking whether the job is still answered for", &read);
        let reset = matches!(&read.outcome, Outcome::Broken(broken) if broken.kind == BrokenKind::Reset);
        if !reset || !answers_for_nobody(session, collection).await {
            return false;
        }
    }
    true
}

/// Whether the target answers a read of a job that there is not; a connection that it closes is bad luck until the third
/// time.
pub(super) async fn answers_for_nobody(session: &Session, collection: &str) -> bool {
    for _ in 0..3 {
        let nobody = uuid::Uuid::new_v4().to_string();
        let read = session.send(request::read(session, collection, &nobody)).await;
        session.aside("asking whether another job is answered for", &read);
        match &read.outcome {
            Outcome::Answered(_) => return true,
            Outcome::Broken(broken) if broken.kind == BrokenKind::Reset => {}
            Outcome::Broken(_) => return false,
        }
    }
    false
}

/// Whether a request of the trial may have made jobs: a POST or PUT that was taken, or a list that shows a new one.
fn made_jobs(transcript: &Transcript) -> bool {
    transcript.entries.iter().any(|entry| {
        let taken = entry.exchange.response().is_some_and(Response::is_success);
        let makes = matches!(entry.exchange.request.method.as_str(), "POST" | "PUT");
        let grown = || {
            let before = entry.reference.as_deref().and_then(|before| before.as_array());
            let listed = entry.listed.as_deref().zip(before);
            listed.is_some_and(|(now, before)| now.iter().any(|id| !before.iter().any(|known| known == id)))
        };
        taken && (makes || grown())
    })
}

/// The ids other than its own that successful updates of the job named in their bodies, where it is gone since.
fn ids_given<'a>(transcript: &'a Transcript, own: &'a str) -> impl Iterator<Item = &'a str> {
    let gone = transcript.entries.iter().any(|entry| {
        entry.role == Role::ReadAfter && entry.exchange.status().is_some_and(is_gone) && entry.target_id == own
    });
    let entries = transcript.entries.iter().filter(move |entry| gone && entry.target_id == own);
    entries.filter_map(move |entry| {
        let taken = entry.exchange.response()?.is_success() && entry.exchange.request.method == "PATCH";
        entry.exchange.request.json.as_deref()?.get("id")?.as_str().filter(|id| taken && *id != own)
    })
}
