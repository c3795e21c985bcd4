//! The way through a proxy: which one stands before the target, and how a connection leads through it.
//!
//! Requests in plain HTTP are read by an HTTP proxy; everything else goes through a tunnel: CONNECT (RFC 9110, section
//! 9.3.6) or SOCKS (RFC 1928).

use std::borrow::Cow;
use std::fmt;
use std::future::{Ready, ready};
use std::io;
use std::task::{Context, Poll};

use http::Uri;
use hyper_util::client::legacy::connect::proxy::{SocksV4, SocksV5};
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tower_service::Service;
use url::Url;

use super::broken::{broken, from_connect};
use super::connection::{Connection, TargetError};
use super::head;
use super::root::is_loopback;
use crate::model::exchange::{Broken, BrokenKind};

/// Schemes of proxies.
const SCHEMES: [&str; 6] = ["http", "https", "socks4", "socks4a", "socks5", "socks5h"];

/// The proxy that stands before the target, if one does: the one that was given, else the environment's, which is not
/// meant for a loopback address.
pub(super) fn before(connection: &Connection, base: &Url) -> Result<Option<Intercept>, TargetError> {
    let matcher = match &connection.proxy {
        None if is_loopback(base) => return Ok(None),
        None => Matcher::from_env(),
        Some(proxy) => {
            let url = Url::parse(proxy.expose()).map_err(|error| TargetError::Proxy(error.to_string()))?;
            if !SCHEMES.contains(&url.scheme()) {
                return Err(TargetError::Proxy(format!("`{}` is no scheme of a proxy", url.scheme())));
            }
            Matcher::builder().all(proxy.expose()).build()
        }
    };
    let uri: http::Uri =
        base.as_str().parse().map_err(|error| TargetError::BaseUrl(base.to_string(), format!("{error}")))?;
    Ok(matcher.intercept(&uri))
}

/// The URL of a proxy as the HTTP library is told it: it would ask for the address of an address in brackets, which the
/// proxy needs no help with.
pub(super) fn url<'p>(proxy: &'p str, base: &Url) -> Cow<'p, str> {
    match (proxy.strip_prefix("socks5://"), base.host()) {
        (Some(rest), Some(url::Host::Ipv6(_))) => Cow::Owned(format!("socks5h://{rest}")),
        _ => Cow::Borrowed(proxy),
    }
}

/// Host and port of the target.
#[derive(Debug, Clone, Copy)]
pub(super) struct Authority<'a> {
    pub(super) host: &'a str,
    pub(super) port: u16,
}

impl fmt::Display for Authority<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, port } = self;
        if host.contains(':') { write!(f, "[{host}]:{port}") } else { write!(f, "{host}:{port}") }
    }
}

/// Whether the proxy reads requests.
pub(super) fn is_http(proxy: &Intercept) -> bool {
    proxy.uri().scheme_str() == Some("http")
}

/// The port of the proxy, by default that of its scheme.
///
/// # Errors
/// When connections of their own cannot be made through a proxy of this kind.
pub(super) fn port(proxy: &Intercept) -> Result<u16, Broken> {
    let uri = proxy.uri();
    match uri.scheme_str() {
        Some("http") => Ok(uri.port_u16().unwrap_or(80)),
        Some("https") => {
            let detail = "a request on a connection of its own cannot go through a proxy that is reached by TLS";
            Err(broken(BrokenKind::Unsendable, detail))
        }
        _ => Ok(uri.port_u16().unwrap_or(1080)),
    }
}

fn refused(detail: impl fmt::Display) -> Broken {
    broken(BrokenKind::Refused, format!("proxy: {detail}"))
}

/// Has an HTTP proxy open a tunnel to the target.
pub(super) async fn tunnel(
    mut tcp: TcpStream,
    target: Authority<'_>,
    credentials: Option<&str>,
) -> Result<TcpStream, Broken> {
    let mut request = format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n");
    if let Some(credentials) = credentials {
        request.extend(["Proxy-Authorization: ", credentials, "\r\n"]);
    }
    request.push_str("\r\n");
    tcp.write_all(request.as_bytes()).await.map_err(|error| from_connect(&error))?;
    // Read octet by octet: what follows the proxy's head belongs to TLS.
    let mut answer = Vec::new();
    loop {
        let octet = tcp.read_u8().await.map_err(refused)?;
        answer.push(octet);
        if let Some(head) = head::find(&answer, answer.len() - 1)? {
            let tunnelled = (200..300).contains(&head.status);
            return if tunnelled { Ok(tcp) } else { Err(refused(format!("answered {}", head.status))) };
        }
    }
}

/// Has a SOCKS proxy connect to the target. As for curl, the schemes with `4a` and `5h` leave the name to the proxy.
pub(super) async fn socks(tcp: TcpStream, proxy: &Intercept, target: Authority<'_>) -> Result<TcpStream, Broken> {
    let there: Uri = format!("http://{target}").parse().map_err(refused)?;
    let (to, reached) = (proxy.uri().clone(), Reached(Some(tcp)));
    let stream = match to.scheme_str() {
        Some(scheme @ ("socks4" | "socks4a")) => {
            let local = scheme == "socks4";
            SocksV4::new(to, reached).local_dns(local).call(there).await.map_err(refused)
        }
        scheme => {
            // An address is no name to be asked for.
            let local = scheme == Some("socks5") && !target.host.contains(':');
            let mut socks = SocksV5::new(to, reached).local_dns(local);
            if let Some((user, password)) = proxy.raw_auth() {
                socks = socks.with_auth(user.to_owned(), password.to_owned());
            }
            socks.call(there).await.map_err(refused)
        }
    };
    stream.map(TokioIo::into_inner)
}

/// A connection to the proxy that there is already.
struct Reached(Option<TcpStream>);

impl Service<Uri> for Reached {
    type Response = TokioIo<TcpStream>;
    type Error = io::Error;
    type Future = Ready<io::Result<Self::Response>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Uri) -> Self::Future {
        ready(self.0.take().map(TokioIo::new).ok_or_else(|| io::ErrorKind::NotConnected.into()))
    }
}
