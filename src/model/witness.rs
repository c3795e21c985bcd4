//! A witness: who is shown every exchange of a run while it happens, so that the run can be judged again later.

use std::fmt;

use super::exchange::Exchange;
use super::secret::{Scrubber, Secret};
use super::transcript::Transcript;

/// Is shown every exchange of a run, once. What it cannot keep it tells at its own end, never to the run.
pub trait Witness: fmt::Debug + Send + Sync {
    /// The exchanges of one attempt at a trial, after the last of them.
    fn attempt(&self, trial: &str, transcript: &Transcript, known: &Known<'_>);

    /// An exchange that is judged with no trial: a probe, one that was sent again, putting a job back.
    fn aside(&self, purpose: &str, exchange: &Exchange, known: &Known<'_>);
}

/// The secrets at the time.
#[derive(Debug)]
pub struct Known<'a> {
    /// Every credential of the target.
    pub secrets: Vec<Secret>,
    /// Removes them in every spelling.
    pub scrubber: &'a Scrubber,
}
