//! `patchproof lint`: check case files, every error of every file in one go. No socket is opened.

use std::path::PathBuf;

use clap::Args as ClapArgs;

use super::suite::{count, load};
use super::write::out;
use crate::model::exit;
use crate::plan::Source;

/// Arguments of `lint`.
#[derive(Debug, ClapArgs)]
pub(super) struct Args {
    /// Folder of case files; the built-in suite when not given
    #[arg(value_name = "DIR")]
    cases: Option<PathBuf>,
}

pub(super) fn run(args: &Args) -> u8 {
    let source = args.cases.clone().map_or(Source::BuiltIn, Source::Dir);
    match load(&source) {
        Ok(suite) => {
            out(format!("{}, no errors", count(suite.refs.len(), "case")));
            exit::CONFORMS
        }
        Err(code) => code,
    }
}
