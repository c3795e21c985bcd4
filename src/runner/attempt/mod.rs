//! One attempt at a trial: the steps in order, with the reads around them, as a transcript.

mod accepted;
mod insist;
mod learn;
mod patience;
mod race;
mod reads;
mod spared;
mod whole_error;

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::Value;
use tokio::time::Instant;

pub use self::patience::Patience;
use self::patience::Retried;
pub(super) use self::patience::unjudgeable;
use self::reads::Change;
pub(super) use self::spared::Spared;
use self::spared::Sparing;
use super::job::{JobState, ReadVia};
use super::listing;
use super::request::{self, Bindings, Ready};
use super::session::Session;
use super::underway::Unanswered;
use crate::model::case::{Address, Auth, Case, Content, Step};
use crate::model::exchange::Exchange;
use crate::model::transcript::{Entry, Role, Transcript};
use crate::target::Outgoing;

/// The requirement that a confirmed change shows on a new connection. That others were not made shows on any.
const ON_NEW_CONNECTION: &str = "REQ-RESP-004";

/// What an attempt gave.
#[derive(Debug)]
pub(super) struct Attempted {
    pub(super) transcript: Transcript,
    pub(super) retried: Retried,
    /// Tries that got no answer, before those that the transcript tells.
    pub(super) unanswered: Vec<Unanswered>,
    /// Reads between refused requests that were left out.
    pub(super) spared: Spared,
}

/// What the answer shows of jobs other than the trial's own tells whose they are by texts that only the trial can know.
fn shows_others(to: &Address) -> bool {
    matches!(to, Address::SameIdElsewhere | Address::Collection)
}

/// The address is that of a job which is not the leased one.
fn is_another_job(to: &Address) -> bool {
    matches!(to, Address::SecondJob | Address::ForeignJob)
}

/// The id is of the case's own making: it is no job's, and nothing of a job's id is in it.
fn is_made_up(to: &Address) -> bool {
    match to {
        Address::UnknownJob => true,
        Address::Id(raw) => !raw.is_empty() && !raw.contains("{{job.") && !raw.contains("{{made."),
        _ => false,
    }
}

/// Runs the steps of a case on one job.
pub(super) struct Attempt<'a> {
    pub(super) session: &'a Session,
    pub(super) collection: &'static str,
    pub(super) job: &'a mut JobState,
    pub(super) patience: Patience,
    bindings: Bindings,
    entries: Vec<Entry>,
    retried: Retried,
    /// Other jobs as first read in this attempt, by path.
    references: HashMap<String, Arc<Value>>,
    /// Confirmed changes are read back over new connections.
    over_new: bool,
    unanswered: Vec<Unanswered>,
    /// A try that broke may have been applied all the same, so nobody knows the state before the next one.
    ambiguous: bool,
    sparing: Sparing,
}

impl<'a> Attempt<'a> {
    pub(super) fn new(
        session: &'a Session,
        collection: &'static str,
        job: &'a mut JobState,
        patience: Patience,
        bindings: Bindings,
        closely: bool,
    ) -> Self {
        Self {
            session,
            collection,
            job,
            patience,
            bindings,
            entries: Vec::with_capacity(3),
            retried: Retried::default(),
            references: HashMap::new(),
            over_new: false,
            ambiguous: false,
            unanswered: Vec::new(),
            sparing: Sparing::new(closely),
        }
    }

    /// Runs every step until one goes another way than expected.
    pub(super) async fn run(mut self, case: &Arc<Case>) -> Attempted {
        self.over_new = case.requirements.iter().any(|id| id == ON_NEW_CONNECTION);
        self.give_an_error(case).await;
        for (index, step) in case.steps.iter().enumerate() {
            let goes_on = match &step.race {
                Some(race) => self.race(index, race).await,
                None => self.step(index, step, case.steps.get(index + 1)).await,
            };
            if !goes_on {
                break;
            }
        }
        let transcript = Transcript {
            case: case.clone(),
            collection: self.collection,
            job: self.job.id.clone(),
            profile: self.session.profile.clone(),
            entries: self.entries,
        };
        let Self { retried, unanswered, sparing, .. } = self;
        Attempted { transcript, retried, unanswered, spared: sparing.so_far }
    }

    async fn step(&mut self, index: usize, step: &Step, next: Option<&Step>) -> bool {
        self.read_before(index, step).await;
        let mut goes_on = true;
        for ready in request::build(self.session, self.collection, self.job, &self.bindings, &step.request) {
            goes_on &= self.request(index, step, ready, next).await;
        }
        goes_on
    }

    /// Reads what has to be known of the job before a step.
    async fn read_before(&mut self, index: usize, step: &Step) {
        let needs_read = step.request.content.as_ref().is_some_and(Content::is_write_back);
        if (writes(step) && self.job.known.is_none()) || needs_read {
            self.read(index, Role::ReadBefore, Change::None).await;
        }
        if self.job.known.is_some()
            && self.job.via == ReadVia::Get
            && step.expect.read_back
            && self.job.last_read.is_none()
        {
            self.read(index, Role::ReadBefore, Change::None).await;
        }
    }

    /// One request of a step with the read that belongs to it; whether it went as expected.
    async fn request(&mut self, index: usize, step: &Step, ready: Ready, next: Option<&Step>) -> bool {
        let Ready { outgoing, id } = ready;
        // What is known is the state of the leased job, and says nothing of another one.
        let own = !is_another_job(&step.request.to);
        let before = self.job.known.clone().filter(|_| own);
        let etag_before = self.job.etag.clone().filter(|_| own);
        let bound = self.bindings.bound(self.session, self.collection, self.job, &step.expect);
        let exchange = self.exchange(step, outgoing).await;
        let before = before.filter(|_| !self.ambiguous);
        if self.ambiguous {
            self.job.known = None;
        }
        if own {
            self.job.seen.note(&exchange);
        }
        let status = exchange.status();
        let (listed, reference) = self.compared_with(step, &exchange).await;
        if writes(step) {
            self.note_written(step, before.as_deref(), &id, &exchange).await;
        }
        self.entries.push(Entry {
            step: index,
            role: Role::Step,
            exchange: Box::new(exchange),
            before,
            etag_before,
            target_id: id,
            listed,
            reference,
            stranger: None,
            marks: if shows_others(&step.request.to) { self.bindings.marks() } else { Vec::new() },
            bound,
        });
        let wanted = writes(step) && self.wants_read(step, status);
        if self.sparing.reads_now(wanted, step, (status, self.ambiguous), next) {
            let change = self.change(step, status);
            self.read(index, Role::ReadAfter, change).await;
            self.sparing.was_read(self.job.known.is_some());
        }
        let is_expected = |status| step.expect.matching(status).is_some_and(|expected| !expected.is_last());
        status.map_or(step.request.wire.is_cut_off(), is_expected)
    }

    /// Sends a request of a step when its time has come.
    async fn exchange(&mut self, step: &Step, outgoing: Outgoing) -> Exchange {
        self.ambiguous = false;
        if !writes(step) {
            self.settle().await;
            return self.send(outgoing, step).await;
        }
        self.session.provenance.note(&self.bindings.marks(), &outgoing.path, outgoing.body.as_deref());
        self.session.note_added(&outgoing);
        let exchange = self.send(outgoing, step).await;
        self.job.written = Some(Instant::now());
        exchange
    }

    /// The ids that the answer lists, and what it is held against: the jobs that there were before the run updated any, or
    /// the other job as first read.
    async fn compared_with(&mut self, step: &Step, exchange: &Exchange) -> (Option<Vec<String>>, Option<Arc<Value>>) {
        // What another tenant is shown is another list.
        let is_list = step.request.to == Address::Collection
            && exchange.request.method == "GET"
            && step.request.auth == Auth::Valid;
        let listed = match exchange.response().filter(|_| is_list) {
            Some(response) => listing::ids(self.session, self.collection, response).await,
            None => None,
        };
        let reference = match listed {
            Some(_) => self.job.listed.clone(),
            None => self.reference(step, exchange),
        };
        (listed, reference)
    }

    /// Takes note of what a request that may have changed something says of the job and of the target.
    async fn note_written(&mut self, step: &Step, before: Option<&Value>, id: &str, exchange: &Exchange) {
        // One that is taken is told there and then.
        let is_refused = matches!(exchange.status(), Some(400..=499)) && exchange.request.method == "PATCH";
        if is_refused && is_made_up(&step.request.to) {
            self.session.provenance.note_unknown(id);
        }
        self.note_refused_part(step, before, exchange);
        self.job.named(step, exchange);
        self.learn(step, exchange);
        self.stray(exchange);
        self.performed(step, exchange).await;
    }
}

/// The request of the step may change something.
fn writes(step: &Step) -> bool {
    !matches!(step.request.method.as_deref(), Some("GET" | "HEAD" | "OPTIONS"))
}
