//! What the journals of runs that are no more still want to be put back.
//!
//! A journal that can be locked has no living run. A last line that was cut off by a crash says nothing: its job was not
//! touched yet.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::{JournalEntry, Key, Line, append, done};

/// What runs that are no more left to be put back: one entry per job, the first that was written. Journals in which
/// nothing is left are removed.
///
/// # Errors
/// When a journal cannot be read. A last line that was cut off by a crash is no error: its job was not touched yet.
pub fn pending(folder: &Path) -> io::Result<Vec<JournalEntry>> {
    let mut first: BTreeMap<Key, JournalEntry> = BTreeMap::new();
    for (path, _lock) in journals_of_the_dead(folder)? {
        let left = left_in(&text_of(&path)?);
        if left.is_empty() {
            // Its run was killed before it touched a job, or after it had put the last one back.
            std::fs::remove_file(&path)?;
        }
        for (key, entry) in left {
            let known = first.entry(key).or_insert_with(|| entry.clone());
            if entry.at < known.at {
                *known = entry;
            }
        }
    }
    Ok(first.into_values().collect())
}

/// Marks a job as put back in every journal that has it, and removes journals in which nothing is left.
///
/// # Errors
/// When a journal cannot be written.
pub fn mark_done(folder: &Path, entry: &JournalEntry) -> io::Result<()> {
    for (path, mut file) in journals_of_the_dead(folder)? {
        let mut left = left_in(&text_of(&path)?);
        if left.remove(&entry.key()).is_some() {
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

/// A journal as text. A last line that was cut off may end within a character.
fn text_of(path: &Path) -> io::Result<String> {
    std::fs::read(path).map(|octets| String::from_utf8_lossy(&octets).into_owned())
}

/// What one journal says is still to be put back.
fn left_in(text: &str) -> BTreeMap<Key, JournalEntry> {
    let mut left: BTreeMap<Key, JournalEntry> = BTreeMap::new();
    for line in text.lines() {
        match serde_json::from_str(line) {
            Ok(Line::Before(entry)) => {
                left.entry(entry.key()).or_insert(entry);
            }
            Ok(Line::Done { base_url, collection, id }) => {
                left.remove(&(base_url, collection, id));
            }
            // Cut off while it was written, so its job was not patched.
            Err(_) => {}
        }
    }
    left
}
