//! The content of a request: as its case gives it, or how it is made.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;

/// The content of a request as a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// `body`: JSON with placeholders; `null` is the JSON text `null`.
    Json(Arc<Value>),
    /// `bodyText`: text with placeholders, sent octet for octet.
    Text(String),
    /// `bodyBase64`: octets in base64.
    Base64(String),
    /// `bodyMade`: made by the harness.
    Generated(GeneratedBody),
}

impl Content {
    /// The JSON that the case gives.
    #[must_use]
    pub fn json(&self) -> Option<&Value> {
        if let Self::Json(json) = self { Some(json) } else { None }
    }

    /// Long or deep on purpose.
    #[must_use]
    pub fn is_oversized(&self) -> bool {
        matches!(self, Self::Generated(GeneratedBody::LongStatus(_) | GeneratedBody::DeepDetails(_)))
    }

    /// The job as it was read.
    #[must_use]
    pub fn is_write_back(&self) -> bool {
        matches!(self, Self::Generated(GeneratedBody::LastRead | GeneratedBody::LastReadDeclared))
    }
}

/// A body that the harness makes, because it is too large for a file or depends on earlier answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum GeneratedBody {
    /// `{"status": "xxx…"}` with a string of so many octets.
    LongStatus(usize),
    /// `{"error": {"details": [[[…]]]}}` nested so many levels deep.
    DeepDetails(usize),
    /// The entity exactly as the last read returned it, unwrapped.
    LastRead,
    /// As `LastRead`, without the members that the page and the metadata do not declare.
    LastReadDeclared,
    /// No content at all: zero octets.
    Empty,
    /// The valid token as `access_token` of a form (RFC 6750, section 2.2).
    TokenForm,
    /// The valid token as member `access_token` of a JSON object.
    TokenJson,
}
