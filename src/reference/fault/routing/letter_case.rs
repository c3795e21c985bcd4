//! A name in the head of a request is known in one letter case only.

use http::StatusCode;

use super::row;
use crate::reference::auth::Access;
use crate::reference::effect::Effect;
use crate::reference::fault::Fault;
use crate::reference::fault::alter::{crashed, key, unsupported};
use crate::reference::fault::given::given;
use crate::reference::fault::routes::go;
use crate::reference::store::Key;

pub(super) const ROWS: &[Fault] = &[
    row(
        "ids-known-in-any-letter-case",
        "A job is found under its id in any letter case.",
        &["REQ-PATH-002"],
        Effect::Place(|request, state| {
            if let Some((collection, id)) = key(request) {
                let same = |known: &&Key| known.0 == collection && known.1.eq_ignore_ascii_case(&id);
                let found = state.jobs.keys().find(same).cloned();
                if found.is_some() {
                    go(request, found);
                }
            }
        }),
    )
    .mild(),
    row(
        "scheme-known-with-capital-only",
        "The scheme Bearer is known with a capital letter only.",
        &["REQ-HTTP-001"],
        Effect::Access(|request, access, _| {
            let given = request.header("authorization");
            if given.is_empty() || given.starts_with("Bearer") { access } else { Access::Missing }
        }),
    )
    .mild(),
    row(
        "scheme-in-lower-case-crashes",
        "The scheme bearer in lower case ends in 500.",
        &["REQ-HTTP-001", "REQ-STATUS-002"],
        Effect::Refuse(|_, request| {
            request.header("authorization").starts_with("bearer").then_some(StatusCode::INTERNAL_SERVER_ERROR)
        }),
    ),
    row(
        "authorization-in-capitals-unknown",
        "A header AUTHORIZATION in capitals is not known.",
        &["REQ-HTTP-001"],
        Effect::Inbound(|octets| rename(octets, b"\nAUTHORIZATION:")),
    ),
    row(
        "authorization-in-lower-case-unknown",
        "A header authorization in lower case is not known.",
        &["REQ-HTTP-001", "REQ-BODY-001", "REQ-PATH-001"],
        Effect::Inbound(|octets| rename(octets, b"\nauthorization:")),
    ),
    row(
        "content-type-in-lower-case-unknown",
        "A header content-type in lower case is not known, and a body without one is refused.",
        &["REQ-HTTP-001", "REQ-BODY-001", "REQ-PATH-001"],
        Effect::Several(&[
            Effect::Inbound(|octets| rename(octets, b"\ncontent-type:")),
            Effect::Refuse(|_, request| unsupported(!request.headers.contains_key("content-type"))),
        ]),
    ),
    row(
        "content-type-in-title-case-unknown",
        "A header Content-Type in title case is not known, and a body without one is refused.",
        &["REQ-HTTP-001", "REQ-BODY-001", "REQ-PATH-001"],
        Effect::Several(&[
            Effect::Inbound(|octets| {
                rename(octets, b"\nContent-Type:");
                rename(octets, b"\nContent-type:");
            }),
            Effect::Refuse(|_, request| unsupported(!request.headers.contains_key("content-type"))),
        ]),
    ),
    row(
        "content-type-in-capitals-unknown",
        "A header CONTENT-TYPE in capitals is not known, and a body without one is refused.",
        &["REQ-HTTP-001"],
        Effect::Several(&[
            Effect::Inbound(|octets| rename(octets, b"\nCONTENT-TYPE:")),
            Effect::Refuse(|_, request| unsupported(!request.headers.contains_key("content-type"))),
        ]),
    ),
    row(
        "content-type-in-mixed-case-unknown",
        "A header cOnTeNt-TyPe is not known, and a body without one is refused.",
        &["REQ-HTTP-001"],
        Effect::Several(&[
            Effect::Inbound(|octets| rename(octets, b"\ncOnTeNt-TyPe:")),
            Effect::Refuse(|_, request| unsupported(!request.headers.contains_key("content-type"))),
        ]),
    ),
    row(
        "foreign-type-under-lower-case-name-taken",
        "A header content-type in lower case is not known, and what has no type is taken for JSON.",
        &["REQ-HTTP-001", "REQ-MEDIA-003"],
        Effect::Inbound(|octets| rename(octets, b"\ncontent-type:")),
    ),
    row(
        "charset-in-capitals-refused",
        "A media type whose parameter charset is written in capitals is refused.",
        &["REQ-HTTP-001"],
        Effect::Refuse(|_, request| unsupported(request.header("content-type").contains("CHARSET"))),
    ),
    row(
        "charset-with-a-capital-refused",
        "A media type whose parameter charset begins with a capital is refused.",
        &["REQ-HTTP-001"],
        Effect::Refuse(|_, request| unsupported(request.header("content-type").contains("Charset"))),
    ),
    row(
        "accept-in-capitals-refused",
        "An Accept that writes the media type with capitals is answered with 406.",
        &["REQ-HTTP-001"],
        Effect::Refuse(|_, request| {
            let accept = request.header("accept");
            let written = accept.eq_ignore_ascii_case("application/json") && accept != "application/json";
            written.then_some(StatusCode::NOT_ACCEPTABLE)
        }),
    ),
    row(
        "max-version-in-lower-case-unknown",
        "A header odata-maxversion in lower case is not known.",
        &["REQ-HTTP-001", "REQ-HDR-003"],
        Effect::Several(&[
            Effect::Inbound(|octets| rename(octets, b"\nodata-maxversion:")),
            Effect::Updated(|answer, request| {
                if !given(request, "odata-maxversion") {
                    answer.set("odata-version", "4.01");
                }
            }),
        ]),
    ),
    row(
        "if-match-in-capitals-unknown",
        "A header IF-MATCH in capitals is not known.",
        &["REQ-HTTP-001", "REQ-COND-002"],
        Effect::Inbound(|octets| rename(octets, b"\nIF-MATCH:")),
    ),
    row(
        "if-none-match-in-capitals-unknown",
        "A header IF-NONE-MATCH in capitals is not known.",
        &["REQ-HTTP-001", "REQ-COND-005"],
        Effect::Inbound(|octets| rename(octets, b"\nIF-NONE-MATCH:")),
    ),
    row(
        "prefer-in-capitals-crashes",
        "A header PREFER in capitals ends in 500.",
        &["REQ-HTTP-001", "REQ-STATUS-002"],
        Effect::Several(&[
            Effect::Inbound(|octets| rename(octets, b"\nPREFER:")),
            Effect::Refuse(|_, request| crashed(request.headers.contains_key("xrefer"))),
        ]),
    ),
];

/// Makes the name of a header another one, so that nobody looks for it.
fn rename(octets: &mut [u8], name: &[u8]) {
    if let Some(at) = octets.windows(name.len()).position(|window| window == name) {
        octets[at + 1] = b'x';
    }
}
