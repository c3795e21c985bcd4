//! Requests that got no response: which breaks say something of the server, and which allow no judgement.

use super::envelope::refusable_below;
use serde_json::Value;

use super::scene::{Draft, Findings};
use super::{Check, Scope, describe};
use crate::model::case::{Content, Wire};
use crate::model::exchange::{Broken, BrokenKind};
use crate::model::finding::{Level, Place};
use crate::model::transcript::{Entry, Role, Transcript};

pub(super) const CHECK: Check = Check {
    name: "unanswered",
    rule: "A request is answered with an HTTP response, whatever the case is about.",
    requirements: &["REQ-SEC-006", "REQ-SEC-003", "REQ-STATUS-002"],
    scope: Scope::NoResponse,
    // There is no response to look at: `judge` does it.
    run: |_, _| {},
};

/// What a break before any response means: `Some(reason)` when there is no judgement.
pub(super) fn judge(
    transcript: &Transcript,
    entry: &Entry,
    index: usize,
    broken: &Broken,
    findings: &mut Findings,
) -> Option<String> {
    use BrokenKind::{Malformed, Reset, Silent, Timeout, Unanswered};
    let step = &transcript.case.steps[entry.step];
    let gone = matches!(broken.kind, Reset | Silent | Timeout | Unanswered | Malformed);
    if step.request.wire.is_cut_off() && gone {
        // The server may answer 400 or just close (REQ-HTTP-003).
        return None;
    }
    let robustness = step.request.content.as_ref().is_some_and(Content::is_oversized);
    let draft = match broken.kind {
        Silent if matches!(entry.role, Role::ReadBefore | Role::ReadAfter) => not_shown(transcript, entry, index),
        _ if entry.role != Role::Step => None,
        _ if robustness && gone => Some(load_unanswered(index, broken)),
        Malformed if entry.exchange.request.json.as_deref().is_some_and(holds_controls) => Some(spilled(index, broken)),
        Malformed | Silent | Unanswered => {
            let requirement = step.expect.requirement.as_deref().unwrap_or_else(|| transcript.case.primary());
            Some(no_response(requirement, entry, index, broken, step.request.wire))
        }
        _ => None,
    };
    match draft {
        Some(draft) => {
            findings.check = CHECK.name;
            findings.add(draft);
            None
        }
        // What is said of a connection that just ends is all that is known.
        None if broken.detail == Broken::CLOSED => Some(describe(broken.kind).to_owned()),
        None => Some(format!("{} ({})", describe(broken.kind), broken.detail)),
    }
}

/// A read of the job that ends the connection each time is no way to see what became of it. Nothing is said of it where
/// the request before it did that too.
fn not_shown(transcript: &Transcript, entry: &Entry, index: usize) -> Option<Draft> {
    let step = &transcript.case.steps[entry.step];
    let after = match entry.role {
        Role::ReadAfter => {
            let led = transcript.of_step(entry.step).filter(|(at, entry)| *at < index && entry.role == Role::Step);
            format!(", after a request answered with {}", led.last()?.1.exchange.status()?)
        }
        _ => String::new(),
    };
    let message = format!(
        "A read of the job ends the connection without an answer, each time, while other requests are answered{after}."
    );
    let requirement = step.expect.requirement.as_deref().unwrap_or_else(|| transcript.case.primary());
    Some(Draft::new(requirement, index, Place::Wire, message).expected("the job"))
}

/// Input that is long or deep on purpose is refused, not dropped.
fn load_unanswered(index: usize, broken: &Broken) -> Draft {
    let message = format!("Oversized or deep input is not answered: {}.", describe(broken.kind));
    let draft = Draft::new("REQ-SEC-006", index, Place::Wire, message);
    draft.at_most(Level::Should).expected("a client error or 200, promptly")
}

/// A value with line ends or other controls led to what is no HTTP response: it has got out of its string.
fn spilled(index: usize, broken: &Broken) -> Draft {
    let message = format!("A value with control characters leads to what is not an HTTP response: {}.", broken.detail);
    Draft::new("REQ-SEC-003", index, Place::Wire, message).expected("the same value, escaped in its JSON string")
}

/// Whether a string anywhere in the value has a control character.
fn holds_controls(value: &Value) -> bool {
    match value {
        Value::String(text) => text.chars().any(char::is_control),
        Value::Array(items) => items.iter().any(holds_controls),
        Value::Object(members) => members.values().any(holds_controls),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Something came back, and it is no HTTP response: that is an answer, and a wrong one. So is a connection that this
/// request ends each time, or one that it leaves silent, while other requests are answered.
fn no_response(requirement: &str, entry: &Entry, index: usize, broken: &Broken, wire: Wire) -> Draft {
    let message = match broken.kind {
        BrokenKind::Silent => {
            "The request ends the connection without an answer, each time, while other requests are answered."
                .to_owned()
        }
        BrokenKind::Unanswered => {
            "The request is not answered in time, each time, while other requests are.".to_owned()
        }
        _ => format!("The answer is not an HTTP response: {}.", broken.detail),
    };
    // What a layer below the API may refuse, it may refuse without a word.
    let refusable = refusable_below(&entry.exchange.request) || wire.says_more();
    let may_be_silent = broken.kind != BrokenKind::Malformed && refusable;
    Draft::new(requirement, index, Place::Wire, message)
        .at_most(if may_be_silent { Level::Should } else { Level::Must })
        .expected("a status line, header fields and content (RFC 9112, section 2.1)")
}
