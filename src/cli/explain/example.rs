//! A broken and a right exchange: made on the spot by the embedded server, with a fault and without.
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

/// Faults and cases that are tried for one requirement; where none of them shows it, more of both.
const TRIED: [(usize, usize); 2] = [(3, 24), (12, 160)];
/// Trials that are tried alone for one fault.
const ALONE: usize = 3;
/// Lines shown of a body.
const LINES: usize = 24;
/// Headers that differ from exchange to exchange and say nothing here.
const QUIET: [&str; 8] =
    ["accept", "client-request-id", "connection", "content-length", "date", "host", "request-id", "x-request-id"];

/// What the exchanges are to show.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct About<'a> {
    /// The requirement that is broken and kept.
    pub(super) requirement: &'a str,
    /// Broken by this fault, not by any.
    pub(super) fault: Option<&'static Fault>,
    /// In this case, not in any that tests the requirement.
    pub(super) case: Option<&'a str>,
    /// Found by this check, not by any.
    pub(super) check: Option<&'a str>,
}

impl About<'_> {
    fn is(&self, found: &ReportedFinding) -> bool {
        let finding = &found.finding;
        finding.requirement == self.requirement && self.check.is_none_or(|check| finding.check == check)
    }
}

/// The two pictures, where some fault shows the requirement broken.
pub(super) fn pictures(about: About<'_>, suite: &Suite) -> Vec<Picture> {
    let Some((fault, broken)) = shows(about, suite) else { return Vec::new() };
    let case = broken.name.split_once("::").map_or(broken.name.as_str(), |(_, case)| case);
    let Some(right) = run(suite, &[&broken.name], None).pop() else { return Vec::new() };
    let Some(found) = broken.findings.iter().find(|found| about.is(found)) else { return Vec::new() };
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

/// A fault that breaks the requirement, and the smallest trial that shows it.
fn shows(about: About<'_>, suite: &Suite) -> Option<(&'static Fault, TrialResult)> {
    let cases = about.case.map_or_else(|| testing(about.requirement, suite), |case| vec![case]);
    let faults = faults(about);
    // A fault of one path only may spare the common one.
    let endpoints: &[&str] = if about.fault.is_some() { &["jobs", "*"] } else { &["jobs"] };
    for (some_faults, some_cases) in TRIED {
        for endpoint in endpoints {
            let names: Vec<String> = cases.iter().take(some_cases).map(|case| format!("{endpoint}::{case}")).collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            // What a trial shows after others, it may not show alone.
            let shown = |fault| {
                let alone = |name: &String| least(about, run(suite, &[name], Some(fault))).pop();
                least(about, run(suite, &names, Some(fault))).iter().take(ALONE).find_map(|trial| alone(&trial.name))
            };
            let found = faults.iter().take(some_faults).find_map(|fault| Some((*fault, shown(*fault)?)));
            if found.is_some() {
                return found;
            }
        }
        // There is nothing more to try.
        if faults.len() <= some_faults && cases.len() <= some_cases {
            break;
        }
    }
    None
}

/// The cases that test the requirement, those that are about it first.
fn testing<'a>(id: &str, suite: &'a Suite) -> Vec<&'a str> {
    let mut cases: Vec<(bool, &str)> = Vec::new();
    for (index, row) in suite.refs.iter().enumerate() {
        if let Some(case) = suite.case(index).ok().filter(|case| case.requirements.iter().any(|known| known == id)) {
            cases.push((case.primary() != id, &row.id));
        }
    }
    cases.sort_by_key(|(second, _)| *second);
    cases.into_iter().map(|(_, case)| case).collect()
}

/// The faults that break the requirement, the plainest first: it has the shortest name.
fn faults(about: About<'_>) -> Vec<&'static Fault> {
    let id = about.requirement;
    if let Some(fault) = about.fault {
        return vec![fault];
    }
    let mut faults: Vec<&Fault> = reference::faults().filter(|fault| fault.requirements.contains(&id)).collect();
    faults.sort_by_key(|fault| (fault.requirements.first() != Some(&id), !fault.needs.is_empty(), fault.name.len()));
    faults
}

/// The trials that show it, the smallest first.
fn least(about: About<'_>, mut trials: Vec<TrialResult>) -> Vec<TrialResult> {
    let size = |trial: &TrialResult| {
        trial.evidence.iter().map(|e| e.request_body.len() + e.response_body.len()).sum::<usize>()
    };
    let second = |trial: &TrialResult| trial.requirements.first().is_none_or(|first| first != about.requirement);
    trials.retain(|trial| trial.findings.iter().any(|found| about.is(found)));
    trials.sort_by_key(|trial| (second(trial), trial.exchanges, size(trial)));
    trials
}

/// Runs these trials on an embedded server.
fn run(suite: &Suite, trials: &[&str], fault: Option<&'static Fault>) -> Vec<TrialResult> {
    let names: Vec<Pattern> = trials.iter().filter_map(|name| Pattern::new(name).ok()).collect();
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
