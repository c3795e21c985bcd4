//! Faults of level [`FaultLevel::Value`](super::FaultLevel::Value): the values in an answer.

use super::Fault;

pub(super) const ROWS: &[Fault] = &[];
