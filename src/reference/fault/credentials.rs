//! Faults of level [`FaultLevel::Credentials`](super::FaultLevel::Credentials): who may do what.

use super::FaultLevel::Credentials;
use super::access::{GRANTED, anonymous, of_scheme};
use super::alter::{absorb, content, instead, patches, restatus};
use super::{Fault, row};
use crate::reference::auth::Access;
use crate::reference::effect::Effect;
use crate::reference::message::Request;
use crate::reference::options::Options;

pub(super) const ROWS: &[Fault] = &[
    row(
        Credentials,
        "no-token-needed",
        "A request without credentials is served.",
        &["REQ-AUTH-001", "REQ-AUTH-002"],
        Effect::Access(|request, access, _| if anonymous(request) { GRANTED } else { access }),
    ),
    row(
        Credentials,
        "no-token-needed-on-one-path",
        "A request to classifyTextJobs without credentials is served.",
        &["REQ-AUTH-001", "REQ-AUTH-002"],
        Effect::Access(
            |request, access, _| {
                if anonymous(request) && request.goes_to("classifyTextJobs") { GRANTED } else { access }
            },
        ),
    ),
    row(
        Credentials,
        "no-token-needed-at-times",
        "Every third request without credentials is served.",
        &["REQ-AUTH-001", "REQ-AUTH-002"],
        Effect::Access(
            |request, access, _| if anonymous(request) && request.number % 3 == 0 { GRANTED } else { access },
        ),
    ),
    row(
        Credentials,
        "any-token-will-do",
        "Every bearer token is accepted.",
        &["REQ-AUTH-005"],
        Effect::Access(|_, access, _| if access == Access::Invalid { GRANTED } else { access }),
    ),
    row(
        Credentials,
        "any-token-will-do-on-one-path",
        "Every bearer token is accepted on classifyTextJobs.",
        &["REQ-AUTH-005"],
        Effect::Access(|request, access, _| match access {
            Access::Invalid if request.goes_to("classifyTextJobs") => GRANTED,
            _ => access,
        }),
    ),
    row(
        Credentials,
        "any-token-will-do-for-a-minimal-answer",
        "Where the answer is to be minimal, every bearer token is accepted.",
        &["REQ-AUTH-005"],
        Effect::Access(|request, access, _| match access {
            Access::Invalid if request.header("prefer").contains("minimal") => GRANTED,
            _ => access,
        }),
    ),
    row(
        Credentials,
        "token-compared-by-prefix",
        "A token that begins like the right one is accepted.",
        &["REQ-AUTH-005"],
        Effect::Access(|request, access, options| near(request, access, options, is_prefix)),
    ),
    row(
        Credentials,
        "token-tail-ignored",
        "A token that goes on after the right one is accepted.",
        &["REQ-AUTH-005"],
        Effect::Access(|request, access, options| {
            near(request, access, options, |given, token| given.starts_with(token))
        }),
    ),
    row(
        Credentials,
        "last-letter-of-token-ignored",
        "A token that differs in its last character is accepted.",
        &["REQ-AUTH-005"],
        Effect::Access(|request, access, options| {
            near(request, access, options, |given, token| {
                given.len() == token.len() && given.get(..token.len() - 1) == token.get(..token.len() - 1)
            })
        }),
    ),
    row(
        Credentials,
        "token-case-ignored",
        "A token in another letter case is accepted.",
        &["REQ-AUTH-005"],
        Effect::Access(|request, access, options| near(request, access, options, str::eq_ignore_ascii_case)),
    ),
    row(
        Credentials,
        "token-length-compared",
        "A token of the right length is accepted.",
        &["REQ-AUTH-005"],
        Effect::Access(|request, access, options| {
            near(request, access, options, |given, token| given.len() == token.len())
        }),
    ),
    row(
        Credentials,
        "empty-token-accepted",
        "The scheme Bearer without a token is accepted.",
        &["REQ-AUTH-005", "REQ-AUTH-001"],
        Effect::Access(|request, access, _| {
            if request.header("authorization").trim().eq_ignore_ascii_case("bearer") { GRANTED } else { access }
        }),
    ),
    row(
        Credentials,
        "token-without-scheme-accepted",
        "The bare token without a scheme is accepted.",
        &["REQ-AUTH-006"],
        Effect::Access(
            |request, access, options| {
                if request.header("authorization") == options.token { GRANTED } else { access }
            },
        ),
    ),
    row(
        Credentials,
        "basic-accepted",
        "The scheme Basic is accepted.",
        &["REQ-AUTH-006"],
        Effect::Access(|request, access, _| if of_scheme(request, "basic") { GRANTED } else { access }),
    ),
    row(
        Credentials,
        "scheme-not-looked-at",
        "The right token is accepted under every scheme.",
        &["REQ-AUTH-006"],
        Effect::Access(|request, access, options| {
            let token = request.header("authorization").split_once(' ').map(|(_, token)| token);
            if token == Some(&options.token) { GRANTED } else { access }
        }),
    ),
    row(
        Credentials,
        "every-other-scheme-accepted",
        "Credentials of a scheme other than Bearer are not looked at and let through.",
        &["REQ-AUTH-006"],
        Effect::Access(|request, access, _| match access {
            Access::Missing if !anonymous(request) => GRANTED,
            _ => access,
        }),
    ),
    row(
        Credentials,
        "basic-answered-500",
        "Credentials of the scheme Basic end in 500.",
        &["REQ-AUTH-006", "REQ-STATUS-002"],
        Effect::Failed(|answer, request| {
            if of_scheme(request, "basic") {
                instead(answer, 401, 500);
            }
        }),
    ),
    row(
        Credentials,
        "token-in-query-accepted",
        "The token may stand in the query.",
        &["REQ-AUTH-007", "REQ-AUTH-001"],
        Effect::Access(|request, access, options| {
            let given = |pair: &str| pair.split_once('=').is_some_and(|(_, value)| value == options.token);
            if request.query.split('&').any(given) { GRANTED } else { access }
        }),
    ),
    row(
        Credentials,
        "any-token-in-query-accepted",
        "A query with access_token stands for credentials, whatever it says.",
        &["REQ-AUTH-007", "REQ-AUTH-001"],
        Effect::Access(|request, access, _| if request.query.contains("access_token=") { GRANTED } else { access }),
    ),
    row(
        Credentials,
        "token-in-query-answered-500",
        "A token in the query ends in 500.",
        &["REQ-AUTH-007", "REQ-STATUS-002"],
        Effect::Failed(|answer, request| {
            if request.query.contains("access_token=") {
                restatus(answer, 500);
            }
        }),
    ),
    row(
        Credentials,
        "right-token-refused-on-one-path",
        "The right token is refused on classifyTextJobs.",
        &["REQ-PATH-001", "REQ-BODY-001", "REQ-STATUS-001"],
        Effect::Access(|request, access, _| if request.goes_to("classifyTextJobs") { Access::Invalid } else { access }),
    ),
    row(
        Credentials,
        "right-token-lacks-permission-to-patch",
        "The right token may read but not update.",
        &["REQ-PATH-001", "REQ-BODY-001", "REQ-MEDIA-001", "REQ-STATUS-001"],
        Effect::Access(|request, access, _| if patches(request) { Access::Scope } else { access }),
    ),
    row(
        Credentials,
        "second-update-unauthorized",
        "A job that was updated before is refused to the same token.",
        &["REQ-IDEMP-001", "REQ-STATUS-001", "REQ-AUTH-003"],
        Effect::Refuse(|_, request| (request.turn > 0).then_some(http::StatusCode::UNAUTHORIZED)),
    ),
    row(
        Credentials,
        "applied-without-token",
        "A request without credentials is answered 401 and applied all the same.",
        &["REQ-AUTH-001", "REQ-ATOM-002"],
        Effect::Refused(|status, request, job| {
            if status == 401 && anonymous(request) {
                absorb(content(request), job);
            }
        }),
    ),
    row(
        Credentials,
        "applied-with-wrong-token",
        "A request with an invalid token is answered 401 and applied all the same.",
        &["REQ-AUTH-005", "REQ-ATOM-002"],
        Effect::Refused(|status, request, job| {
            if status == 401 && of_scheme(request, "bearer") {
                absorb(content(request), job);
            }
        }),
    ),
    row(
        Credentials,
        "applied-with-other-scheme",
        "A request with Basic credentials is answered 401 and applied all the same.",
        &["REQ-AUTH-006", "REQ-ATOM-002"],
        Effect::Refused(|status, request, job| {
            if status == 401 && of_scheme(request, "basic") {
                absorb(content(request), job);
            }
        }),
    ),
    row(
        Credentials,
        "applied-with-token-in-query",
        "A request with the token in the query is answered 401 and applied all the same.",
        &["REQ-AUTH-007", "REQ-ATOM-002"],
        Effect::Refused(|status, request, job| {
            if status == 401 && request.query.contains("access_token=") {
                absorb(content(request), job);
            }
        }),
    ),
];

/// Grants access if the token given is close enough to the right one.
fn near(request: &Request, access: Access, options: &Options, close: fn(&str, &str) -> bool) -> Access {
    let given = request.header("authorization").split_once(' ').map_or("", |(_, token)| token.trim());
    if of_scheme(request, "bearer") && close(given, &options.token) { GRANTED } else { access }
}

/// At least eight characters, so that a token of one letter is no prefix.
fn is_prefix(given: &str, token: &str) -> bool {
    given.len() >= 8 && token.starts_with(given)
}
