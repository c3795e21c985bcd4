//! HTTP Archive 1.2: the exchanges kept as evidence, for the network tools of browsers.
//!
//! See <http://www.softwareishard.com/blog/har-12-spec/>. Secrets were removed before the exchanges got here; an exchange
//! without an answer has status 0 and says why in `_error`, as browsers do.
//!
//! ```json
//! {"log":{"version":"1.2","creator":{"name":"patchproof","version":"0.1.0"},"entries":[
//! {"startedDateTime":"2026-03-01T02:00:00.001Z","time":1.377,"request":{…},"response":{…},"comment":"jobs::update::no-prefer, step 1"}
//! ]}}
//! ```

use std::io::{self, Write};

use serde_json::{Value, json};

use super::Renderer;
use super::endpoints::PerEndpoint;
use super::links::list;
use super::reading::Clock;
use super::spool::{Spool, pour_items};
use crate::model::event::{Event, ExchangeRecord, RunInfo, TrialResult};

/// Writes HAR.
pub(super) struct Har {
    out: Box<dyn Write + Send>,
    info: RunInfo,
    clock: Clock,
    entries: PerEndpoint<Spool>,
}

impl Har {
    pub(super) fn new(out: Box<dyn Write + Send>) -> Self {
        Self { out, info: RunInfo::default(), clock: Clock::default(), entries: PerEndpoint::default() }
    }
}

impl Renderer for Har {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        match event {
            Event::RunStarted(info) => {
                self.clock = Clock::starting(&info.started_at);
                self.info = info.clone();
            }
            Event::TrialFinished(trial) => {
                for record in &trial.evidence {
                    self.entries.get(&trial.endpoint).item(&entry(trial, record, &self.clock))?;
                }
            }
            Event::RunFinished(_) => {
                let creator = json!({"name": "patchproof", "version": self.info.version});
                let docs = list(self.info.docs.as_deref());
                let comment = json!(format!("run {}; the requirements: {docs}", self.info.run_id));
                write!(self.out, r#"{{"log":{{"version":"1.2","creator":{creator},"comment":{comment},"entries":["#)?;
                pour_items(std::mem::take(&mut self.entries), &mut self.out)?;
                self.out.write_all(b"]}}\n")?;
                self.out.flush()?;
            }
        }
        Ok(())
    }
}

#[expect(clippy::cast_precision_loss, reason = "microseconds of one exchange are far below 2^52")]
fn millis(micros: u64) -> f64 {
    micros as f64 / 1_000.0
}

fn entry(trial: &TrialResult, record: &ExchangeRecord, clock: &Clock) -> Value {
    let wait = record.first_byte_micros.min(record.total_micros);
    let mut entry = json!({
        "startedDateTime": clock.after(record.at_micros).to_string(),
        "time": millis(record.total_micros),
        "request": request(record),
        "response": response(record),
        "cache": {},
        "timings": {"send": 0, "wait": millis(wait), "receive": millis(record.total_micros - wait)},
        "comment": format!("{}, {}", trial.name, record.purpose),
    });
    if let Some(broken) = &record.broken {
        entry["response"]["_error"] = broken.as_str().into();
    }
    entry
}

fn request(record: &ExchangeRecord) -> Value {
    let query = record.url.split_once('?').map_or("", |(_, query)| query);
    let pairs: Vec<Value> =
        form_urlencoded::parse(query.as_bytes()).map(|(name, value)| json!({"name": name, "value": value})).collect();
    let mut request = json!({
        "method": record.method,
        "url": record.url,
        "httpVersion": version(record),
        "cookies": [],
        "headers": headers(&record.request_headers),
        "queryString": pairs,
        "headersSize": -1,
        "bodySize": record.request_body.len(),
    });
    if !record.request_body.is_empty() {
        let kind = header(&record.request_headers, "content-type");
        request["postData"] = json!({"mimeType": kind, "text": record.request_body});
    }
    request
}

fn response(record: &ExchangeRecord) -> Value {
    json!({
        "status": record.status.unwrap_or(0),
        "statusText": "",
        "httpVersion": version(record),
        "cookies": [],
        "headers": headers(&record.response_headers),
        "content": {
            "size": record.response_body.len(),
            "mimeType": header(&record.response_headers, "content-type"),
            "text": record.response_body,
        },
        "redirectURL": header(&record.response_headers, "location"),
        "headersSize": -1,
        "bodySize": -1,
    })
}

fn version(record: &ExchangeRecord) -> &str {
    if record.version.is_empty() { "unknown" } else { &record.version }
}

fn header<'a>(headers: &'a [(String, String)], name: &str) -> &'a str {
    headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map_or("", |(_, value)| value)
}

fn headers(headers: &[(String, String)]) -> Vec<Value> {
    headers.iter().map(|(name, value)| json!({"name": name, "value": value})).collect()
}
