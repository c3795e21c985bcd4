//! The requirement catalogue, read once from `contract/requirements.json`.
//!
//! The main type is [`Requirement`]; [`requirement`] finds one by its id.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::model::finding::Level;

/// One testable sentence of the contract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requirement {
    /// `REQ-GROUP-NNN`.
    pub id: String,
    /// A few words.
    pub title: String,
    /// The sentence.
    pub statement: String,
    /// How binding it is.
    pub level: Level,
    /// Which sources it follows from.
    pub tier: Tier,
    /// The source in words.
    pub source: String,
    /// Where the source can be read.
    #[serde(default)]
    pub source_url: Option<String>,
    /// Capabilities that it needs, joined by `+`.
    #[serde(default)]
    pub capability: Option<String>,
}

/// Which sources a requirement follows from; each tier includes those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tier {
    /// The API page itself.
    Documented,
    /// The standards that the page stands on.
    Protocol,
    /// Conventions of Microsoft Graph as a whole.
    Graph,
}

impl Tier {
    /// The word for it, as in the catalogue.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Documented => "documented",
            Self::Protocol => "protocol",
            Self::Graph => "graph",
        }
    }
}

/// The API page.
pub const PAGE: &str = "https://learn.microsoft.com/graph/api/jobresponsebase-update?view=graph-rest-beta";

static CATALOGUE: LazyLock<Vec<Requirement>> = LazyLock::new(|| {
    #[expect(clippy::expect_used, reason = "the file is part of the program and tested")]
    serde_json::from_str(include_str!("../../contract/requirements.json")).expect("the embedded catalogue parses")
});

static BY_ID: LazyLock<HashMap<&'static str, &'static Requirement>> =
    LazyLock::new(|| CATALOGUE.iter().map(|requirement| (requirement.id.as_str(), requirement)).collect());

/// All requirements in the order of the contract.
#[must_use]
pub fn requirements() -> &'static [Requirement] {
    &CATALOGUE
}

/// The requirement with this id.
#[must_use]
pub fn requirement(id: &str) -> Option<&'static Requirement> {
    BY_ID.get(id).copied()
}

impl Requirement {
    /// The capabilities that it needs.
    pub fn needs(&self) -> impl Iterator<Item = &str> {
        self.capability.iter().flat_map(|words| words.split('+'))
    }

    /// The group in its id: `PATH`, `AUTH`, …
    #[must_use]
    pub fn group(&self) -> &str {
        self.id.split('-').nth(1).unwrap_or_default()
    }

    /// Where the source can be read; the API page where nothing else is named.
    #[must_use]
    pub fn url(&self) -> &str {
        self.source_url.as_deref().unwrap_or(PAGE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogue_is_whole() {
        assert_eq!(requirements().len(), 127);
        assert_eq!(requirement("REQ-PATH-001").map(Requirement::group), Some("PATH"));
    }
}
