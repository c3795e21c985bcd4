//! What a check sees of one response, and where it writes.

use serde_json::{Map, Value};

use crate::contract::requirement::requirement;
use crate::model::case::Step;
use crate::model::exchange::{Exchange, Response};
use crate::model::expect::{BodySchema, Expect};
use crate::model::finding::{Finding, Level, Place, Shown};
use crate::model::profile::Profile;
use crate::model::transcript::{Entry, Role, Transcript};

/// One response with everything that is known around it.
#[derive(Debug)]
pub struct Scene<'a> {
    /// The whole attempt.
    pub transcript: &'a Transcript,
    /// The exchange and its part in the case.
    pub entry: &'a Entry,
    /// Index of the exchange.
    pub index: usize,
    /// The response.
    pub response: &'a Response,
    /// The step.
    pub step: &'a Step,
    /// The alternative of the expectation that the status selects; `None` when the status is wrong.
    pub expected: Option<&'a Expect>,
}

impl<'a> Scene<'a> {
    pub(super) fn new(transcript: &'a Transcript, entry: &'a Entry, index: usize, response: &'a Response) -> Self {
        let step = &transcript.case.steps[entry.step];
        Self { transcript, entry, index, response, step, expected: step.expect.matching(response.status) }
    }

    /// The exchange.
    #[must_use]
    pub fn exchange(&self) -> &'a Exchange {
        &self.entry.exchange
    }

    /// What is declared of the target.
    #[must_use]
    pub fn profile(&self) -> &'a Profile {
        &self.transcript.profile
    }

    /// The response answers a PATCH of one job, with 200 as expected, and is to be judged as the entity.
    #[must_use]
    pub fn is_entity(&self) -> bool {
        let wanted = match self.expected.and_then(|expect| expect.schema) {
            Some(schema) => schema == BodySchema::JobResponseBase,
            None => self.exchange().request.method == "PATCH",
        };
        self.response.status == 200
            && wanted
            && self.expected.is_some()
            && matches!(self.entry.role, Role::Step | Role::Writer(_))
    }

    /// The entity, where [`Scene::is_entity`] holds and the root is an object.
    #[must_use]
    pub fn entity(&self) -> Option<&'a Map<String, Value>> {
        if !self.is_entity() {
            return None;
        }
        self.response.json().and_then(Value::as_object)
    }

    /// What was sent, where it was a JSON object.
    #[must_use]
    pub fn sent(&self) -> Option<&'a Map<String, Value>> {
        self.exchange().request.json.as_deref().and_then(Value::as_object)
    }

    /// The client asked for `odata.metadata=none`, so annotations are left out.
    #[must_use]
    pub fn declines_metadata(&self) -> bool {
        self.exchange().request.header("accept").is_some_and(|accept| accept.contains("metadata=none"))
    }

    /// The job as last seen before the request.
    #[must_use]
    pub fn before(&self) -> Option<&'a Map<String, Value>> {
        self.entry.before.as_deref().and_then(Value::as_object)
    }

    /// The requirement that the case is about.
    #[must_use]
    pub fn primary(&self) -> &'a str {
        self.step.expect.requirement.as_deref().unwrap_or_else(|| self.transcript.case.primary())
    }

    /// The read of the leased job that followed the step.
    #[must_use]
    pub fn read_after(&self) -> Option<(usize, &'a Entry)> {
        self.transcript.read(self.entry.step, Role::ReadAfter)
    }

    /// No later exchange belongs to the step.
    #[must_use]
    pub fn ends_step(&self) -> bool {
        self.transcript.of_step(self.entry.step).all(|(index, _)| index <= self.index)
    }

    /// A finding about this response.
    pub fn finding(&self, requirement: &str, place: Place, message: impl Into<String>) -> Draft {
        Draft::new(requirement, self.index, place, message)
    }
}

/// What is shown as actual where nothing is there.
const ABSENT: &str = "(absent)";

/// A finding being written.
#[derive(Debug)]
#[must_use]
pub struct Draft(Finding);

impl Draft {
    /// A finding about exchange `index`, at the level of its requirement.
    pub fn new(id: &str, index: usize, place: Place, message: impl Into<String>) -> Self {
        let known = requirement(id);
        Self(Finding {
            requirement: known.map_or_else(|| id.to_owned().into(), |known| known.id.as_str().into()),
            level: known.map_or(Level::Must, |known| known.level),
            check: "".into(),
            exchange: index,
            place,
            message: message.into(),
            expected: None,
            actual: None,
        })
    }

    /// Counts at most as `level`.
    pub fn at_most(mut self, level: Level) -> Self {
        self.0.level = self.0.level.min(level);
        self
    }

    /// What was expected.
    pub fn expected(mut self, shown: impl Into<Shown>) -> Self {
        self.0.expected = Some(shown.into());
        self
    }

    /// What was there.
    pub fn actual(mut self, shown: impl Into<Shown>) -> Self {
        self.0.actual = Some(shown.into());
        self
    }

    /// What was expected, where anything was.
    pub fn expected_if(self, shown: Option<impl Into<Shown>>) -> Self {
        match shown {
            Some(shown) => self.expected(shown),
            None => self,
        }
    }

    /// What was there, or that nothing was.
    pub fn actual_if(self, shown: Option<impl Into<Shown>>) -> Self {
        match shown {
            Some(shown) => self.actual(shown),
            None => self.actual(ABSENT),
        }
    }
}

/// Where checks write. One cause gives one finding: a second one at the same place of the same exchange, or below a
/// place that is already found wrong, is dropped.
#[derive(Debug, Default)]
pub struct Findings {
    all: Vec<Finding>,
    /// Those that were written before about an earlier exchange: they are told once, and explain what follows from them
    /// in this exchange too.
    again: Vec<Finding>,
    pub(super) check: &'static str,
}

impl Findings {
    /// A requirement that this check found broken, though neither its row nor the case names it.
    pub(super) fn unlisted(&self, check: &super::Check, case: &crate::model::case::Case) -> Option<&str> {
        let found = self.all.iter().filter(|finding| finding.check == check.name);
        let mut ids = found.map(|finding| finding.requirement.as_ref());
        ids.find(|id| !check.requirements.contains(id) && !format!("{case:?}").contains(id))
    }

    /// Writes a finding down.
    pub fn add(&mut self, draft: Draft) {
        let mut finding = draft.0;
        finding.check = self.check.into();
        let repeated =
            self.all.iter().any(|known| known.requirement == finding.requirement && known.place == finding.place);
        if self.covers(&finding) {
            return;
        }
        if repeated {
            return self.again.push(finding);
        }
        // A failure at a place says more than a warning about the same place.
        self.all.retain(|known| {
            !(known.exchange == finding.exchange
                && known.level < finding.level
                && matches!(known.place, Place::Body(_))
                && known.place == finding.place)
        });
        self.all.push(finding);
    }

    /// A known finding of the same exchange, at least as grave, already says that this part of the body is wrong.
    fn covers(&self, finding: &Finding) -> bool {
        let Place::Body(pointer) = &finding.place else { return false };
        self.all.iter().chain(&self.again).any(|known| match &known.place {
            Place::Body(wider) => {
                known.exchange == finding.exchange && known.level >= finding.level && within(pointer, wider)
            }
            _ => false,
        })
    }

    /// Whether something of at least `level` was found in this exchange.
    #[must_use]
    pub fn has(&self, exchange: usize, level: Level) -> bool {
        self.all.iter().chain(&self.again).any(|known| known.exchange == exchange && known.level >= level)
    }

    pub(super) fn into_sorted(mut self) -> Vec<Finding> {
        // Graver first; otherwise in the order in which they were written, which is causes before consequences.
        self.all.sort_by_key(|finding| std::cmp::Reverse(finding.level));
        self.all
    }
}

/// Whether `pointer` is `wider` or lies below it.
fn within(pointer: &str, wider: &str) -> bool {
    pointer.strip_prefix(wider).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
