//! Every 401 carries a Bearer challenge (RFC 9110, section 11.6.1; RFC 6750, section 3).

use super::challenge_list::{Challenge, challenges};
use super::scene::{Findings, Scene};
use super::{Check, Scope};
use crate::model::case::Auth;
use crate::model::finding::{Level, Place};
use crate::model::transcript::Role;

pub(super) const CHECK: Check = Check {
    name: "challenge",
    rule: "Every 401 has a WWW-Authenticate header with a valid challenge of scheme Bearer.",
    requirements: &["REQ-AUTH-003", "REQ-AUTH-004"],
    scope: Scope::EveryResponse,
    run,
};

fn run(scene: &Scene<'_>, findings: &mut Findings) {
    if scene.response.status != 401 {
        return;
    }
    let place = || Place::Header("www-authenticate".to_owned());
    let lines: Vec<&str> = scene.response.header_all("www-authenticate").collect();
    if lines.is_empty() {
        return findings.add(
            scene
                .finding("REQ-AUTH-003", place(), "The 401 response has no WWW-Authenticate header.")
                .expected("Bearer"),
        );
    }
    let joined = lines.join(", ");
    let listed: Vec<_> = lines.iter().flat_map(|line| challenges(line)).collect();
    let of_bearer = |one: &&Challenge| one.scheme.eq_ignore_ascii_case("bearer");
    let Some(bearer) = listed.iter().find(|one| of_bearer(one) && one.malformed.is_none()) else {
        let message = match listed.iter().find(of_bearer).or(listed.iter().find(|one| one.malformed.is_some())) {
            Some(Challenge { malformed: Some(why), .. }) => format!("The challenge is not well-formed: {why}."),
            _ => "No challenge of the 401 response has scheme Bearer.".to_owned(),
        };
        return findings.add(scene.finding("REQ-AUTH-003", place(), message).expected("Bearer").actual(joined));
    };
    for once in ["realm", "scope"] {
        if bearer.all(once).count() > 1 {
            findings.add(
                scene
                    .finding("REQ-AUTH-003", place(), format!("The Bearer challenge has `{once}` twice."))
                    .actual(joined.as_str()),
            );
        }
    }
    if scene.entry.role != Role::Step {
        return;
    }
    if let Some(wrong) = error_beside_credentials(scene, bearer.all("error").next()) {
        findings.add(scene.finding("REQ-AUTH-004", place(), wrong).at_most(Level::Should).actual(joined));
    }
}

/// REQ-AUTH-004: `error` says `invalid_token` of a token, and is not there without credentials.
fn error_beside_credentials(scene: &Scene<'_>, error: Option<&str>) -> Option<&'static str> {
    match scene.step.request.auth {
        Auth::None if scene.exchange().request.header("authorization").is_none() => {
            error.map(|_| "The challenge has an `error`, though the request carried no credentials.")
        }
        Auth::Random | Auth::NearMiss | Auth::FirstChanged | Auth::Truncated | Auth::Extended | Auth::Encoded
            if error != Some("invalid_token") =>
        {
            Some("The challenge does not say `error=\"invalid_token\"`, though the request carried an invalid token.")
        }
        _ => None,
    }
}
