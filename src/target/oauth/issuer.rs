//! The issuer over HTTP: where its endpoints are, and requests whose answers are JSON or an error with a reason.
//!
//! The main type is [`Issuer`]. Redirects are not followed, so that no secret goes where it was not sent, and an
//! endpoint must speak TLS unless it is on this machine (RFC 6749, section 3.2).

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use serde_json::{Map, Value};
use url::Url;

use super::OAuthError;
use super::person::shown;
use crate::model::exchange::{BodyProblem, BrokenKind, Exchange, Outcome, Response};
use crate::model::secret::Scrubber;
use crate::model::status::is_transient;
use crate::target::client::Client;
use crate::target::connection::Connection;
use crate::target::outgoing::Outgoing;
use crate::target::pace::{Backoff, retry_after};
use crate::target::root::is_loopback;

/// Most octets of an answer; the metadata of large issuers have ten thousand.
const BODY_LIMIT: usize = 256 << 10;
/// How often a request is sent at most, where asking again may help.
const ATTEMPTS: u32 = 3;
/// Numbers that some issuers write as strings.
const NUMBERS: [&str; 2] = ["expires_in", "interval"];
/// No time that an issuer names is longer than this, in seconds: about a hundred years.
const LONGEST: f64 = 3.0e9;

/// An issuer.
pub(super) struct Issuer<'a> {
    connection: Connection,
    scrubber: &'a Scrubber,
}

/// Where the endpoints of an issuer are (RFC 8414, section 2).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Endpoints {
    pub(super) token: Option<String>,
    pub(super) device: Option<String>,
    /// Ways in which a client may show its secret; none are listed where the default holds.
    pub(super) methods: Vec<String>,
}

impl<'a> Issuer<'a> {
    /// An issuer that is reached in this way.
    pub(super) fn new(connection: &Connection, scrubber: &'a Scrubber) -> Self {
        let mut connection = connection.clone();
        connection.body_limit = BODY_LIMIT;
        Self { connection, scrubber }
    }

    /// Reads the metadata of the issuer, where OpenID Connect has them, else where RFC 8414 has them.
    pub(super) async fn discover(&self, issuer: &str) -> Result<Endpoints, OAuthError> {
        let url = secure(issuer)?;
        let path = url.path().trim_end_matches('/');
        let mut first = None;
        for place in [
            format!("{path}/.well-known/openid-configuration"),
            format!("/.well-known/oauth-authorization-server{path}"),
        ] {
            let mut at = url.clone();
            at.set_path(&place);
            let accept = vec![("Accept".to_owned(), "application/json".to_owned())];
            let error = match self.send("GET", &at, accept, None).await {
                Ok((200, metadata)) => return endpoints(issuer, &at, &metadata),
                Ok((status, _)) => failed(&at, format!("answers {status}"), false),
                Err(error @ OAuthError::Issuer { passing: true, .. }) => return Err(error),
                Err(error) => error,
            };
            first.get_or_insert(error);
        }
        // There was at least one place to look at, so there is an error.
        Err(first.unwrap_or_else(|| failed(&url, "has no metadata".to_owned(), false)))
    }

    /// Sends a request of the protocol and gives the answer as the crate `oauth2` takes it.
    pub(super) async fn call(&self, request: oauth2::HttpRequest) -> Result<oauth2::HttpResponse, OAuthError> {
        let (parts, body) = request.into_parts();
        let given = parts.uri.to_string();
        let url = secure(&given)?;
        let headers = parts
            .headers
            .iter()
            .map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()));
        let (status, mut json) = self.send(parts.method.as_str(), &url, headers.collect(), Some(body.into())).await?;
        if let Value::Object(members) = &mut json {
            straighten(members);
        }
        let mut response = oauth2::HttpResponse::new(json.to_string().into_bytes());
        *response.status_mut() =
            http::StatusCode::from_u16(status).map_err(|_| failed(&url, format!("answers {status}"), false))?;
        Ok(response)
    }

    /// Sends a request until its answer is JSON, or there is no hope.
    async fn send(
        &self,
        method: &str,
        url: &Url,
        headers: Vec<(String, String)>,
        body: Option<Bytes>,
    ) -> Result<(u16, Value), OAuthError> {
        let mut connection = self.connection.clone();
        connection.base_url = url.origin().ascii_serialization();
        let client = Client::new(&connection).map_err(|error| failed(url, error.to_string(), false))?;
        let outgoing = Outgoing {
            method: method.to_owned(),
            path: url[url::Position::BeforePath..].to_owned(),
            headers,
            body,
            fresh: true,
            ..Outgoing::default()
        };
        let mut attempt = 0;
        loop {
            let exchange = client.send(outgoing.clone()).await;
            attempt += 1;
            let (error, asked) = match answer(url, &exchange) {
                Ok(answer) => return Ok(answer),
                Err(error @ OAuthError::Issuer { passing: true, .. }) if attempt < ATTEMPTS => {
                    let asked = exchange.response().and_then(|response| response.header("retry-after"));
                    (error, asked.and_then(|value| retry_after(value, SystemTime::now())))
                }
                Err(error) => return Err(self.scrubbed(error)),
            };
            // A request that may have been heard is not sent twice: a refresh token is good for one time only.
            if exchange.response().is_none() && !is_unheard(&exchange) {
                return Err(self.scrubbed(error));
            }
            tokio::time::sleep(Backoff::default().random_delay(attempt - 1, asked)).await;
        }
    }

    fn scrubbed(&self, error: OAuthError) -> OAuthError {
        match error {
            OAuthError::Issuer { url, why, passing } => {
                OAuthError::Issuer { url, why: self.scrubber.scrub(&why).into_owned(), passing }
            }
            error => error,
        }
    }
}

fn is_unheard(exchange: &Exchange) -> bool {
    matches!(&exchange.outcome, Outcome::Broken(broken) if broken.kind == BrokenKind::Refused)
}

/// The URL of an endpoint, where secrets may be sent to it.
pub(super) fn secure(text: &str) -> Result<Url, OAuthError> {
    let bad = |why: &str| OAuthError::Issuer { url: shown(text), why: why.to_owned(), passing: false };
    let url = Url::parse(text).map_err(|error| bad(&error.to_string()))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(OAuthError::Issuer {
            url: "…@…".to_owned(),
            why: "credentials do not belong in it".to_owned(),
            passing: false,
        });
    }
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_loopback(&url) => Ok(url),
        "http" => Err(bad("a secret is sent over https only, except on this machine")),
        _ => Err(bad("it must be an https URL")),
    }
}

fn failed(url: &Url, why: String, passing: bool) -> OAuthError {
    OAuthError::Issuer { url: shown(&url[..url::Position::AfterPath]), why, passing }
}

fn answer(url: &Url, exchange: &Exchange) -> Result<(u16, Value), OAuthError> {
    let response = match &exchange.outcome {
        Outcome::Answered(response) => response,
        Outcome::Broken(broken) => return Err(failed(url, shown(&broken.detail), true)),
    };
    let status = response.status;
    match &response.problem {
        Some(BodyProblem::TooLarge(most)) => {
            return Err(failed(url, format!("answers more than {most} octets"), false));
        }
        Some(problem) => return Err(failed(url, format!("the answer does not come whole: {problem:?}"), true)),
        None => {}
    }
    let json = serde_json::from_slice::<Value>(&response.body).ok().filter(Value::is_object);
    match json {
        _ if is_transient(status) => Err(failed(url, format!("answers {status}"), true)),
        Some(json) if !(300..400).contains(&status) => Ok((status, json)),
        _ => Err(failed(url, other(response), false)),
    }
}

/// What came in place of JSON, without a word of its content: that may be a token.
fn other(response: &Response) -> String {
    let status = response.status;
    if (300..400).contains(&status) {
        let to = response.header("location").map(|to| shown(to.split('?').next().unwrap_or_default()));
        return format!("redirects ({status}) to {}, which is not followed", to.unwrap_or_default());
    }
    let start = response.body.iter().copied().find(|octet| !octet.is_ascii_whitespace());
    match start {
        Some(b'<') => format!("answers {status} with a page of HTML or XML, not with JSON"),
        None => format!("answers {status} without content"),
        Some(_) => format!("answers {status} with something that is no JSON object"),
    }
}

/// Writes numbers as numbers, and none that is beyond reason.
fn straighten(members: &mut Map<String, Value>) {
    for name in NUMBERS {
        let Some(value) = members.get_mut(name) else { continue };
        let number = match &*value {
            Value::String(text) => text.trim().parse::<f64>().ok(),
            Value::Number(number) => number.as_f64(),
            _ => None,
        };
        let time = number.and_then(|seconds| Duration::try_from_secs_f64(seconds.clamp(0.0, LONGEST)).ok());
        *value = time.map_or(Value::Null, |time| Value::from(time.as_secs()));
    }
}

fn endpoints(issuer: &str, at: &Url, metadata: &Value) -> Result<Endpoints, OAuthError> {
    let text = |name: &str| metadata.get(name).and_then(Value::as_str).map(str::to_owned);
    let named = text("issuer").unwrap_or_default();
    // RFC 8414, section 3.3: metadata of somebody else must not be used.
    if named.trim_end_matches('/') != issuer.trim_end_matches('/') {
        let why = format!("these are the metadata of {}; set oauth-issuer to that, or oauth-token-url", shown(&named));
        return Err(failed(at, why, false));
    }
    let methods = metadata.get("token_endpoint_auth_methods_supported").and_then(Value::as_array);
    Ok(Endpoints {
        token: text("token_endpoint"),
        device: text("device_authorization_endpoint"),
        methods: methods.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect(),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_secret_travels_over_tls_or_stays_on_this_machine() {
        for good in ["https://x.example/a?p=b", "http://127.0.0.1:1/", "http://localhost/t"] {
            assert!(secure(good).is_ok(), "{good}");
        }
        for bad in ["http://x.example", "ftp://x.example", "x.example", "https://me:word@x.example", ""] {
            let error = secure(bad).unwrap_err().to_string();
            assert!(!error.contains("word"), "{error}");
        }
    }

    #[test]
    fn numbers_are_taken_as_they_are_meant() {
        let mut given = json!({"expires_in": "3599", "interval": 5.0, "x": "1"});
        straighten(given.as_object_mut().unwrap());
        assert_eq!(given, json!({"expires_in": 3599, "interval": 5, "x": "1"}));
        let mut odd = json!({"expires_in": 1e300, "interval": -1});
        straighten(odd.as_object_mut().unwrap());
        assert_eq!(odd, json!({"expires_in": 3_000_000_000u64, "interval": 0}));
        let mut none = json!({"expires_in": "nan", "interval": "soon"});
        straighten(none.as_object_mut().unwrap());
        assert_eq!(none, json!({"expires_in": null, "interval": null}));
    }

    #[test]
    fn metadata_of_another_issuer_are_not_taken() {
        let at = Url::parse("https://x.example/.well-known/openid-configuration").unwrap();
        let metadata = json!({"issuer": "https://x.example/", "token_endpoint": "https://t.example/token",
            "token_endpoint_auth_methods_supported": ["client_secret_post", 1]});
        let found = endpoints("https://x.example", &at, &metadata).unwrap();
        assert_eq!(found.token.as_deref(), Some("https://t.example/token"));
        assert_eq!(found.methods, ["client_secret_post"]);
        let error = endpoints("https://y.example", &at, &metadata).unwrap_err().to_string();
        assert!(error.contains("the metadata of https://x.example/"), "{error}");
    }
}
