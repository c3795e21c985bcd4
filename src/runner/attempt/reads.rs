//! Reads of the leased job around the steps, and what a read of another job is held against.

use std::sync::Arc;

use serde_json::Value;

use super::{Attempt, ReadVia, is_another_job};
use crate::model::bound::Bound;
use crate::model::capability::Capability;
use crate::model::case::{Address, Auth, Step};
use crate::model::exchange::{Exchange, Response};
use crate::model::expect::JobAfter;
use crate::model::transcript::{Entry, Role};
use crate::runner::request;

impl Attempt<'_> {
    /// Whether the job is read after a request: always when it was refused or its effect is not in the answer.
    pub(super) fn wants_read(&self, step: &Step, status: Option<u16>) -> bool {
        if self.job.via == ReadVia::None {
            return false;
        }
        let own = !is_another_job(&step.request.to);
        match status {
            None => step.request.wire.is_cut_off(),
            Some(400..) => own,
            Some(200..300) => {
                own && (step
                    .expect
                    .matching(status.unwrap_or_default())
                    .is_some_and(|e| e.read_back || e.job == JobAfter::Unchanged)
                    || step.expect.read_back
                    || status == Some(204))
            }
            Some(_) => false,
        }
    }

    /// Waits until the last update shows. The timer counts whole milliseconds, so not to wait at all is something else.
    pub(super) async fn settle(&self) {
        let time = self.session.profile.settle();
        if let Some(written) = self.job.written.filter(|_| !time.is_zero()) {
            tokio::time::sleep_until(written + time).await;
        }
    }

    /// Reads the leased job; after a confirmed change, `fresh` may take a new connection.
    pub(super) async fn read(&mut self, step: usize, role: Role, fresh: bool) {
        // What a read that fails hides may be what the request before it did, so it is asked for once more.
        if matches!(self.read_once(step, role, fresh).await, Some(401 | 403 | 500 | 505..=599)) {
            self.read_once(step, role, fresh).await;
        }
    }

    /// Reads the leased job; the status of the answer.
    async fn read_once(&mut self, step: usize, role: Role, fresh: bool) -> Option<u16> {
        // Where GET is declared, it is GET that has to show what was confirmed, also if it did not show the job before.
        let by_get = self.over_new && role == Role::ReadAfter && self.session.profile.has(Capability::Readback);
        let outgoing = match self.job.via {
            ReadVia::None => return None,
            ReadVia::EmptyPatch if !by_get => {
                request::patch(self.session, self.collection, self.job, &Value::Object(serde_json::Map::new()))
            }
            ReadVia::Get | ReadVia::EmptyPatch => {
                let mut outgoing = request::read(self.session, self.collection, &self.job.id);
                outgoing.fresh = fresh && self.over_new;
                outgoing
            }
        };
        self.settle().await;
        let before = self.job.known.clone();
        let reference = if role == Role::ReadAfter { self.job.first.clone() } else { self.job.last_read.clone() };
        let etag_before = self.job.etag.clone();
        let exchange = self.patiently(&outgoing, &|_| false, true).await;
        self.job.seen.note(&exchange);
        let status = exchange.status();
        let entity = exchange.response().filter(|response| response.status == 200).and_then(Response::shared_entity);
        if let Some(response) = exchange.response().filter(|response| response.status == 200) {
            self.tag(response);
        }
        if entity.is_some() {
            self.job.known.clone_from(&entity);
            if self.job.via == ReadVia::Get {
                self.job.last_read = entity;
            }
        } else {
            self.job.known = None;
        }
        self.entries.push(Entry {
            step,
            role,
            exchange: Box::new(exchange),
            before,
            etag_before,
            target_id: self.job.id.clone(),
            listed: None,
            reference,
            marks: Vec::new(),
            stranger: None,
            bound: Bound::default(),
        });
        status
    }

    /// For a read of another job: that job as it was first read in this attempt.
    pub(super) fn reference(&mut self, step: &Step, exchange: &Exchange) -> Option<Arc<Value>> {
        let shows = match step.request.to {
            Address::SecondJob | Address::OtherJobs => true,
            // What our own token sees of it is not the job.
            Address::ForeignJob => step.request.auth == Auth::SecondTenant,
            _ => false,
        };
        if !shows || exchange.request.method != "GET" {
            return None;
        }
        let key = exchange.request.path().to_owned();
        if let Some(first) = self.references.get(&key) {
            return Some(first.clone());
        }
        let entity = exchange.response().filter(|response| response.status == 200)?.shared_entity()?;
        self.references.insert(key, entity);
        None
    }
}
