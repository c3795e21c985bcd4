//! Putting a job back as it was: null where it was null, an empty `details` where there was none.
//!
//! [`restore`] heals one [`JournalEntry`]; what it sends, and when a job is as it was, is in `state.rs`, and what becomes of
//! annotations in `annotations.rs`.

mod annotations;
mod state;

use std::time::Duration;

use serde_json::{Value, json};

use super::journal::JournalEntry;
use super::provision::{Current, delete, read};
use super::service::{Service, ServiceError, job_path};
use crate::json::escape;
use annotations::annotate_back;
pub use state::USER_ID;
use state::{Absent, add_types, differing, left_over, patch_back, same};

/// How often a job is read and put back at most, where somebody else changes it in between.
const PUT_BACKS: u32 = 3;

/// What putting a job back came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Restored {
    /// It was as it should be already.
    Untouched,
    /// It was put back, and reading it again shows so.
    PutBack,
    /// It was made by the run and is deleted.
    Deleted,
}

/// Why a job is not as it was.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// The target did not do what was asked.
    #[error(transparent)]
    Service(#[from] ServiceError),
    /// The target took the PATCH, and the job is still different.
    #[error("{path} is not as it was: {}", differing.join(", "))]
    Differs {
        /// Path of the job.
        path: String,
        /// JSON Pointers of the members that differ.
        differing: Vec<String>,
    },
}

/// Puts a job back as the entry says, and verifies it by reading.
///
/// # Errors
/// When the target does not do it, or the job is different afterwards.
pub async fn restore(service: Service<'_>, entry: &JournalEntry) -> Result<Restored, RestoreError> {
    let JournalEntry { collection, id, before, .. } = entry;
    if entry.created {
        delete(service, collection, id, entry.readback).await?;
        return Ok(Restored::Deleted);
    }
    let path = job_path(collection, id);
    let way = Way { service, entry, path: &path };
    let refused = match way.put_back().await? {
        None => return Ok(Restored::Untouched),
        Some(Done { refused, too_much }) => {
            way.take_away(too_much).await?;
            refused
        }
    };
    way.settle().await;
    let mut now = way.read().await?;
    if way.annotate(&now).await {
        way.settle().await;
        now = way.read().await?;
    }
    let now = now.entity;
    let unverified = entry.left_alone.union(&entry.volatile).cloned().collect();
    let mut left = differing(before, &now, &unverified, same);
    left.extend(left_over(entry, &now).iter().map(|name| format!("/{}", escape(name))));
    match refused {
        _ if left.is_empty() => Ok(Restored::PutBack),
        Some(refused) => Err(refused.into()),
        None => Err(RestoreError::Differs { path, differing: left }),
    }
}

/// Gives a job its id again, where the target took the id in a body for a new one (REQ-IDENT-002). Whether it takes this
/// one too is its own affair, and reading the job tells. Nothing is sent to an id that no job has: it might make one.
pub async fn rename(service: Service<'_>, collection: &str, from: &str, to: &str) {
    if read(service, collection, from, true).await.is_err() {
        return;
    }
    let body = json!({ "id": to });
    let _ = service.call("PATCH", &job_path(collection, from), Some(&body), |status| status == 200).await;
}

/// The way to a job that is to be put back.
#[derive(Clone, Copy)]
struct Way<'a> {
    service: Service<'a>,
    entry: &'a JournalEntry,
    path: &'a str,
}

/// What became of the properties, and what there is to take away yet.
struct Done {
    /// Why the target did not take them all at once.
    refused: Option<ServiceError>,
    /// Members that the run added.
    too_much: Vec<String>,
}

impl Way<'_> {
    async fn read(&self) -> Result<Current, ServiceError> {
        read(self.service, &self.entry.collection, &self.entry.id, self.entry.readback).await
    }

    async fn patch(&self, body: &Value, etag: Option<&str>) -> Result<(), ServiceError> {
        let service = Service { etag, ..self.service };
        service.call("PATCH", self.path, Some(body), |status| (200..300).contains(&status)).await.map(drop)
    }

    /// Returns when a read shows what was put back.
    async fn settle(&self) {
        tokio::time::sleep(Duration::from_millis(self.entry.settle_ms)).await;
    }

    /// Puts the properties back: all at once, or one by one where the target does not take that; `None` where there is
    /// nothing to do. What is there then and was not before has to go where the target merges; what replaces has taken it
    /// away.
    async fn put_back(&self) -> Result<Option<Done>, ServiceError> {
        let JournalEntry { before, left_alone, .. } = self.entry;
        let (mut tries, mut typed, mut absent) = (0, false, Absent::Omitted);
        loop {
            let now = match self.read().await {
                // What cannot be read, as it has grown too large, is not JSON any more or is what the target stumbles over,
                // is overwritten as a whole.
                Err(error) if error.closed || matches!(error.status, Some(200 | 500)) => {
                    Current { entity: Value::Null, etag: None }
                }
                read => read?,
            };
            let done = |refused| Some(Done { refused, too_much: left_over(self.entry, &now.entity) });
            // A value that is the same in other words is put back too: whoever owns the job gets it as it was.
            if now.entity.is_object() && differing(before, &now.entity, left_alone, PartialEq::eq).is_empty() {
                let annotated = annotate_back(before, &now.entity, left_alone).is_none();
                let untouched = absent == Absent::Omitted && annotated;
                return Ok(done(None).filter(|done| !untouched || !done.too_much.is_empty()));
            }
            let back = |absent| patch_back(before, &now.entity, left_alone, absent);
            let mut body = back(absent);
            let clears = body != back(Absent::Cleared);
            if absent == Absent::Cleared && body == back(Absent::Omitted) {
                return Ok(done(None));
            }
            if typed {
                add_types(&mut body, before);
            }
            tries += 1;
            match self.patch(&body, now.etag.as_deref()).await {
                Ok(()) if clears => {
                    (absent, tries) = (Absent::Cleared, 0);
                    self.settle().await;
                }
                Ok(()) => return Ok(done(None)),
                // Somebody changed the job after it was read.
                Err(error) if error.status == Some(412) && tries < PUT_BACKS => {}
                // Types need not be said (REQ-BODY-005), but some targets want them.
                Err(error) if error.status == Some(400) && !typed => typed = true,
                Err(error) if matches!(error.status, Some(400 | 422)) => {
                    let mut each = back(Absent::Cleared);
                    if typed {
                        add_types(&mut each, before);
                    }
                    self.one_by_one(each).await?;
                    return Ok(done(Some(error)));
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Puts back what a target takes of a body that it refuses as a whole; what is missing then, reading tells.
    async fn one_by_one(&self, body: Value) -> Result<(), ServiceError> {
        let Value::Object(members) = body else { return Ok(()) };
        for (name, value) in members.into_iter().filter(|(name, _)| !name.starts_with('@')) {
            let etag = if self.service.if_match { self.read().await?.etag } else { None };
            let _ = self.patch(&json!({ name: value }), etag.as_deref()).await;
        }
        Ok(())
    }

    /// Sends the annotations that the job had and has no more; returns whether there were any.
    async fn annotate(&self, now: &Current) -> bool {
        let JournalEntry { before, left_alone, .. } = self.entry;
        let Some(body) = annotate_back(before, &now.entity, left_alone) else { return false };
        let _ = self.patch(&body, now.etag.as_deref()).await;
        true
    }

    /// Takes away what the run added. Whether a target takes null for what it does not declare is its own affair; what
    /// it came to, reading tells.
    async fn take_away(&self, too_much: Vec<String>) -> Result<(), ServiceError> {
        if too_much.is_empty() {
            return Ok(());
        }
        let body = too_much.into_iter().map(|name| (name, Value::Null)).collect();
        let etag = if self.service.if_match { self.read().await?.etag } else { None };
        let _ = self.patch(&Value::Object(body), etag.as_deref()).await;
        Ok(())
    }
}
