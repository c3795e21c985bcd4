//! Reports: every format is a view of the same events.
//!
//! [`Renderer`] turns [`Event`]s into bytes as they come; [`Event::RunFinished`] completes the document. [`FORMATS`]
//! is the registry: a new format is one file here and one row there. Renderers read no clock, open no named file and
//! know no terminal: times come from the events, and the caller owns where the bytes go. A stored run is read with
//! [`read_run`] and rendered again with [`render`]; the same run gives the same bytes in every format.

use std::collections::BTreeMap;
use std::io::{self, BufReader, Read, Write};

use serde::Deserialize;

use crate::model::event::{Event, RunInfo, Summary, TrialResult};

mod aggregate;
mod ctrf;
pub mod diagnostic;
mod difference;
mod endpoints;
mod github;
mod har;
mod html;
mod json;
mod junit;
mod links;
mod markdown;
mod ndjson;
pub mod order;
mod outcome;
mod paint;
mod reading;
pub mod safe;
mod sarif;
mod shell;
mod spool;
mod tap;
mod teardown;
pub mod terminal;

/// Writes one report, event by event.
pub trait Renderer: Send {
    /// Takes the next event. After [`Event::RunFinished`] the document is whole and flushed.
    ///
    /// # Errors
    ///
    /// Where the bytes could not be written.
    fn event(&mut self, event: &Event) -> io::Result<()>;
}

/// One report format.
pub struct Format {
    /// Name on the command line: `--report NAME=PATH`.
    pub name: &'static str,
    /// File name below `--report-dir`.
    pub extension: &'static str,
    /// One line for `--help`.
    pub summary: &'static str,
    /// Starts a report into a writer, which should be buffered.
    pub open: fn(Box<dyn Write + Send>) -> Box<dyn Renderer>,
}

/// The formats, in the order in which they are listed.
pub const FORMATS: &[Format] = &[
    Format {
        name: "json",
        extension: "report.json",
        summary: "the whole run; every other format can be rendered from it",
        open: |out| Box::new(json::Json::new(out)),
    },
    Format {
        name: "ndjson",
        extension: "events.ndjson",
        summary: "one event a line, as they happen",
        open: |out| Box::new(ndjson::Ndjson::new(out)),
    },
    Format {
        name: "junit",
        extension: "junit.xml",
        summary: "JUnit XML, a suite per endpoint",
        open: |out| Box::new(junit::Junit::new(out)),
    },
    Format {
        name: "markdown",
        extension: "summary.md",
        summary: "Markdown for a step summary, under 1 MiB",
        open: |out| Box::new(markdown::Markdown::new(out)),
    },
    Format {
        name: "github",
        extension: "github.txt",
        summary: "GitHub annotations on the case files",
        open: |out| Box::new(github::GitHub::new(out)),
    },
    Format {
        name: "tap",
        extension: "report.tap",
        summary: "Test Anything Protocol 14, a subtest per endpoint",
        open: |out| Box::new(tap::Tap::new(out)),
    },
    Format {
        name: "ctrf",
        extension: "ctrf.json",
        summary: "Common Test Report Format",
        open: |out| Box::new(ctrf::Ctrf::new(out)),
    },
    Format {
        name: "sarif",
        extension: "report.sarif",
        summary: "SARIF 2.1.0: findings by requirement, on the case files",
        open: |out| Box::new(sarif::Sarif::new(out)),
    },
    Format {
        name: "har",
        extension: "exchanges.har",
        summary: "HAR 1.2: the exchanges kept as evidence",
        open: |out| Box::new(har::Har::new(out)),
    },
    Format {
        name: "html",
        extension: "report.html",
        summary: "the acceptance report: one self-contained page",
        open: |out| Box::new(html::Html::new(out)),
    },
    Format {
        name: "text",
        extension: "report.txt",
        summary: "what the terminal shows, without colour",
        open: |out| Box::new(terminal::Terminal::new(out, terminal::Options::default())),
    },
];

/// The format of that name.
#[must_use]
pub fn format(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name)
}

/// A stored run: the content of `report.json`.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Run {
    /// Version of the shape.
    pub schema_version: String,
    /// What was run against what.
    pub info: RunInfo,
    /// The sums.
    pub summary: Summary,
    /// The trials, by endpoint.
    pub trials: Vec<TrialResult>,
    /// The order in which they were told.
    #[serde(default)]
    pub order: Vec<order::Turns>,
}

/// Why a stored run could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file is not a report, or was cut; the user's file is at fault.
    #[error("not a patchproof report: {0}")]
    Malformed(#[from] serde_json::Error),
    /// The report is of another version of patchproof.
    #[error("report has schema version {0}, this patchproof reads {expected}", expected = crate::model::event::SCHEMA_VERSION)]
    Version(String),
    /// Somebody has changed it by hand.
    #[error("its summary counts other verdicts than its trials have")]
    Contradiction,
}

/// Reads a run from `report.json`.
///
/// # Errors
///
/// Where the input is not such a report.
pub fn read_run(input: impl Read) -> Result<Run, ReadError> {
    let run: Run = serde_json::from_reader(BufReader::new(input))?;
    if run.schema_version != crate::model::event::SCHEMA_VERSION {
        return Err(ReadError::Version(run.schema_version));
    }
    let mut counts = BTreeMap::new();
    for trial in &run.trials {
        *counts.entry(trial.verdict).or_default() += 1;
    }
    if counts != run.summary.counts {
        return Err(ReadError::Contradiction);
    }
    Ok(run)
}

/// Renders a stored run in a format.
///
/// # Errors
///
/// Where the bytes could not be written.
pub fn render(run: &Run, format: &Format, out: Box<dyn Write + Send>) -> io::Result<()> {
    replay(run, (format.open)(out).as_mut())
}

/// Sends the events of a stored run to a renderer.
///
/// # Errors
///
/// Where the bytes could not be written.
pub fn replay(run: &Run, renderer: &mut dyn Renderer) -> io::Result<()> {
    renderer.event(&Event::RunStarted(run.info.clone()))?;
    for trial in order::as_finished(&run.trials, &run.order) {
        renderer.event(&Event::TrialFinished(Box::new(trial.clone())))?;
    }
    renderer.event(&Event::RunFinished(run.summary.clone()))
}
