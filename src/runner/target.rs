//! The server under test as the command line describes it: how to reach it, with which credentials and jobs.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::model::profile::Profile;
use crate::model::secret::{Scrubber, Secret};
use crate::model::token_variables::TokenVariables;
use crate::target::config::Provision;
use crate::target::token::Token;
use crate::target::{Client, RateLimit};

/// The credentials at hand.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// The valid token; `None` where the target wants none.
    pub valid: Option<Token>,
    /// A token without the needed permission.
    pub scoped: Option<Secret>,
    /// A token of a personal account.
    pub personal: Option<Secret>,
    /// A token of another tenant.
    pub second_tenant: Option<Secret>,
    /// Secrets that are no tokens: in headers, in the URL of the proxy.
    pub others: Vec<Secret>,
    /// The environment variables that the tokens come from.
    pub variables: TokenVariables,
}

impl Credentials {
    /// Every secret that must not show.
    pub fn all(&self) -> impl Iterator<Item = Secret> {
        let valid = self.valid.as_ref().and_then(Token::current);
        let tokens = [&self.scoped, &self.personal, &self.second_tenant].into_iter().flatten().cloned();
        valid.into_iter().chain(tokens).chain(self.others.iter().cloned())
    }
}

/// The server under test as the command line describes it.
#[derive(Debug)]
pub struct Target {
    /// Sends requests.
    pub client: Client,
    /// Tokens.
    pub credentials: Credentials,
    /// What is declared of it; the probe adds what it sees.
    pub profile: Profile,
    /// Job ids by collection that may be patched; the first one is the lane's, a second one stands by.
    pub jobs: BTreeMap<String, Vec<String>>,
    /// The jobs were made for this run, so they need not be put back.
    pub disposable: bool,
    /// The target is on this machine, so a token in a URL goes nowhere.
    pub loopback: bool,
    /// A job of a derived type by collection.
    pub derived: BTreeMap<String, String>,
    /// A job of another tenant by collection.
    pub foreign: BTreeMap<String, String>,
    /// Id of the other tenant.
    pub other_tenant: Option<String>,
    /// Values of `{{var.NAME}}`.
    pub variables: BTreeMap<String, String>,
    /// Where jobs come from when none are given.
    pub provision: Option<Provision>,
    /// Most requests in a time, over all lanes.
    pub rate_limit: Option<RateLimit>,
    /// Removes secrets; whoever shares it learns of tokens that are read late.
    pub scrubber: Scrubber,
    /// Folder of leases and journals; `None` for a target that nobody else can reach.
    pub state: Option<PathBuf>,
}

impl Target {
    /// Whether the run works on this job, or on one whose id differs in letter case alone.
    pub(super) fn holds(&self, collection: &str, id: &str) -> bool {
        let is_it = |known: &String| known.eq_ignore_ascii_case(id);
        let given = self.jobs.get(collection).is_some_and(|ids| ids.iter().any(is_it));
        given || [&self.derived, &self.foreign].iter().any(|jobs| jobs.get(collection).is_some_and(is_it))
    }
}
