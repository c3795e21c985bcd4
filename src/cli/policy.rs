//! What a run is held to: which level fails it, which failures are accepted, and what a profile presets.
//!
//! | | none | `dev` | `ci` | `acceptance` |
//! |---|---|---|---|---|
//! | waivers that are out of date | fail | warn | fail | fail |
//! | waivers of a MUST | taken | taken | taken | refused |
//! | exchanges kept | of failures | of failures | of failures | all |
//! | reports in `reports/` | – | – | JSON, JUnit, Markdown | JSON, JUnit, HTML |
//!
//! A flag always stands over the profile, but for the waivers of a MUST.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use jiff::civil::Date;

use super::suite::count;
use super::target::TargetArgs;
use super::write::{err, usage_error};
use crate::model::exit;
use crate::model::finding::Level;
use crate::model::waiver::{Waiver, WaiverUse};
use crate::plan::waivers::{self, Holding};
use crate::plan::{Suite, Waivers};
use crate::target::config::Resolved;

/// What a run is held to.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Policy")]
pub(super) struct PolicyArgs {
    /// Presets: dev (waivers out of date only warn), ci (reports in reports/), acceptance (no waiver on a MUST)
    #[arg(long, value_name = "PROFILE", env = "PATCHPROOF_PROFILE")]
    pub(super) profile: Option<Profile>,
    /// Let warnings fail a trial
    #[arg(long, value_name = "LEVEL")]
    deny: Option<Deny>,
    /// What to do when nothing is selected
    #[arg(long, value_name = "WHAT", default_value = "fail")]
    no_tests: NoTests,
    /// File of failures that are accepted for a time; repeatable
    #[arg(long, value_name = "FILE", env = "PATCHPROOF_WAIVERS", value_delimiter = ',')]
    pub(super) waivers: Vec<PathBuf>,
    /// What waivers do that are stale, drifted, expired or unused
    #[arg(long, value_name = "WHAT")]
    stale_waivers: Option<Stale>,
}

/// A set of presets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Profile {
    /// At a desk.
    Dev,
    /// Every night.
    Ci,
    /// Before a server is accepted.
    Acceptance,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Deny {
    Should,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum NoTests {
    Fail,
    Warn,
    Pass,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Stale {
    Fail,
    Warn,
}

impl PolicyArgs {
    /// The lowest level that fails a trial.
    pub(super) fn deny(&self) -> Level {
        if self.deny.is_some() { Level::Should } else { Level::Must }
    }

    /// Waivers that are out of date do not fail the run.
    pub(super) fn lenient(&self) -> bool {
        let preset = if self.profile == Some(Profile::Dev) { Stale::Warn } else { Stale::Fail };
        self.stale_waivers.unwrap_or(preset) == Stale::Warn
    }

    /// Takes the waiver file of the target's configuration, where neither flag nor environment names one.
    pub(super) fn configured(&mut self, resolved: &Resolved) {
        if self.waivers.is_empty() {
            self.waivers.extend(resolved.waivers.as_ref().map(|setting| setting.value.clone()));
        }
    }

    /// Reads the waiver files; everything that is wrong with them is told on stderr.
    pub(super) fn read(&self) -> Result<Vec<Waiver>, u8> {
        read(&self.waivers)
    }

    /// The waivers that hold on a target, known by its base URL (none for the embedded server) and its name, for the
    /// trials of a suite.
    pub(super) fn waivers(
        &self,
        waivers: Vec<Waiver>,
        suite: &Suite,
        target: &TargetArgs,
        base_url: Option<&str>,
        today: Date,
    ) -> Result<Waivers, String> {
        if waivers.is_empty() {
            return Ok(Waivers::default());
        }
        let name = target.target.clone().or_else(|| std::env::var("PATCHPROOF_TARGET").ok());
        let url = base_url.map_or("embedded", |url| url.trim_end_matches('/'));
        let called: Vec<&str> = [url].into_iter().chain(name.as_deref()).collect();
        let strict = self.profile == Some(Profile::Acceptance);
        let holding = Holding { today, target: &called, strict, lenient: self.lenient() };
        Waivers::new(waivers, &waivers::names(suite), holding)
    }

    /// The exit code of a run for which nothing was selected.
    pub(super) fn nothing(&self, unmatched: &[String]) -> u8 {
        let text = format!("{}, nothing was tested", nothing_selected(unmatched));
        match self.no_tests {
            NoTests::Pass => return exit::CONFORMS,
            NoTests::Warn => err(format!("warning: {text}")),
            NoTests::Fail => err(format!("error: {text}")),
        }
        if self.no_tests == NoTests::Fail { exit::NOTHING_TESTED } else { exit::CONFORMS }
    }
}

/// Says that nothing was selected, and because of which patterns.
pub(super) fn nothing_selected(unmatched: &[String]) -> String {
    match unmatched {
        [] => "nothing was selected".to_owned(),
        [one] => format!("pattern {one:?} matches no trial: nothing was selected"),
        several => format!("no trial matches any of the patterns {several:?}: nothing was selected"),
    }
}

/// Reads waiver files and holds them against a suite: everything that would fail a run is told on stderr.
pub(super) fn read_for(files: &[PathBuf], suite: &Suite) -> Result<Vec<Waiver>, u8> {
    let waivers = read(files)?;
    let problems = useless(&waivers, suite).map_err(usage_error)?;
    if problems.is_empty() {
        return Ok(waivers);
    }
    for problem in &problems {
        err(format!("error: {problem}"));
    }
    err(format!("{} would fail a run", count(problems.len(), "waiver")));
    Err(exit::USAGE)
}

/// What is wrong with waivers whatever a run gives: they have expired, or name no trial of the suite.
fn useless(waivers: &[Waiver], suite: &Suite) -> Result<Vec<String>, String> {
    let holding = Holding { today: today(), target: &[], strict: false, lenient: false };
    // On whichever target they hold.
    let anywhere = waivers.iter().map(|waiver| Waiver { targets: Vec::new(), ..waiver.clone() }).collect();
    let uses = Waivers::new(anywhere, &waivers::names(suite), holding)?.uses();
    let problem = |told: &WaiverUse| match told {
        told if told.expired => Some(format!("{}: expired on {}", told.waiver, told.waiver.expires)),
        told if told.named == 0 => Some(format!("{}: the suite has no such trial", told.waiver)),
        _ => None,
    };
    Ok(uses.iter().filter_map(problem).collect())
}

/// Reads waiver files; everything that is wrong with all of them is told on stderr.
pub(super) fn read(files: &[PathBuf]) -> Result<Vec<Waiver>, u8> {
    let mut all = Vec::new();
    let mut wrong = 0;
    for path in files {
        match one(path) {
            Ok(waivers) => all.extend(waivers),
            Err(problems) => {
                wrong += problems.len();
                for problem in problems {
                    err(format!("error: {problem}"));
                }
            }
        }
    }
    if wrong > 0 {
        err(format!("{} in the waivers; no request was sent", count(wrong, "error")));
        return Err(exit::USAGE);
    }
    Ok(all)
}

fn one(path: &Path) -> Result<Vec<Waiver>, Vec<String>> {
    let shown = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|error| vec![format!("{shown}: {error}")])?;
    waivers::read(&shown, &text).map_err(|problems| problems.iter().map(ToString::to_string).collect())
}

/// The day on which waivers are judged, in UTC, so that machines of one run agree. `SOURCE_DATE_EPOCH` can set it to a
/// later day; shells for reproducible builds set it to one long ago, on which every waiver would hold.
pub(super) fn today() -> Date {
    let now = super::clock::now().max(jiff::Timestamp::now());
    now.to_zoned(jiff::tz::TimeZone::UTC).date()
}
