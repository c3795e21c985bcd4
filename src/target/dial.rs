//! Making a connection: names, proxies and TLS for exchanges that are not left to the HTTP library.
//!
//! The main type is [`Dialer`]; [`Dialer::dial`] gives a [`Stream`] that speaks HTTP/1.1.

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use hyper_util::client::proxy::matcher::Intercept;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use url::Url;

use super::broken::{broken, chain, from_connect};
use super::connection::{Connection, Inside};
use super::proxy::{self, Authority};
use crate::model::exchange::{Broken, BrokenKind};

/// Knows the way to the target.
pub(super) struct Dialer {
    host: String,
    port: u16,
    addresses: Vec<SocketAddr>,
    tls: Option<TlsConnector>,
    proxy: Option<Intercept>,
    timeout: Duration,
    inside: Option<Inside>,
}

impl Dialer {
    /// A dialer for the target; `tls` is given when its scheme is `https`.
    pub(super) fn new(
        connection: &Connection,
        base: &Url,
        proxy: Option<Intercept>,
        tls: Option<Arc<rustls::ClientConfig>>,
    ) -> Self {
        let host = base.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']').to_owned();
        let port = base.port_or_known_default().unwrap_or(80);
        let addresses = connection
            .resolve
            .iter()
            .filter(|entry| entry.port == port && entry.host.eq_ignore_ascii_case(&host))
            .flat_map(|entry| &entry.addresses)
            .map(|ip| SocketAddr::new(*ip, port))
            .collect();
        Self {
            host,
            port,
            addresses,
            tls: tls.map(TlsConnector::from),
            proxy,
            timeout: connection.connect_timeout,
            inside: connection.inside.clone(),
        }
    }

    /// Whether a proxy reads the requests, so that the request line must name the whole URL.
    pub(super) fn is_forwarded(&self) -> bool {
        self.proxy.as_ref().is_some_and(proxy::is_http) && self.tls.is_none()
    }

    /// The value of Proxy-Authorization, where the proxy needs one.
    pub(super) fn proxy_credentials(&self) -> Option<&str> {
        self.proxy.as_ref()?.basic_auth()?.to_str().ok()
    }

    /// A break with the name of the proxy, where it is that to which there is no connection.
    pub(super) fn on_the_way(&self, lost: Broken) -> Broken {
        let no_connection = matches!(lost.kind, BrokenKind::Refused | BrokenKind::ConnectTimeout | BrokenKind::Dns);
        match &self.proxy {
            Some(proxy) if no_connection => {
                let host = proxy.uri().host().unwrap_or_default();
                broken(lost.kind, format!("proxy {host}: {}", lost.detail))
            }
            _ => lost,
        }
    }

    /// Connects, through proxy and TLS where the target needs them.
    pub(super) async fn dial(&self) -> Result<Stream, Broken> {
        if let Some(inside) = &self.inside {
            return Ok(Stream::Inside(inside.connect()));
        }
        tokio::time::timeout(self.timeout, self.connect()).await.unwrap_or_else(|_| {
            let detail = format!("no connection to {}:{} within {:?}", self.host, self.port, self.timeout);
            Err(broken(BrokenKind::ConnectTimeout, detail))
        })
    }

    async fn connect(&self) -> Result<Stream, Broken> {
        let tcp = match &self.proxy {
            None if self.addresses.is_empty() => to_name(&self.host, self.port).await?,
            None => to_any(&self.addresses).await?,
            Some(proxy) => self.through(proxy).await?,
        };
        let Some(tls) = &self.tls else { return Ok(Stream::Plain(tcp)) };
        let name = ServerName::try_from(self.host.clone())
            .map_err(|error| broken(BrokenKind::Tls, format!("{}: {error}", self.host)))?;
        let stream = tls.connect(name, tcp).await.map_err(|error| broken(BrokenKind::Tls, chain(&error)))?;
        Ok(Stream::Tls(Box::new(stream)))
    }

    /// A connection to the proxy, with a tunnel through it where the proxy does not read the requests.
    async fn through(&self, proxy: &Intercept) -> Result<TcpStream, Broken> {
        let target = Authority { host: &self.host, port: self.port };
        let tcp = to_name(proxy.uri().host().unwrap_or_default(), proxy::port(proxy)?).await;
        let tcp = tcp.map_err(|lost| self.on_the_way(lost))?;
        if !proxy::is_http(proxy) {
            proxy::socks(tcp, proxy, target).await
        } else if self.tls.is_some() {
            proxy::tunnel(tcp, target, self.proxy_credentials()).await
        } else {
            Ok(tcp)
        }
    }
}

async fn to_name(host: &str, port: u16) -> Result<TcpStream, Broken> {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let found = tokio::net::lookup_host((host, port)).await;
    let addresses: Vec<SocketAddr> =
        found.map_err(|error| broken(BrokenKind::Dns, format!("{host}: {error}")))?.collect();
    if addresses.is_empty() {
        return Err(broken(BrokenKind::Dns, format!("{host} has no address")));
    }
    to_any(&addresses).await
}

async fn to_any(addresses: &[SocketAddr]) -> Result<TcpStream, Broken> {
    let mut last = broken(BrokenKind::Dns, "no address");
    for address in addresses {
        match TcpStream::connect(address).await {
            Ok(tcp) => {
                // Without this the last part of a request may wait for an acknowledgement. It is not vital.
                let _ = tcp.set_nodelay(true);
                return Ok(tcp);
            }
            Err(error) => {
                last = from_connect(&error);
                last.detail = format!("{address}: {}", last.detail);
            }
        }
    }
    Err(last)
}

/// A connection: over the network with or without TLS, or to a server in this process.
pub(super) enum Stream {
    Plain(TcpStream),
    Inside(DuplexStream),
    Tls(Box<TlsStream<TcpStream>>),
}

impl Stream {
    /// When the connection is closed, the other side sees a reset instead of an end (RFC 9293, section 3.10.7.4).
    pub(super) fn reset_on_close(&self) {
        let tcp = match self {
            Self::Plain(tcp) => tcp,
            Self::Tls(tls) => tls.get_ref().0,
            // There the server notices that nobody reads any more.
            Self::Inside(_) => return,
        };
        // Where the system does not do that, the connection ends, and with it the content all the same.
        let _ = tcp.set_zero_linger();
    }

    /// Whether nothing came since the last exchange: neither octets nor the end of the connection.
    pub(super) fn is_quiet(&mut self) -> bool {
        match self {
            Self::Plain(tcp) => {
                matches!(tcp.try_read(&mut [0]), Err(error) if error.kind() == std::io::ErrorKind::WouldBlock)
            }
            Self::Inside(pipe) => {
                let mut octet = [0];
                let mut context = Context::from_waker(Waker::noop());
                Pin::new(pipe).poll_read(&mut context, &mut ReadBuf::new(&mut octet)).is_pending()
            }
            Self::Tls(_) => false,
        }
    }
}

macro_rules! each {
    ($self:ident, $stream:ident => $call:expr) => {
        match $self.get_mut() {
            Stream::Plain($stream) => {
                let $stream = Pin::new($stream);
                $call
            }
            Stream::Inside($stream) => {
                let $stream = Pin::new($stream);
                $call
            }
            Stream::Tls($stream) => {
                let $stream = Pin::new($stream);
                $call
            }
        }
    };
}

impl AsyncRead for Stream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<std::io::Result<()>> {
        each!(self, stream => stream.poll_read(cx, buf))
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<std::io::Result<usize>> {
        each!(self, stream => stream.poll_write(cx, buf))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        each!(self, stream => stream.poll_flush(cx))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        each!(self, stream => stream.poll_shutdown(cx))
    }
}
