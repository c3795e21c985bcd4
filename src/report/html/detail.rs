//! How much is shown of a trial, so that a page of ten thousand trials stays under 10 MB and usable.
//!
//! What did not pass comes first: it has a budget of its own, and passing trials with evidence another. Both are kept by
//! endpoint, because endpoints run interleaved and the page must not depend on how.

/// Octets of an endpoint for trials that did not plainly pass, exchanges included.
const TROUBLE: usize = 500_000;
/// Octets of an endpoint for exchanges of trials that passed.
const PASSED: usize = 300_000;
/// Octets of an endpoint after which findings are no longer spread out.
const FINDINGS: usize = 700_000;

/// How much is shown of a trial.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Detail {
    /// Its first finding in a sentence.
    Headline,
    /// Its findings.
    Findings,
    /// Its findings and exchanges.
    Whole,
}

/// What an endpoint has used up.
#[derive(Debug, Default)]
pub(super) struct Budget {
    trouble: usize,
    passed: usize,
}

impl Budget {
    /// How much there is room for, of a trial that plainly passed or of another one.
    pub(super) fn detail(&self, passed: bool) -> Detail {
        match passed {
            true if self.passed < PASSED => Detail::Whole,
            true => Detail::Findings,
            false if self.trouble < TROUBLE => Detail::Whole,
            false if self.trouble < FINDINGS => Detail::Findings,
            false => Detail::Headline,
        }
    }

    /// Counts what was written of a trial.
    pub(super) fn spend(&mut self, passed: bool, octets: usize) {
        *(if passed { &mut self.passed } else { &mut self.trouble }) += octets;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trials_that_pass_take_nothing_from_those_that_do_not() {
        let mut budget = Budget::default();
        budget.spend(true, PASSED);
        assert_eq!((budget.detail(true), budget.detail(false)), (Detail::Findings, Detail::Whole));
        budget.spend(false, TROUBLE);
        assert_eq!(budget.detail(false), Detail::Findings);
        budget.spend(false, FINDINGS);
        assert_eq!(budget.detail(false), Detail::Headline);
    }
}
