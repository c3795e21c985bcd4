//! Preconditions and `ETags`: faults of level [`FaultLevel::Conditions`].

mod etags;
mod if_match;
mod if_none_match;
mod preferences;
mod required;
mod tags;

use super::{Fault, FaultLevel};
use crate::reference::effect::Effect;

/// The tables of this level, in the order of reports.
pub(super) const TABLES: &[&[Fault]] =
    &[if_match::ROWS, tags::ROWS, if_none_match::ROWS, required::ROWS, etags::ROWS, preferences::ROWS];

/// A row of this level.
const fn row(name: &'static str, title: &'static str, requirements: &'static [&'static str], apply: Effect) -> Fault {
    super::row(FaultLevel::Conditions, name, title, requirements, apply)
}
