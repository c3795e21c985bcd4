//! A target that was meant and not named.

use super::layers::Layers;
use crate::cli::environment::is_ci;
use crate::target::config::Origin;

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
        let resolved = &self.resolved;
        let told = |name: &'static str, origin: Option<Origin>| {
            // A token in a person's environment may be there for other commands; in that of a CI job it is for this one.
            origin.filter(|origin| name != "token" || *origin != Origin::Environment || is_ci()).map(|_| name)
        };
        let said = [
            told("jobs", resolved.jobs.as_ref().map(|setting| setting.origin)),
            told("derived-jobs", resolved.derived_jobs.as_ref().map(|setting| setting.origin)),
            told("provision", resolved.provision.as_ref().map(|setting| setting.origin)),
            told("token", resolved.token.as_ref().map(|setting| setting.origin)),
            told("oauth-issuer", resolved.oauth_issuer.as_ref().map(|setting| setting.origin)),
        ];
        match said.into_iter().flatten().next() {
            Some(name) => Err(format!("{name} is given, but the address of the target is not\n  {WAYS}")),
            None => Ok(()),
        }
    }
}
