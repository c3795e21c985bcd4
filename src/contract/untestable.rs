//! Requirements that no fault can break on the wire, each with its reason.

use std::collections::BTreeMap;
use std::sync::LazyLock;

static REASONS: LazyLock<BTreeMap<String, String>> =
    // The file is part of the program and a test reads it.
    LazyLock::new(|| serde_json::from_str(include_str!("../../contract/untestable.json")).unwrap_or_default());

/// Why no server can be found to break the requirement, where that is so.
#[must_use]
pub fn untestable(id: &str) -> Option<&'static str> {
    REASONS.get(id).map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::requirement::requirement;
    use crate::model::finding::Level;

    #[test]
    fn every_reason_belongs_to_a_requirement_that_leaves_the_choice() {
        assert!(!REASONS.is_empty());
        for (id, reason) in REASONS.iter() {
            assert!(requirement(id).is_some_and(|one| one.level == Level::May), "{id}");
            assert!(reason.ends_with('.'), "{id}");
        }
    }
}
