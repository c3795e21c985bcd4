//! Arguments that say whom to test, and the [`Target`] made of them.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use crate::contract::endpoint::{self, ENDPOINTS};
use crate::model::profile::{CAPABILITIES, Profile};
use crate::model::secret::{Scrubber, Secret};
use crate::reference;
use crate::runner::{Credentials, Target};
use crate::target::token::SecretSource;
use crate::target::{Client, Connection, Resolve};

/// Whom to test.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Target")]
pub struct TargetArgs {
    /// Service root of the server under test, for example <https://host/v1.0>
    #[arg(long, value_name = "URL", env = "PATCHPROOF_BASE_URL")]
    pub base_url: Option<String>,
    /// Bearer token; better in the environment than here
    #[arg(long, value_name = "TOKEN", env = "PATCHPROOF_TOKEN", hide_env_values = true)]
    pub token: Option<String>,
    /// File that holds the token
    #[arg(long, value_name = "FILE", env = "PATCHPROOF_TOKEN_FILE", conflicts_with = "token")]
    pub token_file: Option<PathBuf>,
    /// Command that prints the token
    #[arg(long, value_name = "COMMAND", env = "PATCHPROOF_TOKEN_COMMAND", conflicts_with_all = ["token", "token_file"])]
    pub token_command: Option<String>,
    /// Job that may be patched and is put back afterwards; repeatable, two per collection allow isolation tests
    #[arg(long = "job", value_name = "COLLECTION=ID", env = "PATCHPROOF_JOBS", value_delimiter = ',')]
    pub job: Vec<String>,
    /// What the target offers beyond PATCH
    #[arg(long = "capability", value_name = "NAME", value_delimiter = ',', env = "PATCHPROOF_CAPABILITIES")]
    pub capabilities: Vec<String>,
    /// Collection that the target does not offer
    #[arg(long, value_name = "COLLECTION", value_delimiter = ',')]
    pub not_offered: Vec<String>,
    /// How the same id on two paths relates: shared or independent
    #[arg(long, value_name = "HOW")]
    pub alias: Option<String>,
    /// Token without the needed permission
    #[arg(long, value_name = "TOKEN", env = "PATCHPROOF_SCOPED_TOKEN", hide_env_values = true)]
    pub scoped_token: Option<String>,
    /// Token of a personal account
    #[arg(long, value_name = "TOKEN", env = "PATCHPROOF_PERSONAL_TOKEN", hide_env_values = true)]
    pub personal_token: Option<String>,
    /// Token of a second tenant
    #[arg(long, value_name = "TOKEN", env = "PATCHPROOF_SECOND_TENANT_TOKEN", hide_env_values = true)]
    pub second_tenant_token: Option<String>,
    /// Header that goes with every request
    #[arg(short = 'H', long = "header", value_name = "NAME: VALUE")]
    pub headers: Vec<String>,
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
    #[arg(short = 'x', long, value_name = "URL", env = "PATCHPROOF_PROXY", hide_env_values = true)]
    pub proxy: Option<String>,
    /// Address to use for a host: HOST:PORT:ADDRESS
    #[arg(long, value_name = "HOST:PORT:ADDR")]
    pub resolve: Vec<String>,
    /// Time until a connection must stand
    #[arg(long, value_name = "TIME", value_parser = humantime::parse_duration)]
    pub connect_timeout: Option<Duration>,
    /// Time for a whole exchange
    #[arg(short = 'm', long, value_name = "TIME", value_parser = humantime::parse_duration)]
    pub max_time: Option<Duration>,
    /// Octets of a response body that are read
    #[arg(long, value_name = "OCTETS")]
    pub body_limit: Option<usize>,
}

/// A target, and the embedded server behind it where that is the target.
pub struct Aim {
    /// The target.
    pub target: Target,
    /// Kept so that it runs as long as the aim lives.
    pub embedded: Option<reference::Server>,
}

/// The tokens that the embedded server knows besides the valid one.
const SCOPED: &str = "patchproof-token-without-the-permission";
const PERSONAL: &str = "patchproof-token-of-a-personal-account";
const SECOND_TENANT: &str = "patchproof-token-of-the-second-tenant";

/// The embedded server with these faults and variations, as a target.
///
/// # Errors
/// When no loopback port is free.
pub fn embedded(
    faults: Vec<&'static reference::Fault>,
    variations: Vec<&'static reference::Variation>,
    args: &TargetArgs,
) -> Result<Aim, String> {
    let options = reference::Options {
        faults,
        variations,
        scoped_token: Some(SCOPED.to_owned()),
        personal_token: Some(PERSONAL.to_owned()),
        second_tenant_token: Some(SECOND_TENANT.to_owned()),
        ..reference::Options::default()
    };
    let server =
        reference::Server::start(options).map_err(|error| format!("the embedded server did not start: {error}"))?;
    let mut connection = connection(args, server.base_url())?;
    connection.max_time = args.max_time.unwrap_or(Duration::from_secs(10));
    let mut jobs: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (collection, id) in server.jobs() {
        jobs.entry(collection.clone()).or_default().push(id.clone());
    }
    let profile = Profile {
        capabilities: server.capabilities().into_iter().map(str::to_owned).collect(),
        alias: Some(crate::model::profile::Alias::Independent),
        ..Profile::default()
    };
    let target = Target {
        client: Client::new(&connection).map_err(|error| error.to_string())?,
        credentials: Credentials {
            valid: Some(Secret::new(server.token())),
            scoped: Some(Secret::new(SCOPED)),
            personal: Some(Secret::new(PERSONAL)),
            second_tenant: Some(Secret::new(SECOND_TENANT)),
        },
        profile,
        jobs,
        disposable: true,
        loopback: true,
        derived: server.derived_jobs().iter().cloned().collect(),
        foreign: BTreeMap::new(),
        other_tenant: None,
        variables: pairs(&args.variables, "--variable")?.into_iter().collect(),
    };
    Ok(Aim { target, embedded: Some(server) })
}

impl TargetArgs {
    /// The target that the arguments name; without one, the embedded server.
    ///
    /// # Errors
    /// One sentence for people: what is wrong and how to mend it.
    pub async fn aim(&self) -> Result<Aim, String> {
        let Some(base_url) = &self.base_url else { return embedded(Vec::new(), Vec::new(), self) };
        let jobs = self.permitted_jobs()?;
        let token = match (&self.token, &self.token_file, &self.token_command) {
            (Some(token), _, _) => Some(SecretSource::Given(Secret::new(token.trim()))),
            (_, Some(path), _) => Some(SecretSource::File(path.clone())),
            (_, _, Some(command)) => Some(SecretSource::Command(command.clone())),
            _ => None,
        };
        let valid = match token {
            Some(source) => Some(source.read(&Scrubber::default()).await.map_err(|error| error.to_string())?),
            None => None,
        };
        let connection = connection(self, base_url.clone())?;
        let client = Client::new(&connection).map_err(|error| error.to_string())?;
        let loopback = url::Url::parse(base_url).ok().is_some_and(|url| match url.host() {
            Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
            Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
            Some(url::Host::Domain(name)) => name == "localhost",
            None => false,
        });
        let secret = |text: &Option<String>| text.as_deref().map(Secret::new);
        let target = Target {
            client,
            credentials: Credentials {
                valid,
                scoped: secret(&self.scoped_token),
                personal: secret(&self.personal_token),
                second_tenant: secret(&self.second_tenant_token),
            },
            profile: self.profile(&jobs)?,
            jobs,
            disposable: false,
            loopback,
            derived: BTreeMap::new(),
            foreign: BTreeMap::new(),
            other_tenant: None,
            variables: pairs(&self.variables, "--variable")?.into_iter().collect(),
        };
        Ok(Aim { target, embedded: None })
    }

    fn permitted_jobs(&self) -> Result<BTreeMap<String, Vec<String>>, String> {
        let mut jobs: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (collection, id) in pairs(&self.job, "--job")? {
            if endpoint::by_collection(&collection).is_none() {
                return Err(format!("--job {collection}={id}: no such collection{}", nearest(&collection)));
            }
            let ids = jobs.entry(collection).or_default();
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        if jobs.is_empty() {
            return Err("no job of the target may be patched; permit some with one of\n  \
                        --job COLLECTION=ID      a job that may be patched (repeatable); it is put back afterwards\n  \
                        --provision create       jobs made for the run with POST and deleted afterwards\n  \
                        --provision discover     jobs that the target lists"
                .to_owned());
        }
        Ok(jobs)
    }

    fn profile(&self, jobs: &BTreeMap<String, Vec<String>>) -> Result<Profile, String> {
        let mut profile = Profile::default();
        for word in &self.capabilities {
            // `alias=shared` says at once that it is declared and how.
            let (word, value) = word.split_once('=').map_or((word.as_str(), None), |(word, value)| (word, Some(value)));
            if !CAPABILITIES.contains(&word) {
                let near = CAPABILITIES
                    .iter()
                    .min_by_key(|known| strsim::levenshtein(known, word))
                    .copied()
                    .unwrap_or_default();
                return Err(format!("--capability {word:?}: no such capability; did you mean {near}?"));
            }
            if let ("alias", Some(how)) = (word, value) {
                profile.alias = Some(alias(how)?);
            }
            profile.capabilities.insert(word.to_owned());
        }
        if let Some(how) = &self.alias {
            profile.alias = Some(alias(how)?);
        }
        for name in &self.not_offered {
            if endpoint::by_collection(name).is_none() {
                return Err(format!("--not-offered {name:?}: no such collection{}", nearest(name)));
            }
            if jobs.contains_key(name) {
                return Err(format!("--not-offered {name}: a job of this collection is given as well"));
            }
            profile.not_offered.insert(name.clone());
        }
        Ok(profile)
    }
}

fn alias(how: &str) -> Result<crate::model::profile::Alias, String> {
    match how {
        "shared" => Ok(crate::model::profile::Alias::Shared),
        "independent" => Ok(crate::model::profile::Alias::Independent),
        other => Err(format!("--alias {other:?}: expected shared or independent")),
    }
}

fn nearest(name: &str) -> String {
    let known = ENDPOINTS.iter().map(|endpoint| endpoint.collection);
    let near = known.min_by_key(|known| strsim::levenshtein(known, name)).unwrap_or_default();
    format!("; did you mean {near}?")
}

fn pairs(texts: &[String], flag: &str) -> Result<Vec<(String, String)>, String> {
    texts
        .iter()
        .map(|text| {
            text.split_once('=')
                .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
                .filter(|(name, value)| !name.is_empty() && !value.is_empty())
                .ok_or_else(|| format!("{flag} {text:?}: expected NAME=VALUE"))
        })
        .collect()
}

fn connection(args: &TargetArgs, base_url: String) -> Result<Connection, String> {
    let mut connection = Connection::new(base_url);
    if let Some(time) = args.connect_timeout {
        connection.connect_timeout = time;
    }
    if let Some(time) = args.max_time {
        connection.max_time = time;
    }
    if let Some(limit) = args.body_limit {
        connection.body_limit = limit;
    }
    connection.cacert.clone_from(&args.cacert);
    connection.cert.clone_from(&args.cert);
    connection.key.clone_from(&args.key);
    connection.insecure = args.insecure;
    connection.proxy = args.proxy.as_deref().map(Secret::new);
    connection.resolve = args
        .resolve
        .iter()
        .map(|text| text.parse::<Resolve>().map_err(|error| error.to_string()))
        .collect::<Result<_, _>>()?;
    for text in &args.headers {
        let (name, value) = text.split_once(':').ok_or_else(|| format!("--header {text:?}: expected NAME: VALUE"))?;
        connection.headers.push((name.trim().to_owned(), value.trim().to_owned()));
    }
    Ok(connection)
}
