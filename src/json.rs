//! Strict JSON (RFC 8259) with the defects that a conformance judge must name.
//!
//! [`parse`] never fails: it returns what could be read and every [`JsonDefect`]. Nesting is bounded, so a hostile
//! body cannot exhaust the stack.

mod lenient;
mod seed;

use std::fmt;
use std::sync::Arc;

use serde_json::{Map, Value};

pub use self::lenient::{half_of_a_pair, halves_are_replaced, octets};
use self::lenient::{with_bounded_numbers, without_lone_surrogates};

/// A parsed body.
#[derive(Debug, Default)]
pub struct Parsed {
    /// The value, where there is a well-formed one; shared, since the last known state of a job is one.
    pub value: Option<Arc<Value>>,
    /// What is wrong with the text.
    pub defects: Vec<JsonDefect>,
}

/// What can be wrong with a JSON text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JsonDefect {
    /// No octets at all.
    Empty,
    /// A byte order mark at the start (RFC 8259, section 8.1).
    ByteOrderMark,
    /// Not UTF-8, from this octet on.
    NotUtf8(usize),
    /// Not well-formed, with what the parser says, and the text around the place.
    Malformed(String, String),
    /// A member name that occurs twice in one object, as JSON Pointer (RFC 8259, section 4).
    DuplicateMember(String),
}

impl JsonDefect {
    /// Whether the text is no JSON text at all; a duplicate member is only bad form.
    #[must_use]
    pub fn is_fatal(&self) -> bool {
        !matches!(self, Self::DuplicateMember(_))
    }
}

impl fmt::Display for JsonDefect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the body is empty"),
            Self::ByteOrderMark => f.write_str("the body begins with a byte order mark"),
            Self::NotUtf8(at) => write!(f, "octet {at} of the body is not UTF-8"),
            Self::Malformed(why, _) => write!(f, "the body is not well-formed JSON: {why}"),
            Self::DuplicateMember(pointer) => write!(f, "member {pointer} occurs twice"),
        }
    }
}

/// Parses a body strictly.
#[must_use]
pub fn parse(body: &[u8]) -> Parsed {
    let mut defects = Vec::new();
    let mut body = body;
    if let Some(rest) = body.strip_prefix(b"\xEF\xBB\xBF") {
        defects.push(JsonDefect::ByteOrderMark);
        body = rest;
    }
    if body.is_empty() {
        defects.push(JsonDefect::Empty);
        return Parsed { value: None, defects };
    }
    let value = match std::str::from_utf8(body) {
        Ok(text) => parse_text(text, &mut defects),
        Err(error) => {
            defects.push(JsonDefect::NotUtf8(error.valid_up_to()));
            // What can still be read tells the judge more than nothing.
            serde_json::from_str(&String::from_utf8_lossy(body)).ok()
        }
    };
    Parsed { value: value.map(Arc::new), defects }
}

/// The value of a text, and what is wrong with it.
fn parse_text(text: &str, defects: &mut Vec<JsonDefect>) -> Option<Value> {
    match seed::read(text) {
        Ok((value, duplicates)) => {
            defects.extend(duplicates.into_iter().map(JsonDefect::DuplicateMember));
            Some(value)
        }
        Err(error) => {
            // An unpaired surrogate is well-formed as an escape (RFC 8259, section 8.2), which the library does not allow.
            if let Some(paired) = without_lone_surrogates(text) {
                return parse_text(&paired, defects);
            }
            // The grammar of numbers knows no range (RFC 8259, section 6), which the library does.
            let why = error.to_string();
            let out_of_range = why.starts_with("number out of range");
            if let Some(bounded) = out_of_range.then(|| with_bounded_numbers(text)).flatten() {
                return parse_text(&bounded, defects);
            }
            defects.push(JsonDefect::Malformed(why, around(text, error.line(), error.column())));
            None
        }
    }
}

/// Characters shown before and behind the place of a mistake.
const AROUND: usize = 40;

/// The text around a line and a column in octets, both from 1, as the parser counts them.
fn around(text: &str, line: usize, column: usize) -> String {
    let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let mut at = (start + column).min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let from = text[..at].char_indices().rev().nth(AROUND).map_or(0, |(from, _)| from);
    let to = text[at..].char_indices().nth(AROUND).map_or(text.len(), |(to, _)| at + to);
    let (front, back) = (if from > 0 { "…" } else { "" }, if to < text.len() { "…" } else { "" });
    format!("{front}{}{back}", &text[from..to])
}

/// A reference token of a JSON Pointer (RFC 6901, section 3).
#[must_use]
pub fn escape(token: &str) -> std::borrow::Cow<'_, str> {
    if token.contains(['~', '/']) { token.replace('~', "~0").replace('/', "~1").into() } else { token.into() }
}

/// What a reference token of a JSON Pointer stands for: the reverse of [`escape`].
#[must_use]
pub fn unescape(token: &str) -> std::borrow::Cow<'_, str> {
    if token.contains('~') { token.replace("~1", "/").replace("~0", "~").into() } else { token.into() }
}

/// What a JSON Pointer leads to (RFC 6901, section 4), without the copies that [`Value::pointer`] makes of its tokens.
#[must_use]
pub fn at<'v>(root: &'v Value, pointer: &str) -> Option<&'v Value> {
    if pointer.is_empty() {
        return Some(root);
    }
    let mut tokens = pointer.strip_prefix('/')?.split('/');
    tokens.try_fold(root, |value, token| match value {
        Value::Object(members) => members.get(&*unescape(token)),
        // A number has no other spelling.
        Value::Array(items) if token == "0" || !token.starts_with(['0', '+']) => {
            items.get(token.parse::<usize>().ok()?)
        }
        _ => None,
    })
}

/// An annotation of an object, such as `type` or `etag`, by its name in OData 4.0 or by the short one of 4.01 (OData JSON
/// 4.01, section 4.6).
#[must_use]
pub fn annotation<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    let is_it =
        |known: &str| known.strip_prefix('@').is_some_and(|rest| rest.strip_prefix("odata.").unwrap_or(rest) == name);
    let mut found = object.iter().filter(|(known, _)| is_it(known));
    let (first, value) = found.next()?;
    // The long name is the first choice, wherever it stands.
    match found.next() {
        Some((_, other)) if !first.starts_with("@odata.") => Some(other),
        _ => Some(value),
    }
}

/// The first reference token of a JSON Pointer: in one to a member of a job, its property. Empty for the whole document.
#[must_use]
pub fn first_token(pointer: &str) -> &str {
    pointer.split('/').nth(1).unwrap_or_default()
}

/// The last reference token of a JSON Pointer: the name of the member it leads to. Empty for the whole document.
#[must_use]
pub fn last_token(pointer: &str) -> &str {
    pointer.rsplit('/').next().unwrap_or_default()
}

#[cfg(test)]
mod tests;
