//! The ledger of the acceptance report: every requirement with its verdict, those that are broken, and their sums.

use serde::Serialize;

use super::{Endpoint, WITNESSES};
use crate::contract::notes;
use crate::contract::requirement::{Requirement, Tier, requirements};
use crate::model::event::{RequirementTally, Summary};
use crate::model::finding::Level;
use crate::report::aggregate::Aggregate;
use crate::report::links;
use crate::report::reading::thousands;
use crate::report::safe;

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
pub(super) fn broken<'a>(groups: &'a [LedgerGroup], aggregate: &Aggregate) -> Vec<Broken<'a>> {
    let failures = aggregate.failures();
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
    let note = notes::note(r);
    let requirement = Entry {
        test: note.map_or("", |note| &note.test),
        tolerance: note.map_or("", |note| &note.tolerance),
        id: &r.id,
        statement: &r.statement,
        level: r.level.as_str(),
        tier: r.tier.as_str(),
        source: &r.source,
        url: r.url(),
        page: links::page(r, docs),
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
    for tier in [Tier::Documented, Tier::Protocol, Tier::Graph] {
        for level in [Level::Must, Level::Should, Level::May] {
            let of = |class: &str| {
                requirements()
                    .iter()
                    .filter(|r| r.tier == tier && r.level == level)
                    .filter(|r| verdict(summary.requirements.get(&r.id)).0 == class)
                    .count()
            };
            let row = Levels {
                tier: tier.as_str(),
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
