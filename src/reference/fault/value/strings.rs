//! A string comes back with other white space or in another letter case, or empty strings and null are mixed up.

use serde_json::Value;

use super::{kept, row};
use crate::reference::effect::Effect;
use crate::reference::fault::Fault;
use crate::reference::fault::alter::patches;
use crate::reference::fault::rewrite::{in_elements, nested, only, rewrite, texts};
use crate::reference::picture::{NESTED_TEXTS, details, each_member, each_nested, each_text};

pub(super) const ROWS: &[Fault] = &[
    row(
        "strings-trimmed",
        "White space around a string is dropped.",
        &["REQ-TYPE-003"],
        Effect::Change(|job| texts(job, |text| text.trim().to_owned())),
    ),
    row(
        "nested-strings-trimmed",
        "White space around a string in the error is dropped.",
        &["REQ-TYPE-003"],
        Effect::Change(|job| nested(job, |text| text.trim().to_owned())),
    ),
    row(
        "strings-altered-in-the-answer-only",
        "The answer to an update shows strings without white space around them.",
        &["REQ-TYPE-003", "REQ-RESP-004"],
        Effect::Shown(|job, _, request| {
            if patches(request) {
                texts(job, |text| text.trim().to_owned());
            }
        }),
    ),
    row(
        "byte-order-mark-of-string-cut",
        "A U+FEFF at the start of a string is dropped.",
        &["REQ-TYPE-003"],
        Effect::Change(|job| texts(job, |text| text.trim_start_matches('\u{feff}').to_owned())),
    ),
    row(
        "spaces-collapsed",
        "Several spaces in a string become one.",
        &["REQ-TYPE-003"],
        Effect::Change(|job| {
            texts(job, |text| {
                let mut last = ' ';
                text.chars().filter(|letter| std::mem::replace(&mut last, *letter) != ' ' || *letter != ' ').collect()
            });
        }),
    ),
    row(
        "strings-in-lower-case",
        "Strings are stored in lower case.",
        &["REQ-TYPE-003", "REQ-RESP-003", "REQ-STATUS-003"],
        Effect::Change(|job| texts(job, str::to_lowercase)),
    ),
    row(
        "status-begins-with-capital",
        "The first letter of status becomes a capital.",
        &["REQ-TYPE-003", "REQ-RESP-003"],
        Effect::Change(|job| {
            each_member(job, &["status"], |value| rewrite(value, |text| text[..1].to_uppercase() + &text[1..]));
        }),
    ),
    row(
        "type-in-camel-case",
        "The type loses its spaces.",
        &["REQ-TYPE-003", "REQ-RESP-003"],
        Effect::Change(|job| each_member(job, &["type"], |value| rewrite(value, |text| text.replace(' ', "")))),
    ),
    row(
        "tenant-in-lower-case",
        "The tenantId is stored in lower case.",
        &["REQ-TYPE-003", "REQ-RESP-003"],
        Effect::Change(|job| each_member(job, &["tenantId"], |value| rewrite(value, str::to_lowercase))),
    ),
    row(
        "guids-in-lower-case",
        "A string in the form of a GUID is stored in lower case.",
        &["REQ-TYPE-003"],
        Effect::Change(|job| {
            texts(job, |text| uuid::Uuid::try_parse(text).map_or(text.to_owned(), |_| text.to_lowercase()));
        }),
    ),
    kept("tenant-guid-in-lower-case", "A tenantId in the form of a GUID is stored in lower case.", |job| {
        only(job, "tenantId", guid);
    }),
    kept("activity-guid-in-lower-case", "An activityId in the form of a GUID is stored in lower case.", |job| {
        only(job, "activityId", guid);
    }),
    row(
        "empty-string-becomes-null",
        "An empty string is stored as null.",
        &["REQ-TYPE-003"],
        Effect::Change(|job| {
            each_text(job, |value| {
                if value == "" {
                    *value = Value::Null;
                }
            });
        }),
    ),
    row(
        "nested-empty-string-becomes-null",
        "An empty string in the error is stored as null.",
        &["REQ-TYPE-003"],
        Effect::Change(|job| {
            each_nested(job, &mut |object| {
                each_member(object, &NESTED_TEXTS, |value| {
                    if value == "" {
                        *value = Value::Null;
                    }
                });
            });
        }),
    ),
    row(
        "empty-string-ignored",
        "An empty string at the root leaves the property as it is.",
        &["REQ-TYPE-003", "REQ-STATUS-003", "REQ-RESP-003"],
        Effect::Change(|job| job.retain(|_, value| value != "")),
    ),
    kept("empty-request-id-of-element-becomes-null", "An empty clientRequestId of an element becomes null.", |job| {
        in_elements(job, |name, value| name == "clientRequestId" && value == "");
    }),
    kept("blank-type-and-tenant-become-null", "A type or tenantId of nothing but blanks is stored as null.", |job| {
        each_member(job, &["type", "tenantId"], |value| {
            if value.as_str().is_some_and(|text| !text.is_empty() && text.trim().is_empty()) {
                *value = Value::Null;
            }
        });
    }),
    kept(
        "code-of-inner-error-of-element-in-lower-case",
        "The code in the innerError of an element of details is stored in lower case.",
        |job| {
            for element in details(job).into_iter().flatten() {
                if let Some(code) = element.get_mut("innerError").and_then(|inner| inner.get_mut("code")) {
                    rewrite(code, str::to_lowercase);
                }
            }
        },
    ),
    kept("pointer-escapes-resolved", "The escapes ~1 and ~0 in a string are resolved.", |job| {
        texts(job, |text| text.replace("~1", "/").replace("~0", "~"));
    }),
];

fn guid(text: &str) -> Value {
    uuid::Uuid::try_parse(text).map_or_else(|_| text.to_owned(), |_| text.to_lowercase()).into()
}
