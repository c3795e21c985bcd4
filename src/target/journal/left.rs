//! What the journals of runs that are no more still want to be put back.
//!
//! A journal that can be locked has no living run. A last line that was cut off by a crash says nothing: its job was not
//! touched yet.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::{JournalEntry, Key, Line, append, done};

/// What runs that are no more left behind.
#[derive(Debug, Default, PartialEq)]
pub struct Pending {
    /// What is to be put back: one entry per job, the first that was written.
    pub jobs: Vec<JournalEntry>,
    /// Lines that are whole and yet say nothing to this version.
    pub unreadable: Vec<Unreadable>,
}

/// A line of a journal that cannot be read, though it was not cut off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// The journal.
    pub path: PathBuf,
    /// Its line, counted from 1.
    pub line: usize,
    /// What is wrong with it.
    pub why: String,
}

/// What runs that are no more left behind. Journals in which nothing is left are removed.
///
/// # Errors
/// When a journal cannot be read. A last line that was cut off by a crash is no error: its job was not touched yet.
pub fn pending(folder: &Path) -> io::Result<Pending> {
    let mut first: BTreeMap<Key, JournalEntry> = BTreeMap::new();
    let mut unreadable = Vec::new();
    for (path, _lock) in journals_of_the_dead(folder)? {
        let left = Left::of(&path)?;
        if left.is_empty() {
            // Its run was killed before it touched a job, or after it had put the last one back.
            std::fs::remove_file(&path)?;
        }
        unreadable.extend(left.unreadable);
        for (key, entry) in left.jobs {
            let known = first.entry(key).or_insert_with(|| entry.clone());
            if entry.at < known.at {
                *known = entry;
            }
        }
    }
    Ok(Pending { jobs: first.into_values().collect(), unreadable })
}

/// Marks a job as put back in every journal that has it, and removes journals in which nothing is left.
///
/// # Errors
/// When a journal cannot be written.
pub fn mark_done(folder: &Path, entry: &JournalEntry) -> io::Result<()> {
    for (path, mut file) in journals_of_the_dead(folder)? {
        let mut left = Left::of(&path)?;
        if left.jobs.remove(&entry.key()).is_some() {
            // The last line may have been cut off; what follows must not become part of it.
            file.write_all(b"\n")?;
            append(&mut file, &done(&entry.base_url, &entry.collection, &entry.id))?;
        }
        if left.is_empty() {
            std::fs::remove_file(&path)?;
        }
    }
    Ok(())
}

/// Removes the journals that hold nothing but lines that cannot be read.
///
/// # Errors
/// When a journal cannot be read or removed.
pub fn forget_unreadable(folder: &Path) -> io::Result<()> {
    for (path, _lock) in journals_of_the_dead(folder)? {
        if Left::of(&path)?.jobs.is_empty() {
            std::fs::remove_file(&path)?;
        }
    }
    Ok(())
}

/// Journals whose run no longer lives, locked so that nobody else heals at the same time.
fn journals_of_the_dead(folder: &Path) -> io::Result<Vec<(PathBuf, File)>> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut journals = Vec::new();
    for entry in entries {
        let path = entry?.path();
        let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        if !stem.starts_with("journal-") || path.extension().is_none_or(|extension| extension != "jsonl") {
            continue;
        }
        let file = match File::options().read(true).append(true).open(&path) {
            // Another process has healed it meanwhile, or it is that of another user.
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied) => continue,
            file => file?,
        };
        if file.try_lock().is_ok() {
            journals.push((path, file));
        }
    }
    journals.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(journals)
}

/// What one journal says is still to be put back.
#[derive(Default)]
struct Left {
    jobs: BTreeMap<Key, JournalEntry>,
    unreadable: Vec<Unreadable>,
}

impl Left {
    fn of(path: &Path) -> io::Result<Self> {
        // A last line that was cut off may end within a character.
        let octets = std::fs::read(path)?;
        let mut left = Self::default();
        let mut added = BTreeSet::new();
        for (index, line) in String::from_utf8_lossy(&octets).lines().enumerate().filter(|(_, line)| !line.is_empty()) {
            match serde_json::from_str(line) {
                Ok(Line::Before(entry)) => {
                    left.jobs.entry(entry.key()).or_insert(entry);
                }
                Ok(Line::Done { base_url, collection, id }) => {
                    left.jobs.remove(&(base_url, collection, id));
                }
                Ok(Line::Added { names }) => added.extend(names),
                // Cut off while it was written, so its job was not patched.
                Err(error) if error.is_eof() => {}
                // Another version may have written it: what it says must not be lost.
                Err(error) => {
                    left.unreadable.push(Unreadable { path: path.to_owned(), line: index + 1, why: error.to_string() });
                }
            }
        }
        left.jobs.values_mut().for_each(|entry| entry.added.extend(added.iter().cloned()));
        Ok(left)
    }

    fn is_empty(&self) -> bool {
        self.jobs.is_empty() && self.unreadable.is_empty()
    }
}
