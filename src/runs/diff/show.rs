//! A comparison as a table of at most 80 columns, as Markdown, and as JSON.
//!
//! ```text
//! was 1f0a2b3c of 2026-11-23T02:00:00Z  1,060 pass, 8 fail
//! is  77c2b1d0 of 2026-11-24T02:00:00Z  1,062 pass, 6 fail
//! suite: 3f2a9c01d2e4 → 9c01d2e43f2a
//!
//! New failures: 2
//!   REQ-DTO-007: An impossible date is taken.
//!     jobs::dto::impossible-date
//!     classifyFileJobs::dto::impossible-date
//! ```

use std::fmt::Write as _;

use super::{CHANGES, Change, Fact, Row, RunDiff, Side};
use crate::report::safe;

/// Columns of a table.
const WIDTH: usize = 80;
/// Names shown of trials that have a failure in common; the rest are counted.
const NAMES: usize = 8;

/// For the terminal.
#[must_use]
pub fn table(difference: &RunDiff) -> String {
    let mut text = String::new();
    let mut line = |indent: usize, line: &str| {
        let indent = " ".repeat(indent);
        let options = textwrap::Options::new(WIDTH).initial_indent(&indent).subsequent_indent(&indent);
        for part in textwrap::wrap(line, options) {
            let _ = writeln!(text, "{}", part.trim_end());
        }
    };
    line(0, &format!("was {}", side(&difference.was)));
    line(0, &format!("is  {}", side(&difference.is)));
    for fact in &difference.facts {
        line(0, &changed(fact));
    }
    for (change, _, heading) in CHANGES {
        let groups = groups(difference, change);
        if groups.is_empty() {
            continue;
        }
        line(0, "");
        line(0, &format!("{heading}: {}", difference.count(change)));
        for (why, rows) in groups {
            if !why.is_empty() {
                line(2, &why);
            }
            let indent = if why.is_empty() { 2 } else { 4 };
            for row in rows.iter().take(NAMES) {
                line(indent, &name(row));
            }
            if rows.len() > NAMES {
                line(indent, &format!("and {} more", rows.len() - NAMES));
            }
        }
    }
    line(0, "");
    line(0, &sums(difference));
    text
}

/// For a step summary or a comment.
#[must_use]
pub fn markdown(difference: &RunDiff) -> String {
    let mut text = format!("## {}\n\n", sums(difference));
    let _ = writeln!(text, "| | Run |\n|---|---|");
    let _ = writeln!(text, "| was | {} |\n| is | {} |\n", cell(&side(&difference.was)), cell(&side(&difference.is)));
    for fact in &difference.facts {
        let _ = writeln!(text, "- **{}** was {}, is {}", fact.what, cell(&short(&fact.was)), cell(&short(&fact.is)));
    }
    for (change, _, heading) in CHANGES {
        let groups = groups(difference, change);
        if groups.is_empty() {
            continue;
        }
        let _ = writeln!(text, "\n### {heading}: {}\n\n| Why | Trials |\n|---|---|", difference.count(change));
        for (why, rows) in groups {
            let mut names: Vec<String> = rows.iter().take(NAMES).map(|row| cell(&name(row))).collect();
            if rows.len() > NAMES {
                names.push(format!("and {} more", rows.len() - NAMES));
            }
            let _ = writeln!(text, "| {} | {} |", cell(&why), names.join("<br>"));
        }
    }
    text
}

/// For programs: every trial that is told, with what fails it.
///
/// # Errors
/// Never for a comparison; the signature is that of the serialiser.
pub fn json(difference: &RunDiff) -> serde_json::Result<String> {
    serde_json::to_string_pretty(difference)
}

/// The trials of a change, those together that have a failure in common, in order of their first trial.
fn groups(difference: &RunDiff, change: Change) -> Vec<(String, Vec<&Row>)> {
    let mut groups: Vec<(&str, String, Vec<&Row>)> = Vec::new();
    for row in difference.trials.iter().filter(|row| row.change == change) {
        let ends = [row.is.as_ref(), row.was.as_ref()];
        let failure = ends.into_iter().flatten().find_map(|end| end.failures.first());
        let requirement = failure.map_or("", |failure| failure.requirement.as_str());
        if let Some((_, _, rows)) = groups.iter_mut().find(|(known, ..)| *known == requirement) {
            rows.push(row);
        } else {
            let why = failure.map(|failure| format!("{requirement}: {}", safe::short(&failure.message)));
            groups.push((requirement, why.unwrap_or_default(), vec![row]));
        }
    }
    groups.into_iter().map(|(_, why, rows)| (why, rows)).collect()
}

fn name(row: &Row) -> String {
    let flaky = if row.is.as_ref().is_some_and(|end| end.flaky) { " (flaky)" } else { "" };
    let verdict = match (row.change, &row.is) {
        (Change::Added, Some(end)) => format!(" ({})", end.verdict.as_str()),
        _ => String::new(),
    };
    format!("{}{verdict}{flaky}", safe::line(&row.name))
}

fn side(side: &Side) -> String {
    let counts = side.counts.iter().filter(|(_, n)| **n > 0).map(|(verdict, n)| format!("{n} {}", verdict.as_str()));
    let counts: Vec<String> = counts.collect();
    format!("{} of {}: {}", short(&side.run_id), safe::line(&side.started_at), counts.join(", "))
}

fn changed(fact: &Fact) -> String {
    let or_none = |text: &str| if text.is_empty() { "none".to_owned() } else { short(text) };
    format!("{}: {} → {}", fact.what, or_none(&fact.was), or_none(&fact.is))
}

/// A digest or an id by its beginning; other texts as they are.
fn short(text: &str) -> String {
    let digits = text.len() >= 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    if digits { text[..8].to_owned() } else { safe::short(text) }
}

fn sums(difference: &RunDiff) -> String {
    let told = CHANGES.iter().filter(|(change, ..)| difference.count(*change) > 0);
    let word = |(change, _, heading): &(Change, &str, &str)| {
        format!("{} {}", difference.count(*change), heading.to_lowercase())
    };
    let parts: Vec<String> = told.map(word).collect();
    if parts.is_empty() { "No trial differs".to_owned() } else { parts.join(", ") }
}

/// Text that is text in a table cell.
fn cell(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        if matches!(letter, '<' | '>' | '&' | '|' | '`' | '*' | '_' | '[' | ']' | '#' | '\\' | '@' | '!' | '~') {
            let _ = write!(out, "&#{};", u32::from(letter));
        } else {
            out.push(letter);
        }
    }
    out
}
