//! Credentials of another scheme than Bearer are accepted, or end in 500.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::row;
use crate::reference::auth::Access;
use crate::reference::effect::Effect;
use crate::reference::fault::Fault;
use crate::reference::fault::access::{GRANTED, anonymous, of_scheme, past};
use crate::reference::fault::alter::{absorb, content, instead};

pub(super) const ROWS: &[Fault] = &[
    row(
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
        "basic-accepted",
        "The scheme Basic is accepted.",
        &["REQ-AUTH-006"],
        Effect::Access(|request, access, _| if of_scheme(request, "basic") { GRANTED } else { access }),
    ),
    row(
        "basic-with-token-as-user-accepted",
        "The right token is accepted as the user of Basic credentials without a password.",
        &["REQ-AUTH-006"],
        Effect::Access(|request, access, options| {
            let user = STANDARD.encode(format!("{}:", options.token));
            past(request.header("authorization") == format!("Basic {user}"), access)
        }),
    ),
    row(
        "scheme-not-looked-at",
        "The right token is accepted under every scheme.",
        &["REQ-AUTH-006"],
        Effect::Access(|request, access, options| {
            let token = request.header("authorization").split_once(' ').map(|(_, token)| token);
            if token == Some(&options.token) { GRANTED } else { access }
        }),
    ),
    row(
        "every-other-scheme-accepted",
        "Credentials of a scheme other than Bearer are not looked at and let through.",
        &["REQ-AUTH-006"],
        Effect::Access(|request, access, _| match access {
            Access::Missing if !anonymous(request) => GRANTED,
            _ => access,
        }),
    ),
    row(
        "scheme-need-only-end-like-bearer",
        "The right token is accepted under a scheme that ends like Bearer.",
        &["REQ-AUTH-006"],
        Effect::Access(|request, access, options| {
            let scheme = request.header("authorization").strip_suffix(&format!("Bearer {}", options.token));
            past(scheme.is_some_and(|before| !before.is_empty() && !before.ends_with(' ')), access)
        }),
    ),
    row(
        "scheme-before-bearer-overlooked",
        "The right token is accepted behind Bearer behind another scheme.",
        &["REQ-AUTH-006"],
        Effect::Access(|request, access, options| {
            past(request.header("authorization").ends_with(&format!(" Bearer {}", options.token)), access)
        }),
    ),
    row(
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
        "unreadable-basic-credentials-crash",
        "Basic credentials that are not base64 end in 500.",
        &["REQ-STATUS-002", "REQ-AUTH-001"],
        Effect::Failed(|answer, request| {
            let basic = request.header("authorization").strip_prefix("Basic ");
            if basic.is_some_and(|rest| rest.contains(['?', '*', '!'])) {
                instead(answer, 401, 500);
            }
        }),
    ),
    row(
        "applied-with-other-scheme",
        "A request with Basic credentials is answered 401 and applied all the same.",
        &["REQ-AUTH-006", "REQ-ATOM-002"],
        Effect::Refused(|status, request, job| {
            if status == 401 && of_scheme(request, "basic") {
                absorb(content(request), job);
            }
        }),
    ),
];
