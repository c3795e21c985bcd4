//! Events as newline-delimited JSON, one a line, as they happen.
//!
//! Shape: `schemas/event.schema.json`; the lines are <https://github.com/ndjson/ndjson-spec>. The last line is always
//! `run_finished`, so a cut stream can be told from a whole one:
//!
//! ```json
//! {"schemaVersion":"1","event":"run_started","runId":"…","sequence":0,"time":"2026-03-01T02:00:00Z","run":{…}}
//! {"schemaVersion":"1","event":"trial_finished","runId":"…","sequence":1,"time":"2026-03-01T02:00:00.000812Z","trial":{…}}
//! {"schemaVersion":"1","event":"run_finished","runId":"…","sequence":2,"time":"2026-03-01T02:00:00.001Z","summary":{…}}
//! ```
//!
//! Lines are flushed at the end only; whoever wants to read along hands over a writer that flushes by itself.

use std::io::{self, Write};

use serde::Serialize;

use super::Renderer;
use super::reading::Clock;
use crate::model::event::{Event, SCHEMA_VERSION};

/// Writes `events.ndjson`.
pub(super) struct Ndjson {
    out: Box<dyn Write + Send>,
    clock: Clock,
    run_id: String,
    sequence: u64,
}

impl Ndjson {
    pub(super) fn new(out: Box<dyn Write + Send>) -> Self {
        Self { out, clock: Clock::default(), run_id: "\"\"".to_owned(), sequence: 0 }
    }

    fn line(&mut self, event: &str, micros: u64, member: &str, content: &impl Serialize) -> io::Result<()> {
        write!(
            self.out,
            r#"{{"schemaVersion":"{SCHEMA_VERSION}","event":"{event}","runId":{},"sequence":{},"time":"{}","{member}":"#,
            self.run_id,
            self.sequence,
            self.clock.after(micros),
        )?;
        serde_json::to_writer(&mut self.out, content)?;
        self.sequence += 1;
        self.out.write_all(b"}\n")
    }
}

impl Renderer for Ndjson {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        match event {
            Event::RunStarted(info) => {
                self.clock = Clock::starting(&info.started_at);
                self.run_id = serde_json::to_string(&info.run_id)?;
                self.line("run_started", 0, "run", info)
            }
            Event::TrialFinished(trial) => self.line("trial_finished", trial.at_micros, "trial", trial),
            Event::RunFinished(summary) => {
                self.line("run_finished", summary.micros, "summary", summary)?;
                self.out.flush()
            }
        }
    }
}
