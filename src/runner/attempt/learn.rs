//! What an answer tells of the leased job, and of jobs that came about.

use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::Attempt;
use crate::contract::endpoint;
use crate::model::case::{Address, Step};
use crate::model::exchange::{Exchange, Response};
use crate::model::expect::JobAfter;

/// So many tags of states before the present one are remembered.
const OLDER_TAGS: usize = 20;

impl Attempt<'_> {
    /// Notes a job that came about: it is deleted at the end, and `{{made.id}}` stands for it.
    pub(super) fn stray(&mut self, exchange: &Exchange) {
        let Some(response) = exchange.response().filter(|response| response.status == 201) else { return };
        let Some(id) = response.entity().and_then(|entity| entity.get("id")?.as_str()) else { return };
        let path = exchange.request.path().split('?').next().unwrap_or_default();
        let mut segments = path.split('/').skip_while(|segment| *segment != "dataClassification").skip(1);
        let Some(collection) = segments.next().filter(|name| endpoint::by_collection(name).is_some()) else { return };
        // A target may answer 201 and show a job that there was before: nobody's jobs are deleted but those that came about.
        let asked_for = exchange.request.method == "POST"
            || segments.next().is_some_and(|named| percent_decode_str(named).decode_utf8_lossy() == id);
        let came_about = match self.job.listed.as_deref().and_then(Value::as_array) {
            Some(before) => !before.iter().any(|known| known == id),
            None => asked_for,
        };
        // Where ids are known in any letter case, or read as GUIDs, it may be the job itself.
        if came_about && !may_be_one(id, &self.job.id) && !self.session.target.holds(collection, id) {
            self.session.note_stray(collection, id);
            self.bindings.made = Some(id.to_owned());
        }
    }

    /// Keeps the last known state of the job up to date.
    pub(super) fn learn(&mut self, step: &Step, exchange: &Exchange) {
        let own = matches!(step.request.to, Address::Job | Address::DerivedJob);
        let Some(response) = exchange.response() else {
            self.job.known = None;
            return;
        };
        if response.status >= 400 {
            return;
        }
        let taken = own
            && response.status == 200
            && exchange.request.method == "PATCH"
            && step.expect.matching(200).is_some()
            && response.json().and_then(|json| json.get("id")).is_some_and(Value::is_string);
        if own && response.is_success() && exchange.request.method == "PATCH" {
            self.job.etag_unsure = response.etag().is_none();
        }
        if own && response.is_success() {
            self.tag(response);
        }
        let entity = if taken { response.parsed().value.clone() } else { None };
        match entity {
            Some(entity) if matches!(step.expect.job, JobAfter::ByStatus | JobAfter::Updated | JobAfter::Unchanged) => {
                self.job.known = Some(entity);
            }
            _ => {
                self.job.known = None;
                self.job.last_read = None;
            }
        }
    }

    pub(super) fn tag(&mut self, response: &Response) {
        let Some(tag) = response.etag().map(str::to_owned) else { return };
        self.job.etag_unsure = false;
        if self.job.etag.as_ref() != Some(&tag)
            && let Some(old) = self.job.etag.replace(tag)
        {
            self.job.older_etags.push_front(old);
            self.job.older_etags.truncate(OLDER_TAGS);
        }
    }
}

/// Two ids differ in letter case, hyphens and braces at most.
fn may_be_one(one: &str, other: &str) -> bool {
    let bare = |id: &str| -> String { id.to_ascii_lowercase().replace(['-', '{', '}'], "") };
    bare(one) == bare(other)
}

#[cfg(test)]
mod tests {
    use super::may_be_one;

    #[test]
    fn a_guid_in_another_form_may_be_the_job_itself() {
        let id = "324d1724-1724-324d-2417-4d3224174d32";
        for other in [id, "324D1724-1724-324D-2417-4D3224174D32", "{324d17241724324d24174d3224174d32}"] {
            assert!(may_be_one(id, other), "{other}");
        }
        assert!(!may_be_one(id, "324d1724-1724-324d-2417-4d3224174d33"));
    }
}
