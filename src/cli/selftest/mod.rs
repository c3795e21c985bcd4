//! `patchproof selftest`: the proof that the suite bites, and bites nobody who is right.
//!
//! The whole suite is run against the sound reference server, every legal variation and every fault; [`score`] says
//! what must hold of the results and [`show`] prints them.

mod needed;
mod score;
mod show;
mod subject;
pub(super) mod summary;
#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::thread::available_parallelism;

use clap::{Args as ClapArgs, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};

use super::suite::load;
use super::write::{WholeFile, out, usage_error};
use crate::model::exit;
use crate::plan::{Pattern, Source};
use score::Score;
use subject::{Reach, Subject};

const EXAMPLES: &str = "Examples:
  patchproof selftest                              every fault caught, every variation clean?
  patchproof selftest --only 'merge-*' --verbose   a few faults, with what caught them
  patchproof selftest --markdown fault-matrix.md   the matrix as a document

Exit codes: 0 proven, 1 not proven, 2 usage error, 6 a file could not be written.";

/// Arguments of `selftest`.
#[derive(Debug, ClapArgs)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Only faults and variations whose name matches; repeatable
    #[arg(long, value_name = "GLOB")]
    only: Vec<String>,
    /// Switch a check off, to see what it is needed for
    #[arg(long, value_name = "CHECK")]
    without: Vec<String>,
    /// Servers judged side by side; by default as many as there are processors
    #[arg(short, long, value_name = "N")]
    jobs: Option<usize>,
    /// What stdout shows
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    format: Format,
    /// Write the matrix as Markdown into this file
    #[arg(long, value_name = "FILE")]
    markdown: Option<PathBuf>,
    /// Write the matrix as JSON into this file
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Write the score into this file, for the reports to repeat
    #[arg(long, value_name = "FILE")]
    summary: Option<PathBuf>,
    /// Judge every fault by the whole suite, not just by what bears on it
    #[arg(long)]
    whole: bool,
    /// Show every row, not just what is wrong
    #[arg(short, long)]
    verbose: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Human,
    Json,
    Markdown,
}

pub(super) fn run(args: &Args) -> u8 {
    match prove(args) {
        Ok(code) | Err(code) => code,
    }
}

/// Shows on a terminal how far the proof is, and what is wrong as soon as that is known.
fn progress(servers: usize) -> ProgressBar {
    let bar = ProgressBar::new(servers as u64);
    let style = ProgressStyle::with_template("{bar:30} {pos} of {len} servers, {eta} left");
    if let Ok(style) = style {
        bar.set_style(style);
    }
    bar
}

fn prove(args: &Args) -> Result<u8, u8> {
    let suite = load(&Source::BuiltIn)?;
    if let Some(name) = args.without.iter().find(|name| crate::checks::check(name).is_none()) {
        return Err(usage_error(format!("--without {name:?}: no such check")));
    }
    let only = args.only.iter().map(|text| Pattern::new(text)).collect::<Result<Vec<_>, _>>().map_err(usage_error)?;
    let subjects: Vec<Subject> =
        subject::all().filter(|one| only.is_empty() || only.iter().any(|glob| glob.matches(one.name()))).collect();
    if subjects.is_empty() {
        return Err(usage_error("--only matches neither a fault nor a variation"));
    }
    let begin = |path: &Option<PathBuf>| path.as_deref().map(WholeFile::begin).transpose();
    let (as_markdown, as_json, as_summary) = (begin(&args.markdown)?, begin(&args.json)?, begin(&args.summary)?);
    let side_by_side = args.jobs.unwrap_or_else(|| available_parallelism().map_or(1, usize::from)).max(1);
    let reach = if args.whole { Reach::Whole } else { Reach::Relevant };
    let bar = progress(subjects.len());
    let done = |result: &subject::SubjectResult| {
        if let Some(why) = score::wrong(result) {
            bar.println(why);
        }
        bar.inc(1);
    };
    let results = subject::judge_all(&suite, &subjects, reach, &args.without, side_by_side, &done);
    let whole = only.is_empty() && args.without.is_empty();
    let needed = if whole { needed::needed(&suite, &results, side_by_side) } else { Vec::new() };
    bar.finish_and_clear();
    let score = Score::of(&suite, results, needed, whole);
    match args.format {
        Format::Human => out(show::human(&score, args.verbose)),
        Format::Json => out(show::json(&score)),
        Format::Markdown => out(show::markdown(&score).trim_end()),
    }
    let summary = summary::text(&suite.digest, &score, whole);
    let texts = [(as_markdown, show::markdown(&score)), (as_json, show::json(&score) + "\n"), (as_summary, summary)];
    for (file, text) in texts {
        file.map_or(Ok(()), |file| file.write(&text))?;
    }
    Ok(if score.problems.is_empty() { exit::CONFORMS } else { exit::NOT_CONFORMANT })
}
