//! More faults of level [`FaultLevel::Routing`](super::FaultLevel::Routing): the letter case of names in the head of a request.

use http::StatusCode;

use super::FaultLevel::Routing;
use super::alter::unsupported;
use super::{Fault, row};
use crate::reference::auth::Access;
use crate::reference::effect::Effect;

pub(super) const ROWS: &[Fault] = &[
    row(
        Routing,
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
        Routing,
        "scheme-in-lower-case-crashes",
        "The scheme bearer in lower case ends in 500.",
        &["REQ-HTTP-001", "REQ-STATUS-002"],
        Effect::Refuse(|_, request| {
            request.header("authorization").starts_with("bearer").then_some(StatusCode::INTERNAL_SERVER_ERROR)
        }),
    ),
    row(
        Routing,
        "authorization-in-capitals-unknown",
        "A header AUTHORIZATION in capitals is not known.",
        &["REQ-HTTP-001"],
        Effect::Inbound(|octets| rename(octets, b"\nAUTHORIZATION:")),
    ),
    row(
        Routing,
        "authorization-in-lower-case-unknown",
        "A header authorization in lower case is not known.",
        &["REQ-HTTP-001", "REQ-BODY-001", "REQ-PATH-001"],
        Effect::Inbound(|octets| rename(octets, b"\nauthorization:")),
    ),
    row(
        Routing,
        "content-type-in-lower-case-unknown",
        "A header content-type in lower case is not known, and a body without one is refused.",
        &["REQ-HTTP-001", "REQ-BODY-001", "REQ-PATH-001"],
        Effect::Several(&[
            Effect::Inbound(|octets| rename(octets, b"\ncontent-type:")),
            Effect::Refuse(|_, request| unsupported(!request.headers.contains_key("content-type"))),
        ]),
    ),
    row(
        Routing,
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
];

/// Makes the name of a header another one, so that nobody looks for it.
pub(super) fn rename(octets: &mut [u8], name: &[u8]) {
    if let Some(at) = octets.windows(name.len()).position(|window| window == name) {
        octets[at + 1] = b'x';
    }
}
