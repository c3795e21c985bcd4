//! The credentials of a request: the valid token in every spelling, its near misses, and what is none.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::bindings::other_case;
use super::{Bindings, Session};
use crate::model::case::Auth;
use crate::model::secret::{PERSONAL_PLACEHOLDER, SCOPED_PLACEHOLDER, SECOND_TENANT_PLACEHOLDER, Secret};
use crate::target::{Authorization, Carrier, TOKEN_PLACEHOLDER};

/// Query parameters beside `access_token` in which servers have looked for a token.
const OTHER_PARAMETERS: &[&str] = &[
    "token",
    "Access_Token",
    "auth",
    "auth_token",
    "authorization",
    "bearer",
    "bearer_token",
    "api_key",
    "key",
    "jwt",
    "t",
];

/// Headers beside Authorization in which servers have looked for a token, and what stands before it there. Not
/// Proxy-Authorization: that is for whoever stands before the target.
const OTHER_HEADERS: &[(&str, &str)] = &[
    ("X-Access-Token", ""),
    ("X-Auth-Token", ""),
    ("X-Api-Key", ""),
    ("X-Token", ""),
    ("Token", ""),
    ("Authentication", "Bearer "),
    ("X-Authorization", "Bearer "),
    ("X-Forwarded-Authorization", "Bearer "),
    ("X-Original-Authorization", "Bearer "),
    ("X-Forwarded-Access-Token", ""),
];

/// The credential that a case asks for, and how it travels; `None` where none does, or there is none of that kind.
#[expect(clippy::too_many_lines, reason = "each arm is a row")]
pub(super) fn authorization(session: &Session, bindings: &Bindings, auth: Auth) -> Option<Authorization> {
    let credentials = &session.target.credentials;
    let valid = session.valid();
    let secret = valid.clone();
    let text = secret.as_ref().map_or("patchproof", Secret::expose);
    let made = |prefix, secret, shown| Some(made(prefix, secret, shown));
    match auth {
        Auth::Valid => bearer(valid, "Authorization", "Bearer "),
        Auth::LowercaseScheme => bearer(valid, "Authorization", "bearer "),
        Auth::UppercaseScheme => bearer(valid, "AUTHORIZATION", "BEARER "),
        Auth::UppercaseName => bearer(valid, "AUTHORIZATION", "Bearer "),
        Auth::LowercaseName => bearer(valid, "authorization", "Bearer "),
        Auth::None => None,
        Auth::Cookie => carried(valid, Carrier::Headers(&[("Cookie", "access_token=")])),
        Auth::OtherHeaders => carried(valid, Carrier::Headers(OTHER_HEADERS)),
        Auth::ProxyHeader => bearer(valid, "Proxy-Authorization", "Bearer "),
        Auth::Trailer => carried(valid, Carrier::Trailer),
        Auth::Random => made("Bearer ", bindings.random_token().clone(), "<random token>"),
        // In a JWT the last character carries spare bits that a decoder may ignore, so one further in is changed.
        Auth::NearMiss => {
            made("Bearer ", changed(text, text.len().saturating_sub(3)), "<the token with one character changed>")
        }
        Auth::FirstChanged => made("Bearer ", changed(text, 0), "<the token with its first character changed>"),
        Auth::LastChanged => {
            made("Bearer ", changed(text, text.len().saturating_sub(1)), "<the token with its last character changed>")
        }
        Auth::Swapped => made("Bearer ", swapped(text), "<the token with two characters swapped>"),
        Auth::Prefixed => made("Bearer ", Secret::new(format!("A{text}")), "<one more character before the token>"),
        Auth::ForgedJwt => {
            let part = |json: &str| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(json);
            let (head, claims) =
                (part(r#"{"alg":"none","typ":"JWT"}"#), part(r#"{"sub":"patchproof","exp":4102444800}"#));
            made("Bearer ", Secret::new(format!("{head}.{claims}.")), "<a JWT without signature>")
        }
        Auth::WordNull => made("Bearer ", Secret::new("null"), "null"),
        Auth::WordUndefined => made("Bearer ", Secret::new("undefined"), "undefined"),
        Auth::WordTest => made("Bearer ", Secret::new("test"), "test"),
        Auth::Quoted => made("Bearer ", Secret::new(format!("\"{text}\"")), "\"<the token>\""),
        Auth::Spaced => {
            let (head, tail) = text.split_at(text.len().saturating_sub(TAIL));
            made("Bearer ", Secret::new(format!("{head} {tail}")), "<the token with a space in it>")
        }
        Auth::Doubled => made("Bearer ", Secret::new(format!("{text}, {text}")), "<the token>, <the token>"),
        Auth::LongerScheme => bearer(valid, "Authorization", "BearerX "),
        Auth::PrecededScheme => bearer(valid, "Authorization", "XBearer "),
        Auth::SecondScheme => bearer(valid, "Authorization", "Basic Bearer "),
        Auth::Digest => made(
            "Digest ",
            Secret::new(
                "username=\"patchproof\", realm=\"x\", nonce=\"0\", uri=\"/\", response=\"6629fae49393a05397450978507c4ef1\"",
            ),
            "<made-up credentials>",
        ),
        Auth::Negotiate => {
            made("Negotiate ", Secret::new(STANDARD.encode("patchproof negotiates")), "<made-up credentials>")
        }
        Auth::Truncated => {
            let mut letters = text.chars();
            letters.next_back();
            made("Bearer ", Secret::new(letters.as_str()), "<the token without its last character>")
        }
        Auth::Extended => made("Bearer ", Secret::new(format!("{text}A")), "<the token with one more character>"),
        Auth::Padded => {
            let padding = padding(text);
            made("Bearer ", Secret::new(format!("{text}{padding}")), "<the token and an equals sign too many>")
        }
        Auth::Encoded => made("Bearer ", Secret::new(STANDARD.encode(text)), "<the token in base64>"),
        Auth::PercentEncoded => {
            let encoded: String = text.bytes().map(percent_encoding::percent_encode_byte).collect();
            made("Bearer ", Secret::new(encoded), "<the token, percent-encoded>")
        }
        Auth::Capitals => made("Bearer ", Secret::new(text.to_ascii_uppercase()), "<the token in capitals>"),
        Auth::SchemeAndColon => bearer(valid, "Authorization", "Bearer: "),
        Auth::SchemeAndEquals => bearer(valid, "Authorization", "Bearer="),
        Auth::Long => {
            let long: String = bindings.random_token().expose().chars().cycle().take(LONG).collect();
            made("Bearer ", Secret::new(long), "<a random token of 4200 characters>")
        }
        Auth::OtherCase => made("Bearer ", Secret::new(other_case(text)), "<the token in the other letter case>"),
        Auth::EmptyBearer => made("Bearer", Secret::new(""), ""),
        Auth::BareToken => bearer(valid, "Authorization", ""),
        Auth::Malformed => made("Bearer ", Secret::new("not a b64token, \"at all\""), "not a b64token, \"at all\""),
        Auth::Basic => made("Basic ", Secret::new(STANDARD.encode("patchproof:patchproof")), "<made-up credentials>"),
        Auth::BasicWithToken => {
            made("Basic ", Secret::new(STANDARD.encode(format!("patchproof:{text}"))), "<the token as a password>")
        }
        Auth::BasicWithTokenAsUser => {
            made("Basic ", Secret::new(STANDARD.encode(format!("{text}:"))), "<the token as a user without password>")
        }
        Auth::TokenScheme => bearer(valid, "Authorization", "Token "),
        Auth::Query | Auth::QueryBesideRandom => carried(valid, Carrier::Query(&["access_token"])),
        Auth::QueryOtherNames => carried(valid, Carrier::Query(OTHER_PARAMETERS)),
        Auth::Scoped => further(credentials.scoped.as_ref(), SCOPED_PLACEHOLDER),
        Auth::Personal => further(credentials.personal.as_ref(), PERSONAL_PLACEHOLDER),
        Auth::SecondTenant => further(credentials.second_tenant.as_ref(), SECOND_TENANT_PLACEHOLDER),
    }
}

/// Whether what is made of the valid token, or stands in its place, is that token again, or a legal spelling of it.
pub(in super::super) fn leaves_valid(token: &str, auth: Auth) -> bool {
    match auth {
        Auth::WordNull => token == "null",
        Auth::WordUndefined => token == "undefined",
        Auth::WordTest => token == "test",
        Auth::OtherCase => other_case(token) == token,
        Auth::Capitals => token.to_ascii_uppercase() == token,
        Auth::Swapped => swapped(token).expose() == token,
        // Who reads base64 may overlook what pads it, in the parts of a JWT as in a token that is padded already.
        Auth::Padded => token.ends_with('=') || token.split('.').count() > 2,
        // Several spaces may stand before a token (RFC 6750, section 2.1).
        Auth::Spaced => token.len() <= TAIL,
        _ => false,
    }
}

/// So many characters of a token stand behind the space that is put into it.
const TAIL: usize = 4;

/// More characters than tokens have: some servers keep them in a field of 4,096. Heads of that length pass everywhere.
const LONG: usize = 4200;

/// Equals signs that are no padding of a base64 text of this length.
fn padding(token: &str) -> &'static str {
    if token.len() % 4 == 3 { "==" } else { "=" }
}

pub(super) fn bearer(token: Option<Secret>, header: &str, prefix: &str) -> Option<Authorization> {
    carried(token, Carrier::Header(header.to_owned(), prefix.to_owned()))
}

/// The valid token, wherever it stands.
fn carried(token: Option<Secret>, carrier: Carrier) -> Option<Authorization> {
    token.map(|secret| Authorization { secret, carrier, shown: TOKEN_PLACEHOLDER.to_owned(), valid: true })
}

/// A further token, and the environment variable from which a curl line takes it.
fn further(token: Option<&Secret>, variable: &str) -> Option<Authorization> {
    token.map(|secret| made("Bearer ", secret.clone(), variable))
}

fn made(prefix: &str, secret: Secret, shown: &str) -> Authorization {
    let carrier = Carrier::Header("Authorization".to_owned(), prefix.to_owned());
    Authorization { secret, carrier, shown: shown.to_owned(), valid: false }
}

/// The token with the character at an octet changed to another one that a token may hold.
fn changed(token: &str, at: usize) -> Secret {
    let mut octets = token.as_bytes().to_vec();
    if let Some(octet) = octets.get_mut(at) {
        *octet = if *octet == b'A' { b'B' } else { b'A' };
    }
    Secret::new(String::from_utf8_lossy(&octets).into_owned())
}

/// The token with the first two neighbours that differ, from the middle on, in the other order.
fn swapped(token: &str) -> Secret {
    let mut octets = token.as_bytes().to_vec();
    let middle = octets.len() / 2;
    let found = (middle..octets.len().saturating_sub(1)).find(|&at| octets[at] != octets[at + 1]);
    if let Some(at) = found {
        octets.swap(at, at + 1);
    }
    Secret::new(String::from_utf8_lossy(&octets).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_near_miss_may_come_to_the_token_itself() {
        for (token, auth) in [
            ("test", Auth::WordTest),
            ("null", Auth::WordNull),
            ("1234-5678", Auth::OtherCase),
            ("aaaa", Auth::Swapped),
            ("abc", Auth::Spaced),
            ("e30.e30.c2ln", Auth::Padded),
            ("c2VjcmV0cw==", Auth::Padded),
        ] {
            assert!(leaves_valid(token, auth), "{token}: {auth:?}");
            assert!(!leaves_valid("a-token-0123456789", auth), "{auth:?}");
        }
        assert_eq!(["abc", "abcd", "abcde", "abcdef"].map(padding), ["==", "=", "=", "="]);
        assert!(!leaves_valid("test", Auth::Random) && !leaves_valid("test", Auth::Valid));
    }
}
