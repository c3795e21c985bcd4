//! A request to be sent, made ready for the wire, and recorded without its secrets.
//!
//! [`Outgoing`] is what the caller says, `Prepared` what goes out.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;

use crate::model::case::Wire;
use crate::model::exchange::SentRequest;
pub use crate::model::secret::TOKEN_PLACEHOLDER;
use crate::model::secret::{LEAK_RUN, Secret};

/// Headers with which a case frames its content or its connection itself.
const FRAMING: [&str; 5] = ["connection", "content-length", "transfer-encoding", "expect", "upgrade"];

/// A request to be sent.
#[derive(Debug, Clone, Default)]
pub struct Outgoing {
    /// Method.
    pub method: String,
    /// Path and query, appended to the base URL as they are.
    pub path: String,
    /// Headers, without Authorization, Host and Content-Length.
    pub headers: Vec<(String, String)>,
    /// The credential and how it travels.
    pub authorization: Option<Authorization>,
    /// Content.
    pub body: Option<Bytes>,
    /// The content as JSON, where it is.
    pub json: Option<Arc<Value>>,
    /// How the request travels.
    pub wire: Wire,
    /// Over a new connection, not over the pool.
    pub fresh: bool,
    /// Time for the exchange, where it is less than the connection allows.
    pub within: Option<Duration>,
    /// Why the request cannot be made, and so is not sent: nobody knows a value that stands in it.
    pub missing: Option<String>,
}

/// A credential and how it travels.
#[derive(Debug, Clone)]
pub struct Authorization {
    /// The credential.
    pub secret: Secret,
    /// Where it stands.
    pub carrier: Carrier,
    /// What records show in its place, for example `$PATCHPROOF_TOKEN`.
    pub shown: String,
    /// It is the valid token itself, not one that is made of it or made up.
    pub valid: bool,
}

/// Where a credential stands in a request.
#[derive(Debug, Clone)]
pub enum Carrier {
    /// In a header of this name, spelled as it is sent, behind a prefix such as `Bearer ` with its space.
    Header(String, String),
    /// In each of these headers, behind a prefix.
    Headers(&'static [(&'static str, &'static str)]),
    /// In each of these query parameters.
    Query(&'static [&'static str]),
    /// In a trailer field `Authorization`, behind `Bearer `; only [`Wire::ChunkTrailer`] has trailers.
    Trailer,
}

impl Authorization {
    /// The token as RFC 6750 has it.
    #[must_use]
    pub fn bearer(secret: Secret) -> Self {
        let carrier = Carrier::Header("Authorization".to_owned(), "Bearer ".to_owned());
        Self { secret, carrier, shown: TOKEN_PLACEHOLDER.to_owned(), valid: true }
    }

    /// The headers that carry it, with this in its place.
    fn headers(&self, value: &str) -> Vec<(String, String)> {
        match &self.carrier {
            Carrier::Header(name, prefix) => vec![(name.clone(), format!("{prefix}{value}"))],
            Carrier::Headers(all) => {
                all.iter().map(|(name, prefix)| ((*name).to_owned(), format!("{prefix}{value}"))).collect()
            }
            Carrier::Query(_) | Carrier::Trailer => Vec::new(),
        }
    }
}

/// A request on its way, secrets and all.
pub(super) struct Prepared {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Bytes,
    pub(super) wire: Wire,
    /// On a connection of its own, which ends with the exchange.
    pub(super) alone: bool,
    /// The headers that carry the secret.
    pub(super) credential: Vec<(String, String)>,
    /// The trailer field behind content in chunks.
    pub(super) trailer: (&'static str, String),
    json: Option<Arc<Value>>,
    authorization: Option<Authorization>,
    /// What records show instead of the path.
    shown_path: Option<String>,
    missing: Option<String>,
}

impl Prepared {
    /// Adds what belongs to the connection, and the credential.
    pub(super) fn new(outgoing: Outgoing, more: &[(String, String)]) -> Self {
        let Outgoing { method, mut path, mut headers, authorization, body, json, wire, fresh, within: _, missing } =
            outgoing;
        for (name, value) in more {
            if !headers.iter().any(|(n, _)| n.eq_ignore_ascii_case(name)) {
                headers.push((name.clone(), value.clone()));
            }
        }
        let mut shown_path = None;
        if let Some(Authorization { secret, carrier: Carrier::Query(names), .. }) = &authorization {
            let mark = if path.contains('?') { '&' } else { '?' };
            let value: String = form_urlencoded::byte_serialize(secret.expose().as_bytes()).collect();
            let query = |value: &str| names.iter().map(|name| format!("{name}={value}")).collect::<Vec<_>>();
            shown_path = Some(format!("{path}{mark}{}", query(TOKEN_PLACEHOLDER).join("&")));
            path = format!("{path}{mark}{}", query(&value).join("&"));
        }
        let credential = authorization.as_ref().map(|a| a.headers(a.secret.expose())).unwrap_or_default();
        let trailer = match &authorization {
            Some(Authorization { secret, carrier: Carrier::Trailer, .. }) => {
                ("Authorization", format!("Bearer {}", secret.expose()))
            }
            _ => (Wire::TRAILER.0, Wire::TRAILER.1.to_owned()),
        };
        let (body, alone) = (body.unwrap_or_default(), fresh);
        Self { method, path, headers, body, wire, alone, credential, trailer, json, authorization, shown_path, missing }
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.headers.iter().any(|(n, _)| n.eq_ignore_ascii_case(name))
    }

    /// Whether the octets on the wire matter, so that no library and no other exchange may come near them.
    pub(super) fn is_raw(&self) -> bool {
        let frames = |(name, _): &(String, String)| FRAMING.iter().any(|framing| name.eq_ignore_ascii_case(framing));
        self.wire != Wire::Pooled || self.headers.iter().any(frames)
    }

    /// Whether the request has no content and its method expects none.
    pub(super) fn is_bodyless(&self) -> bool {
        self.body.is_empty() && matches!(self.method.as_str(), "GET" | "HEAD" | "DELETE" | "OPTIONS")
    }

    /// Why the request cannot be written without becoming another request.
    pub(super) fn unsendable(&self) -> Option<&str> {
        if self.missing.is_some() {
            return self.missing.as_deref();
        }
        if !is_sendable(&self.method) || !is_sendable(&self.path) {
            return Some("method or path holds a line break or NUL");
        }
        // Behind a base URL without a path it would become a part of the authority.
        if !self.path.starts_with('/') {
            return Some("the path does not begin with a slash");
        }
        let fine = |(name, value): &(String, String)| is_sendable(name) && is_sendable(value);
        let trails = is_sendable(&self.trailer.1);
        (!trails || !self.headers.iter().chain(&self.credential).all(fine))
            .then_some("a header holds a line break or NUL")
    }

    /// The record of the request, without the secret.
    pub(super) fn record(self, base: &str, raw: bool) -> SentRequest {
        let Self { method, path, mut headers, body, json, authorization, shown_path, .. } = self;
        let url = format!("{base}{}", shown_path.as_deref().unwrap_or(&path));
        let token = authorization.map(|authorization| {
            let secret = authorization.secret.expose();
            // What stands in a longer value by chance is none of it; whoever shows the record scrubs it all the same.
            let holds = |value: &str| value == secret || secret.len() >= SURE && value.contains(secret);
            for (_, value) in headers.iter_mut().filter(|(_, value)| !secret.is_empty() && holds(value)) {
                *value = value.replace(secret, TOKEN_PLACEHOLDER);
            }
            headers.extend(authorization.headers(&authorization.shown));
            token_in(authorization.secret)
        });
        SentRequest { method, url, headers, body, json, token, raw }
    }
}

/// The token in credentials: of what is no token for blanks, commas or quotes in it, such as one that is given twice, the
/// longest part, where that is more than a word.
fn token_in(credentials: Secret) -> Secret {
    let text = credentials.expose();
    let parts = text.split([' ', ',', '"']).filter(|part| !part.is_empty());
    match parts.max_by_key(|part| part.len()) {
        Some(part) if part.len() < text.len() && part.len() >= LEAK_RUN => Secret::new(part),
        _ => credentials,
    }
}

/// A secret of fewer octets may stand in a request id by chance.
const SURE: usize = 8;

/// Whether the text can stand in a head without ending a line of it.
pub(super) fn is_sendable(text: &str) -> bool {
    !text.bytes().any(|octet| matches!(octet, b'\r' | b'\n' | 0))
}
