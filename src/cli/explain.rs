//! `patchproof explain`: what a requirement, check, case, fault or variation is.

use clap::Args as ClapArgs;

use super::suite::load;
use super::write::{err, out};
use crate::checks;
use crate::contract::requirement::{Requirement, requirement, requirements};
use crate::model::exit;
use crate::plan::{Source, Suite};
use crate::reference;

/// Arguments of `explain`.
#[derive(Debug, ClapArgs)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// A requirement (REQ-MERGE-002), check, case (`topic::name`), fault or variation
    #[arg(value_name = "ID")]
    id: String,
}

const EXAMPLES: &str = "Examples:
  patchproof explain REQ-MERGE-002        a requirement and its source
  patchproof explain untouched            a check
  patchproof explain merge::one-status    a case";

pub(super) fn run(args: &Args) -> u8 {
    let suite = match load(&Source::BuiltIn) {
        Ok(suite) => suite,
        Err(code) => return code,
    };
    let id = args.id.trim();
    let upper = id.to_ascii_uppercase();
    if let Some(found) = requirement(&upper).or_else(|| requirement(&format!("REQ-{upper}"))) {
        of_requirement(found, &suite);
    } else if let Some(check) = checks::check(id) {
        out(format!("check {}\n\n  {}\n", check.name, check.rule));
        for id in check.requirements {
            out(format!("  {id}  {}", requirement(id).map_or("", |requirement| requirement.title.as_str())));
        }
    } else if let Some(fault) = reference::fault(id) {
        out(format!(
            "fault {}\n\n  {}\n\n  level  {:?}\n  breaks {}",
            fault.name,
            fault.title,
            fault.level,
            fault.requirements.join(", ")
        ));
        out(format!("\n  patchproof run --fault {}", fault.name));
    } else if let Some(variation) = reference::variation(id) {
        let tolerance = variation.tolerance.join(", ");
        out(format!("legal variation {}\n\n  {}\n\n  tolerated by {tolerance}", variation.name, variation.title));
    } else if !of_case(id, &suite) {
        err(format!("error: nothing is called {id:?}{}", nearest(id, &suite)));
        return exit::USAGE;
    }
    exit::CONFORMS
}

fn of_requirement(requirement: &Requirement, suite: &Suite) {
    out(format!("{}  {} ({}, {:?})", requirement.id, requirement.title, requirement.level, requirement.tier));
    out(format!(
        "\n  {}\n",
        textwrap::fill(&requirement.statement, textwrap::Options::new(78).subsequent_indent("  "))
    ));
    out(format!("  source  {}", requirement.source));
    if let Some(url) = &requirement.source_url {
        out(format!("          {url}"));
    }
    if let Some(capability) = &requirement.capability {
        out(format!("  needs   {capability}"));
    }
    let cases: Vec<&str> = (0..suite.refs.len())
        .filter(|&i| suite.case(i).is_ok_and(|case| case.requirements.contains(&requirement.id)))
        .map(|i| suite.refs[i].id.as_str())
        .collect();
    out(format!("  cases   {}", if cases.is_empty() { "none".to_owned() } else { cases.join("\n          ") }));
    let checks: Vec<&str> = checks::CHECKS
        .iter()
        .filter(|check| check.requirements.contains(&requirement.id.as_str()))
        .map(|check| check.name)
        .collect();
    if !checks.is_empty() {
        out(format!("  checks  {}", checks.join(", ")));
    }
    let faults: Vec<&str> = reference::faults()
        .filter(|fault| fault.requirements.contains(&requirement.id.as_str()))
        .map(|fault| fault.name)
        .collect();
    if !faults.is_empty() {
        out(format!("  faults  {}", faults.join("\n          ")));
    }
}

fn of_case(id: &str, suite: &Suite) -> bool {
    // A trial name is a case with its endpoint in front.
    let found = suite.refs.iter().position(|row| row.id == id || id.ends_with(&format!("::{}", row.id)));
    let Some((index, case)) = found.and_then(|index| Some((index, suite.case(index).ok()?))) else { return false };
    out(format!("case {}\n\n  {}", suite.refs[index].id, case.title));
    if let Some(description) = &case.description {
        out(format!("\n  {}", textwrap::fill(description, textwrap::Options::new(78).subsequent_indent("  "))));
    }
    out(format!("\n  file   {}", suite.file(index)));
    for id in &case.requirements {
        out(format!("  tests  {id}  {}", requirement(id).map_or("", |requirement| requirement.title.as_str())));
    }
    if !case.needs.is_empty() {
        out(format!("  needs  {}", case.needs.join(", ")));
    }
    true
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
