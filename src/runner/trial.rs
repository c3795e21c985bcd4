//! One trial from its case to its result: gating, attempts, judgement, evidence.

use std::sync::Arc;
use std::time::Instant;

use super::attempt::{Attempt, Attempted, Spared};
use super::job::JobState;
use super::request::Bindings;
use super::session::Session;
use super::settings::{Evidence, Settings};
use super::{evidence, findings, lost_updates, recovery};
use crate::checks::{self, Judgement};
use crate::model::case::{Address, Case};
use crate::model::event::{Attempt as Told, TrialResult};
use crate::model::exchange::{BrokenKind, Outcome, SentRequest};
use crate::model::expect::Expect;
use crate::model::finding::{Finding, Level, Place};
use crate::model::in_common::{InCommon, traits};
use crate::model::transcript::{Role, Transcript};
use crate::model::verdict::{self, Facts, Verdict};
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

/// One attempt and what is said of it.
struct Tried {
    attempted: Attempted,
    judgement: Judgement,
    verdict: Verdict,
    /// The token is no longer taken, or what shows may be a lost update: the exchanges are evidence of no verdict.
    silent: bool,
    /// Exchanges of the attempt, and of another one that was made in its place.
    exchanges: usize,
    /// Both attempts, where one failed and the other did not.
    told: Vec<Told>,
}

impl Tried {
    /// A read shows a change, or the like.
    fn tells_by_a_read(&self) -> bool {
        let entries = &self.attempted.transcript.entries;
        let is_read = |index: usize| entries.get(index).is_some_and(|entry| entry.role == Role::ReadAfter);
        self.verdict == Verdict::Fail && self.judgement.findings.iter().any(|finding| is_read(finding.exchange))
    }

    /// Nobody knows which of several requests did what a read shows, or what one did that no read shows.
    fn is_to_be_told_apart(&self) -> bool {
        match self.attempted.spared {
            Spared::Nothing => false,
            Spared::Reads => self.tells_by_a_read(),
            Spared::InVain => true,
        }
    }

    fn told(&self) -> Told {
        let first = self.judgement.findings.first().filter(|_| self.verdict == Verdict::Fail);
        Told { verdict: self.verdict, reason: first.map(|finding| finding.requirement.to_string()) }
    }

    /// Puts an attempt with a read after each request in the place of this one, which stays what it was where it told of a
    /// change and the other one does not: what acts now and then only may not have done so again. Gives back the one that
    /// nothing is judged by.
    fn replace_by(&mut self, closer: Self) -> Self {
        let takes_its_place = if self.tells_by_a_read() {
            closer.tells_by_a_read()
        } else {
            closer.verdict.severity() >= self.verdict.severity()
        };
        let told = if self.verdict == closer.verdict { Vec::new() } else { vec![self.told(), closer.told()] };
        let exchanges = self.exchanges + closer.exchanges;
        let mut other = closer;
        if takes_its_place {
            std::mem::swap(self, &mut other);
        }
        let retried = std::mem::take(&mut other.attempted.retried);
        self.attempted.retried.why.extend(retried.why);
        self.attempted.retried.waits += retried.waits;
        (self.exchanges, self.told) = (exchanges, told);
        other
    }
}

/// In the number of an attempt that is made once more: its values are others than those that were sent already.
const CLOSELY: u32 = 1 << 31;

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
        let tried = once(session, job, case, &label, settings, attempt).await;
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
    result.micros = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
    result.exchanges = exchanges;
    result.updates = in_common(&attempted.transcript, &judgement.findings);
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

/// Runs and judges one attempt, and shows it to the witness. Where one of several requests has acted, it is made once more
/// with a read after each.
async fn once(
    session: &Session,
    job: &mut JobState,
    case: &Arc<Case>,
    label: &Label,
    settings: &Settings,
    attempt: u32,
) -> Tried {
    let mut tried = attempted(session, job, case, label, settings, (attempt, !settings.sparing)).await;
    let is_over = || session.health.gone() || session.refused().is_some() || settings.is_cancelled();
    if tried.is_to_be_told_apart() && !is_over() {
        if tried.verdict == Verdict::Fail {
            recovery::after_failure(session, (label.endpoint, &label.name), job, &tried.attempted.transcript).await;
        }
        if job.gone.is_none() && !is_over() {
            let closer = tokio::select! {
                closer = attempted(session, job, case, label, settings, (attempt | CLOSELY, true)) => Some(closer),
                // What is judged already stays so.
                () = session.cut_short() => None,
            };
            if let Some(closer) = closer {
                let other = tried.replace_by(closer);
                other.attempted.transcript.entries.iter().for_each(|entry| {
                    session.aside("telling apart which of several requests acts", &entry.exchange);
                });
            }
        }
    }
    match &session.witness {
        Some(_) if tried.silent => {
            let why = tried.judgement.unjudged.as_deref().unwrap_or_default();
            tried.attempted.transcript.entries.iter().for_each(|entry| session.aside(why, &entry.exchange));
        }
        Some(witness) => witness.attempt(&label.name, &tried.attempted.transcript, &session.known()),
        None => {}
    }
    tried
}

/// Runs and judges one attempt, by its number and whether the job is read after each request that is refused.
async fn attempted(
    session: &Session,
    job: &mut JobState,
    case: &Arc<Case>,
    label: &Label,
    settings: &Settings,
    (number, closely): (u32, bool),
) -> Tried {
    let bindings = Bindings::of(settings.nonce.values(&label.name, number));
    let mut attempted =
        Attempt::new(session, label.endpoint, job, settings.patience, bindings, closely).run(case).await;
    for status in updates(&attempted.transcript) {
        match status {
            Some(status) => job.acceptance.note(status),
            None => job.acceptance.note_silence(),
        }
    }
    let mut judgement = judged(session, &mut attempted, settings);
    let fails = verdict::failures(&judgement.findings, settings.deny) > 0;
    let silent =
        session.refused().is_some() || (fails && lost_updates::shows(&attempted.transcript.entries, &job.lost));
    if silent && session.refused().is_none() {
        judgement = Judgement { unjudged: Some(lost_updates::WHY.to_owned()), ..Judgement::default() };
    }
    let exchanges = attempted.transcript.entries.iter().map(|entry| &*entry.exchange);
    session.health.underway.trial(&label.name, exchanges, attempted.unanswered.drain(..));
    let verdict = verdict::verdict(Facts {
        failures: verdict::failures(&judgement.findings, settings.deny),
        unjudged: judgement.unjudged.is_some(),
        inapplicable: judgement.inapplicable.is_some(),
        ..Facts::default()
    });
    let exchanges = attempted.transcript.entries.len();
    Tried { attempted, judgement, verdict, silent, exchanges, told: Vec::new() }
}

/// What the checks say of an attempt; nothing where the target no longer takes the token.
fn judged(session: &Session, attempted: &mut Attempted, settings: &Settings) -> Judgement {
    if let Some(why) = session.refused() {
        return Judgement { unjudged: Some(why), ..Judgement::default() };
    }
    let off: Vec<&str> = settings.off.iter().map(String::as_str).collect();
    let judge = |attempted: &Attempted| checks::judge_for(&attempted.transcript, settings.tiers.as_deref(), &off);
    let judgement = judge(attempted);
    // Where something fails, it may be what another job was sent; and so may a job that a list has anew.
    let lists = attempted.transcript.entries.iter().any(|entry| entry.listed.is_some());
    if !lists && judgement.findings.is_empty() {
        return judgement;
    }
    let found = session.provenance.find(&mut attempted.transcript, &|name, id| session.target.holds(name, id));
    if found { judge(attempted) } else { judgement }
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

/// What the updates of the leased job that are right in every way were answered; nothing where none of many tries was.
fn updates(transcript: &Transcript) -> impl Iterator<Item = Option<u16>> + '_ {
    let steps = &transcript.case.steps;
    transcript.entries.iter().filter_map(move |entry| {
        let step = &steps[entry.step];
        let plain =
            entry.role == Role::Step && step.request.to == Address::Job && entry.exchange.request.method == "PATCH";
        match &entry.exchange.outcome {
            _ if !plain => None,
            Outcome::Answered(answer) => Some(answer.status).filter(|status| tells(&step.expect, *status)).map(Some),
            Outcome::Broken(broken) => {
                let each_time = matches!(broken.kind, BrokenKind::Silent | BrokenKind::Unanswered);
                (each_time && step.expect.wants_success()).then_some(None)
            }
        }
    })
}

/// What became of the updates that were to be performed.
fn in_common(transcript: &Transcript, findings: &[Finding]) -> InCommon {
    let mut updates = InCommon::default();
    for (index, entry) in transcript.entries.iter().enumerate() {
        let request = &entry.exchange.request;
        let valid = entry.role == Role::Step && transcript.case.steps[entry.step].expect.wants_success();
        if !valid || request.method != "PATCH" {
            continue;
        }
        // What may be refused with a warning may have a reason of its own.
        let refused = || {
            findings.iter().any(|finding| {
                finding.exchange == index && finding.place == Place::Status && finding.level == Level::Must
            })
        };
        match entry.exchange.status() {
            Some(200..=299) if sets_nothing(request) => {}
            Some(200..=299) => updates.accept(traits(request, entry.before.as_deref())),
            Some(400..=499) if refused() => updates.refuse(traits(request, entry.before.as_deref())),
            _ => {}
        }
    }
    updates
}

/// An update of nothing is mostly taken before anything of it is looked at.
fn sets_nothing(request: &SentRequest) -> bool {
    let body = request.json.as_deref().and_then(serde_json::Value::as_object);
    body.is_some_and(|body| body.keys().all(|name| name.contains('@')))
}

/// Whether an answer tells if valid updates are taken: a refusal that is right as well says nothing.
fn tells(expect: &Expect, status: u16) -> bool {
    expect.wants_success() && ((200..300).contains(&status) || expect.matching(status).is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_that_is_right_says_nothing_of_valid_updates() {
        let either: Expect = serde_json::from_str(r#"{"status": 200, "or": [{"status": "refusal"}]}"#).unwrap();
        assert!(tells(&either, 200) && tells(&either, 404) && !tells(&either, 400));
        let success = Expect::default();
        assert!(tells(&success, 200) && tells(&success, 400), "a valid update that is refused");
        let refusal: Expect = serde_json::from_str(r#"{"status": "refusal"}"#).unwrap();
        assert!(!tells(&refusal, 200) && !tells(&refusal, 400));
    }
}
