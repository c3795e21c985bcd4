//! `patchproof explain`: what a requirement, check, case, fault, variation or finding is.

mod build;
mod example;
mod pages;
mod topic;

use std::path::PathBuf;

use clap::Args as ClapArgs;

use self::topic::Topic;
use super::suite::load;
use super::write::{err, out};
use crate::checks;
use crate::contract::requirement::{requirement, requirements};
use crate::model::exit;
use crate::plan::{Source, Suite};
use crate::reference;
use crate::report::Run;

/// Arguments of `explain`.
#[derive(Debug, ClapArgs)]
#[command(after_help = "Examples:
  patchproof explain REQ-MERGE-002              or just MERGE-002
  patchproof explain untouched                  a check
  patchproof explain 9f86d081884c7d65           a finding of the latest run
  patchproof explain 9f86d081884c7d65 --in reports/report.json")]
pub(super) struct Args {
    /// A requirement (REQ-MERGE-002), check, case (`topic::name`), trial, fault,
    /// variation, or the fingerprint of a finding
    #[arg(value_name = "ID", required_unless_present = "write_docs")]
    id: Option<String>,
    /// The run of the finding: `latest`, the beginning of its id, or a report.json
    #[arg(long = "in", value_name = "RUN", default_value = "latest")]
    run: String,
    /// Write the requirement pages into this folder
    #[arg(long, value_name = "DIR", conflicts_with = "id")]
    write_docs: Option<PathBuf>,
}

pub(super) fn run(args: &Args) -> u8 {
    match explain(args) {
        Ok(()) => exit::CONFORMS,
        Err(code) => code,
    }
}

fn explain(args: &Args) -> Result<(), u8> {
    let suite = load(&Source::BuiltIn)?;
    if let Some(folder) = &args.write_docs {
        let written = pages::write(folder, &suite).map_err(|error| {
            err(format!("error: {}: {error}", folder.display()));
            exit::REPORT
        })?;
        out(format!("{written} pages in {}", folder.display()));
        return Ok(());
    }
    let id = args.id.as_deref().unwrap_or_default().trim();
    let topic = match topic(id, &suite) {
        Some(topic) => topic,
        None if is_fingerprint(id) => finding(id, &args.run, &suite)?,
        None => {
            err(format!("error: nothing is called {id:?}{}", nearest(id, &suite)));
            return Err(exit::USAGE);
        }
    };
    out(topic.plain().trim_end());
    Ok(())
}

fn topic(id: &str, suite: &Suite) -> Option<Topic> {
    let upper = id.to_ascii_uppercase();
    if let Some(found) = requirement(&upper).or_else(|| requirement(&format!("REQ-{upper}"))) {
        let mut topic = build::of_requirement(found, suite);
        topic.pictures = example::pictures(&found.id, suite);
        return Some(topic);
    }
    checks::check(id)
        .map(build::of_check)
        .or_else(|| reference::fault(id).map(build::of_fault))
        .or_else(|| reference::variation(id).map(build::of_variation))
        .or_else(|| build::of_case(id, suite))
}

fn is_fingerprint(id: &str) -> bool {
    id.len() == 16 && id.bytes().all(|octet| octet.is_ascii_hexdigit())
}

fn finding(fingerprint: &str, run: &str, suite: &Suite) -> Result<Topic, u8> {
    let fingerprint = fingerprint.to_ascii_lowercase();
    let told: Run = super::keep::store()?.open(run).map_err(|error| {
        err(format!("error: {error}"));
        exit::USAGE
    })?;
    let has =
        |trial: &&crate::model::event::TrialResult| trial.findings.iter().any(|found| found.fingerprint == fingerprint);
    told.trials.iter().find(has).map(|trial| build::of_finding(trial, &fingerprint, suite)).ok_or_else(|| {
        err(format!("error: run {} has no finding {fingerprint}", told.info.run_id));
        exit::USAGE
    })
}

fn nearest(id: &str, suite: &Suite) -> String {
    let names = requirements()
        .iter()
        .map(|requirement| requirement.id.as_str())
        .chain(checks::CHECKS.iter().map(|check| check.name))
        .chain(reference::faults().map(|fault| fault.name))
        .chain(reference::VARIATIONS.iter().map(|variation| variation.name))
        .chain(suite.refs.iter().map(|row| row.id.as_str()));
    names
        .min_by_key(|name| strsim::levenshtein(name, id))
        .map_or_else(String::new, |near| format!("; did you mean {near}?"))
}
