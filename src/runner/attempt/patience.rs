//! Sending, and sending again where nothing came back that can be judged.

use std::time::{Duration, SystemTime};

use serde_json::Value;

use super::Attempt;
use crate::model::case::{MadeBody, Step};
use crate::model::exchange::{BodyProblem, BrokenKind, Exchange, Outcome};
use crate::runner::job::ReadVia;
use crate::runner::outage::{Outage, is_refused};
use crate::runner::session::is_valid;
use crate::runner::silence::{is_late, never_ends};
use crate::runner::{late, request};
use crate::target::Outgoing;
use crate::target::pace::{Backoff, retry_after};

/// After so many exchanges in a row that came to nothing, a lane no longer tries again.
const STARVING: u32 = 5;

/// So often a request is sent again before it is to blame that no answer comes.
const ROUNDS: u32 = 5;

/// After so many requests whose answer ended too early each time, there is no pause between tries.
const CUT_OFF: u32 = 3;

/// So many times longer is the first wait where the target throttles and does not say for how long.
const THROTTLED: u32 = 5;

/// So often a request takes the target down before it is to blame for it.
const DOWN: u32 = 2;

/// Whether the target answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answered {
    Yes,
    /// It does, and took no connections before.
    AfterAnOutage,
    No,
}

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

impl Attempt<'_> {
    pub(super) async fn send(&mut self, outgoing: Outgoing, step: &Step) -> Exchange {
        let conditional = outgoing.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("if-match"));
        let judged = |status: u16| step.expect.matching(status).is_some();
        // A conditional update that may have been applied cannot be sent again: its own success would refuse it.
        // Oversized and deep input that gets no answer is a finding where it gets none again and again.
        let robustness = matches!(step.request.body_made, Some(MadeBody::LongStatus(_) | MadeBody::DeepDetails(_)));
        let again = !conditional && !step.request.wire.is_cut_off() && !robustness;
        let exchange = self.patiently(&outgoing, &judged, again).await;
        match &exchange.outcome {
            Outcome::Broken(broken)
                if broken.kind == BrokenKind::Reset && (again || robustness) && self.patience.retries > 0 =>
            {
                self.once_more(outgoing, exchange).await
            }
            Outcome::Broken(_) if is_late(&exchange) && again && self.patience.retries > 0 => {
                self.unanswered(outgoing, exchange).await
            }
            _ => exchange,
        }
    }

    /// Tells a server that this request makes hang from one that is slow or gone, and from a network that loses answers:
    /// the request again, with an update that changes nothing before and after. As many rounds as in
    /// [`Attempt::once_more`], unless the server is known for it.
    async fn unanswered(&mut self, mut outgoing: Outgoing, mut last: Exchange) -> Exchange {
        if !self.job.welcome.has_taken() || outgoing.method != "PATCH" {
            return last;
        }
        outgoing.fresh = true;
        outgoing.within = Some(self.job.silence.brief());
        let rounds = if self.job.silence.is_known() { 0 } else { ROUNDS };
        for _ in 0..rounds {
            if !self.takes_updates().await {
                return last;
            }
            self.ambiguous = true;
            last = self.session.send(outgoing.clone()).await;
            self.job.silence.note(&last, false);
            late::note(self.job, late::written(&outgoing), &last);
            if !is_late(&last) {
                self.retried.push("no answer in time".to_owned());
                return last;
            }
        }
        if self.takes_updates().await
            && let Outcome::Broken(broken) = &mut last.outcome
        {
            broken.kind = BrokenKind::Unanswered;
            self.job.silence.confirm();
        }
        last
    }

    /// Whether an update that changes nothing is answered.
    async fn takes_updates(&mut self) -> bool {
        let empty = Value::Object(serde_json::Map::new());
        let asked = request::patch(self.session, self.collection, self.job, &empty);
        let answer = self.session.send(asked).await;
        self.session.aside("asking whether updates are answered", &answer);
        self.job.silence.note(&answer, false);
        answer.response().is_some()
    }

    /// Tells bad luck from a server that this request makes hang up: the request again, with a read before and after.
    /// [`ROUNDS`] of them, so that a network that loses a sixth of the exchanges is blamed on the server once in 10⁶ times: with
    /// three, one run of eleven did.
    async fn once_more(&mut self, mut outgoing: Outgoing, mut last: Exchange) -> Exchange {
        outgoing.fresh = true;
        self.ambiguous = true;
        for _ in 0..ROUNDS {
            if self.job.via == ReadVia::None {
                return last;
            }
            match self.is_answered().await {
                Answered::Yes => {}
                Answered::AfterAnOutage => return self.alone(outgoing, last).await,
                Answered::No => return last,
            }
            last = self.session.send(outgoing.clone()).await;
            late::note(self.job, late::written(&outgoing), &last);
            match &last.outcome {
                Outcome::Broken(broken) if broken.kind == BrokenKind::Reset => {}
                _ => {
                    self.retried.push("the connection was closed without an answer".to_owned());
                    return last;
                }
            }
        }
        if self.is_answered().await == Answered::Yes
            && let Outcome::Broken(broken) = &mut last.outcome
        {
            broken.kind = BrokenKind::Silent;
        }
        last
    }

    /// Tells a request that takes the target down from one that was under way when another did: the request again,
    /// with no other beside it, until it has done so [`DOWN`] times.
    async fn alone(&mut self, outgoing: Outgoing, mut last: Exchange) -> Exchange {
        let session = self.session;
        let _turn = session.alone().await;
        let mut down = 0;
        for _ in 0..ROUNDS {
            session.pace.wait().await;
            last = session.exchange(outgoing.clone()).await;
            late::note(self.job, late::written(&outgoing), &last);
            let reset = matches!(&last.outcome, Outcome::Broken(broken) if broken.kind == BrokenKind::Reset);
            if !reset {
                self.retried.push("the target went down and came back".to_owned());
                return last;
            }
            match session.outage(self.collection, &self.job.id).await {
                Outage::None => {}
                Outage::Over => down += 1,
                Outage::Lasting => return last,
            }
            if down == DOWN {
                break;
            }
        }
        if let Outcome::Broken(broken) = &mut last.outcome {
            broken.kind = BrokenKind::Silent;
            if down == DOWN {
                broken.detail.push_str(", and the target takes no connections for a while");
            }
        }
        last
    }

    /// Whether the target answers a read; a connection that it closes is bad luck until the third time.
    async fn is_answered(&self) -> Answered {
        let mut outage = Outage::None;
        for _ in 0..3 {
            let exchange = self.session.send(request::read(self.session, self.collection, &self.job.id)).await;
            match &exchange.outcome {
                Outcome::Answered(_) if outage == Outage::Over => return Answered::AfterAnOutage,
                Outcome::Answered(_) => return Answered::Yes,
                Outcome::Broken(broken) if broken.kind == BrokenKind::Reset => {}
                Outcome::Broken(broken) if broken.kind == BrokenKind::Refused => {
                    outage = self.session.outage(self.collection, &self.job.id).await;
                }
                Outcome::Broken(_) => return Answered::No,
            }
        }
        Answered::No
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
        self.hung_up |= matches!(&exchange.outcome, Outcome::Broken(broken) if broken.kind == BrokenKind::Reset);
        // A lane that got nothing for a while has been patient enough.
        let retries = if self.job.starving >= STARVING { 0 } else { self.patience.retries };
        let (mut endless, mut cut_off) = (retries > 0 && never_ends(&exchange), is_cut_off(&exchange));
        for attempt in 0..retries {
            let Some(why) = unjudgeable(&exchange, judged, again) else { break };
            if self.session.health.gone() || (is_late(&exchange) && self.job.silence.is_known()) {
                break;
            }
            self.session.aside("tried again", &exchange);
            late::note(self.job, late::written(outgoing), &exchange);
            self.retried.push(why);
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
            self.job.silence.note(&exchange, false);
            endless &= never_ends(&exchange);
            cut_off &= is_cut_off(&exchange);
        }
        if endless {
            self.job.silence.confirm();
        }
        self.job.cut_off += u32::from(cut_off && retries > 0);
        late::note(self.job, late::written(outgoing), &exchange);
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
        Outcome::Answered(response) if matches!(response.status, 429 | 502..=504) && !judged(response.status) => {
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
