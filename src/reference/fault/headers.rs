//! Faults of level [`FaultLevel::Headers`](super::FaultLevel::Headers): the headers of an answer.

use super::Fault;

pub(super) const ROWS: &[Fault] = &[];
