//! What is known of a target before a socket opens, and which trials that rules out.
//!
//! The list of tests hangs on it: nextest runs what the list does not flag as ignored, and counts as passed what ends
//! with success. So under nextest a trial that needs what only a probe could see is ignored unless it is declared.

use crate::model::case::{Address, Case};
use crate::model::profile::Profile;
use crate::target::config::Resolved;

/// Capabilities that only a probe of the target can see.
const PROBED: [&str; 2] = ["readback", "etag"];

/// Capabilities that the embedded server has not.
const NOT_EMBEDDED: [&str; 3] = ["etag-required", "upsert", "throttle"];

/// What is known of the target.
pub(super) enum Known {
    /// It is the embedded server.
    Embedded,
    /// It is what the user declares.
    Declared {
        /// Capabilities and paths.
        profile: Box<Profile>,
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
            profile.capabilities.insert("second-job".to_owned());
        }
        Self::Declared { profile: Box::new(profile), strict: std::env::var_os("NEXTEST").is_some() }
    }

    /// Whether the case cannot run on this collection.
    pub(super) fn rules_out(&self, case: &Case, collection: &str) -> bool {
        let derived = case.steps.iter().any(|step| step.request.to == Address::DerivedJob);
        match self {
            Self::Embedded => {
                let has = |word: &String| !NOT_EMBEDDED.contains(&word.as_str());
                // Its jobs of derived types are where such jobs come from, not in the common collection.
                !case.needs.iter().all(has) || case.unless.iter().any(has) || (derived && collection == "jobs")
            }
            Self::Declared { profile, strict } => {
                let missing = |word: &String| !profile.has(word) && (*strict || !PROBED.contains(&word.as_str()));
                let excused = case.requirements.first().is_some_and(|id| profile.excused.contains_key(id));
                case.needs.iter().any(missing)
                    || case.unless.iter().any(|word| profile.has(word))
                    || (*strict && case.unless.iter().any(|word| PROBED.contains(&word.as_str())))
                    || (derived && !profile.has("derived-job"))
                    || profile.not_offered.contains(collection)
                    || excused
            }
        }
    }
}
