//! What the user declares about a target beyond its address (contract, part 0).
//!
//! The main type is [`Profile`].

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::capability::Capability;

/// Facts about a target.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct Profile {
    /// Capabilities that hold, declared or seen.
    pub capabilities: BTreeSet<Capability>,
    /// Collections that the target does not offer.
    pub not_offered: BTreeSet<String>,
    /// Properties that a client cannot set.
    pub read_only: BTreeSet<String>,
    /// Properties that the server sets by itself.
    pub computed: BTreeSet<String>,
    /// Members that change by themselves.
    pub volatile: BTreeSet<String>,
    /// Permitted values of `type`, `status` and `tenantId`.
    pub permitted: BTreeMap<String, Vec<String>>,
    /// How long a change takes until a read shows it, in milliseconds.
    pub settle_ms: u64,
    /// Ids are compared without regard to letter case.
    pub ids_ignore_case: bool,
    /// How the same id on two paths relates.
    pub alias: Option<Alias>,
    /// Requirements waived by the profile (for example REQ-COND-005 where there are no conditional requests).
    pub excused: BTreeMap<String, String>,
}

/// How the same id on two paths relates (REQ-ISO-003).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Alias {
    /// One job.
    Shared,
    /// Two jobs.
    Independent,
}

impl std::str::FromStr for Alias {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "shared" => Ok(Self::Shared),
            "independent" => Ok(Self::Independent),
            _ => Err(format!("expected `shared` or `independent`, found `{text}`")),
        }
    }
}

impl Profile {
    /// Whether the target has the capability.
    #[must_use]
    pub fn has(&self, capability: Capability) -> bool {
        self.capabilities.contains(&capability)
    }

    /// Whether a property is left out of comparisons with what was sent.
    #[must_use]
    pub fn excuses(&self, property: &str) -> bool {
        self.computed.contains(property) || self.read_only.contains(property) || self.volatile.contains(property)
    }

    /// The time to wait before reading back.
    #[must_use]
    pub fn settle(&self) -> Duration {
        Duration::from_millis(self.settle_ms)
    }
}
