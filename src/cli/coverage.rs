//! `patchproof coverage`: the ledger of requirements, with the cases that test each, the faults that break it, and its
//! last verdict.
//!
//! ```text
//! requirement    level   tier        cases  faults  last verdict
//! REQ-PATH-001   MUST    documented     41       9  passed
//! ```

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::File;
use std::path::PathBuf;

use clap::{Args as ClapArgs, ValueEnum};
use serde_json::{Value, json};

use super::suite::load;
use super::write::{err, out, usage_error};
use crate::contract::requirement::{Requirement, requirements};
use crate::contract::untestable::untestable;
use crate::model::event::RequirementTally;
use crate::model::exit;
use crate::plan::{Source, Suite};
use crate::{reference, report};

const EXAMPLES: &str = "Examples:
  patchproof coverage                              the ledger as a table
  patchproof coverage --report report.json         with the verdicts of a run
  patchproof coverage --format markdown > LEDGER.md
  patchproof coverage --fail-uncovered             for CI: exit 1 if something is not tested

Exit codes: 0 covered, 1 not covered (with --fail-uncovered), 2 usage or file error.";

/// Arguments of `coverage`.
#[derive(Debug, ClapArgs)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Folder of case files, in place of the built-in suite
    #[arg(long, value_name = "DIR")]
    cases: Option<PathBuf>,
    /// Stored run (report.json) whose verdicts are shown
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// How the ledger is printed
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    format: Format,
    /// Fail if a testable requirement has no case or no fault
    #[arg(long)]
    fail_uncovered: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Human,
    Json,
    Markdown,
}

/// One line of the ledger.
struct Row {
    requirement: &'static Requirement,
    cases: Vec<String>,
    faults: Vec<&'static str>,
    verdict: &'static str,
    untestable: Option<&'static str>,
}

impl Row {
    fn is_covered(&self) -> bool {
        self.untestable.is_some() || !self.cases.is_empty() && !self.faults.is_empty()
    }
}

pub(super) fn run(args: &Args) -> u8 {
    let suite = match load(&args.cases.clone().map_or(Source::BuiltIn, Source::Dir)) {
        Ok(suite) => suite,
        Err(code) => return code,
    };
    let verdicts = match args.report.as_ref().map(verdicts).transpose() {
        Ok(verdicts) => verdicts,
        Err(problem) => return usage_error(problem),
    };
    let rows = ledger(&suite, verdicts.as_ref());
    out(match args.format {
        Format::Human => human(&rows),
        Format::Json => format!("{:#}", Value::Array(rows.iter().map(as_json).collect())),
        Format::Markdown => markdown(&rows),
    });
    let uncovered: Vec<&str> =
        rows.iter().filter(|row| !row.is_covered()).map(|row| row.requirement.id.as_str()).collect();
    if args.fail_uncovered && !uncovered.is_empty() {
        err(format!("error: not covered by a case and a fault: {}", uncovered.join(", ")));
        return exit::NOT_CONFORMANT;
    }
    exit::CONFORMS
}

fn verdicts(path: &PathBuf) -> Result<BTreeMap<String, RequirementTally>, String> {
    let said = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let file = File::open(path).map_err(|error| said(&error))?;
    report::read_run(file).map(|run| run.summary.requirements).map_err(|error| said(&error))
}

fn ledger(suite: &Suite, verdicts: Option<&BTreeMap<String, RequirementTally>>) -> Vec<Row> {
    let mut cases: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (index, row) in suite.refs.iter().enumerate() {
        let Ok(case) = suite.case(index) else { continue };
        for id in &case.requirements {
            cases.entry(id.clone()).or_default().push(row.id.to_string());
        }
    }
    requirements()
        .iter()
        .map(|requirement| Row {
            requirement,
            cases: cases.remove(&requirement.id).unwrap_or_default(),
            faults: reference::faults()
                .filter(|fault| fault.requirements.contains(&requirement.id.as_str()))
                .map(|fault| fault.name)
                .collect(),
            verdict: verdicts.map_or("", |known| known.get(&requirement.id).map_or("not tested", verdict)),
            untestable: untestable(&requirement.id),
        })
        .collect()
}

fn verdict(tally: &RequirementTally) -> &'static str {
    match tally {
        RequirementTally { failed: 1.., .. } => "failed",
        RequirementTally { inconclusive: 1.., .. } => "inconclusive",
        RequirementTally { warned: 1.., .. } => "warned",
        RequirementTally { passed: 1.., .. } => "passed",
        RequirementTally { skipped: 1.., .. } => "skipped",
        _ => "not tested",
    }
}

fn tier(row: &Row) -> String {
    row.requirement.tier.as_str().to_owned()
}

fn human(rows: &[Row]) -> String {
    let mut text =
        format!("{:<15}{:<8}{:<12}{:>5}{:>8}  last verdict", "requirement", "level", "tier", "cases", "faults");
    for row in rows {
        let (id, level, cases, faults) =
            (&row.requirement.id, row.requirement.level, row.cases.len(), row.faults.len());
        let line = format!("{id:<15}{level:<8}{:<12}{cases:>5}{faults:>8}  {}", tier(row), row.verdict);
        put(&mut text, format_args!("\n{}", line.trim_end()));
        if let Some(reason) = row.untestable {
            let options = textwrap::Options::new(78).initial_indent("    ").subsequent_indent("    ");
            put(&mut text, format_args!("\n{}", textwrap::fill(reason, options)));
        }
    }
    let covered = rows.iter().filter(|row| row.is_covered()).count();
    put(&mut text, format_args!("\n\n{covered} of {} requirements covered", rows.len()));
    text
}

fn as_json(row: &Row) -> Value {
    json!({
        "requirement": row.requirement.id, "title": row.requirement.title, "level": row.requirement.level,
        "tier": row.requirement.tier, "cases": row.cases, "faults": row.faults, "untestable": row.untestable,
        "lastVerdict": if row.verdict.is_empty() { Value::Null } else { row.verdict.into() },
    })
}

fn markdown(rows: &[Row]) -> String {
    let mut text = String::from(
        "| requirement | title | level | tier | cases | faults | last verdict |\n|---|---|---|---|--:|--:|---|",
    );
    for row in rows {
        let Requirement { id, title, level, .. } = row.requirement;
        let (tier, cases, faults) = (tier(row), row.cases.len(), row.faults.len());
        let verdict = row.untestable.unwrap_or(row.verdict);
        put(&mut text, format_args!("\n| {id} | {title} | {level} | {tier} | {cases} | {faults} | {verdict} |"));
    }
    text
}

fn put(text: &mut String, line: std::fmt::Arguments<'_>) {
    // Writing to a String cannot fail.
    let _ = text.write_fmt(line);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_requirement_has_a_case_and_a_fault_or_a_reason() {
        let suite = load(&Source::BuiltIn).unwrap();
        let rows = ledger(&suite, None);
        assert_eq!(rows.len(), 127);
        let without: Vec<_> = rows.iter().filter(|row| !row.is_covered()).map(|row| &row.requirement.id).collect();
        assert!(without.is_empty(), "{without:?}");
        assert!(human(&rows).lines().all(|line| line.chars().count() <= 80));
    }
}
