//! Sending, and sending again where nothing came back that can be judged.

use std::time::{Duration, SystemTime};

use serde_json::Value;

use super::Attempt;
use crate::model::case::{Content, Step};
use crate::model::exchange::{BodyProblem, BrokenKind, Exchange, Outcome, Response};
use crate::model::status::is_transient;
use crate::runner::job::ReadVia;
use crate::runner::outage::{Outage, is_refused};
use crate::runner::session::is_valid;
use crate::runner::silence::{is_late, never_ends};
use crate::runner::underway::Unanswered;
use crate::runner::{lost_updates, request};
use crate::target::Outgoing;
use crate::target::config::RETRIES;
use crate::target::pace::{Backoff, retry_after};

/// After so many exchanges in a row that came to nothing, a lane no longer tries again.
const STARVING: u32 = 5;

/// After so many requests whose answer ended too early each time, there is no pause between tries.
const CUT_OFF: u32 = 3;

/// So many times longer is the first wait where the target throttles and does not say for how long.
const THROTTLED: u32 = 5;

/// How often and how patiently an exchange is tried again.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// Tries after the first.
    pub retries: u32,
    /// Pause before the first of them; it doubles from one to the next.
    pub interval: Duration,
    /// Longest Retry-After that is obeyed.
    pub cap: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        let Backoff { interval, cap } = Backoff::default();
        Self { retries: RETRIES, interval, cap }
    }
}

impl Patience {
    /// The wait before repetition number `attempt`, counted from zero, after this exchange.
    pub(in super::super) fn delay(&self, attempt: u32, exchange: &Exchange) -> Duration {
        let asked = exchange.response().and_then(|response| response.header("retry-after"));
        let asked = asked.and_then(|value| retry_after(value, SystemTime::now()));
        // A limit is mostly one of a second or more, and what does not say when to come back means that.
        let interval =
            if exchange.status() == Some(429) && asked.is_none() { self.interval * THROTTLED } else { self.interval };
        Backoff { interval, cap: self.cap }.random_delay(attempt, asked)
    }
}

/// What was sent again, and why.
#[derive(Debug, Default)]
pub(in super::super) struct Retried {
    /// How exchanges came to nothing, one sentence fragment each.
    pub(in super::super) why: Vec<String>,
    /// How often of these the target had asked to come back later.
    pub(in super::super) waits: usize,
}

impl Attempt<'_> {
    pub(super) async fn send(&mut self, outgoing: Outgoing, step: &Step) -> Exchange {
        let conditional = outgoing.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("if-match"));
        let judged = |status: u16| step.expect.matching(status).is_some();
        // A conditional update that may have been applied is sent again until it is answered at all: if it was applied, its
        // tag is stale.
        // Oversized and deep input that gets no answer is a finding where it gets none again and again.
        let robustness = step.request.content.as_ref().is_some_and(Content::is_oversized);
        let again = !conditional && !step.request.wire.is_cut_off() && !robustness;
        let exchange = self.patiently(&outgoing, &judged, again).await;
        match &exchange.outcome {
            Outcome::Broken(broken)
                if broken.kind == BrokenKind::Reset && (again || robustness) && self.patience.retries > 0 =>
            {
                self.once_more(outgoing, exchange).await
            }
            // A request that is cut off is to get no answer.
            Outcome::Broken(broken)
                if broken.kind == BrokenKind::Reset
                    && conditional
                    && !step.request.wire.is_cut_off()
                    && self.patience.retries > 0 =>
            {
                self.under_its_condition(&outgoing, &judged, exchange).await
            }
            Outcome::Broken(_) if is_late(&exchange) && again && self.patience.retries > 0 => {
                self.unanswered(outgoing, exchange).await
            }
            _ => exchange,
        }
    }

    /// A conditional update again whose connection ended. Where it is refused now, the first may have been applied, and
    /// nothing is known.
    async fn under_its_condition(
        &mut self,
        outgoing: &Outgoing,
        judged: &dyn Fn(u16) -> bool,
        first: Exchange,
    ) -> Exchange {
        self.ambiguous = true;
        lost_updates::note(self.job, lost_updates::written(outgoing), &first);
        let again = self.through_outage(outgoing, judged).await;
        let again = match &again.outcome {
            Outcome::Broken(broken) if broken.kind == BrokenKind::Reset => {
                self.once_more(outgoing.clone(), again).await
            }
            _ => {
                self.retried.why.push("the connection was closed without an answer".to_owned());
                again
            }
        };
        let may_succeed = judged(200) || judged(204);
        let is_silent = matches!(&again.outcome, Outcome::Broken(broken) if broken.kind == BrokenKind::Silent);
        if again.response().is_none() && !is_silent || again.status() == Some(412) && may_succeed {
            return first;
        }
        self.session.aside("tried again", &first);
        again
    }

    /// Sends once the target takes connections, where it is worth waiting for that: what was refused a connection never
    /// reached it, and is no try.
    async fn through_outage(&self, outgoing: &Outgoing, judged: &dyn Fn(u16) -> bool) -> Exchange {
        let exchange = self.session.send_renewing(outgoing, judged).await;
        let waits = is_refused(&exchange) && self.patience.retries > 0;
        if !waits || self.session.outage(self.collection, &self.job.id).await == Outage::Lasting {
            return exchange;
        }
        self.session.aside("refused a connection, and sent again", &exchange);
        self.session.send_renewing(outgoing, judged).await
    }

    /// Sends, and sends again where nothing that can be judged came back.
    pub(super) async fn patiently(
        &mut self,
        outgoing: &Outgoing,
        judged: &dyn Fn(u16) -> bool,
        again: bool,
    ) -> Exchange {
        let silence = self.job.silence;
        let hurried = silence.is_known().then(|| Outgoing { within: Some(silence.brief()), ..outgoing.clone() });
        let outgoing = hurried.as_ref().unwrap_or(outgoing);
        let mut exchange = self.through_outage(outgoing, judged).await;
        self.job.silence.note(&exchange, true);
        if !again {
            self.job.silence.may_be_silent();
        }
        self.unanswered.extend(Unanswered::of(&exchange));
        // A lane that got nothing for a while has been patient enough.
        let retries = if self.job.starving >= STARVING { 0 } else { self.patience.retries };
        let (mut endless, mut cut_off) = (retries > 0 && never_ends(&exchange), is_cut_off(&exchange));
        for attempt in 0..retries {
            let Some(why) = unjudgeable(&exchange, judged, again) else { break };
            if self.session.health.gone() || (is_late(&exchange) && self.job.silence.is_known()) {
                break;
            }
            self.session.aside("tried again", &exchange);
            lost_updates::note(self.job, lost_updates::written(outgoing), &exchange);
            self.retried.why.push(why);
            self.retried.waits += usize::from(asks_to_wait(&exchange));
            self.ambiguous |= exchange.response().is_none_or(|response| response.problem.is_some());
            // Of a server that ends its answers too early another one is not to be waited for.
            let known = cut_off && self.job.cut_off >= CUT_OFF;
            let delay = if known { Duration::ZERO } else { self.patience.delay(attempt, &exchange) };
            let goes_on = if exchange.status() == Some(429) {
                // Whoever else sends now makes it worse.
                self.session.pace.throttled(delay);
                self.session.rest(self.session.pace.pause()).await
            } else {
                self.session.rest(tokio::time::sleep(delay)).await
            };
            if !goes_on {
                break;
            }
            let mut fresh = outgoing.clone();
            fresh.fresh = true;
            exchange = self.through_outage(&fresh, judged).await;
            self.unanswered.extend(Unanswered::of(&exchange));
            self.job.silence.note(&exchange, false);
            endless &= never_ends(&exchange);
            cut_off &= is_cut_off(&exchange);
        }
        if endless {
            self.job.silence.confirm();
        }
        self.job.cut_off += u32::from(cut_off && retries > 0);
        lost_updates::note(self.job, lost_updates::written(outgoing), &exchange);
        if unjudgeable(&exchange, judged, true).is_some() {
            self.job.starving += 1;
        } else {
            self.job.starving = 0;
        }
        if exchange.status() == Some(401) && !judged(401) && is_valid(outgoing) {
            self.ask_whether_welcome().await;
        }
        exchange
    }

    /// A valid token was refused. Where the target now also refuses to show the job as it did before the run, the
    /// token has died, and what follows says nothing about the target.
    async fn ask_whether_welcome(&self) {
        for _ in 0..2 {
            let outgoing = match self.job.via {
                ReadVia::None => return,
                ReadVia::Get => request::read(self.session, self.collection, &self.job.id),
                ReadVia::EmptyPatch => {
                    request::patch(self.session, self.collection, self.job, &Value::Object(serde_json::Map::new()))
                }
            };
            let exchange = self.session.send(outgoing).await;
            self.session.aside("asking whether the token is still taken", &exchange);
            if exchange.status() != Some(401) {
                return;
            }
        }
        self.session.refuse("the target no longer takes the token (401), and no other is to be had");
    }
}

/// Whether the target asks to come back later: by 429 (RFC 6585, section 4, where Retry-After is optional), or by 503 with
/// Retry-After (RFC 9110, section 15.6.4).
fn asks_to_wait(exchange: &Exchange) -> bool {
    let says_when = |response: &Response| {
        response.header("retry-after").is_some_and(|v| retry_after(v, SystemTime::now()).is_some())
    };
    exchange.response().is_some_and(|response| match response.status {
        429 => true,
        503 => says_when(response),
        _ => false,
    })
}

/// Whether the content of an answer ended too early.
fn is_cut_off(exchange: &Exchange) -> bool {
    exchange.response().is_some_and(|response| matches!(response.problem, Some(BodyProblem::CutOff(_))))
}

/// Why an exchange came to nothing that can be judged, and may be made again.
pub(in super::super) fn unjudgeable(exchange: &Exchange, judged: &dyn Fn(u16) -> bool, again: bool) -> Option<String> {
    match &exchange.outcome {
        Outcome::Broken(broken) if again || broken.kind == BrokenKind::Refused => {
            let lost = [BrokenKind::Refused, BrokenKind::Reset, BrokenKind::Timeout, BrokenKind::ConnectTimeout];
            lost.contains(&broken.kind).then(|| broken.detail.clone())
        }
        Outcome::Answered(response) if is_transient(response.status) && !judged(response.status) => {
            Some(format!("status {}", response.status))
        }
        // A connection that is lost, or stands still, within the content; where it ends there each time, the last
        // answer is judged.
        Outcome::Answered(response) if again => match &response.problem {
            Some(BodyProblem::CutOff(why)) => Some(format!("the content ended too early: {why}")),
            Some(BodyProblem::TimedOut) => Some("the content did not end in time".to_owned()),
            _ => None,
        },
        _ => None,
    }
}
