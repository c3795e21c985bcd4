//! Where the events of a run go: the screen, and the reports asked for. Shared by every command that tells a run.

use std::io::{self, IsTerminal as _};
use std::path::PathBuf;

use clap::{Args, ColorChoice, ValueEnum};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::environment::{is_ci, variable};
use super::policy::Profile;
use super::write::{Pending, err, stdout, usage_error};
use crate::model::event::Event;
use crate::report::terminal::{Options, Terminal, Verbosity};
use crate::report::{self, Renderer};

/// What is shown and written.
#[derive(Debug, Clone, Args)]
pub(super) struct OutputArgs {
    /// Write a report; repeatable
    #[arg(long = "report", value_name = "FORMAT=PATH", help_heading = "Reports")]
    pub(super) reports: Vec<String>,
    /// Write reports into this folder: JSON and JUnit, or what the profile presets
    #[arg(long, value_name = "DIR", help_heading = "Reports", env = "PATCHPROOF_REPORT_DIR")]
    pub(super) report_dir: Option<PathBuf>,
    /// What stdout shows: text for people or one JSON event a line
    #[arg(long, value_name = "FORMAT", default_value = "human", help_heading = "Output")]
    message_format: MessageFormat,
    /// Show each trial
    #[arg(short, long, help_heading = "Output", conflicts_with = "quiet")]
    verbose: bool,
    /// Show the verdict only
    #[arg(short, long, help_heading = "Output")]
    quiet: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum MessageFormat {
    Human,
    Json,
}

/// One report to write.
pub(super) struct Output {
    pub(super) format: &'static report::Format,
    pub(super) path: PathBuf,
}

/// Reads the values of `--report`; what is wrong is told on stderr.
pub(super) fn parse(texts: &[String]) -> Result<Vec<Output>, u8> {
    texts.iter().map(|text| one(text)).collect::<Result<_, _>>().map_err(usage_error)
}

fn one(text: &str) -> Result<Output, String> {
    let Some((name, path)) = text.split_once('=').filter(|(_, path)| !path.is_empty()) else {
        return Err(format!("--report {text:?}: expected FORMAT=PATH"));
    };
    if name == "bundle" {
        return Err(format!("--report {text:?}: a bundle holds exchanges, so only `run` can write one"));
    }
    if path == "-" {
        return Err(format!("--report {text:?}: a report goes into a file; --message-format is about stdout"));
    }
    let Some(format) = report::format(name) else {
        let names: Vec<&str> = report::FORMATS.iter().map(|format| format.name).collect();
        return Err(format!("--report {text:?}: no such format; there are {}, bundle", names.join(", ")));
    };
    Ok(Output { format, path: PathBuf::from(path) })
}

impl OutputArgs {
    /// The reports asked for; what is wrong is told on stderr.
    pub(super) fn outputs(&self, profile: Option<Profile>) -> Result<Vec<Output>, u8> {
        let mut outputs = parse(&self.reports)?;
        let preset: &[&str] = match profile {
            Some(Profile::Ci) => &["json", "junit", "markdown"],
            Some(Profile::Acceptance) => &["json", "junit", "html"],
            Some(Profile::Dev) | None => &["json", "junit"],
        };
        let usual = matches!(profile, Some(Profile::Ci | Profile::Acceptance)) && self.reports.is_empty();
        let folder = self.report_dir.clone().or_else(|| usual.then(|| PathBuf::from("reports")));
        for format in preset.iter().filter_map(|name| report::format(name)) {
            outputs.extend(folder.iter().map(|folder| Output { format, path: folder.join(format.extension) }));
        }
        let on_github = variable("GITHUB_ACTIONS").is_some_and(|value| value == "true");
        let summary = variable("GITHUB_STEP_SUMMARY").filter(|_| on_github || profile == Some(Profile::Ci));
        if let (Some(path), Some(format)) = (summary.map(PathBuf::from), report::format("markdown"))
            && !outputs.iter().any(|output| output.path == path)
        {
            outputs.push(Output { format, path });
        }
        let mut paths = std::collections::BTreeSet::new();
        match outputs.iter().find(|output| !paths.insert(&output.path)) {
            Some(twice) => Err(usage_error(format!("--report: {} is to be written twice", twice.path.display()))),
            None => Ok(outputs),
        }
    }

    /// A bar on a terminal, where nothing else is shown.
    pub(super) fn progress(&self, trials: usize) -> ProgressBar {
        let shown = io::stderr().is_terminal()
            && io::stdout().is_terminal()
            && !self.quiet
            && !self.verbose
            && self.message_format == MessageFormat::Human
            && !is_ci();
        let target = if shown { ProgressDrawTarget::stderr_with_hz(10) } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(u64::try_from(trials).ok(), target);
        if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} trials {elapsed}") {
            bar.set_style(style);
        }
        bar
    }
}

/// Somebody else who listens. Where that fails, a warning says so, and the run is none the worse for it.
pub(super) struct Aside {
    /// What is not done then.
    pub(super) what: &'static str,
    pub(super) renderer: Box<dyn Renderer>,
    /// The file behind it, where it is to be put in its place.
    pub(super) pending: Option<Pending>,
}

impl Aside {
    fn failed(&self, error: &io::Error) {
        err(format!("warning: {}: {error}", self.what));
    }
}

/// Everything that listens to the events of a run.
pub(super) struct Sinks {
    screen: Box<dyn Renderer>,
    files: Vec<ReportFile>,
    asides: Vec<Aside>,
}

/// A report that is being written.
struct ReportFile {
    shown: String,
    renderer: Box<dyn Renderer>,
    pending: Pending,
    /// Why it cannot be whole.
    problem: Option<io::Error>,
}

impl Sinks {
    /// Starts every report.
    pub(super) fn open(
        args: &OutputArgs,
        color: ColorChoice,
        outputs: Vec<Output>,
        asides: Vec<Aside>,
    ) -> Result<Self, String> {
        let screen: Box<dyn Renderer> = match args.message_format {
            MessageFormat::Json => match report::format("ndjson") {
                Some(format) => (format.open)(stdout()),
                None => return Err("there is no NDJSON format".to_owned()),
            },
            MessageFormat::Human => Box::new(Terminal::new(stdout(), screen_options(args, color))),
        };
        let mut files = Vec::new();
        for Output { format, path } in outputs {
            let shown = path.display().to_string();
            let (pending, writer) = Pending::new(&path).map_err(|error| format!("{shown}: {error}"))?;
            files.push(ReportFile { shown, renderer: (format.open)(writer), pending, problem: None });
        }
        Ok(Self { screen, files, asides })
    }

    /// Tells everybody.
    pub(super) fn event(&mut self, event: &Event) {
        // The screen may be a closed pipe; the reports go on.
        let _ = self.screen.event(event);
        self.asides.retain_mut(|aside| aside.renderer.event(event).inspect_err(|error| aside.failed(error)).is_ok());
        for file in self.files.iter_mut().filter(|file| file.problem.is_none()) {
            file.problem = file.renderer.event(event).err();
        }
    }

    /// Puts the reports in their places.
    pub(super) fn close(self) -> Result<(), String> {
        for mut aside in self.asides {
            if let Some(pending) = aside.pending.take() {
                let _ = pending.finish().inspect_err(|error| aside.failed(error));
            }
        }
        let mut problems = Vec::new();
        for ReportFile { shown, renderer, pending, problem } in self.files {
            drop(renderer);
            // A report that is not whole does not take the place of one that is.
            let written = problem.map_or_else(|| pending.finish(), Err);
            problems.extend(written.err().map(|error| format!("{shown}: {error}")));
        }
        if problems.is_empty() { Ok(()) } else { Err(problems.join("\nerror: ")) }
    }
}

/// A terminal that shows colours is there, and nobody is against them.
pub(super) fn colors_are_welcome() -> bool {
    let dumb = variable("TERM").is_some_and(|term| term == "dumb");
    variable("NO_COLOR").is_none() && !dumb && io::stdout().is_terminal()
}

fn screen_options(args: &OutputArgs, color: ColorChoice) -> Options {
    let forced = variable("CLICOLOR_FORCE").is_some_and(|value| value != "0");
    let color = match color {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto => forced || colors_are_welcome(),
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
