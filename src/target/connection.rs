//! How a target is reached: address, time limits, TLS and proxy, as the user gave them.
//!
//! The main type is [`Connection`]: plain data, checked when a [`Client`](super::Client) is made of it.

use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::DuplexStream;

use crate::model::secret::Secret;

/// How a target is reached.
#[derive(Debug, Clone)]
pub struct Connection {
    /// Service root, for example `https://graph.example/v1.0`; a slash at its end makes no difference.
    pub base_url: String,
    /// Time until a connection, TLS included, must stand.
    pub connect_timeout: Duration,
    /// Time for a whole exchange, connecting included; a body that drips slowly cannot stretch it.
    pub max_time: Duration,
    /// Octets of a response body that are read, before and after content decoding.
    pub body_limit: usize,
    /// PEM file of the certificate authorities that are trusted instead of the system's.
    pub cacert: Option<PathBuf>,
    /// PEM file of the client certificate, with or without its key.
    pub cert: Option<PathBuf>,
    /// PEM file of the client certificate's key.
    pub key: Option<PathBuf>,
    /// Accept every server certificate.
    pub insecure: bool,
    /// Proxy URL, with credentials where it needs them; the environment's proxies are used when there is none.
    /// None from the environment is used for a loopback address.
    pub proxy: Option<Secret>,
    /// Addresses to use instead of asking the resolver.
    pub resolve: Vec<Resolve>,
    /// Headers that go with every request unless it sets them itself.
    pub headers: Vec<(String, String)>,
    /// How to connect to a server in this process; name, TLS and proxy play no part then.
    pub inside: Option<Inside>,
}

impl Connection {
    /// A connection to this service root with every default.
    #[must_use]
    pub fn new(base_url: impl Into<String>) -> Self {
        Self {
            base_url: base_url.into(),
            connect_timeout: Duration::from_secs(10),
            max_time: Duration::from_secs(30),
            body_limit: 1 << 20,
            cacert: None,
            cert: None,
            key: None,
            insecure: false,
            proxy: None,
            resolve: Vec::new(),
            headers: Vec::new(),
            inside: None,
        }
    }
}

/// Makes connections to a server in this process: each call gives one end, of which the server holds the other.
#[derive(Clone)]
pub struct Inside(Arc<dyn Fn() -> DuplexStream + Send + Sync>);

impl Inside {
    /// Connections that `connect` makes.
    pub fn new(connect: impl Fn() -> DuplexStream + Send + Sync + 'static) -> Self {
        Self(Arc::new(connect))
    }

    /// A new connection.
    pub(super) fn connect(&self) -> DuplexStream {
        (self.0)()
    }
}

impl std::fmt::Debug for Inside {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Inside")
    }
}

/// An address to use for a name instead of asking the resolver (curl's `--resolve`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolve {
    /// Host name.
    pub host: String,
    /// Port that the entry applies to.
    pub port: u16,
    /// Addresses to connect to.
    pub addresses: Vec<IpAddr>,
}

impl std::str::FromStr for Resolve {
    type Err = TargetError;

    /// Reads `HOST:PORT:ADDRESS[,ADDRESS]…`.
    fn from_str(text: &str) -> Result<Self, TargetError> {
        let bad = || TargetError::Resolve(text.to_owned());
        let mut parts = text.splitn(3, ':');
        let (Some(host), Some(port), Some(list)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(bad());
        };
        let addresses: Result<Vec<IpAddr>, _> =
            list.split(',').map(|a| a.trim().trim_start_matches('[').trim_end_matches(']').parse()).collect();
        Ok(Self {
            host: host.to_owned(),
            port: port.parse().map_err(|_| bad())?,
            addresses: addresses.map_err(|_| bad())?,
        })
    }
}

/// Why a target cannot be set up: always something in what the user gave, found before a socket opens.
#[derive(Debug, thiserror::Error)]
pub enum TargetError {
    /// The base URL is not one.
    #[error("base URL `{0}`: {1}")]
    BaseUrl(String, String),
    /// A certificate or key file cannot be used.
    #[error("{what} {}: {why}", path.display())]
    File {
        /// What the file should be.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// TLS cannot be set up.
    #[error("TLS: {0}")]
    Tls(String),
    /// The proxy URL is not one; it is not repeated because it may hold a password.
    #[error("proxy URL: {0}")]
    Proxy(String),
    /// A `HOST:PORT:ADDRESS` entry that is not one.
    #[error("`{0}` is not HOST:PORT:ADDRESS")]
    Resolve(String),
    /// A header that cannot be sent.
    #[error("header `{0}` cannot be sent: its name or value is not legal")]
    Header(String),
    /// The HTTP library refused the settings.
    #[error("HTTP client: {0}")]
    Http(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_curl_spelling_of_resolve() {
        let entry: Resolve = "api.example:443:127.0.0.1,[::1]".parse().unwrap();
        assert_eq!((entry.host.as_str(), entry.port, entry.addresses.len()), ("api.example", 443, 2));
        assert!("api.example:443".parse::<Resolve>().is_err());
        assert!("api.example:x:127.0.0.1".parse::<Resolve>().is_err());
    }
}
