//! `patchproof diff`: what became of the trials from one run to the next.

use clap::{Args as ClapArgs, ValueEnum};

use super::keep::StateArgs;
use super::write::{err, out, usage_error};
use crate::model::exit;
use crate::runs::diff::{self, CHANGES, Change};

/// Arguments of `diff`.
#[derive(Debug, ClapArgs)]
#[command(after_help = "Examples:
  patchproof diff                         the run before the latest, and the latest
  patchproof diff last-night.json reports/report.json --fail-on new,changed
  patchproof diff 1f0a 77c2 --format markdown >> \"$GITHUB_STEP_SUMMARY\"

A and B are `latest`, `latest~1` for the one before, the beginning of the id of a kept run, or
the path of a report.json. The exit code is 0, or 1 where something is found that --fail-on names.")]
pub(super) struct Args {
    /// The run before
    #[arg(value_name = "A", default_value = "latest~1")]
    was: String,
    /// The run after
    #[arg(value_name = "B", default_value = "latest")]
    is: String,
    /// Changes that make the exit code 1: new (also trials that were added and fail), changed, still, fixed, flaky,
    /// unjudged, waived, skipped, added, removed
    #[arg(long, value_name = "CHANGES", value_delimiter = ',', value_parser = change)]
    fail_on: Vec<Change>,
    /// How it is shown
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    format: Format,
    #[command(flatten)]
    state: StateArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Table,
    Json,
    Markdown,
}

fn change(word: &str) -> Result<Change, String> {
    let known = CHANGES.iter().find(|(_, name, _)| *name == word).map(|(change, ..)| *change);
    known.ok_or_else(|| {
        let names: Vec<&str> = CHANGES.iter().map(|(_, name, _)| *name).collect();
        format!("expected some of {}", names.join(", "))
    })
}

pub(super) fn run(args: &Args) -> u8 {
    match compared(args) {
        Ok(code) | Err(code) => code,
    }
}

fn compared(args: &Args) -> Result<u8, u8> {
    let store = args.state.store()?;
    let open = |name: &str| store.open(name).map_err(usage_error);
    let (was, is) = (open(&args.was)?, open(&args.is)?);
    if was.info.run_id == is.info.run_id {
        err(format!("note: A and B are one run, {}; `latest~1` is the one before the latest", is.info.run_id));
    }
    let difference = diff::compare(&was, &is);
    let text = match args.format {
        Format::Table => diff::table(&difference),
        Format::Markdown => diff::markdown(&difference),
        Format::Json => diff::json(&difference).map_err(|error| {
            err(format!("error: {error}"));
            exit::INTERNAL
        })?,
    };
    out(text.trim_end());
    let found = args.fail_on.iter().any(|change| difference.has(*change));
    Ok(if found { exit::NOT_CONFORMANT } else { exit::CONFORMS })
}
