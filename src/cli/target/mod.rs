//! Whom to test: the arguments, the layers under them, and the [`Aim`] made of both.
//!
//! Flag over environment over file over default; which of them each value came from is what `--show-config` prints.

mod aim;
mod conflicts;
mod credential;
mod layers;
mod show;
mod slip;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

pub use aim::{Aim, embedded, inside};
pub(super) use layers::{Layers, NO_STATE_FOLDER, lint, waivers_of};

use crate::model::secret::Secret;
use crate::target::RateLimit;
use crate::target::config::{self, ByteSize, Headers, Provision, TargetConfig, Words, parse_duration, parse_size};
use crate::target::oauth::GrantType;
use crate::target::token::SecretSource;

/// Whom to test.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Target")]
pub struct TargetArgs {
    /// Service root of the server under test, for example <https://host/v1.0>
    #[arg(long, value_name = "URL")]
    pub base_url: Option<String>,
    /// Target in the configuration file
    #[arg(long, value_name = "NAME")]
    pub target: Option<String>,
    /// Configuration file; else patchproof.toml here or in a folder above
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Any setting of the file, for example settle-ms=250; repeatable
    #[arg(long, value_name = "KEY=VALUE")]
    pub set: Vec<Secret>,
    /// Bearer token; better in the environment (`PATCHPROOF_TOKEN`) than here
    #[arg(long, value_name = "TOKEN")]
    pub token: Option<Secret>,
    /// File that holds the token
    #[arg(long, value_name = "FILE", conflicts_with = "token")]
    pub token_file: Option<PathBuf>,
    /// Command that prints the token; run again when it expires
    #[arg(long, value_name = "COMMAND", conflicts_with_all = ["token", "token_file"])]
    pub token_command: Option<String>,
    /// OAuth 2.0 issuer that gives the token; the client's secret comes from `PATCHPROOF_OAUTH_CLIENT_SECRET`
    #[arg(long, value_name = "URL")]
    pub oauth_issuer: Option<String>,
    /// The client that asks the issuer
    #[arg(long, value_name = "ID")]
    pub oauth_client_id: Option<String>,
    /// What the token is to be good for: scopes separated by spaces
    #[arg(long, value_name = "SCOPES")]
    pub oauth_scope: Option<String>,
    /// How the token is got: client-credentials or device-code
    #[arg(long, value_name = "GRANT")]
    pub oauth_grant: Option<GrantType>,
    /// Job that may be patched and is put back afterwards; repeatable, two per collection allow isolation tests
    #[arg(long = "job", value_name = "COLLECTION=ID", value_delimiter = ',')]
    pub job: Vec<String>,
    /// Job of a derived type that may be patched and is put back afterwards
    #[arg(long = "derived-job", value_name = "COLLECTION=ID", value_delimiter = ',')]
    pub derived_job: Vec<String>,
    /// Where jobs come from when none are given: made and deleted, or those that the target lists
    #[arg(long, value_name = "HOW")]
    pub provision: Option<ProvisionMode>,
    /// What the target offers beyond PATCH
    #[arg(long = "capability", value_name = "NAME", value_delimiter = ',')]
    pub capabilities: Vec<String>,
    /// Collection that the target does not offer
    #[arg(long, value_name = "COLLECTION", value_delimiter = ',')]
    pub not_offered: Vec<String>,
    /// How the same id on two paths relates: shared or independent
    #[arg(long, value_name = "HOW")]
    pub alias: Option<String>,
    /// Token without the needed permission
    #[arg(long, value_name = "TOKEN")]
    pub scoped_token: Option<Secret>,
    /// Token of a personal account
    #[arg(long, value_name = "TOKEN")]
    pub personal_token: Option<Secret>,
    /// Token of a second tenant
    #[arg(long, value_name = "TOKEN")]
    pub second_tenant_token: Option<Secret>,
    /// Header that goes with every request
    #[arg(short = 'H', long = "header", value_name = "NAME: VALUE")]
    pub headers: Vec<Secret>,
    /// Value of {{var.NAME}} in cases
    #[arg(long = "variable", value_name = "NAME=VALUE")]
    pub variables: Vec<String>,
    /// Certificate authorities to trust, PEM
    #[arg(long, value_name = "FILE")]
    pub cacert: Option<PathBuf>,
    /// Client certificate, PEM
    #[arg(short = 'E', long, value_name = "FILE")]
    pub cert: Option<PathBuf>,
    /// Key of the client certificate, PEM
    #[arg(long, value_name = "FILE")]
    pub key: Option<PathBuf>,
    /// Accept any server certificate
    #[arg(short = 'k', long)]
    pub insecure: bool,
    /// Proxy
    #[arg(short = 'x', long, value_name = "URL")]
    pub proxy: Option<Secret>,
    /// Address to use for a host: HOST:PORT:ADDRESS
    #[arg(long, value_name = "HOST:PORT:ADDR")]
    pub resolve: Vec<String>,
    /// Time until a connection must stand
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    pub connect_timeout: Option<Duration>,
    /// Time for a whole exchange
    #[arg(short = 'm', long, value_name = "TIME", value_parser = parse_duration)]
    pub max_time: Option<Duration>,
    /// Octets of a response body that are read, for example 8MiB
    #[arg(long, value_name = "SIZE", value_parser = parse_size)]
    pub body_limit: Option<ByteSize>,
    /// Folder of leases and journals, shared by the runs of this machine
    #[arg(long, value_name = "DIR")]
    pub state_dir: Option<PathBuf>,
    /// How fast.
    #[command(flatten)]
    pub pace: PaceArgs,
}

/// How fast, and how patiently.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Pace")]
pub struct PaceArgs {
    /// Trials judged side by side: up to 6 one on each path, with more several on each that has several jobs
    /// [default: 6; 12 on the embedded server]
    #[arg(short = 'j', long = "jobs", value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub concurrency: Option<u32>,
    /// Most requests over all of them: 5/s, 100/m, or auto, which slows down while the target throttles
    #[arg(long, value_name = "RATE")]
    pub rate_limit: Option<RateLimit>,
    /// Tries after a lost connection, a 429 or a 503 [default: 2]
    #[arg(long, value_name = "N")]
    pub retry: Option<u32>,
    /// Pause before the first of them [default: 200ms]
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    pub retry_interval: Option<Duration>,
    /// Longest Retry-After that is obeyed [default: 30s]
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    pub retry_cap: Option<Duration>,
}

/// Where jobs come from when none are given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ProvisionMode {
    /// Made with POST, deleted at the end.
    Create,
    /// Taken from the list that GET of the collection gives.
    Discover,
}

impl TargetArgs {
    /// What the flags say.
    fn layer(&self) -> Result<TargetConfig, Vec<String>> {
        let mut wrong = Vec::new();
        let mut layer = config::from_pairs(self.set.iter().map(Secret::expose)).unwrap_or_else(|errors| {
            wrong.extend(errors.iter().map(|error| format!("--set {error}")));
            TargetConfig::default()
        });
        self.plain(&mut layer);
        let mut told = |flag: &str, why: String| wrong.push(format!("--{flag}: {why}"));
        let jobs = |flag: &str, given: &[String], told: &mut dyn FnMut(&str, String)| {
            let read = config::parse_jobs(&given.join(","));
            read.map_err(|why| told(flag, why)).ok().filter(|jobs| !jobs.is_empty())
        };
        put(&mut layer.jobs, jobs("job", &self.job, &mut told));
        put(&mut layer.derived_jobs, jobs("derived-job", &self.derived_job, &mut told));
        let mut alias = self.alias.as_deref();
        for word in &self.capabilities {
            // `alias=shared` says at once that it is declared and how.
            match word.split_once('=') {
                Some(("alias", how)) => alias = Some(how),
                _ => drop(layer.capabilities.get_or_insert_default().0.insert(word.clone())),
            }
        }
        if let Some(how) = alias {
            put(&mut layer.alias, how.parse().map_err(|why| told("alias", why)).ok());
        }
        self.lists(&mut layer, &mut told);
        if wrong.is_empty() { Ok(layer) } else { Err(wrong) }
    }

    /// The flags that may be repeated; `told` takes what is wrong with one.
    fn lists(&self, layer: &mut TargetConfig, told: &mut dyn FnMut(&str, String)) {
        for text in self.headers.iter().map(Secret::expose) {
            match text.split_once(':') {
                Some((name, value)) => {
                    let headers = layer.headers.get_or_insert_with(Headers::default);
                    headers.0.push((name.trim().to_owned(), given(value.trim())));
                }
                None => told("header", format!("{text:?}: expected NAME: VALUE")),
            }
        }
        for text in &self.variables {
            match text.split_once('=') {
                Some((name, value)) => {
                    layer.variables.get_or_insert_default().insert(name.trim().to_owned(), value.to_owned());
                }
                None => told("variable", format!("{text:?}: expected NAME=VALUE")),
            }
        }
        for text in &self.resolve {
            match text.parse() {
                Ok(entry) => layer.resolve.get_or_insert_default().push(entry),
                Err(error) => told("resolve", format!("{error}")),
            }
        }
    }

    /// The flags that are settings as they stand.
    fn plain(&self, layer: &mut TargetConfig) {
        put(&mut layer.base_url, self.base_url.clone());
        put(&mut layer.token, self.token.as_ref().map(|token| given(token.expose().trim())));
        put(&mut layer.token, self.token_file.clone().map(SecretSource::File));
        put(&mut layer.token, self.token_command.clone().map(SecretSource::Command));
        put(&mut layer.oauth_issuer, self.oauth_issuer.clone());
        put(&mut layer.oauth_client_id, self.oauth_client_id.clone());
        put(&mut layer.oauth_scope, self.oauth_scope.clone());
        put(&mut layer.oauth_grant, self.oauth_grant);
        put(&mut layer.scoped_token, self.scoped_token.as_ref().map(|secret| given(secret.expose())));
        put(&mut layer.personal_token, self.personal_token.as_ref().map(|secret| given(secret.expose())));
        put(&mut layer.second_tenant_token, self.second_tenant_token.as_ref().map(|secret| given(secret.expose())));
        put(&mut layer.provision, self.provision.map(ProvisionMode::setting));
        let words = Words(self.not_offered.iter().cloned().collect());
        put(&mut layer.not_offered, Some(words).filter(|words| !words.0.is_empty()));
        put(&mut layer.cacert, self.cacert.clone());
        put(&mut layer.cert, self.cert.clone());
        put(&mut layer.key, self.key.clone());
        put(&mut layer.insecure, self.insecure.then_some(true));
        put(&mut layer.proxy, self.proxy.as_ref().map(|secret| given(secret.expose())));
        put(&mut layer.connect_timeout, self.connect_timeout);
        put(&mut layer.max_time, self.max_time);
        put(&mut layer.body_limit, self.body_limit);
        put(&mut layer.state_dir, self.state_dir.clone());
        put(&mut layer.concurrency, self.pace.concurrency);
        put(&mut layer.rate_limit, self.pace.rate_limit);
        put(&mut layer.retry, self.pace.retry);
        put(&mut layer.retry_interval, self.pace.retry_interval);
        put(&mut layer.retry_cap, self.pace.retry_cap);
    }
}

impl ProvisionMode {
    fn setting(self) -> Provision {
        match self {
            Self::Create => Provision::Create,
            Self::Discover => Provision::Discover,
        }
    }
}

fn given(text: &str) -> SecretSource {
    SecretSource::Given(Secret::new(text))
}

/// A flag stands over `--set`.
fn put<T>(setting: &mut Option<T>, flag: Option<T>) {
    if flag.is_some() {
        *setting = flag;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The help repeats defaults as text, which nothing else would hold to the settings.
    #[test]
    fn the_help_names_the_defaults_of_the_settings() {
        let defaults = config::merge(TargetConfig::default(), TargetConfig::default(), TargetConfig::default()).shown();
        let command = TargetArgs::augment_args(clap::Command::new("patchproof"));
        let mut checked = Vec::new();
        for flag in command.get_arguments() {
            let help = flag.get_help().map(ToString::to_string).unwrap_or_default();
            let told = help.split_once("[default: ").and_then(|(_, rest)| rest.strip_suffix(']'));
            let setting = defaults.iter().find(|(key, ..)| flag.get_long() == Some(key));
            if let (Some(told), Some((key, value, _))) = (told, setting) {
                assert_eq!(told, value, "--{key}");
                checked.push(*key);
            }
        }
        assert_eq!(checked, ["retry", "retry-interval", "retry-cap"]);
    }
}
