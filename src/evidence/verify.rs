//! Verifying a bundle: digests, chain, statement, signature, and that the verdicts follow from the exchanges.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use super::manifest::{ENVELOPE, MANIFEST, Manifest, STATEMENT, Subject};
use super::rejudge::judge;
use super::sign::{self, PublicKey};
use super::stored::{Stored, WithoutEvidence};
use super::{Refused, container, statement};
use crate::model::event::Summary;
use crate::model::exit;
use crate::model::waiver::Waiver;
use crate::plan::{self, Source};

/// What a bundle was found to be.
#[derive(Debug)]
pub struct Verified {
    /// SHA-256 of the manifest: the name of the whole bundle.
    pub digest: String,
    /// Files with a digest.
    pub files: usize,
    /// Exchanges in the chain.
    pub exchanges: u64,
    /// Trials judged again.
    pub judged: usize,
    /// The exit code of the run: what it came to.
    pub exit_code: u8,
    /// What was tested, as whoever ran it named it.
    pub subjects: Vec<Subject>,
    /// Id of the key that signed, where there is a signature.
    pub signed: Option<String>,
    /// The signature was checked.
    pub checked: bool,
}

/// Verifies a bundle; the signature too, where there is a key.
///
/// # Errors
///
/// The first reason to refuse it.
pub fn verify(bundle: &Path, key: Option<&PublicKey>) -> Result<Verified, Refused> {
    let opened = container::open(bundle)?;
    let folder = opened.folder.as_path();
    let (manifest, digest) = Manifest::read(folder)?;
    manifest.compare(folder)?;
    let stored = Stored::read(folder)?;
    let statement = read(folder, STATEMENT)?;
    let wanted = statement::octets(&manifest, &digest, &stored).map_err(|e| Refused::DoesNotFollow(e.to_string()))?;
    if statement != wanted {
        return Err(Refused::Altered(format!("{STATEMENT} is not about this {MANIFEST} and report")));
    }
    let signed = signer(folder, &statement, key)?;
    sums(&manifest, &stored)?;
    waivers(folder, &stored)?;
    let suite = plan::load(&Source::Dir(folder.join("suite")));
    if suite.is_ok_and(|suite| suite.digest != stored.info.suite_digest) {
        return Err(Refused::DoesNotFollow("the suite is not the one that the report names".to_owned()));
    }
    let (rejudged, head) = judge(folder, &manifest, &stored, None)?;
    if head != manifest.chain {
        return Err(Refused::Altered("the chain of exchanges does not end as the manifest says".to_owned()));
    }
    if let Some(first) = rejudged.differences.first() {
        let more = rejudged.differences.len() - 1;
        return Err(Refused::DoesNotFollow(format!(
            "the verdict on {} does not follow from its exchanges ({more} more like it)",
            first.trial
        )));
    }
    if let Some((trial, why)) = rejudged.unjudged.first() {
        return Err(Refused::DoesNotFollow(format!("{trial} cannot be judged: {why}")));
    }
    Ok(Verified {
        digest,
        files: manifest.files.len(),
        exchanges: head.exchanges,
        judged: rejudged.judged,
        exit_code: stored.summary.exit_code,
        subjects: manifest.subjects,
        checked: key.is_some(),
        signed,
    })
}

/// The id of the key that signed the statement, where one did; it has to be this key where there is one.
fn signer(folder: &Path, statement: &[u8], key: Option<&PublicKey>) -> Result<Option<String>, Refused> {
    match (folder.join(ENVELOPE).exists(), key) {
        (false, None) => Ok(None),
        (false, Some(_)) => Err(Refused::DoesNotFollow("the bundle is not signed".to_owned())),
        (true, key) => sign::check(&read(folder, ENVELOPE)?, statement, key)
            .map(Some)
            .map_err(|why| Refused::Altered(format!("{ENVELOPE}: {why}"))),
    }
}

fn read(folder: &Path, name: &str) -> Result<Vec<u8>, Refused> {
    fs::read(folder.join(name)).map_err(|error| Refused::Altered(format!("{name}: {error}")))
}

/// Every waiver that the report speaks of is in the bundle.
fn waivers(folder: &Path, stored: &Stored) -> Result<(), Refused> {
    let told = stored.trials.iter().flat_map(|trial| &trial.0.findings).filter_map(|found| found.waived.as_deref());
    let mut told = told.peekable();
    if told.peek().is_none() {
        return Ok(());
    }
    let known: Vec<Waiver> = serde_json::from_slice(&read(folder, "waivers.json")?)
        .map_err(|error| Refused::DoesNotFollow(format!("waivers.json: {error}")))?;
    let notes: HashSet<String> = known.iter().map(Waiver::note).collect();
    match told.find(|note| !notes.contains(*note)) {
        Some(note) => Err(Refused::DoesNotFollow(format!("a finding is waived by no waiver of the bundle: {note}"))),
        None => Ok(()),
    }
}

/// The sums of the report are those of its trials, and it is the report of this run.
fn sums(manifest: &Manifest, stored: &Stored) -> Result<(), Refused> {
    let fail = |what: &str| Err(Refused::DoesNotFollow(what.to_owned()));
    if stored.info.run_id != manifest.run_id {
        return fail("the report is of another run");
    }
    let mut names = HashSet::new();
    let mut sums = Summary::default();
    for WithoutEvidence(trial) in &stored.trials {
        if !names.insert(trial.name.as_str()) {
            return fail("a trial is in the report twice");
        }
        sums.add(trial, stored.deny());
    }
    let told = &stored.summary;
    let same = sums.counts == told.counts
        && sums.flaky == told.flaky
        && sums.waits == told.waits
        && sums.warnings == told.warnings
        && sums.requirements == told.requirements;
    if !same {
        return fail("the sums of the report are not those of its trials");
    }
    if exit::of(told) != told.exit_code {
        return fail("the exit code does not follow from the sums of the report");
    }
    Ok(())
}
