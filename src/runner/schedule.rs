//! The order of a run: probe, lanes side by side, trials that must be alone, put back.

use std::sync::Arc;
use std::time::Instant;

use futures_util::future::join_all;
use tokio::sync::mpsc;

use super::evidence::micros;
use super::executor::{Executor, Group, INTERRUPTED};
use super::fixture::Fixture;
use super::job::JobState;
use super::needs::Needs;
use super::probe::{Probed, probe};
use super::session::Session;
use super::settings::Settings;
use super::sharing;
use super::target::Target;
use super::trial;
use super::workers::Jobs;
use crate::model::event::{Event, RunInfo, Summary, TrialResult};
use crate::model::verdict::Verdict;
use crate::plan::{Plan, Suite};
use crate::target::pace::Backoff;

/// So many results may wait to be told before the lanes wait too.
const WAITING: usize = 256;

/// Where the results of a run go, in plan order within each endpoint.
struct Teller<'a> {
    sink: &'a mut dyn FnMut(Event),
    summary: Summary,
    settings: &'a Settings,
    session: &'a Session,
}

impl Teller<'_> {
    fn tell(&mut self, mut trial: TrialResult) {
        if trial.at_micros == 0 {
            // What was not run in this run is judged by being told.
            trial.at_micros = micros(self.session.elapsed());
        }
        self.summary.add(&trial, self.settings.deny);
        self.settings.waivers.count(&mut self.summary.waivers, &trial);
        (self.sink)(Event::TrialFinished(Box::new(trial)));
    }

    /// Tells what the lanes hand on, until the last one has ended.
    async fn listen(&mut self, mut told: mpsc::Receiver<TrialResult>) {
        while let Some(result) = told.recv().await {
            self.tell(result);
        }
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
    info: RunInfo,
    sink: &mut dyn FnMut(Event),
) -> Summary {
    // It is large, and so would be whatever awaits it.
    Box::pin(whole(suite, plan, target, settings, info, sink)).await
}

async fn whole(
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
    session.whole_updates = settings.by_the_page_alone();
    session.health.waits = settings.patience.retries > 0;
    session.cancelled = settings.cancelled.clone();
    session.backoff = Backoff { interval: settings.patience.interval, cap: settings.patience.cap };
    let mut fixture = Fixture::default();
    let needs = Needs::of(plan, suite, &session, settings.on_each());
    let mut probed = match fixture.take(&mut session, &needs, settings, &info.run_id).await {
        Ok(()) => {
            let looking = Box::pin(look(&mut session, &mut fixture, &needs, settings));
            let looked = settings.cancelled.run_until_cancelled(looking).await;
            looked.unwrap_or_else(|| Probed { hopeless: Some(INTERRUPTED.to_owned()), ..Probed::default() })
        }
        Err(why) => Probed { hopeless: Some(why), ..Probed::default() },
    };
    complete(&mut info, &session, &probed, plan, settings);
    sink(Event::RunStarted(info));

    let hopeless = probed.hopeless.take();
    let executor = Arc::new(Executor::new(suite.clone(), plan.clone(), session, settings.clone()));
    let summary = Summary { planned: plan.len(), waivers: settings.waivers.uses(), ..Summary::default() };
    let mut teller = Teller { sink, summary, settings, session: &executor.session };
    if let Some(why) = hopeless {
        for trial in plan.all() {
            let (label, case) = executor.describe(trial);
            teller.tell(trial::blank(label, case.as_deref(), Verdict::Inconclusive, Some(why.clone())));
        }
        teller.summary.could_not_judge = Some(why);
        teller.summary.ended_early = settings.is_cancelled().then(|| INTERRUPTED.to_owned());
    } else {
        let jobs = Jobs::of_lanes(probed, settings.on_each());
        let with_lane: Vec<&str> = jobs.keys().copied().collect();
        let groups = side_by_side(&executor, sharing::apart(&executor.session, jobs), &mut teller).await;
        one_by_one(&executor, groups, &mut teller).await;
        without_lane(&executor, &fixture, &with_lane, &mut teller);
        teller.summary.ended_early = executor.ended_early();
    }
    teller.summary.interrupted = teller.summary.ended_early.is_some() && settings.is_cancelled();
    let session = &executor.session;
    if settings.is_cancelled() {
        session.pace.lift();
    }
    teller.summary.teardown = fixture.give_back(session).await;
    let mut summary = teller.summary;
    summary.conclude_waivers();
    summary.requests = session.requests();
    summary.micros = micros(started.elapsed());
    if summary.could_not_judge.is_none() {
        let gone = session.health.gone().then(|| session.scrubber.scrub(&session.health.why_gone()).into_owned());
        summary.could_not_judge = gone.or_else(|| session.refused()).or_else(|| nothing_judged(&summary));
    }
    summary
}

/// Adds what the probe and the plan tell of the run.
fn complete(info: &mut RunInfo, session: &Session, probed: &Probed, plan: &Plan, settings: &Settings) {
    let profile = &session.profile;
    info.capabilities = profile.capabilities.iter().map(ToString::to_string).collect();
    info.read_back = read_back(probed.jobs.values());
    info.not_offered = profile.not_offered.iter().cloned().collect();
    info.planned = plan.len();
    if let Some((selected, selection)) = plan.selected() {
        info.selected = Some(selected);
        info.selection = Some(selection.to_owned());
    }
    info.deny = Some(settings.deny);
    info.seed = settings.seed;
    info.left_out = profile.volatile.iter().chain(&profile.computed).chain(&profile.read_only).cloned().collect();
}

/// Runs the lanes beside each other, but for those that share a job: on threads of their own where there are several.
async fn side_by_side(executor: &Arc<Executor>, mut groups: Vec<Group>, teller: &mut Teller<'_>) -> Vec<Group> {
    let (tell, told) = mpsc::channel(WAITING);
    let threads = if executor.settings.threads > 1 { executor.settings.threads } else { 0 };
    let threads = threads.min(executor.settings.jobs).min(groups.len());
    // Where the system gives no more threads or files, fewer do.
    let runtimes: Vec<_> = (0..threads).map_while(|_| runtime().ok()).collect();
    if runtimes.is_empty() {
        let lanes = async {
            join_all(groups.iter_mut().map(|group| executor.run_lanes(group, false, &tell))).await;
            drop(tell);
        };
        tokio::join!(lanes, teller.listen(told));
        return groups;
    }
    let mut shares: Vec<(_, Vec<Group>)> = runtimes.into_iter().map(|runtime| (runtime, Vec::new())).collect();
    let count = shares.len();
    groups.into_iter().enumerate().for_each(|(n, group)| shares[n % count].1.push(group));
    let workers: Vec<_> = shares
        .into_iter()
        .map(|(runtime, mut share)| {
            let (executor, tell) = (executor.clone(), tell.clone());
            std::thread::spawn(move || {
                runtime.block_on(join_all(share.iter_mut().map(|group| executor.run_lanes(group, false, &tell))));
                share
            })
        })
        .collect();
    drop(tell);
    teller.listen(told).await;
    let joined = workers.into_iter().map(std::thread::JoinHandle::join);
    let mut groups: Vec<Group> =
        joined.flat_map(|share| share.unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect();
    groups.sort_by_key(|group| group.first().map(|(collection, _)| *collection));
    groups
}

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()
}

/// A trial that looks at other jobs runs when nobody else moves.
async fn one_by_one(executor: &Executor, groups: Vec<Group>, teller: &mut Teller<'_>) {
    let (tell, told) = mpsc::channel(WAITING);
    let lanes = async {
        for mut group in groups {
            executor.run_lanes(&mut group, true, &tell).await;
        }
        drop(tell);
    };
    tokio::join!(lanes, teller.listen(told));
}

/// Tells the trials of collections that have no job or are not offered.
fn without_lane(executor: &Executor, fixture: &Fixture, with_lane: &[&str], teller: &mut Teller<'_>) {
    for trial in executor.plan.all().filter(|trial| !with_lane.contains(&trial.collection())) {
        let (label, case) = executor.describe(trial);
        let (verdict, reason) = if executor.session.profile.not_offered.contains(trial.collection()) {
            (Verdict::Skip, "the target does not offer this path".to_owned())
        } else if let Some(why) = fixture.without.get(trial.collection()) {
            (Verdict::Inconclusive, why.clone())
        } else {
            (Verdict::Skip, "no job of this collection may be patched".to_owned())
        };
        teller.tell(trial::blank(label, case.as_deref(), verdict, Some(reason)));
    }
}

/// Of all that was tried, nothing could be judged.
fn nothing_judged(summary: &Summary) -> Option<String> {
    let told: usize = summary.counts.values().sum();
    let unjudged = summary.count(Verdict::Inconclusive);
    let nothing = unjudged > 0 && unjudged + summary.count(Verdict::Skip) == told;
    nothing.then(|| "no trial could be judged; each says why".to_owned())
}

/// Reads each job once, and writes down how it is.
async fn look(session: &mut Session, fixture: &mut Fixture, needs: &Needs, settings: &Settings) -> Probed {
    let mut probed = probe(session, settings, &|collection| needs.lists(collection)).await;
    fixture.without.append(&mut probed.without);
    for notice in probed.notices.iter().map(String::as_str).chain(session.rejected.told()) {
        (settings.notice)(&session.scrubber.scrub(notice));
    }
    if probed.hopeless.is_none() {
        let standing_by = probed.standing_by.iter().flat_map(|(name, jobs)| jobs.iter().map(|job| (*name, job)));
        let known = probed.jobs.iter().chain(&probed.derived).map(|(name, job)| (*name, job));
        let noted = fixture.note(session, known.chain(standing_by));
        let nothing = if probed.jobs.is_empty() { fixture.without.values().next().cloned() } else { None };
        probed.hopeless = noted.err().or(nothing);
    }
    probed
}

fn read_back<'a>(jobs: impl Iterator<Item = &'a JobState>) -> String {
    let mut words: Vec<&str> = jobs.map(|job| job.via.as_str()).collect();
    words.sort_unstable();
    words.dedup();
    if words.is_empty() { "none".to_owned() } else { words.join(", ") }
}
