//! What a run knows of its target: how to reach it, with which credentials and jobs, and in what state each job is.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use serde_json::Value;

use super::welcome::Welcome;
use crate::model::case::{MadeBody, Step};
use crate::model::exchange::Exchange;
use crate::model::profile::Profile;
use crate::model::secret::{Scrubber, Secret};
use crate::model::witness::{Known, Witness};
use crate::target::config::Provision;
use crate::target::pace::{Backoff, Pace};
use crate::target::service::{ATTEMPTS, Service, Watch};
use crate::target::token::Token;
use crate::target::{Authorization, Client, Outgoing, RateLimit, TOKEN_PLACEHOLDER};

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

/// How a job is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReadVia {
    /// GET of the job URL.
    Get,
    /// PATCH with `{}`, whose answer is the job.
    EmptyPatch,
    /// Not at all.
    None,
}

impl ReadVia {
    /// The word in reports.
    #[must_use]
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::EmptyPatch => "empty-patch",
            Self::None => "none",
        }
    }
}

/// What is known of one job.
#[derive(Debug, Clone)]
pub(super) struct JobState {
    /// Its id.
    pub id: String,
    /// How it is read.
    pub via: ReadVia,
    /// The job as last seen; `None` when something may have changed it since.
    pub known: Option<Arc<Value>>,
    /// The job as the last GET showed it.
    pub last_read: Option<Arc<Value>>,
    /// Its `ETag` as last seen.
    pub etag: Option<String>,
    /// The `ETag` before the last change.
    pub old_etag: Option<String>,
    /// The job before the run touched it.
    pub original: Option<Arc<Value>>,
    /// The same without the members beyond the model that a request named since.
    pub first: Option<Arc<Value>>,
    /// Ids of the collection before the run updated any job of it.
    pub listed: Option<Arc<Value>>,
    /// Exchanges in a row that came to nothing, however often they were tried.
    pub starving: u32,
    /// Updates whose answer was lost.
    pub lost: Vec<Arc<Value>>,
    /// What became of the valid updates.
    pub welcome: Welcome,
}

impl JobState {
    /// A job of which nothing is known yet.
    pub(super) fn of(id: &str, via: ReadVia) -> Self {
        Self {
            id: id.to_owned(),
            via,
            known: None,
            last_read: None,
            etag: None,
            old_etag: None,
            original: None,
            first: None,
            listed: None,
            starving: 0,
            lost: Vec::new(),
            welcome: Welcome::default(),
        }
    }

    /// What a request names beyond the model may change from here on; what another method than PATCH leaves is open. A
    /// job that is written back as it was read names nothing new.
    pub(super) fn named(&mut self, step: &Step, exchange: &Exchange) {
        let Some(first) = &mut self.first else { return };
        if exchange.request.method != "PATCH" {
            self.first = exchange.status().is_some_and(|status| status >= 400).then(|| first.clone());
            return;
        }
        let sent = exchange.request.json.as_deref().and_then(Value::as_object);
        let written_back = step.request.body_made.is_some_and(MadeBody::is_write_back);
        let Some(sent) = sent.filter(|_| !written_back) else { return };
        let names = |job: &Value| job.as_object().is_some_and(|job| sent.keys().any(|name| job.contains_key(name)));
        if names(first)
            && let Some(job) = Arc::make_mut(first).as_object_mut()
        {
            job.retain(|name, _| !sent.contains_key(name));
        }
    }

    /// Something else than a trial may have changed the job.
    pub(super) fn forget(&mut self) {
        self.known = None;
        self.last_read = None;
        self.etag = None;
        self.old_etag = None;
    }
}

/// A target during a run.
#[derive(Debug)]
pub struct Session {
    /// The target.
    pub target: Target,
    /// What is declared and was seen.
    pub profile: Arc<Profile>,
    /// Removes secrets from what is told.
    pub scrubber: Scrubber,
    /// Keeps all lanes together below the rate limit.
    pub(super) pace: Pace,
    seen_request_ids: RefCell<HashSet<u64>>,
    refused: RefCell<Option<String>>,
    strays: RefCell<BTreeSet<(String, String)>>,
    requests: Cell<usize>,
    /// Exchanges in a row that did not reach the target.
    unreached: Cell<usize>,
    started: Instant,
    /// Is shown every exchange.
    pub(super) witness: Option<Arc<dyn Witness>>,
    /// How long housekeeping waits before it asks again.
    pub(super) backoff: Backoff,
    /// Ids of jobs that were made for this run.
    made: RefCell<BTreeSet<(String, String)>>,
}

impl Session {
    /// A session with a target.
    #[must_use]
    pub fn new(target: Target) -> Self {
        let profile = Arc::new(target.profile.clone());
        let secrets: Vec<Secret> = target.credentials.all().collect();
        let scrubber = target.scrubber.clone();
        scrubber.learn_all(&secrets);
        let pace = Pace::new(target.rate_limit);
        Self {
            target,
            profile,
            scrubber,
            pace,
            seen_request_ids: RefCell::default(),
            refused: RefCell::default(),
            strays: RefCell::default(),
            requests: Cell::new(0),
            unreached: Cell::new(0),
            started: Instant::now(),
            witness: None,
            backoff: Backoff::default(),
            made: RefCell::default(),
        }
    }

    /// Shows the witness, where there is one, an exchange that no trial is judged by.
    pub(super) fn aside(&self, purpose: &str, exchange: &Exchange) {
        if let Some(witness) = &self.witness {
            witness.aside(purpose, exchange, &self.known());
        }
    }

    /// The secrets at this time.
    pub(super) fn known(&self) -> Known<'_> {
        Known { secrets: self.target.credentials.all().collect(), scrubber: &self.scrubber }
    }

    /// Sends one request and notes what the run as a whole has to know of it.
    pub async fn send(&self, outgoing: Outgoing) -> Exchange {
        self.pace.wait().await;
        self.requests.set(self.requests.get() + 1);
        let at = self.started.elapsed();
        let mut exchange = self.target.client.send(outgoing).await;
        exchange.at = at;
        match exchange.response() {
            Some(response) => {
                self.unreached.set(0);
                if let Some(id) = response.header("request-id").filter(|id| !id.trim().is_empty()) {
                    let mut hasher = DefaultHasher::new();
                    id.hash(&mut hasher);
                    exchange.request_id_repeated = !self.seen_request_ids.borrow_mut().insert(hasher.finish());
                }
            }
            None => self.unreached.set(self.unreached.get() + 1),
        }
        exchange
    }

    /// Sends one request, and once more with another token where the valid one is refused although it should not be.
    pub(super) async fn send_renewing(&self, outgoing: Outgoing, judged: &dyn Fn(u16) -> bool) -> Exchange {
        let exchange = self.send(outgoing.clone()).await;
        if exchange.status() != Some(401) || judged(401) || !is_valid(&outgoing) {
            return exchange;
        }
        let (Some(token), Some(authorization)) = (&self.target.credentials.valid, &outgoing.authorization) else {
            return exchange;
        };
        match token.renew(&authorization.secret, &self.scrubber).await {
            Ok(Some(secret)) => {
                self.aside("refused, and sent again with another token", &exchange);
                let authorization = Some(Authorization { secret, ..authorization.clone() });
                self.send(Outgoing { authorization, ..outgoing }).await
            }
            _ => exchange,
        }
    }

    /// Reads the token anew where it says that it ends soon.
    pub(super) async fn refresh(&self) {
        if let Some(token) = self.target.credentials.valid.as_ref().filter(|token| token.is_due()) {
            // Where it fails, the target will refuse the old one, and that is told.
            let _ = token.get(&self.scrubber).await;
        }
    }

    /// From now on nothing can be judged, for this reason.
    pub(super) fn refuse(&self, why: &str) {
        self.refused.borrow_mut().get_or_insert_with(|| why.to_owned());
    }

    /// Why nothing can be judged any more.
    pub(super) fn refused(&self) -> Option<String> {
        self.refused.borrow().clone()
    }

    /// The valid token as it is now.
    pub(super) fn valid(&self) -> Option<Secret> {
        self.target.credentials.valid.as_ref().and_then(Token::current)
    }

    /// The target, for housekeeping. There is no use in insisting where it is gone.
    pub(super) fn service(&self) -> Service<'_> {
        Service {
            client: &self.target.client,
            token: self.target.credentials.valid.as_ref(),
            scrubber: &self.scrubber,
            if_match: self.profile.has("etag-required"),
            etag: None,
            watch: Some(self),
            attempts: if self.gone() { 1 } else { ATTEMPTS },
            pace: &self.pace,
            backoff: self.backoff,
        }
    }

    /// Notes a job that was made for this run.
    pub(super) fn made(&self, collection: &str, id: &str) {
        self.made.borrow_mut().insert((collection.to_owned(), id.to_owned()));
    }

    /// Whether the job may be treated in ways that cannot be put back: it was made for this run, or the user says so.
    pub(super) fn is_ours(&self, collection: &str) -> bool {
        let made = self.made.borrow();
        let is_made = |id: &String| made.contains(&(collection.to_owned(), id.clone()));
        // The capability follows from `provision`, and then it says nothing about jobs that were given besides.
        let said = self.profile.has("provision") && self.target.provision != Some(Provision::Create);
        self.target.disposable
            || said
            || self.target.jobs.get(collection).and_then(|ids| ids.first()).is_some_and(is_made)
    }

    /// Notes a job that the target made though it was not asked to, or because a case asked.
    pub(super) fn stray(&self, collection: String, id: String) {
        self.strays.borrow_mut().insert((collection, id));
    }

    /// The jobs that came about during the run.
    pub(super) fn strays(&self) -> Vec<(String, String)> {
        self.strays.borrow().iter().cloned().collect()
    }

    /// Requests sent so far.
    #[must_use]
    pub fn requests(&self) -> usize {
        self.requests.get()
    }

    /// So many exchanges in a row came to nothing that the target counts as gone.
    #[must_use]
    pub fn gone(&self) -> bool {
        self.unreached.get() >= 24
    }
}

impl Watch for Session {
    fn saw(&self, exchange: &Exchange) {
        self.requests.set(self.requests.get() + 1);
        self.aside("housekeeping", exchange);
    }
}

/// Whether the request carries the valid token in the way that every target takes.
pub(super) fn is_valid(outgoing: &Outgoing) -> bool {
    outgoing.authorization.as_ref().is_some_and(|authorization| {
        let shown = authorization.shown.split_once(' ');
        let taken = |(scheme, token): (&str, &str)| scheme.eq_ignore_ascii_case("bearer") && token == TOKEN_PLACEHOLDER;
        !authorization.in_query && shown.is_some_and(taken)
    })
}
