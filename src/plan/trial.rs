//! Trials: one case on one endpoint each, expanded, selected and partitioned before any socket opens.
//!
//! The main type is [`Plan`]. A [`Trial`] is a few indices, so that a plan stays small however many cases there are.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::partition::Partition;
use super::select::Selection;
use super::{Diagnostic, Suite};
use crate::contract::endpoint::ENDPOINTS;
use crate::model::digest::hexadecimal;

/// One case on one endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Trial {
    /// Index of the case in the suite.
    pub case: u32,
    /// Index of the endpoint in [`ENDPOINTS`].
    pub endpoint: u8,
    /// Place among the selected trials in plan order, before partition, from 1.
    pub place: u32,
}

impl Trial {
    /// The collection.
    #[must_use]
    pub fn collection(self) -> &'static str {
        ENDPOINTS[usize::from(self.endpoint)].collection
    }
}

/// The trials of a run, by endpoint. A clone shares them.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// For each endpoint the trials that may run beside others, then those that must be alone.
    lanes: Arc<[(Vec<Trial>, Vec<Trial>); ENDPOINTS.len()]>,
    /// Trials selected, before partition.
    selected: u32,
    /// SHA-256 over the names of the selected trials, where there is a partition.
    selection: Option<String>,
    unmatched: Vec<String>,
}

impl Plan {
    /// Expands the suite over the endpoints and keeps what is selected and in the partition.
    ///
    /// # Errors
    /// When a pattern of the selection matches nothing while others match something: it is more often a slip than a
    /// wish. Where nothing is selected at all, the plan is empty.
    pub fn new(suite: &Suite, selection: &Selection, partition: Option<&Partition>) -> Result<Self, Vec<Diagnostic>> {
        let mut plan = Self::default();
        let mut unmatched = selection.patterns();
        let mut position = 0;
        let mut digest = partition.map(|_| Sha256::new());
        let mut places = [(0, 0); ENDPOINTS.len()];
        for (endpoint, row) in (0u8..).zip(&ENDPOINTS) {
            for case in 0u32.. {
                let Some(facts) = suite.facts(case) else { break };
                if !facts.applies_to(endpoint) {
                    continue;
                }
                let mut trial = Trial { case, endpoint, place: 0 };
                let name = suite.name(trial);
                if !selection.selects(&name, row.collection, facts, &mut unmatched) {
                    continue;
                }
                position += 1;
                if let Some(digest) = &mut digest {
                    digest.update(name.as_bytes());
                    digest.update([0]);
                }
                let (beside, alone) = &mut places[usize::from(endpoint)];
                let place = if facts.exclusive { alone } else { beside };
                *place += 1;
                trial.place = *place;
                if partition.is_some_and(|partition| !partition.holds(&name, position - 1)) {
                    continue;
                }
                let lane = plan.lane_mut(endpoint);
                if facts.exclusive { lane.1.push(trial) } else { lane.0.push(trial) }
            }
        }
        plan.number(&places);
        plan.selection = digest.map(|digest| hexadecimal(&digest.finalize()));
        if plan.selected > 0 && !unmatched.is_empty() {
            let told = |pattern| Diagnostic::of_file("selection", format!("pattern {pattern:?} matches no trial"));
            return Err(unmatched.into_iter().map(told).collect());
        }
        plan.unmatched = unmatched;
        Ok(plan)
    }

    /// The patterns of the selection that match no trial, where nothing is selected.
    #[must_use]
    pub fn unmatched(&self) -> &[String] {
        &self.unmatched
    }

    fn lane_mut(&mut self, endpoint: u8) -> &mut (Vec<Trial>, Vec<Trial>) {
        &mut Arc::make_mut(&mut self.lanes)[usize::from(endpoint)]
    }

    /// Turns places within a lane into places within the plan.
    fn number(&mut self, places: &[(u32, u32)]) {
        for (lane, (beside, alone)) in Arc::make_mut(&mut self.lanes).iter_mut().zip(places) {
            lane.0.iter_mut().for_each(|trial| trial.place += self.selected);
            lane.1.iter_mut().for_each(|trial| trial.place += self.selected + beside);
            self.selected += beside + alone;
        }
    }

    /// The number of trials selected, and SHA-256 over their names, where the plan is a part of them.
    #[must_use]
    pub fn selected(&self) -> Option<(usize, &str)> {
        let selection = self.selection.as_deref()?;
        Some((usize::try_from(self.selected).ok()?, selection))
    }

    /// SHA-256 over the names of the trials, in hexadecimal digits.
    #[must_use]
    pub fn digest(&self, suite: &Suite) -> String {
        let mut digest = Sha256::new();
        for trial in self.all() {
            digest.update(suite.name(trial).as_bytes());
            digest.update([0]);
        }
        hexadecimal(&digest.finalize())
    }

    /// The number of trials.
    #[must_use]
    pub fn len(&self) -> usize {
        self.lanes.iter().map(|(beside, alone)| beside.len() + alone.len()).sum()
    }

    /// Nothing was selected.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All trials in plan order.
    pub fn all(&self) -> impl Iterator<Item = Trial> + '_ {
        self.lanes.iter().flat_map(|(beside, alone)| beside.iter().chain(alone)).copied()
    }

    /// The trials of one collection that must be `alone`, or those that need not.
    #[must_use]
    pub fn lane(&self, collection: &str, alone: bool) -> &[Trial] {
        let lane = ENDPOINTS.iter().position(|row| row.collection == collection).map(|i| &self.lanes[i]);
        lane.map_or(&[], |(beside, exclusive)| if alone { exclusive } else { beside })
    }

    /// A plan of just these trials.
    #[must_use]
    pub fn of(suite: &Suite, trials: impl IntoIterator<Item = Trial>) -> Self {
        let mut plan = Self::default();
        for trial in trials {
            let lane = plan.lane_mut(trial.endpoint);
            let alone = suite.facts(trial.case).is_some_and(|facts| facts.exclusive);
            if alone { lane.1.push(trial) } else { lane.0.push(trial) }
        }
        plan
    }
}
