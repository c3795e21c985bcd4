//! What the placeholders of a case stand for in one attempt.

use std::cell::{OnceCell, RefCell};

use super::values::Values;
use super::{JobState, Session, second};
use crate::model::bound::{Bound, each_text};
use crate::model::expect::Expect;
use crate::model::secret::Secret;
use crate::plan::template::{Alike, Placeholder, may_hold, names};

/// Values that stay the same all through one attempt, or one round of a race, each made when it is first asked for.
#[derive(Debug, Default)]
pub(in super::super) struct Bindings {
    values: Values,
    /// How often every `{{uuid}}` and `{{date-time}}` has become another one.
    renewed: u32,
    uuids: [OnceCell<String>; 9],
    unknown: OnceCell<String>,
    random_token: OnceCell<Secret>,
    now: OnceCell<String>,
    /// Which of the permitted values stands for a made-up one: property, made-up value, place in the list.
    picks: RefCell<Vec<(String, String, usize)>>,
    /// Id of the job that the target made last because the case asked for it.
    pub(in super::super) made: Option<String>,
}

impl Bindings {
    /// What is made up comes from these values.
    pub(in super::super) fn of(values: Values) -> Self {
        Self {
            values,
            renewed: 0,
            uuids: Default::default(),
            unknown: OnceCell::new(),
            random_token: OnceCell::new(),
            now: OnceCell::new(),
            picks: RefCell::default(),
            made: None,
        }
    }

    /// The texts that only this attempt can have put anywhere.
    pub(in super::super) fn marks(&self) -> Vec<String> {
        self.uuids.iter().filter_map(OnceCell::get).cloned().collect()
    }

    /// What the placeholders in an expectation stand for.
    pub(in super::super) fn bound(
        &self,
        session: &Session,
        collection: &str,
        job: &JobState,
        expect: &Expect,
    ) -> Bound {
        let mut bound = Bound::default();
        each_text(expect, &mut |text| {
            if !may_hold(text) {
                return;
            }
            for name in names(text) {
                let value = Placeholder::parse(name).ok().and_then(|p| self.lookup(session, collection, job, &p));
                bound.0.extend(value.map(|value| (name.to_owned(), value)));
            }
        });
        bound
    }

    /// From here on every `{{uuid}}` and `{{date-time}}` is another one.
    pub(in super::super) fn renew(&mut self) {
        self.uuids = Default::default();
        self.renewed += 1;
    }

    fn uuid(&self, n: u8) -> Option<String> {
        let cell = self.uuids.get(usize::from(n).saturating_sub(1))?;
        Some(cell.get_or_init(|| self.values.uuid(&format!("uuid.{n}"), self.renewed).to_string()).clone())
    }

    pub(super) fn unknown(&self) -> &str {
        self.unknown.get_or_init(|| self.values.uuid("unknown.id", 0).to_string())
    }

    /// Legal b64token syntax (RFC 6750, section 2.1), and long enough to be found again when it leaks.
    pub(super) fn random_token(&self) -> &Secret {
        let half = |n| self.values.uuid("token", n).simple();
        self.random_token.get_or_init(|| Secret::new(format!("pp.{}{}", half(0), half(1))))
    }

    fn unknown_tag(&self) -> String {
        format!("\"patchproof-{}\"", self.unknown())
    }

    /// A tag from before. Where the job has the same content again it may have that tag again, so another stands for it.
    fn stale(&self, job: &JobState, tag: Option<&str>) -> Option<String> {
        let tag = tag?;
        Some(if job.etag.as_deref() == Some(tag) { self.unknown_tag() } else { tag.to_owned() })
    }

    /// The permitted value that stands for a made-up one: the same for the same one, and as long as there are enough
    /// another for another, and not the current one, so that an update is a change.
    pub(super) fn pick<'a>(
        &self,
        name: &str,
        made_up: &str,
        permitted: &'a [String],
        current: Option<&str>,
    ) -> Option<&'a str> {
        if permitted.iter().any(|value| value == made_up) {
            return None;
        }
        let mut picks = self.picks.borrow_mut();
        let known = picks.iter().find(|(of, text, _)| of == name && text == made_up).map(|(_, _, at)| *at);
        let at = known.unwrap_or_else(|| {
            let mut at = picks.iter().rev().find(|(of, ..)| of == name).map_or(0, |(_, _, last)| last + 1);
            if permitted.get(at % permitted.len().max(1)).map(String::as_str) == current {
                at += 1;
            }
            picks.push((name.to_owned(), made_up.to_owned(), at));
            at
        });
        permitted.get(at % permitted.len().max(1)).map(String::as_str)
    }

    /// An id made of a long one; of a short one, whose neighbours may be jobs too, an unknown id.
    fn beside(&self, id: &str, make: fn(&str) -> String) -> String {
        if id.len() >= LONG_ID { make(id) } else { self.unknown().to_owned() }
    }

    pub(in super::super) fn lookup(
        &self,
        session: &Session,
        collection: &str,
        job: &JobState,
        wanted: &Placeholder,
    ) -> Option<String> {
        match wanted {
            Placeholder::JobId => Some(job.id.clone()),
            Placeholder::JobIdOtherCase => {
                Some(if has_other_case(&job.id) { other_case(&job.id) } else { self.unknown().to_owned() })
            }
            Placeholder::JobIdEncodedTwice => Some(twice_encoded(&job.id)),
            Placeholder::JobIdShortened => Some(shortened(&job.id).unwrap_or_else(|| self.unknown()).to_owned()),
            Placeholder::JobIdLonger => Some(self.beside(&job.id, |id| format!("{id}0"))),
            Placeholder::JobIdPreceded => Some(self.beside(&job.id, |id| format!("0{id}"))),
            Placeholder::JobIdWithoutHyphens => {
                Some(without_hyphens(&job.id).unwrap_or_else(|| self.unknown().to_owned()))
            }
            Placeholder::JobTenant => {
                let original = job.original.as_deref().and_then(|job| job.get("tenantId")?.as_str());
                let other = session.target.other_tenant.as_deref();
                Some(original.or(other).unwrap_or_else(|| self.unknown()).to_owned())
            }
            Placeholder::Collection => Some(collection.to_owned()),
            Placeholder::Uuid(n) => self.uuid(*n),
            Placeholder::DateTime(n) => Some(self.values.date_time(*n, self.renewed)),
            Placeholder::Now => Some(self.now.get_or_init(|| jiff::Timestamp::now().to_string()).clone()),
            Placeholder::Var(name) => session.target.variables.get(name).cloned(),
            Placeholder::SecondId => second(session, collection).map(str::to_owned),
            Placeholder::MadeId => Some(self.made.as_deref().unwrap_or_else(|| self.unknown()).to_owned()),
            Placeholder::UnknownId => Some(self.unknown().to_owned()),
            Placeholder::Etag => job.etag.clone().filter(|_| !job.etag_unsure),
            Placeholder::OldEtag => self.stale(job, job.older_etags.front().map(String::as_str)),
            // Where every update makes a state that there has not been, the tag of an older one is stale, also where it is
            // given again.
            Placeholder::OlderEtag if session.profile.permitted.is_empty() && job.older_etags.len() > 1 => {
                job.older_etags.get(1).cloned()
            }
            Placeholder::OlderEtag => self.stale(job, job.older_etags.get(1).map(String::as_str)),
            Placeholder::SixteenthEtag => sixteenth(job, session.profile.permitted.is_empty(), self),
            Placeholder::AllOldEtags => all_old(job, self),
            Placeholder::EtagAlike(how) => {
                let made = job.etag.as_deref().and_then(|tag| alike(tag, *how));
                Some(made.unwrap_or_else(|| self.unknown_tag()))
            }
            Placeholder::OtherTenant => {
                Some(session.target.other_tenant.as_deref().unwrap_or_else(|| self.unknown()).to_owned())
            }
        }
    }
}

/// The tag before sixteen changes; where a state may be there again, none that the job has. A case that asks for it makes
/// every state once only.
fn sixteenth(job: &JobState, once: bool, bindings: &Bindings) -> Option<String> {
    let oldest = job.older_etags.len().checked_sub(1)?;
    let tag = &job.older_etags[oldest.min(SIXTEENTH)];
    if once { Some(tag.clone()) } else { bindings.stale(job, Some(tag)) }
}

/// The tags before the last change but one, without the current one.
fn all_old(job: &JobState, bindings: &Bindings) -> Option<String> {
    let current = job.etag.as_ref().filter(|_| !job.etag_unsure)?;
    let mut old: Vec<&str> = job.older_etags.iter().skip(2).map(String::as_str).collect();
    old.retain(|tag| tag != current);
    // Tags have no greatest length, and lines of a header do in most servers: the rest is left out.
    let mut length = 0;
    let fitting = old.iter().take_while(|tag| {
        length += tag.len() + 2;
        length <= MOST_OF_A_LIST
    });
    old.truncate(fitting.count().max(1));
    Some(if old.is_empty() { bindings.unknown_tag() } else { old.join(", ") })
}

/// A tag made from the current one that differs from it; `None` where it has nothing that could be made so.
fn alike(tag: &str, how: Alike) -> Option<String> {
    let (start, end) = (tag.find('"')? + 1, tag.len().checked_sub(1).filter(|_| tag.ends_with('"'))?);
    let opaque = tag.get(start..end).filter(|opaque| !opaque.is_empty())?;
    let made = match how {
        Alike::Shorter => opaque.char_indices().next_back().map(|(at, _)| opaque[..at].to_owned())?,
        Alike::Longer => format!("{opaque}0"),
        Alike::FirstChanged => {
            let mut rest = opaque.chars();
            let first = if rest.next() == Some('1') { '2' } else { '1' };
            format!("{first}{}", rest.as_str())
        }
        Alike::OtherCase => other_case(opaque),
        Alike::CountedUp => {
            let head = opaque.trim_end_matches(|c: char| c.is_ascii_digit());
            format!("{head}{}", opaque[head.len()..].parse::<u64>().ok()?.checked_add(1)?)
        }
    };
    (made != opaque).then(|| format!("{}{made}\"", &tag[..start]))
}

/// Every octet percent-encoded, and that once more.
fn twice_encoded(id: &str) -> String {
    id.bytes().map(percent_encoding::percent_encode_byte).collect::<String>().replace('%', "%25")
}

/// A list of tags has at most so many octets, or one tag.
const MOST_OF_A_LIST: usize = 2048;

/// Of the older tags, the last first, the place of the one before sixteen changes.
const SIXTEENTH: usize = 15;

/// As long as a GUID without hyphens: no other job has nearly the same id by chance.
const LONG_ID: usize = 32;

/// The id without its last character, where it is as long as a GUID and so cannot be somebody else's id.
pub(in super::super) fn shortened(id: &str) -> Option<&str> {
    let (end, _) = id.char_indices().next_back()?;
    (id.len() >= LONG_ID).then(|| &id[..end])
}

/// A GUID in its usual form without the hyphens: the same number, and so nobody else's id.
pub(in super::super) fn without_hyphens(id: &str) -> Option<String> {
    let is_guid = id.len() == uuid::fmt::Hyphenated::LENGTH && uuid::Uuid::try_parse(id).is_ok();
    is_guid.then(|| id.replace('-', ""))
}

/// The id has letters, and is as long as a GUID, so that in the other letter case it cannot be somebody else's id.
pub(in super::super) fn has_other_case(id: &str) -> bool {
    id.len() >= LONG_ID && other_case(id) != id
}

/// The text in the other letter case.
pub(super) fn other_case(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() }).collect()
}

#[cfg(test)]
mod tests;
