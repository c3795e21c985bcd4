//! One trial from its case to its result: gating, attempts, judgement, evidence.

mod tried;
mod updates;

use std::sync::Arc;
use std::time::Instant;

use tried::Tried;

use super::evidence::micros;
use super::job::JobState;
use super::session::Session;
use super::settings::{Evidence, Settings};
use super::{evidence, findings, recovery};
use crate::model::case::Case;
use crate::model::event::{Attempt as Told, TrialResult};
use crate::model::in_common::InCommon;
use crate::model::verdict::Verdict;
use crate::plan::Lines;

/// What a trial is called and where it comes from.
#[derive(Debug, Clone)]
pub(super) struct Label {
    pub(super) name: String,
    pub(super) endpoint: &'static str,
    pub(super) file: String,
    pub(super) place: Option<u32>,
}

/// A result without anything judged.
pub(super) fn blank(label: Label, case: Option<&Case>, verdict: Verdict, reason: Option<String>) -> TrialResult {
    TrialResult {
        name: label.name,
        place: label.place,
        endpoint: label.endpoint.to_owned(),
        title: case.map(|case| case.title.clone()).unwrap_or_default(),
        file: label.file,
        requirements: case.map(|case| case.requirements.clone()).unwrap_or_default(),
        verdict,
        reason,
        flaky: false,
        attempts: Vec::new(),
        waits: 0,
        micros: 0,
        at_micros: 0,
        exchanges: 0,
        updates: InCommon::default(),
        findings: Vec::new(),
        evidence: Vec::new(),
    }
}

/// A result from before the run was interrupted, by the waivers of today.
pub(super) fn again(known: &TrialResult, place: Option<u32>, settings: &Settings) -> TrialResult {
    let mut result = known.clone();
    result.place = place;
    settings.waivers.apply(&mut result, settings.deny);
    result
}

/// Runs one trial, with its repeats, and derives the verdict.
pub(super) async fn run(
    session: &Session,
    job: &mut JobState,
    case: &Arc<Case>,
    label: Label,
    settings: &Settings,
    lines: Option<Lines<'_>>,
) -> TrialResult {
    let started = Instant::now();
    let mut told: Vec<Told> = Vec::new();
    let mut worst: Option<Tried> = None;
    let mut exchanges = 0;
    let (mut retried, mut waits) = (Vec::new(), 0);
    session.refresh().await;
    for attempt in 0..settings.repeat.max(1) {
        let tried = tried::once(session, job, case, &label, settings, attempt).await;
        exchanges += tried.exchanges;
        retried.extend(tried.attempted.retried.why.iter().cloned());
        waits += tried.attempted.retried.waits;
        match &tried.told[..] {
            [] if settings.repeat > 1 => told.push(tried.told()),
            both => told.extend_from_slice(both),
        }
        if worst.as_ref().is_none_or(|known| tried.verdict.severity() > known.verdict.severity()) {
            worst = Some(tried);
        }
        if session.health.gone() || session.refused().is_some() {
            break;
        }
    }
    // At the end of a run all jobs are put back anyway.
    if let Some(tried) = worst.as_ref().filter(|tried| tried.verdict == Verdict::Fail && !settings.is_cancelled()) {
        recovery::after_failure(session, (label.endpoint, &label.name), job, &tried.attempted.transcript).await;
    }
    let Some(Tried { attempted, judgement, verdict, .. }) = worst else {
        return blank(label, Some(case), Verdict::Inconclusive, Some("no attempt was made".to_owned()));
    };
    let differ = told.windows(2).any(|pair| pair[0].verdict != pair[1].verdict);
    let inapplicable = judgement.inapplicable.filter(|_| verdict == Verdict::Skip);
    let why = judgement.unjudged.or(inapplicable).map(|why| session.scrubber.scrub(&why).into_owned());
    let mut result = blank(label, Some(case), verdict, why);
    result.flaky = differ || (verdict == Verdict::Pass && !retried.is_empty());
    result.waits = waits;
    result.attempts = with_retries(told, &retried, verdict, session);
    result.micros = micros(started.elapsed());
    result.at_micros = micros(session.elapsed());
    result.exchanges = exchanges;
    result.updates = updates::in_common(&attempted.transcript, &judgement.findings);
    result.findings = findings::all(judgement.findings, &attempted.transcript, &result.name, session, lines);
    settings.waivers.apply(&mut result, settings.deny);
    let keeps = match settings.evidence {
        Evidence::All => true,
        Evidence::Failures => verdict != Verdict::Pass,
        Evidence::None => false,
    };
    if keeps {
        let variables = &session.target.credentials.variables;
        let record = |entry| evidence::record(case, entry, &session.scrubber, variables);
        result.evidence = attempted.transcript.entries.iter().map(record).collect();
    }
    result
}

/// What is told of the attempts, with those that were made again first: what came of it in the end stands last.
fn with_retries(mut told: Vec<Told>, retried: &[String], verdict: Verdict, session: &Session) -> Vec<Told> {
    if told.is_empty() && !retried.is_empty() {
        told.push(Told { verdict, reason: None });
    }
    let again = retried.iter().map(|why| Told {
        verdict: Verdict::Inconclusive,
        reason: Some(format!("tried again: {}", session.scrubber.scrub(why))),
    });
    told.splice(0..0, again);
    told
}
