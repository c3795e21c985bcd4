//! Transcripts as they are kept: everything that the judge gets to see, without secrets, in JSON.
//!
//! Contents are base64, so that every octet is there. Lengths are those on the wire, whatever was taken out.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::redact::Redactor;
use crate::json;
use crate::model::bound::Bound;
use crate::model::case::Case;
use crate::model::exchange::{BodyProblem, Broken, BrokenKind, Exchange, Outcome, Response, SentRequest};
use crate::model::profile::Profile;
use crate::model::secret::Secret;
use crate::model::transcript::{Entry, Role, Stranger, Transcript};

/// One line of the chain.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum RecordedLine {
    /// What is declared and known of the target from here on.
    Profile(Profile),
    /// An exchange that no trial is judged by.
    Aside {
        /// What it was for.
        purpose: String,
        /// The exchange.
        exchange: Box<RecordedExchange>,
    },
    /// One attempt at a trial.
    Attempt(RecordedAttempt),
}

impl RecordedLine {
    /// How many exchanges it holds.
    pub(super) fn exchanges(&self) -> u64 {
        match self {
            Self::Profile(_) => 0,
            Self::Aside { .. } => 1,
            Self::Attempt(attempt) => attempt.entries.len() as u64,
        }
    }
}

/// The exchanges of one attempt.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct RecordedAttempt {
    /// `endpoint::topic::case`.
    pub(super) trial: String,
    /// Id of the leased job.
    job: String,
    entries: Vec<RecordedEntry>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RecordedEntry {
    step: usize,
    role: Role,
    exchange: RecordedExchange,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    before: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    etag_before: Option<String>,
    target_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    listed: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reference: Option<Value>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    marks: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    stranger: Option<Stranger>,
    #[serde(default, skip_serializing_if = "Bound::is_empty")]
    bound: Bound,
}

/// One exchange.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RecordedExchange {
    at_micros: u64,
    first_byte_micros: u64,
    total_micros: u64,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    request_id_repeated: bool,
    request: RecordedRequest,
    outcome: RecordedOutcome,
}

#[derive(Debug, Serialize, Deserialize)]
struct RecordedRequest {
    method: String,
    url: String,
    headers: Vec<(String, String)>,
    body: String,
    /// Octets as they were sent.
    length: u64,
    /// The body is one well-formed JSON text and was meant to be.
    json: bool,
    /// What stands for the credential that was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    token: Option<String>,
    raw: bool,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum RecordedOutcome {
    Answered(RecordedResponse),
    Broken { kind: BrokenKind, detail: String },
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RecordedResponse {
    status: u16,
    /// The reason phrase, where it is another than the registered one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    version: String,
    headers: Vec<(String, String)>,
    body: String,
    /// Octets after content decoding.
    length: u64,
    /// Octets before content decoding.
    wire_length: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    problem: Option<BodyProblem>,
}

impl RecordedAttempt {
    /// An attempt as it is kept.
    pub(super) fn of(trial: &str, transcript: &Transcript, redactor: &Redactor<'_>) -> Self {
        let entries = transcript.entries.iter().map(|entry| RecordedEntry::of(entry, redactor)).collect();
        Self { trial: trial.to_owned(), job: redactor.text(&transcript.job), entries }
    }

    /// The transcript, for a case and an endpoint that somebody else knows.
    pub(super) fn transcript(
        self,
        case: Arc<Case>,
        collection: &'static str,
        profile: Arc<Profile>,
    ) -> Result<Transcript, String> {
        let entries = self.entries.into_iter().map(RecordedEntry::entry).collect::<Result<Vec<_>, _>>()?;
        if let Some(entry) = entries.iter().find(|entry| entry.step >= case.steps.len()) {
            return Err(format!("the case has no step {}", entry.step + 1));
        }
        Ok(Transcript { case, collection, job: self.job, profile, entries })
    }
}

impl RecordedEntry {
    fn of(entry: &Entry, redactor: &Redactor<'_>) -> Self {
        Self {
            step: entry.step,
            role: entry.role,
            exchange: RecordedExchange::of(&entry.exchange, redactor),
            before: entry.before.as_deref().map(|value| redactor.json(value)),
            etag_before: entry.etag_before.as_deref().map(|tag| redactor.text(tag)),
            target_id: redactor.text(&entry.target_id),
            listed: entry.listed.as_ref().map(|ids| ids.iter().map(|id| redactor.text(id)).collect()),
            reference: entry.reference.as_deref().map(|value| redactor.json(value)),
            marks: entry.marks.clone(),
            stranger: entry
                .stranger
                .as_ref()
                .map(|stranger| Stranger { id: redactor.text(&stranger.id), ..stranger.clone() }),
            bound: Bound(entry.bound.0.iter().map(|(name, value)| (name.clone(), redactor.text(value))).collect()),
        }
    }

    fn entry(self) -> Result<Entry, String> {
        Ok(Entry {
            step: self.step,
            role: self.role,
            exchange: Box::new(self.exchange.exchange()?),
            before: self.before.map(Arc::new),
            etag_before: self.etag_before,
            target_id: self.target_id,
            listed: self.listed,
            reference: self.reference.map(Arc::new),
            marks: self.marks,
            stranger: self.stranger,
            bound: self.bound,
        })
    }
}

/// What was wrong with a body, which may quote it.
fn without_secrets(problem: &BodyProblem, redactor: &Redactor<'_>) -> BodyProblem {
    match problem {
        BodyProblem::CutOff(why) => BodyProblem::CutOff(redactor.text(why)),
        BodyProblem::Undecodable(why) => BodyProblem::Undecodable(redactor.text(why)),
        BodyProblem::TooLarge(_) | BodyProblem::TimedOut | BodyProblem::Excess(_) => problem.clone(),
    }
}

impl RecordedExchange {
    /// An exchange as it is kept.
    pub(super) fn of(exchange: &Exchange, redactor: &Redactor<'_>) -> Self {
        let request = &exchange.request;
        let headers = |all: &[(String, String)]| {
            all.iter().map(|(name, value)| (redactor.text(name), redactor.text(value))).collect()
        };
        let body = |octets: &[u8]| STANDARD.encode(redactor.octets(octets));
        Self {
            at_micros: micros(exchange.at),
            first_byte_micros: micros(exchange.first_byte),
            total_micros: micros(exchange.total),
            request_id_repeated: exchange.request_id_repeated,
            request: RecordedRequest {
                method: redactor.text(&request.method),
                url: redactor.text(&request.url),
                headers: headers(&request.headers),
                body: body(&request.body),
                length: request.body.len() as u64,
                json: request.json.is_some(),
                token: request.token.as_ref().and_then(|token| redactor.token(token)),
                raw: request.raw,
            },
            outcome: match &exchange.outcome {
                Outcome::Broken(broken) => {
                    RecordedOutcome::Broken { kind: broken.kind, detail: redactor.text(&broken.detail) }
                }
                Outcome::Answered(response) => RecordedOutcome::Answered(RecordedResponse {
                    status: response.status,
                    reason: response.reason.as_deref().map(|reason| redactor.text(reason)),
                    version: response.version.to_owned(),
                    headers: headers(&response.headers),
                    body: body(&response.body),
                    length: response.body.len() as u64,
                    wire_length: response.wire_length,
                    problem: response.problem.as_ref().map(|problem| without_secrets(problem, redactor)),
                }),
            },
        }
    }

    fn exchange(self) -> Result<Exchange, String> {
        let request = self.request;
        let body = octets(&request.body)?;
        let outcome = match self.outcome {
            RecordedOutcome::Broken { kind, detail } => Outcome::Broken(Broken { kind, detail }),
            RecordedOutcome::Answered(kept) => Outcome::Answered(Response {
                status: kept.status,
                reason: kept.reason,
                version: version(&kept.version)?,
                headers: kept.headers,
                body: octets(&kept.body)?.into(),
                wire_length: kept.wire_length,
                problem: kept.problem,
                parsed: std::sync::OnceLock::new(),
            }),
        };
        Ok(Exchange {
            request: SentRequest {
                method: request.method,
                url: request.url,
                headers: request.headers,
                json: request.json.then(|| json::parse(&body).value).flatten(),
                body: body.into(),
                token: request.token.map(Secret::new),
                raw: request.raw,
            },
            outcome,
            at: Duration::from_micros(self.at_micros),
            first_byte: Duration::from_micros(self.first_byte_micros),
            total: Duration::from_micros(self.total_micros),
            request_id_repeated: self.request_id_repeated,
        })
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

fn octets(text: &str) -> Result<Vec<u8>, String> {
    STANDARD.decode(text).map_err(|error| format!("a body is not base64: {error}"))
}

fn version(text: &str) -> Result<&'static str, String> {
    ["HTTP/1.1", "HTTP/2", "HTTP/1.0", "HTTP/0.9", "HTTP/3"]
        .into_iter()
        .find(|known| *known == text)
        .ok_or_else(|| format!("no HTTP version is called {text:?}"))
}
