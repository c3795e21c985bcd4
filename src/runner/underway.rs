//! Which requests were under way when the target went away.
//!
//! The main type is [`Underway`]. A target that dies leaves those without an answer that it was working on; later ones it
//! refuses. Where there are none, it died of what it had answered, or by itself.

use std::time::Duration;

use indexmap::IndexSet;

use crate::model::exchange::{BodyProblem, BrokenKind, Exchange, Outcome};
use crate::model::locked::Locked;

/// So many requests are named: as many as run side by side by default.
const NAMED: usize = 6;
/// So many are kept; those that answered ones have followed are forgotten first.
const KEPT: usize = 256;

/// What trials sent, as far as it says what the target was doing last.
#[derive(Debug, Default)]
pub(super) struct Underway(Locked<Seen>);

#[derive(Debug, Default)]
struct Seen {
    /// When the latest request was sent that got an answer.
    alive: Duration,
    /// The answer that ended last: when, and to which request of which trial.
    last: Option<(Duration, String)>,
    open: Vec<Unanswered>,
}

/// A request that reached the target and got no answer, or not all of it.
#[derive(Debug, Clone)]
pub(super) struct Unanswered {
    from: Duration,
    to: Duration,
    /// What it is called: the path is told by the name of its trial.
    request: String,
}

impl Unanswered {
    /// What there is to tell of an exchange that reached the target; `None` where it was answered.
    pub(super) fn of(exchange: &Exchange) -> Option<Self> {
        let cut = |problem: &BodyProblem| matches!(problem, BodyProblem::CutOff(_) | BodyProblem::TimedOut);
        let unanswered = match &exchange.outcome {
            Outcome::Answered(response) => response.problem.as_ref().is_some_and(cut),
            Outcome::Broken(broken) => {
                use BrokenKind::{ConnectTimeout, Dns, Refused, Tls, Unsendable};
                !matches!(broken.kind, Refused | Dns | Tls | ConnectTimeout | Unsendable)
            }
        };
        unanswered.then(|| Self {
            from: exchange.at,
            to: exchange.at + exchange.total,
            request: exchange.request.method.clone(),
        })
    }
}

impl Underway {
    /// Notes that a request was answered.
    pub(super) fn answered(&self, exchange: &Exchange) {
        if exchange.response().is_some() && Unanswered::of(exchange).is_none() {
            let mut seen = self.seen();
            seen.alive = seen.alive.max(exchange.at);
        }
    }

    /// Notes what a trial sent: what was answered in the end, and every try that was not.
    pub(super) fn trial<'a>(
        &self,
        trial: &str,
        exchanges: impl Iterator<Item = &'a Exchange>,
        tries: impl Iterator<Item = Unanswered>,
    ) {
        let mut seen = self.seen();
        for exchange in exchanges {
            let ended = exchange.at + exchange.total;
            match Unanswered::of(exchange) {
                Some(unanswered) => seen.open(trial, &unanswered),
                None if exchange.response().is_some() && seen.last.as_ref().is_none_or(|(last, _)| *last < ended) => {
                    seen.last = Some((ended, format!("the {} of {trial}", exchange.request.method)));
                }
                None => {}
            }
        }
        tries.for_each(|unanswered| seen.open(trial, &unanswered));
    }

    /// What the target was doing when it went away, as the end of a sentence; `None` where no trial got so far.
    pub(super) fn told(&self) -> Option<String> {
        let mut seen = self.seen();
        seen.forget();
        // What was sent when the first of them was lost already was sent to a target that was gone.
        let first = seen.open.iter().map(|open| open.to).min().unwrap_or_default();
        let mut open: Vec<&Unanswered> = seen.open.iter().filter(|open| open.from <= first).collect();
        open.sort_by_key(|open| open.from);
        // Of a request that was tried once only, the try is the exchange.
        let named: IndexSet<&str> = open.iter().map(|open| open.request.as_str()).collect();
        let mut named: Vec<&str> = named.into_iter().collect();
        let more = named.len().saturating_sub(NAMED);
        named.truncate(NAMED);
        match (named.as_slice(), &seen.last) {
            ([], None) => None,
            ([], Some((_, last))) => Some(format!("nothing was under way then, and its last answer was to {last}")),
            (named, _) if more > 0 => {
                Some(format!("it may have been taken down by {} and {more} more", named.join(", ")))
            }
            (named, _) => Some(format!("it may have been taken down by {}", named.join(", "))),
        }
    }

    /// Each change is a single one, so what a lane left behind when it panicked is whole.
    fn seen(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.0.lock()
    }
}

impl Seen {
    fn open(&mut self, trial: &str, unanswered: &Unanswered) {
        if self.open.len() >= KEPT {
            self.forget();
        }
        if self.open.len() < KEPT {
            self.open.push(Unanswered { request: format!("the {} of {trial}", unanswered.request), ..*unanswered });
        }
    }

    /// Forgets what a target left without an answer that was there afterwards.
    fn forget(&mut self) {
        let alive = self.alive;
        self.open.retain(|open| open.to >= alive);
    }
}
