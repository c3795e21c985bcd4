//! What the lanes of a run share, and how one of them goes along its trials.
//!
//! The main type is [`Course`]. Lanes run side by side, spread over as many threads as the settings say; a lane itself
//! does one thing after another.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Semaphore;

use super::job::JobState;
use super::lane::{self, Label};
use super::session::Session;
use super::settings::Settings;
use super::welcome::is_plainest;
use crate::model::case::Case;
use crate::model::event::TrialResult;
use crate::model::verdict::Verdict;
use crate::plan::{Plan, Suite, Trial};

/// Trials are shuffled within windows of this many, so that results can be told in plan order with bounded memory.
const WINDOW: usize = 128;

/// After so many trials in a row that could not be judged, the rest of a lane is not tried one by one.
const ENOUGH: usize = 24;

/// The job of each lane, and the derived one beside it.
#[derive(Debug)]
pub(super) struct Jobs {
    own: JobState,
    derived: Option<JobState>,
    /// Trials in a row that could not be judged.
    unjudged: usize,
    /// The results of the plainest updates, which are made first and told in their turn.
    early: Vec<TrialResult>,
}

impl Jobs {
    /// The jobs of every lane, by collection.
    pub(super) fn of_lanes(
        jobs: BTreeMap<&'static str, JobState>,
        mut derived: BTreeMap<&'static str, JobState>,
    ) -> BTreeMap<&'static str, Self> {
        let mut lane = |name: &str, own: JobState| {
            // What is given as both is one job.
            let derived = derived.remove(name).filter(|derived| derived.id != own.id);
            Self { own, derived, unjudged: 0, early: Vec::new() }
        };
        jobs.into_iter().map(|(name, own)| (name, lane(name, own))).collect()
    }

    /// Somebody else may have changed the jobs meanwhile.
    fn forget(&mut self) {
        self.own.forget();
        self.derived.iter_mut().for_each(JobState::forget);
    }
}

/// Lanes that share jobs, and so run one after another.
pub(super) type Group = Vec<(&'static str, Jobs)>;

/// A run, as all its lanes see it.
#[derive(Debug)]
pub(super) struct Course {
    pub(super) suite: Suite,
    pub(super) plan: Plan,
    pub(super) session: Session,
    pub(super) settings: Settings,
    /// As many permits as lanes may move at a time.
    gate: Semaphore,
    failed: AtomicUsize,
}

impl Course {
    pub(super) fn new(suite: Suite, plan: Plan, session: Session, settings: Settings) -> Self {
        let gate = Semaphore::new(settings.jobs.max(1));
        Self { suite, plan, session, settings, gate, failed: AtomicUsize::new(0) }
    }

    /// Why the run ends before its plan does.
    pub(super) fn ended(&self) -> Option<String> {
        if self.settings.is_cancelled() {
            return Some("interrupted".to_owned());
        }
        if self.session.gone() {
            return Some("the target is gone".to_owned());
        }
        if let Some(why) = self.session.refused() {
            return Some(why);
        }
        let failed = self.failed.load(Ordering::Relaxed);
        self.settings.max_fail.filter(|most| failed >= *most).map(|most| format!("{most} trials have failed"))
    }

    /// What the trial is called, and its case if that can still be read.
    pub(super) fn describe(&self, trial: Trial) -> (Label, Option<Arc<Case>>) {
        let case = usize::try_from(trial.case).unwrap_or(usize::MAX);
        let label = Label {
            name: self.suite.name(trial),
            endpoint: trial.collection(),
            file: self.suite.file(case),
            place: self.plan.selected().map(|_| trial.place),
        };
        (label, self.suite.case(case).ok())
    }

    /// Runs those trials of a group's lanes that must be `alone`, or those that need not, and hands each result on in
    /// plan order. Lanes that share jobs know nothing of what the one before left behind.
    pub(super) async fn go_along(&self, group: &mut Group, alone: bool, tell: &tokio::sync::mpsc::Sender<TrialResult>) {
        let shared = group.len() > 1;
        for (collection, jobs) in group {
            if shared {
                jobs.forget();
            }
            let lane = self.plan.lane(collection, alone);
            if !alone {
                let plainest: Vec<Trial> =
                    lane.iter().copied().filter(|trial| is_plainest(&self.suite, *trial)).collect();
                jobs.early = self.window(jobs, &plainest).await;
            }
            for window in lane.chunks(WINDOW) {
                for result in self.window(jobs, window).await {
                    // Whoever listens stays until the last lane has ended.
                    let _ = tell.send(result).await;
                }
            }
        }
    }

    /// The trials of one window, run in shuffled order and returned in plan order.
    async fn window(&self, jobs: &mut Jobs, window: &[Trial]) -> Vec<TrialResult> {
        let mut order: Vec<usize> = (0..window.len()).collect();
        if let (Some(seed), Some(first)) = (self.settings.seed, window.first()) {
            // Each window has an order of its own that follows from the seed.
            let own = u64::from(first.case) << 8 | u64::from(first.endpoint);
            fastrand::Rng::with_seed(seed ^ own).shuffle(&mut order);
        }
        let mut results: Vec<Option<TrialResult>> = window.iter().map(|_| None).collect();
        for i in order {
            results[i] = Some(match self.early(jobs, window[i]) {
                Some(early) => early,
                None => self.trial(jobs, window[i]).await,
            });
        }
        results.into_iter().flatten().collect()
    }

    /// The result of a trial that has run already.
    fn early(&self, jobs: &mut Jobs, trial: Trial) -> Option<TrialResult> {
        if jobs.early.is_empty() {
            return None;
        }
        let name = self.suite.name(trial);
        let at = jobs.early.iter().position(|early| early.name == name)?;
        Some(jobs.early.swap_remove(at))
    }

    async fn trial(&self, jobs: &mut Jobs, trial: Trial) -> TrialResult {
        let (label, case) = self.describe(trial);
        let Some(case) = case else {
            let reason = "the case file can no longer be read".to_owned();
            return lane::blank(label, None, Verdict::Inconclusive, Some(reason));
        };
        let result = if let Some(known) = self.settings.known.get(&label.name) {
            lane::again(known, label.place, &self.settings)
        } else if let Some(reason) = super::gate::gate(&self.session, label.endpoint, &case) {
            lane::blank(label, Some(&case), Verdict::Skip, Some(reason))
        } else if let Some(reason) = self.untried(jobs) {
            lane::blank(label, Some(&case), Verdict::Inconclusive, Some(reason))
        } else {
            // The semaphore is never closed, so a permit always comes.
            let _permit = self.gate.acquire().await;
            let job = match &mut jobs.derived {
                Some(derived) if self.suite.head(trial.case).is_some_and(|head| head.derived) => derived,
                _ => &mut jobs.own,
            };
            let unjudged = label.clone();
            let trial = lane::trial(&self.session, job, &case, label, &self.settings);
            let result = tokio::select! {
                result = trial => Some(result),
                () = self.session.cut_short() => None,
            };
            let Some(result) = result else {
                // What it did to the job until then is put back with all the rest.
                let reason = Some("not judged: interrupted".to_owned());
                return lane::blank(unjudged, Some(&case), Verdict::Inconclusive, reason);
            };
            jobs.unjudged = if result.verdict == Verdict::Inconclusive { jobs.unjudged + 1 } else { 0 };
            if let Some(record) = &self.settings.record {
                record.judged(&result);
            }
            result
        };
        if result.verdict == Verdict::Fail {
            self.failed.fetch_add(1, Ordering::Relaxed);
        }
        result
    }

    /// Why a trial is not tried at all.
    fn untried(&self, jobs: &Jobs) -> Option<String> {
        if let Some(reason) = self.ended() {
            return Some(format!("not run: {reason}"));
        }
        let given_up = jobs.own.welcome.given_up().or_else(|| jobs.own.silence.given_up());
        let gone = || jobs.own.gone.as_ref().map(|trial| format!("not run: the job is gone since {trial}"));
        given_up.or_else(gone).or_else(|| {
            (jobs.unjudged >= ENOUGH)
                .then(|| format!("not run: {ENOUGH} trials in a row on this path could not be judged"))
        })
    }
}
