//! Reads the history: the last runs of a target, and for each trial how it fared in them.

use std::collections::BTreeMap;

use rusqlite::{Row, params};
use serde::Serialize;

use super::{History, HistoryError};

/// A run in the history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RunRow {
    /// Number in the history.
    #[serde(skip)]
    pub(super) id: i64,
    /// Its id.
    pub run_id: String,
    /// Its start.
    pub started_at: String,
    /// Digest of its suite.
    pub suite: String,
    /// Its exit code.
    pub exit_code: u8,
    /// Why it ended early, if it did.
    pub ended_early: Option<String>,
    /// Trials by verdict.
    pub counts: BTreeMap<String, usize>,
    /// Flaky trials.
    pub flaky: usize,
}

/// How a trial ended in one run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ResultRow {
    /// Index of the run in the list of runs.
    pub run: usize,
    /// The verdict.
    pub verdict: String,
    /// Attempts differed.
    pub flaky: bool,
    /// From first request to judgement.
    pub micros: u64,
    /// The requirement that it broke.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requirement: Option<String>,
}

impl ResultRow {
    /// Whether it was judged at all.
    #[must_use]
    pub fn judged(&self) -> bool {
        !matches!(self.verdict.as_str(), "skip" | "inconclusive")
    }

    /// Whether it was judged and is as it should be.
    #[must_use]
    pub fn passed(&self) -> bool {
        matches!(self.verdict.as_str(), "pass" | "stale-waiver")
    }
}

/// A trial over the runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Series {
    /// Its name.
    pub name: String,
    /// Its endpoint.
    pub endpoint: String,
    /// Start of the first run that has it, over the whole history of the target.
    pub first_seen: String,
    /// Start of the last run in which it passed, over the whole history of the target.
    pub last_passed: Option<String>,
    /// How it ended, the oldest run first.
    pub told: Vec<ResultRow>,
}

/// Latencies: as many percent of the trials were no slower.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Percentiles {
    /// The median, in microseconds.
    pub p50: u64,
    /// 95 percent.
    pub p95: u64,
    /// 99 percent.
    pub p99: u64,
}

impl Percentiles {
    /// By the nearest rank; nothing where nothing was judged.
    #[must_use]
    pub fn of(micros: impl IntoIterator<Item = u64>) -> Option<Self> {
        let mut micros: Vec<u64> = micros.into_iter().collect();
        micros.sort_unstable();
        let rank = |percent: usize| micros.get((micros.len() * percent).div_ceil(100).saturating_sub(1)).copied();
        Some(Self { p50: rank(50)?, p95: rank(95)?, p99: rank(99)? })
    }
}

impl Series {
    /// Judged runs in which it was flaky: its attempts differed, or it ended otherwise than in the judged runs right
    /// before and after, which had the same suite. And the number of judged runs.
    #[must_use]
    pub fn flakes(&self, runs: &[RunRow]) -> (usize, usize) {
        let judged: Vec<&ResultRow> = self.told.iter().filter(|told| told.judged()).collect();
        let suite = |told: &ResultRow| runs.get(told.run).map(|run| &run.suite);
        let odd = judged
            .windows(3)
            .filter(|three| {
                let same = |other: &ResultRow| suite(other) == suite(three[1]) && other.passed() != three[1].passed();
                !three[1].flaky && same(three[0]) && same(three[2])
            })
            .count();
        (odd + judged.iter().filter(|told| told.flaky).count(), judged.len())
    }

    /// Latencies of the runs in which it was judged.
    #[must_use]
    pub fn latency(&self) -> Option<Percentiles> {
        Percentiles::of(self.told.iter().filter(|told| told.judged()).map(|told| told.micros))
    }
}

impl History {
    /// The targets and how many runs of each there are, that of the last run first.
    ///
    /// # Errors
    /// When the history cannot be read.
    pub fn targets(&self) -> Result<Vec<(String, usize)>, HistoryError> {
        let sql = "SELECT target, count(*) FROM run GROUP BY target ORDER BY max(started_at) DESC, max(id) DESC";
        let mut statement = self.db.prepare(sql)?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, count(row, 1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The last runs of a target, the oldest first.
    ///
    /// # Errors
    /// When the history cannot be read.
    pub fn runs(&self, target: &str, most: usize) -> Result<Vec<RunRow>, HistoryError> {
        let mut statement = self.db.prepare(
            "SELECT id, run_id, started_at, suite, exit_code, ended_early FROM run
             WHERE target = ? ORDER BY started_at DESC, id DESC LIMIT ?",
        )?;
        let rows = statement.query_map(params![target, i64::try_from(most).unwrap_or(i64::MAX)], |row| {
            let (id, run_id, started_at) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let (suite, exit_code, ended_early) = (row.get(3)?, row.get(4)?, row.get(5)?);
            Ok(RunRow { id, run_id, started_at, suite, exit_code, ended_early, counts: BTreeMap::new(), flaky: 0 })
        })?;
        let mut runs: Vec<RunRow> = rows.collect::<Result<_, _>>()?;
        runs.reverse();
        let mut sums =
            self.db.prepare("SELECT verdict, count(*), sum(flaky) FROM result WHERE run = ? GROUP BY verdict")?;
        for run in &mut runs {
            let mut rows = sums.query([run.id])?;
            while let Some(row) = rows.next()? {
                run.counts.insert(row.get(0)?, count(row, 1)?);
                run.flaky += count(row, 2)?;
            }
        }
        Ok(runs)
    }

    /// The trials of these runs that are wanted, by name.
    ///
    /// # Errors
    /// When the history cannot be read.
    pub fn series(
        &self,
        target: &str,
        runs: &[RunRow],
        wanted: &dyn Fn(&str) -> bool,
    ) -> Result<Vec<Series>, HistoryError> {
        let mut statement = self.db.prepare(
            "SELECT trial.name, endpoint, result.run, verdict, flaky, result.micros, requirement
             FROM result JOIN trial ON trial.id = result.trial JOIN run ON run.id = result.run
             WHERE run.target = ? AND run.started_at >= ? ORDER BY trial.name, run.started_at, run.id",
        )?;
        let mut all: Vec<Series> = Vec::new();
        let since = runs.first().map_or("", |run| run.started_at.as_str());
        let index: BTreeMap<i64, usize> = runs.iter().enumerate().map(|(index, run)| (run.id, index)).collect();
        let mut rows = statement.query(params![target, since])?;
        while let Some(row) = rows.next()? {
            let name: String = row.get(0)?;
            let Some(run) = index.get(&row.get(2)?).copied().filter(|_| wanted(&name)) else { continue };
            let told = ResultRow {
                run,
                verdict: row.get(3)?,
                flaky: row.get(4)?,
                micros: u64::try_from(row.get::<_, i64>(5)?).unwrap_or_default(),
                requirement: row.get(6)?,
            };
            if let Some(series) = all.last_mut().filter(|series| series.name == name) {
                series.told.push(told);
            } else {
                let (first_seen, last_passed) = self.ever(target, &name)?;
                all.push(Series { name, endpoint: row.get(1)?, first_seen, last_passed, told: vec![told] });
            }
        }
        Ok(all)
    }

    /// When a trial was first seen, and when it last passed.
    fn ever(&self, target: &str, name: &str) -> Result<(String, Option<String>), HistoryError> {
        let sql = "SELECT min(started_at), max(started_at) FILTER (WHERE verdict IN ('pass', 'stale-waiver'))
             FROM result JOIN run ON run.id = result.run
             WHERE trial = (SELECT id FROM trial WHERE name = ?) AND target = ?";
        Ok(self.db.prepare_cached(sql)?.query_row([name, target], |row| Ok((row.get(0)?, row.get(1)?)))?)
    }
}

fn count(row: &Row<'_>, column: usize) -> rusqlite::Result<usize> {
    Ok(usize::try_from(row.get::<_, i64>(column)?).unwrap_or_default())
}
