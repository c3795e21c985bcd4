//! The status line is one of those that the case expects; a server error is never right.

mod wording;

use super::attribution::{Kind, instead};
use super::scene::{Findings, Scene};
use super::{Check, Scope, media_type};
use crate::diff::JOB;
use crate::model::capability::Capability;
use crate::model::case::{Address, Auth, Content, GeneratedBody};
use crate::model::exchange::{BodyProblem, Response};
use crate::model::finding::{Level, Place};
use crate::model::status::is_transient;
use crate::model::transcript::{Entry, Role, Transcript};

pub(super) const CHECK: Check = Check {
    name: "status",
    rule: "The status is one that the case expects, and never a server error.",
    requirements: &[
        "REQ-STATUS-001",
        "REQ-STATUS-002",
        "REQ-PATH-001",
        "REQ-PATH-003",
        "REQ-AUTH-001",
        "REQ-IDEMP-002",
        "REQ-MERGE-002",
        "REQ-SEC-005",
        "REQ-SEC-006",
    ],
    scope: Scope::Steps,
    run,
};

pub(super) const READS: Check = Check {
    name: "failed-reads",
    rule: "No read of a job is answered with a server error.",
    requirements: &["REQ-STATUS-002"],
    scope: Scope::EveryResponse,
    run: reads,
};

/// REQ-STATUS-002 is tested on every exchange of the run, also on those that only learn how a job is.
fn reads(scene: &Scene<'_>, findings: &mut Findings) {
    let status = scene.response.status;
    let told = scene.entry.role == Role::Step && (scene.expected.is_none() || scene.exchange().request.method != "GET");
    if is_failure(status) && !told && !matches!(scene.entry.role, Role::Writer(_)) {
        let steps = scene.transcript.of_step(scene.entry.step).filter(|(_, entry)| entry.role == Role::Step);
        let led = steps.take_while(|(index, _)| *index < scene.index).last();
        let led = led.and_then(|(_, entry)| entry.exchange.status()).filter(|_| scene.entry.role == Role::ReadAfter);
        let what = if lists(scene) { "A list of jobs" } else { "A read of the job" };
        let message = match led {
            Some(led) => format!("{what} is answered with server error {status}, after a request answered with {led}."),
            None => format!("{what} is answered with server error {status}."),
        };
        findings.add(scene.finding("REQ-STATUS-002", Place::Status, message).actual(status.to_string()));
    }
}

fn lists(scene: &Scene<'_>) -> bool {
    scene.entry.role == Role::Step && scene.step.request.to == Address::Collection
}

/// A server error that no gateway, no limit and no method that is not known accounts for.
fn is_failure(status: u16) -> bool {
    matches!(status, 500 | 505..=599)
}

fn run(scene: &Scene<'_>, findings: &mut Findings) {
    let status = scene.response.status;
    if scene.entry.role != Role::Step && is_transient(status) && scene.expected.is_none() {
        return;
    }
    if let Some(expected) = scene.expected {
        let (requirement, whose) = match scene.step.request.to {
            Address::UnknownJob | Address::Id(_) if expected.grade.is_none() => ("REQ-PATH-003", "An unknown job"),
            Address::ForeignJob => ("REQ-SEC-005", "A job of another tenant"),
            _ => ("", ""),
        };
        let patched = scene.exchange().request.method == "PATCH" && scene.step.request.auth == Auth::Valid;
        if status == 412 && !whose.is_empty() && patched && unconditional(scene) {
            let message = format!("{whose} is refused with 412, though the request has no precondition.");
            let draft = scene.finding(requirement, Place::Status, message).at_most(Level::Should);
            return findings.add(draft.expected("404").actual("412"));
        }
        if expected.skip.is_some() && is_failure(status) {
            let message = format!("The {} is answered with server error {status}.", scene.exchange().request.method);
            return findings.add(scene.finding("REQ-STATUS-002", Place::Status, message).actual(status.to_string()));
        }
        if let Some(level) = expected.grade {
            let requirement = expected.requirement.as_deref().unwrap_or_else(|| scene.primary());
            // What is supported is not tested, and other content than that type has may be refused as bad.
            if is_supported(scene) {
                return;
            }
            let why = expected.because.clone().unwrap_or_else(|| "This answer is only tolerated.".to_owned());
            findings.add(scene.finding(requirement, Place::Status, why).at_most(level).actual(status.to_string()));
        }
        return;
    }
    if unjudged(scene.transcript, scene.entry, scene.response).is_some() {
        return;
    }
    if created(scene) {
        return;
    }
    if refused_from_null(scene) {
        let message = "A part of an error is refused for a job whose error is null.";
        let draft = scene.finding("REQ-MERGE-002", Place::Status, message).at_most(Level::Should);
        return findings.add(draft.expected("200").actual(status.to_string()));
    }
    if refused_undeclared(scene) {
        let message = format!("The job as it was read is refused; beyond the model it has {}.", beyond(scene));
        let draft = scene.finding("REQ-IDEMP-002", Place::Status, message).at_most(Level::Should);
        return findings.add(draft.expected("200").actual(status.to_string()));
    }
    if matches!(status, 200 | 204) && is_supported(scene) {
        return;
    }
    let (requirement, message) = unexpected(scene);
    let draft = scene.finding(requirement, Place::Status, message);
    findings.add(draft.expected(scene.step.expect.statuses()).actual(status.to_string()));
}

/// The requirement that a status breaks which the case does not expect, and a sentence about it.
fn unexpected<'a>(scene: &Scene<'a>) -> (&'a str, String) {
    let status = scene.response.status;
    let success = scene.step.expect.wants_success();
    // A request that may be refused or performed is performed as any other.
    let updated = success || (scene.exchange().request.method == "PATCH" && scene.step.expect.matching(200).is_some());
    let primary = scene.primary();
    match status {
        500..=599 => ("REQ-STATUS-002", format!("The request is answered with server error {status}.")),
        200..=299 if updated => match instead(Kind::OtherSuccess, primary) {
            Some(preference) => (preference, format!("The preference is answered with {status}.")),
            None => (
                "REQ-STATUS-001",
                format!(
                    "A successful PATCH is answered with {status} instead of 200 and the updated job{}.",
                    wording::range(scene)
                ),
            ),
        },
        200..=299 => (
            instead(Kind::Accepted, primary).unwrap_or(primary),
            wording::resolved(scene).unwrap_or_else(|| {
                format!("A request that must be refused is answered with {status}{}.", wording::precondition(scene))
            }),
        ),
        304 if updated => (
            "REQ-STATUS-001",
            "The PATCH is answered with 304, which answers conditional reads alone (RFC 9110, section 15.4.5)."
                .to_owned(),
        ),
        300..=399 => (primary, format!("The request is redirected with {status} instead of being answered.")),
        428 if success && !scene.profile().has(Capability::EtagRequired) => (
            primary,
            "A valid request without If-Match is refused with 428; a target that requires it is declared with the \
             capability etag-required."
                .to_owned(),
        ),
        412 if success && unconditional(scene) && wording::names_a_tag(scene) => (
            primary,
            "A valid request without If-Match is refused with 412; the `@odata.etag` in its body is no condition."
                .to_owned(),
        ),
        412 if success && unconditional(scene) => (
            primary,
            "A valid request without If-Match is refused with 412; a target that requires it is declared with the \
             capability etag-required."
                .to_owned(),
        ),
        _ if success => {
            (instead(Kind::Refused, primary).unwrap_or(primary), format!("A valid request is refused with {status}."))
        }
        _ => {
            let who = match scene.exchange().request.method.as_str() {
                "PATCH" => "request",
                method => method,
            };
            (primary, format!("The {who} is refused with {status} instead of {}.", scene.step.expect.statuses()))
        }
    }
}

/// A job was made under an odd id, which a target that declares `upsert` may do (REQ-PATH-002): it addresses no other.
fn created(scene: &Scene<'_>) -> bool {
    scene.response.status == 201
        && scene.profile().has(Capability::Upsert)
        && scene.primary() == "REQ-SEC-004"
        && matches!(scene.step.request.to, Address::Id(_))
}

/// The request is refused for its media type alone, and the target has said that it takes that type.
fn is_supported(scene: &Scene<'_>) -> bool {
    scene.step.expect.names(415) && scene.step.request.auth == Auth::Valid && media_type::is_supported(scene)
}

/// The request has no precondition, and the target is not known to demand one.
fn unconditional(scene: &Scene<'_>) -> bool {
    let has = |name: &str| scene.exchange().request.header(name).is_some();
    !scene.profile().has(Capability::EtagRequired)
        && !["if-match", "if-none-match", "if-unmodified-since"].iter().any(|name| has(name))
}

/// A part of `error` was sent to a job whose error is null: a 4xx is a warning (REQ-MERGE-002).
fn refused_from_null(scene: &Scene<'_>) -> bool {
    let (Some(sent), Some(before)) = (scene.sent(), scene.before()) else { return false };
    let status = scene.response.status;
    // What is refused for its content is not refused for its condition.
    let for_content = matches!(status, 400 | 422) && scene.step.expect.matching(412).is_some();
    (400..500).contains(&status)
        && (scene.step.expect.wants_success() || for_content)
        && before.get("error").is_none_or(serde_json::Value::is_null)
        && crate::diff::is_part_of_error(sent)
}

/// The members beyond those of a job that the request names.
fn beyond(scene: &Scene<'_>) -> String {
    let sent = scene.exchange().request.json.as_deref().and_then(serde_json::Value::as_object);
    let declared = |name: &str| name == "id" || name.contains('@') || JOB.iter().any(|(known, _)| *known == name);
    let names = sent.into_iter().flat_map(serde_json::Map::keys).filter(|name| !declared(name));
    let mut names: Vec<&str> = names.take(5).map(String::as_str).collect();
    let error = sent.and_then(|sent| sent.get("error"));
    let in_error = error.is_some_and(|error| crate::diff::has_undeclared(&serde_json::json!({ "error": error })));
    if in_error {
        // The derived types declare it, so it is not what a job is refused for where there is something else.
        names.retain(|name| *name != "result");
    }
    if names.is_empty() {
        return "members of its error that the type does not declare".to_owned();
    }
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// A job that was written back as read, with undeclared members that a server may refuse (REQ-UNK-001, REQ-UNK-003).
fn refused_undeclared(scene: &Scene<'_>) -> bool {
    (400..500).contains(&scene.response.status)
        && scene.step.request.content == Some(Content::Generated(GeneratedBody::LastRead))
        && scene.exchange().request.json.as_deref().is_some_and(crate::diff::has_undeclared)
}

/// Why a response allows no judgement: throttled, or the service or a gateway is down.
pub(super) fn unjudged(transcript: &Transcript, entry: &Entry, response: &Response) -> Option<String> {
    let lists = transcript.case.steps[entry.step].request.to == Address::Collection && entry.role == Role::Step;
    if lists && response.status == 200 && matches!(response.problem, Some(BodyProblem::TooLarge(_))) {
        return Some("the list of jobs is longer than what is read of an answer (body-limit)".to_owned());
    }
    let expect = &transcript.case.steps[entry.step].expect;
    let case_step = matches!(entry.role, Role::Step | Role::Writer(_));
    if case_step && expect.matching(response.status).is_some() {
        return None;
    }
    // A writer or reader of a race that was turned away saw and changed nothing; the others still bear witness.
    if matches!(entry.role, Role::Writer(_) | Role::Reader | Role::Bystander) && is_transient(response.status) {
        return None;
    }
    match response.status {
        429 => Some("the target throttles: 429 until the retries ran out".to_owned()),
        status @ 502..=504 => Some(format!("the service or a gateway in front of it is down: {status}")),
        _ => None,
    }
}

/// Whether the answer is that of a limit or of a gateway, which the case does not ask about: whoever gave it, its form
/// says nothing about the operation. Whether it gives the token away or says when to come again is its own affair.
pub(super) fn turns_away(transcript: &Transcript, entry: &Entry, response: &Response) -> bool {
    let case = &transcript.case;
    let asked = entry.role == Role::Step && case.steps[entry.step].expect.names(response.status);
    is_transient(response.status) && !asked && !case.needs.contains(&Capability::Throttle)
}
