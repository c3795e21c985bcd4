//! Settings of a target: one row per setting, four layers, and where each value came from.
//!
//! [`TargetConfig`] is one layer (flags, environment, file, defaults), [`merge`] lays them over each other, and
//! [`Resolved`] is the result. A new setting is one row in the table below, and an entry in
//! `schemas/config.schema.json`; a test says what is missing.

mod connect;
mod env;
mod file;
mod find;
mod oauth;
mod read;
mod secret;
mod setting;
#[cfg(test)]
mod tests;
mod units;
mod value;
mod words;

pub use env::{from_env, from_pairs, slips};
pub use file::{ConfigFile, UnknownTarget, Vocabulary, parse};
pub use find::find;
pub use oauth::Credential;
pub use read::ConfigError;
pub use secret::Headers;
pub use setting::{Origin, Setting};
pub use units::{parse_duration, parse_size};
pub use value::{ByteSize, Jobs, Provision, Words, WordsByName, parse_jobs};

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;

use super::connection::Resolve;
use super::oauth::{ClientAuth, GrantType};
use super::pace::RateLimit;
use super::token::SecretSource;
use crate::contract::endpoint::ENDPOINTS;
use crate::model::capability::Capability;
use crate::model::profile::{Alias, Profile};
use read::Reader;
use value::Value;

macro_rules! settings {
    ($($(#[doc = $doc:literal])+ $field:ident: $type:ty = $key:literal;)+) => {
        /// One layer of settings; what it does not say is `None`.
        #[derive(Debug, Clone, Default, PartialEq)]
        pub struct TargetConfig {
            $($(#[doc = $doc])+ pub $field: Option<$type>,)+
        }

        /// The settings that count, each with its origin.
        #[derive(Debug, Clone, Default, PartialEq)]
        pub struct Resolved {
            $($(#[doc = $doc])+ pub $field: Option<Setting<$type>>,)+
        }

        /// Every key that a target in the file can have.
        pub fn keys() -> impl Iterator<Item = String> {
            let mut keys: Vec<String> = Vec::new();
            $(keys.extend(<$type as Value>::SUFFIXES.iter().map(|suffix| format!("{}{suffix}", $key)));)+
            // The address of a proxy is no secret unless a password is in it, so it may stand in the file.
            keys.push("proxy".to_owned());
            keys.into_iter()
        }

        /// What stands between the items of the list that this key of the file has; `None` where it has one value.
        fn between(key: &str) -> Option<char> {
            let is = |known: &str, suffixes: &[&str]| suffixes.iter().any(|suffix| key.strip_suffix(suffix) == Some(known));
            $(if is($key, <$type as Value>::SUFFIXES) {
                return <$type as Value>::BETWEEN;
            })+
            None
        }

        fn read_target(reader: &mut Reader<'_>, table: &toml::de::DeTable<'_>, path: &str) -> TargetConfig {
            TargetConfig { $($field: <$type as Value>::find(reader, table, path, $key),)+ }
        }

        fn from_words(word: &mut dyn FnMut(&str) -> Option<String>, errors: &mut Vec<String>) -> TargetConfig {
            TargetConfig { $($field: env::setting::<$type>($key, word, errors),)+ }
        }

        /// Lays one layer over another.
        fn lay(over: TargetConfig, origin: Origin, under: Resolved) -> Resolved {
            Resolved {
                $($field: match (over.$field, under.$field) {
                    (None, under) => under,
                    (Some(value), None) => Some(Setting { value, origin }),
                    (Some(value), Some(under)) => Some(Setting { value: value.over(under.value), origin }),
                },)+
            }
        }

        impl Resolved {
            /// Key, value and origin of each setting that has a value, in the order of the documentation; secrets
            /// are shown as `***`.
            #[must_use]
            pub fn shown(&self) -> Vec<(&'static str, String, Origin)> {
                let mut lines = Vec::new();
                $(if let Some(setting) = &self.$field {
                    lines.push(($key, setting.value.show(), setting.origin));
                })+
                lines
            }
        }
    };
}

settings! {
    /// Service root.
    base_url: String = "base-url";
    /// The token that every case uses unless it says otherwise.
    token: SecretSource = "token";
    /// The OAuth 2.0 issuer that gives the token.
    oauth_issuer: String = "oauth-issuer";
    /// How it gives it.
    oauth_grant: GrantType = "oauth-grant";
    /// The client that asks.
    oauth_client_id: String = "oauth-client-id";
    /// Where the secret of the client is.
    oauth_client_secret: SecretSource = "oauth-client-secret";
    /// How the client shows its secret.
    oauth_client_auth: ClientAuth = "oauth-client-auth";
    /// What the token is to be good for.
    oauth_scope: String = "oauth-scope";
    /// Further parameters of the request.
    oauth_params: BTreeMap<String, String> = "oauth-params";
    /// Token endpoint, where the issuer does not say it.
    oauth_token_url: String = "oauth-token-url";
    /// Device authorization endpoint, where the issuer does not say it.
    oauth_device_url: String = "oauth-device-url";
    /// PEM file of the certificate authorities to trust when the issuer is asked.
    oauth_cacert: PathBuf = "oauth-cacert";
    /// A valid token without the needed permission.
    scoped_token: SecretSource = "scoped-token";
    /// A valid token of a personal account.
    personal_token: SecretSource = "personal-token";
    /// A valid token of another tenant.
    second_tenant_token: SecretSource = "second-tenant-token";
    /// Headers that go with every request.
    headers: Headers = "headers";
    /// Values of `{{var.NAME}}` in cases.
    variables: BTreeMap<String, String> = "variables";
    /// Jobs that may be patched: ids by collection.
    jobs: Jobs = "jobs";
    /// Jobs of a derived type.
    derived_jobs: Jobs = "derived-jobs";
    /// Jobs of the other tenant; they are addressed with the token of this one and must stay untouched.
    second_tenant_jobs: Jobs = "second-tenant-jobs";
    /// Id of the other tenant.
    second_tenant_id: String = "second-tenant-id";
    /// How jobs come about when none are given.
    provision: Provision = "provision";
    /// What the target offers or knows beyond PATCH.
    capabilities: Words = "capabilities";
    /// Collections that the target does not offer.
    not_offered: Words = "not-offered";
    /// Properties that a client cannot set.
    read_only: Words = "read-only";
    /// Properties that the server sets by itself.
    computed: Words = "computed";
    /// Members that change by themselves.
    volatile: Words = "volatile";
    /// Permitted values of `type`, `status` and `tenantId`.
    permitted: WordsByName = "permitted";
    /// Milliseconds until a read shows a change.
    settle_ms: u64 = "settle-ms";
    /// Ids are compared without regard to letter case.
    ids_ignore_case: bool = "ids-ignore-case";
    /// Whether the same id on two paths is one job or two.
    alias: Alias = "alias";
    /// Requirements that the profile waives, each with its reason.
    excused: BTreeMap<String, String> = "excused";
    /// PEM file of the certificate authorities to trust.
    cacert: PathBuf = "cacert";
    /// PEM file of the client certificate.
    cert: PathBuf = "cert";
    /// PEM file of the client certificate's key.
    key: PathBuf = "key";
    /// Accept every server certificate.
    insecure: bool = "insecure";
    /// URL of the proxy.
    proxy: SecretSource = "proxy";
    /// Addresses to use instead of asking the resolver.
    resolve: Vec<Resolve> = "resolve";
    /// Time until a connection must stand.
    connect_timeout: Duration = "connect-timeout";
    /// Time for a whole exchange.
    max_time: Duration = "max-time";
    /// Most octets of a response body.
    body_limit: ByteSize = "body-limit";
    /// Trials at the same time.
    concurrency: u32 = "concurrency";
    /// Most requests in a time.
    rate_limit: RateLimit = "rate-limit";
    /// Repetitions of a request that got no judgeable answer.
    retry: u32 = "retry";
    /// Wait before the first repetition.
    retry_interval: Duration = "retry-interval";
    /// Longest Retry-After that is obeyed.
    retry_cap: Duration = "retry-cap";
    /// By how much the clock of the target may be off.
    max_clock_skew: Duration = "max-clock-skew";
    /// File of waivers.
    waivers: PathBuf = "waivers";
    /// Folder of leases, journals and cached tokens.
    state_dir: PathBuf = "state-dir";
}

/// Tries after the first, where nobody says otherwise.
pub const RETRIES: u32 = 2;

/// How far the clocks of the target and of this machine may be apart, where nobody says otherwise.
pub const MAX_CLOCK_SKEW: Duration = Duration::from_secs(3600);

impl TargetConfig {
    /// What holds when nobody says otherwise.
    #[must_use]
    pub fn defaults() -> Self {
        let connection = super::Connection::new("");
        Self {
            connect_timeout: Some(connection.connect_timeout),
            max_time: Some(connection.max_time),
            body_limit: Some(ByteSize(connection.body_limit)),
            insecure: Some(false),
            concurrency: u32::try_from(ENDPOINTS.len()).ok(),
            retry: Some(RETRIES),
            retry_interval: Some(super::pace::Backoff::default().interval),
            retry_cap: Some(super::pace::Backoff::default().cap),
            max_clock_skew: Some(MAX_CLOCK_SKEW),
            ..Self::default()
        }
    }
}

/// Lays flags over environment over file over defaults.
#[must_use]
pub fn merge(flags: TargetConfig, env: TargetConfig, file: TargetConfig) -> Resolved {
    let resolved = lay(TargetConfig::defaults(), Origin::Default, Resolved::default());
    let resolved = lay(file, Origin::File, resolved);
    let resolved = lay(env, Origin::Environment, resolved);
    lay(flags, Origin::Flag, resolved)
}

fn value<T: Clone>(setting: Option<&Setting<T>>) -> Option<T> {
    setting.map(|setting| setting.value.clone())
}

impl Resolved {
    /// What the settings say about the target, with the capabilities that follow from them.
    #[must_use]
    pub fn profile(&self) -> Profile {
        let words = |setting: &Option<Setting<Words>>| value(setting.as_ref()).unwrap_or_default().0;
        // What no capability is was refused before.
        let declared = words(&self.capabilities);
        let mut capabilities: BTreeSet<Capability> = declared.iter().filter_map(|word| word.parse().ok()).collect();
        let follows = [
            (Capability::Provision, self.provision.as_ref().is_some_and(|p| p.value == Provision::Create)),
            (Capability::DerivedJob, self.derived_jobs.is_some()),
            (Capability::Alias, self.alias.is_some()),
            (Capability::ScopedToken, self.scoped_token.is_some()),
            (Capability::PersonalToken, self.personal_token.is_some()),
            // What needs a job of that tenant too is gated by the job.
            (Capability::SecondTenant, self.second_tenant_token.is_some()),
        ];
        capabilities.extend(follows.iter().filter(|(_, holds)| *holds).map(|(capability, _)| *capability));
        Profile {
            capabilities,
            not_offered: words(&self.not_offered),
            read_only: words(&self.read_only),
            computed: words(&self.computed),
            volatile: words(&self.volatile),
            permitted: value(self.permitted.as_ref()).unwrap_or_default().0,
            settle_ms: value(self.settle_ms.as_ref()).unwrap_or_default(),
            ids_ignore_case: value(self.ids_ignore_case.as_ref()).unwrap_or_default(),
            alias: value(self.alias.as_ref()),
            excused: value(self.excused.as_ref()).unwrap_or_default(),
        }
    }
}
