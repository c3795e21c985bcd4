//! Writers and readers of one job at once (REQ-ATOM-003 and REQ-ATOM-004).

use futures_util::future::join_all;

use super::Attempt;
use crate::model::case::{Race, Request};
use crate::model::transcript::{Entry, Role};
use crate::runner::request::{self, Ready};

impl Attempt<'_> {
    /// Writers and readers at once, round after round, and a read when each round has settled.
    pub(super) async fn race(&mut self, index: usize, race: &Race) -> bool {
        if self.job.known.is_none() {
            self.read(index, Role::ReadBefore, false).await;
        }
        let first = self.job.known.clone();
        for _ in 0..race.rounds.min(50) {
            let mut sends = Vec::new();
            let mut roles = Vec::new();
            for (n, body) in race.writers.iter().enumerate() {
                let request = Request { body: Some(body.clone()), ..Default::default() };
                let ready = request::build(self.session, self.collection, self.job, &self.bindings, &request);
                for Ready { outgoing, .. } in ready {
                    sends.push(self.session.send(outgoing));
                    roles.push(Role::Writer(n));
                }
            }
            for _ in 0..race.readers.min(16) {
                sends.push(self.session.send(request::read(self.session, self.collection, &self.job.id)));
                roles.push(Role::Reader);
            }
            let exchanges = join_all(sends).await;
            for (exchange, role) in exchanges.into_iter().zip(roles) {
                self.entries.push(Entry {
                    step: index,
                    role,
                    exchange,
                    before: first.clone(),
                    etag_before: None,
                    target_id: self.job.id.clone(),
                    listed: None,
                    reference: None,
                    marks: Vec::new(),
                });
            }
            self.job.known = None;
            self.read(index, Role::Settled, true).await;
        }
        true
    }
}
