//! What is known of one job during a run.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;
use tokio::time::Instant;

use super::acceptance::Acceptance;
use super::lost_updates::LostValue;
use super::seen::Seen;
use super::silence::Silence;
use crate::model::case::{Content, Step};
use crate::model::exchange::Exchange;

/// How a job is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReadVia {
    /// GET of the job URL.
    Get,
    /// PATCH with `{}`, whose answer is the job.
    EmptyPatch,
    /// Not at all.
    None,
}

impl ReadVia {
    /// The word in reports.
    #[must_use]
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::EmptyPatch => "empty-patch",
            Self::None => "none",
        }
    }
}

/// What is known of one job.
#[derive(Debug, Clone)]
pub(super) struct JobState {
    /// Its id.
    pub id: String,
    /// How it is read.
    pub via: ReadVia,
    /// The job as last seen; `None` when something may have changed it since.
    pub known: Option<Arc<Value>>,
    /// The job as the last GET showed it.
    pub last_read: Option<Arc<Value>>,
    /// The content of that answer as it came, where it is the job and nothing else.
    pub last_octets: Option<Bytes>,
    /// Its `ETag` as last seen.
    pub etag: Option<String>,
    /// An update was confirmed whose answer did not show the new `ETag`, so that the one last seen may be old.
    pub etag_unsure: bool,
    /// The `ETag`s before the last changes, that before the last of them first.
    pub older_etags: VecDeque<String>,
    /// The job before the run touched it.
    pub original: Option<Arc<Value>>,
    /// The same without the members beyond the model that a request named since.
    pub first: Option<Arc<Value>>,
    /// Ids of the collection before the run updated any job of it.
    pub listed: Option<Arc<Value>>,
    /// Exchanges in a row that came to nothing, however often they were tried.
    pub starving: u32,
    /// Requests whose answer ended too early, however often they were tried.
    pub cut_off: u32,
    /// Values that updates wrote whose answer was lost, and that nothing had before.
    pub lost: Vec<LostValue>,
    /// Why the job is of no more use: what became of it, and since which trial.
    pub gone: Option<String>,
    /// The target refused a part of an error because the job had none.
    pub wants_error: bool,
    /// What became of the valid updates.
    pub acceptance: Acceptance,
    /// How often answers did not end in time.
    pub silence: Silence,
    /// The last answers that showed it.
    pub seen: Seen,
    /// When the last request ended that may have changed the job.
    pub written: Option<Instant>,
    /// How long after an update it is worth looking whether it shows; less than the time to settle.
    pub lag: Option<Duration>,
}

impl JobState {
    /// A job of which nothing is known yet.
    pub(super) fn of(id: &str, via: ReadVia) -> Self {
        Self {
            id: id.to_owned(),
            via,
            known: None,
            last_read: None,
            last_octets: None,
            etag: None,
            etag_unsure: false,
            older_etags: VecDeque::new(),
            original: None,
            first: None,
            listed: None,
            starving: 0,
            cut_off: 0,
            gone: None,
            lost: Vec::new(),
            wants_error: false,
            acceptance: Acceptance::default(),
            silence: Silence::default(),
            seen: Seen::default(),
            written: None,
            lag: None,
        }
    }

    /// Another job of the path takes the place of this one; what is known of the path stays.
    pub(super) fn replace_by(&mut self, next: Self) {
        let Self { listed, starving, cut_off, wants_error, acceptance, silence, .. } = std::mem::replace(self, next);
        *self = Self { listed, starving, cut_off, wants_error, acceptance, silence, ..self.clone() };
        self.forget();
    }

    /// What a request names beyond the model may change from here on; what another method than PATCH leaves is open. A
    /// job that is written back as it was read names nothing new.
    pub(super) fn named(&mut self, step: &Step, exchange: &Exchange) {
        let Some(first) = &mut self.first else { return };
        if exchange.request.method != "PATCH" {
            self.first = exchange.status().is_some_and(|status| status >= 400).then(|| first.clone());
            return;
        }
        let sent = exchange.request.json.as_deref().and_then(Value::as_object);
        let written_back = step.request.content.as_ref().is_some_and(Content::is_write_back);
        let Some(sent) = sent.filter(|_| !written_back) else { return };
        let names = |job: &Value| job.as_object().is_some_and(|job| sent.keys().any(|name| job.contains_key(name)));
        if names(first)
            && let Some(job) = Arc::make_mut(first).as_object_mut()
        {
            job.retain(|name, _| !sent.contains_key(name));
        }
    }

    /// What If-Match says on a target that demands it.
    pub(super) fn condition(&self) -> String {
        self.etag.clone().filter(|_| !self.etag_unsure).unwrap_or_else(|| "*".to_owned())
    }

    /// Something else than a trial may have changed the job.
    pub(super) fn forget(&mut self) {
        self.known = None;
        self.last_read = None;
        self.etag = None;
        self.etag_unsure = false;
        self.older_etags.clear();
    }
}
