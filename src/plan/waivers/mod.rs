//! Waivers against the results of trials: which finding is covered, and what becomes of each waiver.
//!
//! The main type is [`Waivers`]. Everything here is pure: files are read by [`read`], and today is told.

mod edit;
mod file;

pub use edit::{add, prune};
pub use file::read;
use jiff::civil::Date;

use super::load::Suite;
use super::select::Pattern;
use super::trial::Trial;
use crate::contract::endpoint::ENDPOINTS;
use crate::model::event::{ReportedFinding, TrialResult};
use crate::model::finding::Level;
use crate::model::verdict::{Facts, Verdict, verdict};
use crate::model::waiver::{Waiver, WaiverUse};

/// The waivers that hold on a target.
#[derive(Debug, Clone, Default)]
pub struct Waivers {
    rules: Vec<Rule>,
    /// A MUST cannot be waived.
    strict: bool,
    /// A trial with a stale waiver passes.
    lenient: bool,
}

#[derive(Debug, Clone)]
struct Rule {
    waiver: Waiver,
    pattern: Pattern,
    expired: bool,
    /// How many trials of the suite it names.
    named: usize,
}

impl Rule {
    /// Whether the finding is what the waiver is about.
    fn is_about(&self, reported: &ReportedFinding) -> bool {
        let same = |wanted: &Option<String>, is: &str| wanted.as_ref().is_none_or(|wanted| wanted == is);
        reported.finding.level >= Level::Should
            && same(&self.waiver.requirement, &reported.finding.requirement)
            && same(&self.waiver.fingerprint, &reported.fingerprint)
    }
}

/// On what and when waivers hold.
#[derive(Debug, Clone, Copy)]
pub struct Holding<'a> {
    /// Today.
    pub today: Date,
    /// What the target is called: its name, its base URL.
    pub target: &'a [&'a str],
    /// A MUST cannot be waived.
    pub strict: bool,
    /// Waivers that are out of date do not fail the run.
    pub lenient: bool,
}

impl Holding<'_> {
    /// Whether the waiver is about the target.
    #[must_use]
    pub fn meant(&self, waiver: &Waiver) -> bool {
        waiver.targets.is_empty() || waiver.targets.iter().any(|name| self.target.contains(&name.trim_end_matches('/')))
    }
}

impl Waivers {
    /// Those of `waivers` that are about the target, for trials of a suite.
    ///
    /// # Errors
    /// When a pattern or a date is malformed; [`read`] finds these with their place.
    pub fn new(waivers: Vec<Waiver>, names: &[String], holding: Holding<'_>) -> Result<Self, String> {
        let compile = |waiver: Waiver| {
            let pattern = Pattern::new(&waiver.trial)?;
            let expires: Date = waiver.expires.parse().map_err(|error| format!("{}: {error}", waiver.expires))?;
            let count = names.iter().filter(|trial| pattern.matches(trial)).count();
            Ok(Rule { expired: expires < holding.today, pattern, named: count, waiver })
        };
        let rules =
            waivers.into_iter().filter(|waiver| holding.meant(waiver)).map(compile).collect::<Result<_, String>>()?;
        Ok(Self { rules, strict: holding.strict, lenient: holding.lenient })
    }

    /// There is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// Marks the findings of a trial that are waived, and derives its verdict anew.
    pub fn apply(&self, trial: &mut TrialResult, deny: Level) {
        let unjudged = trial.verdict == Verdict::Inconclusive
            || (trial.reason.is_some() && matches!(trial.verdict, Verdict::Fail | Verdict::Waived));
        if trial.verdict == Verdict::Skip {
            return;
        }
        let rules: Vec<&Rule> = self.rules.iter().filter(|rule| rule.pattern.matches(&trial.name)).collect();
        let (mut failures, mut waived) = (0, 0);
        for reported in &mut trial.findings {
            let refused = self.strict && reported.finding.level == Level::Must;
            let rule = rules.iter().find(|rule| !refused && !rule.expired && rule.is_about(reported));
            reported.waived = rule.map(|rule| rule.waiver.note());
            if reported.finding.level >= deny {
                *(if reported.waived.is_some() { &mut waived } else { &mut failures }) += 1;
            }
        }
        let covers = |rule: &&&Rule| trial.findings.iter().any(|reported| rule.is_about(reported));
        // A pattern may well name trials that pass; a waiver of one trial may not.
        let stale =
            !self.lenient && rules.iter().filter(|rule| rule.named == 1 && !rule.expired).any(|rule| !covers(&rule));
        trial.verdict = verdict(Facts { unjudged, failures, waived, stale, ..Facts::default() });
    }

    /// Every waiver, with nothing told yet.
    #[must_use]
    pub fn uses(&self) -> Vec<WaiverUse> {
        let unused = |rule: &Rule| WaiverUse {
            waiver: rule.waiver.clone(),
            expired: rule.expired,
            named: rule.named,
            ..WaiverUse::default()
        };
        self.rules.iter().map(unused).collect()
    }

    /// Counts one trial, after [`Self::apply`].
    pub fn count(&self, uses: &mut [WaiverUse], trial: &TrialResult) {
        for (rule, usage) in self.rules.iter().zip(uses).filter(|(rule, _)| rule.pattern.matches(&trial.name)) {
            usage.told += 1;
            let mut about = trial.findings.iter().filter(|reported| rule.is_about(reported)).peekable();
            match trial.verdict {
                Verdict::Skip => usage.skipped += 1,
                _ if about.peek().is_some() => {
                    let refused = self.strict && about.any(|reported| reported.finding.level == Level::Must);
                    usage.refused += usize::from(refused);
                    usage.covered += usize::from(!refused);
                }
                Verdict::Inconclusive => {}
                Verdict::Fail | Verdict::Waived => usage.differed += 1,
                Verdict::Pass | Verdict::StaleWaiver => usage.passed += 1,
            }
        }
    }
}

/// The names of all trials that a suite can give.
#[must_use]
pub fn names(suite: &Suite) -> Vec<String> {
    let mut names = Vec::new();
    for (endpoint, _) in (0u8..).zip(&ENDPOINTS) {
        for case in 0u32.. {
            let Some(facts) = suite.facts(case) else { break };
            if facts.applies_to(endpoint) {
                names.push(suite.name(Trial { case, endpoint, place: 0 }));
            }
        }
    }
    names
}

#[cfg(test)]
mod tests;
