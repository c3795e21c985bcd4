//! One run on a thread of its own, and the tests that wait for its results.
//!
//! The main type is [`Verdicts`]: the runner puts results in as they come, each test takes its own out.

use std::collections::HashMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{Builder, JoinHandle};

use libtest_mimic::{Completion, Failed};

use super::super::output::colors_are_welcome;
use super::super::policy::{PolicyArgs, today};
use super::super::signal::interrupts;
use super::super::target::TargetArgs;
use super::super::write::err;
use super::under_test::{Start, UnderTest};
use crate::model::event::{Event, RunInfo, Summary, TrialResult};
use crate::model::verdict::Verdict;
use crate::model::waiver::Waiver;
use crate::plan::{Plan, Suite};
use crate::report::diagnostic;
use crate::runner::{self, Settings};

/// Columns of a diagnostic.
const WIDTH: usize = 80;

/// Whom to judge, and how.
pub(super) struct Job {
    pub(super) target: TargetArgs,
    pub(super) start: Option<Start>,
    pub(super) policy: PolicyArgs,
    pub(super) waivers: Vec<Waiver>,
    /// Lanes side by side, where the user said how many.
    pub(super) lanes: Option<usize>,
}

/// Results by trial name, as far as they are known.
#[derive(Default)]
pub(super) struct Verdicts {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    results: HashMap<String, TrialResult>,
    /// At least one trial reached the target, or was ruled out.
    under_way: bool,
    /// Nothing more will come.
    ended: bool,
}

/// A run under way.
pub(super) struct Running(JoinHandle<Result<Summary, String>>);

impl Verdicts {
    /// Starts the run, and waits until the target has shown that it can be judged at all.
    pub(super) fn start(self: &Arc<Self>, job: Job, suite: Suite, plan: Plan) -> Result<Running, String> {
        let verdicts = Arc::clone(self);
        let run = Builder::new().name("conformance".to_owned()).spawn(move || {
            let _ended = Ended(&verdicts);
            job.run(&suite, &plan, &verdicts)
        });
        let running = Running(run.map_err(|error| error.to_string())?);
        let mut state = self.state();
        while !state.under_way && !state.ended {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        let hopeless = !state.under_way;
        drop(state);
        if hopeless {
            let summary = running.finish()?;
            return Err(summary.could_not_judge.unwrap_or_else(|| "nothing was judged".to_owned()));
        }
        Ok(running)
    }

    /// The result of a trial as libtest sees it, as soon as it is known.
    pub(super) fn wait(&self, name: &str, color: bool) -> Result<Completion, Failed> {
        let mut state = self.state();
        let result = loop {
            if let Some(result) = state.results.remove(name) {
                break result;
            }
            if state.ended {
                return Err(format!("NOT JUDGED {name}\n  the run ended before this trial").into());
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        };
        drop(state);
        match result.verdict {
            Verdict::Pass | Verdict::Waived => Ok(Completion::Completed),
            Verdict::Skip => Ok(Completion::Ignored { reason: result.reason }),
            Verdict::Fail | Verdict::Inconclusive | Verdict::StaleWaiver => {
                let color = color || colors_are_welcome();
                Err(diagnostic::plain(&result, WIDTH, color).trim_end().into())
            }
        }
    }

    fn put(&self, result: TrialResult) {
        let mut state = self.state();
        state.under_way |= result.exchanges > 0 || result.verdict == Verdict::Skip;
        state.results.insert(result.name.clone(), result);
        self.changed.notify_all();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Running {
    /// Waits until jobs are put back, and returns the sums.
    pub(super) fn finish(self) -> Result<Summary, String> {
        let summary = self.0.join().map_err(|_| "internal error: the run panicked".to_owned())??;
        for problem in &summary.teardown {
            err(format!("warning: {problem}"));
        }
        Ok(summary)
    }
}

/// Tells the tests that nothing more will come, also when the run panics.
struct Ended<'a>(&'a Verdicts);

impl Drop for Ended<'_> {
    fn drop(&mut self) {
        self.0.state().ended = true;
        self.0.changed.notify_all();
    }
}

impl Job {
    fn run(mut self, suite: &Suite, plan: &Plan, verdicts: &Verdicts) -> Result<Summary, String> {
        // Held until the last trial is judged.
        let started = self.start.take().map(|start| start()).transpose()?;
        if let Some(server) = &started {
            self.aim_at(server);
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let summary = runtime.map_err(|error| error.to_string())?.block_on(self.fire(suite, plan, verdicts));
        drop(started);
        summary
    }

    fn aim_at(&mut self, server: &UnderTest) {
        self.target.base_url = Some(server.base_url.clone());
        self.target.token.clone_from(&server.token);
        self.target.job.clone_from(&server.jobs);
        // It was started for this, and ends with it.
        self.target.capabilities.push("provision".to_owned());
    }

    async fn fire(mut self, suite: &Suite, plan: &Plan, verdicts: &Verdicts) -> Result<Summary, String> {
        let aim = self.target.aim().await?;
        let base_url = aim.target.client.base_url().to_owned();
        let url = Some(base_url.as_str()).filter(|_| aim.embedded.is_none());
        let waivers = self.policy.waivers(std::mem::take(&mut self.waivers), suite, &self.target, url, today())?;
        let settings = Settings {
            seed: Some(runner::steady_seed(&suite.digest, url.unwrap_or("embedded"))),
            deny: self.policy.deny(),
            waivers: Arc::new(waivers),
            cancelled: interrupts(),
            ..aim.settings()
        };
        let settings = Settings { jobs: self.lanes.unwrap_or(settings.jobs), ..settings };
        let run_id = uuid::Uuid::new_v4().to_string();
        let info = RunInfo { run_id, embedded: aim.embedded.is_some(), base_url, ..RunInfo::default() };
        let mut summary = runner::run(suite, plan, aim.target, &settings, info, &mut |event| {
            if let Event::TrialFinished(result) = event {
                verdicts.put(*result);
            }
        })
        .await;
        summary.waivers_warn = self.policy.lenient();
        drop(aim.embedded);
        Ok(summary)
    }
}
