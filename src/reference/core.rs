//! What all connections of a server share.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::effect::{Effect, Effects};
use super::options::Options;
use super::store::{self, Job, State};

/// The options, the effects that follow from them, and the jobs.
#[derive(Debug)]
pub(crate) struct Core {
    pub(crate) options: Options,
    pub(crate) effects: Effects,
    /// The service root as an absolute URL.
    pub(crate) root: String,
    state: Mutex<State>,
    writing: Mutex<()>,
    requests: AtomicU64,
}

impl Core {
    pub(crate) fn new(options: Options, effects: Effects, root: String, state: State) -> Self {
        Self {
            options,
            effects,
            root,
            state: Mutex::new(state),
            writing: Mutex::default(),
            requests: AtomicU64::new(0),
        }
    }

    /// The jobs, locked; a panic elsewhere does not spoil them, because they are written whole.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The right to judge the preconditions of an update and to make it, with no other one in between.
    pub(crate) fn writing(&self) -> MutexGuard<'_, ()> {
        self.writing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The number of the next request.
    pub(crate) fn next_number(&self) -> u64 {
        self.requests.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// The `ETag` of a job.
    pub(crate) fn tag(&self, job: &Job) -> String {
        let other = self.effects.iter().filter_map(|effect| match effect {
            Effect::Tag(tag) => Some(tag),
            _ => None,
        });
        other.last().map_or_else(|| store::tag(job), |tag| tag(job))
    }
}
