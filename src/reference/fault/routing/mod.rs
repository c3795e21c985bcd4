//! Which method on which path does what: faults of level [`FaultLevel::Routing`].

mod allow;
mod built_ins;
mod collections;
mod ids;
mod letter_case;
mod methods;
mod patch_of_collections;
mod segments;
mod unknown_ids;

use super::{Fault, FaultLevel};
use crate::reference::effect::Effect;

/// The tables of this level, in the order of reports.
pub(super) const TABLES: &[&[Fault]] = &[
    collections::ROWS,
    unknown_ids::ROWS,
    built_ins::ROWS,
    ids::ROWS,
    segments::ROWS,
    methods::ROWS,
    patch_of_collections::ROWS,
    allow::ROWS,
    letter_case::ROWS,
];

/// A row of this level.
const fn row(name: &'static str, title: &'static str, requirements: &'static [&'static str], apply: Effect) -> Fault {
    super::row(FaultLevel::Routing, name, title, requirements, apply)
}
