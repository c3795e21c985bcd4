//! Jobs that came about during the run, and whose they are.

use std::collections::BTreeSet;

use crate::model::locked::Locked;

/// Collection and id of a job.
type Job = (String, String);

/// The jobs that came about during the run.
#[derive(Debug, Default)]
pub(super) struct Newcomers {
    /// Made for this run.
    made: Locked<BTreeSet<Job>>,
    /// Made by the target though it was not asked to, or because a case asked.
    strays: Locked<BTreeSet<Job>>,
    /// Collections that may have jobs which no list has shown yet.
    grown: Locked<BTreeSet<String>>,
}

impl Newcomers {
    /// Notes a job that was made for this run.
    pub(super) fn note_made(&self, collection: &str, id: &str) {
        self.made.lock().insert((collection.to_owned(), id.to_owned()));
    }

    /// Whether the job was made for this run.
    pub(super) fn is_made(&self, collection: &str, id: &str) -> bool {
        self.made.lock().contains(&(collection.to_owned(), id.to_owned()))
    }

    /// Notes a job that nobody made for this run; whether it was unknown until now.
    pub(super) fn note_stray(&self, collection: &str, id: &str) -> bool {
        self.strays.lock().insert((collection.to_owned(), id.to_owned()))
    }

    /// The jobs that nobody made for this run.
    pub(super) fn strays(&self) -> Vec<Job> {
        self.strays.lock().iter().cloned().collect()
    }

    /// Notes that a collection may have jobs which no list has shown yet, and which are told already.
    pub(super) fn note_grown(&self, collection: &str) {
        self.grown.lock().insert(collection.to_owned());
    }

    /// Whether a collection has grown since this was asked last.
    pub(super) fn take_grown(&self, collection: &str) -> bool {
        self.grown.lock().remove(collection)
    }
}
