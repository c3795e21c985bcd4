//! What a single header or member must be: conditions as data. Whether they hold is for the checks to say.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::model::finding::Level;

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
    /// An object with the members of one of these objects, whatever else it has.
    #[serde(default)]
    pub has_one_of: Option<Vec<Map<String, Value>>>,
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
