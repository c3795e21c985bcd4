//! The report of a bundle as it is read again: the whole run but for the exchanges, which the chain has.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use serde::Deserialize;

use super::Refused;
use crate::model::event::{RunInfo, Summary, TrialResult};
use crate::model::finding::Level;

/// A run as a bundle holds it, without the exchanges of its report.
#[derive(Debug, Deserialize)]
pub(super) struct Stored {
    pub(super) info: RunInfo,
    pub(super) summary: Summary,
    pub(super) trials: Vec<WithoutEvidence>,
}

/// A trial whose evidence is dropped as soon as it is read, so that memory stays small.
#[derive(Debug, Deserialize)]
#[serde(from = "TrialResult")]
pub(super) struct WithoutEvidence(pub(super) TrialResult);

impl From<TrialResult> for WithoutEvidence {
    fn from(mut trial: TrialResult) -> Self {
        trial.evidence = Vec::new();
        Self(trial)
    }
}

impl Stored {
    /// Reads `report.json`.
    pub(super) fn read(folder: &Path) -> Result<Self, Refused> {
        let name = "report.json";
        let file = File::open(folder.join(name)).map_err(|error| Refused::Unreadable(name.to_owned(), error))?;
        serde_json::from_reader(BufReader::new(file)).map_err(|error| Refused::NotABundle(format!("{name}: {error}")))
    }

    /// The lowest level that fails a trial.
    pub(super) fn deny(&self) -> Level {
        self.info.deny.unwrap_or(Level::Must)
    }
}
