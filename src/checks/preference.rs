//! Preference-Applied tells the truth (RFC 7240, section 3).

use super::scene::{Findings, Scene};
use super::{Check, Scope};
use crate::model::finding::{Level, Place};

pub(super) const CHECK: Check = Check {
    name: "preference-applied",
    rule: "Preference-Applied does not claim return=minimal beside a 200 body.",
    requirements: &["REQ-PREF-001"],
    scope: Scope::Steps,
    run,
};

fn run(scene: &Scene<'_>, findings: &mut Findings) {
    let claims = scene
        .response
        .header_all("preference-applied")
        .any(|value| value.split(',').any(|one| one.replace([' ', '"'], "").eq_ignore_ascii_case("return=minimal")));
    if claims && scene.response.status == 200 && !scene.response.body.is_empty() {
        let place = Place::Header("preference-applied".to_owned());
        findings.add(
            scene
                .finding("REQ-PREF-001", place, "Preference-Applied claims return=minimal beside a body.")
                .at_most(Level::Should)
                .actual("return=minimal"),
        );
    }
}
