//! Faults of level [`FaultLevel::Store`](super::FaultLevel::Store): what is kept.

use super::Fault;

pub(super) const ROWS: &[Fault] = &[];
