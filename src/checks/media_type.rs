//! Content-Type is `application/json`, of entities as of errors (OData 4.01 Protocol, 8.1.1).
//!
//! Any parameter is legal, but a charset must be utf-8 (RFC 8259, section 8.1).

use super::scene::{Findings, Scene};
use super::{Check, Scope};
use crate::model::finding::Place;
use crate::model::transcript::Role;

pub(super) const CHECK: Check = Check {
    name: "media-type",
    rule: "A response with a body has Content-Type application/json; a charset, if present, is utf-8.",
    requirements: &["REQ-HDR-001", "REQ-ENV-003"],
    scope: Scope::EveryResponse,
    run,
};

pub(super) const ACCEPT_PATCH: Check = Check {
    name: "accept-patch",
    rule: "A 415 lists application/json in Accept-Patch, or in Accept.",
    requirements: &["REQ-MEDIA-004"],
    scope: Scope::Steps,
    run: accept_patch,
};

/// RFC 5789, section 2.2; `Accept` in its place is RFC 9110, section 12.5.1.
fn accept_patch(scene: &Scene<'_>, findings: &mut Findings) {
    let request = &scene.exchange().request;
    // What must be told is what else would be taken: nothing is said of a body without a media type (REQ-MEDIA-005), nor
    // of JSON that is refused for another reason, as an empty one may be (REQ-BODY-009).
    let foreign = request.header("content-type").is_some_and(|declared| !is_json(declared));
    if scene.response.status != 415 || request.method != "PATCH" || !foreign {
        return;
    }
    let listed: Vec<&str> =
        ["accept-patch", "accept"].iter().flat_map(|name| scene.response.header_all(name)).collect();
    if !listed.iter().flat_map(|line| line.split(',')).any(is_json) {
        let place = Place::Header("accept-patch".to_owned());
        let draft = scene
            .finding("REQ-MEDIA-004", place, "The 415 response does not list application/json in Accept-Patch.")
            .expected("application/json");
        findings.add(draft.actual_if((!listed.is_empty()).then(|| listed.join(", "))));
    }
}

/// Whether a media type is `application/json`, whatever its parameters.
pub(super) fn is_json(declared: &str) -> bool {
    declared.split(';').next().is_some_and(|essence| essence.trim().eq_ignore_ascii_case("application/json"))
}

/// The target said before that it takes PATCH content of the type that the request declares, other than JSON, so that it
/// is not tested with that type (REQ-MEDIA-003).
pub(super) fn is_supported(scene: &Scene<'_>) -> bool {
    let essence = |text: &str| text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let declared = scene.exchange().request.header("content-type").map(essence);
    let told = scene.transcript.entries[..scene.index].iter().filter_map(|entry| entry.exchange.response());
    let listed = told.flat_map(|response| response.header_all("accept-patch")).flat_map(|line| line.split(','));
    declared
        .filter(|declared| !is_json(declared))
        .is_some_and(|declared| listed.map(essence).any(|known| known == declared))
}

fn run(scene: &Scene<'_>, findings: &mut Findings) {
    let response = scene.response;
    let requirement = match response.status {
        200 if scene.is_entity() => "REQ-HDR-001",
        400.. if !super::envelope::exempt(scene) && !response.body.is_empty() => "REQ-ENV-003",
        _ => return,
    };
    if scene.entry.role == Role::Bystander {
        return;
    }
    let place = Place::Header("content-type".to_owned());
    let mut values = response.header_all("content-type");
    let Some(value) = values.next() else {
        return findings
            .add(scene.finding(requirement, place, "The response has no Content-Type.").expected("application/json"));
    };
    if let Some(other) = values.find(|other| *other != value) {
        let draft = scene.finding(requirement, place, "The response has two different Content-Types.");
        return findings.add(draft.expected("application/json").actual(format!("{value}, {other}")));
    }
    // White space is legal on both sides of the semicolon (RFC 9110, section 5.6.6).
    if !is_json(value) {
        return findings.add(
            scene
                .finding(requirement, place, "The media type is not application/json.")
                .expected("application/json")
                .actual(value),
        );
    }
    let parameters = value.split(';').skip(1).map(str::trim);
    let mut charsets =
        parameters.filter_map(|part| part.split_once('=')).filter(|(name, _)| name.eq_ignore_ascii_case("charset"));
    if charsets.any(|(_, charset)| !charset.trim_matches('"').eq_ignore_ascii_case("utf-8")) {
        findings.add(
            scene
                .finding(requirement, place, "The charset is not utf-8.")
                .expected("charset=utf-8, or none")
                .actual(value),
        );
    }
}
