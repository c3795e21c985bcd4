//! The client: a request goes out, and whatever comes back becomes an [`Exchange`].
//!
//! The main type is [`Client`]. Nothing is followed, retried or judged here, apart from a GET or HEAD that met a kept
//! connection in the moment in which the server closed it (RFC 9110, section 9.2.2).

use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

use tokio::time::Sleep;

use super::broken::broken;
use super::connection::{Connection, TargetError};
use super::dial::Dialer;
pub use super::outgoing::{Authorization, Carrier, Outgoing, TOKEN_PLACEHOLDER};
use super::outgoing::{Prepared, is_sendable};
use super::pooled::PooledClient;
use super::wire::{Answer, Link, Message, ONE_WRITE};
use super::{content, proxy, root, tls};
use crate::model::case::Wire;
use crate::model::exchange::{Broken, BrokenKind, Exchange, Outcome, Response};
use crate::model::locked::Locked;

/// How long a kept connection may rest. Node.js closes after five seconds, most others later; not meeting that
/// moment is better than repeating a PATCH.
const REST: Duration = Duration::from_secs(4);

/// After so many kept connections that were closed, and too few exchanges on others, none is kept any more.
const CLOSED: usize = 3;
/// So many exchanges on kept connections are worth one that is closed.
const WORTH: usize = 16;

/// Sends requests to one target. Kept connections belong to the thread on whose runtime they were made; a client must
/// not outlive it.
pub struct Client {
    /// Base URL without a slash at its end.
    base: String,
    /// Path of the base URL, without a slash at its end.
    prefix: String,
    host: String,
    connection: Connection,
    dialer: Dialer,
    pooled: Option<PooledClient>,
    kept: Locked<Vec<(ThreadId, Link)>>,
    /// Exchanges that kept connections have carried.
    carried: AtomicUsize,
    /// Kept connections that the server closed instead of answering.
    closed: AtomicUsize,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("base", &self.base).finish_non_exhaustive()
    }
}

impl Client {
    /// A client for the target.
    ///
    /// # Errors
    /// When the base URL, a certificate or key file, the proxy or a header of the connection cannot be used.
    pub fn new(connection: &Connection) -> Result<Self, TargetError> {
        let url = root::parse(&connection.base_url)?;
        if let Some((name, _)) = connection.headers.iter().find(|(n, v)| !is_sendable(n) || !is_sendable(v)) {
            return Err(TargetError::Header(name.clone()));
        }
        let proxy = proxy::before(connection, &url)?;
        let is_https = url.scheme() == "https";
        let needs_pool = is_https || proxy.is_some();
        // Reading the system's certificate authorities takes milliseconds, so it is done only for TLS.
        let tls = if needs_pool { Some(tls::settings(connection)?) } else { None };
        let raw_tls = tls.as_ref().filter(|_| is_https).map(|tls| Arc::new(tls.clone()));
        let dialer = Dialer::new(connection, &url, proxy, raw_tls);
        let pooled = tls.map(|tls| PooledClient::new(connection, &url, tls, REST)).transpose()?;
        let prefix = url.path().trim_end_matches('/').to_owned();
        let host = url.host_str().unwrap_or_default();
        let host = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        Ok(Self {
            base: format!("{}://{host}{prefix}", url.scheme()),
            prefix,
            host,
            connection: connection.clone(),
            dialer,
            pooled,
            kept: Locked::new(Vec::new()),
            carried: AtomicUsize::new(0),
            closed: AtomicUsize::new(0),
        })
    }

    /// The base URL, without a slash at its end.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.base
    }

    /// Path and query, below the base URL, of a link in the answer to a request for the path `from`; `None` where it
    /// leads elsewhere.
    #[must_use]
    pub fn follow(&self, from: &str, link: &str) -> Option<String> {
        root::below(&self.base, from, link)
    }

    /// Sends one request and reads what comes back. Every way in which that can go wrong is part of the result.
    pub async fn send(&self, outgoing: Outgoing) -> Exchange {
        let started = Instant::now();
        let time = outgoing.within.map_or(self.connection.max_time, |time| time.min(self.connection.max_time));
        let request = Prepared::new(outgoing, &self.connection.headers);
        let mut raw = request.is_raw();
        let mut first = None;
        let sleep = pin!(tokio::time::sleep(time));
        let result = match (request.unsendable(), self.for_pool(&request, raw)) {
            (Some(why), _) => Err(broken(BrokenKind::Unsendable, why)),
            (None, Some((pooled, ready))) => {
                // Who answers early leaves the rest of a long body unread, and what comes next would stand behind it.
                let fresh = request.alone || request.body.len() > ONE_WRITE;
                let result = pooled.exchange(ready, fresh, self.connection.body_limit, sleep, &mut first).await;
                result.map_err(|lost| self.dialer.on_the_way(lost))
            }
            (None, None) => {
                raw |= self.pooled.is_some();
                self.over_wire(&request, raw, sleep, &mut first).await
            }
        };
        let total = started.elapsed();
        Exchange {
            request: request.record(&self.base, raw),
            outcome: match result {
                Ok(answer) => Outcome::Answered(self.response(answer)),
                Err(broken) => Outcome::Broken(broken),
            },
            at: Duration::ZERO,
            first_byte: first.map_or(Duration::ZERO, |first| first.duration_since(started)),
            total,
            request_id_repeated: false,
        }
    }

    /// The pooled client and the request as it takes it, where it is to do the exchange.
    fn for_pool(&self, request: &Prepared, raw: bool) -> Option<(&PooledClient, reqwest::Request)> {
        let pooled = self.pooled.as_ref().filter(|_| !raw)?;
        let url = format!("{}{}", self.base, request.path);
        Some((pooled, PooledClient::request(request, &url)?))
    }

    async fn over_wire(
        &self,
        request: &Prepared,
        raw: bool,
        mut sleep: Pin<&mut Sleep>,
        first: &mut Option<Instant>,
    ) -> Result<Answer, Broken> {
        let limit = self.connection.body_limit;
        let message = Message {
            method: &request.method,
            body: &request.body,
            wire: request.wire,
            trailer: (request.trailer.0, &request.trailer.1),
            limit,
        };
        let alone = request.alone || raw;
        let mut kept = if alone { None } else { self.kept_link() };
        loop {
            let reused = kept.is_some();
            let mut link = match kept.take() {
                Some(link) => link,
                None => Link::new(tokio::select! {
                    biased;
                    stream = self.dialer.dial() => stream?,
                    () = sleep.as_mut() => return Err(broken(BrokenKind::ConnectTimeout, "no connection in time")),
                }),
            };
            self.write_head(link.output(), request, alone);
            if let Wire::Reset(_) = request.wire {
                return Err(link.reset(&message, sleep).await);
            }
            let result = link.exchange(&message, sleep.as_mut(), raw).await;
            *first = link.first;
            if reused {
                self.note(&result, link.first);
            }
            match result {
                // A connection that was idle for too long is closed with a 408, which may cross the request: the server
                // has not received it, and it may be repeated over a new connection (RFC 9110, section 15.5.9).
                Ok(answer) if reused && answer.head.status == 408 && !answer.reusable => {
                    self.closed.fetch_add(1, Ordering::Relaxed);
                    *first = None;
                }
                Ok(answer) => {
                    if answer.reusable && !alone && self.connections_last() {
                        self.kept.lock().push((thread::current().id(), link));
                    }
                    return Ok(answer);
                }
                Err(error)
                    if reused
                        && first.is_none()
                        && error.kind == BrokenKind::Reset
                        && matches!(request.method.as_str(), "GET" | "HEAD") => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Notes what became of an exchange on a kept connection.
    fn note(&self, result: &Result<Answer, Broken>, first: Option<Instant>) {
        match result {
            Ok(_) => {
                self.carried.fetch_add(1, Ordering::Relaxed);
            }
            Err(error) if first.is_none() && error.kind == BrokenKind::Reset => {
                self.closed.fetch_add(1, Ordering::Relaxed);
            }
            Err(_) => {}
        }
    }

    /// Whether it makes sense to keep connections. A server may close each after its answer without saying so (RFC 9112,
    /// section 9.5), and a PATCH that meets such a moment cannot simply be sent again.
    fn connections_last(&self) -> bool {
        let closed = self.closed.load(Ordering::Relaxed);
        closed < CLOSED || self.carried.load(Ordering::Relaxed) / WORTH >= closed
    }

    /// A kept connection of this thread that is still good, the warmest first.
    fn kept_link(&self) -> Option<Link> {
        let here = thread::current().id();
        let mut kept = self.kept.lock();
        while let Some(at) = kept.iter().rposition(|(owner, _)| *owner == here) {
            let (_, mut link) = kept.remove(at);
            if link.rested.elapsed() < REST && link.is_quiet() {
                return Some(link);
            }
        }
        None
    }

    fn write_head(&self, out: &mut Vec<u8>, request: &Prepared, alone: bool) {
        let proxied = self.dialer.is_forwarded();
        let root = if proxied { &self.base } else { &self.prefix };
        let mut line = |parts: &[&str]| parts.iter().for_each(|part| out.extend_from_slice(part.as_bytes()));
        line(&[&request.method, " ", root, &request.path, " HTTP/1.1\r\n"]);
        if !request.has("host") {
            line(&["Host: ", &self.host, "\r\n"]);
        }
        for (name, value) in request.headers.iter().chain(&request.credential) {
            line(&[name, ": ", value, "\r\n"]);
        }
        if let Some(credentials) = self.dialer.proxy_credentials().filter(|_| proxied) {
            line(&["Proxy-Authorization: ", credentials, "\r\n"]);
        }
        if alone && !request.has("connection") {
            line(&["Connection: close\r\n"]);
        }
        if request.has("content-length") || request.has("transfer-encoding") {
            // The case frames its content itself.
        } else if request.wire.is_chunked() {
            line(&["Transfer-Encoding: chunked\r\n"]);
        } else if !request.is_bodyless() {
            line(&["Content-Length: ", &request.body.len().to_string(), "\r\n"]);
        }
        line(&["\r\n"]);
    }

    fn response(&self, answer: Answer) -> Response {
        let Answer { head, body, problem, .. } = answer;
        let wire_length = body.len() as u64;
        let (body, undecodable) = match &problem {
            // What was cut off cannot be decoded to its end, and saying so twice helps nobody.
            Some(_) => {
                let decoded = content::decode(body.clone(), head.all("content-encoding"), self.connection.body_limit);
                (if decoded.0.is_empty() { body } else { decoded.0 }, None)
            }
            None => content::decode(body, head.all("content-encoding"), self.connection.body_limit),
        };
        Response {
            status: head.status,
            reason: head.reason,
            version: head.version,
            headers: head.headers,
            body,
            wire_length,
            problem: problem.or(undecodable),
            parsed: OnceLock::new(),
        }
    }
}
