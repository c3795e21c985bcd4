//! Common Test Report Format, a JSON shape that CI dashboards read.
//!
//! See <https://ctrf.io/docs/specification/overview>. Inconclusive trials have status `other`, skipped and waived ones
//! `skipped`; `rawStatus` is the verdict.
//!
//! ```json
//! {"reportFormat":"CTRF","specVersion":"0.0.0","results":{"tool":{"name":"patchproof"},"summary":{"tests":2, …},
//!  "tests":[{"name":"jobs::update::no-prefer","status":"failed","duration":2,"message":"the status is 204, not 200"}, …]}}
//! ```

use std::io::{self, Write};

use serde_json::{Value, json};

use super::Renderer;
use super::diagnostic::plain;
use super::endpoints::PerEndpoint;
use super::links::list;
use super::reading::{Clock, deny, headline, split_name};
use super::safe;
use super::spool::{Spool, pour_items};
use crate::model::event::{Event, RunInfo, Summary, TrialResult};
use crate::model::finding::Level;
use crate::model::verdict::Verdict;

/// Writes CTRF.
pub(super) struct Ctrf {
    out: Box<dyn Write + Send>,
    info: RunInfo,
    tests: PerEndpoint<Spool>,
}

impl Ctrf {
    pub(super) fn new(out: Box<dyn Write + Send>) -> Self {
        Self { out, info: RunInfo::default(), tests: PerEndpoint::default() }
    }

    fn finish(&mut self, summary: &Summary) -> io::Result<()> {
        let clock = Clock::starting(&self.info.started_at);
        let millis = |micros| clock.after(micros).as_millisecond();
        let failed = summary.count(Verdict::Fail) + summary.count(Verdict::StaleWaiver);
        let skipped = summary.count(Verdict::Skip) + summary.count(Verdict::Waived);
        let sums = json!({
            "tests": summary.counts.values().sum::<usize>(),
            "passed": summary.count(Verdict::Pass),
            "failed": failed,
            "pending": 0,
            "skipped": skipped,
            "other": summary.count(Verdict::Inconclusive),
            "flaky": summary.flaky,
            "start": millis(0),
            "stop": millis(summary.micros),
        });
        let tool = json!({"name": "patchproof", "version": self.info.version});
        let environment = json!({
            "appName": self.info.base_url,
            "testEnvironment": if self.info.embedded { "reference server" } else { "target" },
            "extra": {
                "suite": self.info.suite,
                "suiteDigest": self.info.suite_digest,
                "binaryDigest": self.info.binary_digest,
                "requirementPages": list(self.info.docs.as_deref()),
                "waiverProblems": summary.waiver_problems,
            },
        });
        let id = Value::from(self.info.run_id.as_str());
        let out = &mut self.out;
        writeln!(
            out,
            r#"{{"reportFormat":"CTRF","specVersion":"0.0.0","reportId":{id},"timestamp":"{}","#,
            clock.after(summary.micros)
        )?;
        write!(out, r#""generatedBy":"patchproof","results":{{"tool":{tool},"#)?;
        write!(out, "\n\"summary\":{sums},\n\"environment\":{environment},\n\"tests\":[")?;
        pour_items(std::mem::take(&mut self.tests), out)?;
        out.write_all(b"]}}\n")?;
        out.flush()
    }
}

impl Renderer for Ctrf {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        match event {
            Event::RunStarted(info) => self.info = info.clone(),
            Event::TrialFinished(trial) => {
                self.tests.get(&trial.endpoint).item(&test(trial, deny(&self.info)))?;
            }
            Event::RunFinished(summary) => self.finish(summary)?,
        }
        Ok(())
    }
}

fn test(trial: &TrialResult, deny: Level) -> Value {
    let status = match trial.verdict {
        Verdict::Pass => "passed",
        Verdict::Fail | Verdict::StaleWaiver => "failed",
        Verdict::Inconclusive => "other",
        Verdict::Skip | Verdict::Waived => "skipped",
    };
    let mut test = json!({
        "name": trial.name,
        "status": status,
        "duration": trial.micros.div_ceil(1_000),
        "suite": split_name(trial).0.split("::").collect::<Vec<_>>(),
        "rawStatus": trial.verdict.as_str(),
        "type": "conformance",
        "filePath": trial.file,
        "tags": trial.requirements,
    });
    if trial.flaky {
        test["flaky"] = true.into();
        test["retries"] = trial.attempts.len().saturating_sub(1).into();
    }
    if trial.verdict != Verdict::Pass {
        test["message"] = safe::short(headline(trial, deny)).into();
    }
    if trial.verdict == Verdict::Fail {
        test["trace"] = plain(trial, 100, false).into();
        if let Some(line) = trial.findings.iter().find_map(|f| f.line) {
            test["line"] = line.into();
        }
    }
    test
}
