//! The in-toto Statement v1 about a bundle, with the predicate `test-result` v0.1.
//!
//! See <https://github.com/in-toto/attestation>. Its subjects are the manifest and what the caller named as tested. It
//! follows from the manifest and the report alone, so that whoever has the bundle can write it again and compare.
//!
//! ```json
//! {"_type":"https://in-toto.io/Statement/v1",
//!  "subject":[{"name":"manifest.json","digest":{"sha256":"3f2a…"}},{"name":"server.tar","digest":{"sha256":"91c0…"}}],
//!  "predicateType":"https://in-toto.io/attestation/test-result/v0.1",
//!  "predicate":{"result":"FAILED","configuration":[…],"passedTests":[…],"warnedTests":[…],"failedTests":[…]}}
//! ```

use std::io;

use serde_json::{Value, json};

use super::manifest::{MANIFEST, Manifest};
use super::stored::Stored;
use crate::model::exit;
use crate::model::finding::Level;
use crate::model::verdict::Verdict;

const TYPE: &str = "https://in-toto.io/Statement/v1";
const PREDICATE: &str = "https://in-toto.io/attestation/test-result/v0.1";

/// The statement as octets, always the same for the same bundle.
pub(super) fn octets(manifest: &Manifest, digest: &str, stored: &Stored) -> io::Result<Vec<u8>> {
    let described = |name: &str, sha256: &str| json!({"name": name, "digest": {"sha256": sha256}});
    let mut subjects = vec![described(MANIFEST, digest)];
    subjects.extend(manifest.subjects.iter().map(|subject| described(&subject.name, &subject.sha256)));
    let mut configuration = vec![described("suite", &stored.info.suite_digest)];
    configuration.extend(stored.info.binary_digest.as_deref().map(|digest| described("patchproof", digest)));
    for name in ["settings.json", "contract/requirements.json"] {
        if let Some(file) = manifest.files.get(name) {
            configuration.push(described(name, &file.sha256));
        }
    }
    let named = |wanted: fn(&Group) -> bool| -> Vec<Value> {
        let trials = stored.trials.iter().map(|trial| &trial.0);
        trials.filter(|trial| wanted(&Group::of(trial))).map(|trial| trial.name.as_str().into()).collect()
    };
    let statement = json!({
        "_type": TYPE,
        "subject": subjects,
        "predicateType": PREDICATE,
        "predicate": {
            "result": result(stored),
            "configuration": configuration,
            "passedTests": named(|group| *group == Group::Passed),
            "warnedTests": named(|group| *group == Group::Warned),
            "failedTests": named(|group| *group == Group::Failed),
        },
    });
    let mut octets = serde_json::to_vec_pretty(&statement)?;
    octets.push(b'\n');
    Ok(octets)
}

/// Whoever lets pass what is not FAILED must not let pass what could not be judged.
fn result(stored: &Stored) -> &'static str {
    let summary = &stored.summary;
    let reservations = summary.warnings + summary.flaky + summary.count(Verdict::Waived);
    match (summary.exit_code, reservations) {
        (exit::CONFORMS, 0) => "PASSED",
        (exit::CONFORMS, _) => "WARNED",
        _ => "FAILED",
    }
}

#[derive(PartialEq, Eq)]
enum Group {
    Passed,
    Warned,
    Failed,
    /// Not run, so not a test that has a result.
    None,
}

impl Group {
    fn of(trial: &crate::model::event::TrialResult) -> Self {
        let warned = trial.flaky || trial.findings.iter().any(|found| found.finding.level == Level::Should);
        match trial.verdict {
            Verdict::Pass if warned => Self::Warned,
            Verdict::Pass => Self::Passed,
            Verdict::Waived => Self::Warned,
            Verdict::Fail | Verdict::Inconclusive | Verdict::StaleWaiver => Self::Failed,
            Verdict::Skip => Self::None,
        }
    }
}
