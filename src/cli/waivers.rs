//! `patchproof waivers`: hold waivers against a run, write waivers for what fails in one, take out what is over.
//!
//! Nothing here needs a network: a kept run, or a `report.json`, says what fails.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use clap::{Args as ClapArgs, Subcommand, ValueEnum};

use super::keep::StateArgs;
use super::policy::{read, today};
use super::suite::count;
use super::target::waivers_of;
use super::write::{err, out, usage_error, write_whole};
use crate::contract::endpoint::ENDPOINTS;
use crate::model::event::{ReportedFinding, TrialResult};
use crate::model::exit;
use crate::model::finding::Level;
use crate::model::verdict::Verdict;
use crate::model::waiver::{Waiver, WaiverOutcome, WaiverUse};
use crate::plan::waivers::{self, Holding};
use crate::plan::{Source, Waivers};
use crate::report::Run;

/// Arguments of `waivers`.
#[derive(Debug, ClapArgs)]
#[command(after_help = "Examples:
  patchproof waivers add --from latest --reason 'fixed in 7.2' --owner ann --expires 2027-01-31
  patchproof waivers check --from latest
  patchproof waivers prune --from reports/report.json

RUN is `latest`, the beginning of the id of a kept run, or the path of a report.json.")]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Say of each waiver what becomes of it in a run; the exit code is 1 where one is out of date
    Check(Common),
    /// Write a waiver for each failure of a run that has none yet
    Add(Add),
    /// Take out waivers that are stale, expired or unused
    Prune(Common),
}

#[derive(Debug, Clone, ClapArgs)]
struct Common {
    /// File of waivers [default: that of the target in the configuration file, else waivers.toml]
    #[arg(value_name = "FILE", env = "PATCHPROOF_WAIVERS")]
    file: Option<PathBuf>,
    /// Configuration file; else patchproof.toml here or in a folder above
    #[arg(long, value_name = "FILE", env = "PATCHPROOF_CONFIG")]
    config: Option<PathBuf>,
    /// The run that they are held against
    #[arg(long, value_name = "RUN", default_value = "latest")]
    from: String,
    /// Folder of case files, where the run was not of the built-in suite
    #[arg(long, value_name = "DIR", env = "PATCHPROOF_CASES")]
    cases: Option<PathBuf>,
    /// What the target is called in waivers, beside its base URL
    #[arg(long, value_name = "NAME", env = "PATCHPROOF_TARGET")]
    target: Option<String>,
    /// Folder of the program's state [default: that of the target in the configuration file, else the system's]
    #[arg(long, value_name = "DIR")]
    state_dir: Option<PathBuf>,
}

#[derive(Debug, ClapArgs)]
struct Add {
    #[command(flatten)]
    common: Common,
    /// Why the failures are accepted
    #[arg(long, value_name = "TEXT", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    reason: String,
    /// Who sees to it that they end
    #[arg(long, value_name = "NAME", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    owner: String,
    /// Last day on which the waivers hold
    #[arg(long, value_name = "DATE", value_parser = date)]
    expires: jiff::civil::Date,
    /// Where the work is tracked
    #[arg(long, value_name = "TICKET")]
    ticket: Option<String>,
    /// What one waiver is for, beside the requirement: a case on all paths where it fails on each, a single trial, or all
    /// trials that the requirement fails
    #[arg(long, value_name = "WHAT", default_value = "case")]
    by: By,
    /// Waive each finding by its fingerprint, not all findings of the trial about the requirement
    #[arg(long, conflicts_with = "by")]
    fingerprints: bool,
    /// Hold only on the target of the run
    #[arg(long)]
    only_here: bool,
}

/// What one waiver is written for, beside the requirement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum By {
    /// A case on all paths, where it fails on each that the target offers; else each of its trials
    Case,
    /// Each trial
    Trial,
    /// The requirement alone, whichever trials fail it
    Requirement,
}

fn date(text: &str) -> Result<jiff::civil::Date, &'static str> {
    text.parse().map_err(|_| "expected a day such as 2027-01-31")
}

pub(super) fn run(args: &Args) -> u8 {
    let done = match &args.what {
        What::Check(common) => check(common),
        What::Add(add) => write_new(add),
        What::Prune(common) => prune(common),
    };
    match done {
        Ok(code) | Err(code) => code,
    }
}

/// A run, and what becomes of waivers in it.
struct Held {
    run: Run,
    uses: Vec<WaiverUse>,
    /// Of each waiver that holds on the target, its place in the file.
    places: Vec<usize>,
}

impl Common {
    /// The run, and the waiver file that belongs to it.
    fn open(&self) -> Result<(Run, PathBuf), u8> {
        let Self { config, target, state_dir, .. } = self.clone();
        let state = StateArgs { state_dir, target, config };
        let run = state.store()?.open(&self.from).map_err(usage_error)?;
        let configured = || match waivers_of(self.config.as_deref(), self.target.as_deref(), &run.info.base_url) {
            Ok(path) => Ok(path.unwrap_or_else(|| "waivers.toml".into())),
            Err(mistakes) => Err(usage_error(mistakes.join("\n"))),
        };
        let file = self.file.clone().map_or_else(configured, Ok)?;
        Ok((run, file))
    }

    fn hold(&self, mut run: Run, all: Vec<Waiver>) -> Result<Held, u8> {
        let suite = super::suite::load(&self.cases.clone().map_or(Source::BuiltIn, Source::Dir))?;
        let url = if run.info.embedded { "embedded" } else { run.info.base_url.trim_end_matches('/') };
        let called: Vec<&str> = [url].into_iter().chain(self.target.as_deref()).collect();
        let holding = Holding { today: today(), target: &called, strict: false, lenient: false };
        let places = all.iter().enumerate().filter(|(_, waiver)| holding.meant(waiver)).map(|(place, _)| place);
        let places: Vec<usize> = places.collect();
        let waivers = Waivers::new(all, &waivers::names(&suite), holding).map_err(usage_error)?;
        let mut uses = waivers.uses();
        for trial in &mut run.trials {
            waivers.apply(trial, run.info.deny.unwrap_or(Level::Must));
            waivers.count(&mut uses, trial);
        }
        uses.iter_mut().for_each(WaiverUse::conclude);
        Ok(Held { run, uses, places })
    }
}

fn check(common: &Common) -> Result<u8, u8> {
    let (run, file) = common.open()?;
    let held = common.hold(run, read(&[file])?)?;
    let mut wrong = 0;
    for usage in &held.uses {
        wrong += usize::from(usage.problem().is_some());
        let (outcome, waiver) = (usage.outcome.as_str(), &usage.waiver);
        out(format!("{outcome:<10}  {:>4}  {waiver}, until {} ({})", usage.covered, waiver.expires, waiver.owner));
    }
    out(format!("{} held against run {}, {wrong} out of date", count(held.uses.len(), "waiver"), held.run.info.run_id));
    Ok(if wrong > 0 { exit::NOT_CONFORMANT } else { exit::CONFORMS })
}

fn write_new(add: &Add) -> Result<u8, u8> {
    let common = &add.common;
    if add.expires < today() {
        return Err(usage_error(format!("--expires {}: that is over", add.expires)));
    }
    let (run, file) = common.open()?;
    // None where there is no file yet, which is no mistake.
    let known = if file.exists() { read(std::slice::from_ref(&file))? } else { Vec::new() };
    let held = common.hold(run, known)?;
    let deny = held.run.info.deny.unwrap_or(Level::Must);
    let by = if add.fingerprints { By::Trial } else { add.by };
    let paths = ENDPOINTS.len().saturating_sub(held.run.info.not_offered.len());
    let everywhere = if by == By::Case { everywhere(&held.run.trials, deny, paths) } else { BTreeSet::new() };
    // In the order of the report.
    let (mut wanted, mut known) = (Vec::new(), BTreeSet::new());
    for trial in &held.run.trials {
        for reported in unwaived(trial, deny) {
            let requirement = reported.finding.requirement.as_ref();
            let pattern = match by {
                By::Requirement => "**".to_owned(),
                By::Case if everywhere.contains(&(case_of(&trial.name), requirement)) => {
                    format!("*::{}", case_of(&trial.name))
                }
                By::Case | By::Trial => trial.name.clone(),
            };
            let fingerprint = add.fingerprints.then(|| reported.fingerprint.clone());
            if known.insert((pattern.clone(), requirement, fingerprint.clone())) {
                wanted.push(Waiver {
                    trial: pattern,
                    requirement: Some(requirement.to_owned()),
                    fingerprint,
                    reason: add.reason.clone(),
                    owner: add.owner.clone(),
                    expires: add.expires.to_string(),
                    ticket: add.ticket.clone(),
                    targets: if add.only_here { vec![held.here(common)] } else { Vec::new() },
                });
            }
        }
    }
    let text = text(&file)?;
    write_whole(
        &file,
        &waivers::add(&text, &wanted).map_err(|why| usage_error(format!("{}: {why}", file.display())))?,
    )?;
    err(format!("{} added to {}", count(wanted.len(), "waiver"), file.display()));
    let expired = held.uses.iter().filter(|usage| usage.outcome == WaiverOutcome::Expired).count();
    if expired > 0 {
        let is = if expired == 1 { "has" } else { "have" };
        err(format!(
            "note: {} {is} expired; `patchproof waivers prune` takes out what is over",
            count(expired, "waiver")
        ));
    }
    Ok(exit::CONFORMS)
}

/// The failures of a trial that no waiver covers.
fn unwaived(trial: &TrialResult, deny: Level) -> impl Iterator<Item = &ReportedFinding> {
    trial.findings.iter().filter(move |reported| reported.waived.is_none() && reported.finding.level >= deny)
}

/// The name of a trial without its path.
fn case_of(trial: &str) -> &str {
    trial.split_once("::").map_or(trial, |(_, case)| case)
}

/// Cases and requirements that fail on each of the paths that the target offers.
fn everywhere(trials: &[TrialResult], deny: Level, paths: usize) -> BTreeSet<(&str, &str)> {
    let mut failing: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for trial in trials.iter().filter(|trial| !matches!(trial.verdict, Verdict::Skip | Verdict::Inconclusive)) {
        let broken: BTreeSet<&str> = unwaived(trial, deny).map(|f| f.finding.requirement.as_ref()).collect();
        for requirement in broken {
            *failing.entry((case_of(&trial.name), requirement)).or_default() += 1;
        }
    }
    failing.retain(|_, failed| *failed == paths);
    failing.into_keys().collect()
}

impl Held {
    fn here(&self, common: &Common) -> String {
        let url = || if self.run.info.embedded { "embedded".to_owned() } else { self.run.info.base_url.clone() };
        common.target.clone().unwrap_or_else(url)
    }
}

fn prune(common: &Common) -> Result<u8, u8> {
    let (run, file) = common.open()?;
    let held = common.hold(run, read(std::slice::from_ref(&file))?)?;
    let over = |usage: &WaiverUse| {
        matches!(usage.outcome, WaiverOutcome::Stale | WaiverOutcome::Expired | WaiverOutcome::Unused)
    };
    let gone: BTreeSet<usize> =
        held.places.iter().zip(&held.uses).filter(|(_, usage)| over(usage)).map(|(place, _)| *place).collect();
    for usage in held.uses.iter().filter(|usage| over(usage)) {
        out(format!("{:<10}  {}", usage.outcome.as_str(), usage.waiver));
    }
    if !gone.is_empty() {
        let text = text(&file)?;
        write_whole(
            &file,
            &waivers::prune(&text, &gone).map_err(|why| usage_error(format!("{}: {why}", file.display())))?,
        )?;
    }
    err(format!("{} taken out of {}", count(gone.len(), "waiver"), file.display()));
    Ok(exit::CONFORMS)
}

fn text(file: &Path) -> Result<String, u8> {
    match std::fs::read_to_string(file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(usage_error(format!("{}: {error}", file.display())))
        }
        read => Ok(read.unwrap_or_default()),
    }
}
