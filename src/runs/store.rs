//! The runs that are kept: one folder each, named by when it began and its id, `20261124T230311.123Z-1f0a…`.
//!
//! A run is found by `latest`, by the beginning of its id, or by the path of a report. The oldest folders are removed;
//! never that of a run that still goes on.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::journal::{self, RunJournal};
use crate::report::{self, Run};

/// Name of the report in the folder of a run.
const REPORT: &str = "report.json";

/// The folder of all kept runs.
#[derive(Debug, Clone)]
pub struct Store(PathBuf);

/// A run that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptRun {
    /// Its id.
    pub id: String,
    /// Its folder.
    pub folder: PathBuf,
}

/// Why a run cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum FindError {
    /// Nothing was kept yet.
    #[error("no such run is kept in {}", .0.display())]
    None(PathBuf),
    /// There is neither a kept run nor a file of that name.
    #[error("{name}: neither a file nor the beginning of the id of a run kept in {}", folder.display())]
    Unknown {
        /// What was asked for.
        name: String,
        /// Where was looked.
        folder: PathBuf,
    },
    /// Several ids begin so.
    #[error("{name}: several runs begin so: {}", ids.join(", "))]
    Several {
        /// What was asked for.
        name: String,
        /// Their ids.
        ids: Vec<String>,
    },
    /// It was killed before it could write its report.
    #[error("run {0} did not end; `patchproof run --resume={0}` with the arguments it had goes on with it")]
    Unfinished(String),
    /// The file cannot be read.
    #[error("{}: {why}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        why: String,
    },
}

impl KeptRun {
    /// Where its report is, or will be.
    #[must_use]
    pub fn report(&self) -> PathBuf {
        self.folder.join(REPORT)
    }

    /// Where its journal is, as long as it goes on.
    #[must_use]
    pub fn journal(&self) -> PathBuf {
        self.folder.join(journal::FILE)
    }

    /// Reads its report.
    ///
    /// # Errors
    /// When it did not end, or the file cannot be read.
    pub fn read(&self) -> Result<Run, FindError> {
        if self.report().exists() { read(&self.report()) } else { Err(FindError::Unfinished(self.id.clone())) }
    }
}

impl Store {
    /// The runs below a state folder.
    #[must_use]
    pub fn new(state: &Path) -> Self {
        Self(state.join("runs"))
    }

    /// Makes the folder of a new run.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn create(&self, id: &str) -> io::Result<KeptRun> {
        let began = jiff::Timestamp::now().strftime("%Y%m%dT%H%M%S%.3fZ");
        let folder = self.0.join(format!("{began}-{id}"));
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        // Evidence is nobody else's business.
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&folder)?;
        Ok(KeptRun { id: id.to_owned(), folder })
    }

    /// The kept runs, the newest first.
    #[must_use]
    pub fn list(&self) -> Vec<KeptRun> {
        let names = fs::read_dir(&self.0).into_iter().flatten().flatten().map(|entry| entry.file_name());
        let mut names: Vec<String> = names.filter_map(|name| name.into_string().ok()).collect();
        names.sort_unstable_by(|a, b| b.cmp(a));
        let kept = |name: String| {
            let (_, id) = name.split_once('-')?;
            Some(KeptRun { id: id.to_owned(), folder: self.0.join(&name) })
        };
        names.into_iter().filter_map(kept).collect()
    }

    /// The run called `latest`, or `latest~1` for the one before, or whose id begins so.
    ///
    /// # Errors
    /// When there is none, or more than one.
    pub fn find(&self, name: &str) -> Result<KeptRun, FindError> {
        let mut all = self.list();
        if let Some(before) = name.strip_prefix("latest") {
            let back = if before.is_empty() { Some(0) } else { before.strip_prefix('~').and_then(|n| n.parse().ok()) };
            return back.and_then(|back| all.into_iter().nth(back)).ok_or_else(|| FindError::None(self.0.clone()));
        }
        all.retain(|kept| !name.is_empty() && kept.id.starts_with(name));
        match all.len() {
            0 => Err(FindError::Unknown { name: name.to_owned(), folder: self.0.clone() }),
            1 => Ok(all.remove(0)),
            _ => Err(FindError::Several { name: name.to_owned(), ids: all.into_iter().map(|kept| kept.id).collect() }),
        }
    }

    /// Reads a run by `latest`, which is the latest that ended, the beginning of its id, or the path of its report.
    ///
    /// # Errors
    /// When there is no such run, or it cannot be read.
    pub fn open(&self, name: &str) -> Result<Run, FindError> {
        let path = Path::new(name);
        let is_word = name == "latest" || name.starts_with("latest~");
        if !is_word && path.is_file() {
            return read(path);
        }
        if name == "latest" {
            // One that did not end has nothing to read; `--resume` goes on with it.
            let finished = self.list().into_iter().find(|kept| kept.report().exists());
            return finished.map_or_else(|| self.find(name), Ok)?.read();
        }
        self.find(name)?.read()
    }

    /// Removes all but the newest `keep` runs, and those that still go on. What cannot be removed stays.
    pub fn prune(&self, keep: usize) {
        for kept in self.list().into_iter().skip(keep) {
            if !RunJournal::is_held(&kept) {
                let _ = fs::remove_dir_all(&kept.folder);
            }
        }
    }
}

fn read(path: &Path) -> Result<Run, FindError> {
    let unreadable = |why: String| FindError::Unreadable { path: path.to_owned(), why };
    let file = File::open(path).map_err(|error| unreadable(error.to_string()))?;
    report::read_run(file).map_err(|error| unreadable(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_found_by_id_and_the_old_ones_go() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::new(dir.path());
        assert!(matches!(store.find("latest"), Err(FindError::None(_))));
        for (hour, id) in ["aa-1", "ab-2", "b-3"].into_iter().enumerate() {
            fs::create_dir_all(dir.path().join(format!("runs/20260101T0{hour}0000.000Z-{id}"))).unwrap();
        }
        assert_eq!(store.find("latest").unwrap().id, "b-3");
        assert_eq!(store.find("latest~2").unwrap().id, "aa-1");
        assert!(matches!(store.find("latest~3"), Err(FindError::None(_))));
        assert_eq!(store.find("ab").unwrap().id, "ab-2");
        assert!(matches!(store.find("a"), Err(FindError::Several { .. })));
        assert!(matches!(store.find("c"), Err(FindError::Unknown { .. })));
        assert!(matches!(store.open("latest"), Err(FindError::Unfinished(_))));
        store.prune(1);
        assert_eq!(store.list().len(), 1);
        let new = store.create("c-4").unwrap();
        assert_eq!(store.find("latest").unwrap(), new);
    }
}
