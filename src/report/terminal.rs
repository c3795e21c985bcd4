//! The report on the terminal: calm when green, and on failure the diagnostic that needs no debugger.
//!
//! ```text
//! patchproof 0.1.0 judges http://127.0.0.1:8080/v1.0 (the embedded reference server)
//! suite built-in (3f2a9c01d2e4), 1,068 trials, seed 4711
//!
//!   jobs                             178 passed
//!   classifyFileJobs                 177 passed, 1 failed
//!
//! FAIL classifyFileJobs::update::status-only
//!   REQ-RESP-003 (MUST): `status` is not the value that was sent
//!   …
//!
//! Does not conform: 1 MUST requirement broken (310.4 ms)
//! 1,067 passed, 1 failed
//! ```
//!
//! The diagnostics are explained in [`super::diagnostic`]; a defect found in many trials is explained once
//! (`failures`).

mod failures;

use std::io::{self, Write};

use super::Renderer;
use super::aggregate::{Aggregate, Tally};
use super::diagnostic::Diagnostic;
use super::outcome::{outcome, sums, tone, word};
use super::paint::{Paint, Tone};
use super::reading::{Span, count, deny, thousands};
use super::{safe, teardown};
use crate::model::event::{Event, RunInfo, Summary, TrialResult};
use crate::model::finding::Level;
use crate::model::verdict::Verdict;

/// How much to tell.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Verbosity {
    /// The verdict only.
    Quiet,
    /// Endpoints, diagnostics, verdict.
    #[default]
    Normal,
    /// A line per trial as well.
    Verbose,
}

/// How to show it.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Use ANSI colours.
    pub color: bool,
    /// Columns.
    pub width: usize,
    /// How much to tell.
    pub verbosity: Verbosity,
    /// Findings explained in full; the rest are named or counted.
    pub full: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { color: false, width: 80, verbosity: Verbosity::Normal, full: 20 }
    }
}

/// The column in which the sums of an endpoint stand.
const INDENT: &str = "                                   ";

/// Writes the terminal report.
pub struct Terminal {
    out: Box<dyn Write + Send>,
    options: Options,
    paint: Paint,
    aggregate: Aggregate,
    embedded: bool,
}

impl Terminal {
    /// A terminal report into a writer.
    #[must_use]
    pub fn new(out: Box<dyn Write + Send>, options: Options) -> Self {
        Self { out, options, paint: Paint(options.color), aggregate: Aggregate::new(Level::Must), embedded: false }
    }

    fn start(&mut self, info: &RunInfo) -> io::Result<()> {
        self.aggregate = Aggregate::new(deny(info));
        self.embedded = info.embedded;
        if self.options.verbosity == Verbosity::Quiet {
            return Ok(());
        }
        let embedded = if info.embedded { " (the embedded reference server)" } else { "" };
        let url = safe::short(&info.base_url);
        writeln!(self.out, "patchproof {} judges {}{embedded}", info.version, self.paint.tone(Tone::Strong, url))?;
        let digest = info.suite_digest.get(..12).unwrap_or(&info.suite_digest);
        let seed = info.seed.map(|seed| format!(", seed {seed}")).unwrap_or_default();
        writeln!(self.out, "suite {} ({digest}), {}{seed}", safe::short(&info.suite), count(info.planned, "trial"))?;
        if !info.not_offered.is_empty() {
            writeln!(self.out, "not offered: {}", safe::short(&info.not_offered.join(", ")))?;
        }
        writeln!(self.out)?;
        self.out.flush()
    }

    fn trial(&mut self, trial: &TrialResult) -> io::Result<()> {
        self.aggregate.add(trial);
        if self.options.verbosity != Verbosity::Verbose {
            return Ok(());
        }
        let verdict = self.paint.tone(tone(trial.verdict), format!("{:<12}", trial.verdict.as_str()));
        let span = Span(trial.micros).to_string();
        let flaky = if trial.flaky { " (flaky)" } else { "" };
        write!(self.out, "{verdict} {span:>9}  {}{flaky}", safe::line(&trial.name))?;
        match &trial.reason {
            Some(reason) => writeln!(self.out, ": {}", safe::short(reason)),
            None => writeln!(self.out),
        }
    }

    fn finish(&mut self, summary: &Summary) -> io::Result<()> {
        let paths = self.aggregate.paths();
        if self.options.verbosity != Verbosity::Quiet {
            if self.options.verbosity == Verbosity::Verbose {
                writeln!(self.out)?;
            }
            let endpoints = self.aggregate.endpoints.take();
            for (endpoint, tally) in &endpoints {
                let options = textwrap::Options::new(self.options.width).subsequent_indent(INDENT);
                let line = format!("  {:<32} {}", safe::line(endpoint), tally_line(self.paint, tally));
                writeln!(self.out, "{}", textwrap::fill(&line, options))?;
            }
            if !endpoints.is_empty() {
                writeln!(self.out)?;
            }
            let mut text = Diagnostic::new(self.options.width, self.paint);
            self.aggregate.conclude(summary);
            failures::write(&self.aggregate, self.options.full, &mut text);
            self.out.write_all(text.into_string().as_bytes())?;
            self.reasons(summary)?;
        }
        let outcome = outcome(summary, paths);
        let mut text = Diagnostic::new(self.options.width, self.paint);
        // Nothing above it says so.
        let embedded = self.embedded && self.options.verbosity == Verbosity::Quiet;
        let target = if embedded { "the embedded reference server, " } else { "" };
        let sentence = format!("{} ({target}{})", safe::sentence(&outcome.sentence), Span(summary.micros));
        text.paragraph("", &sentence, outcome.tone);
        text.paragraph("", &sums(summary), Tone::Plain);
        self.out.write_all(text.into_string().as_bytes())?;
        self.out.flush()
    }

    /// What was not judged, waived or flaky, by reason, and what went wrong around the trials.
    fn reasons(&mut self, summary: &Summary) -> io::Result<()> {
        let mut text = Diagnostic::new(self.options.width, self.paint);
        for (verdict, title, reasons) in [
            (Verdict::Inconclusive, "Could not be judged", &self.aggregate.inconclusive),
            (Verdict::Skip, "Skipped", &self.aggregate.skipped),
            (Verdict::Waived, "Waived", &self.aggregate.waived),
        ] {
            if reasons.is_empty() {
                continue;
            }
            text.paragraph("", title, tone(verdict));
            for (reason, group) in reasons {
                let line = format!("{}: {}", count(group.trials, "trial"), safe::short(reason));
                text.paragraph("  ", &line, Tone::Plain);
                if verdict != Verdict::Skip {
                    text.paragraph("    ", &format!("such as {}", safe::line(group.such())), Tone::Quiet);
                }
            }
            text.gap();
        }
        if self.aggregate.flaky.trials > 0 {
            text.paragraph("", "Flaky", Tone::Warn);
            text.paragraph("  ", &self.aggregate.flaky.named(false), Tone::Plain);
            text.gap();
        }
        for (title, lines) in [
            ("Waivers out of date", &summary.waiver_problems),
            ("Jobs not put back", &teardown::grouped(&summary.teardown)),
        ] {
            if lines.is_empty() {
                continue;
            }
            text.paragraph("", title, Tone::Bad);
            for line in lines {
                text.paragraph("  ", &safe::short(line), Tone::Plain);
            }
            text.gap();
        }
        self.out.write_all(text.into_string().as_bytes())
    }
}

impl Renderer for Terminal {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        match event {
            Event::RunStarted(info) => self.start(info),
            Event::TrialFinished(trial) => self.trial(trial),
            Event::RunFinished(summary) => self.finish(summary),
        }
    }
}

fn tally_line(paint: Paint, tally: &Tally) -> String {
    let mut parts: Vec<String> = tally
        .verdicts
        .iter()
        .map(|(verdict, n)| {
            paint.tone(tone(*verdict), format_args!("{} {}", thousands(*n), word(*verdict))).to_string()
        })
        .collect();
    if tally.warnings > 0 {
        parts.push(paint.tone(Tone::Warn, count(tally.warnings, "warning")).to_string());
    }
    if tally.flaky > 0 {
        parts.push(paint.tone(Tone::Warn, format_args!("{} flaky", tally.flaky)).to_string());
    }
    parts.join(", ")
}
