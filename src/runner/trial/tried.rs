//! One attempt at a trial, run and judged; and, where nobody could tell which of its requests acted, another one in its place.

use std::sync::Arc;

use super::{Label, updates};
use crate::checks::{self, Judgement};
use crate::model::case::Case;
use crate::model::event::Attempt as Told;
use crate::model::transcript::Role;
use crate::model::verdict::{self, Facts, Verdict};
use crate::runner::attempt::{Attempt, Attempted, Spared};
use crate::runner::job::JobState;
use crate::runner::request::Bindings;
use crate::runner::session::Session;
use crate::runner::settings::Settings;
use crate::runner::{lost_updates, recovery};

/// One attempt and what is said of it.
pub(super) struct Tried {
    pub(super) attempted: Attempted,
    pub(super) judgement: Judgement,
    pub(super) verdict: Verdict,
    /// The token is no longer taken, or what shows may be a lost update: the exchanges are evidence of no verdict.
    silent: bool,
    /// Exchanges of the attempt, and of another one that was made in its place.
    pub(super) exchanges: usize,
    /// Both attempts, where one failed and the other did not.
    pub(super) told: Vec<Told>,
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

    pub(super) fn told(&self) -> Told {
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

/// Runs and judges one attempt, and shows it to the witness. Where one of several requests has acted, it is made once more
/// with a read after each.
pub(super) async fn once(
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
    for status in updates::answered(&attempted.transcript) {
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
