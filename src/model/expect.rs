//! What a case expects of one answer.
//!
//! Several answers may be right: [`Expect::or`] holds the alternatives, and the status decides which one applies.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::finding::Level;

/// Expectation of one answer. Empty means: a plain, fully judged success.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Expect {
    /// Statuses that this alternative covers; `200` by default.
    #[serde(default)]
    pub status: Option<StatusSet>,
    /// The requirement that another status breaks; the first one of the case by default.
    #[serde(default)]
    pub requirement: Option<String>,
    /// An answer of this alternative is tolerated, but reported at this level.
    #[serde(default)]
    pub grade: Option<Level>,
    /// Why it is only tolerated: the sentence of the finding.
    #[serde(default)]
    pub because: Option<String>,
    /// Schema that the body is held to: `jobResponseBase`, `odataError` or `none`; by the status when not said.
    #[serde(default)]
    pub schema: Option<String>,
    /// Expected headers.
    #[serde(default)]
    pub headers: IndexMap<String, Matcher>,
    /// Expected members, by JSON Pointer.
    #[serde(default)]
    pub members: IndexMap<String, Matcher>,
    /// The whole expected body, compared under the equality rules of the contract.
    #[serde(default)]
    pub body: Option<Value>,
    /// What became of the job.
    #[serde(default)]
    pub job: JobAfter,
    /// Read the job after the answer and compare.
    #[serde(default)]
    pub read_back: bool,
    /// Requirements that differences are attributed to, where the kind of difference does not decide.
    #[serde(default)]
    pub attribute: Attribution,
    /// After an answer of this alternative the steps that follow make no sense, and are left out.
    #[serde(default)]
    pub ends: bool,
    /// Other answers that are right as well.
    #[serde(default)]
    pub or: Vec<Expect>,
}

impl Expect {
    /// The alternative that covers `status`: this one or one in [`Expect::or`].
    #[must_use]
    pub fn matching(&self, status: u16) -> Option<&Expect> {
        std::iter::once(self).chain(&self.or).find(|alternative| match &alternative.status {
            Some(set) => set.contains(status),
            None => status == 200,
        })
    }

    /// Whether an alternative asks for just this status, not for a class that happens to hold it.
    #[must_use]
    pub fn names(&self, status: u16) -> bool {
        let sets = std::iter::once(self).chain(&self.or).filter_map(|alternative| alternative.status.as_ref());
        sets.flat_map(StatusSet::rows).any(|row| matches!(row, StatusRow::Code(code) if *code == status))
    }

    /// The statuses of all alternatives, for messages.
    #[must_use]
    pub fn statuses(&self) -> String {
        let mut words = Vec::new();
        for alternative in std::iter::once(self).chain(&self.or) {
            let word = alternative.status.as_ref().map_or_else(|| "200".to_owned(), ToString::to_string);
            if alternative.grade.is_none() && !words.contains(&word) {
                words.push(word);
            }
        }
        words.join(" or ")
    }

    /// Whether a success is the first thing expected.
    #[must_use]
    pub fn wants_success(&self) -> bool {
        self.status.as_ref().is_none_or(|set| set.contains(200) || set.contains(204))
    }
}

/// Requirements that a difference is attributed to.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Attribution {
    /// A member that was sent does not come back equal.
    #[serde(default)]
    pub echo: Option<String>,
    /// A member that was not sent has changed.
    #[serde(default)]
    pub untouched: Option<String>,
    /// A refused request changed the job.
    #[serde(default)]
    pub unchanged: Option<String>,
    /// The job read back differs from the answer.
    #[serde(default)]
    pub read_back: Option<String>,
    /// Another job or path shows the update.
    #[serde(default)]
    pub others: Option<String>,
}

/// What became of the job that a request addressed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum JobAfter {
    /// By the status: a 2xx applied the body, anything else changed nothing.
    #[default]
    ByStatus,
    /// Nothing changed, whatever the status.
    Unchanged,
    /// The body was applied, whatever is in the answer.
    Updated,
    /// Not judged; the next step reads first.
    Unjudged,
}

/// A set of statuses.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum StatusSet {
    /// One row.
    One(StatusRow),
    /// Any of several rows.
    Many(Vec<StatusRow>),
}

/// One status, or a class of them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum StatusRow {
    /// Exactly this code.
    Code(u16),
    /// `1xx` to `5xx`, or `refusal`: a client error that fits a bad body (contract, part 0).
    Class(StatusClass),
}

/// Classes of statuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum StatusClass {
    /// 200 to 299.
    #[serde(rename = "2xx")]
    Success,
    /// 300 to 399.
    #[serde(rename = "3xx")]
    Redirect,
    /// 400 to 499.
    #[serde(rename = "4xx")]
    ClientError,
    /// 500 to 599.
    #[serde(rename = "5xx")]
    ServerError,
    /// 400 to 499 without 401, 403, 404, 405, 408 and 429.
    #[serde(rename = "refusal")]
    Refusal,
    /// Any status.
    #[serde(rename = "any")]
    Any,
}

impl StatusSet {
    /// Whether `status` belongs to the set.
    #[must_use]
    pub fn contains(&self, status: u16) -> bool {
        self.rows().iter().any(|row| match row {
            StatusRow::Code(code) => *code == status,
            StatusRow::Class(class) => class.contains(status),
        })
    }

    /// The rows of the set.
    #[must_use]
    pub fn rows(&self) -> &[StatusRow] {
        match self {
            Self::One(row) => std::slice::from_ref(row),
            Self::Many(rows) => rows,
        }
    }
}

impl StatusClass {
    fn contains(self, status: u16) -> bool {
        match self {
            Self::Success => (200..300).contains(&status),
            Self::Redirect => (300..400).contains(&status),
            // After a 429 the request is made again (part 0 of the contract); a case that asks for one names it.
            Self::ClientError => (400..500).contains(&status) && status != 429,
            Self::ServerError => (500..600).contains(&status),
            Self::Refusal => (400..500).contains(&status) && !matches!(status, 401 | 403 | 404 | 405 | 408 | 429),
            Self::Any => true,
        }
    }
}

impl std::fmt::Display for StatusSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (i, row) in self.rows().iter().enumerate() {
            if i > 0 {
                f.write_str(" or ")?;
            }
            match row {
                StatusRow::Code(code) => write!(f, "{code}")?,
                StatusRow::Class(StatusClass::Success) => f.write_str("2xx")?,
                StatusRow::Class(StatusClass::Redirect) => f.write_str("3xx")?,
                StatusRow::Class(StatusClass::ClientError) => f.write_str("4xx")?,
                StatusRow::Class(StatusClass::ServerError) => f.write_str("5xx")?,
                StatusRow::Class(StatusClass::Refusal) => f.write_str("a 4xx that refuses the body")?,
                StatusRow::Class(StatusClass::Any) => f.write_str("any status")?,
            }
        }
        Ok(())
    }
}

/// What a header or member must be. Every condition that is given must hold.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Matcher {
    /// Equal under the equality rules of the contract.
    #[serde(default, deserialize_with = "some_value")]
    pub equals: Option<Value>,
    /// A date-time of the same instant.
    #[serde(default)]
    pub same_instant: Option<String>,
    /// `true`: not there; `false`: there, whatever its value.
    #[serde(default)]
    pub absent: Option<bool>,
    /// JSON type, or several.
    #[serde(default, rename = "type")]
    pub kind: Option<JsonTypes>,
    /// Equal to one of these.
    #[serde(default)]
    pub one_of: Option<Vec<Value>>,
    /// A string that matches this regular expression.
    #[serde(default)]
    pub matches: Option<String>,
    /// A comma-separated list (header) or array that holds this string.
    #[serde(default)]
    pub lists: Option<String>,
    /// A string that does not contain this text.
    #[serde(default)]
    pub lacks: Option<String>,
    /// The requirement that a mismatch breaks; that of the step by default.
    #[serde(default)]
    pub requirement: Option<String>,
    /// Level of a mismatch; that of the requirement by default.
    #[serde(default)]
    pub level: Option<Level>,
}

fn some_value<'de, D: serde::Deserializer<'de>>(d: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(d).map(Some)
}

/// One JSON type or several.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum JsonTypes {
    /// One type.
    One(JsonType),
    /// Any of several.
    Many(Vec<JsonType>),
}

impl JsonTypes {
    /// The types.
    #[must_use]
    pub fn as_slice(&self) -> &[JsonType] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        }
    }
}

/// The types of JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum JsonType {
    /// An object.
    Object,
    /// An array.
    Array,
    /// A string.
    String,
    /// A number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// `null`.
    Null,
}

impl JsonType {
    /// The type of `value`.
    #[must_use]
    pub fn of(value: &Value) -> Self {
        match value {
            Value::Object(_) => Self::Object,
            Value::Array(_) => Self::Array,
            Value::String(_) => Self::String,
            Value::Number(_) => Self::Number,
            Value::Bool(_) => Self::Boolean,
            Value::Null => Self::Null,
        }
    }

    /// The name as JSON Schema writes it, with an article for messages.
    #[must_use]
    pub fn with_article(self) -> &'static str {
        match self {
            Self::Object => "an object",
            Self::Array => "an array",
            Self::String => "a string",
            Self::Number => "a number",
            Self::Boolean => "a Boolean",
            Self::Null => "null",
        }
    }
}
