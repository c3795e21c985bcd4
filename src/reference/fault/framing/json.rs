//! The content of an answer is no JSON text.

use super::row;
use crate::reference::effect::Effect;
use crate::reference::fault::Fault;
use crate::reference::fault::octets::rewrite_text;

pub(super) const ROWS: &[Fault] = &[
    row(
        "nan-for-null",
        "A null is written as NaN.",
        &["REQ-RESP-002"],
        Effect::Updated(|answer, _| rewrite_text(answer, |text| text.replace(":null", ":NaN").into_bytes())),
    ),
    row(
        "undefined-for-null",
        "A null at the root is written as undefined.",
        &["REQ-RESP-002"],
        Effect::Updated(|answer, _| rewrite_text(answer, |text| text.replacen(":null", ":undefined", 1).into_bytes())),
    ),
    row(
        "none-for-null",
        "A null is written as None.",
        &["REQ-RESP-002"],
        Effect::Updated(|answer, _| rewrite_text(answer, |text| text.replace(":null", ":None").into_bytes())),
    ),
    row(
        "trailing-comma-in-entity",
        "A comma stands after the last member.",
        &["REQ-RESP-002"],
        Effect::Updated(|answer, _| rewrite_text(answer, |text| text.replacen('}', ",}", 1).into_bytes())),
    ),
    row(
        "single-quotes-in-entity",
        "Strings stand in single quotes.",
        &["REQ-RESP-002", "REQ-RESP-001"],
        Effect::Updated(|answer, _| rewrite_text(answer, |text| text.replace('"', "'").into_bytes())),
    ),
    row(
        "names-without-quotes",
        "Member names stand without quotes.",
        &["REQ-RESP-002", "REQ-RESP-001"],
        Effect::Updated(|answer, _| rewrite_text(answer, |text| text.replace("\"id\":", "id:").into_bytes())),
    ),
    row(
        "entity-breaks-off",
        "The JSON of a confirmed update breaks off, and Content-Length says so.",
        &["REQ-RESP-002", "REQ-RESP-001"],
        Effect::Updated(|answer, _| answer.rewrite(|octets| octets.truncate(octets.len() / 2))),
    ),
    row(
        "entity-breaks-off-at-times",
        "Every third JSON of a confirmed update breaks off.",
        &["REQ-RESP-002", "REQ-RESP-001"],
        Effect::Updated(|answer, request| {
            if request.number % 3 == 0 {
                answer.rewrite(|octets| octets.truncate(octets.len() / 2));
            }
        }),
    ),
    row(
        "last-brace-missing",
        "The last brace is missing.",
        &["REQ-RESP-002", "REQ-RESP-001"],
        Effect::Updated(|answer, _| answer.rewrite(|octets| octets.truncate(octets.len() - 1))),
    ),
    row(
        "brace-too-many",
        "There is a brace too many at the end.",
        &["REQ-RESP-002"],
        Effect::Updated(|answer, _| answer.rewrite(|octets| octets.push(b'}'))),
    ),
    row(
        "entity-twice",
        "The JSON of a confirmed update is sent twice.",
        &["REQ-RESP-002"],
        Effect::Updated(|answer, _| answer.rewrite(|octets| octets.extend_from_within(..))),
    ),
    row(
        "entity-and-envelope",
        "After the entity an error envelope follows.",
        &["REQ-RESP-002"],
        Effect::Updated(|answer, _| {
            answer.rewrite(|octets| {
                octets.extend_from_slice(
                    b"{\"error\":{\"code\":\"internalServerError\",\"message\":\"The stream broke.\"}}",
                );
            });
        }),
    ),
    row(
        "line-of-log-after-entity",
        "A line of a log follows the entity.",
        &["REQ-RESP-002"],
        Effect::Updated(|answer, _| answer.rewrite(|octets| octets.extend_from_slice(b"\nwarning: slow query"))),
    ),
    row(
        "nul-after-entity",
        "An octet NUL follows the entity.",
        &["REQ-RESP-002"],
        Effect::Updated(|answer, _| answer.rewrite(|octets| octets.push(0))),
    ),
    row(
        "guard-before-entity",
        "The guard )]}', stands before the entity.",
        &["REQ-RESP-002", "REQ-RESP-001"],
        Effect::Updated(|answer, _| rewrite_text(answer, |text| format!(")]}}',\n{text}").into_bytes())),
    ),
    row(
        "entity-in-call",
        "The entity stands in a call of a function.",
        &["REQ-RESP-002", "REQ-RESP-001"],
        Effect::Updated(|answer, _| rewrite_text(answer, |text| format!("callback({text});").into_bytes())),
    ),
    row(
        "comment-in-entity",
        "There is a comment in the JSON.",
        &["REQ-RESP-002", "REQ-RESP-001"],
        Effect::Updated(|answer, _| rewrite_text(answer, |text| text.replacen('{', "{/* job */", 1).into_bytes())),
    ),
    row(
        "tab-not-escaped",
        "A tab in a string is written as it is.",
        &["REQ-RESP-002", "REQ-SEC-003"],
        Effect::Updated(|answer, _| {
            rewrite_text(answer, |text| text.replacen("\"type\":\"", "\"type\":\"\t", 1).into_bytes());
        }),
    ),
    row(
        "quote-in-string-not-escaped",
        "A quote in a string of the error is written as it is.",
        &["REQ-RESP-002"],
        Effect::Updated(|answer, _| {
            rewrite_text(answer, |text| match text.split_once("\"error\":") {
                Some((head, error)) => format!("{head}\"error\":{}", error.replace("\\\"", "\"")).into_bytes(),
                None => text.to_owned().into_bytes(),
            });
        }),
    ),
    row(
        "escape-of-no-meaning",
        "A slash is written as \\x2F.",
        &["REQ-RESP-002", "REQ-RESP-001"],
        Effect::Updated(|answer, _| rewrite_text(answer, |text| text.replace('/', "\\x2F").into_bytes())),
    ),
    row(
        "colons-as-equals",
        "The entity is written with equals signs.",
        &["REQ-RESP-002", "REQ-RESP-001"],
        Effect::Updated(|answer, _| rewrite_text(answer, |text| text.replace("\":", "\"=").into_bytes())),
    ),
    row(
        "status-member-twice",
        "The member status occurs twice.",
        &["REQ-RESP-002"],
        Effect::Updated(|answer, _| {
            rewrite_text(answer, |text| text.replacen("\"status\":", "\"status\":null,\"status\":", 1).into_bytes());
        }),
    )
    .mild(),
    row(
        "code-member-of-error-twice",
        "The member code of the error occurs twice.",
        &["REQ-RESP-002"],
        Effect::Updated(|answer, _| {
            rewrite_text(answer, |text| text.replacen("\"code\":", "\"code\":\"\",\"code\":", 1).into_bytes());
        }),
    )
    .mild(),
    row(
        "message-member-of-refusal-twice",
        "The member message of a refusal occurs twice.",
        &["REQ-RESP-002"],
        Effect::Failed(|answer, _| {
            rewrite_text(answer, |text| {
                text.replacen("\"message\":", "\"message\":\"twice\",\"message\":", 1).into_bytes()
            });
        }),
    )
    .mild(),
    row(
        "refusal-breaks-off-as-announced",
        "The JSON of a refusal breaks off, and Content-Length says so.",
        &["REQ-RESP-002", "REQ-ENV-001"],
        Effect::Failed(|answer, _| answer.rewrite(|octets| octets.truncate(octets.len() / 2))),
    ),
    row(
        "refusal-twice",
        "The JSON of a refusal is sent twice.",
        &["REQ-RESP-002", "REQ-ENV-001"],
        Effect::Failed(|answer, _| answer.rewrite(|octets| octets.extend_from_within(..))),
    ),
    row(
        "refusal-and-page",
        "After the envelope of a refusal a page for people follows.",
        &["REQ-RESP-002", "REQ-ENV-001"],
        Effect::Failed(|answer, _| answer.rewrite(|octets| octets.extend_from_slice(b"<html></html>"))),
    ),
];
