//! Which job each unique text of the run was sent to, so that one that shows up in another job is told for what it is.
//!
//! The main type is [`Provenance`]. Only jobs that the run holds count, and only texts that went to a plain job URL: what a
//! server makes of any other path is the matter of the case that tries it.

use std::collections::HashSet;

use indexmap::{IndexMap, IndexSet};
use percent_encoding::percent_decode_str;
use serde_json::Value;
use uuid::Uuid;

use crate::contract::endpoint::by_collection;
use crate::diff;
use crate::json::escape;
use crate::model::capability::Capability;
use crate::model::locked::Locked;
use crate::model::profile::Alias;
use crate::model::transcript::{Entry, Stranger, Transcript};

/// Collection and id.
type Job = (&'static str, String);

/// Whether the run works on a job.
type Holds<'a> = &'a dyn Fn(&str, &str) -> bool;

/// So many texts and ids are remembered, the latest ones: memory does not grow with the length of a run.
const MOST: usize = 1 << 16;

/// That an update of an unknown id creates nothing.
const UNKNOWN_ID: &str = "REQ-PATH-002";

/// What trials have sent that tells where something comes from.
#[derive(Debug, Default)]
pub(super) struct Provenance {
    /// The jobs that each unique text was sent to; `None` where nobody can say.
    sent_to: Locked<IndexMap<Uuid, Option<Vec<Job>>>>,
    /// Ids that were made up, which no job has.
    made_up: Locked<IndexSet<String>>,
    /// Collections of which a trial has told that they have a job under such an id.
    told: Locked<HashSet<&'static str>>,
}

impl Provenance {
    /// Notes which of these texts the content of a request holds, and where it is sent.
    pub(super) fn note(&self, marks: &[String], path: &str, content: Option<&[u8]>) {
        let Some(content) = content.filter(|_| !marks.is_empty()) else { return };
        let job = job_at(path);
        let mut known = self.sent_to.lock();
        if known.len() >= MOST {
            known.drain(..MOST / 2);
        }
        let sent = marks.iter().filter(|mark| memchr::memmem::find(content, mark.as_bytes()).is_some());
        for mark in sent.filter_map(|mark| Uuid::try_parse(mark).ok()) {
            let jobs = known.entry(mark).or_insert_with(|| Some(Vec::new()));
            match (&job, jobs) {
                (Some(job), Some(jobs)) if jobs.contains(job) => {}
                (Some(job), Some(jobs)) => jobs.push(job.clone()),
                (_, jobs) => *jobs = None,
            }
        }
    }

    /// Notes an id that was made up and updated, as its URL has it: no job has it, unless the target makes one.
    pub(super) fn note_unknown(&self, segment: &str) {
        let mut made_up = self.made_up.lock();
        if made_up.len() >= MOST {
            made_up.drain(..MOST / 2);
        }
        made_up.insert(percent_decode_str(segment).decode_utf8_lossy().into_owned());
    }

    /// Notes that a trial has told of a job under a made-up id: such jobs stand in all the lists that follow, and are told
    /// of there no more, but where the case is about them.
    pub(super) fn note_told(&self, transcript: &Transcript) {
        let is_id = |entry: &Entry| entry.stranger.as_ref().is_some_and(|stranger| stranger.property.ends_with("/id"));
        if transcript.entries.iter().any(is_id) {
            self.told.lock().insert(transcript.collection);
        }
    }

    /// Whether jobs under made-up ids were told of, and the case is not about them.
    fn is_told(&self, transcript: &Transcript) -> bool {
        let told = self.told.lock();
        told.contains(transcript.collection) && !transcript.case.requirements.iter().any(|id| id == UNKNOWN_ID)
    }

    /// Leaves jobs under made-up ids out of a list; returns whether there were any.
    fn leave_out(&self, listed: &mut Vec<String>) -> bool {
        let made_up = self.made_up.lock();
        let before = listed.len();
        listed.retain(|id| !made_up.contains(id));
        listed.len() < before
    }

    /// Finds in each answer that shows the leased job what was sent only to others that the run `holds`, and notes it
    /// there; of what was told before a list is relieved. Returns whether there is anything.
    pub(super) fn find(&self, transcript: &mut Transcript, holds: Holds<'_>) -> bool {
        let own = (transcript.collection, transcript.job.as_str());
        let alias = transcript.profile.alias;
        let upserts = transcript.profile.has(Capability::Upsert);
        let is_told = self.is_told(transcript);
        let mut any = false;
        for entry in &mut transcript.entries {
            if let Some(listed) = &mut entry.listed {
                any |= is_told && self.leave_out(listed);
                let unknown = self.unknown(entry, own.0).filter(|_| !upserts && !is_told);
                entry.stranger = unknown.or_else(|| self.newcomer(entry, own.0, alias, holds));
                any |= entry.stranger.is_some();
                continue;
            }
            let shown = entry.exchange.response().filter(|response| (200..300).contains(&response.status));
            let plain = job_at(entry.exchange.request.path()).is_some_and(|(name, id)| same((name, &id), own, alias));
            let Some(job) = shown.filter(|_| plain).and_then(|response| response.entity()?.as_object()) else {
                continue;
            };
            entry.stranger = diff::JOB.iter().filter(|(name, _)| *name != "id").find_map(|(name, _)| {
                let (collection, id) = self.origin(job.get(*name)?, own, alias, holds)?;
                Some(Stranger { property: (*name).to_owned(), collection: collection.to_owned(), id })
            });
            any |= entry.stranger.is_some();
        }
        any
    }

    /// A job on the first page of a list that was not there before the run, and shows what was sent to another one that the
    /// run `holds`: so nobody else made it.
    fn newcomer(&self, entry: &Entry, collection: &str, alias: Option<Alias>, holds: Holds<'_>) -> Option<Stranger> {
        let before = entry.reference.as_deref()?.as_array()?;
        let items = entry.exchange.response()?.json()?.get("value")?.as_array()?;
        items.iter().enumerate().find_map(|(at, item)| {
            let (item, id) = (item.as_object()?, item.get("id")?);
            let own = (collection, id.as_str()?);
            let mut shown = item.iter().filter(|(name, _)| *name != "id" && !before.contains(id));
            shown.find_map(|(name, value)| {
                let (collection, id) = self.origin(value, own, alias, holds)?;
                let property = format!("value/{at}/{}", escape(name));
                Some(Stranger { property, collection: collection.to_owned(), id })
            })
        })
    }

    /// A job on the first page of a list under an id that was made up: nobody else can have made it.
    fn unknown(&self, entry: &Entry, collection: &str) -> Option<Stranger> {
        let (at, id) = self.made_up(entry.exchange.response()?.json()?.get("value")?.as_array()?)?;
        Some(Stranger { property: format!("value/{at}/id"), collection: collection.to_owned(), id })
    }

    /// The first of these jobs whose id was made up, and where it stands.
    fn made_up(&self, jobs: &[Value]) -> Option<(usize, String)> {
        let made_up = self.made_up.lock();
        let id = |job: &Value| job.get("id")?.as_str().filter(|id| made_up.contains(*id)).map(str::to_owned);
        jobs.iter().enumerate().find_map(|(at, job)| Some((at, id(job)?)))
    }

    /// The other job that a text within the value was sent to, where it was sent to no job that may be the own one.
    fn origin(&self, value: &Value, own: (&str, &str), alias: Option<Alias>, holds: Holds<'_>) -> Option<Job> {
        match value {
            Value::String(text) => {
                let known = self.sent_to.lock();
                uuids(text).find_map(|mark| {
                    let jobs = known.get(&mark)?.as_ref()?;
                    let mine = jobs.iter().any(|(name, id)| same((name, id), own, alias));
                    let held = |(name, id): &&Job| holds(name, id);
                    jobs.iter().find(held).filter(|_| !mine).cloned()
                })
            }
            Value::Array(items) => items.iter().find_map(|item| self.origin(item, own, alias, holds)),
            Value::Object(members) => members.values().find_map(|member| self.origin(member, own, alias, holds)),
            _ => None,
        }
    }
}

/// Whether two are or may be one job: the same id on two paths is, unless the target says otherwise (REQ-ISO-003).
fn same(one: (&str, &str), other: (&str, &str), alias: Option<Alias>) -> bool {
    one.1.eq_ignore_ascii_case(other.1) && (one.0 == other.0 || alias != Some(Alias::Independent))
}

/// The job whose URL the path is.
fn job_at(path: &str) -> Option<Job> {
    let path = path.split('?').next()?;
    let (_, rest) = path.rsplit_once("/dataClassification/")?;
    let (collection, id) = rest.split_once('/')?;
    let collection = by_collection(collection)?.collection;
    let id = percent_decode_str(id).decode_utf8().ok().filter(|id| !id.is_empty() && !id.contains('/'))?;
    Some((collection, id.into_owned()))
}

/// The UUIDs in a text.
fn uuids(text: &str) -> impl Iterator<Item = Uuid> + '_ {
    let hyphens = [8, 13, 18, 23];
    text.as_bytes()
        .windows(36)
        .filter(move |window| hyphens.iter().all(|at| window[*at] == b'-'))
        .filter_map(|window| Uuid::try_parse_ascii(window).ok())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const A: &str = "7776733e-dc68-4097-8071-e3065519d87c";
    const B: &str = "9e10c2d0-27f3-4a05-9c68-2f5b4d0a6b11";

    fn path(collection: &str, id: &str) -> String {
        format!("/v1.0/dataClassification/{collection}/{id}")
    }

    #[test]
    fn the_latest_texts_are_remembered_however_many_there_are() {
        let marks = Provenance::default();
        let text = |n: usize| Uuid::from_u128(n as u128).to_string();
        for n in 0..2 * MOST {
            marks.note(&[text(n)], &path("jobs", "a"), Some(text(n).as_bytes()));
        }
        let known = marks.sent_to.lock();
        assert!(known.len() <= MOST && known.contains_key(&Uuid::from_u128(2 * MOST as u128 - 1)));
    }

    #[test]
    fn the_job_is_read_off_a_plain_url_only() {
        assert_eq!(job_at("/x/dataClassification/jobs/a%20b?q=/"), Some(("jobs", "a b".to_owned())));
        for path in ["/dataClassification/jobs", "/dataClassification/jobs/", "/dataClassification/jobs/a/b", "/a/b"] {
            assert_eq!(job_at(path), None, "{path}");
        }
        assert_eq!(job_at("/dataClassification/others/a"), None);
        assert_eq!(job_at("/dataClassification/jobs/a%2Fb"), None);
    }

    #[test]
    fn a_text_is_strange_to_a_job_that_it_was_never_sent_to() {
        let marks = Provenance::default();
        let both = [A.to_owned(), B.to_owned()];
        marks.note(&both, &path("jobs", "1"), Some(format!("{A}, {B}").as_bytes()));
        marks.note(&both, &path("classifyTextJobs", "2"), Some(B.as_bytes()));
        let holds = |name: &str, _: &str| name == "jobs";
        let origin = |text: &str, own| marks.origin(&json!({"code": [format!("x{text}y")]}), own, None, &holds);
        assert_eq!(origin(A, ("jobs", "2")), Some(("jobs", "1".to_owned())));
        assert_eq!(origin(A, ("jobs", "1")), None, "its own");
        assert_eq!(origin(A, ("classifyTextJobs", "1")), None, "may be the same job");
        assert_eq!(origin(B, ("classifyTextJobs", "2")), None, "sent to both");
        assert_eq!(origin("00000000-0000-4000-8000-000000000000", ("jobs", "2")), None, "of nobody knows whom");
        marks.note(&both, "/v1.0/dataClassification/jobs/1/../2", Some(A.as_bytes()));
        assert_eq!(origin(A, ("jobs", "2")), None, "who knows where that leads");
    }

    #[test]
    fn only_an_id_that_was_made_up_is_unknown() {
        let marks = Provenance::default();
        marks.note_unknown(A);
        marks.note_unknown("patchproof%C3%A4");
        let list = json!([{"id": B}, {"id": A}, {"id": 7}, "x", {"id": "patchproofä"}]);
        let jobs = list.as_array().unwrap();
        assert_eq!(marks.made_up(jobs), Some((1, A.to_owned())));
        assert_eq!(marks.made_up(&jobs[2..]), Some((2, "patchproofä".to_owned())));
        assert_eq!(marks.made_up(&jobs[..1]), None);
    }

    #[test]
    fn the_same_id_on_two_paths_is_two_jobs_only_where_that_is_said() {
        assert!(same(("jobs", "A"), ("jobs", "a"), Some(Alias::Independent)));
        assert!(same(("jobs", "a"), ("classifyFileJobs", "a"), None));
        assert!(!same(("jobs", "a"), ("classifyFileJobs", "a"), Some(Alias::Independent)));
        assert!(!same(("jobs", "a"), ("jobs", "b"), None));
    }
}
