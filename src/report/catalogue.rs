//! What the reports say about a requirement: the content of `contract/requirements.json`, read once when it is asked for.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::model::finding::Level;

/// One testable sentence of the contract.
#[derive(Debug, Deserialize)]
pub struct Requirement {
    /// Stable id.
    pub id: String,
    /// A few words.
    pub title: String,
    /// The sentence.
    pub statement: String,
    /// How binding it is.
    pub level: Level,
    /// `documented`, `protocol` or `graph`.
    pub tier: String,
    /// Where it comes from.
    pub source: String,
    /// Where that can be read.
    pub source_url: Option<String>,
}

impl Requirement {
    /// The middle of the id, `ERR` of `REQ-ERR-001`: what belongs together.
    #[must_use]
    pub fn group(&self) -> &str {
        self.id.split('-').nth(1).unwrap_or(&self.id)
    }

    /// Where the source can be read; the API page where nothing else is named.
    #[must_use]
    pub fn url(&self) -> &str {
        self.source_url.as_deref().unwrap_or(PAGE)
    }
}

/// The API page.
pub const PAGE: &str = "https://learn.microsoft.com/graph/api/jobresponsebase-update?view=graph-rest-beta";

static ALL: LazyLock<Vec<Requirement>> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../contract/requirements.json")).unwrap_or_default());

/// All requirements, in the order of the contract.
#[must_use]
pub fn requirements() -> &'static [Requirement] {
    &ALL
}

/// The requirement of that id.
#[must_use]
pub fn requirement(id: &str) -> Option<&'static Requirement> {
    ALL.iter().find(|requirement| requirement.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_them_all() {
        assert!(requirements().len() > 100);
        assert_eq!(requirement("REQ-ERR-001").map(Requirement::group), Some("ERR"));
    }
}
