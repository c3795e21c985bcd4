//! What JSON does not have is accepted: other quotes, commas, literals, numbers and escapes.
//!
//! A lenient parser is made by putting right what it would let pass, before the strict one sees it.

use super::row;
use crate::reference::effect::Effect;
use crate::reference::fault::Fault;
use crate::reference::fault::jobs::is_of_derived;
use crate::reference::fault::repair::lenient;

pub(super) const ROWS: &[Fault] = &[
    row(
        "trailing-comma-accepted",
        "A comma after the last member is accepted.",
        &["REQ-BODY-007"],
        Effect::Request(|request| {
            lenient(request, |text| replace_last(&replace_last(text, ",}", "}"), ",]", "]"));
        }),
    ),
    row(
        "trailing-comma-accepted-on-derived-jobs",
        "In an update of a job of a derived type a comma before a closing brace is overlooked.",
        &["REQ-BODY-007"],
        Effect::Place(|request, state| {
            if is_of_derived(request, state) && std::str::from_utf8(&request.content).is_ok() {
                lenient(request, |text| text.replace(",}", "}"));
            }
        }),
    ),
    row(
        "single-quotes-accepted",
        "Strings in single quotes are accepted.",
        &["REQ-BODY-007"],
        Effect::Request(|request| lenient(request, |text| text.replace('\'', "\""))),
    ),
    row(
        "unquoted-names-accepted",
        "Member names without quotes are accepted.",
        &["REQ-BODY-007"],
        Effect::Request(|request| lenient(request, quote_names)),
    ),
    row(
        "nan-accepted",
        "NaN is accepted as null.",
        &["REQ-BODY-007"],
        Effect::Request(|request| lenient(request, |text| text.replace("NaN", "null"))),
    ),
    taken(
        "two-commas-accepted",
        "Of two commas one is overlooked.",
        Effect::Request(|request| lenient(request, |text| text.replace(",,", ","))),
    ),
    taken(
        "comma-in-front-accepted",
        "A comma before the first member is overlooked.",
        Effect::Request(|request| lenient(request, |text| text.replacen("{,", "{", 1))),
    ),
    taken(
        "missing-brace-added",
        "A brace that is missing in front is added.",
        Effect::Request(|request| lenient(request, |text| format!("{{{text}"))),
    ),
    taken(
        "equals-sign-accepted",
        "An equals sign is taken for a colon.",
        Effect::Request(|request| lenient(request, |text| text.replace("\" = ", "\": "))),
    ),
    taken(
        "semicolon-accepted",
        "A semicolon behind the body is overlooked.",
        Effect::Request(|request| lenient(request, |text| text.trim_end_matches(';').to_owned())),
    ),
    taken(
        "comma-behind-the-body-accepted",
        "A comma behind the body is overlooked.",
        Effect::Request(|request| lenient(request, |text| text.trim_end_matches([',', ' ', '\n']).to_owned())),
    ),
    taken(
        "bracket-behind-the-body-accepted",
        "A closing bracket behind the body is overlooked.",
        Effect::Request(|request| lenient(request, |text| text.trim_end_matches(']').to_owned())),
    ),
    taken(
        "colon-behind-the-body-accepted",
        "A colon behind the body is overlooked.",
        Effect::Request(|request| lenient(request, |text| text.trim_end_matches(':').to_owned())),
    ),
    taken(
        "number-sign-comment-accepted",
        "A line that begins with a number sign is a comment.",
        Effect::Request(|request| {
            lenient(request, |text| text.lines().filter(|line| !line.starts_with('#')).collect());
        }),
    ),
    taken(
        "lines-of-yaml-accepted",
        "A body in YAML is accepted.",
        Effect::Request(|request| {
            lenient(request, |text| match text.split_once(": ") {
                Some((name, value)) if !text.contains(['{', '"']) => format!("{{\"{name}\": \"{value}\"}}"),
                _ => text.to_owned(),
            });
        }),
    ),
    taken(
        "back-quotes-accepted",
        "A string may stand in back quotes.",
        Effect::Request(|request| lenient(request, |text| text.replace('`', "\""))),
    ),
    taken(
        "escaped-apostrophe-accepted",
        "An apostrophe may have a backslash in front.",
        Effect::Request(|request| lenient(request, |text| text.replace("\\'", "'"))),
    ),
    taken(
        "hexadecimal-escape-accepted",
        "An escape of the form \\xXX is accepted.",
        Effect::Request(|request| lenient(request, |text| text.replace("\\x", "\\u00"))),
    ),
    taken(
        "escaped-line-end-accepted",
        "A backslash at the end of a line continues a string.",
        Effect::Request(|request| lenient(request, |text| text.replace("\\\n", ""))),
    ),
    taken(
        "words-for-null-accepted",
        "NULL, None, nil and undefined are taken for null.",
        Effect::Request(|request| {
            lenient(request, |text| {
                ["NULL", "None", "nil", "undefined"]
                    .iter()
                    .fold(text.to_owned(), |text, word| text.replace(word, "null"))
            });
        }),
    ),
    taken(
        "hexadecimal-number-accepted",
        "A number may be hexadecimal.",
        Effect::Request(|request| lenient(request, |text| text.replace("0x", ""))),
    ),
    taken(
        "plus-sign-accepted",
        "A number may have a plus sign.",
        Effect::Request(|request| lenient(request, |text| text.replace(" +", " "))),
    ),
    taken(
        "form-feed-accepted",
        "A form feed counts as white space.",
        Effect::Request(|request| lenient(request, |text| text.replace('\u{c}', " "))),
    ),
    taken(
        "blanks-of-any-kind-accepted",
        "White space of any kind around the body is cut off.",
        Effect::Request(|request| {
            if std::str::from_utf8(&request.content).is_ok() {
                lenient(request, |text| text.trim().to_owned());
            }
        }),
    ),
    taken(
        "mark-at-the-end-accepted",
        "A U+FEFF behind the body is overlooked.",
        Effect::Request(|request| lenient(request, |text| text.trim_end_matches('\u{feff}').to_owned())),
    ),
];

/// Replaces the last occurrence, where white space between the characters does not count.
fn replace_last(text: &str, pair: &str, by: &str) -> String {
    let (comma, bracket) = pair.split_at(1);
    let Some((head, tail)) = text.rsplit_once(comma) else {
        return text.to_owned();
    };
    if tail.trim_start().starts_with(bracket) {
        format!("{head}{by}{}", &tail.trim_start()[1..])
    } else {
        text.to_owned()
    }
}

/// Puts quotes around bare words before a colon.
fn quote_names(text: &str) -> String {
    let mut all = String::new();
    let mut rest = text;
    while let Some(start) = rest.find(['{', ',']) {
        let (head, tail) = rest.split_at(start + 1);
        let word = tail.trim_start();
        let end = word.find(|letter: char| !letter.is_ascii_alphanumeric()).unwrap_or(word.len());
        all.push_str(head);
        rest = if end > 0 && word[end..].trim_start().starts_with(':') {
            all.extend(["\"", &word[..end], "\""]);
            &word[end..]
        } else {
            tail
        };
    }
    all + rest
}

/// A row about a body that is not JSON and is accepted.
const fn taken(name: &'static str, title: &'static str, apply: Effect) -> Fault {
    row(name, title, &["REQ-BODY-007"], apply)
}
