//! The jobs, how an update is merged into one, and what its `ETag` is.
//!
//! Merging goes through complex values; collections are replaced and null clears
//! (OData 4.01 Protocol 11.4.3).

use std::collections::HashMap;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use indexmap::IndexMap;
use serde_json::{Value, json};

use super::effect::Object;
use super::options::Options;
use super::validate::properties;
use crate::contract::endpoint::{ENDPOINTS, by_collection};

/// A job's collection and id: the same id in two collections is two jobs.
pub(crate) type Key = (&'static str, String);

/// The properties of a job without id and annotations. Copies share them until one of them is changed.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Properties(Arc<Object>);

impl Properties {
    /// A copy to change.
    pub(crate) fn to_object(&self) -> Object {
        Object::clone(&self.0)
    }
}

impl From<Object> for Properties {
    fn from(object: Object) -> Self {
        Self(Arc::new(object))
    }
}

impl Deref for Properties {
    type Target = Object;

    fn deref(&self) -> &Object {
        &self.0
    }
}

impl DerefMut for Properties {
    fn deref_mut(&mut self) -> &mut Object {
        Arc::make_mut(&mut self.0)
    }
}

/// One job.
#[derive(Debug, Clone)]
pub(crate) struct Job {
    /// The name of its type, without namespace.
    pub(crate) kind: String,
    /// Whose it is: 0 or 1.
    pub(crate) tenant: u8,
    pub(crate) properties: Properties,
    /// The properties before the last update.
    pub(crate) previous: Properties,
    /// Grows with every change of state, over all jobs.
    pub(crate) revision: u64,
    /// The revision before the last change.
    pub(crate) replaced: u64,
    /// The latest revisions before the present one, the last of them last.
    pub(crate) history: Vec<u64>,
    /// The connection of the last update.
    pub(crate) writer: u64,
    /// The number of updates.
    pub(crate) patches: u64,
    /// The number of times that it was read since the last update.
    pub(crate) reads: u64,
    /// When the last update arrived.
    pub(crate) touched: Option<Instant>,
}

/// The jobs at the start that cases have to ask for, as (collection, id).
#[derive(Debug, Default)]
pub(crate) struct Particular {
    /// Those of a derived type.
    pub(crate) derived: Vec<(String, String)>,
    /// Those of the second tenant.
    pub(crate) foreign: Vec<(String, String)>,
}

/// All jobs of a server.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) jobs: IndexMap<Key, Job>,
    pub(crate) revision: u64,
    /// The id that the latest request of each collection named, for [`Switch::OneCurrentJob`].
    ///
    /// [`Switch::OneCurrentJob`]: super::effect::Switch::OneCurrentJob
    pub(crate) current: HashMap<&'static str, String>,
    /// Jobs that were deleted, for [`Switch::DeletedComesBack`].
    ///
    /// [`Switch::DeletedComesBack`]: super::effect::Switch::DeletedComesBack
    pub(crate) deleted: HashMap<Key, Job>,
    /// How often each collection was listed.
    pub(crate) lists: HashMap<&'static str, u64>,
    /// Jobs that are to come about after a while, since when, and what they are to have.
    pub(crate) awaited: Vec<(Instant, Key, Object)>,
    window: Option<(Instant, u32)>,
}

impl State {
    /// The state at the start, and which of the jobs are not of the base type, or not of our tenant.
    pub(crate) fn new(options: &Options) -> (Self, Particular) {
        let mut state = Self::default();
        let mut particular = Particular::default();
        for (collection, id) in &options.jobs {
            if let Some(endpoint) = by_collection(collection) {
                state.create((endpoint.collection, id.clone()), "jobResponseBase", 0, initial());
            }
        }
        if options.jobs.is_empty() {
            for endpoint in &ENDPOINTS {
                for _ in 0..2 {
                    state.create((endpoint.collection, new_id()), "jobResponseBase", 0, initial());
                }
            }
            for endpoint in ENDPOINTS.iter().filter(|endpoint| endpoint.usual_type != endpoint.declared_type) {
                let id = new_id();
                state.create((endpoint.collection, id.clone()), endpoint.usual_type, 0, initial());
                particular.derived.push((endpoint.collection.to_owned(), id));
            }
            // Last, so that the job beside another one is of the same tenant.
            for endpoint in ENDPOINTS.iter().filter(|_| options.second_tenant_token.is_some()) {
                let id = new_id();
                let mut foreign = initial();
                foreign.insert("tenantId".to_owned(), SECOND_TENANT.into());
                state.create((endpoint.collection, id.clone()), "jobResponseBase", 1, foreign);
                particular.foreign.push((endpoint.collection.to_owned(), id));
            }
        }
        (state, particular)
    }

    /// Adds a job; properties that are not given are null.
    pub(crate) fn create(&mut self, key: Key, kind: &str, tenant: u8, given: Object) {
        let mut all: Object = properties().map(|name| (name.to_owned(), Value::Null)).collect();
        if kind != "jobResponseBase" {
            all.insert("result".to_owned(), result(kind));
        }
        merge(&mut all, given);
        let all = Properties::from(all);
        self.revision += 1;
        let job = Job {
            kind: kind.to_owned(),
            tenant,
            previous: all.clone(),
            properties: all,
            revision: self.revision,
            replaced: self.revision,
            history: Vec::new(),
            writer: 0,
            patches: 0,
            reads: 0,
            touched: None,
        };
        self.jobs.insert(key, job);
    }

    /// Turns the jobs of the base type into such of derived types.
    pub(crate) fn derive(&mut self) {
        for ((collection, _), job) in &mut self.jobs {
            let usual = by_collection(collection).map_or("jobResponseBase", |endpoint| endpoint.usual_type);
            if job.kind == "jobResponseBase" {
                let kind = if usual == job.kind { "classificationJobResponse" } else { usual };
                job.properties.insert("result".to_owned(), result(kind));
                kind.clone_into(&mut job.kind);
            }
        }
    }

    /// Writes the new properties of a job; its revision changes if they do.
    pub(crate) fn write(&mut self, key: &Key, properties: Properties, connection: u64) {
        if let Some(job) = self.jobs.get_mut(key) {
            job.patches += 1;
            job.reads = 0;
            job.writer = connection;
            job.previous = std::mem::replace(&mut job.properties, properties);
            if job.previous != job.properties {
                self.revision += 1;
                job.replaced = std::mem::replace(&mut job.revision, self.revision);
                job.history.push(job.replaced);
                job.history.drain(..job.history.len().saturating_sub(REVISIONS));
            }
        }
    }

    /// Notes that an update of a job arrives; true if the one before is still under way.
    pub(crate) fn overlaps(&mut self, key: &Key, span: Duration) -> bool {
        let now = Instant::now();
        let Some(job) = self.jobs.get_mut(key) else {
            return false;
        };
        let overlaps = job.touched.is_some_and(|before| now.duration_since(before) < span);
        if !overlaps {
            job.touched = Some(now);
        }
        overlaps
    }

    /// Counts a request; true if there were more than `limit` within this second.
    pub(crate) fn exceeds(&mut self, limit: u32) -> bool {
        let now = Instant::now();
        let (start, count) =
            self.window.filter(|(start, _)| now.duration_since(*start).as_secs() < 1).unwrap_or((now, 0));
        self.window = Some((start, count + 1));
        count >= limit
    }
}

/// A fresh id.
pub(crate) fn new_id() -> String {
    uuid::Uuid::new_v4().to_string()
}

/// The tag of a state.
pub(crate) fn tag(job: &Job) -> String {
    format!("\"r{}\"", job.revision)
}

/// Sets what the change names and leaves the rest, through complex values.
pub(crate) fn merge(current: &mut Object, change: Object) {
    for (name, value) in change {
        match (current.get_mut(&name), value) {
            (Some(Value::Object(old)), Value::Object(new)) => merge(old, new),
            (_, value) => {
                current.insert(name, value);
            }
        }
    }
}

/// So many revisions of a job are remembered.
const REVISIONS: usize = 64;

/// A tenant that no token belongs to: its jobs are there, and nobody sees them.
pub(crate) const NOBODY: u8 = u8::MAX;

/// What the jobs of the second tenant have for a `tenantId`.
pub(crate) const SECOND_TENANT: &str = "patchproof-2";

fn initial() -> Object {
    let Value::Object(object) = json!({
        "type": "patchproof", "status": "notStarted", "tenantId": "patchproof",
        "creationDateTime": "2017-01-01T00:00:00.1234567+01:00",
        "startDateTime": "2017-01-01T00:01:00Z", "endDateTime": "2017-01-01T00:02:00Z",
    }) else {
        return Object::new();
    };
    object
}

/// A small value for `result`, so that a server which alters it is seen.
fn result(kind: &str) -> Value {
    match kind {
        "classificationJobResponse" => {
            json!({"classification": [{"displayName": "Credit card number", "confidence": 85}]})
        }
        "dlpEvaluatePoliciesJobResponse" => {
            json!({"matchingRules": [{"ruleName": "Rule 1", "priority": 0}]})
        }
        "evaluateLabelJobResponse" => {
            json!({"automatic": {"sensitivityLabel": {"name": "Confidential", "priority": 3}}, "recommended": null})
        }
        _ => {
            json!({"classificationResult": {"classification": []}, "dataLossPreventionPoliciesResult": null, "sensitivityLabelsResult": null})
        }
    }
}
