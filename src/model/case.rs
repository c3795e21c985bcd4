//! Case files: a request (or a few, in order) and what is expected.
//!
//! The grammar that people see is `schemas/case.schema.json`; these types are its mirror. A file with a single
//! step writes `request` and `expect` at its root; [`Case::steps`] is the same for both spellings.

use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::Value;

use super::capability::Capability;
pub use super::content::{Content, GeneratedBody};
use super::expect::Expect;
pub use super::request::{Address, Auth, OneOrMany, Request};
pub use super::wire::{Pause, Wire};

/// One case: what is sent, in order, and what is expected of the answers.
#[derive(Debug, Deserialize)]
#[serde(try_from = "CaseFile")]
pub struct Case {
    /// One sentence that says what the case shows.
    pub title: String,
    /// Why the case exists, for people.
    pub description: Option<String>,
    /// Requirements that the case tests; the first one is the one that a wrong status breaks.
    pub requirements: Vec<String>,
    /// Collections that the case applies to; all six when `None`.
    pub endpoints: Option<Vec<String>>,
    /// Capabilities without which the case is skipped.
    pub needs: Vec<Capability>,
    /// Capabilities with which the case makes no sense (for example `upsert`).
    pub unless: Vec<Capability>,
    /// The case looks at more than its own job, so nothing else may run beside it.
    pub exclusive: bool,
    /// A plain valid update, tried before all else: what a path that takes none of these refuses beside says nothing.
    pub plain: bool,
    /// The steps, at least one.
    pub steps: Vec<Step>,
}

impl Case {
    /// The requirement that a wrong status is attributed to unless the step says otherwise.
    #[must_use]
    pub fn primary(&self) -> &str {
        self.requirements.first().map_or("REQ-STATUS-001", String::as_str)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct CaseFile {
    #[serde(rename = "$schema", default)]
    _schema: Option<String>,
    title: String,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    requirements: Vec<String>,
    #[serde(default)]
    endpoints: Option<Vec<String>>,
    #[serde(default)]
    needs: Vec<Capability>,
    #[serde(default)]
    unless: Vec<Capability>,
    #[serde(default)]
    exclusive: bool,
    #[serde(default)]
    plain: bool,
    #[serde(default)]
    request: Option<Request>,
    #[serde(default)]
    expect: Option<Expect>,
    #[serde(default)]
    steps: Option<Vec<Step>>,
}

impl TryFrom<CaseFile> for Case {
    type Error = &'static str;

    fn try_from(file: CaseFile) -> Result<Self, Self::Error> {
        let steps = match (file.steps, file.request, file.expect) {
            (Some(steps), None, None) if !steps.is_empty() => steps,
            (Some(_), None, None) => return Err("`steps` must hold at least one step"),
            (Some(_), _, _) => return Err("a case has either `steps` or one `request` with `expect`, not both"),
            (None, request, expect) => vec![Step {
                name: None,
                request: request.unwrap_or_default(),
                race: None,
                expect: expect.unwrap_or_default(),
            }],
        };
        Ok(Self {
            title: file.title,
            description: file.description,
            requirements: file.requirements,
            endpoints: file.endpoints,
            needs: file.needs,
            unless: file.unless,
            exclusive: file.exclusive,
            plain: file.plain,
            steps,
        })
    }
}

/// One request and what is expected of its answer.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Step {
    /// Name by which messages and placeholders refer to the step.
    #[serde(default)]
    pub name: Option<String>,
    /// What is sent.
    #[serde(default)]
    pub request: Request,
    /// Requests sent at the same time instead of one request.
    #[serde(default)]
    pub race: Option<Race>,
    /// What is expected of the answer.
    #[serde(default)]
    pub expect: Expect,
}

/// Concurrent writers and readers of one job.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Race {
    /// Bodies of the PATCH requests that are sent at once in every round.
    pub writers: Vec<Value>,
    /// Headers that every writer sends beside the usual ones.
    #[serde(default)]
    pub headers: IndexMap<String, Option<OneOrMany>>,
    /// How the requests of the writers travel.
    #[serde(default)]
    pub wire: Wire,
    /// The writers all name the `ETag` from before the round in If-Match.
    #[serde(default)]
    pub conditional: bool,
    /// GET requests sent at once with the writers in every round.
    #[serde(default)]
    pub readers: usize,
    /// GET requests of the second job of the collection, sent at once with the writers in every round.
    #[serde(default)]
    pub neighbours: usize,
    /// How often the race is run, at most 50.
    #[serde(default = "one")]
    pub rounds: usize,
    /// What must hold of the answers.
    pub must: RaceRule,
}

fn one() -> usize {
    1
}

/// What must hold after a [`Race`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RaceRule {
    /// Every state that a reader sees is the work of one writer (REQ-ATOM-003).
    WholeStates,
    /// What two successful writers set is visible afterwards (REQ-ATOM-004).
    BothVisible,
    /// Of writers that name the same state in If-Match one at most succeeds (REQ-COND-002).
    OneWins,
    /// What is read of the second job shows nothing of the update of the first (REQ-ISO-001).
    Apart,
}
