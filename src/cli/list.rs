//! `patchproof list`: the trials that would be run, one a line. No socket is opened.

use clap::{Args as ClapArgs, ValueEnum};
use serde_json::json;

use super::policy::nothing_selected;
use super::suite::SuiteArgs;
use super::write::{err, out};
use crate::model::exit;

/// Arguments of `list`.
#[derive(Debug, ClapArgs)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    #[command(flatten)]
    suite: SuiteArgs,
    /// Text for people, or JSON
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    message_format: Format,
}

const EXAMPLES: &str = "Examples:
  patchproof list
  patchproof list --topic merge,null --endpoint jobs
  patchproof list --tier documented --message-format json";

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Human,
    Json,
}

pub(super) fn run(args: &Args) -> u8 {
    let chosen = match args.suite.choose() {
        Ok(chosen) => chosen,
        Err(code) => return code,
    };
    for trial in chosen.plan.all() {
        let name = chosen.suite.name(trial);
        match args.message_format {
            Format::Human => out(name),
            Format::Json => {
                let case = usize::try_from(trial.case).ok().and_then(|case| chosen.suite.case(case).ok());
                out(json!({
                    "name": name,
                    "endpoint": trial.collection(),
                    "title": case.as_ref().map(|case| case.title.clone()),
                    "requirements": case.as_ref().map(|case| case.requirements.clone()),
                    "needs": case.as_ref().map(|case| case.needs.clone()),
                })
                .to_string());
            }
        }
    }
    if !chosen.plan.is_empty() {
        return exit::CONFORMS;
    }
    err(format!("error: {}", nothing_selected(chosen.plan.unmatched())));
    exit::NOTHING_TESTED
}
