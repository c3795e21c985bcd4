//! The reports of shards put together to the report of the whole run.
//!
//! Shards are parts of one selection of one suite on one target, `hash:m/n` or `slice:m/n`; every trial knows its place
//! in the selection, so it can be seen that none is missing and none is there twice. Of the same results there comes out,
//! byte for byte apart from the run's id, what one machine would have told.
//!
//! Shards and the whole run are results of different exchanges. With the same `--seed` and `--nonce` these are equal byte
//! for byte: what is told of the suite, the target and the plan; verdicts, reasons and findings; method, path and content
//! of the request of every step, and its header fields apart from `client-request-id`. Not equal are times, among them
//! on which path a trial ended first, ids of runs and requests, what the target makes up, and what follows from the state
//! in which the trials before have left a job: with how many reads a trial begins (so the number of its exchanges, and
//! the index of the one that a finding is about), the members of an answer that the trial has not set, and what a request
//! repeats of the job, as a tag in If-Match or a job that is written back whole.

use std::collections::BTreeSet;

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::model::event::{RunInfo, Summary, TrialResult};
use crate::model::exit;
use crate::model::finding::Level;
use crate::report::Run;

/// A shard and what it is called, for example its file.
pub type Named = (String, Run);

/// Why shards cannot be put together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MergeError {
    /// No shard at all.
    #[error("nothing to merge")]
    Nothing,
    /// A whole run.
    #[error("{0} is no shard: it was run without --partition")]
    Whole(String),
    /// Not parts of one run.
    #[error("{0} and {1} are not parts of one run: {2} differs ({3} and {4})")]
    Different(String, String, &'static str, String, String),
    /// Trials that several shards have.
    #[error("{0} and {1} both have {2}{more}: is one shard given twice?", more = and_more(*.3))]
    Overlap(String, String, String, usize),
    /// Trials that no shard has.
    #[error("{missing} of {selected} trials are in no shard{}; --partial merges what there is", named(shards))]
    Missing {
        /// How many.
        missing: usize,
        /// Of how many.
        selected: usize,
        /// The shards that were not given.
        shards: Vec<String>,
    },
    /// A trial without a place in the selection.
    #[error("{0}: trial {1} has no place in the selection")]
    Misplaced(String, String),
}

fn and_more(more: usize) -> String {
    if more == 0 { String::new() } else { format!(" and {more} more") }
}

fn named(shards: &[String]) -> String {
    match shards {
        [] => String::new(),
        [one] => format!(": {one} is missing"),
        several => format!(": {} are missing", several.join(", ")),
    }
}

/// Puts shards together. With `partial`, missing shards leave the run unfinished instead of being an error.
///
/// # Errors
/// When they are not the parts of one run.
pub fn merge(mut shards: Vec<Named>, partial: bool) -> Result<Run, MergeError> {
    shards.sort_by_cached_key(|(name, run)| (number(&run.info), name.clone()));
    let Some((_, lead)) = shards.iter().find(|(_, run)| run.summary.could_not_judge.is_none()).or(shards.first())
    else {
        return Err(MergeError::Nothing);
    };
    agree(&shards)?;
    let selected = lead.info.selected.unwrap_or_default();
    let missing = places(&shards, selected)?;
    if missing > 0 && !partial {
        return Err(MergeError::Missing { missing, selected, shards: absent(&shards) });
    }
    let start = |run: &Run| run.info.started_at.parse::<Timestamp>().unwrap_or_default();
    let first = shards.iter().map(|(_, run)| start(run)).min().unwrap_or_default();
    let later = |run: &Run| u64::try_from(start(run).duration_since(first).as_micros()).unwrap_or_default();

    let mut summary = sums(&shards, &later);
    summary.planned = selected;
    if missing > 0 {
        let why = format!("{missing} trials were in no shard{}", named(&absent(&shards)));
        summary.ended_early = Some(summary.ended_early.map_or(why.clone(), |early| format!("{early}; {why}")));
    }
    let info = RunInfo { planned: selected, ..whole(&lead.info, &shards, first) };

    let mut trials: Vec<TrialResult> = Vec::with_capacity(selected);
    for (_, run) in shards {
        let offset = later(&run);
        trials.extend(run.trials.into_iter().map(|trial| shifted(trial, offset)));
    }
    trials.sort_by_key(|trial| trial.place);
    let deny = info.deny.unwrap_or(Level::Must);
    for trial in &mut trials {
        trial.place = None;
        summary.add(trial, deny);
    }
    summary.conclude_waivers();
    summary.exit_code = exit::of(&summary);
    Ok(Run { schema_version: crate::model::event::SCHEMA_VERSION.to_owned(), info, summary, trials, order: Vec::new() })
}

/// What was run against what, without that which only one shard can say.
fn whole(lead: &RunInfo, shards: &[Named], first: Timestamp) -> RunInfo {
    let all = |same: fn(&RunInfo, &RunInfo) -> bool| shards.iter().all(|(_, run)| same(&run.info, lead));
    RunInfo {
        run_id: id(shards),
        started_at: first.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        // Machines of different kinds run different builds.
        binary_digest: lead.binary_digest.clone().filter(|_| all(|a, b| a.binary_digest == b.binary_digest)),
        seed: lead.seed.filter(|_| all(|a, b| a.seed == b.seed)),
        partition: None,
        selected: None,
        selection: None,
        ..lead.clone()
    }
}

/// The number of the shard, for a stable order.
fn number(info: &RunInfo) -> u64 {
    let part = info.partition.as_deref().unwrap_or_default();
    part.split_once(':').and_then(|(_, part)| part.split_once('/')?.0.parse().ok()).unwrap_or_default()
}

/// The shards that the others speak of.
fn absent(shards: &[Named]) -> Vec<String> {
    let given: BTreeSet<&str> = shards.iter().filter_map(|(_, run)| run.info.partition.as_deref()).collect();
    let Some((kind, of)) = given.first().and_then(|part| part.split_once(':')) else { return Vec::new() };
    let Some(n) = of.split_once('/').and_then(|(_, n)| n.parse::<u64>().ok()) else { return Vec::new() };
    (1..=n).map(|m| format!("{kind}:{m}/{n}")).filter(|part| !given.contains(part.as_str())).take(20).collect()
}

/// What has to be the same in every shard.
fn agree(shards: &[Named]) -> Result<(), MergeError> {
    if let Some((name, _)) = shards.iter().find(|(_, run)| run.info.selected.is_none()) {
        return Err(MergeError::Whole(name.clone()));
    }
    for pair in shards.windows(2) {
        let [(one, a), (other, b)] = pair else { continue };
        // A shard that did not reach the target knows nothing of it.
        let judged = a.summary.could_not_judge.is_none() && b.summary.could_not_judge.is_none();
        let facts = facts(&a.info, judged).into_iter().zip(facts(&b.info, judged));
        let waivers = |run: &Run| {
            let named = |usage: &crate::model::waiver::WaiverUse| format!("{}, {}", usage.waiver, usage.waiver.note());
            (run.summary.waivers.iter().map(named).collect::<Vec<_>>().join("; "), run.summary.waivers_warn)
        };
        let held =
            [waivers(a), waivers(b)].map(|(waivers, warn)| ("the set of waivers", format!("{waivers}, warn: {warn}")));
        let [mine, theirs] = held;
        if let Some(((what, is), (_, was))) = facts.chain([(mine, theirs)]).find(|((_, a), (_, b))| a != b) {
            return Err(MergeError::Different(one.clone(), other.clone(), what, is, was));
        }
    }
    Ok(())
}

fn facts(info: &RunInfo, judged: bool) -> Vec<(&'static str, String)> {
    let mut facts = vec![
        ("the version of patchproof", info.version.clone()),
        // Each machine has an embedded server of its own.
        ("the target", if info.embedded { "embedded".to_owned() } else { info.base_url.clone() }),
        ("the suite", info.suite_digest.clone()),
        ("the number of trials selected", info.selected.unwrap_or_default().to_string()),
        ("the selection", info.selection.clone().unwrap_or_default()),
        ("the tiers judged", info.tiers.join(", ")),
        ("the level that fails", info.deny.unwrap_or(Level::Must).to_string()),
        ("what is left out", info.left_out.join(", ")),
    ];
    if judged {
        facts.push(("what the target offers", info.capabilities.join(", ")));
        facts.push(("what the target does not offer", info.not_offered.join(", ")));
    }
    facts
}

/// How many places of the selection no shard has.
fn places(shards: &[Named], selected: usize) -> Result<usize, MergeError> {
    let mut taken: Vec<Option<usize>> = vec![None; selected];
    let mut overlap: Option<(usize, usize, &str, usize)> = None;
    for (index, (name, run)) in shards.iter().enumerate() {
        for trial in &run.trials {
            let place = trial.place.and_then(|place| usize::try_from(place).ok()?.checked_sub(1));
            let Some(holder) = place.and_then(|place| taken.get_mut(place)) else {
                return Err(MergeError::Misplaced(name.clone(), trial.name.clone()));
            };
            match (*holder, &mut overlap) {
                (None, _) => *holder = Some(index),
                (Some(_), Some((.., more))) => *more += 1,
                (Some(before), None) => overlap = Some((before, index, &trial.name, 0)),
            }
        }
    }
    if let Some((one, other, trial, more)) = overlap {
        let name = |index: usize| shards[index].0.clone();
        return Err(MergeError::Overlap(name(one), name(other), trial.to_owned(), more));
    }
    Ok(taken.iter().filter(|holder| holder.is_none()).count())
}

/// The sums that are not over trials.
fn sums(shards: &[Named], later: &dyn Fn(&Run) -> u64) -> Summary {
    let mut sums = Summary::default();
    let mut early: Vec<&str> = Vec::new();
    let mut unjudged: Vec<&str> = Vec::new();
    for (_, run) in shards {
        let shard = &run.summary;
        sums.requests += shard.requests;
        sums.micros = sums.micros.max(later(run) + shard.micros);
        sums.teardown.extend(shard.teardown.iter().cloned());
        shard.updates.iter().for_each(|(path, updates)| sums.add_updates(path, updates));
        sums.waivers_warn = shard.waivers_warn;
        sums.interrupted |= shard.interrupted;
        if sums.waivers.is_empty() {
            sums.waivers.clone_from(&shard.waivers);
        } else {
            sums.waivers.iter_mut().zip(&shard.waivers).for_each(|(sum, usage)| sum.add(usage));
        }
        for (all, one) in [(&mut early, &shard.ended_early), (&mut unjudged, &shard.could_not_judge)] {
            all.extend(one.iter().map(String::as_str).filter(|why| !all.contains(why)).collect::<Vec<_>>());
        }
    }
    let joined = |all: &[&str]| (!all.is_empty()).then(|| all.join("; "));
    (sums.ended_early, sums.could_not_judge) = (joined(&early), joined(&unjudged));
    sums
}

/// The same shards give the same id.
fn id(shards: &[Named]) -> String {
    let mut ids: Vec<&str> = shards.iter().map(|(_, run)| run.info.run_id.as_str()).collect();
    ids.sort_unstable();
    let digest = Sha256::digest(ids.join(" "));
    let mut octets = [0; 16];
    octets.copy_from_slice(&digest[..16]);
    uuid::Builder::from_custom_bytes(octets).into_uuid().to_string()
}

fn shifted(mut trial: TrialResult, micros: u64) -> TrialResult {
    trial.at_micros += micros;
    for record in &mut trial.evidence {
        record.at_micros += micros;
    }
    trial
}

#[cfg(test)]
#[path = "merge_tests.rs"]
mod tests;
