//! The headers of an answer: faults of level [`FaultLevel::Headers`].

mod leaks;
mod media_types;
mod request_ids;
mod retry_after;
mod throttling;
mod versions;

use super::{Fault, FaultLevel};
use crate::reference::effect::Effect;

/// The tables of this level, in the order of reports.
pub(super) const TABLES: &[&[Fault]] =
    &[media_types::ROWS, versions::ROWS, request_ids::ROWS, retry_after::ROWS, throttling::ROWS, leaks::ROWS];

/// A row of this level.
const fn row(name: &'static str, title: &'static str, requirements: &'static [&'static str], apply: Effect) -> Fault {
    super::row(FaultLevel::Headers, name, title, requirements, apply)
}
