//! Content-Type is `application/json`, of entities as of errors (OData 4.01 Protocol, 8.1.1).
//!
//! Any parameter is legal, but a charset must be utf-8 (RFC 8259, section 8.1).

use super::scene::{Findings, Scene};
use super::{Check, LooksAt};
use crate::model::finding::Place;
use crate::model::transcript::Role;

pub(super) const CHECK: Check = Check {
    name: "media-type",
    rule: "A response with a body has Content-Type application/json; a charset, if present, is utf-8.",
    requirements: &["REQ-HDR-001", "REQ-ENV-003"],
    looks_at: LooksAt::EveryResponse,
    run,
};

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
    let Ok(media) = value.trim().parse::<mime::Mime>() else {
        return findings.add(
            scene
                .finding(requirement, place, "Content-Type is not a media type.")
                .expected("application/json")
                .actual(value),
        );
    };
    if !media.essence_str().eq_ignore_ascii_case("application/json") {
        return findings.add(
            scene
                .finding(requirement, place, "The media type is not application/json.")
                .expected("application/json")
                .actual(value),
        );
    }
    if let Some(charset) = media.get_param(mime::CHARSET)
        && !charset.as_str().eq_ignore_ascii_case("utf-8")
    {
        findings.add(scene.finding(requirement, place, "The charset is not utf-8.").expected("utf-8").actual(value));
    }
}
