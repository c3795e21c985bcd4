//! What is wrong with the server: each kind of failure explained once, causes before what follows from them, then all in
//! short.
//!
//! ```text
//! FAIL jobs::update::status-only
//!   REQ-RESP-003 (MUST): `status` does not come back as it was sent.
//!   …
//!   Same in      52 more trials: jobs::idemp::there-and-back, …
//!   Also at      body /type (13), body /tenantId (13)
//!   Also under   REQ-MERGE-001
//!
//! 2 kinds of failure, causes before what follows from them
//!   REQ-RESP-003, 53 trials: `status` does not come back as it was sent.
//!   REQ-IDEMP-001, 6 trials: `status` differs after the same request was sent once more.
//!
//! `patchproof explain REQ-RESP-003` says how it is tested and shows a right exchange.
//! ```
//!
//! The list stands last because the end of a log is what people see first.

use std::fmt::Write as _;

use crate::model::event::TrialResult;
use crate::model::finding::Place;
use crate::report::aggregate::{Aggregate, Group};
use crate::report::diagnostic::Diagnostic;
use crate::report::difference::one_line;
use crate::report::paint::Tone;
use crate::report::reading::{count, thousands};
use crate::report::safe;

/// Kinds of failure that are named; further ones are counted.
const NAMED: usize = 40;
/// Warnings that are explained where nothing fails.
const WARNED: usize = 5;
/// Further places of a failure that are named.
const PLACES: usize = 6;
/// Further requirements under which the same is told.
const ALSO: usize = 6;

/// Writes failures, of which `full` are explained, and warnings; these are explained where nothing is worse.
pub(super) fn write(aggregate: &Aggregate, full: usize, text: &mut Diagnostic) {
    let groups = aggregate.failures();
    if groups.is_empty() {
        let warned: Vec<&Group> = aggregate.warnings.values().collect();
        explained(&warned, full.min(WARNED), text);
    }
    if let Some(why) = aggregate.why_refused() {
        text.paragraph("", &why, Tone::Strong);
        text.gap();
    }
    explained(&groups, full, text);
    in_short(&groups, full, text);
    warnings(aggregate, text);
    let first = groups.first().copied().or_else(|| aggregate.warnings.values().next());
    if let Some(reported) = first.and_then(|group| group.example.as_deref()?.findings.first()) {
        let id = &reported.finding.requirement;
        let more = format!("`patchproof explain {id}` says how it is tested and shows a right exchange.");
        text.paragraph("", &more, Tone::Quiet);
        text.gap();
    }
}

/// The first ones in full; neighbours that one trial shows stand under one headline. What is the same sentence with the
/// same answer under another requirement is named with the first.
fn explained(groups: &[&Group], full: usize, text: &mut Diagnostic) {
    let mut examples: Vec<(&Group, &TrialResult)> = Vec::new();
    let mut alike: Vec<Vec<&TrialResult>> = Vec::new();
    for group in groups.iter().take(full) {
        let Some(example) = group.example.as_deref() else { continue };
        if let Some(at) = examples.iter().position(|(_, known)| same(known, example)) {
            alike[at].push(example);
        } else {
            examples.push((*group, example));
            alike.push(Vec::new());
        }
    }
    for (i, (group, example)) in examples.iter().enumerate() {
        if i == 0 || examples[i - 1].1.name != example.name {
            text.headline(example);
        }
        for reported in &example.findings {
            text.finding(example, reported);
        }
        spread(group, text);
        let others: Vec<_> =
            alike[i].iter().filter_map(|trial| Some(&*trial.findings.first()?.finding.requirement)).collect();
        if !others.is_empty() {
            let (told, more) = others.split_at(others.len().min(ALSO));
            let more = if more.is_empty() { String::new() } else { format!(" and {}", more.len()) };
            text.field("Also under", &format!("{}{more}", told.join(", ")), Tone::Plain);
        }
        let next = examples.get(i + 1).filter(|(_, next)| next.name == example.name);
        let curl = |trial: &TrialResult| trial.evidence.first().map(|record| record.curl.clone());
        let told_next = next.is_some_and(|(_, next)| curl(next) == curl(example));
        match example.findings.first().filter(|_| !told_next) {
            Some(reported) => text.exchanges(example, reported),
            None => text.gap(),
        }
    }
}

/// The same sentence about the same answer.
fn same(a: &TrialResult, b: &TrialResult) -> bool {
    let told = |trial: &TrialResult| {
        let finding = &trial.findings.first()?.finding;
        (finding.place == Place::Status)
            .then(|| (finding.message.clone(), finding.expected.clone(), finding.actual.clone()))
    };
    told(a).is_some_and(|told_of_a| told(b) == Some(told_of_a))
}

/// In which trials and at which places the same was found.
fn spread(group: &Group, text: &mut Diagnostic) {
    if group.trials > 1 {
        let same = format!("{}: {}", count(group.trials - 1, "more trial"), group.named(true));
        text.field("Same in", &same, Tone::Plain);
    }
    let places = group.elsewhere();
    if places.is_empty() {
        return;
    }
    let named = places.iter().take(PLACES).map(|(place, n)| format!("{} ({})", safe::short(place), thousands(*n)));
    let mut line = named.collect::<Vec<_>>().join(", ");
    if places.len() > PLACES {
        let _ = write!(line, " and {}", count(places.len() - PLACES, "more place"));
    }
    text.field("Also at", &line, Tone::Plain);
}

/// A line for each kind, where there are several; an example where it was not explained.
fn in_short(groups: &[&Group], full: usize, text: &mut Diagnostic) {
    if groups.len() < 2 {
        return;
    }
    text.paragraph(
        "",
        &format!("{} kinds of failure, causes before what follows from them", groups.len()),
        Tone::Strong,
    );
    for (i, group) in groups.iter().take(NAMED).enumerate() {
        let Some(reported) = group.example.as_deref().and_then(|example| example.findings.first()) else { continue };
        let finding = &reported.finding;
        let such = if i < full { String::new() } else { format!(" (such as {})", safe::line(group.such())) };
        let trials = count(group.trials, "trial");
        let line = format!("{}, {trials}: {}{such}", finding.requirement, safe::short(&finding.message));
        text.paragraph("  ", &line, Tone::Plain);
    }
    let hidden = groups.len().saturating_sub(NAMED);
    if hidden > 0 {
        let more = format!("and {} more; `--report json=FILE` has them all", thousands(hidden));
        text.paragraph("  ", &more, Tone::Quiet);
    }
    text.gap();
}

/// The warnings: requirement, count and one example.
fn warnings(aggregate: &Aggregate, text: &mut Diagnostic) {
    if aggregate.warnings.is_empty() {
        return;
    }
    text.paragraph("", "Warnings (SHOULD)", Tone::Warn);
    for (requirement, group) in &aggregate.warnings {
        let Some(reported) = group.example.as_deref().and_then(|example| example.findings.first()) else { continue };
        let finding = &reported.finding;
        let line = format!("{requirement}, {}: {}", count(group.trials, "trial"), safe::short(&finding.message));
        text.paragraph("  ", &line, Tone::Plain);
        let such = format!("such as {}, {}", safe::line(group.such()), safe::short(&finding.place.to_string()));
        text.paragraph("    ", &such, Tone::Quiet);
        for (label, value) in [("expected", &finding.expected), ("actual", &finding.actual)] {
            if let Some(value) = value {
                text.line("    ", &format!("{label}: {}", safe::short(&one_line(value))), Tone::Quiet);
            }
        }
    }
    text.gap();
}
