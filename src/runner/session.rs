//! A target during a run: how it is sent to, what was seen of it, and what is to be told or undone at the end.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::sync::{RwLock, RwLockWriteGuard};
use tokio_util::sync::CancellationToken;

use super::additions::Additions;
use super::fixture;
use super::health::Health;
use super::newcomers::Newcomers;
use super::provenance::Provenance;
use super::rejected::Rejected;
use super::request_ids::RequestIds;
use super::target::Target;
use crate::model::capability::Capability;
use crate::model::exchange::Exchange;
use crate::model::locked::Locked;
use crate::model::profile::Profile;
use crate::model::secret::{Scrubber, Secret};
use crate::model::witness::{Known, Witness};
use crate::target::config::Provision;
use crate::target::journal::{JournalEntry, RestoreJournal};
use crate::target::pace::{Backoff, Pace};
use crate::target::service::{ATTEMPTS, Service, Watch};
use crate::target::token::Token;
use crate::target::{Authorization, Carrier, Outgoing};

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
    request_ids: RequestIds,
    /// Why nothing can be judged any more.
    refused: Locked<Option<String>>,
    requests: AtomicUsize,
    /// Whether the target still answers.
    pub(super) health: Health,
    started: Instant,
    /// Is shown every exchange.
    pub(super) witness: Option<Arc<dyn Witness>>,
    /// How long housekeeping waits before it asks again.
    pub(super) backoff: Backoff,
    /// Held for writing by whoever has to be alone with the target.
    turns: RwLock<()>,
    /// Cancelled when the user wants the run to end.
    pub(super) cancelled: CancellationToken,
    /// Updates carry all properties, as that of the page does.
    pub(super) whole_updates: bool,
    /// What requests named beyond the model.
    pub(super) additions: Additions,
    /// What was sent to which job.
    pub(super) provenance: Provenance,
    /// What was given and the target does not know.
    pub(super) rejected: Rejected,
    /// Where it is written down what is to be put back; none where nobody else can reach the target.
    pub(super) journal: Option<RestoreJournal>,
    /// Jobs that came about during the run.
    pub(super) newcomers: Newcomers,
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
            request_ids: RequestIds::default(),
            refused: Locked::default(),
            requests: AtomicUsize::new(0),
            health: Health::default(),
            started: Instant::now(),
            witness: None,
            backoff: Backoff::default(),
            turns: RwLock::default(),
            cancelled: CancellationToken::new(),
            whole_updates: false,
            additions: Additions::default(),
            provenance: Provenance::default(),
            rejected: Rejected::default(),
            journal: None,
            newcomers: Newcomers::default(),
        }
    }

    /// Waits, but no longer than until the user wants the run to end; false if that came first.
    pub(super) async fn rest(&self, wait: impl Future<Output = ()>) -> bool {
        self.cancelled.run_until_cancelled(wait).await.is_some()
    }

    /// Returns when the run is to end and the trials under way would take their turns under a rate limit for long.
    pub(super) async fn cut_short(&self) {
        self.cancelled.cancelled().await;
        if !self.pace.is_limited() {
            std::future::pending::<()>().await;
        }
        tokio::time::sleep(UNDER_WAY).await;
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
        let _beside_others = self.turns.read().await;
        self.exchange(outgoing).await
    }

    /// Until this is dropped nobody else sends, but for what goes through [`Session::exchange`].
    pub(super) async fn alone(&self) -> RwLockWriteGuard<'_, ()> {
        self.turns.write().await
    }

    /// How long the run has been under way.
    pub(super) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// One exchange, whoever else is to be [`alone`](Session::alone).
    pub(super) async fn exchange(&self, outgoing: Outgoing) -> Exchange {
        self.requests.fetch_add(1, Ordering::Relaxed);
        let at = self.elapsed();
        let mut exchange = self.target.client.send(outgoing).await;
        exchange.at = at;
        self.health.note(&exchange);
        if let Some(response) = exchange.response() {
            if response.status != 429 {
                self.pace.went_well();
            }
            let id = response.header("request-id").filter(|id| !id.trim().is_empty());
            exchange.request_id_repeated = id.is_some_and(|id| self.request_ids.is_repeated(id));
        }
        exchange
    }

    /// Sends one request, and once more with another token where the valid one is refused although it should not be.
    pub(super) async fn send_renewing(&self, outgoing: &Outgoing, judged: &dyn Fn(u16) -> bool) -> Exchange {
        let exchange = self.send(outgoing.clone()).await;
        if exchange.status() != Some(401) || judged(401) || !is_valid(outgoing) {
            return exchange;
        }
        let (Some(token), Some(authorization)) = (&self.target.credentials.valid, &outgoing.authorization) else {
            return exchange;
        };
        match token.renew(&authorization.secret, &self.scrubber).await {
            Ok(Some(secret)) => {
                self.aside("refused, and sent again with another token", &exchange);
                let authorization = Some(Authorization { secret, ..authorization.clone() });
                self.send(Outgoing { authorization, ..outgoing.clone() }).await
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
        self.refused.lock().get_or_insert_with(|| why.to_owned());
    }

    /// Why nothing can be judged any more.
    pub(super) fn refused(&self) -> Option<String> {
        self.refused.lock().clone()
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
            if_match: self.profile.has(Capability::EtagRequired),
            etag: None,
            watch: Some(self),
            attempts: if self.health.gone() { 1 } else { ATTEMPTS },
            pace: &self.pace,
            backoff: self.backoff,
        }
    }

    /// Whether the job may be treated in ways that cannot be put back: it was made for this run, or the user says so.
    pub(super) fn is_ours(&self, collection: &str, id: Option<&str>) -> bool {
        // The capability follows from `provision`, and then it says nothing about jobs that were given besides.
        let said = self.profile.has(Capability::Provision) && self.target.provision != Some(Provision::Create);
        self.target.disposable || said || id.is_some_and(|id| self.newcomers.is_made(collection, id))
    }

    /// Notes a job that the target made though it was not asked to, or because a case asked. The journal has it at once,
    /// so that it does not stay behind where the run is killed.
    pub(super) fn note_stray(&self, collection: &str, id: &str) {
        if !self.newcomers.note_stray(collection, id) {
            return;
        }
        if let Some(journal) = &self.journal {
            let entry = JournalEntry { created: true, ..fixture::entry(self, collection, id, Value::Null, true) };
            // What cannot be written down is deleted at the end all the same.
            let _ = journal.before([entry]);
        }
    }

    /// Notes the members beyond the model that an update names, before it is sent.
    pub(super) fn note_added(&self, outgoing: &Outgoing) {
        let names = self.additions.note(outgoing);
        if let Some(journal) = self.journal.as_ref().filter(|_| !names.is_empty()) {
            // Without it the names are known to the end of the run all the same.
            let _ = journal.added(names);
        }
    }

    /// Requests sent so far.
    #[must_use]
    pub fn requests(&self) -> usize {
        self.requests.load(Ordering::Relaxed)
    }
}

/// After an interrupt so long an exchange that is under way may take where a rate limit holds the rest up.
const UNDER_WAY: Duration = Duration::from_secs(1);

impl Watch for Session {
    fn saw(&self, exchange: &Exchange) {
        self.requests.fetch_add(1, Ordering::Relaxed);
        self.aside("housekeeping", exchange);
    }
}

/// Whether the request carries the valid token in the way that every target takes.
pub(super) fn is_valid(outgoing: &Outgoing) -> bool {
    outgoing.authorization.as_ref().is_some_and(|authorization| match &authorization.carrier {
        Carrier::Header(_, prefix) => authorization.valid && prefix.eq_ignore_ascii_case("Bearer "),
        Carrier::Headers(_) | Carrier::Query(_) | Carrier::Trailer => false,
    })
}
