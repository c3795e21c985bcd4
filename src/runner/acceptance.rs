//! Whether a path takes updates at all: one that takes none is judged by a few plain updates, not by hundreds of
//! findings that all have one cause.

/// Whether a path takes valid updates at all. One that takes none is judged by the first few of them: what else it
/// refuses says nothing more.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Acceptance {
    taken: bool,
    refused: usize,
    status: u16,
    /// Valid updates that ended the connection, or were left without an answer, each time.
    unanswered: usize,
}

impl Acceptance {
    /// So many valid updates are refused before a path is given up.
    const ENOUGH: usize = 6;

    /// Notes what a valid update was answered.
    pub(super) fn note(&mut self, status: u16) {
        self.taken |= (200..300).contains(&status);
        if (400..500).contains(&status) && status != 429 {
            self.refused += 1;
            self.status = status;
        }
    }

    /// Notes that a valid update got no answer, however often it was sent.
    pub(super) fn note_silence(&mut self) {
        self.unanswered += 1;
    }

    /// Whether a valid update was taken.
    pub(super) fn has_taken(self) -> bool {
        self.taken
    }

    /// Why the rest is not judged, if so.
    pub(super) fn given_up(self) -> Option<String> {
        let Self { taken, refused, status, unanswered } = self;
        let all = refused + unanswered;
        (!taken && all >= Self::ENOUGH).then(|| match (refused, unanswered) {
            (_, 0) => {
                format!("not judged: all {all} valid updates on this path so far were refused, the last with {status}")
            }
            (0, _) => format!("not judged: none of {all} valid updates on this path so far got an answer"),
            _ => format!("not judged: all {all} valid updates on this path so far were refused or got no answer"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::endpoint::ENDPOINTS;
    use crate::plan::{Plan, Selection, Source, load};

    #[test]
    fn the_suite_has_enough_plain_updates_on_every_path() {
        let suite = load(&Source::BuiltIn).unwrap();
        let plan = Plan::new(&suite, &Selection::default(), None).unwrap();
        let marked = plan.all().filter(|trial| suite.facts(trial.case).unwrap().plain);
        assert_eq!(marked.count(), ENDPOINTS.len() * Acceptance::ENOUGH);
    }

    #[test]
    fn one_update_that_is_taken_is_enough() {
        let mut acceptance = Acceptance::default();
        for status in [404, 429, 500, 404, 404, 404, 404] {
            acceptance.note(status);
        }
        assert_eq!(acceptance.given_up(), None, "five refusals are not enough, and 429 and 500 are none");
        acceptance.note(405);
        assert!(acceptance.given_up().unwrap().contains("refused, the last with 405"));
        acceptance.note(200);
        assert_eq!(acceptance.given_up(), None);

        let mut silent = Acceptance::default();
        (0..Acceptance::ENOUGH).for_each(|_| silent.note_silence());
        assert!(silent.given_up().unwrap().contains("none of 6 valid updates"));
        silent.note(403);
        assert!(silent.given_up().unwrap().contains("all 7 valid updates on this path so far were refused or got no"));
    }
}
