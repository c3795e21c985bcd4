//! The server: answering on connections within the process, or on its own thread, with its own runtime, on a socket,
//! for as long as it is held.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::{Builder, JoinHandle};

use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tokio::io::{AsyncRead, AsyncWrite, DuplexStream};
use tokio::sync::oneshot;

use super::core::Core;
use super::effect::{Effects, Switch};
use super::fault::Need;
use super::http::serve;
use super::options::Options;
use super::store::{Particular, SECOND_TENANT, State};
use super::variation::{self, Variation};
use super::wire::{Sent, Wire};

/// Octets that a connection within the process holds in each direction.
const PIPE: usize = 64 * 1024;

/// The reference server without a socket: it answers on connections that are made within the process.
#[derive(Debug)]
pub struct Service {
    core: Arc<Core>,
    jobs: Vec<(String, String)>,
    particular: Particular,
}

impl Service {
    /// A server that nothing is connected to yet. A fault that shows only under some condition brings that
    /// along.
    #[must_use]
    pub fn new(options: Options) -> Self {
        Self::at("localhost", options)
    }

    fn at(authority: &str, mut options: Options) -> Self {
        complete(&mut options);
        let root = format!("http://{authority}{}", options.base_path);
        let (mut state, particular) = State::new(&options);
        let known = state.jobs.keys().map(|(collection, id)| ((*collection).to_owned(), id.clone()));
        let jobs = known.filter(|job| !particular.derived.contains(job) && !particular.foreign.contains(job)).collect();
        let effects = Effects::of(&options);
        if effects.on(Switch::DerivedJobs) {
            state.derive();
        }
        Self { core: Arc::new(Core::new(options, effects, root, state)), jobs, particular }
    }

    /// Makes connections, each of which is served by a task of the runtime that it is made on.
    pub fn connector(&self) -> impl Fn() -> DuplexStream + Send + Sync + 'static {
        let (core, connection) = (Arc::clone(&self.core), AtomicU64::new(0));
        move || {
            let (near, far) = tokio::io::duplex(PIPE);
            let number = connection.fetch_add(1, Ordering::Relaxed) + 1;
            tokio::spawn(attend(far, number, Arc::clone(&core)));
            near
        }
    }

    /// The service root as an absolute URL, without a slash at the end.
    #[must_use]
    pub fn base_url(&self) -> String {
        self.core.root.clone()
    }

    /// The token that may do everything.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.core.options.token
    }

    /// The jobs of the base type at the start, as (collection, id).
    #[must_use]
    pub fn jobs(&self) -> &[(String, String)] {
        &self.jobs
    }

    /// The jobs of a derived type at the start, as (collection, id); none if the options name jobs.
    #[must_use]
    pub fn derived_jobs(&self) -> &[(String, String)] {
        &self.particular.derived
    }

    /// The jobs of the second tenant at the start, as (collection, id); none without its token, or if the options name
    /// jobs.
    #[must_use]
    pub fn foreign_jobs(&self) -> &[(String, String)] {
        &self.particular.foreign
    }

    /// What the jobs of the second tenant have for a `tenantId` at the start.
    #[must_use]
    pub fn second_tenant_id(&self) -> &'static str {
        SECOND_TENANT
    }

    /// The capability words that hold with these options; `alias` is `independent`.
    #[must_use]
    pub fn capabilities(&self) -> Vec<&'static str> {
        let options = &self.core.options;
        let effects = &self.core.effects;
        let second = self.jobs.iter().any(|job| self.jobs.iter().any(|other| job.0 == other.0 && job.1 != other.1));
        let etag = !options.variations.iter().any(|variation| variation.without.contains(&"etag"));
        [
            ("readback", !effects.on(Switch::NoReads)),
            ("provision", true),
            ("second-job", second),
            ("derived-job", !self.particular.derived.is_empty()),
            ("etag", etag),
            ("etag-required", effects.on(Switch::IfMatchRequired)),
            ("upsert", options.variations.iter().any(|variation| variation.name == "upserts")),
            ("alias", true),
            ("scoped-token", options.scoped_token.is_some()),
            ("personal-token", options.personal_token.is_some()),
            ("second-tenant", options.second_tenant_token.is_some()),
            ("throttle", options.throttle.is_some() || effects.on(Switch::OneAtATime)),
        ]
        .into_iter()
        .filter_map(|(word, holds)| holds.then_some(word))
        .collect()
    }
}

/// A running reference server; it stops when dropped.
#[derive(Debug)]
pub struct Server {
    service: Service,
    addr: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Listens and serves.
    ///
    /// # Errors
    /// If the address cannot be listened on, or no thread can be made.
    pub fn start(options: Options) -> io::Result<Self> {
        let listener = TcpListener::bind(options.addr)?;
        listener.set_nonblocking(true)?;
        let addr = listener.local_addr()?;
        let service = Service::at(&addr.to_string(), options);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (stop, stopped) = oneshot::channel();
        let shared = Arc::clone(&service.core);
        let thread = Builder::new().name("reference".to_owned()).spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    _ = stopped => {}
                    () = accept(listener, shared) => {}
                }
            });
        })?;
        Ok(Self { service, addr, stop: Some(stop), thread: Some(thread) })
    }

    /// Where it listens.
    #[must_use]
    pub const fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Stops and waits for the end.
    pub fn stop(self) {
        drop(self);
    }
}

/// A server is a service that listens.
impl Deref for Server {
    type Target = Service;

    fn deref(&self) -> &Service {
        &self.service
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic of the thread was already printed; there is nobody left to tell.
            let _ = thread.join();
        }
    }
}

/// Requests in a second for a fault that shows under a limit only.
const LIMIT: u32 = 3;

/// Brings along what a fault needs to show.
fn complete(options: &mut Options) {
    for need in options.faults.iter().flat_map(|fault| fault.needs) {
        match need {
            Need::RateLimit => {
                options.throttle.get_or_insert(LIMIT);
            }
            Need::Throttle if options.throttle.is_some() => {}
            _ => {
                let wanted = need.variation().and_then(variation::variation);
                let is_there = |wanted: &&Variation| options.variations.iter().any(|there| there.name == wanted.name);
                options.variations.extend(wanted.filter(|wanted| !is_there(wanted)));
            }
        }
    }
}

async fn accept(listener: TcpListener, core: Arc<Core>) {
    let Ok(listener) = tokio::net::TcpListener::from_std(listener) else {
        return;
    };
    let mut connection = 0;
    loop {
        // Too many open files, or a client that is gone already: the next one may fare better.
        let Ok((socket, _)) = listener.accept().await else {
            tokio::task::yield_now().await;
            continue;
        };
        // Without it a small answer in two writes waits 40 ms for the acknowledgement of the first.
        let _ = socket.set_nodelay(true);
        connection += 1;
        tokio::spawn(attend(socket, connection, Arc::clone(&core)));
    }
}

/// Serves one connection to its end.
async fn attend<S>(stream: S, connection: u64, core: Arc<Core>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let sent = Arc::new(Sent::default());
    let wire = TokioIo::new(Wire::new(stream, Arc::clone(&core), Arc::clone(&sent)));
    let service = service_fn(|request| serve(Arc::clone(&core), connection, Arc::clone(&sent), request));
    let mut builder = auto::Builder::new(TokioExecutor::new());
    // A client that has said all it wants to say still gets its answer.
    builder.http1().half_close(true);
    let builder = if core.effects.on_wire() { builder.http1_only() } else { builder };
    // A connection that breaks is the client's affair.
    let _ = builder.serve_connection(wire, service).await;
}
