//! The manifest: every file of a bundle with its length and digest, and the head of the chain.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Component, Path};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Refused;
use super::chain::ChainHead;
use crate::model::digest::hexadecimal;

/// Version of the shape of bundles.
pub(super) const VERSION: &str = "1";
/// Name of the manifest.
pub(super) const MANIFEST: &str = "manifest.json";
/// Name of the unsigned statement.
pub(super) const STATEMENT: &str = "statement.json";
/// Name of the signed statement.
pub(super) const ENVELOPE: &str = "statement.dsse.json";

/// The content of `manifest.json`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Manifest {
    pub(super) schema_version: String,
    pub(super) run_id: String,
    /// Version of patchproof.
    pub(super) patchproof: String,
    /// The chain of exchanges.
    pub(super) chain: ChainHead,
    /// What was tested, as the caller named it.
    pub(super) subjects: Vec<Subject>,
    /// By path, `/` between the parts.
    pub(super) files: BTreeMap<String, Digested>,
}

/// A file as it was when the bundle was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Digested {
    pub(super) bytes: u64,
    pub(super) sha256: String,
}

/// An artefact that the run was about: a name and the SHA-256 of its content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// Name, as people know it.
    pub name: String,
    /// SHA-256 in hexadecimal.
    pub sha256: String,
}

impl Subject {
    /// A subject from `NAME@sha256:HEX`, or from the content of a file.
    ///
    /// # Errors
    ///
    /// Where the file cannot be read.
    pub fn parse(text: &str) -> Result<Self, String> {
        if let Some((name, digest)) = text.rsplit_once("@sha256:") {
            let fine = digest.len() == 64 && digest.bytes().all(|b| b.is_ascii_hexdigit() && !b.is_ascii_uppercase());
            if !fine || name.is_empty() {
                return Err(format!("{text:?}: expected NAME@sha256: and 64 lower-case hexadecimal digits"));
            }
            return Ok(Self { name: name.to_owned(), sha256: digest.to_owned() });
        }
        let digested = digest(Path::new(text)).map_err(|error| format!("{text}: {error}"))?;
        let name = Path::new(text).file_name().map_or_else(|| text.to_owned(), |n| n.to_string_lossy().into_owned());
        Ok(Self { name, sha256: digested.sha256 })
    }
}

impl Manifest {
    /// The manifest as octets, always the same for the same manifest.
    pub(super) fn octets(&self) -> io::Result<Vec<u8>> {
        let mut octets = serde_json::to_vec_pretty(self)?;
        octets.push(b'\n');
        Ok(octets)
    }

    /// Reads the manifest of a bundle, with its digest.
    pub(super) fn read(folder: &Path) -> Result<(Self, String), Refused> {
        let octets =
            fs::read(folder.join(MANIFEST)).map_err(|error| Refused::Unreadable(MANIFEST.to_owned(), error))?;
        let manifest: Self = serde_json::from_slice(&octets)
            .map_err(|error| Refused::NotABundle(format!("{MANIFEST} is not that of a bundle: {error}")))?;
        if manifest.schema_version != VERSION {
            let version = &manifest.schema_version;
            return Err(Refused::NotABundle(format!("bundle of version {version:?}, this patchproof reads {VERSION}")));
        }
        Ok((manifest, hexadecimal(&Sha256::digest(&octets))))
    }

    /// Compares every file of the folder with what is written here.
    pub(super) fn compare(&self, folder: &Path) -> Result<(), Refused> {
        let there = files(folder).map_err(|error| Refused::Unreadable(folder.display().to_string(), error))?;
        let mut problems = Vec::new();
        for (path, known) in &self.files {
            match there.get(path) {
                None => problems.push(format!("{path} is missing")),
                Some(found) if found.bytes != known.bytes => {
                    problems.push(format!("{path} has {} octets, not {}", found.bytes, known.bytes));
                }
                Some(found) if found.sha256 != known.sha256 => problems.push(format!("{path} was altered")),
                Some(_) => {}
            }
        }
        let own = [MANIFEST, STATEMENT, ENVELOPE];
        for path in there.keys().filter(|path| !own.contains(&path.as_str()) && !self.files.contains_key(*path)) {
            problems.push(format!("{path} was added"));
        }
        if problems.is_empty() { Ok(()) } else { Err(Refused::Altered(problems.join("; "))) }
    }
}

/// Every file below a folder with its digest, by path.
pub(super) fn files(folder: &Path) -> io::Result<BTreeMap<String, Digested>> {
    let mut found = BTreeMap::new();
    walk(folder, "", &mut found)?;
    Ok(found)
}

fn walk(folder: &Path, prefix: &str, found: &mut BTreeMap<String, Digested>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().into_string().map_err(|_| io::Error::other("a file name is not UTF-8"))?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            walk(&entry.path(), &format!("{prefix}{name}/"), found)?;
        } else if kind.is_file() {
            found.insert(format!("{prefix}{name}"), digest(&entry.path())?);
        } else {
            return Err(io::Error::other(format!("{prefix}{name} is neither file nor folder")));
        }
    }
    Ok(())
}

/// Length and digest of a file.
pub(super) fn digest(path: &Path) -> io::Result<Digested> {
    let mut file = File::open(path)?;
    let mut hash = Sha256::new();
    let mut block = vec![0; 128 * 1024];
    let mut bytes = 0;
    loop {
        let read = file.read(&mut block)?;
        if read == 0 {
            return Ok(Digested { bytes, sha256: hexadecimal(&hash.finalize()) });
        }
        hash.update(&block[..read]);
        bytes += read as u64;
    }
}

/// Whether a path stays inside the folder that it is joined to.
pub(super) fn stays_inside(path: &Path) -> bool {
    path.components().next().is_some() && path.components().all(|part| matches!(part, Component::Normal(_)))
}
