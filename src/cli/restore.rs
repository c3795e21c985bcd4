//! `patchproof restore`: put back what a run left behind that was killed, or that could not reach the target any more.
//!
//! The journals in the state folder say what that is. A token goes only to the target that it belongs to.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args as ClapArgs;

use super::suite::count;
use super::target::{Layers, NO_STATE_FOLDER, TargetArgs};
use super::write::{err, out, scrubber};
use crate::model::exit;
use crate::target::Client;
use crate::target::jobs::JobPool;
use crate::target::journal::{self, JournalEntry, Pending};
use crate::target::pace::Pace;
use crate::target::restore::{RestoreError, Restored, restore};
use crate::target::service::{ATTEMPTS, Service, ServiceError};

/// So long a job is waited for that a run holds.
const IN_USE: Duration = Duration::from_secs(10);

/// An update of the killed run may still be on its way, in a proxy or in a queue of the target: so long after everything
/// was put back, it is looked at once more.
const ON_ITS_WAY: Duration = Duration::from_secs(1);

/// Arguments of `restore`.
#[derive(Debug, ClapArgs)]
pub(super) struct Args {
    #[command(flatten)]
    target: TargetArgs,
    /// Say what would be put back, and send nothing
    #[arg(long)]
    dry_run: bool,
    /// Try it once more, and remember no longer what the target does not let
    /// be put back
    #[arg(long, conflicts_with = "dry_run")]
    forget: bool,
}

pub(super) fn run(args: &Args) -> u8 {
    match heal(args) {
        Ok(code) => code,
        Err(problem) => {
            for line in problem.lines() {
                err(format!("error: {line}"));
            }
            exit::USAGE
        }
    }
}

fn heal(args: &Args) -> Result<u8, String> {
    let layers = args.target.layers()?;
    let state = layers.state_folder().ok_or(NO_STATE_FOLDER)?;
    let folder = state.join(journal::FOLDER);
    let in_folder = |error: io::Error| format!("{}: {error}", folder.display());
    let pending = journal::pending(&folder).map_err(in_folder)?;
    if pending == Pending::default() {
        out("nothing is to be put back");
        return Ok(exit::CONFORMS);
    }
    let mut left = 0;
    for line in &pending.unreadable {
        let at = format!("{}:{}", line.path.display(), line.line);
        let outcome = if args.forget { "; given up" } else { "" };
        err(format!("{at}: cannot be read, and may be of another version of patchproof: {}{outcome}", line.why));
        left += usize::from(!args.forget);
    }
    let mut by_target: BTreeMap<String, Vec<JournalEntry>> = BTreeMap::new();
    for entry in pending.jobs {
        by_target.entry(entry.base_url.clone()).or_default().push(entry);
    }
    let only = by_target.len() == 1;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|e| e.to_string())?;
    for (base_url, entries) in &by_target {
        if args.dry_run {
            for entry in entries {
                out(preview(entry));
            }
        } else if let Some(layers) = args.target.layers_of(base_url, only)? {
            left += runtime.block_on(heal_target(&layers, &state, entries, args.forget))?;
        } else {
            let jobs = count(entries.len(), "job");
            err(format!("{base_url}: {jobs} left, as no target with this address is named"));
            left += entries.len();
        }
    }
    if args.forget {
        journal::forget_unreadable(&folder).map_err(in_folder)?;
    }
    if left > 0 && args.forget {
        err(format!(
            "note: what a target that is gone for good left is forgotten by removing it from {}",
            folder.display()
        ));
    } else if left > 0 && !args.dry_run {
        err("note: what a target does not let be put back is forgotten by `patchproof restore --forget`");
    }
    Ok(if left == 0 { exit::CONFORMS } else { exit::COULD_NOT_JUDGE })
}

/// What killed runs left to be put back on this target, and how to do it; none where all is well.
pub(super) fn reminder(state: &Path, base_url: &str, args: &TargetArgs) -> Option<String> {
    let pending = journal::pending(&state.join(journal::FOLDER)).ok()?;
    let left = pending.jobs.iter().filter(|entry| entry.base_url == base_url).count();
    let mut command = "patchproof restore".to_owned();
    let path = |path: &Option<PathBuf>| path.as_ref().map(|path| path.display().to_string());
    let given = [
        ("--target", args.target.clone()),
        ("--base-url", args.base_url.clone()),
        ("--config", path(&args.config)),
        ("--state-dir", path(&args.state_dir)),
    ];
    for (flag, value) in given {
        if let Some(value) = value {
            command.extend([" ", flag, " ", &shell_words::quote(&value)]);
        }
    }
    if left == 0 {
        let line = pending.unreadable.first()?;
        let journal = line.path.display();
        return Some(format!("the journal {journal} of a run that was killed cannot be read: `{command}` says why"));
    }
    let is = if left == 1 { "is" } else { "are" };
    let jobs = count(left, "job");
    Some(format!("{jobs} of this target {is} still to be put back or deleted after a run that was killed: `{command}`"))
}

fn url(entry: &JournalEntry) -> String {
    format!("{}/dataClassification/{}/{}", entry.base_url, entry.collection, entry.id)
}

fn preview(entry: &JournalEntry) -> String {
    let how = if entry.created { "would delete" } else { "would put back" };
    let before = if entry.created { String::new() } else { format!("\n    {}", entry.before) };
    format!("{how} {}{before}", url(entry))
}

/// Heals one target; returns how many jobs are left.
async fn heal_target(layers: &Layers, state: &Path, entries: &[JournalEntry], forget: bool) -> Result<usize, String> {
    let (connection, secrets) = layers.resolved.connection().await.map_err(|error| error.to_string())?;
    let scrubber = scrubber();
    scrubber.learn_all(&secrets);
    let client = Client::new(&connection).map_err(|error| scrubber.scrub(&error.to_string()).into_owned())?;
    let token = layers.token(&connection)?;
    let pace = Pace::new(layers.resolved.rate_limit.as_ref().map(|limit| limit.value));
    let backoff = layers.backoff();
    let service = Service {
        client: &client,
        token: token.as_ref(),
        scrubber: &scrubber,
        if_match: false,
        etag: None,
        watch: None,
        attempts: ATTEMPTS,
        pace: &pace,
        backoff,
    };
    let mut first = Vec::new();
    for entry in entries {
        first.push((entry, heal_job(Service { if_match: entry.if_match, ..service }, state, entry).await));
    }
    if first.iter().any(|(_, healed)| matches!(healed, Ok(Some(Restored::Untouched | Restored::PutBack)))) {
        tokio::time::sleep(ON_ITS_WAY).await;
    }
    let mut left = 0;
    for (entry, healed) in first {
        let healed = match healed {
            Ok(healed) => confirm(Service { if_match: entry.if_match, ..service }, state, entry, healed).await,
            Err(failure) => Err(failure),
        };
        let failure = match healed {
            Ok(healed) => {
                out(format!("{} {}", describe(healed), url(entry)));
                continue;
            }
            Err(failure) => failure,
        };
        let forgotten = if forget && failure.refused { mark_done(state, entry).map(|()| true) } else { Ok(false) };
        left += usize::from(!matches!(forgotten, Ok(true)));
        let outcome = match forgotten {
            Ok(true) => "; given up".to_owned(),
            Ok(false) if forget => "; not forgotten, since that says nothing about the job".to_owned(),
            Ok(false) => String::new(),
            Err(problem) => format!("; {problem}"),
        };
        let why = scrubber.scrub(&failure.why);
        err(format!("{}: {why}{outcome}", url(entry)));
    }
    Ok(left)
}

fn mark_done(state: &Path, entry: &JournalEntry) -> Result<(), String> {
    journal::mark_done(&state.join(journal::FOLDER), entry).map_err(|error| format!("the journal: {error}"))
}

/// Why a job is not healed.
struct Failure {
    why: String,
    /// The target does not let the job be put back.
    refused: bool,
}

impl Failure {
    fn here(why: impl std::fmt::Display) -> Self {
        Self { why: why.to_string(), refused: false }
    }
}

/// A target that is down or throttles, whoever stands before it, and one that does not take the token any more say
/// nothing about the job.
fn speaks_of_the_job(status: u16) -> bool {
    !matches!(status, 401 | 407 | 408 | 429 | 502..=504)
}

/// Heals one job while nobody else on this machine holds it; `None` where it is gone, so that nothing can be put back.
async fn heal_job(service: Service<'_>, state: &Path, entry: &JournalEntry) -> Result<Option<Restored>, Failure> {
    let jobs = [(entry.collection.clone(), vec![entry.id.clone()])].into();
    let pool = JobPool::new(&jobs, Some(state), &entry.base_url).map_err(Failure::here)?;
    let lease = tokio::time::timeout(IN_USE, pool.lease(&entry.collection)).await;
    let _lease = lease.map_err(|_| Failure::here("a run on this machine holds it"))?.map_err(Failure::here)?;
    match restore(service, entry).await {
        Ok(done) => Ok(Some(done)),
        Err(error) if is_gone(&error) => Ok(None),
        Err(error) => {
            let status = match &error {
                RestoreError::Service(ServiceError { status, .. }) => *status,
                RestoreError::Differs { .. } => Some(200),
            };
            Err(Failure { why: error.to_string(), refused: status.is_some_and(speaks_of_the_job) })
        }
    }
}

/// Looks at a job that was put back once more, and marks it as done.
async fn confirm(
    service: Service<'_>,
    state: &Path,
    entry: &JournalEntry,
    first: Option<Restored>,
) -> Result<Option<Restored>, Failure> {
    let mut done = first;
    if let Some(Restored::Untouched | Restored::PutBack) = first {
        match heal_job(service, state, entry).await? {
            Some(Restored::Untouched) => {}
            late => done = late,
        }
    }
    mark_done(state, entry).map_err(Failure::here)?;
    Ok(done)
}

fn describe(done: Option<Restored>) -> &'static str {
    match done {
        Some(Restored::Untouched) => "as it was:",
        Some(Restored::PutBack) => "put back:",
        Some(Restored::Deleted) => "deleted:",
        None => "gone, so nothing can be put back:",
    }
}

/// Whether the job does not exist any more.
fn is_gone(error: &RestoreError) -> bool {
    matches!(error, RestoreError::Service(ServiceError { status: Some(410), .. }))
}
