//! Whether a path still answers in time: one that does not would be waited for all night, trial by trial.

use std::time::Duration;

use crate::model::exchange::{BodyProblem, BrokenKind, Exchange, Outcome};

/// How often answers on a path did not end in time.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Silence {
    in_a_row: u32,
    /// Updates in a row, whatever was read in between.
    updates_in_a_row: u32,
    all: u32,
    /// How long was waited in vain, over all.
    waited: Duration,
    /// A request was tried to the end, while others were answered.
    known: bool,
    /// The longest that an answer took which did end.
    slowest: Duration,
}

/// Whether an answer did not come, or did not end, in time.
pub(super) fn is_late(exchange: &Exchange) -> bool {
    match &exchange.outcome {
        Outcome::Broken(broken) => broken.kind == BrokenKind::Timeout,
        Outcome::Answered(_) => never_ends(exchange),
    }
}

/// Whether an answer began and did not end in time.
pub(super) fn never_ends(exchange: &Exchange) -> bool {
    exchange.response().is_some_and(|response| response.problem == Some(BodyProblem::TimedOut))
}

impl Silence {
    /// So many in a row before a path is given up.
    const IN_A_ROW: u32 = 6;
    /// So many requests in all, and so long in vain: a server may be silent on some only, of which the later ones are
    /// not waited for as long.
    const ALL: u32 = 24;
    const LONG: Duration = Duration::from_secs(120);
    /// What is waited for that may not come is waited for so long at least.
    const BRIEF: Duration = Duration::from_secs(2);
    /// And so many times longer than for any answer before.
    const TIMES: u32 = 4;

    /// Notes how an exchange ended; of one request that is tried again only the `first` try counts in all.
    pub(super) fn note(&mut self, exchange: &Exchange, first: bool) {
        let updates = exchange.request.method == "PATCH";
        if is_late(exchange) {
            self.in_a_row += 1;
            self.updates_in_a_row += u32::from(updates);
            self.all += u32::from(first);
            self.waited += exchange.total;
            return;
        }
        self.in_a_row = 0;
        if updates {
            self.updates_in_a_row = 0;
        }
        if exchange.response().is_some() {
            self.slowest = self.slowest.max(exchange.total);
        }
    }

    /// Takes back that an update was late, since a server may leave it without an answer.
    pub(super) fn may_be_silent(&mut self) {
        self.updates_in_a_row = 0;
    }

    /// Notes a request that is never answered in time while others are.
    pub(super) fn confirm(&mut self) {
        self.known = true;
    }

    /// The server is known to be silent on some requests, so that waiting again tells nothing new.
    pub(super) fn is_known(self) -> bool {
        self.known
    }

    /// How long a request is waited for that is likely never to be answered.
    pub(super) fn brief(self) -> Duration {
        Self::BRIEF.max(self.slowest * Self::TIMES)
    }

    /// Why the rest is not tried, if so.
    pub(super) fn given_up(self) -> Option<String> {
        if self.in_a_row >= Self::IN_A_ROW {
            Some(format!("not run: {} answers in a row on this path did not end in time", self.in_a_row))
        } else if self.updates_in_a_row >= Self::IN_A_ROW {
            let updates = self.updates_in_a_row;
            Some(format!(
                "not run: {updates} answers to updates in a row on this path did not end in time, though reads did"
            ))
        } else if self.all >= Self::ALL && self.waited >= Self::LONG {
            Some(format!("not run: {} answers on this path did not end in time", self.all))
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::exchange::{Broken, SentRequest};

    fn ended(kind: BrokenKind) -> Exchange {
        Exchange {
            request: SentRequest {
                method: "PATCH".to_owned(),
                url: String::new(),
                headers: Vec::new(),
                body: bytes::Bytes::new(),
                json: None,
                token: None,
                raw: false,
            },
            outcome: Outcome::Broken(Broken { kind, detail: String::new() }),
            at: Duration::ZERO,
            first_byte: Duration::ZERO,
            total: Duration::ZERO,
            request_id_repeated: false,
        }
    }

    #[test]
    fn a_path_that_answers_nothing_but_reads_is_given_up() {
        let mut silence = Silence::default();
        let mut read = ended(BrokenKind::Reset);
        read.request.method = "GET".to_owned();
        for _ in 1..Silence::IN_A_ROW {
            silence.note(&ended(BrokenKind::Timeout), true);
            silence.note(&read, true);
        }
        let (mut allowed, mut other) = (silence, silence);
        assert_eq!(silence.given_up(), None);
        let mut put = ended(BrokenKind::Timeout);
        put.request.method = "PUT".to_owned();
        other.note(&put, true);
        assert_eq!(other.given_up(), None, "what is not offered may be left without an answer");
        silence.note(&ended(BrokenKind::Timeout), true);
        assert!(silence.given_up().is_some_and(|why| why.contains("though reads did")));
        allowed.may_be_silent();
        allowed.note(&ended(BrokenKind::Timeout), true);
        assert_eq!(allowed.given_up(), None);
    }

    #[test]
    fn a_path_is_given_up_for_late_answers_only() {
        let (mut late, reset) = (ended(BrokenKind::Timeout), ended(BrokenKind::Reset));
        late.total = Duration::from_secs(5);
        let mut brief = Silence::default();
        for _ in 0..=Silence::ALL {
            brief.note(&ended(BrokenKind::Timeout), true);
            brief.note(&reset, true);
        }
        assert_eq!(brief.given_up(), None, "it cost no time to speak of");
        let mut silence = Silence::default();
        (0..100).for_each(|_| silence.note(&reset, true));
        (1..Silence::IN_A_ROW).for_each(|_| silence.note(&late, true));
        assert_eq!(silence.given_up(), None);
        let mut in_a_row = silence;
        in_a_row.note(&late, false);
        assert!(in_a_row.given_up().is_some_and(|why| why.contains("in a row")));
        for _ in Silence::IN_A_ROW..=Silence::ALL {
            assert_eq!(silence.given_up(), None, "another answer came in between");
            silence.note(&reset, true);
            silence.note(&late, true);
            silence.note(&late, false);
        }
        assert!(silence.given_up().is_some_and(|why| why.contains("24 answers on this path")));
    }
}
