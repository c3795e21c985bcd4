//! JUnit XML: a `testsuite` per endpoint, a `testcase` per trial.
//!
//! There is no standard; what tools agree on is collected at <https://github.com/testmoapp/junitxml>. The output keeps
//! the schema of the Jenkins xUnit plugin (`tests/public_schemas/junit-10.xsd`), which has times in milliseconds, no
//! `file` on a `testcase`, and the elements of Maven Surefire for flaky trials.
//!
//! | verdict | element |
//! |---|---|
//! | fail, stale waiver | `failure`, with the whole diagnostic as text |
//! | inconclusive | `error` |
//! | skip, waived | `skipped`, with the reason |
//! | pass after a retry | `flakyFailure` per earlier attempt |
//! | pass with a warning | `system-out`, with the diagnostic |
//!
//! ```xml
//! <testsuites name="patchproof" tests="2" failures="1" errors="0" time="0.004">
//!   <testsuite name="jobs" tests="2" failures="1" errors="0" time="0.002" skipped="0" timestamp="2026-03-01T02:00:00Z">
//!     <testcase classname="jobs::update" name="full" time="0.001"/>
//!     <testcase classname="jobs::update" name="status-only" time="0.001">
//!       <failure message="`status` is not the value that was sent" type="REQ-RESP-003">FAIL jobs::update::…</failure>
//!     </testcase>
//!   </testsuite>
//! </testsuites>
//! ```

use std::io::{self, Write};

use quick_xml::escape::escape;

use super::diagnostic::plain;
use super::endpoints::PerEndpoint;
use super::links::list;
use super::reading::{Seconds, deny, headline, split_name, warns};
use super::safe;
use super::spool::Spool;
use super::{Renderer, reading};
use crate::model::event::{Event, RunInfo, Summary, TrialResult};
use crate::model::finding::Level;
use crate::model::verdict::Verdict;

/// Columns of the diagnostics.
const WIDTH: usize = 100;

/// Writes `junit.xml`.
pub(super) struct Junit {
    out: Box<dyn Write + Send>,
    info: RunInfo,
    suites: PerEndpoint<Suite>,
}

#[derive(Default)]
struct Suite {
    cases: Spool,
    sums: Sums,
}

#[derive(Default, Clone, Copy)]
struct Sums {
    tests: usize,
    failures: usize,
    errors: usize,
    skipped: usize,
    micros: u64,
}

impl Junit {
    pub(super) fn new(out: Box<dyn Write + Send>) -> Self {
        Self { out, info: RunInfo::default(), suites: PerEndpoint::default() }
    }

    fn finish(&mut self, summary: &Summary) -> io::Result<()> {
        let suites = self.suites.take();
        let mut total = Sums::default();
        for (_, suite) in &suites {
            total.tests += suite.sums.tests;
            total.failures += suite.sums.failures;
            total.errors += suite.sums.errors;
            total.skipped += suite.sums.skipped;
        }
        let stale = Sums::of_waivers(summary);
        total.tests += stale.tests;
        total.failures += stale.failures;
        total.skipped += stale.skipped;
        total.micros = summary.micros;
        let out = &mut self.out;
        out.write_all(b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"patchproof\"")?;
        writeln!(out, "{total}>")?;
        for (endpoint, suite) in suites {
            let (name, start) = (Text(&endpoint), Text(&self.info.started_at));
            let Sums { skipped, .. } = suite.sums;
            write!(out, "  <testsuite name=\"{name}\"{} skipped=\"{skipped}\" timestamp=\"{start}\">", suite.sums)?;
            out.write_all(b"\n    <properties>\n")?;
            let docs = list(self.info.docs.as_deref());
            for (name, value) in [
                ("base-url", &self.info.base_url),
                ("run-id", &self.info.run_id),
                ("suite", &self.info.suite),
                ("suite-digest", &self.info.suite_digest),
                ("version", &self.info.version),
                ("requirement-pages", &docs),
            ] {
                writeln!(out, "      <property name=\"{name}\" value=\"{}\"/>", Text(value))?;
            }
            out.write_all(b"    </properties>\n")?;
            suite.cases.pour(out)?;
            out.write_all(b"  </testsuite>\n")?;
        }
        waivers(out, summary, &stale, &self.info.started_at)?;
        out.write_all(b"</testsuites>\n")?;
        out.flush()
    }
}

impl Renderer for Junit {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        match event {
            Event::RunStarted(info) => self.info = info.clone(),
            Event::TrialFinished(trial) => {
                let suite = self.suites.get(&trial.endpoint);
                suite.sums.add(trial);
                testcase(suite.cases.buffer(), trial, deny(&self.info))?;
                suite.cases.settle()?;
            }
            Event::RunFinished(summary) => self.finish(summary)?,
        }
        Ok(())
    }
}

/// Waivers out of date as a suite of their own, so that a run which fails by them alone is not green here.
fn waivers(out: &mut dyn Write, summary: &Summary, sums: &Sums, started_at: &str) -> io::Result<()> {
    if sums.tests == 0 {
        return Ok(());
    }
    let (skipped, start) = (sums.skipped, Text(started_at));
    writeln!(out, "  <testsuite name=\"waivers\"{sums} skipped=\"{skipped}\" timestamp=\"{start}\">")?;
    for problem in &summary.waiver_problems {
        let problem = safe::short(problem);
        writeln!(out, "    <testcase classname=\"waivers\" name=\"{}\" time=\"0.000000\">", Text(&problem))?;
        let (name, kind) = if sums.skipped > 0 { ("skipped", "") } else { ("failure", " type=\"waiver\"") };
        writeln!(out, "      <{name} message=\"{}\"{kind}/>\n    </testcase>", Text(&problem))?;
    }
    out.write_all(b"  </testsuite>\n")
}

impl Sums {
    /// One test for each waiver out of date: failed, or skipped where that only warns.
    fn of_waivers(summary: &Summary) -> Self {
        let all = summary.waiver_problems.len();
        let (failures, skipped) = if summary.waivers_warn { (0, all) } else { (all, 0) };
        Self { tests: all, failures, skipped, ..Self::default() }
    }

    fn add(&mut self, trial: &TrialResult) {
        self.tests += 1;
        self.micros += trial.micros;
        match trial.verdict {
            Verdict::Pass => {}
            Verdict::Fail | Verdict::StaleWaiver => self.failures += 1,
            Verdict::Inconclusive => self.errors += 1,
            Verdict::Skip | Verdict::Waived => self.skipped += 1,
        }
    }
}

impl std::fmt::Display for Sums {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { tests, failures, errors, micros, .. } = *self;
        write!(f, " tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\" time=\"{}\"", Seconds(micros))
    }
}

fn testcase(out: &mut Vec<u8>, trial: &TrialResult, deny: Level) -> io::Result<()> {
    let (class, name) = split_name(trial);
    // The one line that every passing trial costs; see `benches/`.
    out.extend_from_slice(b"    <testcase classname=\"");
    text(out, class);
    out.extend_from_slice(b"\" name=\"");
    text(out, name);
    write!(out, "\" time=\"{}\"", Seconds(trial.micros))?;
    let start = out.len();
    out.extend_from_slice(b">\n");
    let content = out.len();
    outcome(out, trial, deny)?;
    if out.len() == content {
        out.truncate(start);
        out.extend_from_slice(b"/>\n");
    } else {
        out.extend_from_slice(b"    </testcase>\n");
    }
    Ok(())
}

fn outcome(out: &mut Vec<u8>, trial: &TrialResult, deny: Level) -> io::Result<()> {
    match trial.verdict {
        Verdict::Pass => {}
        Verdict::Fail => {
            let cause = trial.findings.iter().find(|f| reading::fails(f, deny)).or(trial.findings.first());
            let kind = cause.map_or("fail", |f| &f.finding.requirement);
            element(out, "failure", headline(trial, deny), kind, &plain(trial, WIDTH, false))?;
        }
        Verdict::StaleWaiver => {
            element(out, "failure", headline(trial, deny), "stale-waiver", &plain(trial, WIDTH, false))?;
        }
        Verdict::Inconclusive => {
            element(out, "error", headline(trial, deny), "inconclusive", &plain(trial, WIDTH, false))?;
        }
        Verdict::Skip => writeln!(out, "      <skipped message=\"{}\"/>", Text(headline(trial, deny)))?,
        Verdict::Waived => {
            let reason =
                trial.findings.iter().find_map(|f| f.waived.as_deref()).unwrap_or_else(|| headline(trial, deny));
            writeln!(out, "      <skipped message=\"waived: {}\"/>", Text(reason))?;
        }
    }
    if let Some((_, earlier)) = trial.attempts.split_last() {
        let name = if trial.verdict == Verdict::Fail { "rerunFailure" } else { "flakyFailure" };
        for attempt in earlier.iter().filter(|attempt| attempt.verdict != Verdict::Pass) {
            let reason = attempt.reason.as_deref().unwrap_or_else(|| attempt.verdict.as_str());
            let (message, kind) = (safe::short(reason), attempt.verdict.as_str());
            write!(out, "      <{name} message=\"{}\" type=\"{kind}\">", Text(&message))?;
            writeln!(out, "<stackTrace>{}</stackTrace></{name}>", Text(reason))?;
        }
    }
    let told = matches!(trial.verdict, Verdict::Pass | Verdict::Waived);
    if told && trial.findings.iter().any(|f| warns(f, deny) || f.waived.is_some()) {
        let diagnostic = plain(trial, WIDTH, false);
        writeln!(out, "      <system-out>{}</system-out>", Text(&diagnostic))?;
    }
    Ok(())
}

fn element(out: &mut Vec<u8>, name: &str, message: &str, kind: &str, body: &str) -> io::Result<()> {
    let message = safe::short(message);
    writeln!(out, "      <{name} message=\"{}\" type=\"{}\">{}</{name}>", Text(&message), Text(kind), Text(body))
}

/// Text that XML allows, escaped for content and for attributes.
struct Text<'a>(&'a str);

impl std::fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&escape(safe::xml(self.0)))
    }
}

fn text(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(escape(safe::xml(text)).as_bytes());
}
