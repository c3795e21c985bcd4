//! Which reads between refused requests can be spared: one after the last of them shows what any of them did.
//!
//! Long lists of what is to be refused are a good part of a suite, and half of their requests would be reads. Where the
//! read after several shows a change, the attempt is made once more with a read after each, which tells the one that
//! acts. Reads are spared between requests of which a change would break the same requirement, and that may not be taken:
//! who takes one of them can hide what the one before did.

use crate::model::case::{Address, Content, Step};
use crate::model::expect::{Expect, JobAfter};

/// What was left out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(in super::super) enum Spared {
    #[default]
    Nothing,
    Reads,
    /// A read that should not have been, since what came after it does not show what the request before it did.
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

    /// Whether the job is read now after the request of this step, if it is `wanted` at all: not if that can wait until
    /// after the request of the `next` one. `lost` tells that a try of the request got no answer.
    pub(super) fn reads_now(
        &mut self,
        wanted: bool,
        step: &Step,
        (status, lost): (Option<u16>, bool),
        next: Option<&Step>,
    ) -> bool {
        let refused = status.filter(|status| !lost && is_refused(step, *status));
        if self.owed && refused.is_none() {
            self.so_far = Spared::InVain;
        }
        self.owed =
            wanted && !self.closely && refused.zip(next).is_some_and(|(status, next)| may_wait(step, status, next));
        if self.owed {
            self.so_far = self.so_far.max(Spared::Reads);
        }
        wanted && !self.owed
    }

    /// The job was read; without success, what was spared before is missed.
    pub(super) fn was_read(&mut self, shown: bool) {
        if !shown && self.so_far == Spared::Reads {
            self.so_far = Spared::InVain;
        }
    }
}

/// Whether the status is a refusal as expected, after which the job must be as it was.
fn is_refused(step: &Step, status: u16) -> bool {
    (400..500).contains(&status) && status != 429 && step.expect.matching(status).is_some_and(leaves_unchanged)
}

fn leaves_unchanged(expected: &Expect) -> bool {
    !expected.is_last() && matches!(expected.job, JobAfter::ByStatus | JobAfter::Unchanged)
}

/// The requirement that a change breaks, where the case names one.
fn broken<'c>(expected: &'c Expect, of: &'c Step) -> Option<&'c str> {
    expected.attribute.unchanged.as_deref().or(of.expect.attribute.unchanged.as_deref())
}

/// Whether the read after a request of `step` that was answered with `status` may wait for that after the `next` one.
fn may_wait(step: &Step, status: u16, next: &Step) -> bool {
    let same = step.expect.matching(status).map(|expected| broken(expected, step));
    let refuses = |expected: &Expect| {
        let Some(set) = &expected.status else { return false };
        let only_refusals = !(100..400).chain(500..600).any(|status| set.contains(status));
        only_refusals && leaves_unchanged(expected) && Some(broken(expected, next)) == same
    };
    let (sent, request) = (&step.request, &next.request);
    let patches = |method: &Option<String>| matches!(method.as_deref(), None | Some("PATCH"));
    next.race.is_none()
        && patches(&sent.method)
        && patches(&request.method)
        && sent.to == request.to
        // Another id may be made a job, which a second attempt would find.
        && matches!(request.to, Address::Job | Address::DerivedJob)
        && !request.wire.is_cut_off()
        && !request.content.as_ref().is_some_and(Content::is_write_back)
        && std::iter::once(&next.expect).chain(&next.expect.or).all(refuses)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn step(value: serde_json::Value) -> Step {
        serde_json::from_value(value).unwrap()
    }

    /// What is left out once the first step was answered so, and then the next one so.
    fn spared(first: &Step, (status, lost): (Option<u16>, bool), next: &Step, then: Option<u16>) -> Spared {
        let mut sparing = Sparing::new(false);
        let now = sparing.reads_now(true, first, (status, lost), Some(next));
        assert_eq!(now, sparing.so_far == Spared::Nothing);
        assert!(sparing.reads_now(true, next, (then, false), None), "after the last one the job is read");
        sparing.so_far
    }

    #[test]
    fn a_read_waits_for_that_after_the_next_refusal_only() {
        let refused = || step(json!({"expect": {"status": "refusal"}}));
        let of = |status, next: &Step| spared(&refused(), (status, false), next, Some(400));
        assert_eq!(of(Some(400), &refused()), Spared::Reads);
        for status in [Some(200), Some(500), Some(429), None] {
            assert_eq!(of(status, &refused()), Spared::Nothing, "{status:?}");
        }
        assert_eq!(spared(&refused(), (Some(400), true), &refused(), Some(400)), Spared::Nothing);
        for next in [
            json!({}),
            json!({"expect": {"status": 400, "job": "unjudged"}}),
            json!({"expect": {"status": 400, "or": [{"status": 404, "job": "unjudged"}]}}),
            json!({"expect": {"status": 400, "or": [{"status": 200}]}}),
            json!({"expect": {"status": 400, "attribute": {"unchanged": "REQ-BODY-007"}}}),
            json!({"expect": {"status": "any"}}),
            json!({"expect": {"status": 400}, "request": {"to": "secondJob"}}),
            json!({"expect": {"status": 400}, "request": {"to": {"id": "{{job.id}}_"}}}),
            json!({"expect": {"status": 404}, "request": {"method": "GET"}}),
            json!({"expect": {"status": 400}, "request": {"wire": {"cutOff": 3}}}),
            json!({"expect": {"status": 400}, "request": {"bodyMade": "lastRead"}}),
        ] {
            assert_eq!(of(Some(400), &step(next.clone())), Spared::Nothing, "{next}");
        }
    }

    #[test]
    fn what_does_not_show_what_was_done_before_it_was_spared_in_vain() {
        let refused = || step(json!({"expect": {"status": "refusal"}}));
        for then in [Some(200), Some(404), Some(429), Some(500), None] {
            assert_eq!(spared(&refused(), (Some(400), false), &refused(), then), Spared::InVain, "{then:?}");
        }
        let mut sparing = Sparing::new(false);
        assert!(!sparing.reads_now(true, &refused(), (Some(400), false), Some(&refused())));
        assert!(sparing.reads_now(true, &refused(), (Some(400), false), None));
        sparing.was_read(false);
        assert_eq!(sparing.so_far, Spared::InVain);
    }
}
