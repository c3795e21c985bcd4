//! The journal of a run: what was judged so far, so that a run that was interrupted can go on and loses no verdict.
//!
//! One JSON line says what is run, then comes one per judged trial, in the order of judging:
//!
//! ```json
//! {"started":{"schemaVersion":"1","runId":"…","plan":"…","seed":7,…}}
//! {"judged":{"name":"jobs::update::full","verdict":"pass",…}}
//! ```
//!
//! Lines are written by a thread of their own, twenty times a second, and are synced to the disk every few seconds: a
//! killed process loses what it judged in the last twentieth, which is run again, a machine without power a moment, and
//! a run never waits for a disk nor wakes a thread for each line. The file is locked as long as the run goes on.

mod identity;

use std::collections::HashMap;
use std::fs::{File, TryLockError};
use std::io::{self, BufRead, BufReader, Write};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::store::KeptRun;
use crate::model::event::TrialResult;
use crate::model::verdict::Verdict;
pub use identity::RunIdentity;

/// Name of the journal in the folder of a run.
pub(super) const FILE: &str = "journal.ndjson";

/// Longest time that a line waits to be on the disk. What is lost with a machine is only run again, while on a busy disk
/// one sync was seen to take seconds.
const SYNC: Duration = Duration::from_secs(2);

/// How long lines gather before they are written.
const GATHER: Duration = Duration::from_millis(50);

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Line<'a> {
    Started(std::borrow::Cow<'a, RunIdentity>),
    Judged(std::borrow::Cow<'a, TrialResult>),
}

/// A run that was interrupted.
#[derive(Debug)]
pub struct Interrupted {
    /// What was run.
    pub identity: RunIdentity,
    /// What was judged, by name.
    pub judged: HashMap<String, TrialResult>,
    /// The journal up to its last whole line, locked.
    file: File,
}

/// Writes the journal of a run.
#[derive(Debug)]
pub struct RunJournal {
    /// Lines, and `None` at the end of a run whose journal nobody will need.
    lines: Sender<Option<Vec<u8>>>,
    writer: JoinHandle<io::Result<()>>,
}

impl RunJournal {
    /// Begins the journal of a run.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn begin(kept: &KeptRun, identity: &RunIdentity) -> io::Result<Self> {
        let mut file = File::options().read(true).append(true).create_new(true).open(kept.journal())?;
        file.try_lock()?;
        file.write_all(&line(&Line::Started(std::borrow::Cow::Borrowed(identity)))?)?;
        Ok(Self::writing(file))
    }

    /// Goes on with the journal of an interrupted run.
    #[must_use]
    pub fn go_on(interrupted: Interrupted) -> Self {
        Self::writing(interrupted.file)
    }

    fn writing(file: File) -> Self {
        let (lines, receiver) = channel();
        Self { lines, writer: std::thread::spawn(move || write(file, &receiver)) }
    }

    /// Hands over a judged trial. What was not judged is not written, so it is tried again.
    pub fn judged(&self, trial: &TrialResult) {
        if matches!(trial.verdict, Verdict::Inconclusive | Verdict::Skip) {
            return;
        }
        // A result serialises; where the thread has died, closing tells why.
        if let Ok(line) = line(&Line::Judged(std::borrow::Cow::Borrowed(trial))) {
            let _ = self.lines.send(Some(line));
        }
    }

    /// Returns when everything is on the disk.
    ///
    /// # Errors
    /// When the journal could not be written whole.
    pub fn close(self) -> io::Result<()> {
        drop(self.lines);
        self.writer.thread().unpark();
        Self::wait(self.writer)
    }

    /// Ends a journal that is no longer needed, without waiting for the disk, and removes it.
    ///
    /// # Errors
    /// When it could not be written or removed.
    pub fn discard(self, kept: &KeptRun) -> io::Result<()> {
        // Where the thread has died, waiting for it tells why.
        let _ = self.lines.send(None);
        self.writer.thread().unpark();
        let written = Self::wait(self.writer);
        std::fs::remove_file(kept.journal())?;
        written
    }

    fn wait(writer: JoinHandle<io::Result<()>>) -> io::Result<()> {
        writer.join().unwrap_or_else(|_| Err(io::Error::other("the writer of the journal panicked")))
    }

    /// Whether a run still holds the journal.
    pub(super) fn is_held(kept: &KeptRun) -> bool {
        File::open(kept.journal()).is_ok_and(|file| matches!(file.try_lock(), Err(TryLockError::WouldBlock)))
    }
}

fn line(line: &Line<'_>) -> io::Result<Vec<u8>> {
    let mut octets = serde_json::to_vec(line)?;
    octets.push(b'\n');
    Ok(octets)
}

/// Writes lines soon after they come, all that gathered in one go, and syncs now and then.
fn write(mut file: File, lines: &Receiver<Option<Vec<u8>>>) -> io::Result<()> {
    let mut dirty_since: Option<Instant> = None;
    loop {
        let wait = dirty_since.map_or(Duration::MAX, |since| SYNC.saturating_sub(since.elapsed()));
        match lines.recv_timeout(wait) {
            Ok(None) => return Ok(()),
            Ok(Some(mut octets)) => {
                // Whoever closes the journal wakes this thread.
                std::thread::park_timeout(GATHER);
                let mut over = false;
                for line in lines.try_iter() {
                    over |= line.is_none();
                    octets.extend(line.into_iter().flatten());
                }
                file.write_all(&octets)?;
                if over {
                    return Ok(());
                }
                dirty_since.get_or_insert_with(Instant::now);
            }
            Err(RecvTimeoutError::Timeout) => {
                file.sync_data()?;
                dirty_since = None;
            }
            Err(RecvTimeoutError::Disconnected) => return file.sync_data(),
        }
    }
}

impl Interrupted {
    /// Reads the journal of a run. A last line that was cut off is dropped: its trial is run again.
    ///
    /// # Errors
    /// One sentence: the run goes on, it has ended, or its journal cannot be read.
    pub fn read(kept: &KeptRun) -> Result<Self, String> {
        let path = kept.journal();
        let unreadable = |why: &dyn std::fmt::Display| format!("{}: {why}", path.display());
        let file = match File::options().read(true).append(true).open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(format!("run {} has ended, there is nothing to resume", kept.id));
            }
            Err(error) => return Err(unreadable(&error)),
        };
        if file.try_lock().is_err() {
            return Err(format!("run {} still goes on", kept.id));
        }
        let mut reader = BufReader::new(&file);
        let (mut identity, mut judged, mut whole) = (None, HashMap::new(), 0);
        let mut octets = Vec::new();
        while reader.read_until(b'\n', &mut octets).map_err(|error| unreadable(&error))? > 0 {
            match serde_json::from_slice(&octets) {
                Ok(Line::Started(started)) => identity = Some(started.into_owned()),
                Ok(Line::Judged(trial)) => {
                    judged.insert(trial.name.clone(), trial.into_owned());
                }
                Err(_) if !octets.ends_with(b"\n") => break,
                Err(error) => return Err(unreadable(&error)),
            }
            whole += octets.len() as u64;
            octets.clear();
        }
        let identity = identity.ok_or_else(|| unreadable(&"it does not say what was run"))?;
        file.set_len(whole).map_err(|error| unreadable(&error))?;
        Ok(Self { identity, judged, file })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::Store;
    use super::identity::tests::identity;
    use super::*;

    fn trial(name: &str, verdict: &str) -> TrialResult {
        serde_json::from_value(json!({
            "name": name, "endpoint": "jobs", "title": "t", "file": "f", "requirements": [], "verdict": verdict,
            "micros": 0, "exchanges": 1,
        }))
        .unwrap()
    }

    #[test]
    fn what_was_judged_is_known_after_a_kill() {
        let dir = tempfile::tempdir().unwrap();
        let kept = Store::new(dir.path()).create("r").unwrap();
        let journal = RunJournal::begin(&kept, &identity()).unwrap();
        journal.judged(&trial("a", "pass"));
        journal.judged(&trial("b", "inconclusive"));
        assert!(RunJournal::is_held(&kept));
        assert!(Interrupted::read(&kept).unwrap_err().contains("still goes on"));
        journal.close().unwrap();
        // The kill came in the middle of a line.
        File::options().append(true).open(kept.journal()).unwrap().write_all(b"{\"judged\":{\"na").unwrap();
        let interrupted = Interrupted::read(&kept).unwrap();
        assert_eq!(interrupted.identity, identity());
        assert_eq!(interrupted.judged.keys().collect::<Vec<_>>(), ["a"]);
        let journal = RunJournal::go_on(interrupted);
        journal.judged(&trial("c", "fail"));
        journal.close().unwrap();
        assert_eq!(Interrupted::read(&kept).unwrap().judged.len(), 2);
        let journal = RunJournal::go_on(Interrupted::read(&kept).unwrap());
        journal.judged(&trial("d", "fail"));
        journal.discard(&kept).unwrap();
        assert!(Interrupted::read(&kept).unwrap_err().contains("has ended"));
    }
}
