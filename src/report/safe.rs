//! Text from the server made harmless for people's eyes: escaped, and cut where it is very long.
//!
//! What a hostile server sends must not colour, clear or forge a terminal or a report. Control characters (C0, DEL,
//! C1), line and paragraph separators and the characters that change the direction of text or are invisible become
//! `\u{1b}` and the like, as Rust writes them.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::json::half_of_a_pair;

/// Characters shown of one value before it is cut.
pub const LIMIT: usize = 300;

fn harmful(c: char) -> bool {
    c.is_control()
        || half_of_a_pair(c).is_some()
        || matches!(c, '\u{061c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}' | '\u{e0000}'..='\u{e007f}')
}

/// The text on one line: every harmful character escaped, line ends too.
#[must_use]
pub fn line(text: &str) -> Cow<'_, str> {
    escape(text, |_| false)
}

/// The text with its line ends kept and every other harmful character escaped.
#[must_use]
pub fn block(text: &str) -> Cow<'_, str> {
    escape(text, |c| c == '\n')
}

fn escape(text: &str, keep: impl Fn(char) -> bool) -> Cow<'_, str> {
    let bad = |c: char| harmful(c) && !keep(c);
    if !text.contains(bad) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            c if !bad(c) => out.push(c),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            // Writing to a String cannot fail.
            c => {
                let _ = match half_of_a_pair(c) {
                    Some(unit) => write!(out, "\\u{unit:04x}"),
                    None => write!(out, "\\u{{{:x}}}", u32::from(c)),
                };
            }
        }
    }
    Cow::Owned(out)
}

/// The first [`LIMIT`] characters, with a note of the full length where there are more.
#[must_use]
pub fn cut(text: &str) -> Cow<'_, str> {
    cut_to(text, LIMIT)
}

/// The first `limit` characters, with a note of the full length where there are more.
#[must_use]
pub fn cut_to(text: &str, limit: usize) -> Cow<'_, str> {
    match text.char_indices().nth(limit) {
        None => Cow::Borrowed(text),
        Some((at, _)) => {
            let more = text[at..].chars().count();
            Cow::Owned(format!("{}… ({} characters)", &text[..at], super::reading::thousands(limit + more)))
        }
    }
}

/// One line, escaped and cut.
#[must_use]
pub fn short(text: &str) -> String {
    line(&cut(text)).into_owned()
}

/// One line, escaped, and cut only where no sentence of ours ends.
#[must_use]
pub fn sentence(text: &str) -> String {
    line(&cut_to(text, 4 * LIMIT)).into_owned()
}

/// Characters that XML 1.0 does not allow become U+FFFD.
#[must_use]
pub fn xml(text: &str) -> Cow<'_, str> {
    // XML 1.0, production [2] Char.
    let illegal =
        |c: char| !matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    if text.contains(illegal) { Cow::Owned(text.replace(illegal, "\u{fffd}")) } else { Cow::Borrowed(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_surrogate_pair_is_shown_as_it_was_sent() {
        let read = crate::json::parse(br#""lone \udc00""#).value.unwrap();
        assert_eq!(line(read.as_str().unwrap()), "lone \\udc00");
    }

    #[test]
    fn nothing_harmful_survives() {
        assert_eq!(line("a\u{1b}[31mb\n\u{202e}c\u{9b}"), "a\\u{1b}[31mb\\n\\u{202e}c\\u{9b}");
        assert_eq!(block("a\nb\r"), "a\nb\\r");
        assert!(matches!(line("plain, naïve"), Cow::Borrowed(_)));
        assert_eq!(xml("a\u{0}b\u{fffe}"), "a\u{fffd}b\u{fffd}");
    }

    #[test]
    fn long_text_says_how_long_it_was() {
        assert_eq!(cut_to("ééééé", 3), "ééé… (5 characters)");
        assert_eq!(cut_to("ééé", 3), "ééé");
    }
}
