//! Test Anything Protocol, version 14: a subtest per endpoint, a test point per trial.
//!
//! See <https://testanything.org/tap-version-14-specification.html>. A waived failure is `not ok … # TODO reason`, a trial
//! that could not be judged is `not ok` with `verdict: "inconclusive"`.
//!
//! ```text
//! TAP version 14
//! # requirements: https://docs.example/requirements/README.md
//! # Subtest: jobs
//!     ok 1 - update::page-example
//!     not ok 2 - update::no-prefer
//!       ---
//!       verdict: "fail"
//!       message: "the status is 204, not 200"
//!       …
//!       ...
//!     1..2
//! not ok 1 - jobs
//! 1..1
//! ```

use std::io::{self, Write};

use super::Renderer;
use super::diagnostic::plain;
use super::endpoints::PerEndpoint;
use super::links::list;
use super::reading::{deny, headline};
use super::safe;
use super::spool::Spool;
use crate::model::event::{Event, Summary, TrialResult};
use crate::model::finding::Level;
use crate::model::verdict::Verdict;

/// Writes TAP.
pub(super) struct Tap {
    out: Box<dyn Write + Send>,
    deny: Level,
    docs: String,
    subtests: PerEndpoint<Subtest>,
}

#[derive(Default)]
struct Subtest {
    points: Spool,
    trials: usize,
    bad: usize,
}

impl Tap {
    pub(super) fn new(out: Box<dyn Write + Send>) -> Self {
        Self { out, deny: Level::Must, docs: String::new(), subtests: PerEndpoint::default() }
    }

    fn finish(&mut self, summary: &Summary) -> io::Result<()> {
        writeln!(self.out, "TAP version 14\n# requirements: {}", self.docs)?;
        let subtests = self.subtests.take();
        let endpoints = subtests.len();
        let all = endpoints + summary.waiver_problems.len();
        for (i, (endpoint, subtest)) in subtests.into_iter().enumerate() {
            let name = description(&endpoint);
            writeln!(self.out, "# Subtest: {name}")?;
            subtest.points.pour(&mut self.out)?;
            let ok = if subtest.bad == 0 { "ok" } else { "not ok" };
            writeln!(self.out, "    1..{}\n{ok} {} - {name}", subtest.trials, i + 1)?;
        }
        // A test that is still to do may fail.
        let todo = if summary.waivers_warn { " # TODO waivers out of date only warn" } else { "" };
        for (i, problem) in (endpoints + 1..).zip(&summary.waiver_problems) {
            writeln!(self.out, "not ok {i} - {}{todo}", description(problem))?;
        }
        if all == 0 {
            writeln!(self.out, "1..0 # SKIP nothing was selected")?;
        } else {
            writeln!(self.out, "1..{all}")?;
        }
        self.out.flush()
    }
}

impl Renderer for Tap {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        match event {
            Event::RunStarted(info) => {
                self.deny = deny(info);
                self.docs = list(info.docs.as_deref());
            }
            Event::TrialFinished(trial) => {
                let subtest = self.subtests.get(&trial.endpoint);
                subtest.trials += 1;
                let bad = matches!(trial.verdict, Verdict::Fail | Verdict::Inconclusive | Verdict::StaleWaiver);
                subtest.bad += usize::from(bad);
                point(subtest.points.buffer(), subtest.trials, trial, self.deny)?;
                subtest.points.settle()?;
            }
            Event::RunFinished(summary) => self.finish(summary)?,
        }
        Ok(())
    }
}

fn point(out: &mut Vec<u8>, number: usize, trial: &TrialResult, deny: Level) -> io::Result<()> {
    let own = trial.name.strip_prefix(trial.endpoint.as_str()).and_then(|rest| rest.strip_prefix("::"));
    let name = description(own.unwrap_or(&trial.name));
    let ok = if matches!(trial.verdict, Verdict::Pass | Verdict::Skip) { "ok" } else { "not ok" };
    let reason = match trial.verdict {
        Verdict::Skip => format!(" # SKIP {}", description(headline(trial, deny))),
        Verdict::Waived => {
            let waiver = trial.findings.iter().find_map(|f| f.waived.as_deref()).unwrap_or("waived");
            format!(" # TODO {}", description(waiver))
        }
        _ => String::new(),
    };
    writeln!(out, "    {ok} {number} - {name}{reason}")?;
    if matches!(trial.verdict, Verdict::Pass | Verdict::Skip) && !trial.flaky && trial.findings.is_empty() {
        return Ok(());
    }
    // A JSON string is a YAML double-quoted scalar.
    let yaml = |text: &str| serde_json::to_string(&safe::short(text)).unwrap_or_default();
    writeln!(out, "      ---\n      verdict: {}", yaml(trial.verdict.as_str()))?;
    writeln!(out, "      message: {}", yaml(headline(trial, deny)))?;
    if trial.flaky {
        writeln!(out, "      flaky: true")?;
    }
    writeln!(out, "      file: {}\n      duration_us: {}", yaml(&trial.file), trial.micros)?;
    writeln!(out, "      diagnostic: |2")?;
    for line in plain(trial, 80, false).lines().map(str::trim_end) {
        let indent = if line.is_empty() { "" } else { "        " };
        writeln!(out, "{indent}{line}")?;
    }
    writeln!(out, "      ...")
}

/// Text on one line in which nothing reads as a directive.
fn description(text: &str) -> String {
    safe::short(text).replace('\\', "\\\\").replace('#', "\\#")
}
