//! Who may do what: faults of level [`FaultLevel::Credentials`].

mod accounts;
mod anonymous;
mod challenges;
mod permissions;
mod schemes;
mod tenants;
mod token_places;
mod tokens;

use super::{Fault, FaultLevel};
use crate::reference::effect::Effect;

/// The tables of this level, in the order of reports.
pub(super) const TABLES: &[&[Fault]] = &[
    anonymous::ROWS,
    tokens::ROWS,
    schemes::ROWS,
    token_places::ROWS,
    challenges::ROWS,
    permissions::ROWS,
    accounts::ROWS,
    tenants::ROWS,
];

/// A row of this level.
const fn row(name: &'static str, title: &'static str, requirements: &'static [&'static str], apply: Effect) -> Fault {
    super::row(FaultLevel::Credentials, name, title, requirements, apply)
}
