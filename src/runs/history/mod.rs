//! The history of runs: an SQLite file in which every run is one transaction.
//!
//! A process that is killed leaves the runs before it whole, and processes that write at once wait for each other: the
//! file is in WAL mode and a run is written when it has ended, from a table that only its own connection sees. Queries
//! that people want to make of their own find three tables: `run`, `trial` and `result`.

mod read;
mod record;
mod show;

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};

pub use read::{Percentiles, ResultRow, RunRow, Series};
pub use record::Recording;
pub use show::{endpoints, trials};

/// Version of the tables, kept in the file.
const VERSION: i64 = 1;

/// Longest time that one process waits for another. A run of ten thousand trials is written in well under a second, so
/// this is enough for dozens of processes that end at once.
const PATIENCE: Duration = Duration::from_secs(60);

const TABLES: &str = "
CREATE TABLE run (
    id INTEGER PRIMARY KEY, run_id TEXT NOT NULL UNIQUE, started_at TEXT NOT NULL, target TEXT NOT NULL,
    suite TEXT NOT NULL, version TEXT NOT NULL, exit_code INTEGER NOT NULL, ended_early TEXT,
    micros INTEGER NOT NULL, requests INTEGER NOT NULL
) STRICT;
CREATE INDEX run_by_target ON run (target, started_at);
CREATE TABLE trial (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, endpoint TEXT NOT NULL) STRICT;
CREATE TABLE result (
    trial INTEGER NOT NULL REFERENCES trial, run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
    verdict TEXT NOT NULL, flaky INTEGER NOT NULL, micros INTEGER NOT NULL, requirement TEXT,
    PRIMARY KEY (run, trial)
) STRICT, WITHOUT ROWID;
";

/// Why the history cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    /// The file is of a later patchproof.
    #[error("the history was written by a later version of patchproof (tables {0}, known {VERSION})")]
    Version(i64),
    /// The folder of the file cannot be made.
    #[error(transparent)]
    Folder(#[from] std::io::Error),
    /// It is no database, or cannot be read or written.
    #[error(transparent)]
    Database(#[from] rusqlite::Error),
}

/// An open history.
#[derive(Debug)]
pub struct History {
    db: Connection,
}

impl History {
    /// Opens the file to write, and makes it where there is none.
    ///
    /// # Errors
    /// When it cannot be opened or is no history.
    pub fn open(path: &Path) -> Result<Self, HistoryError> {
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder)?;
        }
        let mut db = Connection::open(path)?;
        prepare(&db)?;
        // The way into WAL mode takes the whole file, and SQLite does not wait for that by itself.
        let until = Instant::now() + PATIENCE;
        while let Err(error) = db.pragma_update(None, "journal_mode", "wal") {
            let busy = matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked));
            if !busy || Instant::now() > until {
                return Err(error.into());
            }
            std::thread::sleep(Duration::from_millis(fastrand::u64(1..20)));
        }
        let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        match transaction.pragma_query_value(None, "user_version", |row| row.get(0))? {
            0 => {
                transaction.execute_batch(TABLES)?;
                transaction.pragma_update(None, "user_version", VERSION)?;
            }
            VERSION => {}
            later => return Err(HistoryError::Version(later)),
        }
        transaction.commit()?;
        Ok(Self { db })
    }

    /// Opens the file to be read. SQLite may have to write where another process has left a journal.
    ///
    /// # Errors
    /// When there is none, or it is no history.
    pub fn read(path: &Path) -> Result<Self, HistoryError> {
        let db = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        prepare(&db)?;
        match db.pragma_query_value(None, "user_version", |row| row.get(0))? {
            VERSION => Ok(Self { db }),
            other => Err(HistoryError::Version(other)),
        }
    }
}

fn prepare(db: &Connection) -> rusqlite::Result<()> {
    db.busy_timeout(PATIENCE)?;
    // A run of tens of thousands of trials is written with half a mebibyte in memory.
    db.pragma_update(None, "cache_size", -512)?;
    // A run is worth the one sync that it costs.
    db.pragma_update(None, "synchronous", "full")?;
    db.pragma_update(None, "foreign_keys", true)
}

#[cfg(test)]
mod tests;
