//! A server on its own thread, with its own runtime, for as long as it is held.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::{Builder, JoinHandle};

use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tokio::sync::oneshot;

use super::core::Core;
use super::effect::{Effects, Switch};
use super::fault::Fault;
use super::http::serve;
use super::options::Options;
use super::store::State;
use super::variation::{self, Variation};
use super::wire::{Sent, Wire};

/// A running reference server; it stops when dropped.
#[derive(Debug)]
pub struct Server {
    core: Arc<Core>,
    addr: SocketAddr,
    jobs: Vec<(String, String)>,
    derived: Vec<(String, String)>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Listens and serves. A fault that shows only under `etag-required`, `throttle` or `upsert` brings that along.
    ///
    /// # Errors
    /// If the address cannot be listened on, or no thread can be made.
    pub fn start(mut options: Options) -> io::Result<Self> {
        complete(&mut options);
        let listener = TcpListener::bind(options.addr)?;
        listener.set_nonblocking(true)?;
        let addr = listener.local_addr()?;
        let root = format!("http://{addr}{}", options.base_path);
        let (mut state, derived) = State::new(&options);
        let known = state.jobs.keys().map(|(collection, id)| ((*collection).to_owned(), id.clone()));
        let jobs = known.filter(|job| !derived.contains(job)).collect();
        let effects = Effects::of(&options);
        if effects.on(Switch::DerivedJobs) {
            state.derive();
        }
        let core = Arc::new(Core::new(options, effects, root, state));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (stop, stopped) = oneshot::channel();
        let shared = Arc::clone(&core);
        let thread = Builder::new().name("reference".to_owned()).spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    _ = stopped => {}
                    () = accept(listener, shared) => {}
                }
            });
        })?;
        Ok(Self { core, addr, jobs, derived, stop: Some(stop), thread: Some(thread) })
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
        &self.derived
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
            ("derived-job", !self.derived.is_empty()),
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

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic of the thread was already printed; there is nobody left to tell.
            let _ = thread.join();
        }
    }
}

/// Brings along what a fault needs to show.
fn complete(options: &mut Options) {
    let needs = |word: &str, faults: &[&'static Fault]| faults.iter().any(|fault| fault.needs.contains(&word));
    if needs("etag-required", &options.faults) {
        let required: Option<&'static Variation> = variation::variation("if-match-required");
        options.variations.extend(required);
    }
    if needs("throttle", &options.faults) && options.throttle.is_none() {
        let throttled: Option<&'static Variation> = variation::variation("overlapping-updates-throttled");
        options.variations.extend(throttled);
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
        let (core, sent) = (Arc::clone(&core), Arc::new(Sent::default()));
        let wire = TokioIo::new(Wire::new(socket, Arc::clone(&core), Arc::clone(&sent)));
        tokio::spawn(async move {
            let service = service_fn(|request| serve(Arc::clone(&core), connection, Arc::clone(&sent), request));
            let mut builder = auto::Builder::new(TokioExecutor::new());
            // A client that has said all it wants to say still gets its answer.
            builder.http1().half_close(true);
            let builder = if core.effects.on_wire() { builder.http1_only() } else { builder };
            // A connection that breaks is the client's affair.
            let _ = builder.serve_connection(wire, service).await;
        });
    }
}
