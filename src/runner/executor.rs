//! What the lanes of a run share, and how one of them goes along its trials.
//!
//! The main type is [`Executor`]. Lanes run side by side, spread over as many threads as the settings say. A lane does one
//! thing after another, unless it has several jobs and more trials may run side by side than there are endpoints: then
//! each of its workers has a job of its own, and what touches several jobs waits until the others rest.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use futures_util::future::join_all;
use tokio::sync::Semaphore;

use super::listing;
use super::session::Session;
use super::settings::Settings;
use super::trial::{self, Label};
use super::workers::{Jobs, Worker};
use crate::model::case::Case;
use crate::model::event::TrialResult;
use crate::model::verdict::Verdict;
use crate::plan::{Lines, Plan, Suite, Trial};

/// Trials are shuffled within windows of this many, so that results can be told in plan order with bounded memory.
const WINDOW: usize = 128;

/// After so many trials in a row that could not be judged, the rest of a lane is not tried one by one.
const ENOUGH: usize = 24;

/// Which trials of a window run on which worker, by index.
struct Shares {
    /// For the first worker, then each of the others: side by side.
    beside: Vec<Vec<usize>>,
    /// What looks at other jobs or touches them, for the first worker while the others rest.
    apart: Vec<usize>,
}

/// Lanes that share jobs, and so run one after another.
pub(super) type Group = Vec<(&'static str, Jobs)>;

/// A run, as all its lanes see it.
#[derive(Debug)]
pub(super) struct Executor {
    pub(super) suite: Suite,
    pub(super) plan: Plan,
    pub(super) session: Session,
    pub(super) settings: Settings,
    /// As many permits as lanes may move at a time.
    gate: Semaphore,
    failed: AtomicUsize,
    /// A trial was left out, or broken off, since the run is to end.
    left_out: AtomicBool,
}

/// What is said of a run that the user ended.
pub(super) const INTERRUPTED: &str = "interrupted";

impl Executor {
    pub(super) fn new(suite: Suite, plan: Plan, session: Session, settings: Settings) -> Self {
        let gate = Semaphore::new(settings.jobs.max(1));
        Self { suite, plan, session, settings, gate, failed: AtomicUsize::new(0), left_out: AtomicBool::new(false) }
    }

    /// Why the run ended before its plan did. What comes about with the last trial ends nothing early.
    pub(super) fn ended_early(&self) -> Option<String> {
        self.ended().filter(|_| self.left_out.load(Ordering::Relaxed))
    }

    /// Why nothing more is to be tried.
    fn ended(&self) -> Option<String> {
        if self.settings.is_cancelled() {
            return Some(INTERRUPTED.to_owned());
        }
        if self.session.health.gone() {
            return Some("the target is gone".to_owned());
        }
        if let Some(why) = self.session.refused() {
            return Some(why);
        }
        let failed = self.failed.load(Ordering::Relaxed);
        self.settings
            .max_fail
            .filter(|most| failed >= *most)
            .map(|most| if most == 1 { "a trial has failed".to_owned() } else { format!("{most} trials have failed") })
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
    pub(super) async fn run_lanes(
        &self,
        group: &mut Group,
        alone: bool,
        tell: &tokio::sync::mpsc::Sender<TrialResult>,
    ) {
        let shared = group.len() > 1;
        for (collection, jobs) in group {
            if shared {
                jobs.forget();
            }
            let lane = self.plan.lane(collection, alone);
            if !alone {
                let is_plain = |trial: &Trial| self.suite.facts(trial.case).is_some_and(|facts| facts.plain);
                let plain: Vec<Trial> = lane.iter().copied().filter(is_plain).collect();
                jobs.early = self.one_after_another(&mut jobs.first, &plain).await;
                jobs.share_acceptance();
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
        let mut results: Vec<Option<TrialResult>> = window.iter().map(|trial| self.early(jobs, *trial)).collect();
        order.retain(|i| results[*i].is_none());
        let Shares { beside, apart } = self.shares(1 + jobs.others.len(), window, &order);
        let workers = std::iter::once(&mut jobs.first).chain(&mut jobs.others);
        let done = join_all(workers.zip(&beside).map(async |(worker, share)| {
            let trials: Vec<Trial> = share.iter().map(|i| window[*i]).collect();
            self.one_after_another(worker, &trials).await
        }));
        for (share, done) in beside.iter().zip(done.await) {
            share.iter().zip(done).for_each(|(i, result)| results[*i] = Some(result));
        }
        for i in &apart {
            results[*i] = Some(self.trial(&mut jobs.first, window[*i]).await);
        }
        if !apart.is_empty() {
            jobs.others.iter_mut().for_each(Worker::forget);
        }
        results.into_iter().flatten().collect()
    }

    /// Deals the trials of a window out to so many workers; the same seed gives the same shares.
    fn shares(&self, workers: usize, window: &[Trial], order: &[usize]) -> Shares {
        let mut shares = Shares { beside: vec![Vec::new(); workers], apart: Vec::new() };
        let facts = |i: usize| self.suite.facts(window[i].case);
        for i in order.iter().copied() {
            let least = |beside: &[Vec<usize>]| (0..workers).min_by_key(|n| beside[*n].len()).unwrap_or_default();
            match facts(i) {
                Some(facts) if workers > 1 && (facts.neighbours || facts.exclusive) => shares.apart.push(i),
                Some(facts) if facts.derived => shares.beside[0].push(i),
                _ => {
                    let worker = least(&shares.beside);
                    shares.beside[worker].push(i);
                }
            }
        }
        shares
    }

    async fn one_after_another(&self, worker: &mut Worker, trials: &[Trial]) -> Vec<TrialResult> {
        let mut results = Vec::with_capacity(trials.len());
        for trial in trials {
            results.push(self.trial(worker, *trial).await);
        }
        results
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

    async fn trial(&self, worker: &mut Worker, trial: Trial) -> TrialResult {
        let (label, case) = self.describe(trial);
        worker.replace_gone();
        let Some(case) = case else {
            let reason = "the case file can no longer be read".to_owned();
            return trial::blank(label, None, Verdict::Inconclusive, Some(reason));
        };
        let result = if let Some(known) = self.settings.known.get(&label.name) {
            trial::again(known, label.place, &self.settings)
        } else if let Some(reason) = super::gate::gate(&self.session, label.endpoint, &case) {
            trial::blank(label, Some(&case), Verdict::Skip, Some(reason))
        } else if let Some(told) = self.session.rejected.needed_by(label.endpoint, &case) {
            let reason = self.session.scrubber.scrub(told).into_owned();
            trial::blank(label, Some(&case), Verdict::Inconclusive, Some(reason))
        } else if let Some(reason) = self.untried(worker).or_else(|| self.needs_the_first(worker, trial)) {
            trial::blank(label, Some(&case), Verdict::Inconclusive, Some(reason))
        } else {
            // The semaphore is never closed, so a permit always comes.
            let _permit = self.gate.acquire().await;
            let job = match &mut worker.derived {
                Some(derived) if self.suite.facts(trial.case).is_some_and(|facts| facts.derived) => derived,
                _ => &mut worker.own,
            };
            let lists = self.suite.facts(trial.case).is_some_and(|facts| facts.lists);
            if lists && self.session.newcomers.take_grown(label.endpoint) {
                listing::before(&self.session, label.endpoint, job).await;
            }
            let unjudged = label.clone();
            let lines = self.settings.lines.then(|| Lines::new(&self.suite, trial.case as usize));
            // It is large, and is not moved about.
            let mut trial = pin!(trial::run(&self.session, job, &case, label, &self.settings, lines));
            let result = tokio::select! {
                biased;
                result = &mut trial => Some(result),
                () = self.session.cut_short() => None,
            };
            let Some(result) = result else {
                self.left_out.store(true, Ordering::Relaxed);
                // What it did to the job until then is put back with all the rest.
                let reason = Some("not judged: interrupted".to_owned());
                return trial::blank(unjudged, Some(&case), Verdict::Inconclusive, reason);
            };
            if result.verdict == Verdict::Inconclusive && self.settings.is_cancelled() {
                // What it waited for was given up.
                self.left_out.store(true, Ordering::Relaxed);
            }
            worker.unjudged = if result.verdict == Verdict::Inconclusive { worker.unjudged + 1 } else { 0 };
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

    /// Why a trial is not tried on a job that stands in for the first one of its path.
    fn needs_the_first(&self, worker: &Worker, trial: Trial) -> Option<String> {
        let facts = self.suite.facts(trial.case)?;
        let looks_around = facts.second || facts.neighbours || facts.exclusive;
        worker.stands_in().filter(|_| looks_around).map(|why| format!("not run: {why}"))
    }

    /// Why a trial is not tried at all.
    fn untried(&self, worker: &Worker) -> Option<String> {
        if let Some(reason) = self.ended() {
            self.left_out.store(true, Ordering::Relaxed);
            return Some(format!("not run: {reason}"));
        }
        let given_up = worker.own.acceptance.given_up().or_else(|| worker.own.silence.given_up());
        let gone = || worker.own.gone.as_ref().map(|why| format!("not run: {why}"));
        given_up.or_else(gone).or_else(|| {
            (worker.unjudged >= ENOUGH)
                .then(|| format!("not run: {ENOUGH} trials in a row on this path could not be judged"))
        })
    }
}
