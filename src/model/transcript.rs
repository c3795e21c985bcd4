//! Everything that the judge gets to see of one attempt at a trial.
//!
//! The main type is [`Transcript`]: exchanges, each with its [`Role`] in the case and what was known of the job before it.
//! The runner writes one, and so does a bundle that is judged again; the checks cannot tell which.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::bound::Bound;
use super::case::Case;
use super::exchange::Exchange;
use super::profile::Profile;

/// The exchanges of one attempt, in the order in which they were started.
#[derive(Debug)]
pub struct Transcript {
    /// The case.
    pub case: Arc<Case>,
    /// The collection addressed.
    pub collection: &'static str,
    /// The id of the job leased.
    pub job: String,
    /// What is declared and known of the target.
    pub profile: Arc<Profile>,
    /// The exchanges.
    pub entries: Vec<Entry>,
}

/// One exchange and its part in the case.
#[derive(Debug)]
pub struct Entry {
    /// Index of the step in the case.
    pub step: usize,
    /// What the exchange was for.
    pub role: Role,
    /// The exchange. In a box, so that the few entries of most attempts are a small allocation.
    pub exchange: Box<Exchange>,
    /// The job as last seen before this exchange, where that is known.
    pub before: Option<Arc<Value>>,
    /// The `ETag` of the job as last seen before this exchange, where that is known.
    pub etag_before: Option<String>,
    /// The id that the request addressed.
    pub target_id: String,
    /// The ids of a collection, all pages together, where the request listed one.
    pub listed: Option<Vec<String>>,
    /// Another job as it was before, where the step reads one; for [`Role::ReadAfter`] the leased job as it was before
    /// the run.
    pub reference: Option<Arc<Value>>,
    /// Unique texts that the trial put into its own job so far; no other job may show them.
    pub marks: Vec<String>,
    /// What the answer shows of the leased job, though it was sent to other jobs only. Looked for where something fails.
    pub stranger: Option<Stranger>,
    /// What the placeholders in the expectation of the step stand for.
    pub bound: Bound,
}

/// A property that shows what was sent to another job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stranger {
    /// Name of the property; of a job in a list, its path within the list.
    pub property: String,
    /// Collection of the other job.
    pub collection: String,
    /// Its id.
    pub id: String,
}

/// What an exchange was for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// The request of the step itself.
    Step,
    /// A read to learn the state before the step.
    ReadBefore,
    /// A read of the leased job after the step, on a new connection.
    ReadAfter,
    /// A read of another job beside the step, which must not have changed.
    Bystander,
    /// Writer so-and-so of a race.
    Writer(usize),
    /// A reader of a race.
    Reader,
    /// The read after a race.
    Settled,
}

impl Transcript {
    /// The exchanges of one step, with their indices.
    pub fn of_step(&self, step: usize) -> impl Iterator<Item = (usize, &Entry)> {
        self.entries.iter().enumerate().filter(move |(_, entry)| entry.step == step)
    }

    /// The read of the leased job before or after a step, with its index; the last one where it was repeated.
    #[must_use]
    pub fn read(&self, step: usize, role: Role) -> Option<(usize, &Entry)> {
        self.of_step(step).filter(|(_, entry)| entry.role == role).last()
    }
}
