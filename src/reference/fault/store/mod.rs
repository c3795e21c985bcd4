//! What is kept: faults of level [`FaultLevel::Store`].

mod atomicity;
mod concurrency;
mod details;
mod isolation;
mod lists;
mod lost_updates;
mod merging;
mod nulls;
mod omitted;
mod reads;
mod repeats;
mod side_effects;
mod unadvertised;
mod values;

use super::{Fault, FaultLevel};
use crate::reference::effect::Effect;

/// The tables of this level, in the order of reports.
pub(super) const TABLES: &[&[Fault]] = &[
    omitted::ROWS,
    side_effects::ROWS,
    merging::ROWS,
    details::ROWS,
    nulls::ROWS,
    values::ROWS,
    lost_updates::ROWS,
    concurrency::ROWS,
    atomicity::ROWS,
    repeats::ROWS,
    reads::ROWS,
    isolation::ROWS,
    lists::ROWS,
    unadvertised::ROWS,
];

/// A row of this level.
const fn row(name: &'static str, title: &'static str, requirements: &'static [&'static str], apply: Effect) -> Fault {
    super::row(FaultLevel::Store, name, title, requirements, apply)
}
