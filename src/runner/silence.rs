//! Whether a path still answers in time: one that does not would be waited for all night, trial by trial.

use crate::model::exchange::{BodyProblem, BrokenKind, Exchange, Outcome};

/// How often answers on a path did not end in time.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Silence {
    in_a_row: u32,
    all: u32,
}

impl Silence {
    /// So many in a row before a path is given up.
    const IN_A_ROW: u32 = 6;
    /// So many in all: a server may be silent on some requests only.
    const ALL: u32 = 12;

    /// Notes how an exchange ended.
    pub(super) fn note(&mut self, exchange: &Exchange) {
        let late = match &exchange.outcome {
            Outcome::Broken(broken) => broken.kind == BrokenKind::Timeout,
            Outcome::Answered(response) => response.problem == Some(BodyProblem::TimedOut),
        };
        if late {
            self.in_a_row += 1;
            self.all += 1;
        } else {
            self.in_a_row = 0;
        }
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
