//! The order of a run: probe, lanes side by side, trials that must be alone, put back.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use futures_util::future::join_all;

use super::attempt::Patience;
use super::hold::{Hold, Wanted};
use super::lane::{self, Label};
use super::probe::{Probed, probe};
use super::session::{JobState, Session, Target};
use super::sharing;
use super::welcome::is_plainest;
use crate::contract::requirement::Tier;
use crate::model::case::Case;
use crate::model::event::{Event, RunInfo, Summary, TrialResult};
use crate::model::finding::Level;
use crate::model::verdict::Verdict;
use crate::model::witness::Witness;
use crate::plan::{Plan, Suite, Trial, Waivers};
use crate::target::pace::Backoff;

/// Trials are shuffled within windows of this many, so that results can be told in plan order with bounded memory.
const WINDOW: usize = 128;

/// How a run goes about its trials.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Lanes that run side by side.
    pub jobs: usize,
    /// Tries and pauses of one exchange.
    pub patience: Patience,
    /// How often each trial is run.
    pub repeat: u32,
    /// Seed of the order of trials; `None` keeps the plan's order.
    pub seed: Option<u64>,
    /// Stop after so many failed trials.
    pub max_fail: Option<usize>,
    /// Lowest level that fails a trial.
    pub deny: Level,
    /// Tiers judged; all when `None`.
    pub tiers: Option<Vec<Tier>>,
    /// Whose exchanges are kept.
    pub evidence: Evidence,
    /// Checks that are switched off.
    pub off: Vec<String>,
    /// Failures that are accepted.
    pub waivers: Arc<Waivers>,
    /// Results from before the run was interrupted, by name; these trials are not run again.
    pub known: Arc<HashMap<String, TrialResult>>,
    /// Is told of each result as soon as there is one, before its turn comes in the report.
    pub record: Option<Arc<dyn Record>>,
    /// Set when the user wants the run to end.
    pub cancelled: Arc<AtomicBool>,
    /// Is shown every exchange.
    pub witness: Option<Arc<dyn Witness>>,
    /// Tells people what a run waits for.
    pub notice: fn(&str),
}

/// Writes down results as they come.
pub trait Record: std::fmt::Debug {
    /// Takes a result.
    fn judged(&self, trial: &TrialResult);
}

/// Whose exchanges are kept in the results.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Evidence {
    /// Every trial's.
    All,
    /// Those of trials that did not pass.
    Failures,
    /// Nobody's.
    None,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            jobs: 16,
            patience: Patience { retries: 2, interval: Duration::from_millis(100), cap: Duration::from_secs(30) },
            repeat: 1,
            seed: None,
            max_fail: None,
            deny: Level::Must,
            tiers: None,
            evidence: Evidence::Failures,
            off: Vec::new(),
            waivers: Arc::default(),
            known: Arc::default(),
            record: None,
            cancelled: Arc::default(),
            witness: None,
            notice: |_| {},
        }
    }
}

impl Settings {
    /// Whether the user wants the run to end.
    pub(super) fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }
}

/// Where the results of a run go, in plan order within each endpoint.
struct Teller<'a> {
    sink: &'a mut dyn FnMut(Event),
    summary: Summary,
    settings: &'a Settings,
}

impl Teller<'_> {
    fn tell(&mut self, trial: TrialResult) {
        self.summary.add(&trial, self.settings.deny);
        self.settings.waivers.count(&mut self.summary.waivers, &trial);
        (self.sink)(Event::TrialFinished(Box::new(trial)));
    }
}

/// Runs a plan against a target and tells `sink` what happens. The first event is `RunStarted`, the last `RunFinished`.
///
/// Green means that every planned trial was judged: what a run did not get to is told as inconclusive.
pub async fn run(
    suite: &Suite,
    plan: &Plan,
    target: Target,
    settings: &Settings,
    mut info: RunInfo,
    sink: &mut dyn FnMut(Event),
) -> Summary {
    let started = Instant::now();
    let mut session = Session::new(target);
    session.witness.clone_from(&settings.witness);
    session.backoff = Backoff { interval: settings.patience.interval, cap: settings.patience.cap };
    let mut hold = Hold::default();
    let wanted = Wanted::of(plan, suite, &session);
    let probed = match hold.take(&mut session, &wanted, settings, &info.run_id).await {
        Ok(()) => look(&mut session, &mut hold, &wanted, settings).await,
        Err(why) => Probed { hopeless: Some(why), ..Probed::default() },
    };
    info.capabilities = session.profile.capabilities.iter().cloned().collect();
    info.read_back = read_back(probed.jobs.values());
    info.not_offered = session.profile.not_offered.iter().cloned().collect();
    info.planned = plan.len();
    if let Some((selected, selection)) = plan.selected() {
        info.selected = Some(selected);
        info.selection = Some(selection.to_owned());
    }
    info.deny = Some(settings.deny);
    info.seed = settings.seed.unwrap_or_default();
    info.left_out = session
        .profile
        .volatile
        .iter()
        .chain(&session.profile.computed)
        .chain(&session.profile.read_only)
        .cloned()
        .collect();
    sink(Event::RunStarted(info));

    let session = session;
    let summary = Summary { planned: plan.len(), waivers: settings.waivers.uses(), ..Summary::default() };
    let mut teller = Teller { sink, summary, settings };
    let mut jobs = lanes(probed.jobs, probed.derived);
    if let Some(why) = probed.hopeless {
        for trial in plan.all() {
            let (label, case) = describe(suite, plan, trial);
            teller.tell(lane::blank(label, case.as_deref(), Verdict::Inconclusive, Some(why.clone())));
        }
        teller.summary.could_not_judge = Some(why);
    } else {
        let stop = Stop { settings, plan, session: &session, failed: RefCell::new(0) };
        {
            let teller = RefCell::new(&mut teller);
            let gate = tokio::sync::Semaphore::new(settings.jobs.max(1));
            let lanes = sharing::apart(&session, &mut jobs).into_iter().map(|lanes| {
                let (gate, teller, stop, session) = (&gate, &teller, &stop, &session);
                async move {
                    let shared = lanes.len() > 1;
                    for (collection, job) in lanes {
                        if shared {
                            job.forget();
                        }
                        let lane = plan.lane(collection, false);
                        let plainest: Vec<Trial> =
                            lane.iter().copied().filter(|trial| is_plainest(suite, *trial)).collect();
                        job.early = window_of(suite, session, job, &plainest, settings, stop, gate).await;
                        for window in lane.chunks(WINDOW) {
                            let results = window_of(suite, session, job, window, settings, stop, gate).await;
                            for result in results {
                                teller.borrow_mut().tell(result);
                            }
                        }
                    }
                }
            });
            join_all(lanes).await;
            // A trial that looks at other jobs runs when nobody else moves.
            for lanes in sharing::apart(&session, &mut jobs) {
                let shared = lanes.len() > 1;
                for (collection, job) in lanes {
                    if shared {
                        job.forget();
                    }
                    for window in plan.lane(collection, true).chunks(WINDOW) {
                        for result in window_of(suite, &session, job, window, settings, &stop, &gate).await {
                            teller.borrow_mut().tell(result);
                        }
                    }
                }
            }
        }
        // Collections without a job or not offered have no lane.
        for trial in plan.all().filter(|trial| !jobs.contains_key(trial.collection())) {
            let (label, case) = describe(suite, plan, trial);
            let reason = if session.profile.not_offered.contains(trial.collection()) {
                "the target does not offer this path"
            } else if let Some(why) = hold.without.get(trial.collection()) {
                teller.tell(lane::blank(label, case.as_deref(), Verdict::Inconclusive, Some(why.clone())));
                continue;
            } else {
                "no job of this collection may be patched"
            };
            teller.tell(lane::blank(label, case.as_deref(), Verdict::Skip, Some(reason.to_owned())));
        }
        teller.summary.ended_early = stop.reason();
    }
    teller.summary.teardown = hold.give_back(&session).await;
    let mut summary = teller.summary;
    summary.conclude_waivers();
    summary.requests = session.requests();
    summary.micros = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
    if summary.could_not_judge.is_none() {
        let gone = session.gone().then(|| "the target stopped answering during the run".to_owned());
        summary.could_not_judge = gone.or_else(|| session.refused()).or_else(|| nothing_judged(&summary));
    }
    summary
}

/// Of all that was tried, nothing could be judged.
fn nothing_judged(summary: &Summary) -> Option<String> {
    let told: usize = summary.counts.values().sum();
    let unjudged = summary.count(Verdict::Inconclusive);
    let nothing = unjudged > 0 && unjudged + summary.count(Verdict::Skip) == told;
    nothing.then(|| "no trial could be judged; each says why".to_owned())
}

/// Reads each job once, and writes down how it is.
async fn look(session: &mut Session, hold: &mut Hold, wanted: &Wanted, settings: &Settings) -> Probed {
    let mut probed = probe(session, settings.patience, &|collection| wanted.lists(collection)).await;
    hold.without.append(&mut probed.without);
    if let Some(notice) = &probed.notice {
        (settings.notice)(notice);
    }
    if probed.hopeless.is_none() {
        let known = probed.jobs.iter().chain(&probed.standing_by).chain(&probed.derived);
        let noted = hold.note(session, known.map(|(name, job)| (*name, job)));
        let nothing = if probed.jobs.is_empty() { hold.without.values().next().cloned() } else { None };
        probed.hopeless = noted.err().or(nothing);
    }
    probed
}

/// The job of each lane, and the derived one beside it.
struct Jobs {
    own: JobState,
    derived: Option<JobState>,
    /// Trials in a row that could not be judged.
    unjudged: usize,
    /// The results of the plainest updates, which are made first and told in their turn.
    early: Vec<TrialResult>,
}

impl Jobs {
    /// Somebody else may have changed the jobs meanwhile.
    fn forget(&mut self) {
        self.own.forget();
        self.derived.iter_mut().for_each(JobState::forget);
    }
}

/// After so many trials in a row that could not be judged, the rest of a lane is not tried one by one.
const ENOUGH: usize = 24;

fn lanes(
    jobs: BTreeMap<&'static str, JobState>,
    mut derived: BTreeMap<&'static str, JobState>,
) -> BTreeMap<&'static str, Jobs> {
    let mut lane = |name: &str, own: JobState| {
        // What is given as both is one job.
        let derived = derived.remove(name).filter(|derived| derived.id != own.id);
        Jobs { own, derived, unjudged: 0, early: Vec::new() }
    };
    jobs.into_iter().map(|(name, own)| (name, lane(name, own))).collect()
}

fn read_back<'a>(jobs: impl Iterator<Item = &'a JobState>) -> String {
    let mut words: Vec<&str> = jobs.map(|job| job.via.as_str()).collect();
    words.sort_unstable();
    words.dedup();
    if words.is_empty() { "none".to_owned() } else { words.join(", ") }
}

/// Why a run ends before its plan does.
struct Stop<'a> {
    settings: &'a Settings,
    plan: &'a Plan,
    session: &'a Session,
    failed: RefCell<usize>,
}

impl Stop<'_> {
    fn reason(&self) -> Option<String> {
        if self.settings.cancelled.load(Ordering::Relaxed) {
            return Some("interrupted".to_owned());
        }
        if self.session.gone() {
            return Some("the target is gone".to_owned());
        }
        if let Some(why) = self.session.refused() {
            return Some(why);
        }
        let failed = *self.failed.borrow();
        self.settings.max_fail.filter(|most| failed >= *most).map(|most| format!("{most} trials have failed"))
    }
}

/// The trials of one window, run in shuffled order and returned in plan order.
async fn window_of(
    suite: &Suite,
    session: &Session,
    jobs: &mut Jobs,
    window: &[Trial],
    settings: &Settings,
    stop: &Stop<'_>,
    gate: &tokio::sync::Semaphore,
) -> Vec<TrialResult> {
    let mut order: Vec<usize> = (0..window.len()).collect();
    if let (Some(seed), Some(first)) = (settings.seed, window.first()) {
        // Each window has an order of its own that follows from the seed.
        fastrand::Rng::with_seed(seed ^ (u64::from(first.case) << 8 | u64::from(first.endpoint))).shuffle(&mut order);
    }
    let mut results: Vec<Option<TrialResult>> = window.iter().map(|_| None).collect();
    for i in order {
        let trial = window[i];
        let (label, case) = describe(suite, stop.plan, trial);
        let result = match case {
            None => {
                lane::blank(label, None, Verdict::Inconclusive, Some("the case file can no longer be read".to_owned()))
            }
            Some(case) => {
                if let Some(at) = jobs.early.iter().position(|early| early.name == label.name) {
                    results[i] = Some(jobs.early.swap_remove(at));
                    continue;
                }
                if let Some(known) = settings.known.get(&label.name) {
                    lane::again(known, label.place, settings)
                } else if let Some(reason) = lane::gate(session, label.endpoint, &case) {
                    lane::blank(label, Some(&case), Verdict::Skip, Some(reason))
                } else if let Some(reason) = stop.reason() {
                    lane::blank(label, Some(&case), Verdict::Inconclusive, Some(format!("not run: {reason}")))
                } else if let Some(reason) = jobs.own.welcome.given_up() {
                    lane::blank(label, Some(&case), Verdict::Inconclusive, Some(reason))
                } else if jobs.unjudged >= ENOUGH {
                    let reason = format!("not run: {ENOUGH} trials in a row on this path could not be judged");
                    lane::blank(label, Some(&case), Verdict::Inconclusive, Some(reason))
                } else {
                    // The semaphore is never closed, so a permit always comes.
                    let _permit = gate.acquire().await;
                    let job = match &mut jobs.derived {
                        Some(derived) if suite.head(trial.case).is_some_and(|head| head.derived) => derived,
                        _ => &mut jobs.own,
                    };
                    let result = lane::trial(session, job, trial, &case, label, settings).await;
                    jobs.unjudged = if result.verdict == Verdict::Inconclusive { jobs.unjudged + 1 } else { 0 };
                    if let Some(record) = &settings.record {
                        record.judged(&result);
                    }
                    result
                }
            }
        };
        if result.verdict == Verdict::Fail {
            *stop.failed.borrow_mut() += 1;
        }
        results[i] = Some(result);
    }
    results.into_iter().flatten().collect()
}

fn describe(suite: &Suite, plan: &Plan, trial: Trial) -> (Label, Option<Arc<Case>>) {
    let case = usize::try_from(trial.case).unwrap_or(usize::MAX);
    let label = Label {
        name: suite.name(trial),
        endpoint: trial.collection(),
        file: suite.file(case),
        place: plan.selected().map(|_| trial.place),
    };
    (label, suite.case(case).ok())
}
