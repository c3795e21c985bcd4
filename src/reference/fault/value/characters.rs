//! Characters beyond ASCII are dropped or become other ones.

use serde_json::Value;

use super::{kept, row};
use crate::reference::effect::{Effect, Object};
use crate::reference::fault::Fault;
use crate::reference::fault::rewrite::{nested, texts};

pub(super) const ROWS: &[Fault] = &[
    row(
        "ligatures-folded",
        "Characters are folded into those that they are compatible with.",
        &["REQ-TYPE-003"],
        Effect::Change(|job| texts(job, |text| text.replace('\u{fb01}', "fi").replace('\u{b2}', "2"))),
    ),
    row(
        "accents-composed",
        "A letter and the accent after it become one character.",
        &["REQ-TYPE-003"],
        Effect::Change(|job| texts(job, compose)),
    ),
    row(
        "accents-decomposed",
        "A letter with an accent becomes two characters.",
        &["REQ-TYPE-003"],
        Effect::Change(|job| texts(job, decompose)),
    ),
    row(
        "accents-dropped",
        "Letters lose their accents.",
        &["REQ-TYPE-003"],
        Effect::Change(|job| texts(job, |text| decompose(text).replace(MARKS, ""))),
    ),
    kept("stacked-marks-dropped", "Of several marks over a letter the first one is kept.", |job| {
        texts(job, |text| {
            let mark = |letter: char| ('\u{300}'..='\u{36f}').contains(&letter);
            let mut last = false;
            text.chars().filter(|&letter| !(std::mem::replace(&mut last, mark(letter)) && mark(letter))).collect()
        });
    }),
    row(
        "non-ascii-becomes-question-mark",
        "Characters beyond ASCII are stored as question marks.",
        &["REQ-TYPE-003"],
        Effect::Change(|job| {
            texts(job, |text| text.chars().map(|letter| if letter.is_ascii() { letter } else { '?' }).collect());
        }),
    ),
    row(
        "utf8-read-as-latin-1",
        "The octets of a string are taken for characters of Latin-1.",
        &["REQ-TYPE-003"],
        Effect::Change(|job| texts(job, |text| text.bytes().map(char::from).collect())),
    ),
    row(
        "emoji-dropped",
        "Characters beyond U+FFFF are dropped.",
        &["REQ-TYPE-003"],
        Effect::Change(|job| texts(job, |text| text.replace(|letter| letter > '\u{ffff}', ""))),
    ),
    row(
        "emoji-becomes-replacement",
        "A character beyond U+FFFF becomes two of U+FFFD.",
        &["REQ-TYPE-003"],
        Effect::Shown(|job, _, _| {
            texts(job, |text| {
                text.chars()
                    .map(|letter| if letter > '\u{ffff}' { "\u{fffd}\u{fffd}".to_owned() } else { letter.to_string() })
                    .collect()
            });
        }),
    ),
    row(
        "joiners-dropped",
        "Characters that have no width are dropped.",
        &["REQ-TYPE-003"],
        Effect::Change(|job| texts(job, |text| text.replace(['\u{200d}', '\u{200c}', '\u{200b}', '\u{fe0f}'], ""))),
    ),
    kept("direction-controls-dropped", "Characters that control the direction of text are dropped.", |job| {
        texts(job, |text| text.replace(|c| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'), ""));
    }),
    kept("combining-marks-beyond-two-dropped", "Of the marks on one letter only two are kept.", |job| {
        texts(job, |text| {
            let mut marks = 0;
            let keeps = |c: &char| {
                marks = if ('\u{300}'..='\u{36f}').contains(c) { marks + 1 } else { 0 };
                marks <= 2
            };
            text.chars().filter(keeps).collect()
        });
    }),
    kept("euro-sign-becomes-question-mark", "The sign of the euro becomes a question mark.", |job| {
        texts(job, |text| text.replace('\u{20ac}', "?"));
    }),
    row(
        "right-to-left-text-reversed",
        "Text from right to left is turned round.",
        &["REQ-TYPE-003"],
        Effect::Change(|job| {
            texts(job, |text| {
                if text.chars().any(|letter| ('\u{590}'..='\u{6ff}').contains(&letter)) {
                    text.chars().rev().collect()
                } else {
                    text.to_owned()
                }
            });
        }),
    ),
    kept("replacement-character-becomes-question-mark", "U+FFFD in a string becomes a question mark.", |job| {
        texts(job, |text| text.replace('\u{fffd}', "?"));
    }),
    kept("kelvin-sign-becomes-letter", "The sign of the kelvin becomes the letter K.", |job| {
        texts(job, |text| text.replace('\u{212a}', "K"));
    }),
    kept("angstrom-sign-becomes-letter", "The sign of the ångström becomes the letter Å.", |job| {
        texts(job, |text| text.replace('\u{212b}', "\u{c5}"));
    }),
    kept("ellipsis-becomes-dots", "An ellipsis becomes three dots.", |job| {
        texts(job, |text| text.replace('\u{2026}', "..."));
    }),
    kept("curly-quotes-straightened", "Curly quotes in the error become straight ones.", |job| {
        nested(job, |text| text.replace(['\u{2018}', '\u{2019}'], "'").replace(['\u{201c}', '\u{201d}'], "\""));
    }),
    kept("private-characters-dropped", "Characters for private use are dropped.", |job| {
        without(job, |letter| ('\u{e000}'..='\u{f8ff}').contains(&letter));
    }),
    kept("last-planes-dropped", "Characters of the last two planes are dropped.", |job| {
        without(job, |letter| letter >= '\u{f0000}');
    }),
    kept("tag-characters-dropped", "Tag characters, as in flags of regions, are dropped.", |job| {
        without(job, |letter| ('\u{e0020}'..='\u{e007f}').contains(&letter));
    }),
    kept("soft-hyphens-dropped", "Soft hyphens are dropped.", |job| without(job, |letter| letter == '\u{ad}')),
    kept("noncharacters-replaced", "Noncharacters of Unicode become U+FFFD.", |job| {
        texts(job, |text| {
            let none =
                |letter: char| u32::from(letter) & 0xFFFE == 0xFFFE || ('\u{fdd0}'..='\u{fdef}').contains(&letter);
            text.chars().map(|letter| if none(letter) { '\u{fffd}' } else { letter }).collect()
        });
    }),
];

/// The accents of [`PAIRS`].
const MARKS: [char; 5] = ['\u{300}', '\u{301}', '\u{302}', '\u{303}', '\u{308}'];

/// Letters with an accent and what they are made of; enough for the languages of Europe.
const PAIRS: [(&str, &str); 12] = [
    ("é", "e\u{301}"),
    ("è", "e\u{300}"),
    ("ê", "e\u{302}"),
    ("ë", "e\u{308}"),
    ("á", "a\u{301}"),
    ("à", "a\u{300}"),
    ("ä", "a\u{308}"),
    ("ö", "o\u{308}"),
    ("ü", "u\u{308}"),
    ("ñ", "n\u{303}"),
    ("Ä", "A\u{308}"),
    ("É", "E\u{301}"),
];

fn compose(text: &str) -> String {
    PAIRS.iter().fold(text.to_owned(), |text, (one, two)| text.replace(two, one))
}

fn decompose(text: &str) -> String {
    PAIRS.iter().fold(text.to_owned(), |text, (one, two)| text.replace(one, two))
}

/// Drops characters from all strings.
fn without(job: &mut Object, which: fn(char) -> bool) {
    crate::reference::picture::each_object(job, &mut |object| {
        for value in object.values_mut() {
            if let Value::String(text) = value {
                text.retain(|letter| !which(letter));
            }
        }
    });
}
