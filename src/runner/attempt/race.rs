//! Writers and readers of one job at once (REQ-ATOM-003 and REQ-ATOM-004), and readers of its neighbour (REQ-ISO-001).

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use indexmap::IndexMap;
use serde_json::Value;
use tokio::time::Instant;

use super::Attempt;
use super::reads::Change;
use crate::model::bound::Bound;
use crate::model::case::{Content, OneOrMany, Race, RaceRule, Request};
use crate::model::exchange::{BrokenKind, Exchange, Outcome, Response};
use crate::model::transcript::{Entry, Role};
use crate::runner::lost_updates;
use crate::runner::request::{self, Ready};
use crate::target::Outgoing;

/// How much earlier some requests of a race are sent, so that the others find them under way.
const HEAD_START: Duration = Duration::from_millis(1);
/// Starts that the readers of a race are spread over.
const SPREAD: u32 = 4;

/// The second job of the collection, which is read beside a race.
struct Neighbour {
    id: String,
    /// As it was before the race.
    untouched: Option<Arc<Value>>,
}

impl Attempt<'_> {
    /// Writers and readers at once, round after round, and a read when each round has settled.
    pub(super) async fn race(&mut self, index: usize, race: &Race) -> bool {
        if self.job.known.is_none() {
            self.read(index, Role::ReadBefore, Change::None).await;
        }
        let first = self.job.known.clone();
        let neighbour = self.neighbour(race).await;
        let (mut round, mut spare) = (0, self.patience.retries);
        while round < race.rounds {
            let exchanges = self.round(race, round % 2 == 0, neighbour.as_ref()).await;
            if spare > 0 && may_run_again(race) && exchanges.iter().any(|(_, exchange)| is_lost(exchange)) {
                spare -= 1;
                self.round_lost(&exchanges).await;
            } else {
                round += 1;
                for (role, exchange) in exchanges {
                    self.raced(index, role, exchange, first.as_ref(), neighbour.as_ref());
                }
                self.job.known = None;
                self.read(index, Role::Settled, Change::Confirmed).await;
            }
            // What a throttled update would have set is to differ from what the round before has set, and every state that
            // is named in If-Match is to be one that there was once only.
            if !sets_the_same(race) {
                self.bindings.renew();
            }
        }
        true
    }

    /// The job that the race wants to be read beside it, where there is one.
    async fn neighbour(&mut self, race: &Race) -> Option<Neighbour> {
        let id = request::second(self.session, self.collection).filter(|_| race.neighbours > 0)?.to_owned();
        let outgoing = request::read(self.session, self.collection, &id);
        let exchange = self.patiently(&outgoing, &|_| false, true).await;
        let response = exchange.response().filter(|response| response.status == 200);
        Some(Neighbour { untouched: response.and_then(Response::shared_entity), id })
    }

    /// Sends what belongs to one round and waits for all of it.
    ///
    /// Whoever comes first in one round is last in the next: either may find what the other left. Readers come some after
    /// the others, so that some are under way when something is written, and each second time over connections that are
    /// there already: they are quicker, and new ones see what old ones may not.
    async fn round(&mut self, race: &Race, even: bool, neighbour: Option<&Neighbour>) -> Vec<(Role, Exchange)> {
        let session = self.session;
        let read = |id: &str| Outgoing { fresh: even, ..request::read(session, self.collection, id) };
        let readers = (0..race.readers).map(|_| (Role::Reader, read(&self.job.id)));
        let beside = neighbour.iter().cycle().take(race.neighbours);
        let bystanders = beside.map(|neighbour| (Role::Bystander, read(&neighbour.id)));
        let sends: Vec<(Role, Outgoing)> = self.writers(race).into_iter().chain(readers).chain(bystanders).collect();
        let mut readers = 0..;
        let sends = sends.into_iter().map(|(role, outgoing)| {
            let steps = match role {
                Role::Reader => readers.next().unwrap_or_default() % SPREAD,
                Role::Bystander => u32::from(even),
                _ if neighbour.is_some() => u32::from(!even),
                _ if race.readers > 0 && even => 2,
                _ => 0,
            };
            let delay = HEAD_START * steps;
            async move {
                if !delay.is_zero() {
                    tokio::time::sleep(delay).await;
                }
                (role, session.send(outgoing).await)
            }
        });
        let exchanges = join_all(sends).await;
        self.job.written = Some(Instant::now());
        exchanges
    }

    /// The requests of the writers.
    fn writers(&self, race: &Race) -> Vec<(Role, Outgoing)> {
        let condition = self.job.etag.clone().filter(|_| race.conditional);
        let condition = condition.map(|tag| ("If-Match".to_owned(), Some(OneOrMany::One(tag))));
        let headers: IndexMap<_, _> = race.headers.clone().into_iter().chain(condition).collect();
        let mut sends = Vec::new();
        for (n, body) in race.writers.iter().enumerate() {
            let (headers, content) = (headers.clone(), Some(Content::Json(Arc::new(body.clone()))));
            let request = Request { content, headers, wire: race.wire, ..Default::default() };
            let ready = request::build(self.session, self.collection, self.job, &self.bindings, &request);
            let marks = self.bindings.marks();
            for Ready { outgoing, .. } in ready {
                self.session.provenance.note(&marks, &outgoing.path, outgoing.body.as_deref());
                sends.push((Role::Writer(n), outgoing));
            }
        }
        sends
    }

    /// Writes down an exchange of a round.
    fn raced(
        &mut self,
        index: usize,
        role: Role,
        exchange: Exchange,
        first: Option<&Arc<Value>>,
        neighbour: Option<&Neighbour>,
    ) {
        // It may be applied in a later round.
        lost_updates::note(self.job, exchange.request.json.as_ref(), &exchange);
        let neighbour = neighbour.filter(|_| role == Role::Bystander);
        self.entries.push(Entry {
            step: index,
            role,
            exchange: Box::new(exchange),
            before: first.cloned().filter(|_| neighbour.is_none()),
            etag_before: None,
            target_id: neighbour.map_or(&self.job.id, |neighbour| &neighbour.id).clone(),
            listed: None,
            reference: neighbour.and_then(|neighbour| neighbour.untouched.clone()),
            marks: Vec::new(),
            stranger: None,
            bound: Bound::default(),
        });
    }

    /// Sets out anew after a round in which an exchange was lost: of that nothing can be said, whoever was in it.
    async fn round_lost(&mut self, exchanges: &[(Role, Exchange)]) {
        for (_, exchange) in exchanges {
            lost_updates::note(self.job, exchange.request.json.as_ref(), exchange);
            self.session.aside("in a round of which an exchange was lost", exchange);
            if is_lost(exchange) {
                self.retried.why.push("the connection was closed within a race".to_owned());
            }
        }
        self.settle().await;
        // What was updated in it has another tag now.
        let exchange = self.session.send(request::read(self.session, self.collection, &self.job.id)).await;
        self.session.aside("after a round of which an exchange was lost", &exchange);
        if let Some(response) = exchange.response().filter(|response| response.status == 200) {
            self.tag(response);
        }
    }
}

/// Every round sets the same: where readers look for a mixture, what a round before has set may still show.
fn sets_the_same(race: &Race) -> bool {
    matches!(race.must, RaceRule::WholeStates | RaceRule::Apart)
}

/// What a writer of a lost round has set must not be taken for what one of the next is not to set.
fn may_run_again(race: &Race) -> bool {
    sets_the_same(race) || race.writers.iter().all(|body| body.to_string().contains("{{"))
}

/// The connection ended before an answer, as one does that the target no longer wants to keep.
fn is_lost(exchange: &Exchange) -> bool {
    matches!(&exchange.outcome, Outcome::Broken(broken) if broken.kind == BrokenKind::Reset)
}
