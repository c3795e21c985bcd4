//! What a case needs that a target may not have.

use super::rejected::Purpose;
use super::request::{has_other_case, leaves_valid, shortened, without_hyphens};
use super::session::Session;
use crate::json::annotation;
use crate::model::capability::Capability;
use crate::model::case::{Address, Auth, Case, Content, Request, Step};
use crate::model::profile::Profile;
use crate::model::secret::Secret;
use crate::target::pace::RateLimit;

/// Why a case is not run on a target of which this is declared, and which `has` these capabilities, if so; `paced` where
/// a fixed rate is kept.
#[must_use]
pub fn ruled_out(
    profile: &Profile,
    has: &dyn Fn(Capability) -> bool,
    paced: bool,
    collection: &str,
    case: &Case,
) -> Option<String> {
    if profile.not_offered.contains(collection) {
        return Some("the target does not offer this path".to_owned());
    }
    if let Some(missing) = case.needs.iter().find(|capability| !has(**capability)) {
        return Some(format!("needs capability {missing}"));
    }
    if paced && case.needs.contains(&Capability::Throttle) {
        return Some("would have to go faster than `rate-limit` allows".to_owned());
    }
    if let Some(present) = case.unless.iter().find(|capability| profile.has(**capability)) {
        return Some(format!("makes no sense with capability {present}"));
    }
    let of_steps = case.steps.iter().filter_map(|step| step.expect.requirement.as_ref());
    let excused =
        case.requirements.first().into_iter().chain(of_steps).find_map(|id| profile.excused.get_key_value(id));
    if let Some((id, reason)) = excused {
        return Some(format!("{id} is excused by the target's profile: {reason}"));
    }
    super::settable::reason(profile, case)
}

/// Whether a case writes back what it has read.
#[must_use]
pub fn writes_back(case: &Case) -> bool {
    case.steps.iter().any(|step| step.request.content.as_ref().is_some_and(Content::is_write_back))
}

/// The placeholder for the id of the job in the other letter case.
const OTHER_CASE: &str = "{{job.id.other-case}}";

/// What a placeholder makes of the id of the job cannot be made of every id.
struct MadeOfId {
    placeholder: &'static str,
    /// Whether it can be made of an id.
    is_made: fn(&str) -> bool,
    /// Why it cannot.
    why: &'static str,
}

const MADE_OF_ID: [MadeOfId; 3] = [
    MadeOfId { placeholder: OTHER_CASE, is_made: has_other_case, why: "the id of the job is short, or has no letters" },
    MadeOfId {
        placeholder: "{{job.id.without-hyphens}}",
        is_made: |id| without_hyphens(id).is_some(),
        why: "the id of the job is no GUID with hyphens",
    },
    MadeOfId {
        placeholder: "{{job.id.shortened}}",
        is_made: |id| shortened(id).is_some(),
        why: "the id of the job is short",
    },
];

/// Why what the segment has cannot be made of the id of some job of the collection, if so.
fn cannot_be_made(session: &Session, collection: &str, segment: &str) -> Option<&'static str> {
    let ids = session.target.jobs.get(collection)?;
    let rows = MADE_OF_ID.iter().filter(|row| segment.contains(row.placeholder));
    rows.filter(|row| !ids.iter().all(|id| (row.is_made)(id))).map(|row| row.why).next()
}

/// Why a case is not run on this target, if so.
pub(super) fn gate(session: &Session, collection: &str, case: &Case) -> Option<String> {
    let profile = &session.profile;
    // What was given in vain is no capability that the target lacks.
    let has_second =
        super::request::second(session, collection).is_some() || session.rejected.has(collection, Purpose::SecondJob);
    let has = |capability: Capability| match capability {
        Capability::SecondJob => has_second,
        Capability::DerivedJob => session.target.derived.contains_key(collection),
        other => profile.has(other),
    };
    let paced = matches!(session.target.rate_limit, Some(RateLimit::Fixed(..)));
    if let Some(reason) = ruled_out(profile, &has, paced, collection, case) {
        return Some(reason);
    }
    let of_steps = case.steps.iter().find_map(|step| unsendable(session, collection, has_second, step));
    if let Some(reason) = of_steps.or_else(|| destructive(session, collection, case)) {
        return Some(reason.to_owned());
    }
    (writes_back(case) && !profile.has(Capability::Readback)).then(|| "needs capability readback".to_owned())
}

/// Why the request of a step cannot be sent to this target, or says nothing of it.
fn unsendable(session: &Session, collection: &str, has_second: bool, step: &Step) -> Option<&'static str> {
    let target = &session.target;
    if let Address::Id(segment) = &step.request.to
        && let Some(reason) = cannot_be_made(session, collection, segment)
    {
        return Some(reason);
    }
    Some(match (&step.request.auth, &step.request.to) {
        (Auth::Query | Auth::QueryOtherNames | Auth::QueryBesideRandom, _) if !target.loopback => {
            "would put a live token into a URL"
        }
        (Auth::LastChanged, _) if session.valid().as_ref().is_some_and(has_spare_bits) => {
            "the last character of a JWT carries spare bits"
        }
        (auth, _) if session.valid().is_some_and(|token| leaves_valid(token.expose(), *auth)) => {
            "would be the token of the target again, or another legal spelling of it"
        }
        (auth, _) if *auth != Auth::Valid && target.credentials.valid.is_none() => "the target wants no credentials",
        (_, Address::SecondJob) if !has_second => "needs capability second-job",
        (_, Address::DerivedJob) if !target.derived.contains_key(collection) => "needs a job of a derived type",
        (_, Address::Id(id)) if session.profile.ids_ignore_case && id.contains(OTHER_CASE) => {
            "the target's profile says that ids ignore case"
        }
        (_, Address::ForeignJob) if !target.foreign.contains_key(collection) => "needs a job of a second tenant",
        _ => return None,
    })
}

/// Why a case is not run that may replace or remove a job: one that is not made for the run may hold what no PATCH can put
/// back.
fn destructive(session: &Session, collection: &str, case: &Case) -> Option<&'static str> {
    let first = session.target.jobs.get(collection).and_then(|ids| ids.first()).map(String::as_str);
    let addressed = |to: &Address| match to {
        Address::DerivedJob => session.target.derived.get(collection).map(String::as_str),
        Address::SecondJob => super::request::second(session, collection),
        Address::ForeignJob => session.target.foreign.get(collection).map(String::as_str),
        _ => first,
    };
    let mut replaced = case.steps.iter().filter(|step| may_replace(&step.request) || may_remove(&step.request));
    if !replaced.any(|step| !session.is_ours(collection, addressed(&step.request.to))) {
        return None;
    }
    // Jobs of a derived type and those of another tenant are given also where the run makes the others.
    Some(if session.profile.has(Capability::Provision) {
        "may destroy what cannot be put back, and the job was given, not made by the run"
    } else {
        "may destroy what cannot be put back; needs a job made for the run, or capability provision"
    })
}

/// A PUT whose content somebody could take for a job; malformed JSON can replace nothing.
fn may_replace(request: &Request) -> bool {
    let is_json = |text: &str| serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok();
    let may_be_job = match &request.content {
        Some(Content::Text(text)) => is_json(text),
        _ => true,
    };
    request.method.as_deref() == Some("PUT") && may_be_job
}

/// A body that somebody could take for an entry of a delta, which deletes the job.
fn may_remove(request: &Request) -> bool {
    let body = request.content.as_ref().and_then(|content| content.json()?.as_object());
    body.is_some_and(|body| annotation(body, "removed").is_some())
}

/// A JWT (RFC 7519) whose last character stands for fewer than six bits (RFC 4648, section 3.5).
fn has_spare_bits(token: &Secret) -> bool {
    let mut parts = token.expose().split('.');
    let is_jwt = parts.clone().count() == 3;
    is_jwt && parts.next_back().is_some_and(|signature| signature.len() % 4 != 0)
}
