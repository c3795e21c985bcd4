//! A request as the server sees it, and an answer before it is written.
//!
//! The main types are [`Request`] and [`Answer`]; a [`Refusal`] is what becomes an error answer.

use std::time::Duration;

use http::header::{HeaderMap, HeaderName, HeaderValue};
use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::effect::Object;
use crate::contract::endpoint::Endpoint;

/// What a path names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// Nothing that the service has.
    Nowhere,
    /// One of the six collections.
    Collection(&'static Endpoint),
    /// A job, known or not, in one of them.
    Job(&'static Endpoint, String),
}

/// In how many parts a request came, which nothing sound looks at.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Arrival {
    /// Parts until the head was whole.
    pub(crate) head: u32,
    /// Parts of the whole request.
    pub(crate) all: u32,
    /// Octets of content in the first part or chunk of it.
    pub(crate) first: usize,
}

/// A request with its content.
#[derive(Debug)]
pub(crate) struct Request {
    /// Counts the requests of this server from 1.
    pub(crate) number: u64,
    /// Counts the connections of this server from 1.
    pub(crate) connection: u64,
    /// How often this job was patched before, once that is known.
    pub(crate) turn: u64,
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    /// The fields behind content in chunks, which nothing sound looks at.
    pub(crate) trailers: HeaderMap,
    pub(crate) content: Vec<u8>,
    /// Whether all announced content arrived.
    pub(crate) whole: bool,
    /// The client reset the connection within the content.
    pub(crate) reset: bool,
    /// Whether there was more content than is read.
    pub(crate) oversized: bool,
    pub(crate) arrival: Arrival,
    pub(crate) place: Place,
    /// The parsed body, once it is.
    pub(crate) body: Object,
}

impl Request {
    /// A header as text, empty if absent or not text.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// All lines of a header as one list.
    pub(crate) fn list(&self, name: &str) -> String {
        let lines: Vec<_> = self.headers.get_all(name).iter().filter_map(|line| line.to_str().ok()).collect();
        lines.join(", ")
    }

    /// Whether the request goes to this collection.
    pub(crate) fn goes_to(&self, collection: &str) -> bool {
        matches!(&self.place, Place::Collection(endpoint) | Place::Job(endpoint, _) if endpoint.collection == collection)
    }

    /// The value of a preference in `Prefer`; the first one counts (RFC 7240 section 2).
    pub(crate) fn prefers(&self, name: &str) -> Option<String> {
        let lines = self.headers.get_all("prefer").iter().filter_map(|line| line.to_str().ok());
        let preference = |item: &str| {
            let token = item.split(';').next().unwrap_or_default();
            let (key, value) = token.split_once('=').unwrap_or((token, ""));
            (key.trim().to_ascii_lowercase() == name).then(|| value.trim().trim_matches('"').to_owned())
        };
        lines.flat_map(|line| line.split(',')).find_map(preference)
    }
}

/// An answer whose body may still be changed as a value.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Option<Value>,
    /// Octets to send in place of `body`.
    pub(crate) octets: Option<Vec<u8>>,
    /// Whether the length is announced; chunked otherwise.
    pub(crate) sized: bool,
    /// How long to wait before answering.
    pub(crate) delay: Duration,
    /// Whether the connection ends in place of the answer.
    pub(crate) abandoned: bool,
}

impl Answer {
    /// An answer with a JSON body, or none.
    pub(crate) fn new(status: StatusCode, body: Option<Value>) -> Self {
        let mut answer = Self {
            status,
            headers: HeaderMap::new(),
            body,
            octets: None,
            sized: true,
            delay: Duration::ZERO,
            abandoned: false,
        };
        if answer.body.is_some() {
            answer.set(
                "content-type",
                "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false",
            );
        }
        answer
    }

    /// Sets a header; a value that no header can hold is left out.
    pub(crate) fn set(&mut self, name: &'static str, value: &str) {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(HeaderName::from_static(name), value);
        }
    }

    /// Takes a header away.
    pub(crate) fn unset(&mut self, name: &'static str) {
        self.headers.remove(name);
    }

    /// The body as an object, empty if it is none.
    pub(crate) fn object(&mut self) -> &mut Object {
        let body = self.body.get_or_insert_with(|| json!({}));
        if !body.is_object() {
            *body = json!({});
        }
        match body {
            Value::Object(object) => object,
            _ => unreachable!("the body was made an object above"),
        }
    }

    /// The `error` of an envelope.
    pub(crate) fn error(&mut self) -> &mut Object {
        let error = self.object().entry("error").or_insert_with(|| json!({}));
        if !error.is_object() {
            *error = json!({});
        }
        match error {
            Value::Object(object) => object,
            _ => unreachable!("the error was made an object above"),
        }
    }

    /// Sends this text instead of the body.
    pub(crate) fn replace(&mut self, media_type: &str, text: impl Into<Vec<u8>>) {
        self.octets = Some(text.into());
        self.set("content-type", media_type);
    }

    /// The octets that would be sent now.
    pub(crate) fn content(&self) -> Vec<u8> {
        match (&self.octets, &self.body) {
            (Some(octets), _) => octets.clone(),
            (None, Some(body)) => serde_json::to_vec(body).unwrap_or_default(),
            (None, None) => Vec::new(),
        }
    }

    /// Changes the octets that will be sent, if there are any.
    pub(crate) fn rewrite(&mut self, change: impl FnOnce(&mut Vec<u8>)) {
        let mut octets = self.content();
        if !octets.is_empty() {
            change(&mut octets);
            self.octets = Some(octets);
        }
    }
}

/// Why a request is not performed.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    pub(crate) message: String,
    pub(crate) headers: Vec<(&'static str, String)>,
}

impl Refusal {
    /// A refusal that a person can understand.
    pub(crate) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), headers: Vec::new() }
    }

    /// A refusal of what the client sent.
    pub(crate) fn bad(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    /// Adds a header.
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}
