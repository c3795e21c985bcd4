//! `patchproof lint`: check case files, waivers and configuration, every error of every file in one go. No socket is
//! opened.

use std::path::PathBuf;

use clap::Args as ClapArgs;

use super::suite::{count, load};
use super::write::out;
use crate::model::exit;
use crate::plan::Source;

/// Arguments of `lint`.
#[derive(Debug, ClapArgs)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Folder of case files; the built-in suite when not given
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
    /// The same, as `run` and `list` take it
    #[arg(long, value_name = "DIR", env = "PATCHPROOF_CASES")]
    cases: Option<PathBuf>,
    /// File of waivers to check as well; repeatable
    #[arg(long, value_name = "FILE")]
    waivers: Vec<PathBuf>,
    /// Configuration file; else patchproof.toml here or in a folder above
    #[arg(long, value_name = "FILE", env = "PATCHPROOF_CONFIG")]
    config: Option<PathBuf>,
}

const EXAMPLES: &str = "Examples:
  patchproof lint                         the built-in suite
  patchproof lint my-cases --waivers waivers.toml";

pub(super) fn run(args: &Args) -> u8 {
    let source = args.folder.as_ref().or(args.cases.as_ref()).cloned().map_or(Source::BuiltIn, Source::Dir);
    let suite = load(&source);
    let config = super::target::lint(args.config.as_deref(), suite.as_ref().ok());
    let cases = suite.and_then(|suite| {
        let waivers = super::policy::read_for(&args.waivers, &suite)?;
        let with =
            if args.waivers.is_empty() { String::new() } else { format!(", {}", count(waivers.len(), "waiver")) };
        if config {
            out(format!("{}{with}, no errors", count(suite.refs.len(), "case")));
        }
        Ok(exit::CONFORMS)
    });
    match cases {
        Ok(code) if config => code,
        Ok(_) => exit::USAGE,
        Err(code) => code,
    }
}
