//! A target that was meant and not named.

use super::layers::Layers;
use crate::cli::environment::is_ci;
use crate::target::config::{Origin, Resolved};

impl Layers {
    /// Whoever says something about a target means one: a base URL that is missing then is a slip, and the embedded server
    /// would pass for the target.
    pub(super) fn no_address(&self) -> Result<(), String> {
        const WAYS: &str = "say which: --base-url URL, PATCHPROOF_BASE_URL, or a target of patchproof.toml";
        if let [first, ..] = self.unnamed.as_slice() {
            let names = self.unnamed.join(", ");
            return Err(format!("which target: {names}?\n  name it with --target {first}, or set default-target"));
        }
        if std::env::var_os("PATCHPROOF_BASE_URL").is_some() {
            return Err("PATCHPROOF_BASE_URL is set, but empty; unset it to judge the embedded server".to_owned());
        }
        match of_another_target(&self.resolved) {
            Some(name) => Err(format!("{name} is given, but the address of the target is not\n  {WAYS}")),
            None => Ok(()),
        }
    }
}

/// Settings that hold for the embedded server as for any other.
const OF_ANY_TARGET: [&str; 13] = [
    "headers",
    "variables",
    "connect-timeout",
    "max-time",
    "body-limit",
    "concurrency",
    "rate-limit",
    "retry",
    "retry-interval",
    "retry-cap",
    "max-clock-skew",
    "waivers",
    "state-dir",
];

/// Settings that are made for one run, also where they are in the environment.
const OF_ONE_RUN: [&str; 4] = ["oauth-issuer", "jobs", "derived-jobs", "provision"];

/// The first setting that somebody has made and that the embedded server does not heed.
pub(super) fn of_another_target(resolved: &Resolved) -> Option<&'static str> {
    let is_meant = |name: &str, origin: Origin| match origin {
        Origin::Flag | Origin::File => true,
        // What is in a person's environment may be there for other commands; what is in that of a CI job is for this one.
        Origin::Environment => OF_ONE_RUN.contains(&name) || is_ci(),
        Origin::Default => false,
    };
    let shown = resolved.shown();
    let mut told = shown.iter().filter(|(name, _, origin)| !OF_ANY_TARGET.contains(name) && is_meant(name, *origin));
    told.next().map(|(name, ..)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::config::keys;

    #[test]
    fn what_holds_for_any_target_is_a_setting() {
        let known: Vec<String> = keys().collect();
        for name in OF_ANY_TARGET.iter().chain(&OF_ONE_RUN) {
            assert!(known.iter().any(|key| key == name), "{name}");
        }
    }
}
