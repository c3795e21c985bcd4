//! Going on with the bundle of a run that was interrupted: its exchanges are carried over, so that the bundle of the
//! run as a whole has all of them.
//!
//! A run that was stopped left a bundle in its place; one that was killed left an unfinished one beside it, the end of
//! which may be lost. [`carry`] takes the fuller of them.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};

use super::bundle::above;
use super::manifest::Manifest;
use super::record::RecordedLine;
use super::recorder::Recorder;
use super::{Refused, chain, container};

/// The beginning of the names of the unfinished bundles of a run.
pub(super) fn unfinished(run_id: &str) -> String {
    format!(".patchproof-bundle-{run_id}-")
}

/// Unfinished bundles that killed processes of the run left beside `to`.
pub(super) fn left_beside(to: &Path, run_id: &str) -> Vec<PathBuf> {
    let start = unfinished(run_id);
    let entries = fs::read_dir(above(to)).into_iter().flatten().flatten();
    let ours = entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(&start));
    ours.map(|entry| entry.path()).collect()
}

/// Copies what was told of the trials that are `known` to `recorder`; returns their names.
pub(super) fn carry(
    to: &Path,
    run_id: &str,
    known: &dyn Fn(&str) -> bool,
    recorder: &Recorder,
) -> io::Result<BTreeSet<String>> {
    let finished = container::open(to)
        .ok()
        .filter(|opened| Manifest::read(&opened.folder).is_ok_and(|(manifest, _)| manifest.run_id == run_id));
    let mut folders = left_beside(to, run_id);
    folders.extend(finished.iter().map(|opened| opened.folder.clone()));
    let trials = |folder: &PathBuf| {
        let mut trials = BTreeSet::new();
        read(folder, run_id, &mut |told| {
            if let RecordedLine::Attempt(attempt) = told
                && known(&attempt.trial)
            {
                trials.insert(attempt.trial);
            }
            Ok(())
        });
        trials
    };
    let fullest = folders.iter().map(|folder| (trials(folder), folder)).max_by_key(|(trials, _)| trials.len());
    let Some((trials, folder)) = fullest.filter(|(trials, _)| !trials.is_empty()) else { return Ok(BTreeSet::new()) };
    read(folder, run_id, &mut |told| {
        match &told {
            // A trial that was under way when the run was killed is run again from its beginning.
            RecordedLine::Attempt(attempt) if !trials.contains(&attempt.trial) => {}
            _ => recorder.again(&told),
        }
        Ok(())
    });
    recorder.flush()?;
    Ok(trials)
}

/// Hands out what the chain in the folder tells, as far as it hangs together.
fn read(folder: &Path, run_id: &str, take: &mut dyn FnMut(RecordedLine) -> Result<(), Refused>) {
    let Ok(file) = File::open(folder.join("exchanges.ndjson")) else { return };
    // The last line of a killed process may be cut off; what comes before it is whole.
    let _ = chain::read(&mut BufReader::new(file), run_id, take);
}
