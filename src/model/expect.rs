//! What a case expects of one answer.
//!
//! Several answers may be right: [`Expect::or`] holds the alternatives, and the status decides which one applies. What a
//! single header or member must be is a [`Matcher`].

mod matcher;
mod status;

use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::Value;

use super::finding::Level;
pub use matcher::{JsonType, JsonTypes, Matcher};
pub use status::{StatusClass, StatusRow, StatusSet};

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
    /// Schema that the body is held to; by the status when not said.
    #[serde(default)]
    pub schema: Option<BodySchema>,
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
    /// After an answer of this alternative there is nothing to judge: the steps that follow are left out, and the trial is
    /// skipped for this reason.
    #[serde(default)]
    pub skip: Option<String>,
    /// Other answers that are right as well.
    #[serde(default)]
    pub or: Vec<Expect>,
}

/// A schema that the body of an answer is held to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum BodySchema {
    /// That of a job.
    JobResponseBase,
    /// That of the `OData` error envelope.
    OdataError,
    /// None at all.
    None,
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

    /// Whether the steps that follow are left out after an answer of this alternative.
    #[must_use]
    pub fn is_last(&self) -> bool {
        self.ends || self.skip.is_some()
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
