//! `patchproof rejudge`: compute every verdict of a bundle again, offline, and say what differs.

use std::path::PathBuf;

use clap::Args as ClapArgs;

use super::suite::count;
use super::write::out;
use crate::evidence::{self, VerdictDifference};
use crate::model::exit;
use crate::plan::Source;

/// Arguments of `rejudge`.
#[derive(Debug, ClapArgs)]
#[command(after_help = "Examples:
  patchproof rejudge acceptance.tar.gz                     with the suite in the bundle
  patchproof rejudge acceptance.tar.gz --cases built-in    with the suite of this patchproof
  patchproof rejudge acceptance.tar.gz --cases ./cases

Exit codes: 0 all the same, 2 usage or no bundle, 3 some trials could not be judged, 7 something differs.")]
pub(super) struct Args {
    /// A folder, or a .tar.gz
    #[arg(value_name = "BUNDLE")]
    bundle: PathBuf,
    /// Judge by these cases: a folder, or `built-in`
    #[arg(long, value_name = "DIR")]
    cases: Option<PathBuf>,
}

pub(super) fn run(args: &Args) -> u8 {
    let source = args.cases.as_ref().map(|cases| match cases.to_str() {
        Some("built-in") => Source::BuiltIn,
        _ => Source::Dir(cases.clone()),
    });
    let rejudged = match evidence::rejudge(&args.bundle, source.as_ref()) {
        Ok(rejudged) => rejudged,
        Err(refused) => return super::verify::tell(&refused),
    };
    for difference in &rejudged.differences {
        tell(difference);
    }
    for (trial, why) in &rejudged.unjudged {
        out(format!("{trial}\n    not judged again: {why}"));
    }
    let same = match rejudged.differences.len() {
        0 => "all the same".to_owned(),
        n => format!("{n} different"),
    };
    out(format!("{} judged again, {same}", count(rejudged.judged, "trial")));
    if rejudged.silent > 0 {
        out(format!("{} without an exchange: skipped or not run", count(rejudged.silent, "trial")));
    }
    if !rejudged.differences.is_empty() {
        exit::MISMATCH
    } else if !rejudged.unjudged.is_empty() {
        exit::COULD_NOT_JUDGE
    } else {
        exit::CONFORMS
    }
}

fn tell(difference: &VerdictDifference) {
    let word = |verdict: Option<crate::model::verdict::Verdict>| verdict.map_or("nothing", |verdict| verdict.as_str());
    out(&difference.trial);
    if difference.was == difference.is {
        out(format!("    {} as before, but for other reasons", word(difference.is)));
    } else {
        out(format!("    was {}, is {}", word(difference.was), word(difference.is)));
    }
    for finding in &difference.gone {
        out(format!("    - {finding}"));
    }
    for finding in &difference.new {
        out(format!("    + {finding}"));
    }
}
