//! The matrix of the acceptance report: how each group of requirements fared on each endpoint.

use serde::Serialize;

use super::Endpoint;
use crate::contract::notes;
use crate::contract::requirement::{Requirement, requirements};
use crate::report::reading::{count, thousands};

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
        Some(c) if c.failed > 0 => ("fail", format!("✗ {}", thousands(c.failed)), count(c.failed, "failed trial")),
        Some(c) if c.warned > 0 => {
            ("warn", format!("! {}", thousands(c.warned)), count(c.warned, "trial") + " with a reservation")
        }
        Some(c) if c.trials == c.unjudged => ("skip", "–".to_owned(), "not judged".to_owned()),
        Some(c) => ("pass", "✓".to_owned(), format!("{} passed", count(c.trials - c.unjudged, "trial"))),
    };
    Mark { class, sign, words }
}
