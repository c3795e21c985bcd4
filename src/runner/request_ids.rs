//! The request ids that were seen: each answer is to have one of its own.

use std::hash::{DefaultHasher, Hash, Hasher};

use indexmap::IndexSet;

use crate::model::locked::Locked;

/// So many request ids are remembered, the latest ones: memory does not grow with the length of a run.
const MOST: usize = 1 << 18;

/// Hashes of the latest request ids.
#[derive(Debug, Default)]
pub(super) struct RequestIds(Locked<IndexSet<u64>>);

impl RequestIds {
    /// Notes the id of an answer; whether an earlier answer had it.
    pub(super) fn is_repeated(&self, id: &str) -> bool {
        let mut hasher = DefaultHasher::new();
        id.hash(&mut hasher);
        let mut seen = self.0.lock();
        if seen.len() >= MOST {
            seen.drain(..MOST / 2);
        }
        !seen.insert(hasher.finish())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_latest_are_remembered() {
        let ids = RequestIds::default();
        assert!(!ids.is_repeated("first") && ids.is_repeated("first"));
        for n in 0..MOST {
            assert!(!ids.is_repeated(&n.to_string()));
        }
        assert!(ids.is_repeated(&(MOST - 1).to_string()) && !ids.is_repeated("first"));
    }
}
