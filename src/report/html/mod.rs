//! The acceptance report: one self-contained page for the party who accepts a server.
//!
//! The page follows <https://html.spec.whatwg.org/> and is judged against <https://www.w3.org/TR/WCAG22/>. It loads
//! nothing: style and script stand in it, and its Content-Security-Policy allows those two by their digest and nothing
//! else. Every value is escaped by the template engine; without script it is whole, the script only filters.
//!
//! ```html
//! <header><h1>Does not conform: 1 MUST requirement broken</h1> …</header>
//! <main>
//!   <section id="broken">…</section>       which requirements, and where
//!   <section id="tested">…</section>       what was run against what
//!   <section id="levels">…</section>       MUST, SHOULD and MAY by tier
//!   <section id="matrix">…</section>       endpoint × requirement group
//!   <section id="requirements">…</section> the ledger: sentence, source, verdict
//!   <section id="waivers">…</section>      what is accepted, by whom, until when
//!   <section id="reservations">…</section> waivers, flaky and inconclusive trials
//!   <section id="latency">…</section>      time per trial
//!   <section id="trials">…</section>       every trial, evidence folded
//! </main>
//! ```
//!
//! Known limit: past so many octets the evidence of an endpoint is left out ([`detail`]), so that the page stays usable;
//! `report.json` has the rest.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, HtmlEscape, Value, context};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::Renderer;
use super::aggregate::Aggregate;
use super::endpoints::PerEndpoint;
use super::links::pages;
use super::reading::{count, deny, fails};
use super::safe;
use super::spool::Spool;
use crate::contract::endpoint::ENDPOINTS;
use crate::contract::requirement::requirement;
use crate::model::event::{Event, RunInfo, Summary, TrialResult};
use crate::model::finding::Level;
use crate::model::verdict::Verdict;

mod detail;
mod latency;
mod ledger;
mod matrix;
mod reservations;
mod trial;

/// Trials named for a requirement that they break.
const WITNESSES: usize = 3;

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("filter.js");

/// Writes `report.html`.
pub(super) struct Html {
    out: Box<dyn Write + Send>,
    templates: Environment<'static>,
    info: RunInfo,
    aggregate: Aggregate,
    endpoints: PerEndpoint<Endpoint>,
}

/// What is kept of one endpoint.
#[derive(Default)]
struct Endpoint {
    trials: Spool,
    /// Some trial was judged.
    tested: bool,
    budget: detail::Budget,
    /// Trials by the requirement that they break.
    witnesses: BTreeMap<String, Vec<String>>,
    groups: BTreeMap<String, matrix::Cell>,
    latency: latency::Histogram,
}

impl Html {
    pub(super) fn new(out: Box<dyn Write + Send>) -> Self {
        let mut templates = Environment::new();
        templates.set_auto_escape_callback(|_| AutoEscape::Html);
        templates.add_filter("code", |text: String| Value::from_safe_string(code(&text)));
        if let Ok(syntax) = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build() {
            templates.set_syntax(syntax);
        }
        templates.add_filter("foldable", |name: String| Value::from_safe_string(foldable(&name)));
        for (name, source) in [
            ("head", include_str!("head.html")),
            ("trial", include_str!("trial.html")),
            ("foot", include_str!("foot.html")),
        ] {
            // The templates are part of the program; `every_format_is_as_its_sample` renders each of them.
            let _ = templates.add_template(name, source);
        }
        Self {
            out,
            templates,
            info: RunInfo::default(),
            aggregate: Aggregate::new(Level::Must),
            endpoints: PerEndpoint::default(),
        }
    }

    fn render(&self, name: &str, values: Value) -> io::Result<String> {
        self.templates.get_template(name).and_then(|template| template.render(values)).map_err(io::Error::other)
    }

    fn trial(&mut self, trial: &TrialResult) -> io::Result<()> {
        self.aggregate.add(trial);
        let deny = deny(&self.info);
        let endpoint = self.endpoints.get(&trial.endpoint);
        let unjudged = matches!(trial.verdict, Verdict::Skip | Verdict::Inconclusive);
        endpoint.tested |= !unjudged;
        if trial.exchanges > 0 {
            endpoint.latency.add(trial.micros);
        }
        for id in &trial.requirements {
            let group = requirement(id).map_or(id.as_str(), |r| r.group());
            let cell = endpoint.groups.entry(group.to_owned()).or_default();
            cell.trials += 1;
            cell.unjudged += usize::from(unjudged);
        }
        let (mut failed, mut warned) = (BTreeSet::new(), BTreeSet::new());
        for reported in &trial.findings {
            let id = reported.finding.requirement.as_ref();
            let group = requirement(id).map_or(id, |r| r.group());
            if fails(reported, deny) { &mut failed } else { &mut warned }.insert(group);
            if fails(reported, deny) {
                let names = endpoint.witnesses.entry(id.to_owned()).or_default();
                if names.len() < WITNESSES && names.last() != Some(&trial.name) {
                    names.push(safe::line(&trial.name).into_owned());
                }
            }
        }
        for group in failed.union(&warned) {
            let cell = endpoint.groups.entry((*group).to_owned()).or_default();
            *(if failed.contains(group) { &mut cell.failed } else { &mut cell.warned }) += 1;
        }
        let passed = trial.verdict == Verdict::Pass && !trial.flaky && trial.findings.is_empty();
        let detail = endpoint.budget.detail(passed);
        let text = self.render("trial", trial::view(trial, deny, detail))?;
        let endpoint = self.endpoints.get(&trial.endpoint);
        // A trial without evidence is a line, of which there is always room.
        let spread = !(trial.evidence.is_empty() && trial.findings.is_empty());
        endpoint.budget.spend(passed, if spread { text.len() } else { 0 });
        endpoint.trials.buffer().extend_from_slice(text.as_bytes());
        endpoint.trials.settle()
    }

    fn finish(&mut self, summary: &Summary) -> io::Result<()> {
        self.aggregate.conclude(summary);
        let endpoints = self.endpoints.take();
        let outcome = super::outcome::outcome(summary, self.aggregate.paths());
        let ledger = ledger::groups(summary, &endpoints, self.info.docs.as_deref());
        let head = self.render(
            "head",
            Value::from(Serde(json!({
                "csp": format!("default-src 'none'; style-src '{}'; script-src '{}'; base-uri 'none'; form-action 'none'",
                    digest(STYLE), digest(SCRIPT)),
                "style": STYLE,
                "outcome": safe::sentence(&outcome.sentence),
                "tone": format!("{:?}", outcome.tone).to_lowercase(),
                "sums": super::outcome::sums(summary),
                "span": super::reading::Span(summary.micros).to_string(),
                "info": &self.info,
                "broken": ledger::broken(&ledger, &self.aggregate),
                "started": self.info.started_at.replace('T', " ").replace('Z', " UTC"),
                "planned": count(self.info.planned, "trial"),
                "requests": count(summary.requests, "request"),
                "fails": if deny(&self.info) == Level::Must { "a broken MUST" } else { "a broken MUST or SHOULD" },
                "docs": pages(self.info.docs.as_deref()),
                "read_back": read_back(&self.info.read_back),
                "selftest": self.info.selftest.as_ref().map_or_else(|| "not measured for this suite".to_owned(), ToString::to_string),
                "brief": trouble(summary) > ON_PAPER,
                "problems": problems(summary),
                "levels": ledger::levels(summary),
                "tested": tested(endpoints.iter().filter(|(_, of)| of.tested).map(|(name, _)| name.as_str())),
                "matrix": matrix::matrix(&endpoints),
                "endpoints": endpoints.iter().map(|(name, _)| name).collect::<Vec<_>>(),
                "ledger": &ledger,
                "waivers": reservations::waivers(summary),
                "reservations": reservations::reservations(&self.aggregate),
                "latency": endpoints.iter().map(|(name, endpoint)| endpoint.latency.row(name)).collect::<Vec<_>>(),
            }))),
        )?;
        self.out.write_all(head.as_bytes())?;
        for (name, endpoint) in endpoints {
            let name = self.templates.render_str("{{ name }}", context! { name }).map_err(io::Error::other)?;
            // A list in its role only: Chromium numbers the items of a real one anew for each that a filter hides, which
            // takes 12 s where there are ten thousand, and 0.1 s so.
            writeln!(self.out, "<h3>{name}</h3>\n<div class=\"trials\" role=\"list\">")?;
            endpoint.trials.pour(&mut self.out)?;
            writeln!(self.out, "</div>")?;
        }
        let foot = self.render("foot", Value::from(Serde(json!({ "script": SCRIPT, "info": &self.info }))))?;
        self.out.write_all(foot.as_bytes())?;
        self.out.flush()
    }
}

impl Renderer for Html {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        match event {
            Event::RunStarted(info) => {
                self.aggregate = Aggregate::new(deny(info));
                self.info = info.clone();
                Ok(())
            }
            Event::TrialFinished(trial) => self.trial(trial),
            Event::RunFinished(summary) => self.finish(summary),
        }
    }
}

/// Our own sentences as HTML: what stands between backticks is code.
fn code(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for (i, part) in text.split('`').enumerate() {
        let part = HtmlEscape(part);
        // Writing to a String cannot fail.
        let _ = if i % 2 == 1 { write!(html, "<code>{part}</code>") } else { write!(html, "{part}") };
    }
    html
}

/// Which of the six paths some trial was judged on.
fn tested<'a>(paths: impl Iterator<Item = &'a str>) -> String {
    let paths: Vec<&str> = paths.collect();
    match paths.len() {
        0 => "none".to_owned(),
        all if all == ENDPOINTS.len() => "all six".to_owned(),
        some => format!("{some} of six: {}", paths.join(", ")),
    }
}

/// A name as HTML that may be folded before its capitals, so that six columns fit on paper.
fn foldable(name: &str) -> String {
    let mut html = String::with_capacity(name.len() * 2);
    for c in name.chars() {
        if c.is_uppercase() {
            html.push_str("<wbr>");
        }
        // Writing to a String cannot fail.
        let _ = write!(html, "{}", HtmlEscape(c.encode_utf8(&mut [0; 4])));
    }
    html
}

/// How the job was read after an update, in words.
fn read_back(how: &str) -> &str {
    match how {
        "get" => "GET",
        "empty-patch" => "an empty PATCH, whose answer is the job as it is",
        "none" => "nothing: what an update left behind was not judged",
        other => other,
    }
}

/// Trials that did not plainly pass, of which a print has the exchanges; of more, it would have hundreds of pages of them.
const ON_PAPER: usize = 50;

/// How many trials did not plainly pass, one that is flaky and fails being two.
fn trouble(summary: &Summary) -> usize {
    let plain = |verdict: &Verdict| matches!(verdict, Verdict::Pass | Verdict::Skip);
    summary.flaky + summary.counts.iter().filter(|(verdict, _)| !plain(verdict)).map(|(_, count)| count).sum::<usize>()
}

/// What went wrong around the trials, as class and text.
fn problems(summary: &Summary) -> Vec<(&'static str, String)> {
    let waivers = summary.waiver_problems.iter().map(|text| ("fail", format!("Waiver: {}", safe::short(text))));
    let teardown =
        summary.teardown.iter().map(|text| ("warn", format!("Not put back: {}", safe::short(&text.to_string()))));
    waivers.chain(teardown).collect()
}

/// The source expression by which a policy allows one inline text.
fn digest(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text.as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_with_something_judged_count_as_tested() {
        assert_eq!(tested([].into_iter()), "none");
        assert_eq!(tested(["jobs", "evaluateLabelJobs"].into_iter()), "2 of six: jobs, evaluateLabelJobs");
        assert_eq!(tested(ENDPOINTS.iter().map(|row| row.collection)), "all six");
    }
}
