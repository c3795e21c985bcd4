//! Writes a run into the history: gathered as its events come, in one transaction when it has ended.

use rusqlite::{OptionalExtension as _, TransactionBehavior, params};

use super::{History, HistoryError};
use crate::model::event::{Event, RunInfo, Summary, TrialResult};
use crate::model::finding::Level;
use crate::model::verdict::Verdict;

/// A run that is being written. What was not finished leaves nothing behind.
#[derive(Debug)]
pub struct Recording {
    history: History,
    info: RunInfo,
}

impl Recording {
    /// Gets ready for a run.
    ///
    /// # Errors
    /// When the connection cannot have a table of its own.
    pub fn new(history: History) -> Result<Self, HistoryError> {
        history.db.execute_batch(
            "PRAGMA temp.cache_size = -512;
            CREATE TEMP TABLE told (
                name TEXT, endpoint TEXT, verdict TEXT, flaky INTEGER, micros INTEGER, requirement TEXT
            ); BEGIN;",
        )?;
        Ok(Self { history, info: RunInfo::default() })
    }

    /// Takes the next event; the last one writes the run.
    ///
    /// # Errors
    /// When the history cannot be written.
    pub fn event(&mut self, event: &Event) -> Result<(), HistoryError> {
        match event {
            Event::RunStarted(info) => self.info.clone_from(info),
            Event::TrialFinished(trial) => self.told(trial)?,
            Event::RunFinished(summary) => self.finish(summary)?,
        }
        Ok(())
    }

    fn told(&mut self, trial: &TrialResult) -> Result<(), HistoryError> {
        let deny = self.info.deny.unwrap_or(Level::Must);
        let failing = trial.findings.iter().find(|reported| reported.finding.level >= deny);
        let requirement =
            failing.filter(|_| trial.verdict != Verdict::Pass).map(|reported| &*reported.finding.requirement);
        let sql = "INSERT INTO told VALUES (?, ?, ?, ?, ?, ?)";
        self.history.db.prepare_cached(sql)?.execute(params![
            trial.name,
            trial.endpoint,
            trial.verdict.as_str(),
            trial.flaky,
            i64::try_from(trial.micros).unwrap_or(i64::MAX),
            requirement,
        ])?;
        Ok(())
    }

    fn finish(&mut self, summary: &Summary) -> Result<(), HistoryError> {
        let (db, info) = (&mut self.history.db, &self.info);
        db.execute_batch("COMMIT")?;
        let write = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        // A run that went on after it was interrupted is told again, and whole.
        write.execute("DELETE FROM run WHERE run_id = ?", [&info.run_id])?;
        let target = if info.embedded { "embedded" } else { info.base_url.trim_end_matches('/') };
        write.execute(
            "INSERT INTO run (run_id, started_at, target, suite, version, exit_code, ended_early, micros, requests)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            params![
                info.run_id,
                info.started_at,
                target,
                info.suite_digest,
                info.version,
                summary.exit_code,
                summary.ended_early,
                i64::try_from(summary.micros).unwrap_or(i64::MAX),
                i64::try_from(summary.requests).unwrap_or(i64::MAX),
            ],
        )?;
        let run = write.last_insert_rowid();
        write.execute("INSERT OR IGNORE INTO trial (name, endpoint) SELECT name, endpoint FROM told", [])?;
        // Of a trial that was told twice, the last word counts.
        write.execute(
            "INSERT OR REPLACE INTO result (trial, run, verdict, flaky, micros, requirement)
             SELECT trial.id, ?, verdict, flaky, micros, requirement FROM told CROSS JOIN trial USING (name)
             ORDER BY told.rowid",
            [run],
        )?;
        write.commit()?;
        db.execute_batch("DELETE FROM told; BEGIN;")?;
        Ok(())
    }

    /// Whether a run of this id is written already.
    ///
    /// # Errors
    /// When the history cannot be read.
    pub fn has(&self, run_id: &str) -> Result<bool, HistoryError> {
        let sql = "SELECT 1 FROM run WHERE run_id = ?";
        Ok(self.history.db.query_row(sql, [run_id], |_| Ok(())).optional()?.is_some())
    }
}
