//! Reads of the leased job around the steps, and what a read of another job is held against.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};

use super::{Attempt, ReadVia, is_another_job};
use crate::model::bound::Bound;
use crate::model::capability::Capability;
use crate::model::case::{Address, Auth, Step};
use crate::model::exchange::{BrokenKind, Exchange, Outcome, Response};
use crate::model::expect::JobAfter;
use crate::model::transcript::{Entry, Role};
use crate::runner::request;
use crate::target::Outgoing;

/// What a request did to the leased job before it is read.
pub(super) enum Change {
    /// Nothing that was confirmed.
    None,
    /// What it was to do, or may have done.
    Confirmed,
    /// The same, and its answer shows the job.
    Shown(Arc<Value>),
}

/// The part of the time to settle after which it is first looked whether an update shows.
const FIRST_LOOK: u32 = 8;

impl Attempt<'_> {
    /// What the request of a step did that was answered so.
    pub(super) fn change(&self, step: &Step, status: Option<u16>) -> Change {
        match status {
            Some(400..) => Change::None,
            // Of what must change nothing it shows late that it did.
            Some(200) if step.expect.matching(200).is_some_and(|expected| expected.job != JobAfter::Unchanged) => {
                self.job.known.clone().map_or(Change::Confirmed, Change::Shown)
            }
            _ => Change::Confirmed,
        }
    }

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

    /// Looks whether the job is as the answer to an update showed it, before all time to settle has passed: of a target
    /// where an update mostly shows soon, not every read has to wait for the longest that it may take.
    async fn as_soon_as_shown(&mut self, outgoing: &Outgoing, shown: &Value) -> Option<Exchange> {
        let settle = self.session.profile.settle();
        // Without the tag of the update, that of a state before it could be taken for it.
        let sooner =
            !settle.is_zero() && outgoing.method == "GET" && !(self.job.etag_unsure && self.job.etag.is_some());
        let written = self.job.written.filter(|_| sooner)?;
        let mut lag = self.job.lag.unwrap_or(settle / FIRST_LOOK).max(Duration::from_millis(1));
        while lag < settle {
            tokio::time::sleep_until(written + lag).await;
            let exchange = self.session.send(outgoing.clone()).await;
            let tag = exchange.response().and_then(Response::etag);
            if tag == self.job.etag.as_deref() && exchange.job().is_some_and(|job| is_as(job, shown)) {
                self.job.lag = Some(lag * 3 / 4);
                return Some(exchange);
            }
            self.session.aside("looking whether an update shows yet", &exchange);
            lag *= 2;
        }
        self.job.lag = Some(settle * 3 / 4);
        None
    }

    /// Reads the leased job; after a confirmed change, it may be over a new connection.
    pub(super) async fn read(&mut self, step: usize, role: Role, change: Change) {
        // What a read that fails hides may be what the request before it did, so it is asked for once more.
        if matches!(self.read_once(step, role, &change).await, Some(401 | 403 | 500 | 505..=599)) {
            self.read_once(step, role, &change).await;
        }
    }

    /// Reads the leased job; the status of the answer.
    async fn read_once(&mut self, step: usize, role: Role, change: &Change) -> Option<u16> {
        // Where GET is declared, it is GET that has to show what was confirmed, also if it did not show the job before.
        let by_get = self.over_new && role == Role::ReadAfter && self.session.profile.has(Capability::Readback);
        let outgoing = match self.job.via {
            ReadVia::None => return None,
            ReadVia::EmptyPatch if !by_get => {
                request::patch(self.session, self.collection, self.job, &Value::Object(serde_json::Map::new()))
            }
            ReadVia::Get | ReadVia::EmptyPatch => {
                let mut outgoing = request::read(self.session, self.collection, &self.job.id);
                outgoing.fresh = self.over_new && !matches!(change, Change::None);
                outgoing
            }
        };
        let early = match change {
            Change::Shown(shown) => self.as_soon_as_shown(&outgoing, shown).await,
            Change::None | Change::Confirmed => None,
        };
        let before = self.job.known.clone();
        let reference = if role == Role::ReadAfter { self.job.first.clone() } else { self.job.last_read.clone() };
        let etag_before = self.job.etag.clone();
        let exchange = if let Some(exchange) = early {
            exchange
        } else {
            self.settle().await;
            self.asked(outgoing).await
        };
        self.job.seen.note(&exchange);
        let status = exchange.status();
        let entity = exchange.response().filter(|response| response.status == 200).and_then(Response::shared_entity);
        if let Some(response) = exchange.response().filter(|response| response.status == 200) {
            self.tag(response);
            self.job.last_octets = response.entity_octets();
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

    /// The answer to a read; one that ends the connection by GET is asked for until it is known what is to blame.
    async fn asked(&mut self, outgoing: Outgoing) -> Exchange {
        let exchange = self.patiently(&outgoing, &|_| false, true).await;
        let is_reset = matches!(&exchange.outcome, Outcome::Broken(broken) if broken.kind == BrokenKind::Reset);
        if is_reset && outgoing.method == "GET" && self.patience.retries > 0 {
            return self.read_once_more(outgoing, exchange).await;
        }
        exchange
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

/// Whether a job has all that another picture of it shows, annotations aside.
fn is_as(job: &Map<String, Value>, shown: &Value) -> bool {
    let Some(shown) = shown.as_object() else { return false };
    shown.iter().filter(|(name, _)| !name.contains('@')).all(|(name, value)| job.get(name) == Some(value))
}
