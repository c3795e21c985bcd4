//! Methods other than PATCH: what 405 and OPTIONS announce, and that PUT is no PATCH.
//!
//! RFC 9110, sections 9.3.7, 10.2.1 and 15.5.6; RFC 5789, section 3.1; OData 4.01 Protocol, 11.4.3.

use serde_json::{Map, Value};

use super::scene::{Draft, Findings, Scene};
use super::{Check, Scope};
use crate::diff::{self, Against, MemberType};
use crate::model::case::Address;
use crate::model::finding::Place;
use crate::model::transcript::Role;

pub(super) const CHECK: Check = Check {
    name: "allow",
    rule: "Every 405 has an Allow header, and an Allow header on a job URL lists PATCH.",
    requirements: &["REQ-METHOD-001"],
    scope: Scope::EveryResponse,
    run,
};

pub(super) const OPTIONS: Check = Check {
    name: "options",
    rule: "A successful OPTIONS on a job URL lists PATCH in Allow and application/json in Accept-Patch.",
    requirements: &["REQ-METHOD-005"],
    scope: Scope::Steps,
    run: options,
};

pub(super) const PUT: Check = Check {
    name: "put",
    rule: "A PUT that is not refused replaces all updatable properties.",
    requirements: &["REQ-METHOD-003"],
    scope: Scope::Steps,
    run: put,
};

fn run(scene: &Scene<'_>, findings: &mut Findings) {
    let place = || Place::Header("allow".to_owned());
    let allow: Vec<&str> = scene.response.header_all("allow").collect();
    let on_a_job = match scene.entry.role {
        Role::Step => matches!(scene.step.request.to, Address::Job | Address::SecondJob | Address::DerivedJob),
        Role::ReadBefore | Role::ReadAfter => true,
        _ => false,
    };
    if allow.is_empty() {
        // Gateways refuse TRACE in the place of whoever stands behind them.
        let of_a_gateway = scene.exchange().request.method == "TRACE" && scene.response.json().is_none();
        if scene.response.status == 405 && !of_a_gateway {
            findings.add(
                scene
                    .finding("REQ-METHOD-001", place(), "The 405 response has no Allow header.")
                    .expected(if on_a_job { "PATCH, …" } else { "the methods that the URL allows" }),
            );
        }
        return;
    }
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

fn options(scene: &Scene<'_>, findings: &mut Findings) {
    let response = scene.response;
    if scene.exchange().request.method != "OPTIONS" || !response.is_success() {
        return;
    }
    // An answer that speaks of CORS alone is legal.
    let cors_only = response.headers.iter().any(|(name, _)| name.to_ascii_lowercase().starts_with("access-control-"))
        && response.header("allow").is_none();
    if cors_only {
        return;
    }
    if response.header("allow").is_none() {
        let draft =
            scene.finding("REQ-METHOD-005", Place::Header("allow".to_owned()), "The OPTIONS response has no Allow.");
        findings.add(draft.expected("a list with PATCH"));
    }
    let types: Vec<&str> = response.header_all("accept-patch").collect();
    let json = super::media_type::is_json;
    if !types.iter().flat_map(|line| line.split(',')).any(json) {
        let place = Place::Header("accept-patch".to_owned());
        let draft = scene
            .finding("REQ-METHOD-005", place, "Accept-Patch of the OPTIONS response does not list application/json.")
            .expected("application/json");
        findings.add(draft.actual_if((!types.is_empty()).then(|| types.join(", "))));
    }
}

/// Treating PUT as PATCH fails: a property that the PUT did not name and that was set must not have kept its value.
fn put(scene: &Scene<'_>, findings: &mut Findings) {
    if scene.exchange().request.method != "PUT" || !scene.response.is_success() {
        return;
    }
    let (Some(sent), Some(before), Some((index, read))) = (scene.sent(), scene.before(), scene.read_after()) else {
        return;
    };
    let Some(after) = read.exchange.job() else { return };
    let told = |pointer: String, message: &str| Draft::new("REQ-METHOD-003", index, Place::Job(pointer), message);
    if let Some(kept) = kept(diff::JOB, sent, before, after, "", scene) {
        let message = "The PUT does not name the property, and it has kept its value: PUT is treated as PATCH.";
        return findings.add(told(kept, message).expected("null, or a default"));
    }
    let updatable = diff::JOB.iter().filter(|(name, _)| !scene.profile().excuses(name));
    for (name, kind) in updatable {
        let Some(value) = sent.get(*name).filter(|_| *name != "id") else { continue };
        if !diff::equal(*kind, Some(value), after.get(*name), Against::Sent) {
            let draft =
                told(format!("/{name}"), "The PUT was accepted, and the property has another value than it names.");
            return findings.add(draft.expected(value.clone()).actual_if(after.get(*name).cloned()));
        }
    }
}

/// Pointer of the first property that was set, is not named by the PUT, and is as before. The time of creation is left
/// out: a default for it may well be the old one.
fn kept(
    form: &[(&str, MemberType)],
    sent: &Map<String, Value>,
    before: &Map<String, Value>,
    after: &Map<String, Value>,
    at: &str,
    scene: &Scene<'_>,
) -> Option<String> {
    form.iter().filter(|(name, _)| *name != "creationDateTime" && !scene.profile().excuses(name)).find_map(
        |(name, form)| {
            let (old, new) = (before.get(*name)?, after.get(*name)?);
            let here = format!("{at}/{name}");
            match (form, sent.get(*name), old, new) {
                (MemberType::Complex(form), Some(Value::Object(sent)), Value::Object(old), Value::Object(new)) => {
                    kept(form, sent, old, new, &here, scene)
                }
                (_, None, Value::Null, _) => None,
                (_, None, Value::Array(old), _) if old.is_empty() => None,
                (form, None, old, new) => diff::equal(*form, Some(old), Some(new), Against::SameState).then_some(here),
                _ => None,
            }
        },
    )
}
