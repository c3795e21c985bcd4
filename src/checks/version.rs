//! OData-Version is there and within what the client asked for (OData 4.01 Protocol, 8.1.5 and 8.2.7).

use super::scene::{Findings, Scene};
use super::{Check, Scope};
use crate::model::case::Address;
use crate::model::finding::{Level, Place};

pub(super) const CHECK: Check = Check {
    name: "odata-version",
    rule: "A 200 response has OData-Version 4.0 or 4.01, and every response 4.0 where OData-MaxVersion says so.",
    requirements: &["REQ-HDR-002", "REQ-HDR-003"],
    scope: Scope::Steps,
    run,
};

fn run(scene: &Scene<'_>, findings: &mut Findings) {
    within_what_was_asked(scene, findings);
    let entity = scene.is_entity();
    // The sentence speaks of any 200, and the contract of updates: what a read lacks is a warning.
    let read = scene.response.status == 200
        && scene.exchange().request.method == "GET"
        && scene.step.request.to != Address::Collection;
    let error = scene.response.status >= 400 && !super::envelope::exempt(scene);
    if !entity && !read && !error {
        return;
    }
    let place = || Place::Header("odata-version".to_owned());
    let level = if entity { Level::Must } else { Level::Should };
    let version = scene.response.header("odata-version").map(str::trim);
    match version {
        None => findings.add(
            scene
                .finding("REQ-HDR-002", place(), "The response has no OData-Version.")
                .at_most(level)
                .expected("4.0 or 4.01"),
        ),
        Some("4.0" | "4.01") => {}
        Some(other) => findings.add(
            scene
                .finding("REQ-HDR-002", place(), "OData-Version is neither 4.0 nor 4.01.")
                .at_most(level)
                .expected("4.0 or 4.01")
                .actual(other),
        ),
    }
    if let Some(other) = scene.response.header_all("odata-version").map(str::trim).find(|other| Some(*other) != version)
    {
        findings.add(
            scene
                .finding("REQ-HDR-002", place(), "The response has two different OData-Versions.")
                .at_most(level)
                .actual(format!("{}, {other}", version.unwrap_or_default())),
        );
    }
}

/// Whatever the answer is, the API made it for a client that wants this version.
fn within_what_was_asked(scene: &Scene<'_>, findings: &mut Findings) {
    if scene.exchange().request.header("odata-maxversion") != Some("4.0") {
        return;
    }
    let versions = scene.response.header_all("odata-version").map(str::trim);
    if let Some(version) = versions.into_iter().find(|version| *version == "4.01") {
        findings.add(
            scene
                .finding(
                    "REQ-HDR-003",
                    Place::Header("odata-version".to_owned()),
                    "OData-Version exceeds the OData-MaxVersion of the request.",
                )
                .expected("4.0")
                .actual(version),
        );
    }
}
