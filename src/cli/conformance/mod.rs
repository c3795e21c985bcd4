//! The door for `cargo test` and `cargo nextest`: every trial of the suite is a test under its own name.
//!
//! A server's own repository needs one dependency, three lines in `Cargo.toml` and one line of test:
//!
//! ```toml
//! [[test]]
//! name = "conformance"
//! harness = false
//! ```
//!
//! ```no_run
//! // tests/conformance.rs
//! fn main() -> std::process::ExitCode {
//!     patchproof::conformance::main()
//! }
//! ```
//!
//! Without `PATCHPROOF_BASE_URL` the embedded reference server is the target; with it, and with `PATCHPROOF_TOKEN`,
//! `PATCHPROOF_JOBS` and whatever else `patchproof run` reads from the environment and from `patchproof.toml`, a real one. [`Conformance`] starts
//! a server of one's own instead.
//!
//! # What a test says
//!
//! A trial that passes is `ok`; one that fails, or cannot be judged, is `FAILED` with the diagnostic of
//! `patchproof run`; one that the target's capabilities rule out is `ignored` with the reason. Findings about SHOULD
//! do not fail a test.
//!
//! # How it runs
//!
//! Within one process the whole plan goes through the runner once, on a thread of its own, and every test waits for its
//! own result. With `--exact` only that one case file is read, so a process per test, as nextest has it, stays cheap.
//! `--list` opens no socket; there, trials hang on the capabilities that are declared (`PATCHPROOF_CAPABILITIES`), for
//! the probe has not run yet.

mod known;
mod under_test;
mod verdicts;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use libtest_mimic::{Arguments, ColorSetting};

use self::known::Known;
use self::under_test::Start;
pub use self::under_test::UnderTest;
use self::verdicts::{Job, Verdicts};
use super::policy::PolicyArgs;
use super::suite::{self, SuiteArgs};
use super::target::TargetArgs;
use super::write::{err, out};
use crate::model::exit;
use crate::plan::{self, Plan, Selection, Suite, Trial};

/// What libtest leaves when a test failed.
const FAILED: u8 = 101;

/// Runs the suite as tests, as the environment says, and returns libtest's exit code.
#[must_use]
pub fn main() -> ExitCode {
    Conformance::new().main()
}

/// A run of the suite as tests.
#[derive(Default)]
pub struct Conformance {
    start: Option<Start>,
    cases: Option<PathBuf>,
    capabilities: Vec<String>,
}

/// What `patchproof run` would take from the environment.
#[derive(Debug, Parser)]
#[command(name = "conformance")]
struct Environment {
    #[command(flatten)]
    target: TargetArgs,
    #[command(flatten)]
    suite: SuiteArgs,
    #[command(flatten)]
    policy: PolicyArgs,
}

impl Conformance {
    /// The built-in suite against the target that the environment names, or against the embedded server.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Judges a server that `start` starts, unless the environment names a target. `start` is called once, and only
    /// when a trial is about to run.
    #[must_use]
    pub fn server(mut self, start: impl FnOnce() -> Result<UnderTest, String> + Send + 'static) -> Self {
        self.start = Some(Box::new(start));
        self
    }

    /// Declares what that server offers beyond PATCH (`provision`, `etag`, …).
    #[must_use]
    pub fn capabilities<T: Into<String>>(mut self, words: impl IntoIterator<Item = T>) -> Self {
        self.capabilities.extend(words.into_iter().map(Into::into));
        self
    }

    /// Takes the cases of a folder in place of the built-in suite, unless the environment names one.
    #[must_use]
    pub fn cases(mut self, folder: impl Into<PathBuf>) -> Self {
        self.cases = Some(folder.into());
        self
    }

    /// Runs the tests that the arguments of the process select.
    #[must_use]
    pub fn main(self) -> ExitCode {
        self.run(&Arguments::from_args())
    }

    /// Runs the tests that these arguments select; the first one is the name of the program.
    #[must_use]
    pub fn main_from(self, arguments: impl IntoIterator<Item = String>) -> ExitCode {
        self.run(&Arguments::from_iter(arguments))
    }

    fn run(self, arguments: &Arguments) -> ExitCode {
        match self.prepare(arguments).and_then(|prepared| prepared.run(arguments)) {
            Ok(code) => code,
            Err(problem) => {
                if !problem.is_empty() {
                    err(format!("error: {problem}"));
                }
                ExitCode::from(FAILED)
            }
        }
    }

    fn prepare(self, arguments: &Arguments) -> Result<Prepared, String> {
        let mut environment = Environment::try_parse_from(["conformance"]).map_err(|error| error.to_string())?;
        if environment.suite.cases.is_none() {
            environment.suite.cases = self.cases;
        }
        let layers = environment.target.layers()?;
        let start = self.start.filter(|_| layers.resolved.base_url.is_none());
        environment.target.capabilities = if start.is_some() { self.capabilities } else { Vec::new() };
        let known = Known::of(&environment.target.layers()?.resolved, start.is_some());
        environment.policy.configured(&layers.resolved);
        let waivers = environment.policy.read().map_err(told)?;
        let (suite, trials) = choose(&environment.suite, arguments)?;
        let job = Job { target: environment.target, start, policy: environment.policy, waivers, lanes: None };
        Ok(Prepared { job, known, suite, trials })
    }
}

/// What was already told on stderr needs no more words.
fn told(_: u8) -> String {
    String::new()
}

/// The suite and its trials. A single trial that is named exactly is all that is loaded, whatever the partition.
fn choose(args: &SuiteArgs, arguments: &Arguments) -> Result<(Suite, Vec<Trial>), String> {
    let exact = arguments.filter.as_deref().filter(|_| arguments.exact);
    let Some((name, (_, wanted))) = exact.and_then(|name| Some((name, name.split_once("::")?))) else {
        let chosen = args.choose().map_err(told)?;
        let trials = chosen.plan.all().collect();
        return Ok((chosen.suite, trials));
    };
    let suite =
        plan::load_only(&args.source(), |id| id == wanted).map_err(|problems| suite::tell(&problems)).map_err(told)?;
    let only = Selection { names: Some(BTreeSet::from([name.to_owned()])), ..Selection::default() };
    let plan = Plan::new(&suite, &only, None).map_err(|problems| suite::tell(&problems)).map_err(told)?;
    let trials = plan.all().collect();
    Ok((suite, trials))
}

/// Everything that is there before a socket opens.
struct Prepared {
    job: Job,
    known: Known,
    suite: Suite,
    trials: Vec<Trial>,
}

impl Prepared {
    fn run(mut self, arguments: &Arguments) -> Result<ExitCode, String> {
        let color = arguments.color == Some(ColorSetting::Always);
        let verdicts = Arc::new(Verdicts::default());
        let mut tests = Vec::with_capacity(self.trials.len());
        let mut run = Vec::new();
        for trial in &self.trials {
            let name = self.suite.name(*trial);
            // The flag decides what nextest runs at all. Where tests run, a trial that is ruled out says why itself.
            let flag = (arguments.list || arguments.ignored) && self.rules_out(*trial);
            let verdicts = Arc::clone(&verdicts);
            let wanted = name.clone();
            let test = libtest_mimic::Trial::ignorable_test(name, move || verdicts.wait(&wanted, color));
            let test = test.with_ignored_flag(flag);
            if !arguments.is_filtered_out(&test) && !arguments.is_ignored(&test) {
                run.push(*trial);
            }
            tests.push(test);
        }
        if arguments.list {
            // As libtest has it, but without its panic when the reader of the list has had enough.
            for test in tests.iter().filter(|test| !arguments.is_filtered_out(test)) {
                out(format!("{}: test", test.name()));
            }
            return Ok(ExitCode::SUCCESS);
        }
        if run.is_empty() {
            return Ok(libtest_mimic::run(arguments, tests).exit_code());
        }
        let whole = run.len() == self.trials.len() && !arguments.exact;
        let plan = Plan::of(&self.suite, run);
        self.job.lanes = arguments.test_threads;
        let running = verdicts.start(self.job, self.suite, plan)?;
        let conclusion = libtest_mimic::run(arguments, tests);
        let mut summary = running.finish()?;
        if !whole {
            // Whether a waiver matches nothing can only be told from a whole run.
            summary.waiver_problems.clear();
        }
        if conclusion.has_failed() || matches!(exit::of(&summary), exit::CONFORMS | exit::NOTHING_TESTED) {
            return Ok(conclusion.exit_code());
        }
        let why = summary.ended_early.or(summary.could_not_judge).unwrap_or_else(|| summary.waiver_problems.join("\n"));
        Err(why)
    }

    /// Whether what is known of the target rules the trial out.
    fn rules_out(&self, trial: Trial) -> bool {
        let case = usize::try_from(trial.case).ok().and_then(|case| self.suite.case(case).ok());
        case.is_some_and(|case| self.known.rules_out(&case, trial.collection()))
    }
}
