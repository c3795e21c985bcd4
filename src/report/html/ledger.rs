//! The tables of the acceptance report that are about requirements: by level and tier, by endpoint, one by one.

use serde::Serialize;

use super::{Endpoint, WITNESSES};
use crate::contract::{self, notes};
use crate::model::event::{RequirementTally, Summary};
use crate::model::finding::Level;
use crate::model::waiver::{WaiverOutcome, WaiverUse};
use crate::report::catalogue::{Requirement, requirements};
use crate::report::gather::{Gather, Group};
use crate::report::reading::{count, thousands};
use crate::report::safe;

/// How one group of requirements fared on one endpoint.
#[derive(Default)]
pub(super) struct Cell {
    pub(super) trials: usize,
    pub(super) failed: usize,
    pub(super) warned: usize,
    pub(super) unjudged: usize,
}

/// A mark, a class for its colour, and words for who cannot see either.
#[derive(Serialize)]
pub(super) struct Mark {
    class: &'static str,
    sign: String,
    words: String,
}

/// One row of the ledger.
#[derive(Serialize)]
pub(super) struct Row {
    requirement: Entry,
    class: &'static str,
    verdict: &'static str,
    trials: String,
    /// The first trials that break it.
    witnesses: Vec<String>,
    /// There are more of them.
    more: bool,
}

/// Requirements that belong together.
#[derive(Serialize)]
pub(super) struct LedgerGroup {
    id: &'static str,
    title: &'static str,
    why: &'static str,
    rows: Vec<Row>,
}

#[derive(Serialize)]
struct Entry {
    id: &'static str,
    statement: &'static str,
    level: &'static str,
    tier: &'static str,
    source: &'static str,
    url: &'static str,
    page: Option<String>,
    test: &'static str,
    tolerance: &'static str,
}

/// The verdict on a requirement: class and words.
fn verdict(tally: Option<&RequirementTally>) -> (&'static str, &'static str) {
    match tally {
        Some(t) if t.failed > 0 => ("fail", "broken"),
        Some(t) if t.warned > 0 => ("warn", "met with reservations"),
        Some(t) if t.passed > 0 && t.inconclusive == 0 => ("pass", "met"),
        Some(t) if t.passed > 0 => ("warn", "met, not everywhere judged"),
        Some(t) if t.inconclusive > 0 => ("warn", "could not be judged"),
        Some(_) => ("skip", "skipped"),
        None => ("skip", "not tested in this run"),
    }
}

/// Every requirement with its source and verdict, in the groups of the contract; `docs` is where their pages are.
pub(super) fn groups(summary: &Summary, endpoints: &[(String, Endpoint)], docs: Option<&str>) -> Vec<LedgerGroup> {
    let rows = |id: &str| {
        let of_group = requirements().iter().filter(|requirement| requirement.group() == id);
        of_group.map(|requirement| row(requirement, summary, endpoints, docs)).collect()
    };
    notes::groups()
        .iter()
        .map(|group| LedgerGroup { id: &group.id, title: &group.title, why: &group.why, rows: rows(&group.id) })
        .collect()
}

/// A requirement that is broken, and how.
#[derive(Serialize)]
pub(super) struct Broken<'a> {
    row: &'a Row,
    /// Sentences of the findings, the most frequent first.
    told: Vec<String>,
}

/// Sentences told of a broken requirement.
const TOLD: usize = 3;

/// The requirements that are broken, in the order in which the failures are told.
pub(super) fn broken<'a>(groups: &'a [LedgerGroup], gather: &Gather) -> Vec<Broken<'a>> {
    let failures = gather.failures();
    let of = |id: &str| {
        let findings = failures.iter().enumerate().filter_map(|(at, group)| {
            let reported = group.example.as_deref()?.findings.first()?;
            Some((at, &reported.finding))
        });
        findings.filter(|(_, finding)| finding.requirement == id).collect::<Vec<_>>()
    };
    let rows = groups.iter().flat_map(|group| &group.rows).filter(|row| row.class == "fail");
    let mut broken: Vec<(usize, Broken<'_>)> = rows
        .map(|row| {
            let findings = of(row.requirement.id);
            let told = findings.iter().take(TOLD).map(|(_, finding)| safe::short(&finding.message)).collect();
            (findings.first().map_or(usize::MAX, |(at, _)| *at), Broken { row, told })
        })
        .collect();
    broken.sort_by_key(|(at, _)| *at);
    broken.into_iter().map(|(_, broken)| broken).collect()
}

fn row(r: &'static Requirement, summary: &Summary, endpoints: &[(String, Endpoint)], docs: Option<&str>) -> Row {
    let tally = summary.requirements.get(&r.id);
    let (class, verdict) = verdict(tally);
    let note = contract::requirement::requirement(&r.id).and_then(notes::note);
    let requirement = Entry {
        test: note.map_or("", |note| &note.test),
        tolerance: note.map_or("", |note| &note.tolerance),
        id: &r.id,
        statement: &r.statement,
        level: r.level.as_str(),
        tier: &r.tier,
        source: &r.source,
        url: r.url(),
        page: r.page(docs),
    };
    let witnesses: Vec<String> = endpoints
        .iter()
        .filter_map(|(_, endpoint)| endpoint.witnesses.get(&r.id))
        .flatten()
        .take(WITNESSES)
        .cloned()
        .collect();
    let more = tally.is_some_and(|tally| tally.failed > witnesses.len());
    Row { requirement, class, verdict, trials: tally.map_or_else(String::new, trials), witnesses, more }
}

fn trials(tally: &RequirementTally) -> String {
    let parts = [
        (tally.passed, "passed"),
        (tally.failed, "failed"),
        (tally.warned, "with reservations"),
        (tally.inconclusive, "inconclusive"),
        (tally.skipped, "skipped"),
    ];
    let parts: Vec<String> =
        parts.iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{} {word}", thousands(*n))).collect();
    parts.join(", ")
}

/// Requirements by tier and level: met, with reservations, broken, not judged.
#[derive(Serialize)]
pub(super) struct Levels {
    tier: &'static str,
    level: &'static str,
    met: usize,
    reserved: usize,
    broken: usize,
    open: usize,
}

/// The table of levels by tier.
pub(super) fn levels(summary: &Summary) -> Vec<Levels> {
    let mut all = Vec::new();
    for tier in ["documented", "protocol", "graph"] {
        for level in [Level::Must, Level::Should, Level::May] {
            let of = |class: &str| {
                requirements()
                    .iter()
                    .filter(|r| r.tier == tier && r.level == level)
                    .filter(|r| verdict(summary.requirements.get(&r.id)).0 == class)
                    .count()
            };
            let row = Levels {
                tier,
                level: level.as_str(),
                met: of("pass"),
                reserved: of("warn"),
                broken: of("fail"),
                open: of("skip"),
            };
            if row.met + row.reserved + row.broken + row.open > 0 {
                all.push(row);
            }
        }
    }
    all
}

/// One row of the matrix: a group of requirements and its mark on each endpoint.
#[derive(Serialize)]
pub(super) struct MatrixRow {
    group: String,
    title: String,
    marks: Vec<Mark>,
}

/// The matrix endpoint × requirement group, groups in the order of the contract.
pub(super) fn matrix(endpoints: &[(String, Endpoint)]) -> Vec<MatrixRow> {
    let mut groups: Vec<&str> = Vec::new();
    for group in requirements().iter().map(Requirement::group) {
        if !groups.contains(&group) && endpoints.iter().any(|(_, endpoint)| endpoint.groups.contains_key(group)) {
            groups.push(group);
        }
    }
    groups
        .into_iter()
        .map(|group| MatrixRow {
            group: group.to_owned(),
            title: notes::groups()
                .iter()
                .find(|known| known.id == group)
                .map_or(group, |known| &known.title)
                .to_owned(),
            marks: endpoints.iter().map(|(_, endpoint)| mark(endpoint.groups.get(group))).collect(),
        })
        .collect()
}

fn mark(cell: Option<&Cell>) -> Mark {
    let (class, sign, words) = match cell {
        None => ("none", "·".to_owned(), "not tested".to_owned()),
        Some(c) if c.failed > 0 => ("fail", format!("✗ {}", thousands(c.failed)), count(c.failed, "failure")),
        Some(c) if c.warned > 0 => ("warn", format!("! {}", thousands(c.warned)), count(c.warned, "reservation")),
        Some(c) if c.trials == c.unjudged => ("skip", "–".to_owned(), "not judged".to_owned()),
        Some(c) => ("pass", "✓".to_owned(), format!("{} passed", count(c.trials - c.unjudged, "trial"))),
    };
    Mark { class, sign, words }
}

/// Trials that are neither plainly passed nor plainly failed, by reason.
#[derive(Serialize)]
pub(super) struct Reservation {
    what: &'static str,
    reason: String,
    trials: String,
    such: String,
}

/// The table of reservations.
pub(super) fn reservations(gather: &Gather) -> Vec<Reservation> {
    let row = |what, reason: &str, group: &Group| Reservation {
        what,
        reason: safe::short(reason),
        trials: thousands(group.trials),
        such: group.names.iter().map(|(_, name)| safe::line(name)).collect::<Vec<_>>().join(", "),
    };
    let mut all = Vec::new();
    for (what, reasons) in
        [("waived", &gather.waived), ("inconclusive", &gather.inconclusive), ("skipped", &gather.skipped)]
    {
        all.extend(reasons.iter().map(|(reason, group)| row(what, reason, group)));
    }
    if gather.flaky.trials > 0 {
        all.push(row("flaky", "attempts differed, or it passed only after a retry", &gather.flaky));
    }
    all
}

/// One waiver and what became of it.
#[derive(Serialize)]
pub(super) struct WaiverRow {
    class: &'static str,
    outcome: &'static str,
    about: String,
    reason: String,
    covered: String,
    owner: String,
    expires: String,
    ticket: Option<String>,
}

/// The table of waivers.
pub(super) fn waivers(summary: &Summary) -> Vec<WaiverRow> {
    let row = |told: &WaiverUse| WaiverRow {
        class: match told.outcome {
            WaiverOutcome::Waived => "warn",
            WaiverOutcome::NotJudged => "skip",
            _ => "fail",
        },
        outcome: told.outcome.as_str(),
        about: safe::short(&told.waiver.to_string()),
        reason: safe::short(&told.waiver.reason),
        covered: format!("covers {}", count(told.covered, "trial")),
        owner: safe::short(&told.waiver.owner),
        expires: safe::short(&told.waiver.expires),
        ticket: told.waiver.ticket.as_deref().map(safe::short),
    };
    summary.waivers.iter().map(row).collect()
}
