//! The whole run as one JSON document, from which every other format can be rendered again.
//!
//! Shape: `schemas/report.schema.json` (JSON Schema 2020-12). Trials stand one a line, by endpoint:
//!
//! ```json
//! {"schemaVersion":"1",
//! "info":{"runId":"…","startedAt":"2026-03-01T02:00:00Z","baseUrl":"http://127.0.0.1:8080/v1.0", …},
//! "summary":{"counts":{"pass":5,"fail":1},"exitCode":1, …},
//! "trials":[
//! {"name":"jobs::update::full","verdict":"pass","micros":812, …},
//! {"name":"jobs::update::status-only","verdict":"fail","findings":[…], …}
//! ],
//! "order":[[0,2]]}
//! ```

use std::io::{self, Write};

use super::Renderer;
use super::endpoints::PerEndpoint;
use super::order::Order;
use super::spool::{Spool, pour_items};
use crate::model::event::{Event, RunInfo, SCHEMA_VERSION};

/// Writes `report.json`.
pub(super) struct Json {
    out: Box<dyn Write + Send>,
    info: RunInfo,
    trials: PerEndpoint<Spool>,
    order: Order,
}

impl Json {
    pub(super) fn new(out: Box<dyn Write + Send>) -> Self {
        Self { out, info: RunInfo::default(), trials: PerEndpoint::default(), order: Order::default() }
    }
}

impl Renderer for Json {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        match event {
            Event::RunStarted(info) => self.info = info.clone(),
            Event::TrialFinished(trial) => {
                self.order.note(&trial.endpoint);
                self.trials.get(&trial.endpoint).item(trial)?;
            }
            Event::RunFinished(summary) => {
                write!(self.out, "{{\"schemaVersion\":\"{SCHEMA_VERSION}\",\n\"info\":")?;
                serde_json::to_writer(&mut self.out, &self.info)?;
                self.out.write_all(b",\n\"summary\":")?;
                serde_json::to_writer(&mut self.out, summary)?;
                self.out.write_all(b",\n\"trials\":[")?;
                pour_items(std::mem::take(&mut self.trials), &mut self.out)?;
                self.out.write_all(b"],\n\"order\":")?;
                serde_json::to_writer(&mut self.out, &self.order.turns())?;
                self.out.write_all(b"}\n")?;
                self.out.flush()?;
            }
        }
        Ok(())
    }
}
