//! Credentials: `Authorization: Bearer {token}`, and what a refusal says.
//!
//! <https://www.rfc-editor.org/rfc/rfc6750#section-3>

use http::StatusCode;
use http::header::AUTHORIZATION;

use super::message::{Refusal, Request};
use super::options::Options;

/// What the credentials of a request are worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// A caller of the first (0) or second (1) tenant.
    Granted(u8),
    /// No credentials, or of another scheme.
    Missing,
    /// A header value that is not of the form `Bearer b64token`.
    Malformed,
    /// A token that nobody gave out.
    Invalid,
    /// A valid token without the needed permission.
    Scope,
    /// A token of a personal account.
    Personal,
}

/// Judges the credentials; only the header counts.
pub(crate) fn judge(request: &Request, options: &Options) -> Access {
    let mut lines = request.headers.get_all(AUTHORIZATION).iter();
    let Some(line) = lines.next() else {
        return Access::Missing;
    };
    let (Ok(line), None) = (line.to_str(), lines.next()) else {
        return Access::Malformed;
    };
    let (scheme, token) = line.split_once(' ').unwrap_or((line, ""));
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Access::Missing;
    }
    let token = token.trim_matches(' ');
    let is = |known: &Option<String>| known.as_deref() == Some(token);
    if !is_b64token(token) {
        Access::Malformed
    } else if token == options.token {
        Access::Granted(0)
    } else if is(&options.second_tenant_token) {
        Access::Granted(1)
    } else if is(&options.scoped_token) {
        Access::Scope
    } else if is(&options.personal_token) {
        Access::Personal
    } else {
        Access::Invalid
    }
}

/// The tenant of the caller, or the refusal.
pub(crate) fn admit(access: Access) -> Result<u8, Refusal> {
    const REALM: &str = "Bearer realm=\"dataClassification\"";
    let unauthorized = |message: &str, challenge: String| {
        Err(Refusal::new(StatusCode::UNAUTHORIZED, message).with("www-authenticate", challenge))
    };
    match access {
        Access::Granted(tenant) => Ok(tenant),
        Access::Missing => unauthorized("A bearer token is needed.", REALM.to_owned()),
        Access::Malformed | Access::Invalid => {
            unauthorized("The token is not valid.", format!("{REALM}, error=\"invalid_token\""))
        }
        Access::Scope => Err(Refusal::new(StatusCode::FORBIDDEN, "The token lacks the needed permission.")
            .with("www-authenticate", format!("{REALM}, error=\"insufficient_scope\""))),
        Access::Personal => Err(Refusal::new(StatusCode::FORBIDDEN, "Personal accounts are not supported.")),
    }
}

fn is_b64token(token: &str) -> bool {
    let body = token.trim_end_matches('=');
    !body.is_empty() && body.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte))
}
