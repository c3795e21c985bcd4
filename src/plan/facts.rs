//! What selection has to know of a case, small enough to be kept for every case of a large suite.
//!
//! The main type is [`CaseFacts`].

use std::collections::BTreeSet;

use super::load::{CaseRef, Suite};
use super::trial::Trial;
use crate::contract::endpoint::ENDPOINTS;
use crate::contract::requirement::{Requirement, requirement};
use crate::model::capability::Capability;
use crate::model::case::{Address, Case, Step};

/// The facts of a case that decide whether and when it is run.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct CaseFacts {
    /// Bit `i` is set when the case applies to endpoint `i` of [`ENDPOINTS`].
    endpoints: u8,
    /// The case must run alone.
    pub exclusive: bool,
    /// The case is a plain valid update.
    pub plain: bool,
    /// The case needs a second job of its collection.
    pub second: bool,
    /// The case needs a job of a derived type.
    pub derived: bool,
    /// The case looks at the jobs of other collections.
    pub elsewhere: bool,
    /// The case lists the jobs of its collection.
    pub lists: bool,
    /// The case touches other jobs of its collection, or may.
    pub neighbours: bool,
    /// The requirement that the case is about.
    pub primary: Option<&'static Requirement>,
}

impl CaseFacts {
    /// The facts of a case.
    #[must_use]
    pub fn of(case: &Case) -> Self {
        let applies =
            |collection: &str| case.endpoints.as_ref().is_none_or(|only| only.iter().any(|name| name == collection));
        let endpoints = ENDPOINTS
            .iter()
            .enumerate()
            .filter(|(_, row)| applies(row.collection))
            .fold(0, |bits, (i, _)| bits | 1 << i);
        let to = |wanted: &[Address]| case.steps.iter().any(|step| wanted.contains(&step.request.to));
        let needs = |capability| case.needs.contains(&capability);
        let second = needs(Capability::SecondJob) || to(&[Address::SecondJob]);
        let derived = needs(Capability::DerivedJob) || to(&[Address::DerivedJob]);
        let elsewhere = to(&[Address::OtherJobs, Address::SameIdElsewhere]);
        let gets = |step: &Step| step.request.method.as_deref() == Some("GET");
        let lists = case.steps.iter().any(|step| step.request.to == Address::Collection && gets(step));
        let neighbours = second || to(&[Address::Collection, Address::ForeignJob]);
        let primary = requirement(case.primary());
        let Case { exclusive, plain, .. } = *case;
        Self { endpoints, exclusive, plain, second, derived, elsewhere, lists, neighbours, primary }
    }

    /// Whether the case applies to endpoint `endpoint` of [`ENDPOINTS`].
    #[must_use]
    pub fn applies_to(&self, endpoint: u8) -> bool {
        self.endpoints & (1 << endpoint) != 0
    }
}

impl Suite {
    /// The facts of a case.
    #[must_use]
    pub fn facts(&self, case: u32) -> Option<&CaseFacts> {
        self.refs.get(usize::try_from(case).ok()?).map(|row| &row.facts)
    }

    /// The name of a trial: `endpoint::topic::case`.
    #[must_use]
    pub fn name(&self, trial: Trial) -> String {
        let id = usize::try_from(trial.case).ok().and_then(|case| self.refs.get(case)).map_or("", |row| &*row.id);
        format!("{}::{id}", trial.collection())
    }

    /// The topics that there are cases of.
    #[must_use]
    pub fn topics(&self) -> BTreeSet<&str> {
        self.refs.iter().filter_map(|row| Some(row.id.split_once("::")?.0)).collect()
    }

    /// The file of a case as people can find it.
    #[must_use]
    pub fn file(&self, case: usize) -> String {
        self.refs.get(case).map(CaseRef::file).unwrap_or_default()
    }
}
