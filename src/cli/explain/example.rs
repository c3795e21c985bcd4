//! A broken and a right exchange: made on the spot by the reference server, with a fault and without.
//!
//! What changes from run to run is replaced ([`steady`](super::steady)), so that the same example is the same text.

use super::steady::steady;
use super::topic::Picture;
use crate::cli::target::inside;
use crate::contract::endpoint::ENDPOINTS;
use crate::contract::requirement::requirement;
use crate::model::event::{Event, ExchangeRecord, ReportedFinding, RunInfo, TrialResult};
use crate::model::finding::{Level, Place, Shown};
use crate::plan::{Plan, Selection, Suite};
use crate::reference::{self, Fault, Variation};
use crate::runner::{self, Evidence, Settings};

/// Faults that are tried for one requirement, whether in cases about it or in all, and how many of the cases: where none
/// of them shows it, more.
const ROUNDS: [(usize, bool, usize); 3] = [(3, true, 24), (3, false, usize::MAX), (12, true, 160)];
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
    let Some((fault, broken)) = shows(about, suite) else { return either(about, suite) };
    let case = broken.name.split_once("::").map_or(broken.name.as_str(), |(_, case)| case);
    let Some(found) = broken.findings.iter().find(|found| about.is(found)) else { return Vec::new() };
    let at = found.finding.exchange;
    // What is wrong in a refusal is shown right in one of the same status, where there is one.
    let status = broken.evidence.get(at).and_then(|record| record.status);
    let refusal = status.filter(|status| *status >= 400 && found.finding.place != Place::Status);
    let same = |record: &ExchangeRecord| refusal.is_none() || record.status == refusal;
    let Some(right) = sound(about, &broken.name, suite, &same) else { return Vec::new() };
    let mut all = Vec::new();
    let heading = format!("Broken (fault `{}`, case `{case}`)", fault.name);
    all.extend(picture(heading, broken.evidence.get(at), Some(found)));
    // What was asked again of the faulty server may have been answered at once by the right one.
    let own =
        right.evidence.get(at).filter(|record| same(record)).or(right.evidence.iter().find(|record| same(record)));
    let answer = own.or(right.evidence.get(at)).or(right.evidence.last());
    all.extend(picture("Right".to_owned(), answer, None));
    all.iter_mut().for_each(steady);
    once(&mut all);
    all
}

/// The trial on a right server: the sound one, or a legal variation that does what the trial needs; the first with an
/// exchange of the kind that is wanted, else the first with any.
fn sound(about: About<'_>, name: &str, suite: &Suite, wanted: &dyn Fn(&ExchangeRecord) -> bool) -> Option<TrialResult> {
    let others = reference::VARIATIONS.iter().filter(|row| row.tolerance.contains(&about.requirement)).map(Some);
    let mut first = None;
    for variation in std::iter::once(None).chain(others) {
        let trial = run(suite, &[name], None, variation).pop().filter(|trial| !trial.evidence.is_empty());
        if trial.as_ref().is_some_and(|trial| trial.evidence.iter().any(wanted)) {
            return trial;
        }
        first = first.or(trial);
    }
    first
}

/// The same request is not shown twice.
fn once(pictures: &mut [Picture]) {
    if let [first, second] = pictures
        && first.blocks.first() == second.blocks.first()
    {
        second.blocks.remove(0);
        second.heading.push_str(", to the same request");
    }
}

/// Where nothing is wrong either way: what the sound server answers, and a legal variation.
fn either(about: About<'_>, suite: &Suite) -> Vec<Picture> {
    let leaves_it_open = requirement(about.requirement).is_some_and(|one| one.level == Level::May);
    if !leaves_it_open || about.fault.is_some() {
        return Vec::new();
    }
    let Some(case) = testing(about.requirement, suite).first().map(|case| format!("jobs::{case}")) else {
        return Vec::new();
    };
    let answer = |variation: Option<&'static Variation>| {
        let trial = run(suite, &[&case], None, variation).pop()?;
        let heading =
            variation.map_or_else(|| "Right".to_owned(), |row| format!("Right too (variation `{}`)", row.name));
        picture(heading, trial.evidence.iter().find(|record| record.method == "PATCH"), None)
    };
    let other = reference::VARIATIONS.iter().find(|row| row.tolerance.contains(&about.requirement));
    let mut all: Vec<Picture> = [answer(None), other.and_then(|row| answer(Some(row)))].into_iter().flatten().collect();
    all.iter_mut().for_each(steady);
    once(&mut all);
    all
}

/// A fault that breaks the requirement, and the smallest trial that shows it.
fn shows(about: About<'_>, suite: &Suite) -> Option<(&'static Fault, TrialResult)> {
    let cases = about.case.map_or_else(|| testing(about.requirement, suite), |case| vec![case]);
    let faults = faults(about);
    // The case that shows it may be about something else.
    let all: Vec<&str> = suite.refs.iter().map(|row| &*row.id).collect();
    // A fault of one path only may spare the common one, which has no derived jobs either.
    let endpoints = ["jobs", if about.fault.is_some() { "*" } else { "classifyFileJobs" }];
    for (some_faults, own, some_cases) in ROUNDS {
        if !own && about.case.is_some() {
            continue;
        }
        let (pool, endpoints) = if own { (&cases, &endpoints[..]) } else { (&all, &endpoints[..1]) };
        let some = &pool[..some_cases.min(pool.len())];
        let some_faults = &faults[..some_faults.min(faults.len())];
        let trials = endpoints.iter().flat_map(|endpoint| some_faults.iter().map(move |fault| (*fault, *endpoint)));
        for (fault, endpoint) in trials {
            if let Some(trial) = shown(about, fault, endpoint, some, suite) {
                return Some((fault, trial));
            }
        }
    }
    None
}

/// The smallest of these trials that shows it alone: what a trial shows after others, it may not show by itself.
fn shown(
    about: About<'_>,
    fault: &'static Fault,
    endpoint: &str,
    cases: &[&str],
    suite: &Suite,
) -> Option<TrialResult> {
    let names: Vec<String> = cases.iter().map(|case| format!("{endpoint}::{case}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let alone = |name: &String| least(about, run(suite, &[name], Some(fault), None)).pop();
    least(about, run(suite, &names, Some(fault), None)).iter().take(ALONE).find_map(|trial| alone(&trial.name))
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

/// Runs these trials on the reference server within this process.
fn run(
    suite: &Suite,
    trials: &[&str],
    fault: Option<&'static Fault>,
    variation: Option<&'static Variation>,
) -> Vec<TrialResult> {
    // Not every case is there on every path.
    let on_all = |case: &str| ENDPOINTS.iter().map(|row| format!("{}::{case}", row.collection)).collect();
    let expand = |name: &&str| name.strip_prefix("*::").map_or_else(|| vec![(*name).to_owned()], on_all);
    let names = trials.iter().flat_map(expand).collect();
    let selection = Selection { names: Some(names), ..Selection::default() };
    let Ok(plan) = Plan::new(suite, &selection, None) else { return Vec::new() };
    // Within the process, where the clock jumps to the next event: a fault that keeps one waiting takes no time.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    let target = inside(fault.into_iter().collect(), variation.into_iter().collect());
    let (Ok(runtime), Ok(target)) = (runtime, target) else { return Vec::new() };
    // What is wrong and what is right are shown by the same request, which a trial that is made once more does not send.
    let settings = Settings { evidence: Evidence::All, sparing: false, ..Settings::default() };
    let mut told = Vec::new();
    runtime.block_on(runner::run(suite, &plan, target, &settings, RunInfo::default(), &mut |event| {
        if let Event::TrialFinished(trial) = event {
            told.push(*trial);
        }
    }));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Source, load};

    #[test]
    fn a_case_that_is_not_on_the_path_keeps_the_others_from_nothing() {
        let suite = load(&Source::BuiltIn).unwrap();
        let on_path = |path: &str| {
            suite.refs.iter().find(|row| *row.id == *"iso::same-id-error-null").is_some_and(|row| {
                let place = ENDPOINTS.iter().position(|known| known.collection == path).unwrap();
                row.facts.applies_to(u8::try_from(place).unwrap())
            })
        };
        assert!(!on_path("jobs") && on_path("classifyFileJobs"), "the case is another one now");
        let told = run(&suite, &["jobs::merge::one-status", "jobs::iso::same-id-error-null"], None, None);
        assert_eq!(told.iter().map(|trial| trial.name.as_str()).collect::<Vec<_>>(), ["jobs::merge::one-status"]);
        assert_eq!(run(&suite, &["*::merge::one-status"], None, None).len(), ENDPOINTS.len());
    }
}
