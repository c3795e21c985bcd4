//! Requests that are housekeeping and not judged: making, finding, reading and putting back jobs.
//!
//! The main type is [`Service`]. A request that the target was too busy for is repeated a few times.

use std::fmt;
use std::time::SystemTime;

use bytes::Bytes;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use super::client::Client;
use super::outgoing::{Authorization, Outgoing};
use super::pace::{Backoff, Pace, retry_after};
use super::token::{SecretError, Token};
use crate::model::exchange::{BrokenKind, Exchange, Outcome, Response};
use crate::model::secret::{Scrubber, Secret};
use crate::model::status::is_transient;

/// How often a request is sent at most, where there is hope.
pub const ATTEMPTS: u32 = 5;
/// Most of an answer that is repeated in an error.
const MOST_SHOWN: usize = 300;
/// Octets of an id that must not stand in a path segment as they are: all but the unreserved ones of RFC 3986,
/// section 2.3.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The path of a collection below the service root.
#[must_use]
pub fn collection_path(collection: &str) -> String {
    format!("/dataClassification/{collection}")
}

/// The path of a job below the service root, the id encoded where it must be.
#[must_use]
pub fn job_path(collection: &str, id: &str) -> String {
    format!("/dataClassification/{collection}/{}", segment(id))
}

/// An id as a segment of a path: encoded where it must be.
#[must_use]
pub fn segment(id: &str) -> String {
    utf8_percent_encode(id, SEGMENT).to_string()
}

/// Is shown every exchange of the housekeeping.
pub trait Watch: fmt::Debug {
    /// Shows one.
    fn saw(&self, exchange: &Exchange);
}

/// The target, for housekeeping.
#[derive(Debug, Clone, Copy)]
pub struct Service<'a> {
    /// Sends the requests.
    pub client: &'a Client,
    /// The token, none for a target without any; it is renewed where the target no longer takes it.
    pub token: Option<&'a Token>,
    /// Learns of every token that is read.
    pub scrubber: &'a Scrubber,
    /// The target demands If-Match.
    pub if_match: bool,
    /// The tag of the job as last read, for If-Match; any where it has none.
    pub etag: Option<&'a str>,
    /// Is shown every exchange.
    pub watch: Option<&'a dyn Watch>,
    /// How often a request is sent at most.
    pub attempts: u32,
    /// The pace that all requests share.
    pub pace: &'a Pace,
    /// How long to wait before a request is repeated.
    pub backoff: Backoff,
}

/// Housekeeping that the target did not do. It may quote the target's answer, so it is scrubbed before it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceError {
    /// What was asked, for example `POST /dataClassification/jobs`.
    pub request: String,
    /// The status, where there was an answer.
    pub status: Option<u16>,
    /// The connection was closed in place of an answer.
    pub closed: bool,
    /// What came instead.
    pub why: String,
}

impl fmt::Display for ServiceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.request, self.why)
    }
}

impl std::error::Error for ServiceError {}

impl Service<'_> {
    /// Sends a request until it is answered with one of the statuses that `accept` takes, or fails for good.
    pub(super) async fn call(
        &self,
        method: &str,
        path: &str,
        body: Option<&Value>,
        accept: impl Fn(u16) -> bool,
    ) -> Result<Response, ServiceError> {
        let failed = |status, why: String| {
            let request = format!("{method} {path}");
            ServiceError { request, status, closed: false, why }
        };
        let mut attempt = 0;
        let mut token = self.token(None).await.map_err(|error| failed(None, error.to_string()))?;
        let mut renewed = false;
        loop {
            self.pace.wait().await;
            let exchange = self.client.send(self.outgoing(method, path, body, token.clone())).await;
            if let Some(watch) = self.watch {
                watch.saw(&exchange);
            }
            if exchange.status() == Some(401)
                && !std::mem::replace(&mut renewed, true)
                && let Ok(Some(fresh)) = self.token(token.as_ref()).await
            {
                token = Some(fresh);
                continue;
            }
            attempt += 1;
            let (error, asked) = match exchange.outcome {
                Outcome::Answered(response) if accept(response.status) => {
                    self.pace.went_well();
                    return Ok(response);
                }
                Outcome::Answered(response) => {
                    let error = failed(Some(response.status), answer(&response));
                    if !is_transient(response.status) {
                        return Err(error);
                    }
                    let asked = response.header("retry-after").and_then(|v| retry_after(v, SystemTime::now()));
                    (error, asked)
                }
                Outcome::Broken(broken) => {
                    let closed = broken.kind == BrokenKind::Reset;
                    (ServiceError { closed, ..failed(None, broken.detail) }, None)
                }
            };
            // A POST that broke may have made a job; making another one would leave the first behind.
            let unsafe_to_repeat = method == "POST" && !matches!(error.status, Some(429 | 503));
            if attempt >= self.attempts || unsafe_to_repeat {
                return Err(error);
            }
            let delay = self.backoff.random_delay(attempt - 1, asked);
            if error.status.is_some() {
                self.pace.throttled(delay);
            } else {
                tokio::time::sleep(delay).await;
            }
        }
    }

    /// The token, or another one than `stale`.
    async fn token(&self, stale: Option<&Secret>) -> Result<Option<Secret>, SecretError> {
        match (self.token, stale) {
            (None, _) => Ok(None),
            (Some(token), None) => token.get(self.scrubber).await.map(Some),
            (Some(token), Some(stale)) => token.renew(stale, self.scrubber).await,
        }
    }

    fn outgoing(&self, method: &str, path: &str, body: Option<&Value>, token: Option<Secret>) -> Outgoing {
        let mut headers = vec![
            ("Accept".to_owned(), "application/json".to_owned()),
            ("client-request-id".to_owned(), uuid::Uuid::new_v4().to_string()),
        ];
        if body.is_some() {
            headers.push(("Content-Type".to_owned(), "application/json".to_owned()));
        }
        if self.if_match && matches!(method, "PATCH" | "DELETE") {
            headers.push(("If-Match".to_owned(), self.etag.unwrap_or("*").to_owned()));
        }
        Outgoing {
            method: method.to_owned(),
            path: path.to_owned(),
            headers,
            authorization: token.map(Authorization::bearer),
            body: body.map(|value| Bytes::from(crate::json::octets(value))),
            // A kept connection may end as the request is on its way (RFC 9112, section 9.5), and a POST is not repeated.
            fresh: method == "POST",
            ..Outgoing::default()
        }
    }
}

/// Status and what the target says of it, in one line.
fn answer(response: &Response) -> String {
    let said = response.json().and_then(|json| json.get("error")?.get("message")?.as_str());
    let whole = || String::from_utf8_lossy(&response.body).into_owned();
    let said: String = said.map_or_else(whole, str::to_owned).chars().take(MOST_SHOWN).collect();
    let said: String =
        said.chars().map(|c| if c.is_control() || c.is_whitespace() { ' ' } else { c }).collect::<String>();
    format!("answered {} {}", response.status, said.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_cannot_leave_its_segment() {
        assert_eq!(job_path("jobs", "2f1c-AB_c.~1"), "/dataClassification/jobs/2f1c-AB_c.~1");
        assert_eq!(job_path("jobs", "a/b?c#d é"), "/dataClassification/jobs/a%2Fb%3Fc%23d%20%C3%A9");
    }
}
