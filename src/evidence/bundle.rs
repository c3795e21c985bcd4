//! Writing a bundle: beside its place while the run goes on, and moved there when it is whole.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use tempfile::{NamedTempFile, TempDir};

use super::manifest::{ENVELOPE, MANIFEST, Manifest, STATEMENT, Subject, VERSION, files};
use super::recorder::Recorder;
use super::sign::PrivateKey;
use super::stored::Stored;
use super::{carry, container, statement};
use crate::contract::requirement::Tier;
use crate::contract::schemas;
use crate::model::digest::hexadecimal;
use crate::model::finding::Level;
use crate::model::witness::Witness;
use crate::plan::Suite;

/// What a bundle holds besides the suite, by path.
const FIXED: [(&str, &str); 5] = [
    ("contract/requirements.json", include_str!("../../contract/requirements.json")),
    ("contract/jobresponsebase-update.md", include_str!("../../contract/jobresponsebase-update.md")),
    ("contract/dataClassification.csdl.xml", include_str!("../../contract/dataClassification.csdl.xml")),
    ("schemas/case.schema.json", include_str!("../../schemas/case.schema.json")),
    ("schemas/report.schema.json", include_str!("../../schemas/report.schema.json")),
];

/// By what a run was judged: the content of `settings.json`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Settings {
    /// Lowest level that fails a trial.
    pub deny: Level,
    /// Tiers judged; all when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tiers: Option<Vec<Tier>>,
    /// Checks that were switched off.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub off: Vec<String>,
    /// The configuration of the target, without secrets; for people.
    pub target: Value,
}

/// What is put into a bundle at the end of a run.
#[derive(Debug)]
pub struct Contents<'a> {
    /// The suite.
    pub suite: &'a Suite,
    /// By what it was judged.
    pub settings: &'a Settings,
    /// More files, such as the waivers: path within the bundle and content, without secrets.
    pub more: &'a [(String, Vec<u8>)],
    /// What was tested.
    pub subjects: Vec<Subject>,
    /// Signs the statement, where given.
    pub key: Option<&'a PrivateKey>,
}

/// A bundle being written.
#[derive(Debug)]
pub struct Stage {
    to: PathBuf,
    folder: TempDir,
    run_id: String,
    recorder: Arc<Recorder>,
    carried: BTreeSet<String>,
}

/// The folder in which a bundle is.
pub(super) fn above(to: &Path) -> &Path {
    to.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

impl Stage {
    /// Starts a bundle; folders above it are made. Where the run was interrupted before, the exchanges of the trials
    /// that are `known` are carried over, as far as they are at hand.
    ///
    /// # Errors
    ///
    /// Where nothing can be written there, or something else than a bundle is there.
    pub fn begin(to: &Path, run_id: &str, known: &dyn Fn(&str) -> bool) -> io::Result<Self> {
        if to.is_dir() {
            let replaceable =
                !container::is_file_name(to) && (to.join(MANIFEST).is_file() || fs::read_dir(to)?.next().is_none());
            if !replaceable {
                return Err(io::Error::other("a folder that is no bundle is there already"));
            }
        }
        if to.is_file() && !container::is_file_name(to) {
            return Err(io::Error::other("a file is there already; a bundle is a folder, or a .tar.gz"));
        }
        if fs::symlink_metadata(to).is_ok() && !to.is_dir() && !to.is_file() {
            return Err(io::Error::other("neither a folder nor a file, but something is there already"));
        }
        let above = above(to);
        fs::create_dir_all(above)?;
        let name = carry::unfinished(run_id);
        let folder = tempfile::Builder::new().prefix(&name).tempdir_in(above)?;
        let recorder = Arc::new(Recorder::create(&folder.path().join("exchanges.ndjson"), run_id)?);
        let carried = carry::carry(to, run_id, known, &recorder)?;
        Ok(Self { to: to.to_owned(), folder, run_id: run_id.to_owned(), recorder, carried })
    }

    /// The trials whose exchanges were carried over.
    #[must_use]
    pub fn carried(&self) -> &BTreeSet<String> {
        &self.carried
    }

    /// Is shown the exchanges of the run.
    #[must_use]
    pub fn witness(&self) -> Arc<dyn Witness> {
        self.recorder.clone()
    }

    /// Where a report of the bundle is to be written before the end.
    #[must_use]
    pub fn report(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Completes the bundle and puts it in its place.
    ///
    /// # Errors
    ///
    /// Where something could not be written, or an exchange was not kept.
    pub fn finish(self, contents: Contents<'_>) -> io::Result<()> {
        let chain = self.recorder.finish()?;
        let folder = self.folder.path();
        for (index, row) in contents.suite.refs.iter().enumerate() {
            let octets = contents.suite.octets(index).map_err(|problem| io::Error::other(problem.to_string()))?;
            put(folder, &format!("suite/{}.json", row.id.replace("::", "/")), &octets)?;
        }
        for (path, text) in FIXED {
            put(folder, path, text.as_bytes())?;
        }
        for (name, text) in schemas::FILES {
            put(folder, &format!("schemas/resources/{name}"), text.as_bytes())?;
        }
        for (path, octets) in contents.more {
            put(folder, path, octets)?;
        }
        put(folder, "settings.json", &serde_json::to_vec_pretty(contents.settings)?)?;
        let manifest = Manifest {
            schema_version: VERSION.to_owned(),
            run_id: self.run_id.clone(),
            patchproof: env!("CARGO_PKG_VERSION").to_owned(),
            chain,
            subjects: contents.subjects,
            files: files(folder)?,
        };
        let octets = manifest.octets()?;
        put(folder, MANIFEST, &octets)?;
        let stored = Stored::read(folder).map_err(|problem| io::Error::other(problem.to_string()))?;
        let statement = statement::octets(&manifest, &hexadecimal(&Sha256::digest(&octets)), &stored)?;
        put(folder, STATEMENT, &statement)?;
        if let Some(key) = contents.key {
            put(folder, ENVELOPE, &key.envelope(&statement)?)?;
        }
        self.place()
    }

    fn place(self) -> io::Result<()> {
        let above = self.folder.path().parent().unwrap_or(Path::new(".")).to_owned();
        let own = self.folder.path().file_name();
        for left in carry::left_beside(&self.to, &self.run_id).iter().filter(|left| left.file_name() != own) {
            // All that was good in it is in the bundle.
            let _ = fs::remove_dir_all(left);
        }
        if container::is_file_name(&self.to) {
            let mut file = NamedTempFile::new_in(above)?;
            container::pack(self.folder.path(), file.as_file_mut())?;
            readable(file.path(), 0o644)?;
            file.persist(&self.to).map_err(|error| error.error)?;
            return Ok(());
        }
        readable(self.folder.path(), 0o755)?;
        replace(self.folder, &self.to, &above, &|from, to| fs::rename(from, to))
    }
}

/// Puts a folder in the place of what is there, which comes back where that fails, or is told where it is.
fn replace(
    folder: TempDir,
    to: &Path,
    above: &Path,
    rename: &dyn Fn(&Path, &Path) -> io::Result<()>,
) -> io::Result<()> {
    // What is there is moved away first, so that a bundle never mixes with another one.
    let old = tempfile::Builder::new().prefix(".patchproof-old-").tempdir_in(above)?;
    let aside = old.path().join("bundle");
    let replaces = to.exists();
    if replaces {
        rename(to, &aside)?;
    }
    let staged = folder.keep();
    let Err(error) = rename(&staged, to) else { return Ok(()) };
    // Neither of the two is left lying about, and the old one must not go with its folder.
    let _ = fs::remove_dir_all(&staged);
    if replaces && rename(&aside, to).is_err() {
        let _ = old.keep();
        return Err(io::Error::other(format!("{error}; the old bundle is in {}", aside.display())));
    }
    Err(error)
}

fn put(folder: &Path, path: &str, octets: &[u8]) -> io::Result<()> {
    let to = folder.join(path);
    fs::create_dir_all(to.parent().unwrap_or(folder))?;
    io::Write::write_all(&mut File::create_new(to)?, octets)
}

#[cfg(unix)]
fn readable(path: &Path, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    // What is made for temporary use is private; a bundle is for everybody who may read the folder.
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn readable(_: &Path, _: u32) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What replacing a folder comes to where the file system refuses so many renames to its place, and what is in the
    /// folder around it afterwards.
    fn replaced(refused: usize) -> (io::Result<()>, TempDir) {
        let around = tempfile::tempdir().unwrap();
        let to = around.path().join("bundle");
        fs::create_dir(&to).unwrap();
        fs::write(to.join("own"), "old").unwrap();
        let new = tempfile::tempdir_in(around.path()).unwrap();
        fs::write(new.path().join("own"), "new").unwrap();
        let left = std::cell::Cell::new(refused);
        let rename = |from: &Path, target: &Path| {
            if target == to && left.get() > 0 {
                left.set(left.get() - 1);
                return Err(io::Error::other("no"));
            }
            fs::rename(from, target)
        };
        (replace(new, &to, around.path(), &rename), around)
    }

    #[test]
    fn an_old_bundle_is_there_or_named() {
        for (refused, there) in [(0, "new"), (1, "old")] {
            let (result, around) = replaced(refused);
            assert_eq!(result.is_ok(), refused == 0);
            assert_eq!(fs::read_to_string(around.path().join("bundle/own")).unwrap(), there);
            assert_eq!(fs::read_dir(around.path()).unwrap().count(), 1, "nothing else is left behind");
        }
        let (result, around) = replaced(2);
        let told = result.unwrap_err().to_string();
        let (why, kept) = told.split_once("; the old bundle is in ").unwrap();
        assert_eq!((why, fs::read_to_string(Path::new(kept).join("own")).unwrap().as_str()), ("no", "old"));
        assert!(Path::new(kept).starts_with(around.path()));
    }
}
