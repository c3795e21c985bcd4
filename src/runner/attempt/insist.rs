//! Insisting on a request that gets no answer, until it is the request that is to blame, or the way to the target.

use serde_json::Value;

use super::Attempt;
use crate::model::exchange::{BrokenKind, Exchange, Outcome};
use crate::runner::job::ReadVia;
use crate::runner::outage::Outage;
use crate::runner::silence::is_late;
use crate::runner::{lost_updates, recovery, request};
use crate::target::Outgoing;

/// So often a request is sent again before it is to blame that no answer comes.
const ROUNDS: u32 = 5;

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

impl Attempt<'_> {
    /// Tells a server that this request makes hang from one that is slow or gone, and from a network that loses answers:
    /// the request again, with an update that changes nothing before and after. As many rounds as in
    /// [`Attempt::once_more`], unless the server is known for it.
    pub(super) async fn unanswered(&mut self, mut outgoing: Outgoing, mut last: Exchange) -> Exchange {
        if !self.job.acceptance.has_taken() || outgoing.method != "PATCH" {
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
            lost_updates::note(self.job, lost_updates::written(&outgoing), &last);
            if !is_late(&last) {
                self.retried.why.push("no answer in time".to_owned());
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
    pub(super) async fn once_more(&mut self, mut outgoing: Outgoing, mut last: Exchange) -> Exchange {
        outgoing.fresh = true;
        self.ambiguous = true;
        for _ in 0..ROUNDS {
            if self.job.via == ReadVia::None {
                return last;
            }
            match self.is_answered().await {
                Answered::Yes => {}
                Answered::AfterAnOutage => return self.alone(outgoing, last).await,
                // The request may have made the job one that is not answered for any more.
                Answered::No if self.answers_otherwise().await => {}
                Answered::No => return last,
            }
            last = self.session.send(outgoing.clone()).await;
            lost_updates::note(self.job, lost_updates::written(&outgoing), &last);
            match &last.outcome {
                Outcome::Broken(broken) if broken.kind == BrokenKind::Reset => {}
                _ => {
                    self.retried.why.push("the connection was closed without an answer".to_owned());
                    return last;
                }
            }
        }
        let is_read = self.is_answered().await == Answered::Yes;
        if (is_read || self.answers_otherwise().await)
            && let Outcome::Broken(broken) = &mut last.outcome
        {
            broken.kind = BrokenKind::Silent;
            if !is_read {
                broken.detail.push_str(", and so it is for reads of the job since");
            }
        }
        last
    }

    /// Tells bad luck from a job that is not shown any more: the read again, with a request of something else before and
    /// after. As many rounds as in [`Attempt::once_more`].
    pub(super) async fn read_once_more(&mut self, mut outgoing: Outgoing, mut last: Exchange) -> Exchange {
        outgoing.fresh = true;
        for _ in 0..ROUNDS {
            if !self.answers_otherwise().await {
                return last;
            }
            last = self.session.send(outgoing.clone()).await;
            match &last.outcome {
                Outcome::Broken(broken) if broken.kind == BrokenKind::Reset => {}
                _ => {
                    self.retried.why.push("the connection was closed without an answer".to_owned());
                    return last;
                }
            }
        }
        if self.answers_otherwise().await
            && let Outcome::Broken(broken) = &mut last.outcome
        {
            broken.kind = BrokenKind::Silent;
        }
        last
    }

    /// Whether the target answers where reads of the job end the connection.
    async fn answers_otherwise(&mut self) -> bool {
        match self.job.via {
            ReadVia::EmptyPatch => self.takes_updates().await,
            ReadVia::Get | ReadVia::None => recovery::answers_for_nobody(self.session, self.collection).await,
        }
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
            lost_updates::note(self.job, lost_updates::written(&outgoing), &last);
            let reset = matches!(&last.outcome, Outcome::Broken(broken) if broken.kind == BrokenKind::Reset);
            if !reset {
                self.retried.why.push("the target went down and came back".to_owned());
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
}
