//! The search for the pieces of a secret.

use aho_corasick::AhoCorasick;
use aho_corasick::packed::Searcher;

/// What is looked for to find runs of a secret.
pub(super) struct Pieces {
    /// All places of all pieces.
    pub(super) all: AhoCorasick,
    /// Whether there is a piece at all, which there hardly ever is; only where the processor is made for it.
    any: Option<Searcher>,
}

impl Pieces {
    pub(super) fn new(pieces: &[&[u8]]) -> Option<Self> {
        Some(Self { all: AhoCorasick::new(pieces).ok()?, any: Searcher::new(pieces) })
    }

    pub(super) fn is_match(&self, haystack: &[u8]) -> bool {
        self.any.as_ref().map_or_else(|| self.all.is_match(haystack), |any| any.find(haystack).is_some())
    }
}
