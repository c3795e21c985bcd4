//! The jobs of a run: made or found or given, leased, written down before the first PATCH, put back at the end.
//!
//! The main type is [`Fixture`]. A target that nobody else can reach needs none of it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use futures_util::future::join_all;
use serde_json::Value;

use super::job::{JobState, ReadVia};
use super::needs::Needs;
use super::request::{Bindings, permitted};
use super::session::Session;
use super::settings::Settings;
use crate::contract::sample;
use crate::diff;
use crate::model::capability::Capability;
use crate::model::event::TeardownProblem;
use crate::target::config::{Jobs, Provision};
use crate::target::jobs::{JobPool, Lease};
use crate::target::journal::{self, JournalEntry, RestoreJournal};
use crate::target::provision::{create, discover};
use crate::target::restore::{USER_ID, restore};

/// So long a lease is waited for in silence.
const IN_SILENCE: Duration = Duration::from_secs(2);

/// The jobs that the run holds.
#[derive(Debug, Default)]
pub(super) struct Fixture {
    /// Why a collection has no job although it should.
    pub(super) without: BTreeMap<&'static str, String>,
    leases: Vec<Lease>,
    entries: Vec<JournalEntry>,
}

/// Whether an update shows under the same id on another path is seen on jobs whose id more than one path has
/// (REQ-ISO-003): those come first.
fn shared_first(jobs: &mut Jobs) {
    let known = jobs.clone();
    let paths = |id: &String| known.values().filter(|ids| ids.contains(id)).count();
    for ids in jobs.values_mut() {
        ids.sort_by_key(|id| std::cmp::Reverse(paths(id)));
    }
}

impl Fixture {
    /// Makes or finds jobs where none are given, and leases what the plan needs. Afterwards the session knows the jobs
    /// that are held and no others.
    ///
    /// # Errors
    /// When nothing can be run; what is held already is still to be given back.
    pub(super) async fn take(
        &mut self,
        session: &mut Session,
        needs: &Needs,
        settings: &Settings,
        run: &str,
    ) -> Result<(), String> {
        if session.target.disposable {
            return Ok(());
        }
        if let Some(folder) = &session.target.state {
            let unnamed = if run.is_empty() { uuid::Uuid::new_v4().to_string() } else { String::new() };
            let opened = RestoreJournal::open(&folder.join(journal::FOLDER), &format!("{run}{unnamed}"));
            session.journal = Some(opened.map_err(|error| format!("the journal in {}: {error}", folder.display()))?);
        }
        if session.target.provision == Some(Provision::Discover) {
            for (collection, _) in without_jobs(session, needs) {
                match discover(session.service(), collection).await {
                    Ok(ids) if !ids.is_empty() => drop(session.target.jobs.insert(collection.to_owned(), ids)),
                    Ok(_) => self.missing(session, collection, "the target lists no job of this collection"),
                    Err(error) => self.missing(session, collection, &error.to_string()),
                }
            }
        }
        self.lease(session, needs, settings).await?;
        if session.target.provision == Some(Provision::Create) {
            for (collection, count) in without_jobs(session, needs) {
                match self.create(session, collection, count).await {
                    Ok(ids) => drop(session.target.jobs.insert(collection.to_owned(), ids)),
                    Err(why) => self.missing(session, collection, &why),
                }
            }
        }
        Ok(())
    }

    fn missing(&mut self, session: &Session, collection: &'static str, why: &str) {
        let why = format!("provisioning failed: {}", session.scrubber.scrub(why));
        self.without.insert(collection, why);
    }

    async fn create(&mut self, session: &Session, collection: &str, count: usize) -> Result<Vec<String>, String> {
        let (_, sample) = sample::sample();
        let mut ids = Vec::new();
        let nothing = JobState::of("", ReadVia::Get);
        let sample = permitted(session, &Bindings::default(), &nothing, Value::clone(&sample));
        for _ in 0..count {
            let made = create(session.service(), collection, &sample).await;
            let made = made.map_err(|error| error.to_string())?;
            let entry = JournalEntry { created: true, ..entry(session, collection, &made.id, Value::Null, true) };
            self.write_down(session, vec![entry])?;
            session.newcomers.note_made(collection, &made.id);
            ids.push(made.id);
        }
        Ok(ids)
    }

    /// Leases jobs from the pools that were given, waiting for other processes where they hold them.
    async fn lease(&mut self, session: &mut Session, needs: &Needs, settings: &Settings) -> Result<(), String> {
        let base = session.target.client.base_url().to_owned();
        let mut given = std::mem::take(&mut session.target.jobs);
        if session.profile.alias.is_some() {
            shared_first(&mut given);
        }
        let given = given.into_iter().filter(|(name, _)| needs.includes(name));
        // In one pool, as the job of a derived type may be among the others.
        let derived = session.target.derived.iter().map(|(name, id)| (derived_of(name), vec![id.clone()]));
        let given: Jobs = given.chain(derived).collect();
        let state = session.target.state.as_deref();
        let pool = JobPool::new(&given, state, &base).map_err(|error| error.to_string())?;
        let counts = needs.jobs().map(|(name, count)| (name.to_owned(), count.min(pool.size(name))));
        let derived = needs.derived().map(|name| (derived_of(name), 1));
        let counts: Vec<(String, usize)> = counts.chain(derived).filter(|(_, count)| *count > 0).collect();
        let counts: Vec<(&str, usize)> = counts.iter().map(|(name, count)| (name.as_str(), *count)).collect();
        let leases = patiently(&pool, &counts, settings).await?;
        for lease in leases.iter().filter(|lease| needs.includes(&lease.collection)) {
            session.target.jobs.entry(lease.collection.clone()).or_default().push(lease.id.clone());
        }
        self.leases = leases;
        Ok(())
    }

    /// Writes down how the jobs are, before anything changes them. `known` are those that were read already.
    pub(super) fn note<'a>(
        &mut self,
        session: &Session,
        known: impl Iterator<Item = (&'static str, &'a JobState)>,
    ) -> Result<(), String> {
        let mut entries = Vec::new();
        for (collection, job) in known {
            if self.entries.iter().any(|entry| entry.collection == collection && entry.id == job.id) {
                continue;
            }
            // What cannot be read cannot be put back; the end of the run says so.
            let before = job.original.as_deref().cloned().unwrap_or_default();
            entries.push(entry(session, collection, &job.id, before, job.via == ReadVia::Get));
        }
        if session.target.disposable { Ok(()) } else { self.write_down(session, entries) }
    }

    fn write_down(&mut self, session: &Session, entries: Vec<JournalEntry>) -> Result<(), String> {
        // Also where the journal cannot be written: what was made is there, and is taken away at the end.
        let first = self.entries.len();
        self.entries.extend(entries);
        if let Some(journal) = &session.journal {
            let told = self.entries[first..].iter().filter(|entry| entry.created || entry.before.is_object());
            journal
                .before(told.map(|entry| without_secrets(session, entry)))
                .map_err(|error| format!("the journal cannot be written: {error}"))?;
        }
        Ok(())
    }

    /// Puts back what was there and deletes what was made. Returns what did not succeed, for people.
    pub(super) async fn give_back(mut self, session: &Session) -> Vec<TeardownProblem> {
        for (collection, id) in session.newcomers.strays() {
            let id_known = self.entries.iter().any(|entry| entry.id == id && entry.collection == collection);
            if !id_known && !session.target.disposable {
                self.entries
                    .push(JournalEntry { created: true, ..entry(session, &collection, &id, Value::Null, true) });
            }
        }
        // The same id on two paths may be one job, which nobody puts back from two sides at once.
        let mut by_id: BTreeMap<&str, Vec<&JournalEntry>> = BTreeMap::new();
        for entry in &self.entries {
            by_id.entry(&entry.id).or_default().push(entry);
        }
        let results = join_all(by_id.into_values().map(async |entries| {
            let mut results = Vec::with_capacity(entries.len());
            for entry in entries {
                results.push((entry, one_back(session, entry).await));
            }
            results
        }));
        let mut problems = Vec::new();
        for (entry, result) in results.await.into_iter().flatten() {
            match result {
                Ok(()) => {
                    if let Some(journal) = &session.journal {
                        // Put back once more by `restore`, it would be the same.
                        let _ = journal.done(&entry.base_url, &entry.collection, &entry.id);
                    }
                }
                Err(problem) => problems.push(TeardownProblem {
                    job: Some(session.scrubber.scrub(&format!("{}/{}", entry.collection, entry.id)).into_owned()),
                    problem: session.scrubber.scrub(&problem).into_owned(),
                }),
            }
        }
        if let Some(Err(error)) = session.journal.as_ref().map(RestoreJournal::close) {
            problems.push(TeardownProblem { job: None, problem: format!("the journal cannot be removed: {error}") });
        }
        problems
    }
}

/// The name under which the job of a derived type is in the pool.
fn derived_of(collection: &str) -> String {
    format!("{collection}, of a derived type")
}

/// The collections of which jobs are needed and none is known, and how many.
fn without_jobs(session: &Session, needs: &Needs) -> Vec<(&'static str, usize)> {
    let known = |name: &str| session.target.jobs.get(name).is_some_and(|ids| !ids.is_empty());
    needs.jobs().filter(|(name, _)| !known(name)).collect()
}

/// Puts one job back, or deletes it; the error is what [`TeardownProblem::problem`] says.
async fn one_back(session: &Session, entry: &JournalEntry) -> Result<(), String> {
    if !entry.created && !entry.before.is_object() {
        return Err("could not be read before the run, so it could not be put back".to_owned());
    }
    let service = crate::target::service::Service { if_match: entry.if_match, ..session.service() };
    let entry = &JournalEntry { added: session.additions.names(), ..entry.clone() };
    match restore(service, entry).await {
        Ok(_) => Ok(()),
        Err(error) if entry.created => Err(format!("was made by the run and is not deleted: {error}")),
        Err(error) => Err(format!("is not put back: {error}")),
    }
}

/// The job as it is to be after the run.
pub(super) fn entry(session: &Session, collection: &str, id: &str, before: Value, readback: bool) -> JournalEntry {
    let profile = &session.profile;
    JournalEntry {
        base_url: session.target.client.base_url().to_owned(),
        collection: collection.to_owned(),
        id: id.to_owned(),
        before,
        created: false,
        readback,
        if_match: profile.has(Capability::EtagRequired),
        left_alone: profile.read_only.union(&profile.computed).cloned().collect(),
        volatile: profile.volatile.clone(),
        had: BTreeSet::new(),
        added: session.additions.names(),
        settle_ms: profile.settle_ms,
        at: 0,
    }
}

/// The entry as it may stand on the disk: what can be put back, and of that nothing in which a secret is echoed.
fn without_secrets(session: &Session, entry: &JournalEntry) -> JournalEntry {
    let mut entry = entry.clone();
    if let Value::Object(members) = &mut entry.before {
        members.retain(|name, value| {
            let known = name == USER_ID || diff::JOB.iter().any(|(known, _)| known == name);
            let clean = matches!(session.scrubber.scrub(&value.to_string()), std::borrow::Cow::Borrowed(_));
            if known && !clean {
                entry.left_alone.insert(name.clone());
            }
            // No name of the suite is a secret.
            let clean_name = matches!(session.scrubber.scrub(name), std::borrow::Cow::Borrowed(_));
            if !known && clean_name && !name.starts_with('@') {
                entry.had.insert(name.clone());
            }
            known && clean
        });
    }
    entry
}

/// Leases, saying so when another process makes us wait, until the user ends the run.
async fn patiently(pool: &JobPool, counts: &[(&str, usize)], settings: &Settings) -> Result<Vec<Lease>, String> {
    let mut leases = std::pin::pin!(pool.lease_all(counts));
    let mut told = false;
    loop {
        match tokio::time::timeout(IN_SILENCE, leases.as_mut()).await {
            Ok(result) => return result.map_err(|error| error.to_string()),
            Err(_) if settings.is_cancelled() => return Err("interrupted while waiting for jobs".to_owned()),
            Err(_) if !told => {
                told = true;
                (settings.notice)("waiting for jobs that another run on this machine holds");
            }
            Err(_) => {}
        }
    }
}

#[cfg(test)]
mod tests;
