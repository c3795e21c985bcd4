//! The first line of a journal: what is run, so that a run goes on only as what it was.

use serde::{Deserialize, Serialize};

use crate::model::event::SCHEMA_VERSION;

/// What is run. A run goes on only where all of it is as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RunIdentity {
    /// Version of the shape.
    pub schema_version: String,
    /// Id of the run.
    pub run_id: String,
    /// Start of the run, RFC 3339.
    pub started_at: String,
    /// The target: its base URL, or what the embedded server was told to be.
    pub target: String,
    /// Digest of the suite.
    pub suite: String,
    /// Digest over the names of the planned trials.
    pub plan: String,
    /// What else a verdict depends on: levels, tiers, repeats.
    pub policy: String,
    /// Digest of what is declared of the target.
    #[serde(default)]
    pub declared: String,
    /// Seed of the order of trials.
    pub seed: u64,
}

impl RunIdentity {
    /// What is not as it was, if anything.
    #[must_use]
    pub fn differs(&self, now: &Self) -> Option<String> {
        if self.schema_version != SCHEMA_VERSION {
            return Some("it was begun by another version of patchproof".to_owned());
        }
        let another = |what: &str, was: &str, is: &str| format!("{what} is another: it was {was}, now it is {is}");
        // Of a digest people need no more than that it differs, and what decides it.
        let same_suite = "the suite is another: give the same --cases, or none, with the same patchproof";
        let same_trials = "other trials are selected: give the same patterns, --run, --skip, --endpoint, --topic, --tier, \
                           --level and --partition";
        let declared =
            "something else is declared of the target: give the same capabilities, profile facts and variables";
        [
            (self.target != now.target).then(|| another("the target", &self.target, &now.target)),
            (self.suite != now.suite).then(|| same_suite.to_owned()),
            (self.plan != now.plan).then(|| same_trials.to_owned()),
            (self.policy != now.policy).then(|| another("the policy", &self.policy, &now.policy)),
            (self.declared != now.declared).then(|| declared.to_owned()),
        ]
        .into_iter()
        .flatten()
        .next()
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in super::super) fn identity() -> RunIdentity {
        let text = |text: &str| text.to_owned();
        RunIdentity {
            schema_version: text(SCHEMA_VERSION),
            run_id: text("r"),
            started_at: text("2026-01-01T00:00:00Z"),
            target: text("http://a"),
            suite: text("s"),
            plan: text("p"),
            policy: text("MUST"),
            declared: text("d"),
            seed: 7,
        }
    }

    #[test]
    fn a_run_goes_on_only_as_it_was() {
        assert_eq!(identity().differs(&RunIdentity { run_id: "other".to_owned(), seed: 9, ..identity() }), None);
        let other = identity().differs(&RunIdentity { suite: "t".to_owned(), ..identity() }).unwrap();
        assert_eq!(other, "the suite is another: give the same --cases, or none, with the same patchproof");
        let other = identity().differs(&RunIdentity { declared: "e".to_owned(), ..identity() }).unwrap();
        assert!(other.starts_with("something else is declared of the target"), "{other}");
    }
}
