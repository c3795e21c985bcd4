//! SARIF 2.1.0: findings as results, requirements as rules, waivers as suppressions.
//!
//! See <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>. The place of a result is the line of the case
//! file that expected otherwise; the trial is its logical location; `partialFingerprints` keep it the same from run to run.
//!
//! ```json
//! {"version":"2.1.0","runs":[{"tool":{"driver":{"name":"patchproof","rules":[{"id":"REQ-STATUS-001", …}]}},
//!  "results":[{"ruleId":"REQ-STATUS-001","level":"error","message":{"text":"…"},"locations":[…]}]}]}
//! ```

use std::io::{self, Write};

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::{Value, json};

use super::Renderer;
use super::difference::one_line;
use super::endpoints::PerEndpoint;
use super::links::page;
use super::reading::{Clock, deny};
use super::safe;
use super::spool::{Spool, pour_items};
use crate::contract::requirement::{Requirement, requirements};
use crate::model::event::{Event, ReportedFinding, RunInfo, Summary, TrialResult};
use crate::model::finding::Level;

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// What may not stand in the path of a URI reference.
const PATH: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'%').add(b'<').add(b'>').add(b'?').add(b'`');

/// Writes SARIF.
pub(super) struct Sarif {
    out: Box<dyn Write + Send>,
    info: RunInfo,
    results: PerEndpoint<Spool>,
}

impl Sarif {
    pub(super) fn new(out: Box<dyn Write + Send>) -> Self {
        Self { out, info: RunInfo::default(), results: PerEndpoint::default() }
    }

    fn finish(&mut self, summary: &Summary) -> io::Result<()> {
        let clock = Clock::starting(&self.info.started_at);
        let rules: Vec<Value> =
            requirements().iter().map(|requirement| rule(requirement, self.info.docs.as_deref())).collect();
        let driver = json!({"name": "patchproof", "version": self.info.version, "rules": rules});
        let severity = if summary.waivers_warn { "warning" } else { "error" };
        let stale = |problem: &String| json!({"level": severity, "message": {"text": safe::short(problem)}});
        let notes: Vec<Value> = [&summary.could_not_judge, &summary.ended_early]
            .into_iter()
            .flatten()
            .map(|why| json!({"level": "error", "message": {"text": safe::short(why)}}))
            .chain(summary.waiver_problems.iter().map(stale))
            .collect();
        let invocation = json!({
            "executionSuccessful": summary.exit_code < 2,
            "exitCode": summary.exit_code,
            "startTimeUtc": clock.after(0).to_string(),
            "endTimeUtc": clock.after(summary.micros).to_string(),
            "toolExecutionNotifications": notes,
        });
        let guid = json!({"guid": self.info.run_id, "id": format!("patchproof/{}", self.info.suite)});
        let out = &mut self.out;
        writeln!(out, "{{\"$schema\":\"{SCHEMA}\",\"version\":\"2.1.0\",")?;
        writeln!(out, "\"runs\":[{{\"tool\":{{\"driver\":{driver}}},")?;
        writeln!(out, "\"automationDetails\":{guid},\n\"invocations\":[{invocation}],")?;
        write!(out, "\"columnKind\":\"utf16CodeUnits\",\n\"results\":[")?;
        pour_items(std::mem::take(&mut self.results), out)?;
        out.write_all(b"]}]}\n")?;
        out.flush()
    }
}

impl Renderer for Sarif {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        match event {
            Event::RunStarted(info) => self.info = info.clone(),
            Event::TrialFinished(trial) => {
                for reported in &trial.findings {
                    self.results.get(&trial.endpoint).item(&result(trial, reported, deny(&self.info)))?;
                }
            }
            Event::RunFinished(summary) => self.finish(summary)?,
        }
        Ok(())
    }
}

fn rule(requirement: &Requirement, docs: Option<&str>) -> Value {
    let page = page(requirement, docs);
    let text = format!("{} Source: {}", requirement.statement, requirement.source);
    let markdown = match &page {
        Some(page) => {
            format!("{text}\n\n[How it is tested, what is tolerated, a broken and a right exchange]({page})")
        }
        None => format!("{} Source: [{}]({})", requirement.statement, requirement.source, requirement.url()),
    };
    // The schema wants a whole URI.
    let whole = |page: &&String| page.starts_with("https://") || page.starts_with("http://");
    let help = page.as_ref().filter(whole).map_or_else(|| requirement.url(), String::as_str);
    json!({
        "id": requirement.id,
        "name": requirement.title,
        "shortDescription": {"text": requirement.title},
        "fullDescription": {"text": requirement.statement},
        "help": {"text": text, "markdown": markdown},
        "helpUri": help,
        "defaultConfiguration": {"level": severity(requirement.level, Level::Must)},
        "properties": {"tags": [requirement.level.as_str(), requirement.tier.as_str()]},
    })
}

fn severity(level: Level, deny: Level) -> &'static str {
    match level {
        level if level >= deny => "error",
        Level::Should => "warning",
        _ => "note",
    }
}

fn result(trial: &TrialResult, reported: &ReportedFinding, deny: Level) -> Value {
    let finding = &reported.finding;
    let mut text = format!("{} ({})", safe::short(&finding.message), finding.place);
    for (label, shown) in [("expected", &finding.expected), ("actual", &finding.actual)] {
        if let Some(shown) = shown {
            text = format!("{text}\n{label}: {}", safe::short(&one_line(shown)));
        }
    }
    let mut result = json!({
        "ruleId": finding.requirement,
        "level": severity(finding.level, deny),
        "message": {"text": safe::block(&text)},
        "locations": [{
            "physicalLocation": {
                "artifactLocation": {"uri": utf8_percent_encode(&trial.file, PATH).to_string()},
                "region": {"startLine": reported.line.unwrap_or(1)},
            },
            "logicalLocations": [{"fullyQualifiedName": trial.name, "kind": "member"}],
        }],
        "partialFingerprints": {"patchproof/v1": reported.fingerprint},
    });
    if let Some(index) = requirements().iter().position(|requirement| requirement.id == finding.requirement) {
        result["ruleIndex"] = index.into();
    }
    if let Some(reason) = &reported.waived {
        result["suppressions"] = json!([{"kind": "external", "status": "accepted", "justification": reason}]);
    }
    result
}
