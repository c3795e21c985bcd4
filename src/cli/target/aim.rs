//! From settings to a [`Target`] that can be run against.

use std::collections::BTreeMap;
use std::time::Duration;

use super::super::write::scrubber;
use super::{Layers, TargetArgs};
use crate::model::profile::{Alias, Profile};
use crate::model::secret::{Scrubber, Secret};
use crate::model::token_variables::TokenVariables;
use crate::reference;
use crate::runner::{Credentials, Patience, Settings, Target};
use crate::target::config::{Jobs, Origin, Resolved, Setting};
use crate::target::root;
use crate::target::token::{SecretSource, Token};
use crate::target::{Client, Connection, Inside};

/// A target, and the embedded server behind it where that is the target.
pub struct Aim {
    /// The target.
    pub target: Target,
    /// Kept so that it runs as long as the aim lives.
    pub embedded: Option<reference::Server>,
    /// Trials side by side.
    pub concurrency: usize,
    /// Tries and pauses of one exchange.
    pub patience: Patience,
    /// By how much the clock of the target may be off.
    pub max_clock_skew: Duration,
}

impl Aim {
    /// A target that is elsewhere.
    fn at(target: Target, resolved: &Resolved) -> Self {
        let max_clock_skew = value(resolved.max_clock_skew.as_ref());
        Self {
            target,
            embedded: None,
            concurrency: concurrency(resolved),
            patience: patience(resolved),
            max_clock_skew: max_clock_skew.unwrap_or(Settings::default().max_clock_skew),
        }
    }

    /// Settings of a run with the pace of this target, and all else as it is by default.
    #[must_use]
    pub fn settings(&self) -> Settings {
        let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let Self { concurrency: jobs, patience, max_clock_skew, .. } = *self;
        Settings { jobs, threads, patience, max_clock_skew, ..Settings::default() }
    }
}

/// Time for one exchange with the embedded server.
const MAX_TIME: Duration = Duration::from_secs(10);

/// Trials side by side on the embedded server, which has two jobs in each collection.
const ON_EMBEDDED: u32 = 12;

/// The tokens that the embedded server knows besides the valid one. No part of one is a word that a report has to say.
const SCOPED: &str = "pp.scoped.91c3e87a5f20";
const PERSONAL: &str = "pp.personal.4b7f0c9e2d1a";
const SECOND_TENANT: &str = "pp.tenant-2.6ad0f3b81e57";

/// The reference server with these faults and variations within this process, as a target. It answers as long as its
/// connections are used on the runtime that they were made on.
///
/// # Errors
/// Never for settings that stand by default; what [`Client::new`] says otherwise.
pub fn inside(
    faults: Vec<&'static reference::Fault>,
    variations: Vec<&'static reference::Variation>,
) -> Result<Target, String> {
    let service = reference::Service::new(options(faults, variations));
    let mut connection = Connection::new(service.base_url());
    connection.max_time = MAX_TIME;
    connection.inside = Some(Inside::new(service.connector()));
    as_target(&service, &connection)
}

/// The embedded server with these faults and variations, as a target. Of the arguments only those count that are not
/// about another target: time limits, headers, variables, pace.
///
/// # Errors
/// When no loopback port is free.
pub fn embedded(
    faults: Vec<&'static reference::Fault>,
    variations: Vec<&'static reference::Variation>,
    args: &TargetArgs,
) -> Result<Aim, String> {
    let layers = args.layers_of_embedded(!faults.is_empty())?;
    start(faults, variations, &layers.resolved)
}

/// The settings with the defaults of the embedded server, which is quick. What is wrong with a server is told more
/// clearly where nobody else is at work beside a trial.
pub(super) fn on_embedded(mut resolved: Resolved, is_wrong: bool) -> Resolved {
    if let Some(time) = resolved.max_time.as_mut().filter(|time| time.origin == Origin::Default) {
        time.value = MAX_TIME;
    }
    if let Some(jobs) = resolved.concurrency.as_mut().filter(|jobs| jobs.origin == Origin::Default && !is_wrong) {
        jobs.value = ON_EMBEDDED;
    }
    resolved
}

fn options(
    faults: Vec<&'static reference::Fault>,
    variations: Vec<&'static reference::Variation>,
) -> reference::Options {
    reference::Options {
        faults,
        variations,
        scoped_token: Some(SCOPED.to_owned()),
        personal_token: Some(PERSONAL.to_owned()),
        second_tenant_token: Some(SECOND_TENANT.to_owned()),
        ..reference::Options::default()
    }
}

fn start(
    faults: Vec<&'static reference::Fault>,
    variations: Vec<&'static reference::Variation>,
    resolved: &Resolved,
) -> Result<Aim, String> {
    let server = reference::Server::start(options(faults, variations))
        .map_err(|error| format!("the embedded server did not start: {error}"))?;
    let mut connection = Connection::new(server.base_url());
    connection.max_time = value(resolved.max_time.as_ref()).unwrap_or(MAX_TIME);
    connection.body_limit = resolved.body_limit.as_ref().map_or(connection.body_limit, |limit| limit.value.0);
    for (name, source) in resolved.headers.iter().flat_map(|headers| &headers.value.0) {
        if let SecretSource::Given(value) = source {
            connection.headers.push((name.clone(), value.expose().to_owned()));
        }
    }
    let mut target = as_target(&server, &connection)?;
    target.variables = value(resolved.variables.as_ref()).unwrap_or_default();
    target.rate_limit = value(resolved.rate_limit.as_ref());
    Ok(Aim { embedded: Some(server), ..Aim::at(target, resolved) })
}

/// The reference server as a target that is reached by this connection.
fn as_target(service: &reference::Service, connection: &Connection) -> Result<Target, String> {
    let mut jobs: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (collection, id) in service.jobs() {
        jobs.entry(collection.clone()).or_default().push(id.clone());
    }
    let profile = Profile {
        capabilities: service.capabilities().into_iter().filter_map(|word| word.parse().ok()).collect(),
        alias: Some(Alias::Independent),
        ..Profile::default()
    };
    Ok(Target {
        client: Client::new(connection).map_err(|error| error.to_string())?,
        credentials: Credentials {
            valid: Some(Token::new(SecretSource::Given(Secret::new(service.token())))),
            scoped: Some(Secret::new(SCOPED)),
            personal: Some(Secret::new(PERSONAL)),
            second_tenant: Some(Secret::new(SECOND_TENANT)),
            others: Vec::new(),
            variables: TokenVariables::default(),
        },
        profile,
        jobs,
        disposable: true,
        loopback: true,
        derived: service.derived_jobs().iter().cloned().collect(),
        foreign: service.foreign_jobs().iter().cloned().collect(),
        other_tenant: Some(service.second_tenant_id().to_owned()),
        variables: BTreeMap::new(),
        provision: None,
        rate_limit: None,
        scrubber: scrubber(),
        state: None,
    })
}

impl TargetArgs {
    /// The target that the arguments name; without one, the embedded server.
    ///
    /// # Errors
    /// One sentence for people: what is wrong and how to mend it.
    pub async fn aim(&self) -> Result<Aim, String> {
        self.layers()?.aim().await
    }

    /// The same without its token, so that nobody is asked for it.
    pub(in crate::cli) async fn aim_in_silence(&self) -> Result<Aim, String> {
        self.layers()?.aim_in_silence().await
    }
}

impl Layers {
    /// The target that the settings describe; without a base URL, the embedded server.
    pub(in crate::cli) async fn aim(&self) -> Result<Aim, String> {
        let aim = self.aim_in_silence().await?;
        aim.fetch_token().await.map_err(|(problem, _)| problem)?;
        Ok(aim)
    }

    /// The same without its token: nobody is asked for it yet.
    pub(in crate::cli) async fn aim_in_silence(&self) -> Result<Aim, String> {
        let resolved = &self.resolved;
        let Some(base_url) = &resolved.base_url else {
            self.no_address()?;
            return start(Vec::new(), Vec::new(), resolved);
        };
        root::parse(&base_url.value).map_err(|error| error.to_string())?;
        let jobs = value(resolved.jobs.as_ref()).unwrap_or_default();
        if jobs.values().all(Vec::is_empty) && resolved.provision.is_none() {
            return Err(NO_JOBS.to_owned());
        }
        let (connection, others) = resolved.connection().await.map_err(|error| error.to_string())?;
        let scrubber = scrubber();
        scrubber.learn_all(&others);
        let variables = self.variables();
        scrubber.leave(variables.all());
        let client = Client::new(&connection).map_err(|error| scrubber.scrub(&error.to_string()).into_owned())?;
        let valid = self.token(&connection)?;
        let target = Target {
            loopback: url::Url::parse(&connection.base_url).is_ok_and(|url| root::is_loopback(&url)),
            client,
            credentials: Credentials {
                valid,
                scoped: read(resolved.scoped_token.as_ref(), &scrubber).await?,
                personal: read(resolved.personal_token.as_ref(), &scrubber).await?,
                second_tenant: read(resolved.second_tenant_token.as_ref(), &scrubber).await?,
                others,
                variables,
            },
            profile: resolved.profile(),
            jobs: without_repeats(jobs),
            disposable: false,
            derived: first(resolved.derived_jobs.as_ref()),
            foreign: first(resolved.second_tenant_jobs.as_ref()),
            other_tenant: value(resolved.second_tenant_id.as_ref()),
            variables: value(resolved.variables.as_ref()).unwrap_or_default(),
            provision: value(resolved.provision.as_ref()),
            rate_limit: value(resolved.rate_limit.as_ref()),
            scrubber,
            state: self.state_folder(),
        };
        Ok(Aim::at(target, resolved))
    }
}

const NO_JOBS: &str = "no job of the target may be patched; permit some with one of
  --job COLLECTION=ID      a job that may be patched (repeatable); it is put back afterwards
  --provision create       jobs made for the run with POST and deleted afterwards
  --provision discover     jobs that the target lists; they are put back afterwards";

pub(super) fn value<T: Clone>(setting: Option<&Setting<T>>) -> Option<T> {
    setting.map(|setting| setting.value.clone())
}

fn first(jobs: Option<&Setting<Jobs>>) -> BTreeMap<String, String> {
    let jobs = jobs.iter().flat_map(|jobs| &jobs.value);
    jobs.filter_map(|(collection, ids)| Some((collection.clone(), ids.first()?.clone()))).collect()
}

/// An id that was given twice is still one job.
fn without_repeats(mut jobs: Jobs) -> Jobs {
    for ids in jobs.values_mut() {
        let mut seen = std::collections::BTreeSet::new();
        ids.retain(|id| seen.insert(id.clone()));
    }
    jobs
}

async fn read(source: Option<&Setting<SecretSource>>, scrubber: &Scrubber) -> Result<Option<Secret>, String> {
    match source {
        Some(source) => source.value.read(scrubber).await.map(Some).map_err(|error| error.to_string()),
        None => Ok(None),
    }
}

fn concurrency(resolved: &Resolved) -> usize {
    let given = resolved.concurrency.as_ref().and_then(|setting| usize::try_from(setting.value).ok());
    given.unwrap_or(Settings::default().jobs).max(1)
}

pub(super) fn patience(resolved: &Resolved) -> Patience {
    let default = Settings::default().patience;
    Patience {
        retries: value(resolved.retry.as_ref()).unwrap_or(default.retries),
        interval: value(resolved.retry_interval.as_ref()).unwrap_or(default.interval),
        cap: value(resolved.retry_cap.as_ref()).unwrap_or(default.cap),
    }
}
