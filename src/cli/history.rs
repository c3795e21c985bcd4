//! `patchproof history`: how a target fared over time, by endpoint and by trial.

use std::borrow::BorrowMut;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use clap::{Args as ClapArgs, ValueEnum};
use serde_json::json;

use super::keep::StateArgs;
use super::write::{err, out, usage_error};
use crate::model::event::Event;
use crate::model::exit;
use crate::plan::Pattern;
use crate::report::{self, Renderer};
use crate::runs::history::{self, History, Recording};

/// Arguments of `history`.
#[derive(Debug, ClapArgs)]
#[command(after_help = "Examples:
  patchproof history                               the last runs, the trend of each endpoint, what is not steady
  patchproof history 'jobs::dto::*' --runs 50      each trial: first seen, last passed, flake rate, latency
  patchproof history --import reports/report.json  write a run of another machine into the history

`run` writes runs of real servers into history.sqlite in the state folder, but not where the variable CI is set;
with --history FILE (or PATCHPROOF_HISTORY) it always writes, and with --history off never.")]
pub(super) struct Args {
    /// Only trials whose name matches (`*` one part, `**` many) or contains this
    #[arg(value_name = "TRIAL")]
    trial: Option<String>,
    /// The file
    #[arg(long, value_name = "FILE", env = "PATCHPROOF_HISTORY")]
    history: Option<PathBuf>,
    /// Base URL of the target, or `embedded`; that of the last run when not given
    #[arg(long, value_name = "URL")]
    of: Option<String>,
    /// How many runs are looked at, the last ones
    #[arg(long, value_name = "N", default_value_t = 30,
        value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..))]
    runs: usize,
    /// Text for people, or JSON
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    message_format: Format,
    /// Write these runs into the history
    #[arg(long, value_name = "REPORT", num_args = 1.., conflicts_with = "trial")]
    import: Vec<PathBuf>,
    #[command(flatten)]
    state: StateArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Human,
    Json,
}

/// Where the history is when nobody says.
fn default_file(state: Option<PathBuf>) -> Option<PathBuf> {
    state.map(|folder| folder.join("history.sqlite"))
}

pub(super) fn run(args: &Args) -> u8 {
    let path = match file(args) {
        Ok(path) => path,
        Err(code) => return code,
    };
    let done = if args.import.is_empty() { tell(args, &path) } else { import(&path, &args.import) };
    match done {
        Ok(()) => exit::CONFORMS,
        Err(problem) => usage_error(problem),
    }
}

fn file(args: &Args) -> Result<PathBuf, u8> {
    if let Some(file) = &args.history {
        return Ok(file.clone());
    }
    default_file(args.state.folder()?)
        .ok_or_else(|| usage_error("there is no folder for the state of programs; --history can name a file"))
}

fn tell(args: &Args, path: &Path) -> Result<(), String> {
    let wrong = |error: history::HistoryError| format!("{}: {error}", path.display());
    if path.as_os_str() == "off" {
        return Err("no history is kept, as --history or PATCHPROOF_HISTORY is `off`".to_owned());
    }
    if !path.exists() {
        return Err(format!("{}: there is no history yet", path.display()));
    }
    let history = History::read(path).map_err(wrong)?;
    let targets = history.targets().map_err(wrong)?;
    let asked = args.of.as_deref().map(|url| url.trim_end_matches('/'));
    let Some((target, _)) = targets.iter().find(|(name, _)| asked.is_none_or(|asked| asked == name)) else {
        let known: Vec<&str> = targets.iter().map(|(name, _)| name.as_str()).collect();
        return Err(format!(
            "the history has no run of {}; it has runs of {}",
            asked.unwrap_or("anything"),
            known.join(", ")
        ));
    };
    let pattern = args.trial.as_deref().map(Pattern::new).transpose()?;
    let part = args.trial.as_deref().unwrap_or_default();
    let wanted = |name: &str| pattern.as_ref().is_none_or(|pattern| pattern.matches(name)) || name.contains(part);
    let runs = history.runs(target, args.runs.max(1)).map_err(wrong)?;
    let all = history.series(target, &runs, &wanted).map_err(wrong)?;
    if args.message_format == Format::Json {
        let trials: Vec<_> = all
            .iter()
            .map(|series| {
                let (flakes, judged) = series.flakes(&runs);
                json!({"series": series, "flakes": flakes, "judged": judged, "micros": series.latency()})
            })
            .collect();
        out(json!({"target": target, "runs": runs, "trials": trials}).to_string());
        return Ok(());
    }
    let others: Vec<&str> = targets.iter().map(|(name, _)| name.as_str()).filter(|name| name != target).collect();
    let more = if others.is_empty() { String::new() } else { format!(" (--of tells of {} too)", others.join(", ")) };
    out(format!("{target}: the last {}{more}\n", super::suite::count(runs.len(), "run")));
    if args.trial.is_some() && all.is_empty() {
        return Err(format!("no trial in these runs is called {part}"));
    }
    let text = if args.trial.is_some() { history::trials(&runs, &all) } else { history::endpoints(&runs, &all) };
    out(text.trim_end());
    Ok(())
}

fn import(path: &Path, reports: &[PathBuf]) -> Result<(), String> {
    let wrong = |error: history::HistoryError| format!("{}: {error}", path.display());
    let mut recording = History::open(path).and_then(Recording::new).map_err(wrong)?;
    for report in reports {
        let shown = report.display();
        let file = File::open(report).map_err(|error| format!("{shown}: {error}"))?;
        let run = report::read_run(file).map_err(|error| format!("{shown}: {error}"))?;
        let again = if recording.has(&run.info.run_id).map_err(wrong)? { ", which replaces what it had" } else { "" };
        report::replay(&run, &mut Remembering(&mut recording)).map_err(|error| format!("{shown}: {error}"))?;
        err(format!("run {} of {}{again}", run.info.run_id, run.info.started_at));
    }
    Ok(())
}

/// A recording as a listener to events.
struct Remembering<R>(R);

impl<R: BorrowMut<Recording> + Send> Renderer for Remembering<R> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        self.0.borrow_mut().event(event).map_err(io::Error::other)
    }
}

/// A listener that writes a run into the history, where it is to be written.
///
/// # Errors
/// One sentence where the file was named and cannot be used.
pub(super) fn listener(
    file: Option<&Path>,
    state: Option<PathBuf>,
    embedded: bool,
) -> Result<Option<Box<dyn Renderer>>, String> {
    let usual = !embedded && !super::environment::is_ci();
    let path = match file {
        Some(path) if path == Path::new("off") => return Ok(None),
        Some(path) => path.to_owned(),
        None => match default_file(state).filter(|_| usual) {
            Some(path) => path,
            None => return Ok(None),
        },
    };
    match History::open(&path).and_then(Recording::new) {
        Ok(recording) => Ok(Some(Box::new(Remembering(recording)))),
        Err(error) if file.is_some() => Err(format!("--history {}: {error}", path.display())),
        Err(error) => {
            err(format!("warning: the run does not go into the history: {}: {error}", path.display()));
            Ok(None)
        }
    }
}
