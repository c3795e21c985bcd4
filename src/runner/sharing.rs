//! Lanes that share a job run one after another.
//!
//! The same id on two paths is one job or two, as the target declares (REQ-ISO-003); where it declares nothing it may
//! be one, and an update through one path would look like damage through the other. [`apart`] sorts the lanes.

use std::collections::{BTreeMap, BTreeSet};

use super::session::Session;
use crate::model::profile::Alias;

/// Groups of lanes: those of one group share jobs, those of two groups none.
pub(super) fn apart<T>(session: &Session, lanes: BTreeMap<&'static str, T>) -> Vec<Vec<(&'static str, T)>> {
    let independent = session.profile.alias == Some(Alias::Independent);
    let ids = |name: &str| {
        let target = &session.target;
        let held = target.jobs.get(name).into_iter().flatten().chain(target.derived.get(name));
        held.map(String::as_str).collect::<BTreeSet<_>>()
    };
    let mut groups: Vec<(BTreeSet<&str>, Vec<_>)> = Vec::new();
    for (name, lane) in lanes {
        let (mut shared, mut group) = (ids(name), Vec::new());
        // The lane may tie together groups that had nothing in common before.
        groups.retain_mut(|(known, lanes)| {
            let apart = independent || known.is_disjoint(&shared);
            if !apart {
                shared.append(known);
                group.append(lanes);
            }
            apart
        });
        group.push((name, lane));
        groups.push((shared, group));
    }
    groups.into_iter().map(|(_, group)| group).collect()
}
