//! Arguments that name cases and select trials, shared by `run`, `list` and `lint`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use clap::Args;

use super::write::{err, usage_error};
use crate::contract::endpoint;
use crate::contract::requirement::Tier;
use crate::model::exit;
use crate::model::finding::Level;
use crate::plan::{self, Diagnostic, Partition, Pattern, Plan, Selection, Source, Suite};
use crate::suggest::{hint, nearest};

/// Which cases, and which of their trials.
#[derive(Debug, Args)]
#[command(next_help_heading = "Selection")]
pub(super) struct SuiteArgs {
    /// Folder of case files, in place of the built-in suite
    #[arg(long, value_name = "DIR", env = "PATCHPROOF_CASES")]
    pub(super) cases: Option<PathBuf>,
    /// Run only trials that match (`endpoint::topic::case`; * one part, ** many; @FILE a list)
    #[arg(long = "run", value_name = "GLOB")]
    run: Vec<String>,
    /// Leave out trials that match
    #[arg(long, value_name = "GLOB")]
    skip: Vec<String>,
    /// Only these collections
    #[arg(long, value_name = "COLLECTION", value_delimiter = ',')]
    endpoint: Vec<String>,
    /// Only these topics (folders of cases)
    #[arg(long, value_name = "TOPIC", value_delimiter = ',')]
    topic: Vec<String>,
    /// Judge up to this tier: documented (updates go out whole then, as the page has them), protocol, graph
    #[arg(long, value_name = "TIER")]
    tier: Option<String>,
    /// Only cases about requirements of these levels: must, should, may
    #[arg(long, value_name = "LEVEL", value_delimiter = ',')]
    level: Vec<String>,
    /// Only a part of the trials: hash:m/n, slice:m/n, or hash:env, slice:env as the CI system numbers its machines
    #[arg(long, value_name = "PART", env = "PATCHPROOF_PARTITION")]
    partition: Option<String>,
    /// Only trials whose name contains this
    #[arg(value_name = "SUBSTRING")]
    filters: Vec<String>,
}

/// A suite and what is selected of it.
pub(super) struct Chosen {
    pub(super) suite: Suite,
    pub(super) plan: Plan,
    pub(super) tiers: Option<Vec<Tier>>,
    pub(super) partition: Option<Partition>,
}

impl Chosen {
    /// Whether every variable that a chosen case names has a value.
    ///
    /// # Errors
    /// A line for each that has none.
    pub(super) fn want_variables(&self, given: &BTreeMap<String, String>) -> Result<(), String> {
        let cases: BTreeSet<usize> = self.plan.all().filter_map(|trial| usize::try_from(trial.case).ok()).collect();
        let mut unknown: BTreeMap<&str, (&str, usize)> = BTreeMap::new();
        for row in cases.iter().filter_map(|case| self.suite.refs.get(*case)) {
            let without = row.variables.iter().filter(|name| !given.contains_key(*name));
            for name in without.map(String::as_str).collect::<BTreeSet<_>>() {
                unknown.entry(name).or_insert((&row.id, 0)).1 += 1;
            }
        }
        let lines = unknown.iter().map(|(name, (such, cases))| {
            let (need, cases) = (if *cases == 1 { "needs" } else { "need" }, count(*cases, "case"));
            format!("{cases}, such as {such}, {need} a value for {{{{var.{name}}}}}: give --variable {name}=VALUE")
        });
        let lines: Vec<String> = lines.collect();
        if lines.is_empty() { Ok(()) } else { Err(lines.join("\n")) }
    }
}

impl SuiteArgs {
    /// Where the cases are.
    pub(super) fn source(&self) -> Source {
        self.cases.clone().map_or(Source::BuiltIn, Source::Dir)
    }

    /// Loads and selects; what is wrong is told on stderr.
    pub(super) fn choose(&self) -> Result<Chosen, u8> {
        self.choose_among(None)
    }

    /// Loads, and selects among the trials of these names.
    pub(super) fn choose_among(&self, names: Option<BTreeSet<String>>) -> Result<Chosen, u8> {
        let suite = load(&self.source())?;
        let tiers = self.tiers().map_err(usage_error)?;
        let mut selection = self.selection(tiers.as_deref()).map_err(usage_error)?;
        // A list without a line in it selects nothing, whatever else does.
        selection.names = selection.names.or(names);
        self.topics(&suite).map_err(usage_error)?;
        let variable = |name: &str| std::env::var(name).ok();
        let partition = self.partition.as_deref().map(|text| Partition::of(text, &variable));
        let partition = partition.transpose().map_err(|why| usage_error(format!("--partition: {why}")))?;
        let plan = Plan::new(&suite, &selection, partition.as_ref()).map_err(|problems| tell(&problems))?;
        Ok(Chosen { suite, plan, tiers, partition })
    }

    fn topics(&self, suite: &Suite) -> Result<(), String> {
        let known = suite.topics();
        let Some(unknown) = self.topic.iter().find(|topic| !known.contains(topic.as_str())) else { return Ok(()) };
        Err(format!("--topic {unknown:?}: no such topic{}", meant_or_all(unknown, known)))
    }

    fn tiers(&self) -> Result<Option<Vec<Tier>>, String> {
        let all = [Tier::Documented, Tier::Protocol, Tier::Graph];
        match self.tier.as_deref() {
            None => Ok(None),
            Some("documented") => Ok(Some(all[..1].to_vec())),
            Some("protocol") => Ok(Some(all[..2].to_vec())),
            Some("graph") => Ok(Some(all.to_vec())),
            Some(other) => Err(format!("--tier {other:?}: expected documented, protocol or graph")),
        }
    }

    fn selection(&self, tiers: Option<&[Tier]>) -> Result<Selection, String> {
        for name in &self.endpoint {
            if endpoint::by_collection(name).is_none() {
                let known = endpoint::ENDPOINTS.iter().map(|endpoint| endpoint.collection);
                return Err(format!("--endpoint {name:?}: no such collection{}", meant_or_all(name, known)));
            }
        }
        let level = |text: &String| match text.to_ascii_lowercase().as_str() {
            "must" => Ok(Level::Must),
            "should" => Ok(Level::Should),
            "may" => Ok(Level::May),
            _ => Err(format!("--level {text:?}: expected must, should or may")),
        };
        let run = patterns(&self.run)?;
        let none = !self.run.is_empty() && run.is_empty();
        Ok(Selection {
            run,
            skip: patterns(&self.skip)?,
            substrings: self.filters.clone(),
            endpoints: self.endpoint.clone(),
            topics: self.topic.clone(),
            tiers: tiers.map(<[Tier]>::to_vec).unwrap_or_default(),
            levels: self.level.iter().map(level).collect::<Result<_, _>>()?,
            names: none.then(BTreeSet::new),
        })
    }
}

/// Loads a suite; every error of every file is told on stderr.
pub(super) fn load(source: &Source) -> Result<Suite, u8> {
    plan::load(source).map_err(|problems| {
        let code = tell(&problems);
        err(format!("{} in the case files; no request was sent", count(problems.len(), "error")));
        code
    })
}

/// Tells mistakes on stderr and returns the exit code for them.
pub(super) fn tell(problems: &[Diagnostic]) -> u8 {
    for problem in problems {
        err(format!("error: {problem}"));
    }
    exit::USAGE
}

/// `; did you mean …?`: the known name that is most like one that is not, if any is much like it.
pub(super) fn meant<'k>(unknown: &str, known: impl Iterator<Item = &'k str>) -> String {
    hint(nearest(unknown, known))
}

/// As [`meant`]; all the names there are where none is much like it.
fn meant_or_all<'k>(unknown: &str, known: impl IntoIterator<Item = &'k str>) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    let near = meant(unknown, known.iter().copied());
    if near.is_empty() { format!("; there are {}", known.join(", ")) } else { near }
}

/// As [`meant`]; where none is much like it, how they are listed.
pub(super) fn meant_or_listed<'k>(unknown: &str, known: impl Iterator<Item = &'k str>, list: &str) -> String {
    let near = meant(unknown, known);
    if near.is_empty() { format!("; `{list}` lists them") } else { near }
}

/// `1 error`, `2 errors`.
pub(super) fn count(n: usize, noun: &str) -> String {
    if n == 1 { format!("1 {noun}") } else { format!("{n} {noun}s") }
}

/// Patterns as given, `@FILE` standing for the lines of a file.
fn patterns(texts: &[String]) -> Result<Vec<Pattern>, String> {
    let mut out = Vec::new();
    for text in texts {
        match text.strip_prefix('@') {
            None => out.push(Pattern::new(text)?),
            Some(path) => {
                let lines = std::fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?;
                for line in lines.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
                    out.push(Pattern::new(line)?);
                }
            }
        }
    }
    Ok(out)
}
