//! The acceptance report: one self-contained page for the party who accepts a server.
//!
//! The page follows <https://html.spec.whatwg.org/> and is judged against <https://www.w3.org/TR/WCAG22/>. It loads
//! nothing: style and script stand in it, and its Content-Security-Policy allows those two by their digest and nothing
//! else. Every value is escaped by the template engine; without script it is whole, the script only filters.
//!
//! ```html
//! <header><h1>Does not conform: 1 MUST requirement broken</h1> …</header>
//! <main>
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
//! Known limit: evidence is shown for [`EVIDENCE`] trials of an endpoint, so that the page stays usable; `report.json`
//! has the rest.

use std::collections::BTreeMap;
use std::io::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, Value, context};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::Renderer;
use super::catalogue::requirement;
use super::endpoints::PerEndpoint;
use super::gather::Gather;
use super::reading::{deny, fails};
use super::safe;
use super::spool::Spool;
use crate::model::event::{Event, RunInfo, Summary, TrialResult};
use crate::model::finding::Level;
use crate::model::verdict::Verdict;

mod latency;
mod ledger;
mod trial;

/// Trials of an endpoint whose evidence is shown.
const EVIDENCE: usize = 500;

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("filter.js");

/// Writes `report.html`.
pub(super) struct Html {
    out: Box<dyn Write + Send>,
    templates: Environment<'static>,
    info: RunInfo,
    gather: Gather,
    endpoints: PerEndpoint<Endpoint>,
}

/// What is kept of one endpoint.
#[derive(Default)]
struct Endpoint {
    trials: Spool,
    detailed: usize,
    groups: BTreeMap<String, ledger::Cell>,
    latency: latency::Histogram,
}

impl Html {
    pub(super) fn new(out: Box<dyn Write + Send>) -> Self {
        let mut templates = Environment::new();
        templates.set_auto_escape_callback(|_| AutoEscape::Html);
        if let Ok(syntax) = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build() {
            templates.set_syntax(syntax);
        }
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
            gather: Gather::new(Level::Must),
            endpoints: PerEndpoint::default(),
        }
    }

    fn render(&self, name: &str, values: Value) -> io::Result<String> {
        self.templates.get_template(name).and_then(|template| template.render(values)).map_err(io::Error::other)
    }

    fn trial(&mut self, trial: &TrialResult) -> io::Result<()> {
        self.gather.add(trial);
        let deny = deny(&self.info);
        let endpoint = self.endpoints.get(&trial.endpoint);
        if trial.exchanges > 0 {
            endpoint.latency.add(trial.micros);
        }
        for id in &trial.requirements {
            let group = requirement(id).map_or(id.as_str(), |r| r.group());
            let cell = endpoint.groups.entry(group.to_owned()).or_default();
            cell.trials += 1;
            cell.unjudged += usize::from(matches!(trial.verdict, Verdict::Skip | Verdict::Inconclusive));
        }
        for reported in &trial.findings {
            let id = reported.finding.requirement.as_ref();
            let group = requirement(id).map_or(id, |r| r.group());
            let cell = endpoint.groups.entry(group.to_owned()).or_default();
            cell.failed += usize::from(fails(reported, deny));
            cell.warned += usize::from(!fails(reported, deny));
        }
        let detailed = endpoint.detailed < EVIDENCE;
        endpoint.detailed += usize::from(!(trial.findings.is_empty() && trial.evidence.is_empty()));
        let text = self.render("trial", trial::view(trial, deny, detailed))?;
        let spool = &mut self.endpoints.get(&trial.endpoint).trials;
        spool.buffer().extend_from_slice(text.as_bytes());
        spool.settle()
    }

    fn finish(&mut self, summary: &Summary) -> io::Result<()> {
        let endpoints = self.endpoints.take();
        let outcome = super::outcome::outcome(summary);
        let head = self.render(
            "head",
            Value::from(Serde(json!({
                "csp": format!("default-src 'none'; style-src '{}'; script-src '{}'; base-uri 'none'; form-action 'none'",
                    digest(STYLE), digest(SCRIPT)),
                "style": STYLE,
                "outcome": safe::short(&outcome.sentence),
                "tone": format!("{:?}", outcome.tone).to_lowercase(),
                "sums": super::outcome::sums(summary),
                "span": super::reading::Span(summary.micros).to_string(),
                "info": &self.info,
                "requests": summary.requests,
                "problems": problems(summary),
                "levels": ledger::levels(summary),
                "matrix": ledger::matrix(&endpoints),
                "endpoints": endpoints.iter().map(|(name, _)| name).collect::<Vec<_>>(),
                "ledger": ledger::rows(summary),
                "waivers": ledger::waivers(summary),
                "reservations": ledger::reservations(&self.gather),
                "latency": endpoints.iter().map(|(name, endpoint)| endpoint.latency.row(name)).collect::<Vec<_>>(),
            }))),
        )?;
        self.out.write_all(head.as_bytes())?;
        for (name, endpoint) in endpoints {
            let name = self.templates.render_str("{{ name }}", context! { name }).map_err(io::Error::other)?;
            writeln!(self.out, "<h3>{name}</h3>\n<ul class=\"trials\">")?;
            endpoint.trials.pour(&mut self.out)?;
            writeln!(self.out, "</ul>")?;
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
                self.gather = Gather::new(deny(info));
                self.info = info.clone();
                Ok(())
            }
            Event::TrialFinished(trial) => self.trial(trial),
            Event::RunFinished(summary) => self.finish(summary),
        }
    }
}

/// What went wrong around the trials, as class and text.
fn problems(summary: &Summary) -> Vec<(&'static str, String)> {
    let waivers = summary.waiver_problems.iter().map(|text| ("fail", format!("Waiver: {}", safe::short(text))));
    let teardown = summary.teardown.iter().map(|text| ("warn", format!("Not put back: {}", safe::short(text))));
    waivers.chain(teardown).collect()
}

/// The source expression by which a policy allows one inline text.
fn digest(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text.as_bytes())))
}
