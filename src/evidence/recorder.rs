//! The witness that writes the chain while the run goes on; memory does not grow with the number of exchanges.

use std::fs::File;
use std::io::{self, BufWriter};
use std::path::Path;
use std::sync::Arc;

use super::chain::{ChainHead, Writer};
use super::record::{RecordedAttempt, RecordedExchange, RecordedLine};
use super::redact::Redactor;
use crate::model::exchange::Exchange;
use crate::model::locked::Locked;
use crate::model::profile::Profile;
use crate::model::transcript::Transcript;
use crate::model::witness::{Known, Witness};

/// Writes what it is shown. The first thing that goes wrong is kept for the end.
pub(super) struct Recorder {
    run_id: String,
    state: Locked<State>,
}

struct State {
    /// `None` once the chain is finished.
    chain: Option<Writer<BufWriter<File>>>,
    profile: Option<Arc<Profile>>,
    problem: Option<io::Error>,
}

impl std::fmt::Debug for Recorder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Recorder").field("run_id", &self.run_id).finish_non_exhaustive()
    }
}

impl Recorder {
    /// Starts a chain in a new file.
    pub(super) fn create(path: &Path, run_id: &str) -> io::Result<Self> {
        let chain = Writer::new(BufWriter::with_capacity(256 * 1024, File::create_new(path)?), run_id);
        let state = State { chain: Some(chain), profile: None, problem: None };
        Ok(Self { run_id: run_id.to_owned(), state: Locked::new(state) })
    }

    /// Ends the chain.
    pub(super) fn finish(&self) -> io::Result<ChainHead> {
        let mut state = self.state.lock();
        if let Some(problem) = state.problem.take() {
            return Err(problem);
        }
        state.chain.take().ok_or_else(|| io::Error::other("the chain is finished"))?.finish()
    }

    /// Writes once more what an earlier process of the run wrote.
    pub(super) fn again(&self, told: &RecordedLine) {
        self.with(|_, chain| chain.add(told));
    }

    /// Brings what is written so far to the disk.
    pub(super) fn flush(&self) -> io::Result<()> {
        self.with(|_, chain| chain.flush());
        let mut state = self.state.lock();
        state.problem.take().map_or(Ok(()), Err)
    }

    fn with(&self, write: impl FnOnce(&mut State, &mut Writer<BufWriter<File>>) -> io::Result<()>) {
        let mut state = self.state.lock();
        let Some(mut chain) = state.chain.take() else { return };
        if state.problem.is_none()
            && let Err(problem) = write(&mut state, &mut chain)
        {
            state.problem = Some(problem);
        }
        state.chain = Some(chain);
    }
}

impl Witness for Recorder {
    fn attempt(&self, trial: &str, transcript: &Transcript, known: &Known<'_>) {
        let attempt = RecordedAttempt::of(trial, transcript, &Redactor::of(&self.run_id, known, transcript));
        self.with(|state, chain| {
            if state.profile.as_ref().is_none_or(|profile| !Arc::ptr_eq(profile, &transcript.profile)) {
                chain.add(&RecordedLine::Profile((*transcript.profile).clone()))?;
                state.profile = Some(transcript.profile.clone());
            }
            chain.add(&RecordedLine::Attempt(attempt))
        });
    }

    fn aside(&self, purpose: &str, exchange: &Exchange, known: &Known<'_>) {
        let redactor = Redactor::new(&self.run_id, known, exchange.request.token.iter().cloned());
        let exchange = Box::new(RecordedExchange::of(exchange, &redactor));
        self.with(|_, chain| chain.add(&RecordedLine::Aside { purpose: redactor.text(purpose), exchange }));
    }
}
