//! `patchproof import`: what an API page says that the suite does not, and the other way round.

mod draft;
mod drift;

use std::fs;
use std::path::PathBuf;

use clap::Args as ClapArgs;

use super::suite::count;
use super::write::{err, out, usage_error};
use crate::contract::page;
use crate::model::exit;
use drift::drift;

/// Arguments of `import`.
#[derive(Debug, ClapArgs)]
#[command(after_help = "Examples:
  patchproof import jobresponsebase-update.md            what differs
  patchproof import jobresponsebase-update.md --check    and fail if anything
  patchproof import page.md --write drafts               and cases to start from

The page is in the annotated Markdown of Microsoft Graph.
Exit codes: 0 read (with --check: nothing differs), 1 --check and it differs,
2 usage or not such a page.")]
pub(super) struct Args {
    /// The page
    #[arg(value_name = "PAGE")]
    page: PathBuf,
    /// Exit with 1 if anything differs
    #[arg(long)]
    check: bool,
    /// Write drafts of cases for what is missing into this folder
    #[arg(long, value_name = "DIR")]
    write: Option<PathBuf>,
}

pub(super) fn run(args: &Args) -> u8 {
    let text = match fs::read_to_string(&args.page) {
        Ok(text) => text,
        Err(error) => {
            return usage_error(format!("{}: {error}", args.page.display()));
        }
    };
    let page = page::read(&text);
    if page.operations.is_empty() {
        return usage_error(format!("{}: no section \"HTTP request\" with a code block", args.page.display()));
    }
    let found = drift(&page);
    for drift in &found {
        out(&drift.what);
    }
    if let Some(folder) = &args.write
        && let Err(problem) = draft::write(folder, &found)
    {
        err(format!("error: {problem}"));
        return exit::REPORT;
    }
    out(if found.is_empty() { "page and suite agree".to_owned() } else { count(found.len(), "difference") });
    if args.check && !found.is_empty() { exit::NOT_CONFORMANT } else { exit::CONFORMS }
}
