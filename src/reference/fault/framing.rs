//! Faults of level [`FaultLevel::Framing`](super::FaultLevel::Framing): how an answer is cut into octets.

use super::Fault;

pub(super) const ROWS: &[Fault] = &[];
