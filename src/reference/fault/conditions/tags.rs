//! A tag in If-Match that is almost the current one holds, or a list of tags is not read.

use super::row;
use crate::reference::effect::Effect;
use crate::reference::fault::Fault;
use crate::reference::fault::given::given;
use crate::reference::message::Request;
use crate::reference::store::tag;

pub(super) const ROWS: &[Fault] = &[
    row(
        "old-etag-accepted",
        "An If-Match of any state that the job ever had is accepted.",
        &["REQ-COND-002"],
        Effect::Condition(|holds, request, job| {
            let number = request.header("if-match").trim_matches(['"', 'r']).parse::<u64>();
            holds || number.is_ok_and(|number| number <= job.revision)
        }),
    ),
    row(
        "etag-compared-unquoted",
        "An If-Match is compared with the ETag without its quotes.",
        &["REQ-COND-001"],
        Effect::Condition(|holds, request, job| {
            let unquoted = tag(job).replace('"', "");
            holds && (!given(request, "if-match") || [unquoted.as_str(), "*"].contains(&request.header("if-match")))
        }),
    ),
    row(
        "tag-compared-by-its-beginning",
        "An If-Match holds where the ETag begins with it.",
        &["REQ-COND-002"],
        Effect::Condition(|holds, request, job| {
            let sent = opaque(request);
            holds || !sent.is_empty() && tag(job).trim_matches('"').starts_with(sent)
        }),
    ),
    row(
        "tag-compared-up-to-its-length",
        "An If-Match holds where it begins with the ETag.",
        &["REQ-COND-002"],
        Effect::Condition(|holds, request, job| holds || opaque(request).starts_with(tag(job).trim_matches('"'))),
    ),
    row(
        "tag-compared-without-case",
        "An If-Match is compared with the ETag without regard to case.",
        &["REQ-COND-002"],
        Effect::Condition(|holds, request, job| {
            holds || opaque(request).eq_ignore_ascii_case(tag(job).trim_matches('"'))
        }),
    ),
    row(
        "tag-compared-by-its-number",
        "Only the number in an ETag is compared.",
        &["REQ-COND-002"],
        Effect::Condition(|holds, request, job| {
            let number = opaque(request).trim_start_matches(|c: char| !c.is_ascii_digit()).parse::<u64>();
            holds || number.is_ok_and(|number| number == job.revision)
        }),
    ),
    row(
        "later-tag-accepted",
        "An If-Match of a state that is yet to come holds.",
        &["REQ-COND-002"],
        Effect::Condition(|holds, request, job| {
            let number = opaque(request).strip_prefix('r').and_then(|number| number.parse::<u64>().ok());
            holds || number.is_some_and(|number| number == job.revision + 1)
        }),
    ),
    row(
        "tag-before-the-last-accepted",
        "An If-Match of the state before the last but one holds.",
        &["REQ-COND-002"],
        Effect::Several(&[
            Effect::Tag(|job| format!("\"p{}\"", job.patches)),
            Effect::Condition(|holds, request, job| {
                let number = opaque(request).strip_prefix('p').and_then(|number| number.parse::<u64>().ok());
                holds || number.is_some_and(|number| number + 2 == job.patches)
            }),
        ]),
    ),
    row(
        "empty-tag-accepted",
        "An If-Match of an empty tag holds.",
        &["REQ-COND-002"],
        Effect::Condition(|holds, request, _| holds || ["\"\"", "W/\"\""].contains(&request.header("if-match"))),
    ),
    row(
        "quoted-star-taken-as-wildcard",
        "An If-Match of * in quotes holds for every state.",
        &["REQ-COND-002"],
        Effect::Condition(|holds, request, _| holds || request.header("if-match") == "\"*\""),
    )
    .mild(),
    row(
        "list-without-blanks-not-split",
        "A list in If-Match is not split where it has no blanks.",
        &["REQ-COND-001"],
        Effect::Condition(|holds, request, _| holds && !request.header("if-match").contains("\",\"")),
    )
    .mild(),
    row(
        "first-line-of-if-match-alone",
        "Of several lines of If-Match the first one alone counts.",
        &["REQ-COND-001"],
        Effect::Request(|request| {
            let first = request.headers.get("if-match").cloned();
            if let Some(first) = first {
                request.headers.insert("if-match", first);
            }
        }),
    )
    .mild(),
];

/// The tag in If-Match without quotes and mark of weakness, if there is one tag.
fn opaque(request: &Request) -> &str {
    let sent = request.header("if-match");
    let sent = sent.strip_prefix("W/").unwrap_or(sent);
    sent.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or_default()
}
