//! What is known of a target before a socket opens, and which trials that rules out.
//!
//! The list of tests hangs on it: nextest runs what the list does not flag as ignored, and counts as passed what ends
//! with success. So under nextest a trial that needs what only a probe could see is ignored unless it is declared.

use crate::model::capability::Capability;
use crate::model::case::{Address, Case};
use crate::model::profile::Profile;
use crate::runner;
use crate::target::config::Resolved;
use crate::target::pace::RateLimit;

/// Capabilities that only a probe of the target can see.
const PROBED: [Capability; 2] = [Capability::Readback, Capability::Etag];

/// Capabilities that the embedded server has not.
const NOT_EMBEDDED: [Capability; 3] = [Capability::EtagRequired, Capability::Upsert, Capability::Throttle];

/// What is known of the target.
pub(super) enum Known {
    /// It is the embedded server.
    Embedded,
    /// It is what the user declares.
    Declared {
        /// Capabilities and paths.
        profile: Box<Profile>,
        /// A fixed rate is kept.
        paced: bool,
        /// What is not declared does not run.
        strict: bool,
    },
}

impl Known {
    /// What the settings say; `started` where a server of one's own is the target.
    pub(super) fn of(resolved: &Resolved, started: bool) -> Self {
        if resolved.base_url.is_none() && !started {
            return Self::Embedded;
        }
        let mut profile = resolved.profile();
        let pairs = |jobs: &std::collections::BTreeMap<String, Vec<String>>| jobs.values().all(|ids| ids.len() > 1);
        if started || resolved.jobs.as_ref().is_none_or(|jobs| pairs(&jobs.value)) {
            profile.capabilities.insert(Capability::SecondJob);
        }
        let paced = matches!(resolved.rate_limit.as_ref().map(|limit| limit.value), Some(RateLimit::Fixed(..)));
        Self::Declared { profile: Box::new(profile), paced, strict: std::env::var_os("NEXTEST").is_some() }
    }

    /// Whether the case cannot run on this collection.
    pub(super) fn rules_out(&self, case: &Case, collection: &str) -> bool {
        let derived = case.steps.iter().any(|step| step.request.to == Address::DerivedJob);
        match self {
            Self::Embedded => {
                let has = |capability: &Capability| !NOT_EMBEDDED.contains(capability);
                // Its jobs of derived types are where such jobs come from, not in the common collection.
                !case.needs.iter().all(has) || case.unless.iter().any(has) || (derived && collection == "jobs")
            }
            Self::Declared { profile, paced, strict } => {
                let has = |one: Capability| profile.has(one) || (!*strict && PROBED.contains(&one));
                runner::ruled_out(profile, &has, *paced, collection, case).is_some()
                    || (*strict && runner::writes_back(case) && !profile.has(Capability::Readback))
                    || (*strict && case.unless.iter().any(|one| PROBED.contains(one)))
                    || (derived && !profile.has(Capability::DerivedJob))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{from_value, json};

    use super::*;

    /// What the run would skip is ignored in the list too.
    #[test]
    fn the_list_rules_out_what_the_run_would() {
        let case = |step: serde_json::Value| -> Case {
            from_value(json!({"title": "t", "requirements": ["REQ-MERGE-001"], "steps": [step]})).unwrap()
        };
        let known = |change: fn(&mut Profile), paced, strict| {
            let mut profile = Profile::default();
            change(&mut profile);
            Known::Declared { profile: Box::new(profile), paced, strict }
        };
        let excused = |profile: &mut Profile| drop(profile.excused.insert("REQ-DTO-002".into(), "why".into()));
        let later = case(json!({"name": "a", "request": {}, "expect": {"requirement": "REQ-DTO-002"}}));
        assert!(known(excused, false, false).rules_out(&later, "jobs"));
        let written_back = case(json!({"name": "a", "request": {"bodyMade": "lastRead"}, "expect": {}}));
        assert!(known(|_| {}, false, true).rules_out(&written_back, "jobs"));
        assert!(!known(|_| {}, false, false).rules_out(&written_back, "jobs"), "a probe may see that it can be read");
        let mut burst = case(json!({"name": "a", "request": {}, "expect": {}}));
        burst.needs = vec![Capability::Throttle];
        let throttles = |profile: &mut Profile| {
            profile.capabilities.insert(Capability::Throttle);
        };
        assert!(known(throttles, true, true).rules_out(&burst, "jobs"));
        assert!(!known(throttles, false, true).rules_out(&burst, "jobs"));
    }
}
