//! What the grammar of JSON allows and the library does not: replaced by what it can read.

use std::fmt::Write as _;

use serde::de::IgnoredAny;
use serde_json::Value;

/// What stands for U+D800, and so on to U+DFFF: as many characters of the last private use area, which no case sends.
/// They differ from one another and from U+FFFD, so that one that was altered shows.
const FIRST_STAND_IN: u32 = 0x10_F000;

/// The half of a surrogate pair for which a character stands in what was read, as a UTF-16 code unit.
#[must_use]
pub fn half_of_a_pair(c: char) -> Option<u16> {
    let offset = u32::from(c).checked_sub(FIRST_STAND_IN).filter(|offset| *offset < 0x800)?;
    u16::try_from(0xD800 + offset).ok()
}

/// The JSON text of a value, with half a surrogate pair escaped again wherever a character stands for one.
#[must_use]
pub fn octets(value: &Value) -> Vec<u8> {
    // A value has nothing that JSON cannot say.
    let text = serde_json::to_vec(value).unwrap_or_default();
    // The first two octets of all that stand for one, and of few other characters.
    if memchr::memmem::find(&text, b"\xF4\x8F").is_none() {
        return text;
    }
    let text = String::from_utf8_lossy(&text);
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match half_of_a_pair(c) {
            // Writing to a text never fails.
            Some(half) => drop(write!(out, "\\u{half:04x}")),
            None => out.push(c),
        }
    }
    out.into_bytes()
}

/// Whether `shown` is `sent` with U+FFFD, once or several times, or a question mark for each half of a surrogate pair, as
/// encoders write one.
#[must_use]
pub fn halves_are_replaced(sent: &str, shown: &str) -> bool {
    let replaced = |text: &str| {
        let all = text.chars().map(|c| if half_of_a_pair(c).is_some() { char::REPLACEMENT_CHARACTER } else { c });
        let mut all: Vec<char> = all.collect();
        all.dedup_by(|a, b| a == b && *a == char::REPLACEMENT_CHARACTER);
        all
    };
    let has_half = |text: &str| text.chars().any(|c| half_of_a_pair(c).is_some());
    let marked = || sent.chars().map(|c| if half_of_a_pair(c).is_some() { '?' } else { c }).eq(shown.chars());
    has_half(sent) && !has_half(shown) && (replaced(sent) == replaced(shown) || marked())
}

/// The text with another character for every unpaired surrogate escape; `None` where there is none.
pub(super) fn without_lone_surrogates(text: &str) -> Option<String> {
    let unit = |at: usize| {
        let digits = text.get(at..at + 6)?.strip_prefix("\\u")?;
        u16::from_str_radix(digits, 16).ok()
    };
    let (mut out, mut copied, mut at) = (String::new(), 0, 0);
    while let Some(found) = text[at..].find('\\') {
        at += found;
        match (unit(at), unit(at + 6)) {
            (Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => at += 12,
            (Some(half @ 0xD800..=0xDFFF), _) => {
                out.push_str(&text[copied..at]);
                out.extend(char::from_u32(FIRST_STAND_IN + u32::from(half - 0xD800)));
                at += 6;
                copied = at;
            }
            // The octet after a backslash is ASCII in any well-formed text; elsewhere the parser has the last word.
            _ => at = (at + 2..=text.len()).find(|&next| text.is_char_boundary(next)).unwrap_or(text.len()),
        }
    }
    (copied > 0).then(|| out + &text[copied..])
}

/// The text with the largest double in place of every number beyond it; `None` where there is none.
pub(super) fn with_bounded_numbers(text: &str) -> Option<String> {
    let is_part = |octet: &u8| octet.is_ascii_digit() || b"+-.eE".contains(octet);
    let octets = text.as_bytes();
    let (mut out, mut copied, mut at, mut in_string) = (String::new(), 0, 0, false);
    while let Some(&octet) = octets.get(at) {
        match octet {
            b'\\' if in_string => at += 1,
            b'"' => in_string = !in_string,
            b'-' | b'0'..=b'9' if !in_string => {
                let end = at + octets[at..].iter().take_while(|octet| is_part(octet)).count();
                let token = &text[at..end];
                let is_number = serde_json::from_str::<IgnoredAny>(token).is_ok();
                if is_number && token.parse().is_ok_and(f64::is_infinite) {
                    out.push_str(&text[copied..at]);
                    out.push_str(if octet == b'-' { "-1.7976931348623157e308" } else { "1.7976931348623157e308" });
                    copied = end;
                }
                at = end - 1;
            }
            _ => {}
        }
        at += 1;
    }
    (copied > 0).then(|| out + &text[copied..])
}
