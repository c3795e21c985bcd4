//! A failing trial explained, as the best compilers explain an error: headline, place, expected and actual.
//!
//! ```text
//! FAIL jobs::update::status-only
//!   An update of status changes nothing else
//!
//!   REQ-RESP-003 (MUST): `status` is not the value that was sent
//!
//!   Requirement  For every property in the request body the 200 body holds an
//!                equal value.
//!   Source       Page, section "Response"
//!   Place        body /status, expected by cases/update/status-only.json:9
//!   Expected     "running"
//!   Actual       "notStarted"
//!   Request      PATCH /v1.0/dataClassification/jobs/8b9f
//!   Answer       400, HTTP/1.1, after 1.2 ms
//!                The property 'status' is not known.
//!   Repeat       curl -sS -X PATCH \
//!                  -H 'Authorization: Bearer '"$PATCHPROOF_TOKEN" …
//! ```
//!
//! Everything from the server is escaped and cut ([`safe`]), then wrapped, then coloured.

use std::fmt::Write as _;

use textwrap::{Options, WordSeparator, WordSplitter, WrapAlgorithm};

use super::difference::{Row, one_line, pair, rows};
use super::paint::{Paint, Tone};
use super::reading::{Span, cause, exchange, says};
use super::safe;
use super::shell::fold;
use crate::contract::requirement::requirement;
use crate::model::event::{ExchangeRecord, ReportedFinding, TrialResult};
use crate::model::finding::{Level, Shown};
use crate::model::verdict::Verdict;

/// Column at which values start.
const COLUMN: usize = 15;
/// Characters shown of what a refusal says.
const SAYS: usize = 160;

/// The diagnostic of one trial: all its findings but notes, or why it could not be judged.
#[must_use]
pub fn plain(trial: &TrialResult, width: usize, color: bool) -> String {
    let mut text = Diagnostic::new(width, Paint(color));
    let findings: Vec<&ReportedFinding> = trial.findings.iter().filter(|f| f.finding.level > Level::May).collect();
    text.headline(trial);
    if let (true, Some(reason)) = (findings.is_empty() || trial.verdict == Verdict::Inconclusive, &trial.reason) {
        text.paragraph("  ", &safe::short(reason), Tone::Plain);
    }
    for (i, reported) in findings.iter().enumerate() {
        text.finding(trial, reported);
        let here = reported.finding.exchange;
        if findings.get(i + 1).is_none_or(|next| next.finding.exchange != here) {
            text.exchanges(trial, reported);
        }
    }
    if findings.is_empty() {
        text.exchange(trial.evidence.last());
        text.gap();
    }
    text.into_string()
}

/// A diagnostic as it is written.
pub(super) struct Diagnostic {
    out: String,
    width: usize,
    paint: Paint,
}

impl Diagnostic {
    pub(super) fn new(width: usize, paint: Paint) -> Self {
        Self { out: String::new(), width: width.max(40), paint }
    }

    pub(super) fn into_string(self) -> String {
        self.out
    }

    /// An empty line.
    pub(super) fn gap(&mut self) {
        self.out.push('\n');
    }

    /// Verdict and name of the trial.
    pub(super) fn headline(&mut self, trial: &TrialResult) {
        let word = match trial.verdict {
            Verdict::Fail => "FAIL",
            Verdict::Inconclusive => "NOT JUDGED",
            Verdict::Skip => "SKIPPED",
            Verdict::Waived => "WAIVED",
            Verdict::StaleWaiver => "STALE WAIVER",
            Verdict::Pass if trial.findings.is_empty() => "PASS",
            Verdict::Pass => "WARN",
        };
        let word = self.paint.tone(super::outcome::tone(trial.verdict), word);
        let name = safe::line(&trial.name);
        self.push(format_args!("{word} {}", self.paint.tone(Tone::Strong, name)));
        if !trial.title.is_empty() {
            self.paragraph("  ", &safe::short(&trial.title), Tone::Quiet);
            self.gap();
        }
    }

    /// One finding: requirement, place, expected and actual.
    pub(super) fn finding(&mut self, trial: &TrialResult, reported: &ReportedFinding) {
        let finding = &reported.finding;
        let tone = if finding.level == Level::Must { Tone::Bad } else { Tone::Warn };
        let title = format!("{} ({}): {}", finding.requirement, finding.level, safe::short(&finding.message));
        self.paragraph("  ", &title, tone);
        self.gap();
        if let Some(requirement) = requirement(&finding.requirement) {
            self.field("Requirement", &requirement.statement, Tone::Plain);
            self.field("Source", &requirement.source, Tone::Quiet);
            if let Some(url) = &requirement.source_url {
                // An address that is cut leads nowhere.
                self.push(format_args!("  {}{}", label_cell(self.paint, ""), self.paint.tone(Tone::Quiet, url)));
            }
        }
        let mut place = safe::short(&finding.place.to_string());
        let purpose = exchange(trial, reported).map(|record| record.purpose.as_str()).unwrap_or_default();
        if !purpose.is_empty() && trial.exchanges > 1 {
            let _ = write!(place, " ({})", safe::short(purpose));
        }
        let line = reported.line.map_or_else(String::new, |line| format!(":{line}"));
        let _ = write!(place, ", expected by {}{line}", safe::line(&trial.file));
        self.field("Place", &place, Tone::Link);
        self.values(finding.expected.as_ref(), finding.actual.as_ref());
        if let Some(reason) = &reported.waived {
            self.field("Waived", &safe::short(reason), Tone::Warn);
        }
    }

    fn values(&mut self, expected: Option<&Shown>, actual: Option<&Shown>) {
        let Some(rows) = expected.zip(actual).and_then(|(expected, actual)| rows(expected, actual)) else {
            let (expected, actual) = (expected.map(one_line), actual.map(one_line));
            let (e, a) = pair(expected.as_deref().unwrap_or_default(), actual.as_deref().unwrap_or_default());
            if expected.is_some() {
                self.field("Expected", &e, Tone::Good);
            }
            if actual.is_some() {
                self.field("Actual", &a, Tone::Bad);
            }
            return;
        };
        self.field("Difference", "- expected, + actual", Tone::Quiet);
        for row in rows {
            let tone = match row {
                Row::Expected(_) => Tone::Good,
                Row::Actual(_) => Tone::Bad,
                Row::Same(_) => Tone::Plain,
                Row::Gap(_) => Tone::Quiet,
            };
            for (i, piece) in pieces(&row.text(), self.width - 6).into_iter().enumerate() {
                let indent = if i == 0 { "    " } else { "      " };
                self.push(format_args!("{indent}{}", self.paint.tone(tone, piece)));
            }
        }
    }

    /// The exchange of a finding; where that is a read, what led there comes first, and can be repeated.
    pub(super) fn exchanges(&mut self, trial: &TrialResult, reported: &ReportedFinding) {
        let shown = exchange(trial, reported);
        let led = cause(trial, reported);
        self.exchange(led.or(shown));
        if let (Some(_), Some(read)) = (led, shown) {
            let answer = read.status.map_or_else(|| "no answer".to_owned(), |status| status.to_string());
            let same = led.is_some_and(|led| led.url == read.url);
            let of = if same { "the same path".to_owned() } else { safe::short(path(&read.url)) };
            self.field("Seen in", &format!("the answer {answer} to {} of {of}", safe::line(&read.method)), Tone::Plain);
        }
        self.gap();
    }

    /// Request line, answer and how to repeat it.
    fn exchange(&mut self, record: Option<&ExchangeRecord>) {
        let Some(record) = record else { return };
        let request = format!("{} {}", safe::line(&record.method), safe::short(path(&record.url)));
        for (i, line) in at_slashes(&request, self.width - COLUMN).into_iter().enumerate() {
            self.field(if i == 0 { "Request" } else { "" }, line, Tone::Plain);
        }
        let broken = record.broken.as_deref().map(safe::short);
        let answer = match (record.status, broken) {
            (Some(status), broken) => {
                let broken = broken.map_or_else(String::new, |broken| format!("; {broken}"));
                format!("{status}, {}, after {}{broken}", safe::line(&record.version), Span(record.total_micros))
            }
            (None, broken) => format!("none: {}", broken.unwrap_or_else(|| "no response".to_owned())),
        };
        self.field("Answer", &answer, Tone::Plain);
        if let Some(says) = says(record) {
            self.field("", &safe::line(&safe::cut_to(&says, SAYS)), Tone::Quiet);
        }
        for (i, line) in fold(&record.curl, self.width - COLUMN - 2).iter().enumerate() {
            let label = if i == 0 { "Repeat" } else { "" };
            let indent = if i == 0 { "" } else { "  " };
            let line = safe::block(line);
            self.push(format_args!("  {}{indent}{}", label_cell(self.paint, label), self.paint.tone(Tone::Link, line)));
        }
    }

    /// A label and its text, wrapped beside it.
    pub(super) fn field(&mut self, label: &str, text: &str, tone: Tone) {
        for (i, line) in wrap(text, self.width - COLUMN).into_iter().enumerate() {
            let label = if i == 0 { label } else { "" };
            self.push(format_args!("  {}{}", label_cell(self.paint, label), self.paint.tone(tone, line)));
        }
    }

    /// Text behind an indent, wrapped.
    pub(super) fn paragraph(&mut self, indent: &str, text: &str, tone: Tone) {
        for line in wrap(text, self.width - indent.len()) {
            self.push(format_args!("{indent}{}", self.paint.tone(tone, line)));
        }
    }

    /// Text behind an indent, cut where the line ends: a word of the server never begins a line.
    pub(super) fn line(&mut self, indent: &str, text: &str, tone: Tone) {
        let width = self.width - indent.len();
        let mut lines = pieces(text, width).into_iter();
        let first = lines.next().unwrap_or_default();
        let line = match lines.next() {
            Some(_) => pieces(text, width - 1).swap_remove(0) + "…",
            None => first,
        };
        self.push(format_args!("{indent}{}", self.paint.tone(tone, line)));
    }

    fn push(&mut self, line: std::fmt::Arguments<'_>) {
        let start = self.out.len();
        // Writing to a String cannot fail.
        let _ = self.out.write_fmt(line);
        let end = self.out[start..].trim_end().len() + start;
        self.out.truncate(end);
        self.out.push('\n');
    }
}

fn label_cell(paint: Paint, label: &str) -> String {
    format!("{}{:pad$}", paint.tone(Tone::Quiet, label), "", pad = COLUMN - 2 - label.len())
}

fn wrap(text: &str, width: usize) -> Vec<String> {
    let options = Options::new(width)
        .word_separator(WordSeparator::AsciiSpace)
        .word_splitter(WordSplitter::NoHyphenation)
        .wrap_algorithm(WrapAlgorithm::FirstFit);
    textwrap::wrap(text, options).into_iter().map(|line| guarded(line.into_owned())).collect()
}

/// The line, so that a CI system that reads commands at the start of lines (`::error::`, `##[error]`) finds none.
fn guarded(line: String) -> String {
    let start = line.trim_start();
    if start.starts_with("::") || start.starts_with("##[") { format!("\\{line}") } else { line }
}

/// Path and query of a URL; the rest stands in the head of the report and in the curl line.
fn path(url: &str) -> &str {
    let start = url.find("://").map_or(0, |at| at + 3);
    url[start..].find('/').map_or(url, |at| &url[start + at..])
}

/// A request line in pieces of at most so many columns, cut behind slashes where there are any.
fn at_slashes(mut text: &str, width: usize) -> Vec<&str> {
    let mut lines = Vec::new();
    while let Some((end, _)) = text.char_indices().nth(width) {
        let cut = text[..end].rfind('/').map_or(end, |at| at + 1);
        lines.push(&text[..cut]);
        text = &text[cut..];
    }
    lines.push(text);
    lines
}

/// The text in pieces of so many columns, spaces kept.
fn pieces(text: &str, width: usize) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let mut columns = 0;
    for c in text.chars() {
        let wide = textwrap::core::display_width(c.encode_utf8(&mut [0; 4]));
        if columns + wide > width {
            pieces.push(String::new());
            columns = 0;
        }
        columns += wide;
        if let Some(last) = pieces.last_mut() {
            last.push(c);
        }
    }
    pieces.into_iter().map(guarded).collect()
}
