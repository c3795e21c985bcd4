//! What the run's own requests may have added to jobs beyond the model, so that none of it stays behind.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::diff;
use crate::model::locked::Locked;
use crate::target::Outgoing;

/// Names of members beyond the model that requests had in their bodies.
#[derive(Debug, Default)]
pub(super) struct Additions(Locked<BTreeSet<String>>);

impl Additions {
    /// Notes the names in a request, and returns those that are new. Of what is no JSON only those that are ours for
    /// certain are known.
    pub(super) fn note(&self, outgoing: &Outgoing) -> BTreeSet<String> {
        let declared = |name: &str| name == "id" || diff::JOB.iter().any(|(known, _)| *known == name);
        let is_new = |name: &&str| !declared(name) && !name.starts_with("@odata.");
        match outgoing.json.as_deref() {
            Some(Value::Object(members)) => self.extend(members.keys().map(String::as_str).filter(is_new)),
            Some(_) => BTreeSet::new(),
            None => {
                let ours =
                    |part: &&str| *part == "access_token" || part.trim_start_matches('@').starts_with("patchproof");
                let body = outgoing.body.as_deref().unwrap_or_default();
                self.extend(String::from_utf8_lossy(body).split('"').filter(ours))
            }
        }
    }

    fn extend<'a>(&self, names: impl Iterator<Item = &'a str>) -> BTreeSet<String> {
        let mut names = names.peekable();
        if names.peek().is_none() {
            return BTreeSet::new();
        }
        let mut known = self.0.lock();
        let new: BTreeSet<String> = names.filter(|name| !known.contains(*name)).map(str::to_owned).collect();
        known.extend(new.iter().cloned());
        new
    }

    /// All of them.
    pub(super) fn names(&self) -> BTreeSet<String> {
        self.0.lock().clone()
    }
}
