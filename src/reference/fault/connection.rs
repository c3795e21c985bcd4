//! Faults of level [`FaultLevel::Connection`](super::FaultLevel::Connection): what becomes of connections.

use super::Fault;

pub(super) const ROWS: &[Fault] = &[];
