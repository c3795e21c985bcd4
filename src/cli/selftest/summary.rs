//! `reports/selftest.json`: the score of the built-in suite, which every acceptance report repeats.
//!
//! It is measured by `patchproof selftest --summary reports/selftest.json`, committed, and part of the program. It names
//! the suite that it was measured on, and is shown for no other one.
//!
//! ```json
//! {"schemaVersion":"1","suiteDigest":"3f2a…","score":{"faults":{"good":512,"all":512},"variations":{"good":83,"all":83}, …}}
//! ```

use serde::{Deserialize, Serialize};

use super::score::Score;
use crate::model::proof::Proof;

const MEASURED: &str = include_str!("../../../reports/selftest.json");
const VERSION: &str = "1";

/// The content of the file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Summary {
    schema_version: String,
    suite_digest: String,
    /// None where the suite is not measured.
    score: Option<Proof>,
}

/// The file for a score of the suite with that digest; a part of the servers is no measure of a suite.
pub(super) fn text(suite_digest: &str, score: &Score, whole: bool) -> String {
    let proof = Proof {
        faults: score.faults().into(),
        variations: score.variations().into(),
        must: (score.covered, score.musts).into(),
    };
    let suite_digest = suite_digest.to_owned();
    let summary = Summary { schema_version: VERSION.to_owned(), suite_digest, score: whole.then_some(proof) };
    // Plain strings and numbers have a JSON text.
    serde_json::to_string_pretty(&summary).unwrap_or_default() + "\n"
}

/// The score of the suite with that digest, where it is the one that was measured.
pub(in crate::cli) fn measured(suite_digest: &str) -> Option<Proof> {
    let summary: Summary = serde_json::from_str(MEASURED).ok()?;
    summary.score.filter(|_| summary.suite_digest == suite_digest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Source, load};

    #[test]
    fn the_score_is_that_of_the_suite() {
        let summary: Summary = serde_json::from_str(MEASURED).unwrap();
        assert_eq!(summary.schema_version, VERSION);
        let suite = load(&Source::BuiltIn).unwrap();
        assert!(
            summary.score.is_none() || summary.suite_digest == suite.digest,
            "reports/selftest.json is of another suite: patchproof selftest --summary reports/selftest.json"
        );
        assert_eq!(measured(&suite.digest), summary.score);
        assert_eq!(measured("another"), None);
    }

    #[test]
    fn a_part_of_the_servers_is_no_score() {
        let suite = load(&Source::BuiltIn).unwrap();
        let score = Score::of(&suite, Vec::new(), Vec::new(), false);
        let read = |whole| serde_json::from_str::<Summary>(&text("3f2a", &score, whole)).unwrap();
        assert!(read(false).score.is_none());
        assert_eq!(read(true).score.unwrap().must.all, score.musts);
    }
}
