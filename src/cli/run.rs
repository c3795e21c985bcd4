//! `patchproof run`: judge a target, tell what happened, leave the exit code that scripts depend on.

use std::io::{self, IsTerminal as _, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use clap::{Args as ClapArgs, ColorChoice, ValueEnum};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::suite::{Chosen, SuiteArgs};
use super::target::TargetArgs;
use super::write::{Pending, err, out};
use crate::contract::endpoint::ENDPOINTS;
use crate::model::event::{Event, RunInfo, Summary};
use crate::model::exit;
use crate::model::finding::Level;
use crate::report::terminal::{Options, Terminal, Verbosity};
use crate::report::{self, Renderer};
use crate::runner::{self, Evidence, Patience, Settings};

/// Arguments of `run`.
#[derive(Debug, ClapArgs)]
pub(super) struct Args {
    #[command(flatten)]
    target: TargetArgs,
    #[command(flatten)]
    suite: SuiteArgs,
    /// Endpoints judged side by side
    #[arg(short, long, value_name = "N", default_value_t = 16, help_heading = "Pace")]
    jobs: usize,
    /// Tries after a lost connection, a 429 or a 503
    #[arg(long, value_name = "N", default_value_t = 2, help_heading = "Pace")]
    retry: u32,
    /// Pause before the first of them
    #[arg(long, value_name = "TIME", default_value = "100ms", value_parser = humantime::parse_duration, help_heading = "Pace")]
    retry_interval: Duration,
    /// Longest Retry-After that is obeyed
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = humantime::parse_duration, help_heading = "Pace")]
    retry_cap: Duration,
    /// Run each trial so many times; one whose attempts differ is flaky
    #[arg(long, value_name = "N", default_value_t = 1, help_heading = "Pace")]
    repeat: u32,
    /// Seed of the order of trials
    #[arg(long, value_name = "N", help_heading = "Pace")]
    seed: Option<u64>,
    /// Stop after so many failed trials
    #[arg(long, value_name = "N", help_heading = "Pace")]
    max_fail: Option<usize>,
    /// Let warnings fail a trial
    #[arg(long, value_name = "LEVEL", help_heading = "Policy")]
    deny: Option<Deny>,
    /// What to do when nothing is selected
    #[arg(long, value_name = "WHAT", default_value = "fail", help_heading = "Policy")]
    no_tests: NoTests,
    /// Whose exchanges reports keep
    #[arg(long, value_name = "WHOSE", default_value = "failures", help_heading = "Reports")]
    evidence: Keep,
    /// Write a report; repeatable
    #[arg(long = "report", value_name = "FORMAT=PATH", help_heading = "Reports")]
    reports: Vec<String>,
    /// Write JSON and JUnit reports into this folder
    #[arg(long, value_name = "DIR", help_heading = "Reports", env = "PATCHPROOF_REPORT_DIR")]
    report_dir: Option<PathBuf>,
    /// What stdout shows: text for people or one JSON event a line
    #[arg(long, value_name = "FORMAT", default_value = "human", help_heading = "Output")]
    message_format: MessageFormat,
    /// Show each trial
    #[arg(short, long, help_heading = "Output", conflicts_with = "quiet")]
    verbose: bool,
    /// Show the verdict only
    #[arg(short, long, help_heading = "Output")]
    quiet: bool,
    /// Say what would be run, and send nothing
    #[arg(long, help_heading = "Output")]
    dry_run: bool,
    /// Run the embedded server with this fault, to see it found
    #[arg(long, value_name = "NAME", help_heading = "Embedded server", conflicts_with = "base_url")]
    fault: Vec<String>,
    /// Run the embedded server with this legal variation
    #[arg(long, value_name = "NAME", help_heading = "Embedded server", conflicts_with = "base_url")]
    variation: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Deny {
    Should,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum NoTests {
    Fail,
    Warn,
    Pass,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Keep {
    All,
    Failures,
    None,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum MessageFormat {
    Human,
    Json,
}

pub(super) fn run(args: Args, color: ColorChoice) -> u8 {
    match judge(args, color) {
        Ok(code) | Err(code) => code,
    }
}

fn judge(args: Args, color: ColorChoice) -> Result<u8, u8> {
    let outputs = outputs(&args)?;
    let chosen = args.suite.choose()?;
    if chosen.plan.is_empty() {
        return Ok(nothing(args.no_tests));
    }
    if args.dry_run {
        return Ok(dry_run(&args, &chosen));
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| {
        err(format!("error: {error}"));
        exit::INTERNAL
    })?;
    runtime.block_on(fire(args, color, chosen, outputs))
}

async fn fire(args: Args, color: ColorChoice, chosen: Chosen, outputs: Vec<Output>) -> Result<u8, u8> {
    let usage = |problem: String| {
        err(format!("error: {problem}"));
        exit::USAGE
    };
    let aim = if args.fault.is_empty() && args.variation.is_empty() {
        args.target.aim().await.map_err(usage)?
    } else {
        super::serve::wrong(&args.fault, &args.variation)
            .and_then(|(faults, variations)| super::target::embedded(faults, variations, &args.target))
            .map_err(usage)?
    };
    if args.target.insecure {
        err("warning: --insecure: server certificates are not checked; whoever sits in between can read the token");
    }
    let info = RunInfo {
        run_id: uuid::Uuid::new_v4().to_string(),
        started_at: started_at(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        base_url: aim.target.client.base_url().to_owned(),
        embedded: aim.embedded.is_some(),
        suite: args.suite.cases.as_ref().map_or_else(|| "built-in".to_owned(), |dir| dir.display().to_string()),
        suite_digest: chosen.suite.digest.clone(),
        tiers: chosen.tiers.iter().flatten().map(|tier| format!("{tier:?}").to_lowercase()).collect(),
        ..RunInfo::default()
    };
    let settings = Settings {
        jobs: args.jobs.max(1),
        patience: Patience { retries: args.retry, interval: args.retry_interval, cap: args.retry_cap },
        repeat: args.repeat.max(1),
        seed: Some(args.seed.unwrap_or_else(|| fastrand::u64(1..1_000_000))),
        max_fail: args.max_fail,
        deny: if args.deny.is_some() { Level::Should } else { Level::Must },
        tiers: chosen.tiers.clone(),
        evidence: match args.evidence {
            Keep::All => Evidence::All,
            Keep::Failures => Evidence::Failures,
            Keep::None => Evidence::None,
        },
        off: Vec::new(),
        cancelled: interrupts(),
    };
    let progress = progress(&args, chosen.plan.len());
    let mut sinks = Sinks::open(&args, color, outputs).map_err(|problem| {
        err(format!("error: {problem}"));
        exit::REPORT
    })?;
    let summary = runner::run(&chosen.suite, &chosen.plan, aim.target, &settings, info, &mut |event| {
        if let Event::TrialFinished(_) = &event {
            progress.inc(1);
        }
        sinks.event(&event);
    })
    .await;
    progress.finish_and_clear();
    let code = finish(sinks, summary);
    drop(aim.embedded);
    Ok(code)
}

/// Tells the sums, closes the reports and returns the exit code.
fn finish(mut sinks: Sinks, mut summary: Summary) -> u8 {
    summary.exit_code = exit::of(&summary);
    let code = summary.exit_code;
    for problem in &summary.teardown {
        err(format!("warning: {problem}"));
    }
    sinks.event(&Event::RunFinished(summary));
    match sinks.close() {
        Ok(()) => code,
        Err(problem) => {
            err(format!("error: {problem}"));
            // A failure stays a failure; a green run without its report is not green.
            if code == exit::CONFORMS { exit::REPORT } else { code }
        }
    }
}

fn nothing(policy: NoTests) -> u8 {
    match policy {
        NoTests::Pass => exit::CONFORMS,
        NoTests::Warn => {
            err("warning: nothing was selected, nothing was tested");
            exit::CONFORMS
        }
        NoTests::Fail => {
            err("error: nothing was selected, nothing was tested");
            exit::NOTHING_TESTED
        }
    }
}

/// The start of the run, or what `SOURCE_DATE_EPOCH` says it is.
fn started_at() -> String {
    let fixed = std::env::var("SOURCE_DATE_EPOCH").ok().and_then(|text| text.parse().ok());
    let time =
        fixed.and_then(|seconds| jiff::Timestamp::from_second(seconds).ok()).unwrap_or_else(jiff::Timestamp::now);
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Ctrl-C and SIGTERM end the run after the trials under way; jobs are put back and reports written. A second one ends
/// the process at once.
fn interrupts() -> Arc<AtomicBool> {
    let cancelled = Arc::new(AtomicBool::new(false));
    let flag = cancelled.clone();
    tokio::spawn(async move {
        loop {
            super::serve::interrupted().await;
            if flag.swap(true, Ordering::Relaxed) {
                err("interrupted again: ending at once; jobs may not be as they were");
                std::process::exit(i32::from(exit::INTERRUPTED));
            }
            err("interrupted: putting jobs back and writing the partial report (again to end at once)");
        }
    });
    cancelled
}

fn progress(args: &Args, trials: usize) -> ProgressBar {
    let shown = io::stderr().is_terminal()
        && io::stdout().is_terminal()
        && !args.quiet
        && !args.verbose
        && args.message_format == MessageFormat::Human
        && std::env::var_os("CI").is_none();
    let target = if shown { ProgressDrawTarget::stderr_with_hz(10) } else { ProgressDrawTarget::hidden() };
    let bar = ProgressBar::with_draw_target(u64::try_from(trials).ok(), target);
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} trials {elapsed}") {
        bar.set_style(style);
    }
    bar
}

/// One report to write.
struct Output {
    format: &'static report::Format,
    path: PathBuf,
}

fn outputs(args: &Args) -> Result<Vec<Output>, u8> {
    let mut outputs = Vec::new();
    for text in &args.reports {
        let Some((name, path)) = text.split_once('=').filter(|(_, path)| !path.is_empty()) else {
            err(format!("error: --report {text:?}: expected FORMAT=PATH"));
            return Err(exit::USAGE);
        };
        let Some(format) = report::format(name) else {
            let names: Vec<&str> = report::FORMATS.iter().map(|format| format.name).collect();
            err(format!("error: --report {text:?}: no such format; there are {}", names.join(", ")));
            return Err(exit::USAGE);
        };
        outputs.push(Output { format, path: PathBuf::from(path) });
    }
    if let Some(folder) = &args.report_dir {
        for format in ["json", "junit"].iter().filter_map(|name| report::format(name)) {
            outputs.push(Output { format, path: folder.join(format.extension) });
        }
    }
    Ok(outputs)
}

/// Everything that listens to the events of a run.
struct Sinks {
    screen: Box<dyn Renderer>,
    files: Vec<(String, Box<dyn Renderer>, Pending)>,
    problem: Option<String>,
}

impl Sinks {
    fn open(args: &Args, color: ColorChoice, outputs: Vec<Output>) -> Result<Self, String> {
        let screen: Box<dyn Renderer> = match args.message_format {
            MessageFormat::Json => match report::format("ndjson") {
                Some(format) => (format.open)(Box::new(Stdout)),
                None => return Err("there is no NDJSON format".to_owned()),
            },
            MessageFormat::Human => Box::new(Terminal::new(Box::new(Stdout), screen_options(args, color))),
        };
        let mut files = Vec::new();
        for Output { format, path } in outputs {
            let shown = path.display().to_string();
            let (pending, writer) = Pending::new(&path).map_err(|error| format!("{shown}: {error}"))?;
            files.push((shown, (format.open)(writer), pending));
        }
        Ok(Self { screen, files, problem: None })
    }

    fn event(&mut self, event: &Event) {
        // The screen may be a closed pipe; the reports go on.
        let _ = self.screen.event(event);
        for (shown, renderer, _) in &mut self.files {
            if let Err(error) = renderer.event(event) {
                self.problem.get_or_insert_with(|| format!("{shown}: {error}"));
            }
        }
    }

    fn close(self) -> Result<(), String> {
        let mut problem = self.problem;
        for (shown, renderer, pending) in self.files {
            drop(renderer);
            if problem.as_ref().is_some_and(|told| told.starts_with(&shown)) {
                continue;
            }
            if let Err(error) = pending.finish() {
                problem.get_or_insert_with(|| format!("{shown}: {error}"));
            }
        }
        problem.map_or(Ok(()), Err)
    }
}

/// Stdout, buffered by line so that a reader sees events as they come, and deaf to a closed pipe.
struct Stdout;

impl Write for Stdout {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match io::stdout().lock().write(bytes) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(bytes.len()),
            other => other,
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match io::stdout().lock().flush() {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            other => other,
        }
    }
}

fn screen_options(args: &Args, color: ColorChoice) -> Options {
    let forced = std::env::var_os("CLICOLOR_FORCE").is_some_and(|value| value != "0");
    let color = match color {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto => {
            forced || (std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()) && io::stdout().is_terminal())
        }
    };
    Options {
        color,
        width: textwrap::termwidth().clamp(60, 100),
        verbosity: if args.quiet {
            Verbosity::Quiet
        } else if args.verbose {
            Verbosity::Verbose
        } else {
            Verbosity::default()
        },
        ..Options::default()
    }
}

fn dry_run(args: &Args, chosen: &Chosen) -> u8 {
    for endpoint in &ENDPOINTS {
        for alone in [false, true] {
            for trial in chosen.plan.lane(endpoint.collection, alone) {
                let index = usize::try_from(trial.case).unwrap_or(usize::MAX);
                let Ok(case) = chosen.suite.case(index) else { continue };
                out(chosen.suite.name(*trial));
                for step in &case.steps {
                    let method = step.request.method.as_deref().unwrap_or("PATCH");
                    let requests =
                        step.race.as_ref().map_or(1, |race| (race.writers.len() + race.readers + 1) * race.rounds);
                    let times = if requests > 1 { format!(" × {requests}") } else { String::new() };
                    out(format!("    {method} {:?}{times}", step.request.to));
                }
            }
        }
    }
    let base = args.target.base_url.as_deref().unwrap_or("the embedded reference server");
    err(format!("{} trials on {base}; nothing was sent", chosen.plan.len()));
    for job in &args.target.job {
        err(format!("job {job} would be patched and put back"));
    }
    exit::CONFORMS
}
