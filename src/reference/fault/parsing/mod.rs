//! From octets to a JSON value: faults of level [`FaultLevel::Parsing`].

mod chunks;
mod duplicates;
mod empty;
mod escapes;
mod grammar;
mod layout;
mod malformed;
mod media_parameters;
mod media_types;
mod member_order;
mod retyped;
mod sizes;
mod top_level;
mod utf8;

use super::{Fault, FaultLevel};
use crate::reference::effect::Effect;

/// The tables of this level, in the order of reports.
pub(super) const TABLES: &[&[Fault]] = &[
    malformed::ROWS,
    grammar::ROWS,
    utf8::ROWS,
    escapes::ROWS,
    top_level::ROWS,
    empty::ROWS,
    duplicates::ROWS,
    member_order::ROWS,
    layout::ROWS,
    sizes::ROWS,
    media_types::ROWS,
    media_parameters::ROWS,
    chunks::ROWS,
];

/// A row of this level.
const fn row(name: &'static str, title: &'static str, requirements: &'static [&'static str], apply: Effect) -> Fault {
    super::row(FaultLevel::Parsing, name, title, requirements, apply)
}
