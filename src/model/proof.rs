//! What `patchproof selftest` measured of a suite: how well it bites, and that it bites nobody who is right.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The score of a suite.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Proof {
    /// Faulty servers that were caught.
    pub faults: Share,
    /// Legal variations without a complaint.
    pub variations: Share,
    /// Testable MUST requirements that have a case and a fault.
    pub must: Share,
}

/// So many of so many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    /// As it should be.
    pub good: usize,
    /// All of them.
    pub all: usize,
}

impl From<(usize, usize)> for Share {
    fn from((good, all): (usize, usize)) -> Self {
        Self { good, all }
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", self.good, self.all)
    }
}

impl fmt::Display for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { faults, variations, must } = self;
        write!(f, "{faults} faults caught, {variations} legal variations clean, {must} testable MUST covered")
    }
}
