//! Whether the target still answers, and if not, since when.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::outage::is_refused;
use super::underway::Underway;
use crate::model::exchange::Exchange;
use crate::model::locked::Locked;

/// So many exchanges in a row come to nothing before the target counts as gone.
const GONE: usize = 24;

/// What came back from the target, over all lanes.
#[derive(Debug, Default)]
pub(super) struct Health {
    /// A target that refuses connections is waited for.
    pub(super) waits: bool,
    /// Exchanges in a row that came to nothing.
    unreached: AtomicUsize,
    /// Method and path of the first of them.
    first_unreached: Locked<Option<String>>,
    /// Pauses made in outages so far; held by the lane that waits.
    pub(super) pauses: tokio::sync::Mutex<u32>,
    /// What trials sent last.
    pub(super) underway: Underway,
}

impl Health {
    /// Notes how an exchange ended.
    pub(super) fn note(&self, exchange: &Exchange) {
        if self.waits && is_refused(exchange) {
            // However many lanes meet it: whether it lasts, waiting tells.
            return;
        }
        if exchange.response().is_some() {
            self.unreached.store(0, Ordering::Relaxed);
            self.underway.answered(exchange);
        } else if self.unreached.fetch_add(1, Ordering::Relaxed) == 0 {
            let request = &exchange.request;
            *self.first_unreached.lock() = Some(format!("{} {}", request.method, request.path()));
        }
    }

    /// From now on the target counts as gone.
    pub(super) fn give_up(&self) {
        self.unreached.store(GONE, Ordering::Relaxed);
    }

    /// So many exchanges in a row came to nothing that the target counts as gone.
    pub(super) fn gone(&self) -> bool {
        self.unreached.load(Ordering::Relaxed) >= GONE
    }

    /// That the target is gone, the first request that it left without an answer, and what was under way.
    pub(super) fn why_gone(&self) -> String {
        let first = self.first_unreached.lock().as_ref().map(|first| format!(", first to {first}"));
        let underway = self.underway.told().map(|told| format!("; {told}"));
        let (first, underway) = (first.unwrap_or_default(), underway.unwrap_or_default());
        format!("the target stopped answering during the run{first}{underway}")
    }
}
