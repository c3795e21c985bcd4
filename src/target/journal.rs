//! What is still to be put back: written down, and on the disk, before the first PATCH of a job.
//!
//! The main type is [`Journal`], one file of JSON lines per run: [`JournalEntry`]s, and marks of what is done. A run
//! holds a lock on its journal, so [`pending`] sees only what dead runs left behind.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Folder of the journals in the state folder.
pub const FOLDER: &str = "journals";

/// A job that was or is about to be changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JournalEntry {
    /// Base URL of the target, without a slash at its end.
    pub base_url: String,
    /// Collection of the job.
    pub collection: String,
    /// Id of the job.
    pub id: String,
    /// The job as it was; null for one that the run made.
    pub before: Value,
    /// The run made the job, so it is to be deleted.
    pub created: bool,
    /// The job can be read with GET; else with an empty PATCH.
    pub readback: bool,
    /// The target demands If-Match.
    pub if_match: bool,
    /// Properties that cannot be put back, or change by themselves.
    pub left_alone: BTreeSet<String>,
    /// Milliseconds until a read shows a change.
    pub settle_ms: u64,
    /// When it was written, in milliseconds since 1970. Of several entries for a job the first one knows how it was.
    #[serde(default)]
    pub at: u64,
}

impl JournalEntry {
    fn key(&self) -> Key {
        (self.base_url.clone(), self.collection.clone(), self.id.clone())
    }
}

type Key = (String, String, String);

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Line {
    Before(JournalEntry),
    Done { base_url: String, collection: String, id: String },
}

/// The journal of a run.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    open: Mutex<Open>,
}

#[derive(Debug)]
struct Open {
    file: File,
    pending: usize,
}

impl Journal {
    /// Opens a journal of its own for the run.
    ///
    /// # Errors
    /// When the folder or file cannot be made.
    pub fn open(folder: &Path, run: &str) -> io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let path = folder.join(format!("journal-{run}.jsonl"));
        let mut options = File::options();
        options.read(true).append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = loop {
            let file = options.open(&path)?;
            file.try_lock()?;
            // Whoever cleans up may have taken the file for an empty one that a dead run left.
            if path.try_exists()? {
                break file;
            }
        };
        // The name of the file must be on the disk too.
        #[cfg(unix)]
        File::open(folder)?.sync_all()?;
        Ok(Self { path, open: Mutex::new(Open { file, pending: 0 }) })
    }

    /// Writes down how jobs were, and returns when that is on the disk.
    ///
    /// # Errors
    /// When it cannot be written; the jobs must not be patched then.
    pub fn before(&self, entries: impl IntoIterator<Item = JournalEntry>) -> io::Result<()> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        for mut entry in entries {
            if entry.at == 0 {
                let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                entry.at = u64::try_from(now.as_millis()).unwrap_or(u64::MAX);
            }
            append(&mut open.file, &Line::Before(entry))?;
            open.pending += 1;
        }
        open.file.sync_data()
    }

    /// Writes down that a job is as it was, or deleted.
    ///
    /// # Errors
    /// When it cannot be written; the job will be put back once more then, which harms nothing.
    pub fn done(&self, base_url: &str, collection: &str, id: &str) -> io::Result<()> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        append(&mut open.file, &done(base_url, collection, id))?;
        open.pending = open.pending.saturating_sub(1);
        Ok(())
    }

    /// Closes the journal, and removes it when everything is done.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub fn close(self) -> io::Result<()> {
        let open = self.open.into_inner().unwrap_or_else(PoisonError::into_inner);
        if open.pending == 0 { std::fs::remove_file(&self.path) } else { Ok(()) }
    }
}

fn done(base_url: &str, collection: &str, id: &str) -> Line {
    Line::Done { base_url: base_url.to_owned(), collection: collection.to_owned(), id: id.to_owned() }
}

fn append(file: &mut File, line: &Line) -> io::Result<()> {
    let mut text = serde_json::to_vec(line)?;
    text.push(b'\n');
    file.write_all(&text)
}

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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn entry(id: &str, status: &str, at: u64) -> JournalEntry {
        let before = json!({"id": id, "status": status});
        JournalEntry {
            base_url: "http://x".into(),
            collection: "jobs".into(),
            id: id.into(),
            before,
            created: false,
            readback: true,
            if_match: false,
            left_alone: BTreeSet::new(),
            settle_ms: 0,
            at,
        }
    }

    #[test]
    fn knows_what_a_dead_run_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        assert!(pending(&path.join("nothing")).unwrap().is_empty());
        let journal = Journal::open(path, "b").unwrap();
        journal.before([entry("1", "old", 5)]).unwrap();
        journal.before([entry("2", "old", 5)]).unwrap();
        journal.done("http://x", "jobs", "2").unwrap();
        assert!(pending(path).unwrap().is_empty(), "a living run puts back itself");
        journal.close().unwrap();
        let later = Journal::open(path, "a").unwrap();
        later.before([entry("1", "changed", 9)]).unwrap();
        drop(later);
        let mut torn = File::options().append(true).open(path.join("journal-a.jsonl")).unwrap();
        // Cut within a letter.
        torn.write_all(b"{\"before\":{\"base_url\":\"ht\xc3").unwrap();
        assert_eq!(pending(path).unwrap(), [entry("1", "old", 5)]);
        mark_done(path, &entry("1", "old", 5)).unwrap();
        assert!(pending(path).unwrap().is_empty());
        assert_eq!(std::fs::read_dir(path).unwrap().count(), 0);
    }

    #[test]
    fn an_empty_journal_of_a_dead_run_goes_away() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::open(folder.path(), "a").unwrap();
        assert!(pending(folder.path()).unwrap().is_empty());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "its run is alive");
        drop(journal);
        assert!(pending(folder.path()).unwrap().is_empty());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_journal_in_which_all_is_done_goes_away() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::open(folder.path(), "a").unwrap();
        assert!(Journal::open(folder.path(), "a").is_err());
        journal.before([entry("1", "old", 0)]).unwrap();
        journal.done("http://x", "jobs", "1").unwrap();
        journal.close().unwrap();
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
