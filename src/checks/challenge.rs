//! Every 401 carries a Bearer challenge (RFC 9110, section 11.6.1; RFC 6750, section 3).

use http_auth::parser::ChallengeParser;

use super::scene::{Findings, Scene};
use super::{Check, LooksAt};
use crate::model::case::Auth;
use crate::model::finding::{Level, Place};
use crate::model::transcript::Role;

pub(super) const CHECK: Check = Check {
    name: "challenge",
    rule: "Every 401 has a WWW-Authenticate header with a valid challenge of scheme Bearer.",
    requirements: &["REQ-AUTH-003", "REQ-AUTH-004"],
    looks_at: LooksAt::EveryResponse,
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
    let mut bearer = None;
    let mut malformed = None;
    for line in &lines {
        for challenge in ChallengeParser::new(line) {
            match challenge {
                Ok(challenge) if challenge.scheme.eq_ignore_ascii_case("bearer") => {
                    bearer.get_or_insert(challenge);
                }
                Ok(_) => {}
                Err(error) => malformed = Some(error.to_string()),
            }
        }
    }
    let Some(bearer) = bearer else {
        let message = if malformed.is_some() {
            "WWW-Authenticate is not a list of challenges with one of scheme Bearer."
        } else {
            "No challenge of the 401 response has scheme Bearer."
        };
        return findings.add(scene.finding("REQ-AUTH-003", place(), message).expected("Bearer").actual(joined));
    };
    for once in ["realm", "scope"] {
        if bearer.params.iter().filter(|(name, _)| name.eq_ignore_ascii_case(once)).count() > 1 {
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
    let error = bearer
        .params
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("error"))
        .map(|(_, value)| value.to_unescaped());
    let wrong = match scene.step.request.auth {
        Auth::None => {
            error.as_deref().map(|_| "The challenge has an `error`, though the request carried no credentials.")
        }
        Auth::Random | Auth::NearMiss | Auth::Truncated | Auth::Extended
            if error.as_deref() != Some("invalid_token") =>
        {
            Some("The challenge does not say `error=\"invalid_token\"`, though the request carried an invalid token.")
        }
        _ => None,
    };
    if let Some(wrong) = wrong {
        findings.add(scene.finding("REQ-AUTH-004", place(), wrong).at_most(Level::Should).actual(joined));
    }
}
