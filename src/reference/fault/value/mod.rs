//! The values in an answer: faults of level [`FaultLevel::Value`].

mod characters;
mod controls;
mod date_forms;
mod details;
mod entity;
mod envelope;
mod envelope_members;
mod errors;
mod fractions;
mod ids;
mod instants;
mod leaks;
mod markup;
mod meanings;
mod offsets;
mod properties;
mod stack_traces;
mod statuses;
mod string_lengths;
mod strings;
mod type_names;
mod types;

use super::{Fault, FaultLevel};
use crate::reference::effect::{Effect, Object};

/// The tables of this level, in the order of reports.
pub(super) const TABLES: &[&[Fault]] = &[
    statuses::ROWS,
    entity::ROWS,
    properties::ROWS,
    types::ROWS,
    ids::ROWS,
    strings::ROWS,
    string_lengths::ROWS,
    characters::ROWS,
    controls::ROWS,
    markup::ROWS,
    meanings::ROWS,
    date_forms::ROWS,
    instants::ROWS,
    fractions::ROWS,
    offsets::ROWS,
    type_names::ROWS,
    errors::ROWS,
    details::ROWS,
    envelope::ROWS,
    envelope_members::ROWS,
    leaks::ROWS,
    stack_traces::ROWS,
];

/// A row of this level.
const fn row(name: &'static str, title: &'static str, requirements: &'static [&'static str], apply: Effect) -> Fault {
    super::row(FaultLevel::Value, name, title, requirements, apply)
}

/// A row about a string that is not kept.
const fn kept(name: &'static str, title: &'static str, change: fn(&mut Object)) -> Fault {
    row(name, title, &["REQ-TYPE-003"], Effect::Change(change))
}
