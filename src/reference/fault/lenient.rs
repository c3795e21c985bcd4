//! More faults of level [`FaultLevel::Parsing`](super::FaultLevel::Parsing): what parsers take that are more than JSON.

use super::FaultLevel::Parsing;
use super::alter::{crashed, fail_on_type, instead, patches};
use super::repair::{lenient, text};
use super::{Fault, row};
use crate::reference::effect::Effect;
use crate::reference::message::Request;

pub(super) const ROWS: &[Fault] = &[
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
    taken(
        "number-sign-comment-accepted",
        "A line that begins with a number sign is a comment.",
        Effect::Request(|request| {
            lenient(request, |text| text.lines().filter(|line| !line.starts_with('#')).collect());
        }),
    ),
    taken(
        "semicolon-accepted",
        "A semicolon behind the body is overlooked.",
        Effect::Request(|request| lenient(request, |text| text.trim_end_matches(';').to_owned())),
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
    row(
        Parsing,
        "utf-16-detected",
        "A body in UTF-16 is detected and read.",
        &["REQ-BODY-007"],
        Effect::Request(|request| {
            let wide: Vec<u16> = request
                .content
                .chunks(2)
                .map(|pair| [pair[0], *pair.last().unwrap_or(&0)])
                .map(u16::from_le_bytes)
                .collect();
            if patches(request) && request.content.get(1) == Some(&0) {
                request.content = String::from_utf16_lossy(&wide).into_bytes();
            }
        }),
    )
    .mild(),
    row(
        Parsing,
        "unpaired-surrogate-in-error-crashes",
        "An escape of half a surrogate pair in the error ends in 500.",
        &["REQ-STATUS-002"],
        Effect::Failed(|answer, request| {
            if half(request) && text(request).contains("\"error\"") {
                instead(answer, 400, 500);
            }
        }),
    ),
    row(
        Parsing,
        "unpaired-surrogate-in-name-crashes",
        "An escape of half a surrogate pair in a name ends in 500.",
        &["REQ-STATUS-002"],
        Effect::Failed(|answer, request| {
            if half(request) && text(request).contains("\\ud800\": ") {
                instead(answer, 400, 500);
            }
        }),
    ),
    row(
        Parsing,
        "duplicate-in-inner-error-crashes",
        "A name that occurs twice in innerError ends in 500.",
        &["REQ-BODY-011", "REQ-STATUS-002"],
        Effect::Failed(|answer, request| {
            if text(request).matches("\"activityId\"").count() > 1 && !text(request).contains("details") {
                instead(answer, 400, 500);
            }
        }),
    ),
    row(
        Parsing,
        "escaped-pair-in-error-damaged",
        "A character that is escaped as a surrogate pair is damaged inside the error.",
        &["REQ-BODY-006", "REQ-TYPE-003", "REQ-ERR-001"],
        Effect::Request(|request| {
            let sent = text(request);
            if patches(request) && sent.contains("\"error\"") && sent.contains("\\ud83d\\ude00") {
                request.content = sent.replace("\\ud83d\\ude00", "\\ufffd\\ufffd").into_bytes();
            }
        }),
    ),
    row(
        Parsing,
        "content-type-without-value-crashes",
        "A parameter of the media type without a value ends in 500.",
        &["REQ-STATUS-002"],
        Effect::Answer(|answer, request| fail_on_type(answer, request, |given| given.ends_with("charset"))),
    ),
    row(
        Parsing,
        "unknown-charset-crashes",
        "A charset that nobody knows ends in 500.",
        &["REQ-STATUS-002"],
        Effect::Answer(|answer, request| fail_on_type(answer, request, |given| given.contains("charset=x-"))),
    ),
    row(
        Parsing,
        "empty-content-type-crashes",
        "An empty Content-Type ends in 500.",
        &["REQ-STATUS-002"],
        Effect::Answer(|answer, request| fail_on_type(answer, request, str::is_empty)),
    ),
    row(
        Parsing,
        "two-content-types-crash",
        "Two Content-Type headers end in 500.",
        &["REQ-STATUS-002"],
        Effect::Refuse(|_, request| crashed(request.headers.get_all("content-type").iter().count() > 1)),
    ),
    row(
        Parsing,
        "types-near-json-taken",
        "Every media type that ends in json is taken for application/json.",
        &["REQ-MEDIA-003"],
        Effect::Request(|request| near(request, |given| given.ends_with("json"))),
    )
    .mild(),
    row(
        Parsing,
        "types-that-begin-like-json-taken",
        "Every media type that begins with application/json is taken for it.",
        &["REQ-MEDIA-003"],
        Effect::Request(|request| near(request, |given| given.starts_with("application/json"))),
    )
    .mild(),
];

/// A row about a body that is not JSON and is accepted.
const fn taken(name: &'static str, title: &'static str, apply: Effect) -> Fault {
    row(Parsing, name, title, &["REQ-BODY-007"], apply)
}

/// Whether the content has an escape of half a surrogate pair.
fn half(request: &Request) -> bool {
    let text = text(request);
    text.contains("\\ud800") || text.contains("\\udc00") || text.contains("\\udbff")
}

/// Takes a media type of this kind for that of JSON.
fn near(request: &mut Request, of: fn(&str) -> bool) {
    if patches(request) && of(request.header("content-type")) {
        request.headers.insert("content-type", http::HeaderValue::from_static("application/json"));
    }
}
