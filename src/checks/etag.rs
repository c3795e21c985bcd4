//! `ETags`: legal, the same in header and body, and new for a new state (RFC 9110, section 8.8.3; OData 4.01, 8.3.2).

use serde_json::{Map, Value};

use super::scene::{Draft, Findings, Scene};
use super::{Check, Scope};
use crate::diff::{self, Against};
use crate::json::{annotation, first_token};
use crate::model::capability::Capability;
use crate::model::exchange::Response;
use crate::model::finding::Place;
use crate::model::transcript::Role;

pub(super) const SYNTAX: Check = Check {
    name: "etag",
    rule: "The 200 response has an ETag, of legal syntax, the same in the header, in @odata.etag and in a following GET.",
    requirements: &["REQ-COND-007"],
    scope: Scope::EveryResponse,
    run: syntax,
};

pub(super) const CHANGE: Check = Check {
    name: "etag-change",
    rule: "After a PATCH that changes a property the ETag differs from before.",
    requirements: &["REQ-COND-006"],
    scope: Scope::Steps,
    run: change,
};

/// The `ETag` of a job in a response: the header, else `@odata.etag`.
pub(super) fn of(response: &Response) -> Option<String> {
    response.header("etag").or_else(|| response.annotated_etag()).map(str::to_owned)
}

/// The content codings of an answer. Each makes another representation, which has a strong `ETag` of its own (RFC 9110,
/// section 8.8.3.3).
fn codings(response: &Response) -> Vec<&str> {
    let all = response.header_all("content-encoding").flat_map(|value| value.split(','));
    all.map(str::trim).filter(|coding| !coding.eq_ignore_ascii_case("identity")).collect()
}

/// Quoted string of etagc octets, optionally preceded by `W/`.
fn legal(tag: &str) -> bool {
    let opaque = tag.strip_prefix("W/").unwrap_or(tag);
    opaque.len() >= 2
        && opaque.starts_with('"')
        && opaque.ends_with('"')
        && opaque[1..opaque.len() - 1]
            .chars()
            .all(|c| c == '\u{21}' || ('\u{23}'..='\u{7e}').contains(&c) || c > '\u{7f}')
}

fn syntax(scene: &Scene<'_>, findings: &mut Findings) {
    let response = scene.response;
    if !response.is_success() || scene.entry.role == Role::Bystander {
        return;
    }
    let header = response.header("etag").map(str::trim);
    let body = response.annotated_etag();
    for (place, tag) in [(Place::Header("etag".to_owned()), header), (Place::Body("/@odata.etag".to_owned()), body)] {
        if let Some(tag) = tag.filter(|tag| !legal(tag)) {
            let draft = scene.finding("REQ-COND-007", place, "The ETag is not a quoted string.");
            findings.add(draft.expected("\"…\" or W/\"…\"").actual(tag));
        }
    }
    if let Some(other) = response.header_all("etag").map(str::trim).find(|other| Some(*other) != header) {
        let place = Place::Header("etag".to_owned());
        let draft = scene.finding("REQ-COND-007", place, "The response has two different ETags.");
        findings.add(draft.expected(header.unwrap_or_default()).actual(other));
    }
    annotated(scene, findings, header);
    if scene.is_entity() && scene.profile().has(Capability::Etag) {
        issued(scene, findings);
    }
}

/// `@odata.etag` is a string, and the one in the header where there is one.
fn annotated(scene: &Scene<'_>, findings: &mut Findings, header: Option<&str>) {
    let place = || Place::Body("/@odata.etag".to_owned());
    let annotated = scene.response.entity().and_then(|entity| annotation(entity.as_object()?, "etag"));
    if let Some(odd) = annotated.filter(|tag| !tag.is_string() && !tag.is_null()) {
        let draft = scene.finding("REQ-COND-007", place(), "@odata.etag is not a string.");
        findings.add(draft.expected("\"…\" or W/\"…\"").actual(odd.clone()));
    }
    // Of what a POST has made, the header may tell the representation in that answer alone.
    let shows_state = matches!(scene.exchange().request.method.as_str(), "PATCH" | "GET");
    if let (Some(header), Some(body)) = (header, scene.response.annotated_etag().filter(|_| shows_state))
        && header != body
        && codings(scene.response).is_empty()
    {
        let draft = scene.finding("REQ-COND-007", place(), "@odata.etag differs from the ETag header.");
        findings.add(draft.expected(header).actual(body));
    }
}

/// A target that issues `ETags` gives the entity one, and shows it in the read that follows.
fn issued(scene: &Scene<'_>, findings: &mut Findings) {
    // Without metadata @odata.etag is left out, and a target may have no other place for it.
    match of(scene.response) {
        // What was not read to its end may hold one.
        None if scene.declines_metadata() || scene.response.problem.is_some() => {}
        None => findings.add(scene.finding(
            "REQ-COND-007",
            Place::Header("etag".to_owned()),
            "The response to PATCH has no ETag, though the target issues ETags.",
        )),
        Some(tag) => following(scene, findings, &tag),
    }
}

/// The GET that follows has the same `ETag`.
fn following(scene: &Scene<'_>, findings: &mut Findings, tag: &str) {
    let Some((index, read)) = scene.read_after() else { return };
    let is_alike = |later: &&Response| later.status == 200 && codings(later) == codings(scene.response);
    let later =
        read.exchange.response().filter(is_alike).filter(|_| read.exchange.request.method == "GET").and_then(of);
    // Another tag is right where the read shows another job; that it does is told as such.
    let shows_another = || {
        let (Some(answered), Some(shown)) = (scene.entity(), read.exchange.job()) else { return false };
        let differs =
            |d: &diff::Difference| d.kind != diff::Kind::Order && !scene.profile().excuses(first_token(&d.pointer));
        diff::compare(diff::JOB, answered, shown, Against::SameState, false).iter().any(differs)
    };
    if let Some(later) = later.filter(|later| later != tag && !shows_another()) {
        findings.add(
            Draft::new(
                "REQ-COND-007",
                index,
                Place::Header("etag".to_owned()),
                "The ETag of the answer to PATCH differs from that of the GET that follows.",
            )
            .expected(tag)
            .actual(later),
        );
    }
}

/// What a 204 says of the state is to be as new as the state: the job is read afterwards, and has another `ETag`.
fn without_content(scene: &Scene<'_>, findings: &mut Findings, old: &str) {
    let Some((index, after)) = scene.read_after() else { return };
    let read = after.exchange.response().filter(|read| read.status == 200);
    if read.and_then(of).is_some_and(|tag| tag == old)
        && after.exchange.job().is_some_and(|job| has_changed(scene, job))
    {
        let place = Place::Header("etag".to_owned());
        let message = "The job has changed, and the read after the 204 shows the ETag of the state before.";
        let draft = Draft::new("REQ-COND-006", index, place, message);
        return findings.add(draft.expected("another ETag").actual(old));
    }
    let Some(tag) = scene.response.header("etag").filter(|tag| *tag == old) else { return };
    if let Some(new) = read.and_then(of).filter(|new| new != tag) {
        let place = Place::Header("etag".to_owned());
        let draft = scene.finding("REQ-COND-006", place, "The 204 has the ETag of the state before.");
        findings.add(draft.expected(new).actual(tag));
    }
}

/// Whether the job is shown in another state than before. What one of the two does not show at all is missing, not
/// changed, and another order of the details is another way to show them (REQ-ERR-004).
fn has_changed(scene: &Scene<'_>, shown: &Map<String, Value>) -> bool {
    let Some(before) = scene.before() else { return false };
    let in_both = |top: &str| before.contains_key(top) && shown.contains_key(top) && !scene.profile().excuses(top);
    let differs = |d: &diff::Difference| d.kind != diff::Kind::Order && in_both(first_token(&d.pointer));
    diff::compare(diff::JOB, before, shown, Against::SameState, true).iter().any(differs)
}

fn change(scene: &Scene<'_>, findings: &mut Findings) {
    if let (204, Some(old)) = (scene.response.status, &scene.entry.etag_before) {
        return without_content(scene, findings, old);
    }
    let (Some(entity), Some(old)) = (scene.entity(), &scene.entry.etag_before) else { return };
    if of(scene.response).as_ref() == Some(old) && has_changed(scene, entity) {
        findings.add(
            scene
                .finding("REQ-COND-006", Place::Header("etag".to_owned()), "The job has changed and its ETag has not.")
                .expected(format!("another one than {old}"))
                .actual(old.as_str()),
        );
    }
}
