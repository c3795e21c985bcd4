//! Selection on the trial name `endpoint::topic::case`, on endpoint, topic, tier and level.
//!
//! In a pattern `*` stands for one part of the name and `**` for any number of parts. A pattern that matches nothing
//! beside others that match is an error: it is more often a slip than a wish.

use std::collections::BTreeSet;

use globset::{GlobBuilder, GlobMatcher};

use super::CaseFacts;
use crate::contract::requirement::Tier;
use crate::model::finding::Level;

/// Which trials are run; everything when empty.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// Patterns of which one must match.
    pub run: Vec<Pattern>,
    /// Patterns of which none may match.
    pub skip: Vec<Pattern>,
    /// Texts of which one must be in the name.
    pub substrings: Vec<String>,
    /// Collections.
    pub endpoints: Vec<String>,
    /// Topics.
    pub topics: Vec<String>,
    /// Tiers of the case's first requirement.
    pub tiers: Vec<Tier>,
    /// Levels of the case's first requirement.
    pub levels: Vec<Level>,
    /// Exact names.
    pub names: Option<BTreeSet<String>>,
}

/// A glob on a trial name.
#[derive(Debug, Clone)]
pub struct Pattern {
    text: String,
    glob: GlobMatcher,
}

impl Pattern {
    /// Compiles a pattern.
    ///
    /// # Errors
    /// When the glob is malformed.
    pub fn new(text: &str) -> Result<Self, String> {
        let glob = GlobBuilder::new(&text.replace("::", "/"))
            .literal_separator(true)
            .build()
            .map_err(|error| format!("pattern {text:?}: {}", error.kind()))?;
        Ok(Self { text: text.to_owned(), glob: glob.compile_matcher() })
    }

    /// Whether the name is meant.
    #[must_use]
    pub fn matches(&self, name: &str) -> bool {
        self.glob.is_match(name.replace("::", "/"))
    }
}

impl Selection {
    /// Every pattern and substring as the user wrote it.
    #[must_use]
    pub fn patterns(&self) -> Vec<String> {
        let globs = self.run.iter().chain(&self.skip).map(|pattern| pattern.text.clone());
        globs.chain(self.substrings.iter().cloned()).collect()
    }

    /// Whether a trial is selected; patterns that match it are struck off `unmatched`.
    #[must_use]
    pub fn selects(&self, name: &str, collection: &str, facts: &CaseFacts, unmatched: &mut Vec<String>) -> bool {
        let mut hit = |text: &str| unmatched.retain(|known| known != text);
        let mut any = |patterns: &[Pattern]| {
            let mut found = false;
            for pattern in patterns.iter().filter(|pattern| pattern.matches(name)) {
                hit(&pattern.text);
                found = true;
            }
            found
        };
        let run = any(&self.run);
        let skip = any(&self.skip);
        let mut within = false;
        for text in self.substrings.iter().filter(|text| name.contains(text.as_str())) {
            unmatched.retain(|known| known != text);
            within = true;
        }
        let primary = facts.primary;
        let topic = name.split("::").nth(1).unwrap_or_default();
        self.names.as_ref().is_none_or(|names| names.contains(name))
            && (self.run.is_empty() || run)
            && !skip
            && (self.substrings.is_empty() || within)
            && (self.endpoints.is_empty() || self.endpoints.iter().any(|one| one == collection))
            && (self.topics.is_empty() || self.topics.iter().any(|one| one == topic))
            && (self.tiers.is_empty() || primary.is_none_or(|requirement| self.tiers.contains(&requirement.tier)))
            && (self.levels.is_empty() || primary.is_none_or(|requirement| self.levels.contains(&requirement.level)))
    }
}
