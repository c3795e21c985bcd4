//! Keeping a run: where, what of it is run again, and how it goes on after it was interrupted.
//!
//! A run that cannot be kept is run all the same; a warning says so.

use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;

use super::environment::variable;
use super::output::Aside;
use super::target::TargetArgs;
use super::write::{Pending, err, usage_error};
use crate::model::event::{Summary, TrialResult};
use crate::model::verdict::Verdict;
use crate::report;
use crate::runner::Record;
use crate::runs::{Interrupted, KeptRun, RunIdentity, RunJournal, Store};

/// Which earlier run this one follows.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Again")]
pub(super) struct KeepArgs {
    /// Run only what did not pass in a run: `latest`, the beginning of its id, or the path of its report.json
    #[arg(long, value_name = "RUN", conflicts_with = "resume")]
    pub(super) rerun: Option<String>,
    /// Go on with a run that was interrupted, given the arguments that it had
    #[arg(long, value_name = "RUN", num_args = 0..=1, require_equals = true, default_missing_value = "latest")]
    pub(super) resume: Option<String>,
    /// How many runs are kept; 0 keeps none, and then none can be resumed
    #[arg(long, value_name = "N", default_value_t = 20, env = "PATCHPROOF_KEEP_RUNS")]
    keep_runs: usize,
    /// SQLite file that every run is written into [default: in the state folder; not for the embedded server, nor in
    /// CI]; `off` for none
    #[arg(long, value_name = "FILE", env = "PATCHPROOF_HISTORY")]
    history: Option<PathBuf>,
    /// The folder of the program's state, where the target's settings name it.
    #[arg(skip)]
    pub(super) state: Option<PathBuf>,
}

/// The folder of the program's state: as set, else where the system keeps the state of programs.
pub(super) fn state_folder() -> Option<PathBuf> {
    let of = |name: &str| variable(name).map(PathBuf::from);
    of("PATCHPROOF_STATE_DIR")
        .or_else(|| of("XDG_STATE_HOME").map(|folder| folder.join("patchproof")))
        .or_else(|| of("HOME").or_else(|| of("USERPROFILE")).map(|home| home.join(".local/state/patchproof")))
}

/// Where the kept runs are: in the folder that `run` keeps them in.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Kept runs")]
pub(super) struct StateArgs {
    /// Folder of the program's state [default: that of the target in the configuration file, else the system's]
    #[arg(long, value_name = "DIR")]
    pub(super) state_dir: Option<PathBuf>,
    /// Target in the configuration file
    #[arg(long, value_name = "NAME")]
    pub(super) target: Option<String>,
    /// Configuration file; else patchproof.toml here or in a folder above
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
}

impl StateArgs {
    /// The folder of the program's state; an error on stderr where the configuration leaves it open.
    pub(super) fn folder(&self) -> Result<Option<PathBuf>, u8> {
        let Self { state_dir, target, config } = self.clone();
        let set = TargetArgs { target, config, state_dir, ..TargetArgs::default() }.state().map_err(usage_error)?;
        Ok(set.or_else(state_folder))
    }

    /// The kept runs; an error on stderr where there is no place for them.
    pub(super) fn store(&self) -> Result<Store, u8> {
        store_in(self.folder()?)
    }
}

fn store_in(folder: Option<PathBuf>) -> Result<Store, u8> {
    folder
        .map(|folder| Store::new(&folder))
        .ok_or_else(|| usage_error("there is no folder for the state of programs; PATCHPROOF_STATE_DIR can name one"))
}

/// A run that is being kept.
#[derive(Debug)]
pub(super) struct Keeping {
    kept: KeptRun,
    recorder: Arc<Recorder>,
    store: Store,
    most: usize,
    /// The run goes on with one that was interrupted.
    resumed: bool,
}

/// What is known of a run before it is run.
#[derive(Debug)]
pub(super) struct Begun {
    /// Id, start and seed.
    pub(super) identity: RunIdentity,
    /// What was judged already.
    pub(super) known: Arc<HashMap<String, TrialResult>>,
    /// `None` where the run cannot be kept.
    pub(super) keeping: Option<Keeping>,
}

#[derive(Debug)]
struct Recorder(RunJournal);

impl Record for Recorder {
    fn judged(&self, trial: &TrialResult) {
        self.0.judged(trial);
    }
}

impl KeepArgs {
    /// Where runs are kept.
    pub(super) fn folder(&self) -> Option<PathBuf> {
        self.state.clone().or_else(state_folder)
    }

    /// The names of the trials that did not pass in the run that is run again.
    pub(super) fn names(&self) -> Result<Option<BTreeSet<String>>, u8> {
        let Some(name) = &self.rerun else { return Ok(None) };
        let run = store_in(self.folder())?.open(name).map_err(|problem| usage_error(format!("--rerun: {problem}")))?;
        let failed = run
            .trials
            .into_iter()
            .filter(|trial| matches!(trial.verdict, Verdict::Fail | Verdict::Inconclusive | Verdict::StaleWaiver));
        let names: BTreeSet<String> = failed.map(|trial| trial.name).collect();
        let url = &run.info.base_url;
        let of = if run.info.embedded { "the embedded server" } else { url.as_str() };
        err(format!("note: again what did not pass in run {} of {of}", run.info.run_id));
        if names.is_empty() {
            err(format!("run {} has nothing to run again", run.info.run_id));
        }
        Ok(Some(names))
    }

    /// The history as a listener to the run, where the run goes into one.
    pub(super) fn history(&self, embedded: bool) -> Result<Option<Aside>, u8> {
        let listener =
            super::history::listener(self.history.as_deref(), self.folder(), embedded).map_err(usage_error)?;
        let what = "the run does not go into the history";
        Ok(listener.map(|renderer| Aside { what, renderer, pending: None }))
    }

    /// Begins to keep a run, or goes on with the one that was interrupted.
    pub(super) fn begin(&self, identity: &RunIdentity) -> Result<Begun, u8> {
        if let Some(name) = &self.resume {
            return self.resume(name, identity).map_err(|problem| usage_error(format!("--resume: {problem}")));
        }
        let fresh = |keeping| Begun { identity: identity.clone(), known: Arc::default(), keeping };
        let Some(folder) = self.folder().filter(|_| self.keep_runs > 0) else { return Ok(fresh(None)) };
        let store = Store::new(&folder);
        let began = store.create(&identity.run_id).and_then(|kept| Ok((RunJournal::begin(&kept, identity)?, kept)));
        Ok(fresh(match began {
            Ok((journal, kept)) => Some(self.keeping(store, kept, journal)),
            Err(error) => {
                err(format!("warning: the run is not kept: {}: {error}", folder.display()));
                None
            }
        }))
    }

    /// What is judged already, of a run that would go on with one that was interrupted.
    pub(super) fn known(&self, identity: &RunIdentity) -> Result<Arc<HashMap<String, TrialResult>>, u8> {
        let Some(name) = &self.resume else { return Ok(Arc::default()) };
        let interrupted = self.interrupted(name, identity);
        let (.., interrupted) = interrupted.map_err(|problem| usage_error(format!("--resume: {problem}")))?;
        Ok(Arc::new(interrupted.judged))
    }

    /// The interrupted run of that name, if this one may go on with it.
    fn interrupted(&self, name: &str, now: &RunIdentity) -> Result<(Store, KeptRun, Interrupted), String> {
        let store = store_in(self.folder()).map_err(|_| "no run is kept".to_owned())?;
        let kept = if name == "latest" {
            let unfinished = store.list().into_iter().find(|kept| kept.journal().exists());
            unfinished.ok_or("no interrupted run is kept")?
        } else {
            store.find(name).map_err(|problem| problem.to_string())?
        };
        let interrupted = Interrupted::read(&kept)?;
        match interrupted.identity.differs(now) {
            Some(why) => Err(format!("run {} cannot go on: {why}", kept.id)),
            None => Ok((store, kept, interrupted)),
        }
    }

    fn resume(&self, name: &str, now: &RunIdentity) -> Result<Begun, String> {
        let (store, kept, mut interrupted) = self.interrupted(name, now)?;
        let (identity, known) = (interrupted.identity.clone(), std::mem::take(&mut interrupted.judged));
        err(format!("run {} goes on: {} judged before", kept.id, super::suite::count(known.len(), "trial")));
        let keeping = self.keeping(store, kept, RunJournal::go_on(interrupted));
        Ok(Begun { identity, known: Arc::new(known), keeping: Some(keeping) })
    }

    fn keeping(&self, store: Store, kept: KeptRun, journal: RunJournal) -> Keeping {
        let recorder = Arc::new(Recorder(journal));
        Keeping { kept, recorder, store, most: self.keep_runs.max(1), resumed: self.resume.is_some() }
    }
}

impl Keeping {
    /// Keeps the report of the run.
    pub(super) fn report(&self) -> Option<Aside> {
        let what = "the report of the run is not kept";
        match Pending::new(&self.kept.report()) {
            Ok((pending, writer)) => {
                Some(Aside { what, renderer: (report::format("json")?.open)(writer), pending: Some(pending) })
            }
            Err(error) => {
                err(format!("warning: {what}: {error}"));
                None
            }
        }
    }

    /// Writes results down as they come.
    pub(super) fn record(&self) -> Arc<dyn Record> {
        self.recorder.clone()
    }

    /// Keeps nothing of a run that could not begin; one that was to go on stays as it was.
    pub(super) fn forget(self) {
        let Some(Recorder(journal)) = Arc::into_inner(self.recorder) else { return };
        let _ = if self.resumed { journal.close() } else { journal.discard(&self.kept) };
        if !self.resumed {
            // What is left is an empty folder, which the next run prunes.
            let _ = std::fs::remove_dir(&self.kept.folder);
        }
    }

    /// Closes the journal, drops it where nothing is left to resume, and makes room.
    pub(super) fn finish(self, summary: &Summary) {
        // Where nothing was judged there is nothing to go on from.
        let untold = [Verdict::Inconclusive, Verdict::Skip];
        let judged = summary.counts.iter().any(|(verdict, count)| *count > 0 && !untold.contains(verdict));
        let early = judged && (summary.ended_early.is_some() || summary.could_not_judge.is_some());
        // Whoever else recorded is gone by now; if not, the journal is closed with them.
        let closed = Arc::into_inner(self.recorder)
            .map_or(Ok(()), |Recorder(journal)| if early { journal.close() } else { journal.discard(&self.kept) });
        if let Err(error) = closed {
            err(format!("warning: the run was not kept whole: {}: {error}", self.kept.folder.display()));
        }
        if early {
            err(format!("`--resume={}` with the same arguments goes on with the run", self.kept.id));
        }
        self.store.prune(self.most);
    }
}
