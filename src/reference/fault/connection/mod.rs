//! What becomes of connections: faults of level [`FaultLevel::Connection`].

mod incomplete;
mod parts;
mod unanswered;

use super::{Fault, FaultLevel};
use crate::reference::effect::Effect;

/// The tables of this level, in the order of reports.
pub(super) const TABLES: &[&[Fault]] = &[unanswered::ROWS, incomplete::ROWS, parts::ROWS];

/// A row of this level.
const fn row(name: &'static str, title: &'static str, requirements: &'static [&'static str], apply: Effect) -> Fault {
    super::row(FaultLevel::Connection, name, title, requirements, apply)
}
