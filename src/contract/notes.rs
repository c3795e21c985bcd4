//! What the contract says around a requirement: why its group matters, how it is tested, what is tolerated.
//!
//! Read once from `contract/notes.json`, whose texts are those of the contract.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::requirement::Requirement;

/// A group of requirements.
#[derive(Debug, Default, Deserialize)]
pub struct Group {
    /// `PATH`, `AUTH`, …
    pub id: String,
    /// A few words.
    pub title: String,
    /// Why it matters, in a sentence or two.
    pub why: String,
}

/// Around one requirement.
#[derive(Debug, Default, Deserialize)]
pub struct Note {
    /// How it is tested.
    pub test: String,
    /// What is tolerated.
    pub tolerance: String,
}

#[derive(Default, Deserialize)]
struct File {
    groups: Vec<Group>,
    requirements: BTreeMap<String, Note>,
}

static FILE: LazyLock<File> =
    // The file is part of the program and a test reads it.
    LazyLock::new(|| serde_json::from_str(include_str!("../../contract/notes.json")).unwrap_or_default());

/// The groups in the order of the contract.
#[must_use]
pub fn groups() -> &'static [Group] {
    &FILE.groups
}

/// The group of a requirement.
#[must_use]
pub fn group(requirement: &Requirement) -> Option<&'static Group> {
    FILE.groups.iter().find(|group| group.id == requirement.group())
}

/// What is said around a requirement.
#[must_use]
pub fn note(requirement: &Requirement) -> Option<&'static Note> {
    FILE.requirements.get(&requirement.id)
}

#[cfg(test)]
mod tests {
    use super::super::requirement::requirements;
    use super::*;

    #[test]
    fn every_requirement_has_its_note_and_its_group() {
        for requirement in requirements() {
            let note = note(requirement).unwrap();
            assert!(!note.test.is_empty() && !note.tolerance.is_empty(), "{}", requirement.id);
            assert!(group(requirement).is_some_and(|group| !group.why.is_empty()), "{}", requirement.id);
        }
        assert_eq!(FILE.requirements.len(), requirements().len());
    }
}
