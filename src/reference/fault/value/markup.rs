//! Escapes, markup and templates in a string are added, dropped or carried out.

use super::{kept, row};
use crate::reference::effect::Effect;
use crate::reference::fault::Fault;
use crate::reference::fault::rewrite::{nested, only, texts};

pub(super) const ROWS: &[Fault] = &[
    row(
        "backslash-doubled",
        "A backslash in a string comes back twice.",
        &["REQ-TYPE-003", "REQ-SEC-003"],
        Effect::Shown(|job, _, _| texts(job, |text| text.replace('\\', "\\\\"))),
    ),
    row(
        "backslash-dropped",
        "A backslash in a string is dropped.",
        &["REQ-TYPE-003"],
        Effect::Change(|job| texts(job, |text| text.replace('\\', ""))),
    ),
    row(
        "slash-escaped-twice",
        "A slash comes back with a backslash in front of it.",
        &["REQ-TYPE-003"],
        Effect::Shown(|job, _, _| texts(job, |text| text.replace('/', "\\/"))),
    ),
    row(
        "quotes-dropped",
        "Quotes in a string are dropped.",
        &["REQ-TYPE-003", "REQ-SEC-003"],
        Effect::Change(|job| texts(job, |text| text.replace('"', ""))),
    ),
    row(
        "quotes-become-single",
        "Quotes in a string become single ones.",
        &["REQ-TYPE-003", "REQ-SEC-003"],
        Effect::Change(|job| texts(job, |text| text.replace('"', "'"))),
    ),
    row(
        "single-quotes-doubled",
        "A single quote comes back twice, as in SQL.",
        &["REQ-TYPE-003"],
        Effect::Change(|job| texts(job, |text| text.replace('\'', "''"))),
    ),
    row(
        "escapes-shown-in-words",
        "A line feed comes back as a backslash and the letter n.",
        &["REQ-TYPE-003", "REQ-SEC-003"],
        Effect::Shown(|job, _, _| texts(job, |text| text.replace('\n', "\\n"))),
    ),
    row(
        "markup-escaped",
        "Angle brackets and ampersands come back as entities of HTML.",
        &["REQ-SEC-003", "REQ-TYPE-003"],
        Effect::Shown(|job, _, _| {
            texts(job, |text| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"));
        }),
    ),
    row(
        "nested-markup-escaped",
        "Angle brackets in the error come back as entities of HTML.",
        &["REQ-SEC-003", "REQ-TYPE-003"],
        Effect::Shown(|job, _, _| nested(job, |text| text.replace('<', "&lt;").replace('>', "&gt;"))),
    ),
    row(
        "markup-stripped",
        "What stands in angle brackets is dropped.",
        &["REQ-SEC-003", "REQ-TYPE-003"],
        Effect::Change(|job| texts(job, strip)),
    ),
    row(
        "script-dropped",
        "The word script in angle brackets is dropped.",
        &["REQ-SEC-003", "REQ-TYPE-003"],
        Effect::Change(|job| texts(job, |text| text.replace("<script>", "").replace("</script>", ""))),
    ),
    kept("script-addresses-defused", "The word `javascript:` in a string is dropped.", |job| {
        texts(job, |text| text.replace("javascript:", ""));
    }),
    row(
        "entities-decoded",
        "Entities of HTML are decoded.",
        &["REQ-SEC-003", "REQ-TYPE-003"],
        Effect::Change(|job| {
            texts(job, |text| {
                text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").replace("&quot;", "\"")
            });
        }),
    ),
    row(
        "percent-escapes-decoded",
        "Percent escapes in a string are decoded.",
        &["REQ-TYPE-003", "REQ-SEC-003"],
        Effect::Change(|job| {
            texts(job, |text| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned());
        }),
    ),
    row(
        "plus-becomes-space",
        "A plus sign in a string becomes a space.",
        &["REQ-TYPE-003"],
        Effect::Change(|job| texts(job, |text| text.replace('+', " "))),
    ),
    row(
        "templates-evaluated",
        "What stands in double braces is evaluated.",
        &["REQ-SEC-003", "REQ-TYPE-003", "REQ-RESP-003"],
        Effect::Shown(|job, _, _| texts(job, evaluate)),
    ),
    row(
        "dollar-templates-evaluated",
        "What stands in braces after a dollar sign is evaluated.",
        &["REQ-SEC-003", "REQ-TYPE-003", "REQ-RESP-003"],
        Effect::Shown(|job, _, _| texts(job, |text| replace_between(text, "${", "}"))),
    ),
    kept("braces-filled", "What stands in double braces is taken for a placeholder and dropped.", |job| {
        texts(job, |text| without(text, "{{", "}}"));
    }),
    kept("dollar-braces-filled", "What stands in braces behind a dollar in the error is dropped.", |job| {
        nested(job, |text| without(text, "${", "}"));
    }),
    kept("percent-signs-halved", "Two percent signs become one.", |job| texts(job, |text| text.replace("%%", "%"))),
    kept("percent-s-filled", "A %s in the error is taken for a placeholder and dropped.", |job| {
        nested(job, |text| text.replace("%s", ""));
    }),
    kept("quotes-of-target-doubled", "A single quote in a target is doubled.", |job| {
        only(job, "target", |text| text.replace('\'', "''").into());
    }),
    kept("backslashes-of-tenant-dropped", "The backslashes of tenantId are dropped.", |job| {
        only(job, "tenantId", |text| text.replace('\\', "").into());
    }),
    row(
        "arithmetic-in-braces-evaluated",
        "An arithmetic text between double braces is evaluated.",
        &["REQ-SEC-003", "REQ-TYPE-003"],
        Effect::Change(|job| texts(job, |text| text.replace("{{7*7}}", "49"))),
    ),
];

/// Drops what stands in angle brackets.
fn strip(text: &str) -> String {
    let mut inside = false;
    let outside = |letter: &char| {
        let hidden = inside || *letter == '<';
        inside = hidden && *letter != '>';
        !hidden
    };
    text.chars().filter(outside).collect()
}

fn evaluate(text: &str) -> String {
    replace_between(text, "{{", "}}")
}

/// Puts a number in the place of what stands between two marks.
fn replace_between(text: &str, open: &str, close: &str) -> String {
    let found = text.split_once(open).and_then(|(head, rest)| Some((head, rest.split_once(close)?.1)));
    found.map_or_else(|| text.to_owned(), |(head, tail)| format!("{head}49{tail}"))
}

/// A text without what stands between two marks, and without the marks.
fn without(text: &str, open: &str, close: &str) -> String {
    let Some((before, rest)) = text.split_once(open) else { return text.to_owned() };
    match rest.split_once(close) {
        Some((_, after)) => format!("{before}{}", without(after, open, close)),
        None => text.to_owned(),
    }
}
