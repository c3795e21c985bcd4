//! Which reads between refused requests can be spared: one after the last of them shows what any of them did.
//!
//! Long lists of what is to be refused are a good part of a suite, and half of their requests would be reads. Where
//! something fails, the attempt is made once more with a read after each request, which tells the one that acts.

use super::is_another_job;
use crate::model::case::{Address, Content, Step};
use crate::model::expect::{Expect, JobAfter};

/// What was left out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(in super::super) enum Spared {
    #[default]
    Nothing,
    Reads,
    /// A read that should not have been: the next request was taken, and may hide what the one before did.
    InVain,
}

/// The reads of an attempt.
#[derive(Debug)]
pub(super) struct Sparing {
    /// The job is read after each request that is refused, also where one read after several would do.
    closely: bool,
    /// The read after the latest request is still to come.
    owed: bool,
    pub(super) so_far: Spared,
}

impl Sparing {
    pub(super) fn new(closely: bool) -> Self {
        Self { closely, owed: false, so_far: Spared::Nothing }
    }

    /// Whether the job is read now, that it has to be read after the request of this step or, by then, a later one.
    pub(super) fn reads_now(&mut self, wanted: bool, step: &Step, status: Option<u16>, next: Option<&Step>) -> bool {
        if self.owed && !matches!(status, Some(400..=499)) {
            self.so_far = Spared::InVain;
        }
        self.owed = wanted && !self.closely && may_wait(step, status, next);
        if self.owed {
            self.so_far = self.so_far.max(Spared::Reads);
        }
        wanted && !self.owed
    }
}

/// Whether the read after a request that was answered with `status` may wait for that after the request of `next`.
fn may_wait(step: &Step, status: Option<u16>, next: Option<&Step>) -> bool {
    let Some((status, next)) = status.zip(next) else { return false };
    let as_expected = (400..500).contains(&status) && step.expect.matching(status).is_some_and(leaves_unchanged);
    as_expected && is_refused_with(status, next)
}

/// The job is read after an answer like this one for no other reason than that it must be as it was.
fn leaves_unchanged(expected: &Expect) -> bool {
    !expected.ends && matches!(expected.job, JobAfter::ByStatus | JobAfter::Unchanged)
}

/// A request that may well be refused as the one before it was, and that has to know nothing of the job but what is
/// known. Where it is taken all the same, its answer shows the job.
fn is_refused_with(status: u16, step: &Step) -> bool {
    let request = &step.request;
    step.race.is_none()
        && matches!(request.method.as_deref(), None | Some("PATCH"))
        && !is_another_job(&request.to)
        && !matches!(request.to, Address::OtherJobs | Address::SameIdElsewhere)
        && !request.wire.is_cut_off()
        && !request.content.as_ref().is_some_and(Content::is_write_back)
        && step.expect.matching(status).is_some_and(leaves_unchanged)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn step(value: serde_json::Value) -> Step {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn a_read_waits_for_that_after_the_next_refusal_only() {
        let refused = || step(json!({"expect": {"status": "refusal"}}));
        assert!(may_wait(&refused(), Some(400), Some(&refused())));
        let either = step(json!({"expect": {"status": 200, "or": [{"status": "refusal"}]}}));
        assert!(may_wait(&either, Some(400), Some(&either)));
        assert!(!may_wait(&either, Some(200), Some(&either)), "taken");
        assert!(!may_wait(&refused(), Some(400), None), "the last one");
        for status in [Some(200), Some(500), Some(429), None] {
            assert!(!may_wait(&refused(), status, Some(&refused())), "{status:?}");
        }
        for next in [
            json!({}),
            json!({"expect": {"status": 400, "job": "unjudged"}}),
            json!({"expect": {"status": 200, "or": [{"status": 400, "ends": true}]}}),
            json!({"expect": {"status": 400}, "request": {"to": "secondJob"}}),
            json!({"expect": {"status": 404}, "request": {"method": "GET"}}),
            json!({"expect": {"status": 400}, "request": {"wire": {"cutOff": 3}}}),
            json!({"expect": {"status": 400}, "request": {"bodyMade": "lastRead"}}),
        ] {
            assert!(!may_wait(&refused(), Some(400), Some(&step(next.clone()))), "{next}");
        }
    }
}
