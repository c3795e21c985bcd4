//! Placeholders in the texts of a case: `{{job.id}}`, `{{uuid}}`, `{{var.NAME}}` and a few more.
//!
//! The main type is [`Placeholder`]. What a placeholder stands for is known only when the trial runs, so filling
//! takes a function that looks it up.

use std::borrow::Cow;

use serde_json::Value;

use crate::suggest::{hint, nearest};

/// A value that is known only when the trial runs.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Placeholder {
    /// `{{job.id}}`: id of the leased job.
    JobId,
    /// `{{job.id.other-case}}`: a long id of the leased job in the other letter case; an unknown id for a short one
    /// or one without letters.
    JobIdOtherCase,
    /// `{{job.id.encoded-twice}}`: id of the leased job with every octet percent-encoded, and that once more.
    JobIdEncodedTwice,
    /// `{{job.id.shortened}}`: a long id of the leased job without its last character; an unknown id for a short one,
    /// because what is left of that may be the id of somebody else's job.
    JobIdShortened,
    /// `{{job.id.longer}}`: a long id of the leased job with a zero behind it; an unknown id for a short one, because that
    /// may be the id of somebody else's job.
    JobIdLonger,
    /// `{{job.id.preceded}}`: the same with the zero in front.
    JobIdPreceded,
    /// `{{job.id.without-hyphens}}`: a GUID that is the id of the leased job without its hyphens; an unknown id where that
    /// is no GUID.
    JobIdWithoutHyphens,
    /// `{{job.tenant}}`: the tenantId that the leased job had before the run; the id of the second tenant, or an unknown
    /// id, where it had none.
    JobTenant,
    /// `{{collection}}`: the collection addressed.
    Collection,
    /// `{{uuid}}`, `{{uuid.2}}` to `{{uuid.9}}`: a fresh UUID, the same one all through the trial.
    Uuid(u8),
    /// `{{now}}`: the time when the trial began, as a date-time in UTC.
    Now,
    /// `{{date-time}}`, `{{date-time.2}}` to `{{date-time.9}}`: a made-up date-time in UTC, each an hour after the one before;
    /// the same ones all through the trial, others in every round of a race.
    DateTime(u8),
    /// `{{var.NAME}}`: a variable given by the user.
    Var(String),
    /// `{{second.id}}`: id of the second job.
    SecondId,
    /// `{{made.id}}`: id of the job that the target made last in this trial; an unknown id where it made none.
    MadeId,
    /// `{{unknown.id}}`: an id that no job has.
    UnknownId,
    /// `{{etag}}`: current `ETag` of the job.
    Etag,
    /// `{{etag.old}}`: the `ETag` before the last change.
    OldEtag,
    /// `{{etag.older}}`: the `ETag` before that.
    OlderEtag,
    /// `{{etag.sixteenth}}`: the `ETag` before the last sixteen changes, or the oldest one that is known.
    SixteenthEtag,
    /// `{{etag.all-old}}`: the `ETag`s before the last change but one, the present one left out, as a list.
    AllOldEtags,
    /// `{{etag.shorter}}` and the like: the current `ETag` made another one, in quotes as before.
    EtagAlike(Alike),
    /// `{{tenant.other}}`: id of the second tenant; an unknown id where nobody says it.
    OtherTenant,
}

/// How a tag that is not the current one is made from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Alike {
    /// `{{etag.shorter}}`: without its last character.
    Shorter,
    /// `{{etag.longer}}`: with one more character.
    Longer,
    /// `{{etag.first-changed}}`: with its first character changed.
    FirstChanged,
    /// `{{etag.other-case}}`: in the other letter case.
    OtherCase,
    /// `{{etag.counted-up}}`: with the number at its end one higher.
    CountedUp,
}

/// Every name without an open end, and what it stands for.
const FIXED: &[(&str, Placeholder)] = &[
    ("job.id", Placeholder::JobId),
    ("job.id.other-case", Placeholder::JobIdOtherCase),
    ("job.id.encoded-twice", Placeholder::JobIdEncodedTwice),
    ("job.id.shortened", Placeholder::JobIdShortened),
    ("job.id.longer", Placeholder::JobIdLonger),
    ("job.id.preceded", Placeholder::JobIdPreceded),
    ("job.id.without-hyphens", Placeholder::JobIdWithoutHyphens),
    ("job.tenant", Placeholder::JobTenant),
    ("collection", Placeholder::Collection),
    ("uuid", Placeholder::Uuid(1)),
    ("now", Placeholder::Now),
    ("date-time", Placeholder::DateTime(1)),
    ("second.id", Placeholder::SecondId),
    ("made.id", Placeholder::MadeId),
    ("unknown.id", Placeholder::UnknownId),
    ("etag", Placeholder::Etag),
    ("etag.old", Placeholder::OldEtag),
    ("etag.older", Placeholder::OlderEtag),
    ("etag.sixteenth", Placeholder::SixteenthEtag),
    ("etag.all-old", Placeholder::AllOldEtags),
    ("etag.shorter", Placeholder::EtagAlike(Alike::Shorter)),
    ("etag.longer", Placeholder::EtagAlike(Alike::Longer)),
    ("etag.first-changed", Placeholder::EtagAlike(Alike::FirstChanged)),
    ("etag.other-case", Placeholder::EtagAlike(Alike::OtherCase)),
    ("etag.counted-up", Placeholder::EtagAlike(Alike::CountedUp)),
    ("tenant.other", Placeholder::OtherTenant),
];

/// Names that a number may follow: of several values each is another one.
const NUMBERED: &[(&str, Numbered)] = &[("uuid", Placeholder::Uuid), ("date-time", Placeholder::DateTime)];

type Numbered = fn(u8) -> Placeholder;

impl Placeholder {
    /// Reads what stands between the braces.
    ///
    /// # Errors
    ///
    /// A sentence that says what is wrong, with the nearest valid name.
    pub fn parse(name: &str) -> Result<Self, String> {
        let fixed = FIXED.iter().find(|(known, _)| *known == name);
        fixed.map_or_else(|| Self::parse_open(name), |(_, placeholder)| Ok(placeholder.clone()))
    }

    /// The sentence that says of this placeholder that there is no value for it.
    #[must_use]
    pub fn unknown(&self) -> String {
        match self {
            Self::Etag
            | Self::OldEtag
            | Self::OlderEtag
            | Self::SixteenthEtag
            | Self::AllOldEtags
            | Self::EtagAlike(_) => "the job shows no ETag that could be sent back as it is".to_owned(),
            Self::Var(name) => {
                format!("there is no value for {{{{var.{name}}}}}; `--variable {name}=VALUE` gives it one")
            }
            other => {
                let name = FIXED.iter().find(|(_, known)| known == other).map_or("", |(name, _)| name);
                format!("there is no value for {{{{{name}}}}}")
            }
        }
    }

    fn parse_open(name: &str) -> Result<Self, String> {
        for (family, numbered) in NUMBERED {
            if let Some(number) = name.strip_prefix(family).and_then(|rest| rest.strip_prefix('.')) {
                return match number.as_bytes() {
                    [digit @ b'2'..=b'9'] => Ok(numbered(digit - b'0')),
                    _ => Err(format!("placeholder {{{{{name}}}}}: expected {family}.2 to {family}.9")),
                };
            }
        }
        if let Some(variable) = name.strip_prefix("var.") {
            let legal = variable.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
            return if legal && !variable.is_empty() {
                Ok(Self::Var(variable.to_owned()))
            } else {
                Err(format!("placeholder {{{{{name}}}}}: expected var.NAME with letters, digits, _ and -"))
            };
        }
        let names: Vec<&str> = FIXED.iter().map(|(known, _)| *known).collect();
        let near = nearest(name, names.iter().copied()).map(|near| format!("{{{{{near}}}}}"));
        Err(format!(
            "placeholder {{{{{name}}}}}: expected one of {}, uuid.2 to uuid.9, date-time.2 to date-time.9, var.NAME{}",
            names.join(", "),
            hint(near.as_deref())
        ))
    }
}

/// What stands between the braces of each placeholder of a text, in order.
pub fn names(text: &str) -> impl Iterator<Item = &str> {
    Pieces(text).filter_map(|piece| if let Piece::Placeholder { name, .. } = piece { Some(name) } else { None })
}

/// The variables that placeholders in the octets of a case file name.
pub(super) fn variables(octets: &[u8]) -> Vec<String> {
    if memchr::memmem::find(octets, b"{{var.").is_none() {
        return Vec::new();
    }
    let Ok(Value::Object(mut case)) = serde_json::from_slice::<Value>(octets) else { return Vec::new() };
    // What people read is not filled.
    case.retain(|name, _| name != "title" && name != "description");
    let text = Value::Object(case).to_string();
    let named = names(&text).filter_map(|name| Placeholder::parse(name).ok());
    let variables = named.filter_map(|found| if let Placeholder::Var(name) = found { Some(name) } else { None });
    variables.collect()
}

/// The placeholders of a text, in order.
pub fn placeholders(text: &str) -> impl Iterator<Item = Result<Placeholder, String>> {
    Pieces(text).filter_map(|piece| match piece {
        Piece::Text(_) => None,
        Piece::Placeholder { name, .. } => Some(Placeholder::parse(name)),
        Piece::Open => Some(Err("`{{` without `}}`".to_owned())),
    })
}

/// The text with its placeholders filled; what `lookup` does not know stays as it is.
pub fn fill<'t>(text: &'t str, lookup: &dyn Fn(&Placeholder) -> Option<String>) -> Cow<'t, str> {
    if !may_hold(text) {
        return Cow::Borrowed(text);
    }
    let mut filled = String::with_capacity(text.len() + 32);
    for piece in Pieces(text) {
        match piece {
            Piece::Text(plain) => filled.push_str(plain),
            Piece::Open => filled.push_str("{{"),
            Piece::Placeholder { whole, name } => {
                match Placeholder::parse(name).ok().and_then(|placeholder| lookup(&placeholder)) {
                    Some(value) => filled.push_str(&value),
                    None => filled.push_str(whole),
                }
            }
        }
    }
    Cow::Owned(filled)
}

/// The value with the placeholders of all its strings filled; member names are left alone.
pub fn fill_json(value: &Value, lookup: &dyn Fn(&Placeholder) -> Option<String>) -> Value {
    match value {
        Value::String(text) => Value::String(fill(text, lookup).into_owned()),
        Value::Array(items) => items.iter().map(|item| fill_json(item, lookup)).collect(),
        Value::Object(members) => {
            Value::Object(members.iter().map(|(name, item)| (name.clone(), fill_json(item, lookup))).collect())
        }
        other => other.clone(),
    }
}

/// Whether the text has what a placeholder begins with. Most have no brace at all, which is seen at once.
#[must_use]
pub fn may_hold(text: &str) -> bool {
    memchr::memchr(b'{', text.as_bytes()).is_some_and(|at| text[at..].contains("{{"))
}

/// Whether a string anywhere in the value has a placeholder.
#[must_use]
pub fn has_placeholders(value: &Value) -> bool {
    match value {
        Value::String(text) => may_hold(text),
        Value::Array(items) => items.iter().any(has_placeholders),
        Value::Object(members) => members.values().any(has_placeholders),
        _ => false,
    }
}

/// Cuts a text into plain text and placeholders.
struct Pieces<'t>(&'t str);

enum Piece<'t> {
    Text(&'t str),
    Placeholder { whole: &'t str, name: &'t str },
    Open,
}

impl<'t> Iterator for Pieces<'t> {
    type Item = Piece<'t>;

    fn next(&mut self) -> Option<Piece<'t>> {
        let rest = self.0;
        if rest.is_empty() {
            return None;
        }
        let start = rest.find("{{").unwrap_or(rest.len());
        if start > 0 {
            self.0 = &rest[start..];
            return Some(Piece::Text(&rest[..start]));
        }
        let Some(end) = rest.find("}}") else {
            self.0 = &rest[2..];
            return Some(Piece::Open);
        };
        self.0 = &rest[end + 2..];
        Some(Piece::Placeholder { whole: &rest[..end + 2], name: &rest[2..end] })
    }
}

#[cfg(test)]
mod tests;
