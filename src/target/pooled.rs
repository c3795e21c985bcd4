//! Exchanges left to reqwest: TLS with HTTP/2 where it is offered, and proxies.
//!
//! The main type is [`PooledClient`]. Redirects are not followed, content is not decoded, no cookie is kept.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::pin::Pin;
use std::sync::OnceLock;
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use http::header::{HeaderName, HeaderValue};
use http::{HeaderMap, Method, Version};
use tokio::time::Sleep;
use url::Url;

use super::broken::{broken, chain, from_reqwest};
use super::connection::{Connection, TargetError};
use super::head::{Head, MOST_HEAD, unusual};
use super::outgoing::Prepared;
use super::proxy;
use super::root::is_loopback;
use super::wire::Answer;
use crate::model::exchange::{BodyProblem, Broken, BrokenKind};
use crate::model::locked::Locked;

/// Headers that belong to the library or that it would act upon.
const RESERVED: [&str; 8] =
    ["connection", "content-length", "expect", "host", "keep-alive", "te", "transfer-encoding", "upgrade"];

/// The HTTP library, set up for one target.
pub(super) struct PooledClient {
    /// A pool for each thread: a connection lives on the runtime that made it.
    pooled: Locked<HashMap<ThreadId, reqwest::Client>>,
    rest: Duration,
    fresh: OnceLock<reqwest::Client>,
    connection: Connection,
    base: Url,
    tls: rustls::ClientConfig,
}

impl PooledClient {
    pub(super) fn new(
        connection: &Connection,
        base: &Url,
        mut tls: rustls::ClientConfig,
        rest: Duration,
    ) -> Result<Self, TargetError> {
        tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let pooled = Locked::default();
        let (connection, base) = (connection.clone(), base.clone());
        let library = Self { pooled, rest, fresh: OnceLock::new(), connection, base, tls };
        library.pooled()?;
        Ok(library)
    }

    /// The client of this thread.
    fn pooled(&self) -> Result<reqwest::Client, TargetError> {
        let mut pooled = self.pooled.lock();
        match pooled.entry(thread::current().id()) {
            Entry::Occupied(known) => Ok(known.get().clone()),
            Entry::Vacant(place) => {
                let builder = build(&self.connection, &self.base, &self.tls)?.pool_idle_timeout(self.rest);
                let client = builder.build().map_err(|error| TargetError::Http(chain(&error)))?;
                Ok(place.insert(client).clone())
            }
        }
    }

    fn fresh(&self) -> Result<&reqwest::Client, TargetError> {
        if let Some(client) = self.fresh.get() {
            return Ok(client);
        }
        let client = build(&self.connection, &self.base, &self.tls)
            .and_then(|b| b.pool_max_idle_per_host(0).build().map_err(|error| TargetError::Http(chain(&error))))?;
        Ok(self.fresh.get_or_init(|| client))
    }

    /// The request as the library takes it, or `None` where it would change something or add to it.
    pub(super) fn request(prepared: &Prepared, url: &str) -> Option<reqwest::Request> {
        let parsed = Url::parse(url).ok().filter(|parsed| parsed.as_str() == url)?;
        let mut request = reqwest::Request::new(Method::from_bytes(prepared.method.as_bytes()).ok()?, parsed);
        let headers = || prepared.headers.iter().chain(&prepared.credential);
        let mut map = HeaderMap::with_capacity(headers().count() + 2);
        for (name, value) in headers() {
            let parsed = HeaderName::from_bytes(name.as_bytes()).ok()?;
            let unusual = name.len() > 2 && name.bytes().all(|b| b.is_ascii_uppercase());
            if unusual || RESERVED.contains(&parsed.as_str()) {
                return None;
            }
            map.append(parsed, HeaderValue::from_bytes(value.as_bytes()).ok()?);
        }
        if !map.contains_key(http::header::ACCEPT) {
            return None;
        }
        *request.headers_mut() = map;
        if !prepared.is_bodyless() {
            *request.body_mut() = Some(prepared.body.clone().into());
        }
        Some(request)
    }

    /// Sends and reads; `first` is set when the head has come.
    pub(super) async fn exchange(
        &self,
        request: reqwest::Request,
        fresh: bool,
        limit: usize,
        mut sleep: Pin<&mut Sleep>,
        first: &mut Option<Instant>,
    ) -> Result<Answer, Broken> {
        let client = if fresh { self.fresh().cloned() } else { self.pooled() };
        let client = client.map_err(|error| broken(BrokenKind::Unsendable, error.to_string()))?;
        let response = tokio::select! {
            biased;
            result = client.execute(request) => result.map_err(from_reqwest)?,
            () = sleep.as_mut() => return Err(broken(BrokenKind::Timeout, "no answer in time")),
        };
        *first = Some(Instant::now());
        let version = match response.version() {
            Version::HTTP_2 => "HTTP/2",
            Version::HTTP_10 => "HTTP/1.0",
            _ => "HTTP/1.1",
        };
        let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers = response.headers().iter().map(|(n, v)| (n.as_str().to_owned(), text(v))).collect();
        let status = response.status().as_u16();
        let phrase = response.extensions().get::<hyper::ext::ReasonPhrase>();
        let reason = phrase.and_then(|phrase| unusual(status, phrase.as_bytes()));
        let head = Head { status, reason, version, headers, length: 0 };
        let (body, problem) = read(response, limit, sleep).await;
        Ok(Answer { head, body, problem, reusable: false })
    }
}

fn build(
    connection: &Connection,
    base: &Url,
    tls: &rustls::ClientConfig,
) -> Result<reqwest::ClientBuilder, TargetError> {
    let mut builder = reqwest::Client::builder()
        .tls_backend_preconfigured(tls.clone())
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .connect_timeout(connection.connect_timeout)
        .http2_max_header_list_size(u32::try_from(MOST_HEAD).unwrap_or(u32::MAX));
    if let Some(proxy) = &connection.proxy {
        let proxy = reqwest::Proxy::all(proxy::url(proxy.expose(), base).as_ref())
            .map_err(|error| TargetError::Proxy(chain(&error)))?;
        builder = builder.proxy(proxy);
    } else if is_loopback(base) {
        builder = builder.no_proxy();
    }
    for entry in &connection.resolve {
        let addresses: Vec<_> = entry.addresses.iter().map(|ip| (*ip, entry.port).into()).collect();
        builder = builder.resolve_to_addrs(&entry.host, &addresses);
    }
    Ok(builder)
}

async fn read(
    mut response: reqwest::Response,
    limit: usize,
    mut sleep: Pin<&mut Sleep>,
) -> (Bytes, Option<BodyProblem>) {
    let announced = response.content_length();
    let mut body = BytesMut::new();
    loop {
        let chunk = tokio::select! {
            biased;
            chunk = response.chunk() => chunk,
            () = sleep.as_mut() => return (body.freeze(), Some(BodyProblem::TimedOut)),
        };
        match chunk {
            Ok(None) => return (body.freeze(), None),
            Ok(Some(chunk)) => {
                let room = limit - body.len();
                body.extend_from_slice(&chunk[..chunk.len().min(room)]);
                if chunk.len() > room || (body.len() == limit && announced.is_some_and(|all| all > limit as u64)) {
                    return (body.freeze(), Some(BodyProblem::TooLarge(limit as u64)));
                }
            }
            Err(error) => {
                let of = announced.map_or_else(String::new, |all| format!(" of {all}"));
                let words = chain(&error.without_url());
                let problem = BodyProblem::CutOff(format!("{}{of} octets came: {words}", body.len()));
                return (body.freeze(), Some(problem));
            }
        }
    }
}
