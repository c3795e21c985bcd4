//! `patchproof explain`: what a requirement, check, case, fault, variation or finding is.

mod build;
mod example;
mod pages;
mod steady;
mod topic;

use std::path::PathBuf;

use clap::Args as ClapArgs;

use self::example::About;
use self::topic::Topic;
use super::suite::{load, meant};
use super::write::{err, out, usage_error};
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
            return Err(usage_error(format!("nothing is called {id:?}{}", known_id(id, &suite))));
        }
    };
    out(topic.plain().trim_end());
    Ok(())
}

fn topic(id: &str, suite: &Suite) -> Option<Topic> {
    let upper = id.to_ascii_uppercase();
    if let Some(found) = requirement(&upper).or_else(|| requirement(&format!("REQ-{upper}"))) {
        let about = About { requirement: &found.id, ..About::default() };
        return Some(pictured(build::of_requirement(found, suite), [about], suite));
    }
    if let Some(check) = checks::check(id) {
        let abouts =
            check.requirements.iter().map(|id| About { requirement: id, check: Some(check.name), ..About::default() });
        return Some(pictured(build::of_check(check), abouts, suite));
    }
    if let Some(fault) = reference::fault(id) {
        let abouts =
            fault.requirements.iter().map(|id| About { requirement: id, fault: Some(fault), ..About::default() });
        return Some(pictured(build::of_fault(fault), abouts, suite));
    }
    if let Some(variation) = reference::variation(id) {
        return Some(build::of_variation(variation));
    }
    let index = build::place(id, suite)?;
    let (name, case) = (Some(&*suite.refs[index].id), suite.case(index).ok()?);
    let abouts = case.requirements.iter().map(|id| About { requirement: id, case: name, ..About::default() });
    Some(pictured(build::of_case(index, suite)?, abouts, suite))
}

/// The topic with the first exchanges that can be shown.
fn pictured<'a>(mut topic: Topic, abouts: impl IntoIterator<Item = About<'a>>, suite: &Suite) -> Topic {
    let shown = abouts.into_iter().map(|about| example::pictures(about, suite)).find(|pictures| !pictures.is_empty());
    topic.pictures.splice(0..0, shown.unwrap_or_default());
    topic
}

fn is_fingerprint(id: &str) -> bool {
    id.len() == 16 && id.bytes().all(|octet| octet.is_ascii_hexdigit())
}

fn finding(fingerprint: &str, run: &str, suite: &Suite) -> Result<Topic, u8> {
    let fingerprint = fingerprint.to_ascii_lowercase();
    let told: Run = super::keep::StateArgs::default().store()?.open(run).map_err(usage_error)?;
    let has =
        |trial: &&crate::model::event::TrialResult| trial.findings.iter().any(|found| found.fingerprint == fingerprint);
    let Some(trial) = told.trials.iter().find(has) else {
        return Err(usage_error(format!("run {} has no finding {fingerprint}", told.info.run_id)));
    };
    let found = trial.findings.iter().find(|found| found.fingerprint == fingerprint);
    let about = About { requirement: found.map_or("", |found| &found.finding.requirement), ..About::default() };
    let case = build::place(&trial.name, suite).map(|index| &*suite.refs[index].id);
    let abouts = [About { case, ..about }, about];
    Ok(pictured(build::of_finding(trial, &fingerprint, suite), abouts, suite))
}

/// The known id that is most like one that is not, as a question.
fn known_id(id: &str, suite: &Suite) -> String {
    let names = requirements()
        .iter()
        .map(|requirement| requirement.id.as_str())
        .chain(checks::CHECKS.iter().map(|check| check.name))
        .chain(reference::faults().map(|fault| fault.name))
        .chain(reference::VARIATIONS.iter().map(|variation| variation.name))
        .chain(suite.refs.iter().map(|row| &*row.id));
    meant(id, names)
}
