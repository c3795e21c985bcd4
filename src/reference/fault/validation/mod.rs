//! From a JSON value to an update: faults of level [`FaultLevel::Validation`].

mod annotations;
mod atomicity;
mod date_forms;
mod date_order;
mod dates;
mod days;
mod details;
mod fractions;
mod ids;
mod names;
mod nulls;
mod offsets;
mod open_strings;
mod required;
mod string_lengths;
mod strings;
mod type_guesses;
mod type_names;
mod types;
mod undeclared;

use super::{Fault, FaultLevel};
use crate::reference::effect::Effect;

/// The tables of this level, in the order of reports.
pub(super) const TABLES: &[&[Fault]] = &[
    required::ROWS,
    open_strings::ROWS,
    nulls::ROWS,
    strings::ROWS,
    string_lengths::ROWS,
    types::ROWS,
    type_guesses::ROWS,
    dates::ROWS,
    days::ROWS,
    date_order::ROWS,
    date_forms::ROWS,
    offsets::ROWS,
    fractions::ROWS,
    type_names::ROWS,
    details::ROWS,
    annotations::ROWS,
    ids::ROWS,
    undeclared::ROWS,
    names::ROWS,
    atomicity::ROWS,
];

/// A row of this level.
const fn row(name: &'static str, title: &'static str, requirements: &'static [&'static str], apply: Effect) -> Fault {
    super::row(FaultLevel::Validation, name, title, requirements, apply)
}

/// A row about an undeclared property that gets lost.
const fn dropped(name: &'static str, title: &'static str, apply: Effect) -> Fault {
    row(name, title, &["REQ-UNK-001"], apply)
}
