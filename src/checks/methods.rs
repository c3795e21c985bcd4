//! A 405 has Allow, and Allow on a job URL lists PATCH (RFC 9110, sections 10.2.1 and 15.5.6).

use super::scene::{Findings, Scene};
use super::{Check, LooksAt};
use crate::model::case::Address;
use crate::model::finding::Place;
use crate::model::transcript::Role;

pub(super) const CHECK: Check = Check {
    name: "allow",
    rule: "Every 405 has an Allow header, and an Allow header on a job URL lists PATCH.",
    requirements: &["REQ-METHOD-001"],
    looks_at: LooksAt::EveryResponse,
    run,
};

fn run(scene: &Scene<'_>, findings: &mut Findings) {
    let place = || Place::Header("allow".to_owned());
    let allow: Vec<&str> = scene.response.header_all("allow").collect();
    if allow.is_empty() {
        if scene.response.status == 405 {
            findings.add(
                scene.finding("REQ-METHOD-001", place(), "The 405 response has no Allow header.").expected("PATCH, …"),
            );
        }
        return;
    }
    let on_a_job = match scene.entry.role {
        Role::Step => matches!(scene.step.request.to, Address::Job | Address::SecondJob | Address::DerivedJob),
        Role::ReadBefore | Role::ReadAfter => true,
        _ => false,
    };
    let listed = allow.iter().flat_map(|line| line.split(',')).any(|method| method.trim() == "PATCH");
    if on_a_job && !listed {
        findings.add(
            scene
                .finding("REQ-METHOD-001", place(), "Allow on a job URL does not list PATCH.")
                .expected("PATCH")
                .actual(allow.join(", ")),
        );
    }
}
