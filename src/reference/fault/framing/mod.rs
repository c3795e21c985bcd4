//! How an answer is cut into octets: faults of level [`FaultLevel::Framing`].

mod chunks;
mod encodings;
mod injection;
mod json;
mod lengths;
mod no_content;

use super::{Fault, FaultLevel};
use crate::reference::effect::Effect;

/// The tables of this level, in the order of reports.
pub(super) const TABLES: &[&[Fault]] =
    &[lengths::ROWS, chunks::ROWS, no_content::ROWS, json::ROWS, encodings::ROWS, injection::ROWS];

/// A row of this level.
const fn row(name: &'static str, title: &'static str, requirements: &'static [&'static str], apply: Effect) -> Fault {
    super::row(FaultLevel::Framing, name, title, requirements, apply)
}
