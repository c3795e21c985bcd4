//! What is still to be put back: written down, and on the disk, before the first PATCH of a job.
//!
//! The main type is [`RestoreJournal`], one file of JSON lines per run: [`JournalEntry`]s, and marks of what is done. A run
//! holds a lock on its journal, so [`pending`] sees only what dead runs left behind.

mod left;

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::model::locked::Locked;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use left::{Pending, Unreadable, forget_unreadable, mark_done, pending};

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
    /// Properties that cannot be put back.
    pub left_alone: BTreeSet<String>,
    /// Properties that change by themselves: they are put back, and may be others again when that is verified.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub volatile: BTreeSet<String>,
    /// Names of members beyond the model that the job had; of their values, which may be anybody's, only that of `userId`
    /// is written down.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub had: BTreeSet<String>,
    /// Members beyond the model that requests of the run named: where the job has them now and had not, they are its own
    /// making.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub added: BTreeSet<String>,
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
    Added { names: BTreeSet<String> },
}

/// The journal of a run.
#[derive(Debug)]
pub struct RestoreJournal {
    path: PathBuf,
    open: Locked<Open>,
}

#[derive(Debug)]
struct Open {
    file: File,
    pending: BTreeSet<Key>,
}

impl RestoreJournal {
    /// Opens a new journal for the run. A run that goes on after a kill has one more: what the killed process wrote is
    /// still to be put back, and stays in its own.
    ///
    /// # Errors
    /// When the folder or file cannot be made.
    pub fn open(folder: &Path, run: &str) -> io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let mut options = File::options();
        options.read(true).append(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let names = std::iter::once(format!("journal-{run}.jsonl"));
        let mut names = names.chain((2_u64..).map(|more| format!("journal-{run}-{more}.jsonl")));
        let (path, file) = loop {
            let path = folder.join(names.next().unwrap_or_default());
            let file = match options.open(&path) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
                file => file?,
            };
            // Whoever cleans up may take the file for an empty one that a dead run left.
            if file.try_lock().is_ok() && path.try_exists()? {
                break (path, file);
            }
        };
        // The name of the file must be on the disk too.
        #[cfg(unix)]
        File::open(folder)?.sync_all()?;
        Ok(Self { path, open: Locked::new(Open { file, pending: BTreeSet::new() }) })
    }

    /// Writes down how jobs were, and returns when that is on the disk.
    ///
    /// # Errors
    /// When it cannot be written; the jobs must not be patched then.
    pub fn before(&self, entries: impl IntoIterator<Item = JournalEntry>) -> io::Result<()> {
        let mut open = self.open.lock();
        for mut entry in entries {
            if entry.at == 0 {
                let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                entry.at = u64::try_from(now.as_millis()).unwrap_or(u64::MAX);
            }
            let key = entry.key();
            append(&mut open.file, &Line::Before(entry))?;
            open.pending.insert(key);
        }
        open.file.sync_data()
    }

    /// Writes down that a job is as it was, or deleted.
    ///
    /// # Errors
    /// When it cannot be written; the job will be put back once more then, which harms nothing.
    pub fn done(&self, base_url: &str, collection: &str, id: &str) -> io::Result<()> {
        let mut open = self.open.lock();
        append(&mut open.file, &done(base_url, collection, id))?;
        open.pending.remove(&(base_url.to_owned(), collection.to_owned(), id.to_owned()));
        Ok(())
    }

    /// Writes down names of members beyond the model that requests are about to give to jobs.
    ///
    /// # Errors
    /// When it cannot be written; such members may stay behind then if the run is killed.
    pub fn added(&self, names: BTreeSet<String>) -> io::Result<()> {
        let mut open = self.open.lock();
        append(&mut open.file, &Line::Added { names })
    }

    /// Removes the journal when everything is done.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub fn close(&self) -> io::Result<()> {
        let open = self.open.lock();
        if open.pending.is_empty() { std::fs::remove_file(&self.path) } else { Ok(()) }
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
            volatile: BTreeSet::new(),
            had: BTreeSet::new(),
            added: BTreeSet::new(),
            settle_ms: 0,
            at,
        }
    }

    #[test]
    fn knows_what_a_dead_run_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        let jobs = |folder: &std::path::Path| pending(folder).unwrap().jobs;
        assert!(jobs(&path.join("nothing")).is_empty());
        let journal = RestoreJournal::open(path, "b").unwrap();
        journal.before([entry("1", "old", 5)]).unwrap();
        journal.before([entry("2", "old", 5)]).unwrap();
        journal.done("http://x", "jobs", "2").unwrap();
        assert!(jobs(path).is_empty(), "a living run puts back itself");
        journal.close().unwrap();
        drop(journal);
        let later = RestoreJournal::open(path, "a").unwrap();
        later.before([entry("1", "changed", 9)]).unwrap();
        drop(later);
        let mut torn = File::options().append(true).open(path.join("journal-a.jsonl")).unwrap();
        // Cut within a letter.
        torn.write_all(b"{\"before\":{\"base_url\":\"ht\xc3").unwrap();
        assert_eq!(jobs(path), [entry("1", "old", 5)]);
        mark_done(path, &entry("1", "old", 5)).unwrap();
        assert!(jobs(path).is_empty());
        assert_eq!(std::fs::read_dir(path).unwrap().count(), 0);
    }

    #[test]
    fn what_another_version_wrote_is_told_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal-old.jsonl");
        std::fs::write(&path, "{\"before\":{\"base_url\":\"http://x\"}}\n{\"before\":{\"base_u").unwrap();
        let left = pending(folder.path()).unwrap();
        assert_eq!((left.jobs.len(), left.unreadable.len(), left.unreadable[0].line), (0, 1, 1));
        assert!(left.unreadable[0].why.contains("missing field"), "{left:?}");
        mark_done(folder.path(), &entry("1", "old", 5)).unwrap();
        assert!(path.exists());
        forget_unreadable(folder.path()).unwrap();
        assert!(!path.exists());
    }

    #[test]
    fn a_run_that_goes_on_after_a_kill_leaves_what_was_written_before_it() {
        let folder = tempfile::tempdir().unwrap();
        let killed = RestoreJournal::open(folder.path(), "a").unwrap();
        killed.before([entry("1", "old", 5)]).unwrap();
        drop(killed);
        let resumed = RestoreJournal::open(folder.path(), "a").unwrap();
        resumed.before([entry("1", "changed", 9)]).unwrap();
        resumed.done("http://x", "jobs", "1").unwrap();
        resumed.close().unwrap();
        drop(resumed);
        assert_eq!(pending(folder.path()).unwrap().jobs, [entry("1", "old", 5)]);
    }

    #[test]
    fn members_that_requests_add_are_known_after_a_crash() {
        let folder = tempfile::tempdir().unwrap();
        let journal = RestoreJournal::open(folder.path(), "a").unwrap();
        journal.before([entry("1", "old", 5)]).unwrap();
        journal.added(["note".to_owned()].into()).unwrap();
        journal.added(["mark".to_owned()].into()).unwrap();
        drop(journal);
        let left = pending(folder.path()).unwrap();
        assert_eq!(left.jobs[0].added, ["mark", "note"].map(str::to_owned).into());
    }

    #[test]
    fn an_empty_journal_of_a_dead_run_goes_away() {
        let folder = tempfile::tempdir().unwrap();
        let journal = RestoreJournal::open(folder.path(), "a").unwrap();
        assert!(pending(folder.path()).unwrap() == Pending::default());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "its run is alive");
        drop(journal);
        assert!(pending(folder.path()).unwrap() == Pending::default());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_journal_in_which_all_is_done_goes_away() {
        let folder = tempfile::tempdir().unwrap();
        let twice = RestoreJournal::open(folder.path(), "twice").unwrap();
        twice.before([entry("1", "old", 5), entry("1", "made", 6)]).unwrap();
        twice.done("http://x", "jobs", "1").unwrap();
        twice.close().unwrap();
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        let journal = RestoreJournal::open(folder.path(), "a").unwrap();
        journal.before([entry("1", "old", 0)]).unwrap();
        journal.done("http://x", "jobs", "1").unwrap();
        journal.close().unwrap();
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
