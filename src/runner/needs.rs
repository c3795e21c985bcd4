//! What the trials of a plan need of the target before the first of them runs.
//!
//! The main type is [`Needs`].

use std::collections::{BTreeMap, BTreeSet};

use super::session::Session;
use crate::contract::endpoint::ENDPOINTS;
use crate::plan::{Plan, Suite};

/// What the trials of a plan need, by collection.
#[derive(Debug, Default)]
pub(super) struct Needs {
    /// How many jobs.
    jobs: BTreeMap<&'static str, usize>,
    /// Where a job of a derived type is needed.
    derived: BTreeSet<&'static str>,
    /// Where the jobs of the collection are listed.
    listed: BTreeSet<&'static str>,
}

impl Needs {
    /// What the plan needs of the target where so many trials run side by side `on_each` endpoint.
    pub(super) fn of(plan: &Plan, suite: &Suite, session: &Session, on_each: usize) -> Self {
        let mut needs = Self::default();
        let mut elsewhere = false;
        for trial in plan.all() {
            let collection = trial.collection();
            let jobs = needs.jobs.entry(collection).or_insert(on_each.max(1));
            let Some(facts) = suite.facts(trial.case) else { continue };
            if facts.second {
                *jobs = on_each.max(2);
            }
            if facts.derived {
                needs.derived.insert(collection);
            }
            if facts.lists {
                needs.listed.insert(collection);
            }
            elsewhere |= facts.elsewhere;
        }
        if elsewhere {
            for endpoint in &ENDPOINTS {
                needs.jobs.entry(endpoint.collection).or_insert(1);
            }
        }
        let offered = |name: &&'static str| !session.profile.not_offered.contains(*name);
        needs.jobs.retain(|name, _| offered(name));
        needs.derived.retain(|name| offered(name) && session.target.derived.contains_key(*name));
        needs
    }

    /// Collections and how many jobs of each.
    pub(super) fn jobs(&self) -> impl Iterator<Item = (&'static str, usize)> {
        self.jobs.iter().map(|(name, count)| (*name, *count))
    }

    /// Whether a job of the collection is needed.
    pub(super) fn includes(&self, collection: &str) -> bool {
        self.jobs.contains_key(collection)
    }

    /// Whether the jobs of a collection are listed.
    pub(super) fn lists(&self, collection: &str) -> bool {
        self.listed.contains(collection)
    }

    /// Collections of which a job of a derived type is needed.
    pub(super) fn derived(&self) -> impl Iterator<Item = &'static str> {
        self.derived.iter().copied()
    }
}
