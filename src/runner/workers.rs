//! The jobs of a lane, each with what is known of it: trials run on one, or side by side on several.
//!
//! The main type is [`Jobs`].

use std::collections::BTreeMap;

use super::job::JobState;
use super::probe::Probed;
use crate::model::event::TrialResult;

/// What one trial after another is tried on.
#[derive(Debug)]
pub(super) struct Worker {
    pub(super) own: JobState,
    /// Only the first worker of a lane has it.
    pub(super) derived: Option<JobState>,
    /// Trials in a row that could not be judged.
    pub(super) unjudged: usize,
    /// Jobs that nobody works on, and that may take the place of one that a trial has spoiled.
    spare: Vec<JobState>,
    /// Why the job that is worked on is not the first one that was given.
    stands_in: Option<String>,
}

impl Worker {
    pub(super) fn of(own: JobState, derived: Option<JobState>) -> Self {
        Self { own, derived, unjudged: 0, spare: Vec::new(), stands_in: None }
    }

    /// Works on another job from now on where there is one and the own is gone. What is known of the path stays.
    pub(super) fn replace_gone(&mut self) {
        let Some(why) = self.own.gone.clone().filter(|_| !self.spare.is_empty()) else { return };
        let next = self.spare.remove(0);
        self.own.replace_by(next);
        self.stands_in = Some(why);
    }

    /// Why trials that look at more than the job that is updated are not run: what stands in for it is one of those.
    pub(super) fn stands_in(&self) -> Option<&str> {
        self.stands_in.as_deref()
    }

    /// Somebody else may have changed the jobs meanwhile.
    pub(super) fn forget(&mut self) {
        self.own.forget();
        self.derived.iter_mut().for_each(JobState::forget);
    }
}

/// The jobs of a lane.
#[derive(Debug)]
pub(super) struct Jobs {
    pub(super) first: Worker,
    /// Those that trials run on beside the first.
    pub(super) others: Vec<Worker>,
    /// The results of the plainest updates, which are made first and told in their turn.
    pub(super) early: Vec<TrialResult>,
}

impl Jobs {
    /// The jobs of every lane, by collection: for each at most so many as trials may run side by side `on_each`.
    pub(super) fn of_lanes(probed: Probed, on_each: usize) -> BTreeMap<&'static str, Self> {
        let Probed { jobs, mut derived, mut standing_by, .. } = probed;
        let mut lane = |name: &str, own: JobState| {
            // What is given as both is one job.
            let derived = derived.remove(name).filter(|derived| derived.id != own.id);
            // What is read otherwise, or not at all, would be judged otherwise.
            let alike =
                |job: &JobState| job.via == own.via && derived.as_ref().is_none_or(|derived| derived.id != job.id);
            let mut others = standing_by.remove(name).unwrap_or_default();
            others.retain(alike);
            let spare = others.split_off(others.len().min(on_each.saturating_sub(1)));
            let others = others.into_iter().map(|job| Worker::of(job, None)).collect();
            Self { first: Worker { spare, ..Worker::of(own, derived) }, others, early: Vec::new() }
        };
        jobs.into_iter().map(|(name, own)| (name, lane(name, own))).collect()
    }

    pub(super) fn forget(&mut self) {
        self.first.forget();
        self.others.iter_mut().for_each(Worker::forget);
    }

    /// What the plainest updates have shown holds for every job of the path.
    pub(super) fn share_acceptance(&mut self) {
        for other in &mut self.others {
            other.own.acceptance = self.first.own.acceptance;
        }
    }
}
