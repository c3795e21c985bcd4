//! One request as sent and what came back, or how it broke.
//!
//! The main type is [`Exchange`]. A connection that broke is an [`Outcome`] like an answer: what it means is for the judge
//! to say.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::secret::Secret;
use crate::json::{self, Parsed};

/// Request sent, answer received or how it broke, and how long it took.
#[derive(Debug)]
pub struct Exchange {
    /// What was sent.
    pub request: SentRequest,
    /// What came back.
    pub outcome: Outcome,
    /// From the start of the run to the start of the exchange; zero where nobody counts.
    pub at: Duration,
    /// From before connecting to the first octet of the answer; zero when none came.
    pub first_byte: Duration,
    /// From before connecting to the end of the answer.
    pub total: Duration,
    /// The `request-id` of the answer was seen before in this run (REQ-HDR-005).
    pub request_id_repeated: bool,
}

impl Exchange {
    /// The answer, where there is one.
    #[must_use]
    pub fn response(&self) -> Option<&Response> {
        match &self.outcome {
            Outcome::Answered(response) => Some(response),
            Outcome::Broken(_) => None,
        }
    }

    /// The status, where there is an answer.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.response().map(|response| response.status)
    }

    /// The job, where the answer is a 200 that shows one.
    #[must_use]
    pub fn job(&self) -> Option<&Map<String, Value>> {
        self.response().filter(|response| response.status == 200)?.entity()?.as_object()
    }
}

/// A request as it went out. Secrets are replaced by placeholders; see [`SentRequest::token`].
#[derive(Debug, Clone)]
pub struct SentRequest {
    /// Method.
    pub method: String,
    /// Absolute URL, path and query exactly as sent.
    pub url: String,
    /// Headers as sent, secrets as `$PATCHPROOF_TOKEN`.
    pub headers: Vec<(String, String)>,
    /// Content.
    pub body: Bytes,
    /// The content as JSON where it is well-formed.
    pub json: Option<Arc<Value>>,
    /// The credential that was sent, valid or not, for finding leaks (REQ-SEC-001).
    pub token: Option<Secret>,
    /// Sent octet by octet on a connection of its own, so framing shows.
    pub raw: bool,
}

impl SentRequest {
    /// The value of a header as sent, by name without regard to case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
    }

    /// Path and query of the URL.
    #[must_use]
    pub fn path(&self) -> &str {
        let after_scheme = self.url.find("://").map_or(0, |i| i + 3);
        self.url[after_scheme..].find('/').map_or("/", |i| &self.url[after_scheme + i..])
    }
}

/// What came of a request.
#[derive(Debug)]
pub enum Outcome {
    /// A status line and headers came back.
    Answered(Response),
    /// Nothing that is an HTTP response came back.
    Broken(Broken),
}

/// How an exchange broke before there was a response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// The kind of break.
    pub kind: BrokenKind,
    /// What the transport said, secrets removed.
    pub detail: String,
}

impl Broken {
    /// The detail of a connection that ended without a word.
    pub const CLOSED: &str = "the connection was closed before an answer";
}

/// Kinds of breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BrokenKind {
    /// Nobody listens.
    Refused,
    /// The name does not resolve.
    Dns,
    /// TLS did not come about.
    Tls,
    /// No connection in time.
    ConnectTimeout,
    /// A connection, but no first octet in time.
    Timeout,
    /// The connection ended before a response.
    Reset,
    /// The connection ended before a response, again and again, while other requests in between were answered.
    Silent,
    /// A connection, but no first octet in time, again and again, while other requests in between were answered.
    Unanswered,
    /// What came back is not HTTP.
    Malformed,
    /// The request could not be built or sent.
    Unsendable,
}

/// A response as received.
#[derive(Debug)]
pub struct Response {
    /// Status code.
    pub status: u16,
    /// The reason phrase, where it is another than the registered one.
    pub reason: Option<String>,
    /// `HTTP/1.0`, `HTTP/1.1` or `HTTP/2`.
    pub version: &'static str,
    /// Header fields in order; octets outside UTF-8 replaced.
    pub headers: Vec<(String, String)>,
    /// Content after content decoding, up to the limit.
    pub body: Bytes,
    /// Octets of content before content decoding, up to the limit.
    pub wire_length: u64,
    /// What was wrong with the framing or the encoding of the content.
    pub problem: Option<BodyProblem>,
    /// The body parsed once, on first use.
    pub parsed: OnceLock<Parsed>,
}

/// What was wrong with the content of a response.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BodyProblem {
    /// More content than the limit, in octets; the rest was not read.
    TooLarge(u64),
    /// The connection ended before the content did.
    CutOff(String),
    /// The content did not end in time.
    TimedOut,
    /// The content is not what Content-Encoding says.
    Undecodable(String),
    /// Octets after the end of the content: all on a connection that carried one response, else those that came along.
    Excess(u64),
}

impl Response {
    /// The first value of a header, by name without regard to case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
    }

    /// All values of a header, by name without regard to case.
    pub fn header_all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        self.headers.iter().filter(move |(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
    }

    /// The body as JSON, with what is wrong with it; parsed on first use.
    pub fn parsed(&self) -> &Parsed {
        self.parsed.get_or_init(|| json::parse(&self.body))
    }

    /// The body as a JSON value, where it is well-formed.
    pub fn json(&self) -> Option<&Value> {
        self.parsed().value.as_deref()
    }

    /// The job in the body: the root object, or the object in `value` that the sibling GET page shows (O-08).
    pub fn entity(&self) -> Option<&Value> {
        let root = self.json()?;
        match root.get("value") {
            Some(inner @ Value::Object(_)) if root.get("id").is_none() => Some(inner),
            _ => root.is_object().then_some(root),
        }
    }

    /// [`Response::entity`], to keep.
    pub fn shared_entity(&self) -> Option<Arc<Value>> {
        let (root, entity) = (self.parsed().value.as_ref()?, self.entity()?);
        Some(if std::ptr::eq(root.as_ref(), entity) { Arc::clone(root) } else { Arc::new(entity.clone()) })
    }

    /// The content, where it is the job and nothing else, and JSON without defects: numbers beyond a double, escapes and white
    /// space are as they came.
    #[must_use]
    pub fn entity_octets(&self) -> Option<Bytes> {
        let (parsed, entity) = (self.parsed(), self.entity()?);
        let is_whole = parsed.value.as_deref().is_some_and(|root| std::ptr::eq(root, entity));
        (is_whole && parsed.defects.is_empty()).then(|| self.body.clone())
    }

    /// The `ETag` of the job in the answer, so far as it can be sent back: one with octets outside UTF-8 is legal (RFC
    /// 9110, section 8.8.3), and was altered when it was read.
    #[must_use]
    pub fn etag(&self) -> Option<&str> {
        self.header("etag").or_else(|| self.annotated_etag()).filter(|tag| !tag.contains('\u{fffd}'))
    }

    /// `@odata.etag` of the job in the answer. A target that keeps what it does not know shows the one that a request of
    /// this suite made up, which is no tag of the target.
    #[must_use]
    pub fn annotated_etag(&self) -> Option<&str> {
        let tag = json::annotation(self.entity()?.as_object()?, "etag")?.as_str()?;
        (tag != MADE_UP_TAG).then_some(tag)
    }

    /// Whether the status is 200 to 299.
    #[must_use]
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// The tag that cases put into a body as that of another state.
pub(crate) const MADE_UP_TAG: &str = "W/\"patchproof-stale\"";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_that_reading_has_altered_is_not_sent_back() {
        let answer = |header: Option<&str>, body: &'static str| Response {
            status: 200,
            reason: None,
            version: "HTTP/1.1",
            headers: header.iter().map(|tag| ("ETag".to_owned(), (*tag).to_owned())).collect(),
            body: Bytes::from_static(body.as_bytes()),
            wire_length: 0,
            problem: None,
            parsed: OnceLock::new(),
        };
        assert_eq!(answer(Some("\"a\""), "{}").etag(), Some("\"a\""));
        assert_eq!(answer(None, r#"{"@odata.etag":"W/\"b\""}"#).etag(), Some("W/\"b\""));
        assert_eq!(answer(None, r#"{"@etag":"W/\"b\""}"#).etag(), Some("W/\"b\""));
        assert_eq!(answer(None, r#"{"@odata.etag":"W/\"patchproof-stale\""}"#).etag(), None, "it was sent by a case");
        assert_eq!(answer(Some("\"\u{fffd}1\""), "{}").etag(), None);
    }
}
