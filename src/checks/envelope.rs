//! Errors come in the OData error envelope (OData JSON 4.01, section 21.1).
//!
//! [`exempt`] holds what the contract leaves out: answers of the HTTP layer to broken framing.

use serde_json::{Map, Value};

use super::scene::{Draft, Findings, Scene};
use super::{Check, Scope};
use crate::contract::schemas::{Problem, Resource, Violation, violations};
use crate::instant::Instant;
use crate::model::capability::Capability;
use crate::model::exchange::SentRequest;
use crate::model::expect::{BodySchema, JsonType};
use crate::model::finding::{Level, Place};

pub(super) const SHAPE: Check = Check {
    name: "envelope",
    rule: "An error response is one object with `error`, which has a non-empty code and message.",
    requirements: &["REQ-ENV-001", "REQ-ENV-002", "REQ-ENV-004"],
    scope: Scope::EveryResponse,
    run: shape,
};

pub(super) const ADVICE: Check = Check {
    name: "envelope-advice",
    rule: "The inner error identifies the request, and the code follows the status.",
    requirements: &["REQ-ENV-005", "REQ-ENV-006"],
    scope: Scope::Steps,
    run: advice,
};

/// The answer is that of the HTTP layer or of a gateway to something that never reached the API. Where it has `error` at
/// its root, the API wrote it after all: throttling answers with an empty message are known of deployed services. So it
/// did where the answer has an OData-Version, which no layer below knows of.
pub(super) fn exempt(scene: &Scene<'_>) -> bool {
    let schema = scene.expected.and_then(|expect| expect.schema);
    let method = scene.exchange().request.method.as_str();
    // Where the target itself declares that it throttles, a 429 is its own.
    let own = scene.response.status == 429 && scene.transcript.case.needs.contains(&Capability::Throttle);
    let layers_below = !own && matches!(scene.response.status, 407 | 408 | 411 | 413 | 414 | 429 | 431 | 501..=505);
    let is_of_api = || {
        scene.response.header("odata-version").is_some()
            || scene.response.json().and_then(|root| root.get("error")).is_some_and(Value::is_object)
    };
    !is_asked_for(scene)
        && (scene.step.request.wire.is_cut_off()
            || method == "HEAD"
            || if layers_below { !is_of_api() } else { schema == Some(BodySchema::None) }
            || (refusable_below(&scene.exchange().request) && !is_of_api()))
}

/// The case wants the envelope, whatever the status.
fn is_asked_for(scene: &Scene<'_>) -> bool {
    scene.expected.is_some_and(|expect| expect.schema == Some(BodySchema::OdataError))
}

/// Methods that are registered and that every HTTP library knows (RFC 9110, section 9, and RFC 5789).
const METHODS: [&str; 9] = ["CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"];

/// Escapes that many servers refuse in a path: a slash, a backslash and NUL (RFC 3986, section 7.3).
const SEPARATORS: [&str; 3] = ["%2f", "%5c", "%00"];

/// The request is none that the HTTP layer has to hand on: its target is no URI (RFC 3986, section 2.1) or hides a
/// separator, it has a field twice that servers and gateways want once (RFC 9110, section 5.3), or its method is not
/// registered. Common libraries and gateways refuse these before the API sees them.
pub(super) fn refusable_below(request: &SentRequest) -> bool {
    let hex = |octet: Option<&u8>| octet.is_some_and(u8::is_ascii_hexdigit);
    let path = request.path().split('?').next().unwrap_or_default().to_ascii_lowercase();
    let target = request.path().as_bytes();
    let escape = |at: usize| target[at] != b'%' || hex(target.get(at + 1)) && hex(target.get(at + 2));
    let twice = |field: &str| request.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case(field)).count() > 1;
    !(0..target.len()).all(escape)
        || SEPARATORS.iter().any(|separator| path.contains(separator))
        || ["authorization", "content-type", "host", "if-match"].into_iter().any(twice)
        || !METHODS.contains(&request.method.as_str())
}

fn shape(scene: &Scene<'_>, findings: &mut Findings) {
    let response = scene.response;
    if response.status < 400 && !is_asked_for(scene) || exempt(scene) || response.problem.is_some() {
        return;
    }
    if let Some(draft) = no_envelope(scene) {
        return findings.add(draft);
    }
    if let Some(root) = response.json() {
        against_schema(scene, root, findings);
    }
}

/// The body is no object with `error`, and what it is instead.
fn no_envelope(scene: &Scene<'_>) -> Option<Draft> {
    let response = scene.response;
    let finding = |message: String| scene.finding("REQ-ENV-001", Place::Body(String::new()), message);
    if response.body.is_empty() {
        // OData makes the 404 body optional; gateways answer 401 without one (C-10).
        let level = if matches!(response.status, 401 | 404 | 405) { Level::Should } else { Level::Must };
        let draft = finding(format!("The {} response has no body.", response.status));
        return Some(draft.at_most(level).expected("the error envelope"));
    }
    let Some(root) = response.json() else {
        let text = String::from_utf8_lossy(&response.body);
        let draft = finding("The error body is not JSON.".to_owned()).expected("the error envelope");
        return Some(draft.actual(text.chars().take(200).collect::<String>()));
    };
    if !root.is_object() {
        let draft = finding(format!("The error body is {}.", JsonType::of(root).with_article()));
        return Some(draft.expected("one object with `error`").actual(root.clone()));
    }
    if root.get("error").is_none() {
        // Members that stand where the envelope should be are not wrong by themselves.
        let draft = scene.finding("REQ-ENV-001", Place::Body("/error".to_owned()), "The error body has no `error`.");
        return Some(draft.expected("one object with `error`, an object").actual(root.clone()));
    }
    None
}

/// Every way in which an envelope is not as its schema has it.
fn against_schema(scene: &Scene<'_>, root: &Value, findings: &mut Findings) {
    let (beside, others): (Vec<_>, Vec<_>) =
        violations(Resource::Envelope, root).into_iter().partition(|v| v.problem == Problem::Unexpected);
    tell_beside(scene, &beside, root, findings);
    for violation in others {
        let actual = root.pointer(&violation.pointer);
        let (message, expected) = match &violation.problem {
            Problem::Missing => (format!("`{}` is missing.", violation.pointer), "a member".to_owned()),
            Problem::Type(types) => (format!("`{}` has the wrong type.", violation.pointer), types.join(" or ")),
            Problem::Empty => (format!("`{}` is empty.", violation.pointer), "a non-empty string".to_owned()),
            Problem::NotADateTime(why) | Problem::Other(why) => {
                (format!("`{}`: {why}.", violation.pointer), String::new())
            }
            Problem::Unexpected => continue,
        };
        let draft =
            scene.finding(&violation.requirement, Place::Body(violation.pointer.clone()), message).expected(expected);
        findings.add(draft.actual_if(actual.cloned()));
    }
}

/// Members beside `error`, all of them in one finding.
fn tell_beside(scene: &Scene<'_>, beside: &[Violation], root: &Value, findings: &mut Findings) {
    let Some(first) = beside.first() else { return };
    let names: Vec<String> = beside.iter().map(|violation| format!("`{}`", violation.pointer)).collect();
    let verb = if beside.len() == 1 { "stands" } else { "stand" };
    let message = format!("{} {verb} beside `error`.", names.join(" and "));
    let draft = scene
        .finding(&first.requirement, Place::Body(first.pointer.clone()), message)
        .expected("`error` as the only member");
    findings.add(draft.actual_if(root.pointer(&first.pointer).cloned()));
}

fn advice(scene: &Scene<'_>, findings: &mut Findings) {
    if scene.response.status < 400 || exempt(scene) {
        return;
    }
    let root = scene.response.json();
    let Some(error) = root.and_then(|root| root.get("error")).and_then(Value::as_object) else { return };
    inner_error(scene, error, findings);
    if let Some(draft) = code_beside_status(scene, error) {
        findings.add(draft);
    }
}

/// REQ-ENV-005: the inner error says when, and which request it was.
fn inner_error(scene: &Scene<'_>, error: &Map<String, Value>, findings: &mut Findings) {
    let named = |name: &'static str| Some((name, error.get(name)?));
    let Some((name, inner)) = named("innerError").or_else(|| named("innererror")) else {
        return findings.add(scene.finding(
            "REQ-ENV-005",
            Place::Body("/error/innerError".to_owned()),
            "The error has no inner error that identifies the request.",
        ));
    };
    for member in ["date", "request-id", "client-request-id"] {
        // An older revision of the errors page spells the second one requestId.
        let value = inner.get(member).or_else(|| (member == "request-id").then(|| inner.get("requestId")).flatten());
        let good = match (member, value.and_then(Value::as_str)) {
            ("date", Some(text)) => Instant::parse(text).is_ok() || Instant::parse(&format!("{text}Z")).is_ok(),
            (_, Some(text)) => !text.is_empty(),
            (_, None) => false,
        };
        if !good {
            findings.add(scene.finding(
                "REQ-ENV-005",
                Place::Body(format!("/error/{name}/{member}")),
                format!("The inner error has no usable `{member}`."),
            ));
        }
    }
}

/// REQ-ENV-006: the code is the reason phrase of the status.
fn code_beside_status(scene: &Scene<'_>, error: &Map<String, Value>) -> Option<Draft> {
    let code = error.get("code").and_then(Value::as_str).filter(|code| !code.is_empty())?;
    let names = reason_phrases(scene.response.status);
    let expected = names.first().filter(|_| !names.iter().any(|name| name == code))?;
    let draft =
        scene.finding("REQ-ENV-006", Place::Body("/error/code".to_owned()), "The code does not follow the status.");
    Some(draft.expected(Value::from(expected.as_str())).actual(Value::from(code)))
}

/// The reason phrase of a status in lower camel case; RFC 9110, 7231 and 2616 give some of them
/// different names.
fn reason_phrases(status: u16) -> Vec<String> {
    let registered = http::StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
    let renamed: &[&str] = match status {
        413 => &["Content Too Large", "Request Entity Too Large"],
        422 => &["Unprocessable Content"],
        _ => &[],
    };
    registered.into_iter().chain(renamed.iter().copied()).map(camel).collect()
}

/// `Bad Request` → `badRequest`.
fn camel(reason: &str) -> String {
    let mut out = String::new();
    for (i, word) in reason.split([' ', '-']).enumerate() {
        let word = word.to_ascii_lowercase();
        if i == 0 {
            out.push_str(&word);
        } else if let Some(first) = word.chars().next() {
            out.push(first.to_ascii_uppercase());
            out.push_str(&word[first.len_utf8()..]);
        }
    }
    out
}
