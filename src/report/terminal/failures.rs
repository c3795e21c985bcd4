//! What is wrong with the server: each kind of failure explained once, the most frequent first, then all in short.
//!
//! ```text
//! FAIL jobs::update::status-only
//!   REQ-RESP-003 (MUST): `status` does not come back as it was sent.
//!   …
//!   Same in      52 more trials: jobs::idemp::there-and-back, …
//!   Also at      body /type (13), body /tenantId (13)
//!
//! 2 kinds of failure, the most frequent first
//!   REQ-RESP-003, 53 trials: `status` does not come back as it was sent.
//!   REQ-IDEMP-001, 6 trials: `status` differs after the same request was sent once more.
//!
//! `patchproof explain REQ-RESP-003` says how it is tested and shows a right exchange.
//! ```
//!
//! The list stands last because the end of a log is what people see first.

use std::fmt::Write as _;

use crate::model::event::TrialResult;
use crate::report::diagnostic::Diagnostic;
use crate::report::difference::one_line;
use crate::report::gather::{Gather, Group};
use crate::report::paint::Tone;
use crate::report::reading::{count, thousands};
use crate::report::safe;

/// Kinds of failure that are named; further ones are counted.
const NAMED: usize = 40;
/// Further places of a failure that are named.
const PLACES: usize = 6;

/// Writes failures, of which `full` are explained, and warnings.
pub(super) fn write(gather: &Gather, full: usize, text: &mut Diagnostic) {
    let groups = gather.failures();
    explained(&groups, full, text);
    in_short(&groups, full, text);
    warnings(gather, text);
    let first = groups.first().copied().or_else(|| gather.warnings.values().next());
    if let Some(reported) = first.and_then(|group| group.example.as_deref()?.findings.first()) {
        let id = &reported.finding.requirement;
        let more = format!("`patchproof explain {id}` says how it is tested and shows a right exchange.");
        text.paragraph("", &more, Tone::Quiet);
        text.gap();
    }
}

/// The first ones in full; neighbours that one trial shows stand under one headline.
fn explained(groups: &[&Group], full: usize, text: &mut Diagnostic) {
    let examples: Vec<(&Group, &TrialResult)> =
        groups.iter().take(full).filter_map(|group| Some((*group, group.example.as_deref()?))).collect();
    for (i, (group, example)) in examples.iter().enumerate() {
        if i == 0 || examples[i - 1].1.name != example.name {
            text.headline(example);
        }
        for reported in &example.findings {
            text.finding(example, reported);
        }
        spread(group, text);
        let next = examples.get(i + 1).filter(|(_, next)| next.name == example.name);
        let curl = |trial: &TrialResult| trial.evidence.first().map(|record| record.curl.clone());
        match next {
            Some((_, next)) if curl(next) == curl(example) => text.gap(),
            _ => text.exchange(example.evidence.first()),
        }
    }
}

/// In which trials and at which places the same was found.
fn spread(group: &Group, text: &mut Diagnostic) {
    if group.trials > 1 {
        let same = format!("{}: {}", count(group.trials - 1, "more trial"), group.named(1));
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
    text.paragraph("", &format!("{} kinds of failure, the most frequent first", groups.len()), Tone::Strong);
    for (i, group) in groups.iter().take(NAMED).enumerate() {
        let Some(reported) = group.example.as_deref().and_then(|example| example.findings.first()) else { continue };
        let finding = &reported.finding;
        let such = if i < full { String::new() } else { format!(" (such as {})", safe::line(group.first())) };
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
fn warnings(gather: &Gather, text: &mut Diagnostic) {
    if gather.warnings.is_empty() {
        return;
    }
    text.paragraph("", "Warnings (SHOULD)", Tone::Warn);
    for (requirement, group) in &gather.warnings {
        let Some(reported) = group.example.as_deref().and_then(|example| example.findings.first()) else { continue };
        let finding = &reported.finding;
        let line = format!("{requirement}, {}: {}", count(group.trials, "trial"), safe::short(&finding.message));
        text.paragraph("  ", &line, Tone::Plain);
        let such = format!("such as {}, {}", safe::line(group.first()), safe::short(&finding.place.to_string()));
        text.paragraph("    ", &such, Tone::Quiet);
        if let Some(actual) = &finding.actual {
            text.line("    ", &format!("actual: {}", safe::short(&one_line(actual))), Tone::Quiet);
        }
    }
    text.gap();
}
