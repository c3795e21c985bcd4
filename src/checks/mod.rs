//! The checks: pure functions from a transcript to findings, in one ordered registry.
//!
//! Rule: a check reads the [`Scene`] and writes to [`Findings`]; it does no I/O, keeps no state and knows no clock.
//! Every check cites the requirements it can find broken; its order in [`CHECKS`] is the order in reports, causes
//! before consequences.

mod annotation;
mod attribution;
mod challenge;
mod challenge_list;
mod control_information;
mod echo;
mod entity;
mod envelope;
mod etag;
mod expected;
mod framing;
mod ids;
mod json_text;
mod leak;
mod media_type;
mod methods;
mod others;
mod preference;
mod race;
mod read_back;
mod repeat;
mod retry_after;
mod scene;
mod spelling;
mod status;
mod strangers;
mod unanswered;
mod unchanged;
mod untouched;
mod version;

pub use scene::{Findings, Scene};

use crate::contract::requirement::{Tier, requirement};
use crate::model::exchange::{BrokenKind, Outcome};
use crate::model::finding::Finding;
use crate::model::transcript::{Role, Transcript};

/// One row of the registry.
#[derive(Debug)]
pub struct Check {
    /// Name, kebab-case, stable.
    pub name: &'static str,
    /// What it holds servers to, as a sentence.
    pub rule: &'static str,
    /// Requirements that it can find broken, besides those that a case names.
    pub requirements: &'static [&'static str],
    /// The exchanges that it is run on.
    pub scope: Scope,
    run: fn(&Scene<'_>, &mut Findings),
}

/// The exchanges that a check is run on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Every response of the run, whatever it was for, and also where whoever answered did so in place of the target.
    EveryAnswer,
    /// Every response of the target, whatever it was for.
    EveryResponse,
    /// The responses to the requests that the case itself makes.
    Steps,
    /// A whole step, told at its last exchange.
    WholeStep,
    /// The requests that got no response.
    NoResponse,
}

/// The registry, in the order of reports.
pub const CHECKS: &[Check] = &[
    strangers::CHECK,
    status::CHECK,
    unanswered::CHECK,
    status::READS,
    framing::CHECK,
    json_text::CHECK,
    leak::TOKEN,
    leak::INTERNALS,
    media_type::CHECK,
    media_type::ACCEPT_PATCH,
    entity::CHECK,
    annotation::CHECK,
    control_information::CHECK,
    envelope::SHAPE,
    envelope::ADVICE,
    echo::CHECK,
    spelling::CHECK,
    untouched::CHECK,
    repeat::CHECK,
    expected::HEADERS,
    expected::MEMBERS,
    etag::SYNTAX,
    etag::CHANGE,
    unchanged::CHECK,
    read_back::CHECK,
    others::CHECK,
    others::LISTING,
    race::CHECK,
    challenge::CHECK,
    methods::CHECK,
    methods::OPTIONS,
    methods::PUT,
    retry_after::CHECK,
    preference::CHECK,
    version::CHECK,
    ids::CHECK,
];

/// The check with this name.
#[must_use]
pub fn check(name: &str) -> Option<&'static Check> {
    CHECKS.iter().find(|check| check.name == name)
}

/// What the judge says of one attempt.
#[derive(Debug, Default)]
pub struct Judgement {
    /// The findings, causes first.
    pub findings: Vec<Finding>,
    /// Why the attempt could not be judged whole.
    pub unjudged: Option<String>,
    /// Why there is nothing to judge: what the target was seen not to have.
    pub inapplicable: Option<String>,
}

/// Judges one attempt. `off` names checks that are switched off, to prove that each one is needed.
#[must_use]
pub fn judge(transcript: &Transcript, off: &[&str]) -> Judgement {
    let mut findings = Findings::default();
    let mut unjudged = None;
    for (index, entry) in transcript.entries.iter().enumerate() {
        let response = match &entry.exchange.outcome {
            Outcome::Answered(response) => response,
            Outcome::Broken(broken) if off.contains(&unanswered::CHECK.name) => {
                unjudged.get_or_insert_with(|| describe(broken.kind).to_owned());
                continue;
            }
            Outcome::Broken(broken) => {
                match unanswered::judge(transcript, entry, index, broken, &mut findings) {
                    Some(why) => drop(unjudged.get_or_insert(why)),
                    None if !off.contains(&unchanged::CHECK.name) => {
                        unchanged::after_silence(transcript, entry, &mut findings);
                    }
                    None => {}
                }
                continue;
            }
        };
        let case_step = matches!(entry.role, Role::Step | Role::Writer(_));
        if let Some(why) = status::unjudged(transcript, entry, response) {
            unjudged.get_or_insert(why);
        }
        let scene = Scene::new(transcript, entry, index, response);
        let turned_away = status::turns_away(transcript, entry, response);
        for check in CHECKS {
            let applies = match check.scope {
                Scope::EveryResponse | Scope::Steps if turned_away => false,
                Scope::EveryAnswer | Scope::EveryResponse => true,
                Scope::Steps => case_step,
                Scope::WholeStep => scene.ends_step(),
                Scope::NoResponse => false,
            };
            if applies && !off.contains(&check.name) {
                findings.check = check.name;
                (check.run)(&scene, &mut findings);
                debug_assert_eq!(findings.unlisted(check, &transcript.case), None, "{}", check.name);
            }
        }
    }
    Judgement { findings: findings.into_sorted(), unjudged, inapplicable: inapplicable(transcript) }
}

/// Why there is nothing to judge: what the target was seen not to have, or what an answer of the case says so of.
fn inapplicable(transcript: &Transcript) -> Option<String> {
    let mut steps = transcript.entries.iter().filter(|entry| entry.role == Role::Step);
    others::lists_nothing(transcript).or_else(|| {
        steps
            .find_map(|entry| transcript.case.steps[entry.step].expect.matching(entry.exchange.status()?)?.skip.clone())
    })
}

/// Judges one attempt, and keeps the findings about requirements of these tiers; all when `None`.
#[must_use]
pub fn judge_for(transcript: &Transcript, tiers: Option<&[Tier]>, off: &[&str]) -> Judgement {
    let mut judgement = judge(transcript, off);
    if let Some(tiers) = tiers {
        judgement
            .findings
            .retain(|finding| requirement(&finding.requirement).is_none_or(|known| tiers.contains(&known.tier)));
    }
    judgement
}

/// How an exchange broke, as a sentence fragment.
fn describe(kind: BrokenKind) -> &'static str {
    match kind {
        BrokenKind::Refused => "the connection was refused",
        BrokenKind::Dns => "the host name does not resolve",
        BrokenKind::Tls => "TLS could not be established",
        BrokenKind::ConnectTimeout => "no connection in time",
        BrokenKind::Timeout => "no answer in time",
        BrokenKind::Reset => "the connection was closed without an answer",
        BrokenKind::Silent => "the connection is closed without an answer, each time",
        BrokenKind::Unanswered => "no answer in time, each time",
        BrokenKind::Malformed => "the answer is not HTTP",
        BrokenKind::Unsendable => "the request could not be sent",
    }
}
