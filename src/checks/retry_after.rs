//! Retry-After is a number of seconds or an HTTP-date (RFC 9110, section 10.2.3).

use super::scene::{Findings, Scene};
use super::{Check, Scope};
use crate::model::capability::Capability;
use crate::model::finding::Place;

pub(super) const CHECK: Check = Check {
    name: "retry-after",
    rule: "Retry-After, wherever present, is a non-negative decimal integer or an HTTP-date; a 429 has one.",
    requirements: &["REQ-THROT-003", "REQ-THROT-002"],
    scope: Scope::EveryAnswer,
    run,
};

fn run(scene: &Scene<'_>, findings: &mut Findings) {
    let place = || Place::Header("retry-after".to_owned());
    let Some(value) = scene.response.header("retry-after") else {
        // The requirement needs the capability: of what was not declared to throttle nothing is asked.
        if scene.response.status == 429 && scene.profile().has(Capability::Throttle) {
            findings.add(scene.finding("REQ-THROT-002", place(), "The 429 response has no Retry-After header."));
        }
        return;
    };
    let value = value.trim();
    let seconds = !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit());
    if !seconds && httpdate::parse_http_date(value).is_err() {
        findings.add(
            scene
                .finding("REQ-THROT-003", place(), "Retry-After is neither a number of seconds nor an HTTP-date.")
                .expected("120, or Fri, 31 Dec 1999 23:59:59 GMT")
                .actual(value),
        );
    }
}
