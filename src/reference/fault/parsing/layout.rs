//! White space between members matters, or a body like that of the page is refused.

use super::row;
use crate::reference::effect::{Effect, Object};
use crate::reference::fault::Fault;
use crate::reference::fault::alter::{patches, refused, set_content};
use crate::reference::fault::members::members;
use crate::reference::fault::repair::text;

pub(super) const ROWS: &[Fault] = &[
    row(
        "carriage-return-refused",
        "A body with CRLF line ends is refused.",
        &["REQ-BODY-001", "REQ-BODY-006"],
        Effect::Refuse(|_, request| refused(request.content.contains(&b'\r'))),
    ),
    row(
        "line-feed-refused",
        "A body of more than one line is refused.",
        &["REQ-BODY-001", "REQ-BODY-006"],
        Effect::Refuse(|_, request| refused(text(request).trim_end().contains('\n'))),
    ),
    row(
        "final-newline-refused",
        "A body that ends in a line feed is refused.",
        &["REQ-BODY-006"],
        Effect::Refuse(|_, request| refused(request.content.ends_with(b"\n"))),
    ),
    row(
        "minified-refused",
        "A body without any white space between members is refused.",
        &["REQ-BODY-006", "REQ-BODY-004"],
        Effect::Refuse(|_, request| refused(text(request).contains("\":\"") || text(request).contains("\":{"))),
    ),
    row(
        "first-line-only",
        "Of a body of several lines with CRLF ends only the first member is applied.",
        &["REQ-BODY-006", "REQ-STATUS-003", "REQ-RESP-003", "REQ-DTO-002"],
        Effect::Request(|request| {
            let mut members = members(request);
            if patches(request) && request.content.contains(&b'\r') && members.len() > 1 {
                members.truncate(1);
                set_content(request, members.into_iter().collect::<Object>());
            }
        }),
    ),
    row(
        "sample-refused",
        "A body with @odata.type at its root is refused.",
        &["REQ-BODY-001", "REQ-PATH-001", "REQ-STATUS-001"],
        Effect::Refuse(|object, _| refused(object.contains_key("@odata.type"))),
    ),
    row(
        "sample-refused-on-one-path",
        "A body with @odata.type at its root is refused on labelsAndPoliciesEvaluationJobs.",
        &["REQ-PATH-001", "REQ-BODY-001"],
        Effect::Refuse(|object, request| {
            refused(object.contains_key("@odata.type") && request.goes_to("labelsAndPoliciesEvaluationJobs"))
        }),
    ),
    row(
        "every-fifth-request-refused",
        "Every fifth request is refused as malformed.",
        &["REQ-BODY-001", "REQ-STATUS-001", "REQ-IDEMP-001"],
        Effect::Refuse(|_, request| refused(request.number % 5 == 0)),
    ),
];
