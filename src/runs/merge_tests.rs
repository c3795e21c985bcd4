use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::model::verdict::Verdict;
use crate::model::waiver::{Waiver, WaiverUse};
use crate::plan::Partition;
use crate::report;

#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(octets)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The report of a run, byte for byte.
fn text(run: &Run) -> String {
    let out = Shared::default();
    report::render(run, report::format("json").unwrap(), Box::new(out.clone())).unwrap();
    let octets = out.0.lock().unwrap().clone();
    String::from_utf8(octets).unwrap()
}

/// A trial of the endpoint and number, with a verdict and findings that follow from `dice`.
fn trial(endpoint: &str, number: usize, dice: u8) -> TrialResult {
    let verdict = ["pass", "pass", "fail", "waived", "inconclusive", "skip"][usize::from(dice % 6)];
    let level = if dice.is_multiple_of(5) { "SHOULD" } else { "MUST" };
    let findings = usize::from(matches!(verdict, "fail" | "waived")) + usize::from(dice > 200);
    let finding = |n: usize| {
        json!({
            "requirement": format!("REQ-BODY-00{}", n + usize::from(dice % 3)), "level": level, "check": "c",
            "exchange": 0, "kind": "body", "at": "/a", "message": "é", "fingerprint": "0",
            "waived": (verdict == "waived").then_some("known"),
        })
    };
    serde_json::from_value(json!({
        "name": format!("{endpoint}::t::{number}"), "endpoint": endpoint, "title": "t", "file": "f",
        "requirements": ["REQ-BODY-001"], "verdict": verdict, "flaky": dice.is_multiple_of(7), "waits": dice % 3, "micros": dice,
        "atMicros": number, "exchanges": 1, "findings": (0..findings).map(finding).collect::<Vec<_>>(),
    }))
    .unwrap()
}

/// A run of these trials, which know their places, with the sums that a runner would tell.
fn run(trials: Vec<TrialResult>, info: RunInfo) -> Run {
    let named = WaiverUse {
        waiver: Waiver { trial: "**".to_owned(), reason: "known".to_owned(), ..Waiver::default() },
        named: info.selected.unwrap_or(trials.len()),
        told: trials.len(),
        covered: trials.iter().filter(|trial| trial.verdict == Verdict::Waived).count(),
        passed: trials.iter().filter(|trial| trial.verdict == Verdict::Pass).count(),
        differed: trials.iter().filter(|trial| trial.verdict == Verdict::Fail).count(),
        skipped: trials.iter().filter(|trial| trial.verdict == Verdict::Skip).count(),
        ..WaiverUse::default()
    };
    let mut summary =
        Summary { planned: trials.len(), requests: trials.len(), waivers: vec![named], ..Summary::default() };
    for trial in &trials {
        summary.add(trial, Level::Must);
    }
    summary.conclude_waivers();
    summary.exit_code = exit::of(&summary);
    Run {
        schema_version: "1".to_owned(),
        info: RunInfo { planned: trials.len(), ..info },
        summary,
        trials,
        order: Vec::new(),
    }
}

fn info() -> RunInfo {
    RunInfo {
        run_id: "whole".to_owned(),
        started_at: "2026-01-01T00:00:00Z".to_owned(),
        base_url: "https://x.example".to_owned(),
        suite_digest: "d".to_owned(),
        deny: Some(Level::Must),
        ..RunInfo::default()
    }
}

/// The run split as `kind:1/n` to `kind:n/n`.
fn split(whole: &Run, kind: &str, n: usize) -> Vec<Named> {
    let shard = |m: usize| {
        let part: Partition = format!("{kind}:{m}/{n}").parse().unwrap();
        let placed = (1u32..).zip(&whole.trials).map(|(place, trial)| {
            let mut trial = trial.clone();
            trial.place = Some(place);
            trial
        });
        let held: Vec<TrialResult> =
            (0..).zip(placed).filter(|(at, trial)| part.holds(&trial.name, *at)).map(|(_, trial)| trial).collect();
        let info = RunInfo {
            run_id: format!("shard {m}"),
            partition: Some(part.to_string()),
            selected: Some(whole.trials.len()),
            selection: Some("s".to_owned()),
            ..whole.info.clone()
        };
        // Through the file, as it comes in life.
        let stored = text(&run(held, info));
        (format!("{m}.json"), report::read_run(stored.as_bytes()).unwrap())
    };
    (1..=n).map(shard).collect()
}

proptest! {
    #[test]
    fn merged_shards_are_the_whole_run(
        dice in prop::collection::vec(any::<u8>(), 1..60), n in 1usize..9, hash in any::<bool>(), turn in any::<usize>(),
    ) {
        let endpoint = |at: usize| ["jobs", "classifyFileJobs", "evaluateLabelJobs"][at * 3 / dice.len()];
        let trials = dice.iter().enumerate().map(|(at, dice)| trial(endpoint(at), at, *dice)).collect();
        let whole = run(trials, info());
        let mut shards = split(&whole, if hash { "hash" } else { "slice" }, n);
        shards.rotate_left(turn % n);
        let mut merged = merge(shards, false).unwrap();
        merged.info.run_id.clone_from(&whole.info.run_id);
        prop_assert_eq!(text(&merged), text(&whole));
    }
}

fn whole() -> Run {
    run((0..20u8).map(|dice| trial("jobs", dice.into(), dice)).collect(), info())
}

#[test]
fn what_is_no_run_in_parts_is_refused() {
    let shards = || split(&whole(), "slice", 3);
    let said = |shards: Vec<Named>| merge(shards, false).unwrap_err().to_string();
    assert_eq!(said(Vec::new()), "nothing to merge");
    assert_eq!(said(vec![("w.json".to_owned(), whole())]), "w.json is no shard: it was run without --partition");
    let mut twice = shards();
    twice.push(("again.json".to_owned(), twice[0].1.clone()));
    assert_eq!(said(twice), "1.json and again.json both have jobs::t::0 and 6 more: is one shard given twice?");
    let mut fewer = shards();
    fewer.remove(1);
    assert_eq!(
        said(fewer.clone()),
        "7 of 20 trials are in no shard: slice:2/3 is missing; --partial merges what there is"
    );
    let partial = merge(fewer, true).unwrap();
    assert_eq!(partial.summary.ended_early.as_deref(), Some("7 trials were in no shard: slice:2/3 is missing"));
    assert_eq!((partial.summary.planned, partial.trials.len()), (20, 13));
    let mut ended = shards();
    (ended[0].1.summary.ended_early, ended[0].1.summary.interrupted) = (Some("interrupted".to_owned()), true);
    ended[1].1.summary.ended_early = Some("the target is gone".to_owned());
    ended.remove(2);
    assert_eq!(merge(ended, true).unwrap().summary.exit_code, exit::INTERRUPTED);
    let mut other = shards();
    other[2].1.info.suite_digest = "e".to_owned();
    assert_eq!(said(other), "2.json and 3.json are not parts of one run: the suite differs (d and e)");
    let mut mixed = shards();
    mixed[1] = split(&whole(), "hash", 3).remove(1);
    assert!(said(mixed).contains("both have"));
    let mut strange = shards();
    strange[0].1.trials[0].place = Some(21);
    assert!(said(strange).contains("has no place"));
    let mut waivers = shards();
    waivers[0].1.summary.waivers.clear();
    assert!(said(waivers).contains("the set of waivers differs"));
}

#[test]
fn times_are_told_from_the_first_start() {
    let mut shards = split(&whole(), "slice", 2);
    shards[1].1.info.started_at = "2026-01-01T00:00:02Z".to_owned();
    shards[1].1.summary.micros = 5;
    let merged = merge(shards, false).unwrap();
    assert_eq!((merged.trials[0].at_micros, merged.trials[1].at_micros), (0, 2_000_001));
    assert_eq!(merged.summary.micros, 2_000_005);
}

#[test]
fn the_whole_has_the_seed_of_all_its_shards_or_none() {
    let merged = |seeds: [Option<u64>; 2]| {
        let mut shards = split(&whole(), "slice", 2);
        shards.iter_mut().zip(seeds).for_each(|((_, run), seed)| run.info.seed = seed);
        merge(shards, false).unwrap().info.seed
    };
    assert_eq!((merged([Some(0), Some(0)]), merged([Some(0), Some(1)]), merged([None, None])), (Some(0), None, None));
}

#[test]
fn a_shard_that_could_not_judge_leaves_the_whole_unjudged() {
    let mut shards = split(&whole(), "slice", 2);
    let mut lost = shards.remove(0);
    lost.1.summary.could_not_judge = Some("connection refused".to_owned());
    shards[0].1.info.capabilities = vec!["etag".to_owned()];
    let merged = merge(vec![lost, shards.remove(0)], false).unwrap();
    assert_eq!(merged.summary.could_not_judge.as_deref(), Some("connection refused"));
    assert_eq!(merged.info.capabilities, ["etag"]);
}
