//! Markdown for a step summary: the verdict, a table of endpoints, the failures folded, what was not judged.
//!
//! GitHub cuts a step summary at 1 MiB (<https://docs.github.com/actions/reference/limits>), so this one ends before that
//! and says so.
//!
//! ```markdown
//! ## ❌ Does not conform: 1 MUST requirement broken
//!
//! | Endpoint | Passed | Failed | Inconclusive | Skipped | Waived | Warnings |
//! |---|---:|---:|---:|---:|---:|---:|
//! | jobs | 177 | 1 | | | | |
//!
//! ### Failures
//!
//! <details><summary>REQ-STATUS-001 in 2 trials: the status is 204, not 200</summary>
//! …
//! ```

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write};

use super::Renderer;
use super::aggregate::{Aggregate, Group, Tally};
use super::diagnostic::plain;
use super::difference::one_line;
use super::links::{link, list};
use super::outcome::{outcome, sums};
use super::paint::Tone;
use super::reading::{Span, count, deny};
use super::{safe, teardown};
use crate::contract::requirement::requirement;
use crate::model::event::{Event, RunInfo, Summary};
use crate::model::finding::Level;
use crate::model::verdict::Verdict;

/// Octets after which nothing more is added.
const LIMIT: usize = 1_000_000;
/// Failures explained.
const EXPLAINED: usize = 50;
/// Further places of a failure that are named.
const PLACES: usize = 6;

/// Writes Markdown.
pub(super) struct Markdown {
    out: Box<dyn Write + Send>,
    info: RunInfo,
    aggregate: Aggregate,
}

impl Markdown {
    pub(super) fn new(out: Box<dyn Write + Send>) -> Self {
        Self { out, info: RunInfo::default(), aggregate: Aggregate::new(Level::Must) }
    }

    fn finish(&mut self, summary: &Summary) -> io::Result<()> {
        let sections = self.sections(summary);
        let mut written = 0;
        for (i, section) in sections.iter().enumerate() {
            if written + section.len() > LIMIT {
                writeln!(
                    self.out,
                    "*{} left out: the summary is as long as it may be.*",
                    count(sections.len() - i, "section")
                )?;
                break;
            }
            written += section.len() + 1;
            writeln!(self.out, "{section}")?;
        }
        self.out.flush()
    }

    /// The sections of the document, the most telling first.
    fn sections(&mut self, summary: &Summary) -> Vec<String> {
        let mut sections = vec![head(&self.info, summary, self.aggregate.paths())];
        sections.push(table(&self.aggregate.endpoints.take()));
        let docs = self.info.docs.as_deref();
        self.aggregate.conclude(summary);
        let failures = self.aggregate.failures();
        if !failures.is_empty() {
            sections.push("### Failures\n".to_owned());
            sections.extend(self.aggregate.why_refused().map(|why| why + "\n"));
            sections.extend(failures.iter().take(EXPLAINED).filter_map(|group| explained(group, docs)));
            if failures.len() > EXPLAINED {
                sections.push(format!("and {} more; `--report json=FILE` has them all\n", failures.len() - EXPLAINED));
            }
        }
        if !self.aggregate.warnings.is_empty() {
            sections.push(warnings(&self.aggregate.warnings, docs));
        }
        for (title, reasons) in [
            ("Could not be judged", &self.aggregate.inconclusive),
            ("Waived", &self.aggregate.waived),
            ("Skipped", &self.aggregate.skipped),
        ] {
            if !reasons.is_empty() {
                sections.push(listed(title, reasons));
            }
        }
        if self.aggregate.flaky.trials > 0 {
            let names = self.aggregate.flaky.names.iter().map(|(_, name)| cell(name)).collect::<Vec<_>>().join(", ");
            sections.push(format!("### Flaky\n\n{}: {names}\n", count(self.aggregate.flaky.trials, "trial")));
        }
        for (title, lines) in [
            ("Waivers out of date", &summary.waiver_problems),
            ("Jobs not put back", &teardown::grouped(&summary.teardown)),
        ] {
            if !lines.is_empty() {
                let lines: String = lines.iter().fold(String::new(), |text, line| text + "- " + &cell(line) + "\n");
                sections.push(format!("### {title}\n\n{lines}"));
            }
        }
        sections
    }
}

impl Renderer for Markdown {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        match event {
            Event::RunStarted(info) => {
                self.aggregate = Aggregate::new(deny(info));
                self.info = info.clone();
            }
            Event::TrialFinished(trial) => self.aggregate.add(trial),
            Event::RunFinished(summary) => self.finish(summary)?,
        }
        Ok(())
    }
}

fn head(info: &RunInfo, summary: &Summary, paths: usize) -> String {
    let outcome = outcome(summary, paths);
    let sign = match outcome.tone {
        Tone::Good => "✅",
        Tone::Bad => "❌",
        _ => "⚠️",
    };
    let target = if info.embedded { "the embedded reference server" } else { "the target" };
    format!(
        "## {sign} {}\n\n{} in {}. patchproof {} judged {target} {}, suite {}; \
         [what the requirements say]({}).\n",
        cell(&outcome.sentence),
        sums(summary),
        Span(summary.micros),
        cell(&info.version),
        cell(&info.base_url),
        cell(&info.suite),
        list(info.docs.as_deref()),
    )
}

fn table(endpoints: &[(String, Tally)]) -> String {
    let mut text = "| Endpoint | Passed | Failed | Inconclusive | Skipped | Waived | Warnings |\n".to_owned();
    text.push_str("|---|---:|---:|---:|---:|---:|---:|\n");
    for (endpoint, tally) in endpoints {
        let of = |verdict: Verdict| tally.verdicts.get(&verdict).copied().unwrap_or(0);
        let numbers = [
            of(Verdict::Pass),
            of(Verdict::Fail) + of(Verdict::StaleWaiver),
            of(Verdict::Inconclusive),
            of(Verdict::Skip),
            of(Verdict::Waived),
            tally.warnings,
        ];
        let cells = numbers.map(|n| if n == 0 { " |".to_owned() } else { format!(" {n} |") }).concat();
        let _ = writeln!(text, "| {} |{cells}", cell(endpoint));
    }
    text
}

/// A failure: what it is, then the whole diagnostic, folded.
fn explained(group: &Group, docs: Option<&str>) -> Option<String> {
    let example = group.example.as_deref()?;
    let finding = &example.findings.first()?.finding;
    let title = format!("{} in {}: {}", finding.requirement, count(group.trials, "trial"), finding.message);
    let diagnostic = plain(example, 100, false);
    // A fence longer than every run of backticks inside cannot be closed from inside.
    let longest = diagnostic.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    let source = requirement(&finding.requirement).map_or_else(String::new, |r| {
        format!("[{}]({}), [{}]({}).\n\n", r.id, link(r, docs), cell(&r.source), r.url())
    });
    let mut spread = String::new();
    if group.trials > 1 {
        let _ = writeln!(spread, "Same in {}: {}\n", count(group.trials - 1, "more trial"), cell(&group.named(true)));
    }
    let places = group.elsewhere();
    if !places.is_empty() {
        let named = places.iter().take(PLACES).map(|(place, n)| format!("{} ({n})", cell(place)));
        let _ = writeln!(spread, "Also at {}\n", named.collect::<Vec<_>>().join(", "));
    }
    Some(format!(
        "<details><summary>{}</summary>\n\n{source}{spread}{fence}text\n{}\n{fence}\n\n</details>\n",
        cell(&title),
        diagnostic.trim_end(),
    ))
}

fn warnings(warnings: &BTreeMap<String, Group>, docs: Option<&str>) -> String {
    let mut text = "### Warnings\n\n| Requirement | Trials | Such as |\n|---|---:|---|\n".to_owned();
    for (id, group) in warnings {
        let link = requirement(id).map_or_else(|| cell(id), |r| format!("[{}]({})", r.id, link(r, docs)));
        let message = group.example.iter().flat_map(|e| &e.findings).map(|f| f.finding.message.as_str()).next();
        let mut such = format!("{}: {}", cell(group.such()), cell(message.unwrap_or_default()));
        let actual = group.example.iter().flat_map(|e| &e.findings).find_map(|f| f.finding.actual.as_ref());
        if let Some(actual) = actual {
            let _ = write!(such, " Actual: {}", cell(&one_line(actual)));
        }
        let _ = writeln!(text, "| {link} | {} | {such} |", group.trials);
    }
    text
}

fn listed(title: &str, reasons: &BTreeMap<String, Group>) -> String {
    let mut text = format!("### {title}\n\n| Reason | Trials | Such as |\n|---|---:|---|\n");
    for (reason, group) in reasons {
        let _ = writeln!(text, "| {} | {} | {} |", cell(reason), group.trials, cell(group.such()));
    }
    text
}

/// Text that is text in a table cell, in a heading and inside HTML.
fn cell(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in safe::short(text).chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '|' => out.push_str("&#124;"),
            // An entity, because a backslash is not an escape inside HTML.
            '`' | '*' | '_' | '[' | ']' | '!' | '~' | '#' | '\\' | '@' | '$' => {
                let _ = write!(out, "&#{};", u32::from(c));
            }
            c => out.push(c),
        }
    }
    // Neither a bare address nor a line end turns into anything.
    out.replace("://", "&#58;//").replace("www.", "www&#46;")
}
