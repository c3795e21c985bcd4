//! Whether a path still answers in time: one that does not would be waited for all night, trial by trial.

use crate::model::exchange::{BodyProblem, BrokenKind, Outcome};

/// How often answers on a path did not end in time.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Silence {
    in_a_row: u32,
    all: u32,
    /// Requests that were tried to the end, while others were answered.
    confirmed: u32,
}

impl Silence {
    /// So many in a row before a path is given up.
    const IN_A_ROW: u32 = 6;
    /// So many requests in all: a server may be silent on some only.
    const ALL: u32 = 24;
    /// So many requests are tried to the end before a server is known to be silent on some.
    const CONFIRMED: u32 = 2;

    /// Notes how an exchange ended; of one request that is tried again only the `first` try counts in all.
    pub(super) fn note(&mut self, outcome: &Outcome, first: bool) {
        let late = match outcome {
            Outcome::Broken(broken) => broken.kind == BrokenKind::Timeout,
            Outcome::Answered(response) => response.problem == Some(BodyProblem::TimedOut),
        };
        if late {
            self.in_a_row += 1;
            self.all += u32::from(first);
        } else {
            self.in_a_row = 0;
        }
    }

    /// Notes a request that is never answered while others are.
    pub(super) fn confirm(&mut self) {
        self.confirmed += 1;
    }

    /// The server is known to be silent on some requests, so that waiting again tells nothing new.
    pub(super) fn is_known(self) -> bool {
        self.confirmed >= Self::CONFIRMED
    }

    /// Why the rest is not tried, if so.
    pub(super) fn given_up(self) -> Option<String> {
        if self.in_a_row >= Self::IN_A_ROW {
            Some(format!("not run: {} answers in a row on this path did not end in time", self.in_a_row))
        } else if self.all >= Self::ALL {
            Some(format!("not run: {} answers on this path did not end in time", self.all))
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::exchange::Broken;

    fn ended(kind: BrokenKind) -> Outcome {
        Outcome::Broken(Broken { kind, detail: String::new() })
    }

    #[test]
    fn a_path_is_given_up_for_late_answers_only() {
        let (late, reset) = (ended(BrokenKind::Timeout), ended(BrokenKind::Reset));
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
