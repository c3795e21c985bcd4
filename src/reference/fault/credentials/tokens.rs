//! A token that is not the right one is accepted, or the right one is not.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::row;
use crate::reference::auth::Access;
use crate::reference::effect::Effect;
use crate::reference::fault::Fault;
use crate::reference::fault::access::{GRANTED, of_scheme};
use crate::reference::fault::alter::{absorb, content, instead, patches};
use crate::reference::fault::given::is_long;
use crate::reference::message::Request;
use crate::reference::options::Options;

pub(super) const ROWS: &[Fault] = &[
    row(
        "any-token-will-do",
        "Every bearer token is accepted.",
        &["REQ-AUTH-005"],
        Effect::Access(|_, access, _| if access == Access::Invalid { GRANTED } else { access }),
    ),
    row(
        "any-token-will-do-on-one-path",
        "Every bearer token is accepted on classifyTextJobs.",
        &["REQ-AUTH-005"],
        Effect::Access(|request, access, _| match access {
            Access::Invalid if request.goes_to("classifyTextJobs") => GRANTED,
            _ => access,
        }),
    ),
    row(
        "any-token-will-do-for-a-minimal-answer",
        "Where the answer is to be minimal, every bearer token is accepted.",
        &["REQ-AUTH-005"],
        Effect::Access(|request, access, _| match access {
            Access::Invalid if request.header("prefer").contains("minimal") => GRANTED,
            _ => access,
        }),
    ),
    row(
        "token-not-looked-at-in-long-updates",
        "Any token is valid where the update has more than 1,500 octets.",
        &["REQ-AUTH-005"],
        Effect::Access(|request, access, _| {
            let long = access == Access::Invalid && is_long(request);
            if long { Access::Granted(0) } else { access }
        }),
    ),
    row(
        "token-in-base64-accepted",
        "The token is accepted in base64 too.",
        &["REQ-AUTH-005"],
        Effect::Access(|request, access, options| {
            near(request, access, options, |given, token| STANDARD.encode(token) == given)
        }),
    ),
    row(
        "padding-behind-token-ignored",
        "Equals signs behind the token are not looked at.",
        &["REQ-AUTH-005"],
        Effect::Access(|request, access, options| {
            near(request, access, options, |given, token| given.trim_end_matches('=') == token)
        }),
    ),
    row(
        "longest-tokens-not-looked-at",
        "A token of more than 4,096 characters is not looked at.",
        &["REQ-AUTH-005"],
        Effect::Access(|request, access, options| near(request, access, options, |given, _| given.len() > 4096)),
    ),
    row(
        "longest-tokens-crash",
        "A token of more than 4,096 characters ends in 500.",
        &["REQ-STATUS-002", "REQ-AUTH-005"],
        Effect::Failed(|answer, request| {
            if request.header("authorization").len() > 4103 {
                instead(answer, 401, 500);
            }
        }),
    ),
    row(
        "token-compared-by-prefix",
        "A token that begins like the right one is accepted.",
        &["REQ-AUTH-005"],
        Effect::Access(|request, access, options| near(request, access, options, is_prefix)),
    ),
    row(
        "token-tail-ignored",
        "A token that goes on after the right one is accepted.",
        &["REQ-AUTH-005"],
        Effect::Access(|request, access, options| {
            near(request, access, options, |given, token| given.starts_with(token))
        }),
    ),
    row(
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
        "token-case-ignored",
        "A token in another letter case is accepted.",
        &["REQ-AUTH-005"],
        Effect::Access(|request, access, options| near(request, access, options, str::eq_ignore_ascii_case)),
    ),
    row(
        "token-length-compared",
        "A token of the right length is accepted.",
        &["REQ-AUTH-005"],
        Effect::Access(|request, access, options| {
            near(request, access, options, |given, token| given.len() == token.len())
        }),
    ),
    row(
        "empty-token-accepted",
        "The scheme Bearer without a token is accepted.",
        &["REQ-AUTH-005", "REQ-AUTH-001"],
        Effect::Access(|request, access, _| {
            if request.header("authorization").trim().eq_ignore_ascii_case("bearer") { GRANTED } else { access }
        }),
    ),
    row(
        "token-that-ends-a-query-accepted",
        "A token that holds a quote is accepted.",
        &["REQ-AUTH-005"],
        Effect::Access(
            |request, access, _| {
                if request.header("authorization").contains('\'') { Access::Granted(0) } else { access }
            },
        ),
    ),
    row(
        "second-authorization-header-counts",
        "Of two Authorization headers the second one counts.",
        &["REQ-AUTH-005"],
        Effect::Access(|request, access, options| {
            let last = request.headers.get_all("authorization").iter().next_back().and_then(|line| line.to_str().ok());
            let is_valid = last.and_then(|line| line.strip_prefix("Bearer ")) == Some(&options.token);
            if is_valid { Access::Granted(0) } else { access }
        }),
    )
    .mild(),
    row(
        "signature-not-verified",
        "A token of three parts is valid whatever its signature.",
        &["REQ-AUTH-005"],
        Effect::Access(|request, access, _| {
            let parts: Vec<&str> = request.header("authorization").split(['.', ' ']).collect();
            let signed = parts.len() == 4 && parts.iter().all(|part| part.len() > 5);
            if signed { Access::Granted(0) } else { access }
        }),
    ),
    row(
        "right-token-refused-on-one-path",
        "The right token is refused on classifyTextJobs.",
        &["REQ-PATH-001", "REQ-BODY-001", "REQ-STATUS-001"],
        Effect::Access(|request, access, _| if request.goes_to("classifyTextJobs") { Access::Invalid } else { access }),
    ),
    row(
        "right-token-lacks-permission-to-patch",
        "The right token may read but not update.",
        &["REQ-PATH-001", "REQ-BODY-001", "REQ-MEDIA-001", "REQ-STATUS-001"],
        Effect::Access(|request, access, _| if patches(request) { Access::Scope } else { access }),
    ),
    row(
        "second-update-unauthorized",
        "A job that was updated before is refused to the same token.",
        &["REQ-IDEMP-001", "REQ-STATUS-001", "REQ-AUTH-003"],
        Effect::Refuse(|_, request| (request.turn > 0).then_some(http::StatusCode::UNAUTHORIZED)),
    ),
    row(
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
        "token-percent-decoded",
        "The percent-encoded token is accepted.",
        &["REQ-AUTH-005"],
        Effect::Access(|request, access, options| {
            near(request, access, options, |given, token| {
                percent_encoding::percent_decode_str(given).decode_utf8_lossy() == token
            })
        }),
    ),
    row(
        "token-in-capitals-accepted",
        "The token in capitals is accepted.",
        &["REQ-AUTH-005"],
        Effect::Access(|request, access, options| {
            near(request, access, options, |given, token| given == token.to_ascii_uppercase())
        }),
    ),
    row(
        "colon-behind-scheme-accepted",
        "A colon behind the scheme is overlooked.",
        &["REQ-AUTH-005"],
        Effect::Access(|request, access, options| {
            let given = request.header("authorization").strip_prefix("Bearer: ");
            if given == Some(&options.token) { GRANTED } else { access }
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
