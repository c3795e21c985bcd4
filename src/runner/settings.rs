//! How a run goes about its trials, as whoever starts it decides.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use sha2::{Digest, Sha256};
use tokio_util::sync::CancellationToken;

use super::attempt::Patience;
use super::request::Nonce;
use crate::contract::endpoint::ENDPOINTS;
use crate::contract::requirement::Tier;
use crate::model::event::TrialResult;
use crate::model::finding::Level;
use crate::model::witness::Witness;
use crate::plan::Waivers;
use crate::target::config::MAX_CLOCK_SKEW;

/// How a run goes about its trials.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Trials that run side by side: up to one on each endpoint; with more, several on each, every one with a job of
    /// its own.
    pub jobs: usize,
    /// Threads that the lanes are spread over, beside the caller's; with one, all happens on the caller's, whose clock
    /// may then be paused.
    pub threads: usize,
    /// Tries and pauses of one exchange.
    pub patience: Patience,
    /// By how much the clock of a target may be off before nothing is judged.
    pub max_clock_skew: Duration,
    /// How often each trial is run.
    pub repeat: u32,
    /// Of several refused requests in a row, only the last is followed by a read as long as nothing fails.
    pub sparing: bool,
    /// Seed of the order of trials; `None` keeps the plan's order.
    pub seed: Option<u64>,
    /// What the values that trials make up follow from.
    pub nonce: Nonce,
    /// Stop after so many failed trials.
    pub max_fail: Option<usize>,
    /// Lowest level that fails a trial.
    pub deny: Level,
    /// Tiers judged; all when `None`.
    pub tiers: Option<Vec<Tier>>,
    /// Whose exchanges are kept.
    pub evidence: Evidence,
    /// Whether findings tell the line of the case file that expected otherwise.
    pub lines: bool,
    /// Checks that are switched off.
    pub off: Vec<String>,
    /// Failures that are accepted.
    pub waivers: Arc<Waivers>,
    /// Results from before the run was interrupted, by name; these trials are not run again.
    pub known: Arc<HashMap<String, TrialResult>>,
    /// Is told of each result as soon as there is one, before its turn comes in the report.
    pub record: Option<Arc<dyn Record>>,
    /// Cancelled when the user wants the run to end.
    pub cancelled: CancellationToken,
    /// Is shown every exchange.
    pub witness: Option<Arc<dyn Witness>>,
    /// Tells people what a run waits for.
    pub notice: fn(&str),
}

/// The seed of the order of trials, where nobody gives one: the same for a suite on a target, so that one night can be
/// compared with the next. From 1 to 999,999, which people can type.
#[must_use]
pub fn steady_seed(suite_digest: &str, target: &str) -> u64 {
    let mut hash = Sha256::new();
    hash.update(suite_digest.as_bytes());
    hash.update([0]);
    hash.update(target.trim_end_matches('/').as_bytes());
    let number = hash.finalize().iter().take(8).fold(0_u64, |number, octet| number << 8 | u64::from(*octet));
    1 + number % 999_999
}

/// Writes down results as they come.
pub trait Record: std::fmt::Debug + Send + Sync {
    /// Takes a result.
    fn judged(&self, trial: &TrialResult);
}

/// Whose exchanges are kept in the results.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Evidence {
    /// Every trial's.
    All,
    /// Those of trials that did not pass.
    Failures,
    /// Nobody's.
    None,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            jobs: ENDPOINTS.len(),
            threads: 1,
            patience: Patience::default(),
            max_clock_skew: MAX_CLOCK_SKEW,
            repeat: 1,
            sparing: true,
            seed: None,
            nonce: Nonce::default(),
            max_fail: None,
            deny: Level::Must,
            tiers: None,
            evidence: Evidence::Failures,
            lines: true,
            off: Vec::new(),
            waivers: Arc::default(),
            known: Arc::default(),
            record: None,
            cancelled: CancellationToken::new(),
            witness: None,
            notice: |_| {},
        }
    }
}

impl Settings {
    /// Trials that may run side by side on one endpoint.
    pub(super) fn on_each(&self) -> usize {
        self.jobs.div_ceil(ENDPOINTS.len())
    }

    /// Whether the target is judged by the page alone, which shows no update but a whole one.
    pub(super) fn by_the_page_alone(&self) -> bool {
        self.tiers.as_deref().is_some_and(|tiers| tiers.iter().all(|tier| *tier == Tier::Documented))
    }

    /// Whether the user wants the run to end.
    pub(super) fn is_cancelled(&self) -> bool {
        self.cancelled.is_cancelled()
    }
}
