//! Findings: one broken requirement at one place, with what was expected and what was there.
//!
//! The main type is [`Finding`]. Its fingerprint is made of names and places, never of values, so that waivers and history
//! know it again in every run.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::digest::hexadecimal;

/// How binding a requirement is (contract, part 0).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Level {
    /// Either way is right: a note.
    #[serde(alias = "may")]
    May,
    /// A server may differ for a reason: a warning.
    #[serde(alias = "should")]
    Should,
    /// A server that does otherwise does not conform: a failure.
    #[serde(alias = "must")]
    Must,
}

impl Level {
    /// `MUST`, `SHOULD` or `MAY`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Must => "MUST",
            Self::Should => "SHOULD",
            Self::May => "MAY",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Where in an exchange a finding sits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", content = "at", rename_all = "kebab-case")]
pub enum Place {
    /// The status line.
    Status,
    /// A response header, by its name in lower case.
    Header(String),
    /// The response body, by JSON Pointer (RFC 6901); empty for the whole body.
    Body(String),
    /// The job as read back afterwards, by JSON Pointer.
    Job(String),
    /// Another resource as read back afterwards: its URL path.
    Elsewhere(String),
    /// Framing and connection.
    Wire,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status => f.write_str("status line"),
            Self::Header(name) => write!(f, "header {name}"),
            Self::Body(pointer) if pointer.is_empty() => f.write_str("body"),
            Self::Body(pointer) => write!(f, "body {pointer}"),
            Self::Job(pointer) if pointer.is_empty() => f.write_str("job read back"),
            Self::Job(pointer) => write!(f, "job read back, {pointer}"),
            Self::Elsewhere(path) => write!(f, "another resource, {path}"),
            Self::Wire => f.write_str("wire"),
        }
    }
}

/// One requirement broken at one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Id of the requirement.
    pub requirement: Cow<'static, str>,
    /// Level at which it counts here; never above that of the requirement.
    pub level: Level,
    /// Name of the check that wrote it.
    pub check: Cow<'static, str>,
    /// Index of the exchange in the transcript.
    pub exchange: usize,
    /// Where.
    #[serde(flatten)]
    pub place: Place,
    /// One sentence.
    pub message: String,
    /// What was expected, as JSON or text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<Shown>,
    /// What was there instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actual: Option<Shown>,
}

/// A value as it is shown to people: JSON stays JSON, so that it can be compared member by member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Shown {
    /// A JSON value.
    Json(serde_json::Value),
    /// Anything else.
    Text(String),
}

impl From<serde_json::Value> for Shown {
    fn from(value: serde_json::Value) -> Self {
        Self::Json(value)
    }
}

impl From<&str> for Shown {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Shown {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl Finding {
    /// Sixteen hexadecimal digits that stay the same from run to run for the same defect of the same trial:
    /// made of trial, requirement, check and place, never of values.
    #[must_use]
    pub fn fingerprint(&self, trial: &str) -> String {
        digest(&[trial, &self.requirement, &self.check, &self.place.to_string()])
    }

    /// Sixteen hexadecimal digits that are the same for the same defect in every trial, at every place and in every run:
    /// made of the requirement and the [`sentence`](Finding::sentence).
    #[must_use]
    pub fn cause(&self) -> String {
        digest(&[&self.requirement, &self.sentence()])
    }

    /// The message without what differs from member to member and from answer to answer: quoted names, numbers, and what a
    /// colon introduces.
    #[must_use]
    pub fn sentence(&self) -> String {
        let told = self.message.split_once(": ").map_or(&*self.message, |(told, _)| told);
        let words = told.split('`').step_by(2);
        words.flat_map(str::chars).filter(|c| !c.is_ascii_digit()).collect()
    }
}

fn digest(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    hexadecimal(&hash.finalize()[..8])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(message: &str, place: Place) -> Finding {
        Finding {
            requirement: "REQ-BODY-001".into(),
            level: Level::Must,
            check: "c".into(),
            exchange: 0,
            place,
            message: message.to_owned(),
            expected: None,
            actual: None,
        }
    }

    #[test]
    fn the_cause_does_not_depend_on_values() {
        let one = finding("`status` is not JSON at line 1, column 14: expected `,`.", Place::Status);
        for other in [
            finding("`type` is not JSON at line 1, column 3: end of file.", Place::Body("/type".to_owned())),
            Finding { exchange: 3, expected: Some("x".into()), ..one.clone() },
        ] {
            assert_eq!(one.cause(), other.cause());
        }
        assert_ne!(one.cause(), finding("`status` is missing.", Place::Status).cause());
        assert_ne!(one.cause(), Finding { requirement: "REQ-BODY-002".into(), ..one.clone() }.cause());
    }
}
