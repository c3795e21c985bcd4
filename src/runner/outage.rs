//! A target that refuses connections for a while, as one does that is restarted.

use std::time::Duration;

use super::request;
use super::session::Session;
use crate::model::exchange::{BrokenKind, Exchange, Outcome};

/// So many pauses long a target is waited for that refuses connections: ten seconds by default.
const PATIENCE: u32 = 50;
/// So many in all: a target that goes down again and again is waited for no longer than five minutes by default.
const IN_ALL: u32 = 1500;

/// So often a connection may be taken and come to nothing before that is no outage of this kind.
const LOST: u32 = 3;

/// What waiting for a target came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outage {
    /// It answers.
    None,
    /// It took no connections, and answers again.
    Over,
    /// It stays away or answers nothing, or the user ends the run.
    Lasting,
}

/// Whether nobody listens.
pub(super) fn is_refused(exchange: &Exchange) -> bool {
    matches!(&exchange.outcome, Outcome::Broken(broken) if broken.kind == BrokenKind::Refused)
}

impl Session {
    /// Waits until the target answers, for all lanes at once; one that takes no connections all the time counts as gone
    /// from then on.
    pub(super) async fn outage(&self, collection: &str, id: &str) -> Outage {
        let mut pauses = self.health.pauses.lock().await;
        let (mut waited, mut lost) = (0, 0);
        loop {
            if self.health.gone() || self.cancelled.is_cancelled() {
                return Outage::Lasting;
            }
            let asked = self.target.client.send(request::read(self, collection, id)).await;
            self.aside("asking whether the target is there again", &asked);
            if asked.response().is_some() {
                return if waited == 0 { Outage::None } else { Outage::Over };
            }
            if !is_refused(&asked) {
                lost += 1;
                if lost == LOST {
                    return Outage::Lasting;
                }
            }
            if waited == PATIENCE || *pauses == IN_ALL {
                self.health.give_up();
                return Outage::Lasting;
            }
            self.rest(tokio::time::sleep(self.pause())).await;
            waited += 1;
            *pauses += 1;
        }
    }

    fn pause(&self) -> Duration {
        self.backoff.interval.max(Duration::from_millis(1))
    }
}
