//! A broken and a right exchange for a requirement: made on the spot by the embedded server, with a fault and without.
//!
//! What changes from run to run (ports, ids, times) is replaced, so that the same example is the same text.

use std::collections::HashMap;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::topic::Picture;
use crate::cli::target::{TargetArgs, embedded};
use crate::model::event::{Event, ExchangeRecord, ReportedFinding, RunInfo, TrialResult};
use crate::model::finding::{Place, Shown};
use crate::plan::{Pattern, Plan, Selection, Suite};
use crate::reference::{self, Fault};
use crate::runner::{self, Evidence, Settings};

/// Faults that are tried for one requirement.
const FAULTS: usize = 3;
/// Cases that are tried for one requirement.
const CASES: usize = 24;
/// Lines shown of a body.
const LINES: usize = 24;
/// Headers that differ from exchange to exchange and say nothing here.
const QUIET: [&str; 8] =
    ["accept", "client-request-id", "connection", "content-length", "date", "host", "request-id", "x-request-id"];

/// The two pictures, where some fault shows the requirement broken.
pub(super) fn pictures(id: &str, suite: &Suite) -> Vec<Picture> {
    let Some((fault, case)) = shows(id, suite) else { return Vec::new() };
    let broken = run(suite, &[&case], Some(fault)).pop();
    let right = run(suite, &[&case], None).pop();
    let (Some(broken), Some(right)) = (broken, right) else { return Vec::new() };
    let Some(found) = broken.findings.iter().find(|found| found.finding.requirement == id) else { return Vec::new() };
    let at = found.finding.exchange;
    let mut all = Vec::new();
    let heading = format!("Broken (fault `{}`, case `{case}`)", fault.name);
    all.extend(picture(heading, broken.evidence.get(at), Some(found)));
    all.extend(picture("Right".to_owned(), right.evidence.get(at), None));
    all.iter_mut().for_each(steady);
    // The same request is not shown twice.
    if let [broken, right] = all.as_mut_slice()
        && broken.blocks.first() == right.blocks.first()
    {
        right.blocks.remove(0);
        "Right, to the same request".clone_into(&mut right.heading);
    }
    all
}

/// A fault that breaks the requirement, and the smallest case that shows it.
fn shows(id: &str, suite: &Suite) -> Option<(&'static Fault, String)> {
    let mut cases: Vec<(bool, &str)> = Vec::new();
    for (index, row) in suite.refs.iter().enumerate() {
        if let Some(case) = suite.case(index).ok().filter(|case| case.requirements.iter().any(|known| known == id)) {
            cases.push((case.primary() != id, &row.id));
        }
    }
    cases.sort_by_key(|(second, _)| *second);
    let cases: Vec<&str> = cases.into_iter().take(CASES).map(|(_, case)| case).collect();
    let breaks = |fault: &&Fault| fault.requirements.contains(&id);
    let mut faults: Vec<&Fault> = reference::faults().filter(breaks).collect();
    // The plainest fault has the shortest name.
    faults.sort_by_key(|fault| (fault.requirements.first() != Some(&id), !fault.needs.is_empty(), fault.name.len()));
    faults.into_iter().take(FAULTS).find_map(|fault| {
        let finds = |trial: &TrialResult| trial.findings.iter().any(|found| found.finding.requirement == id);
        let found = run(suite, &cases, Some(fault)).into_iter().filter(finds);
        let size = |trial: &TrialResult| {
            trial.evidence.iter().map(|e| e.request_body.len() + e.response_body.len()).sum::<usize>()
        };
        let about = |trial: &TrialResult| trial.requirements.first().is_none_or(|first| first != id);
        let least = found.min_by_key(|trial| (about(trial), trial.exchanges, size(trial)))?;
        Some((fault, least.name.strip_prefix("jobs::").unwrap_or(&least.name).to_owned()))
    })
}

/// Runs these cases on the common collection of an embedded server.
fn run(suite: &Suite, cases: &[&str], fault: Option<&'static Fault>) -> Vec<TrialResult> {
    let names: Vec<Pattern> = cases.iter().filter_map(|case| Pattern::new(&format!("jobs::{case}")).ok()).collect();
    let selection = Selection { run: names, ..Selection::default() };
    let Ok(plan) = Plan::new(suite, &selection, None) else { return Vec::new() };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let aim = embedded(fault.into_iter().collect(), Vec::new(), &TargetArgs::default());
    let (Ok(runtime), Ok(aim)) = (runtime, aim) else { return Vec::new() };
    let settings = Settings { evidence: Evidence::All, ..aim.settings() };
    let mut told = Vec::new();
    runtime.block_on(runner::run(suite, &plan, aim.target, &settings, RunInfo::default(), &mut |event| {
        if let Event::TrialFinished(trial) = event {
            told.push(*trial);
        }
    }));
    drop(aim.embedded);
    told
}

fn picture(heading: String, record: Option<&ExchangeRecord>, found: Option<&ReportedFinding>) -> Option<Picture> {
    let record = record?;
    let named = found.and_then(|found| match &found.finding.place {
        Place::Header(name) => Some(name.as_str()),
        _ => None,
    });
    let path = record.url.find("/dataClassification").map_or(record.url.as_str(), |at| &record.url[at..]);
    let request = message(&format!("{} {path}", record.method), &record.request_headers, &record.request_body, named);
    let response = match record.status {
        Some(status) => {
            message(&format!("{} {status}", record.version), &record.response_headers, &record.response_body, named)
        }
        None => record.broken.clone().unwrap_or_else(|| "no answer".to_owned()),
    };
    Some(Picture { heading, blocks: vec![request, response], remark: found.map_or_else(String::new, remark) })
}

fn message(first: &str, headers: &[(String, String)], body: &str, named: Option<&str>) -> String {
    let mut lines = vec![first.to_owned()];
    for (name, value) in headers {
        let lower = name.to_ascii_lowercase();
        if !QUIET.contains(&lower.as_str()) || named == Some(lower.as_str()) {
            lines.push(format!("{name}: {value}"));
        }
    }
    if !body.is_empty() {
        let json = serde_json::from_str::<serde_json::Value>(body);
        let pretty = json.ok().and_then(|json| serde_json::to_string_pretty(&json).ok());
        let body = pretty.as_deref().unwrap_or(body);
        lines.push(String::new());
        if body.chars().filter(|c| *c == '\u{fffd}' || (c.is_control() && !c.is_whitespace())).count() > 3 {
            lines.push("(octets that are no text)".to_owned());
            return lines.join("\n");
        }
        lines.extend(body.lines().take(LINES).map(str::to_owned));
        if body.lines().count() > LINES {
            lines.push("…".to_owned());
        }
    }
    lines.join("\n")
}

fn cut(line: &str) -> String {
    let clean: String = line.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    let clean = clean.replace("```", "'''");
    match clean.char_indices().nth(400) {
        None => clean,
        Some((at, _)) => format!("{}…", &clean[..at]),
    }
}

/// What is to be seen, in one line.
fn remark(found: &ReportedFinding) -> String {
    let finding = &found.finding;
    let shown = |value: &Shown| match value {
        Shown::Json(json) => json.to_string(),
        Shown::Text(text) => text.replace('`', "'"),
    };
    let mut text = format!("{} ({})", finding.message, finding.place);
    for (label, value) in [("expected", &finding.expected), ("actual", &finding.actual)] {
        if let Some(value) = value {
            text = format!("{text}; {label} `{}`", shown(value).chars().take(120).collect::<String>());
        }
    }
    text.replace(['\n', '\r'], " ")
}

/// Ids, times and addresses that a run makes up, each replaced by one that is always the same.
fn steady(picture: &mut Picture) {
    static CHANGING: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(
            r"(?x)(?P<time>\b20[2-9]\d-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)
              |(?P<base>http://127\.0\.0\.1:\d+)
              |\b[0-9a-f]{8}(?:-|%2D)[0-9a-f]{4}(?:-|%2D)4[0-9a-f]{3}(?:-|%2D)[89ab][0-9a-f]{3}(?:-|%2D)[0-9a-f]{8,12}
              |\bpp\.[0-9a-f]{64}\b",
        )
        .ok()
    });
    let Some(changing) = &*CHANGING else { return };
    let mut known: HashMap<String, usize> = HashMap::new();
    let mut replace = |text: &mut String| {
        let new = changing.replace_all(text, |found: &Captures<'_>| {
            if found.name("time").is_some() {
                return "2026-01-01T00:00:00Z".to_owned();
            }
            if found.name("base").is_some() {
                return "https://graph.example".to_owned();
            }
            // An id that a fault cut or encoded is shown cut or encoded.
            let plain = found[0].replace("%2D", "-");
            let next = known.len() + 1;
            let number = *known.entry(plain.chars().take(31).collect()).or_insert(next);
            let id: String = format!("00000000-0000-4000-8000-{number:08}0000").chars().take(plain.len()).collect();
            if found[0].contains('%') { id.replace('-', "%2D") } else { id }
        });
        *text = new.lines().map(cut).collect::<Vec<_>>().join("\n");
    };
    picture.blocks.iter_mut().for_each(&mut replace);
    replace(&mut picture.remark);
}
