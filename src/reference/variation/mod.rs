//! The catalogue of legal variations: named ways in which a right server may differ from ours.

mod bodies;
mod credentials;
mod dates;
mod inputs;
mod layers;
mod messages;
mod moments;
mod octets;
mod refusals;
mod requests;
mod statuses;

pub(crate) use messages::compress;

use super::effect::Effect;

/// One row of the catalogue.
#[derive(Debug, Clone, Copy)]
pub struct Variation {
    /// A short name, words joined by hyphens.
    pub name: &'static str,
    /// What is different, in one sentence.
    pub title: &'static str,
    /// The requirements whose tolerance it uses.
    pub tolerance: &'static [&'static str],
    /// The requirements that warn about it.
    pub warns: &'static [&'static str],
    /// The capabilities that it takes away.
    pub without: &'static [&'static str],
    pub(super) apply: Effect,
}

/// The tables of the catalogue.
const TABLES: &[&[Variation]] = &[
    dates::ROWS,
    bodies::ROWS,
    messages::ROWS,
    layers::ROWS,
    requests::ROWS,
    refusals::ROWS,
    credentials::ROWS,
    inputs::ROWS,
    moments::ROWS,
    octets::ROWS,
    statuses::ROWS,
];

/// All variations.
pub const VARIATIONS: &[Variation] = &joined::<{ count() }>();

/// The variation of this name.
#[must_use]
pub fn variation(name: &str) -> Option<&'static Variation> {
    VARIATIONS.iter().find(|variation| variation.name == name)
}

/// A row without warnings that takes no capability away.
const fn row(name: &'static str, title: &'static str, tolerance: &'static [&'static str], apply: Effect) -> Variation {
    Variation { name, title, tolerance, warns: &[], without: &[], apply }
}

impl Variation {
    /// Names the requirements that warn.
    const fn warning(mut self, warns: &'static [&'static str]) -> Self {
        self.warns = warns;
        self
    }

    /// Names the capabilities that are taken away.
    const fn lacking(mut self, without: &'static [&'static str]) -> Self {
        self.without = without;
        self
    }
}

const fn count() -> usize {
    let (mut sum, mut table) = (0, 0);
    while table < TABLES.len() {
        sum += TABLES[table].len();
        table += 1;
    }
    sum
}

const fn joined<const N: usize>() -> [Variation; N] {
    let mut all = [TABLES[0][0]; N];
    let (mut at, mut table) = (0, 0);
    while table < TABLES.len() {
        let mut row = 0;
        while row < TABLES[table].len() {
            all[at] = TABLES[table][row];
            (at, row) = (at + 1, row + 1);
        }
        table += 1;
    }
    all
}
