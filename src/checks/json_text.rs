//! Every JSON response is one well-formed JSON text in UTF-8 without a byte order mark (RFC 8259, sections 2 and 8.1).

use super::attribution::{Kind, instead};
use super::scene::{Findings, Scene};
use super::{Check, Scope};
use crate::json::JsonDefect;
use crate::model::finding::{Level, Place};

pub(super) const CHECK: Check = Check {
    name: "json-text",
    rule: "A JSON response is exactly one well-formed JSON text in UTF-8 without a byte order mark.",
    requirements: &["REQ-RESP-002", "REQ-STATUS-001"],
    scope: Scope::EveryResponse,
    run,
};

fn run(scene: &Scene<'_>, findings: &mut Findings) {
    let response = scene.response;
    if response.problem.is_some() || response.status == 204 || scene.exchange().request.method == "HEAD" {
        return;
    }
    if response.body.is_empty() {
        if scene.is_entity() {
            let place = Place::Body(String::new());
            let requirement = instead(Kind::OtherSuccess, scene.primary()).unwrap_or("REQ-STATUS-001");
            findings
                .add(scene.finding(requirement, place, "The 200 response has no body.").expected("the updated job"));
        }
        return;
    }
    // What says that it is something else is judged by its media type, and so is text that says nothing.
    let says_json = match response.header("content-type") {
        Some(value) => {
            let essence = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
            essence.ends_with("/json") || essence.ends_with("+json")
        }
        None => response.is_success() || response.body.trim_ascii_start().starts_with(b"{"),
    };
    if !says_json && !scene.is_entity() {
        return;
    }
    for defect in &response.parsed().defects {
        let (place, level) = match defect {
            JsonDefect::DuplicateMember(pointer) => (Place::Body(pointer.clone()), Level::Should),
            _ => (Place::Body(String::new()), Level::Must),
        };
        let draft = scene.finding("REQ-RESP-002", place, sentence(&defect.to_string())).at_most(level);
        findings.add(match defect {
            JsonDefect::Malformed(_, around) => draft.actual(around.as_str()),
            _ => draft,
        });
    }
}

/// With a capital and a full stop.
fn sentence(fragment: &str) -> String {
    let mut letters = fragment.chars();
    letters.next().map_or_else(String::new, |first| format!("{}{}.", first.to_uppercase(), letters.as_str()))
}
