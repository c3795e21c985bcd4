//! Updates whose answer was lost, and that the target may have applied long after nobody waited for them any more.
//!
//! Such an update looks like a member that changed by itself, and so like a failure of whatever trial is under way.
//! [`shows`] finds its values where no request of the trial put them.

use std::sync::Arc;

use serde_json::Value;

use crate::model::exchange::Exchange;
use crate::model::transcript::Entry;
use crate::runner::job::JobState;
use crate::target::Outgoing;

/// Values of lost updates that are remembered, per job.
const MOST: usize = 64;
/// Shorter texts are too common to tell who wrote them.
const SHORTEST: usize = 6;

/// A text that a lost update wrote, and the name of its member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LostValue {
    name: String,
    text: String,
}

/// What a transcript is not held against where [`shows`] says so.
pub(super) const WHY: &str = "an update whose answer was lost may have been applied late";

/// What an update writes that may be applied late. One whose content is cut off must not be applied at all.
pub(super) fn written(outgoing: &Outgoing) -> Option<&Arc<Value>> {
    outgoing.json.as_ref().filter(|_| !outgoing.wire.is_cut_off())
}

/// Remembers what the update wrote where its answer was lost. Its id, and what was there before, says of nobody that he
/// wrote it.
pub(super) fn note(job: &mut JobState, json: Option<&Arc<Value>>, exchange: &Exchange) {
    let Some(json) = json.filter(|_| exchange.response().is_none() && exchange.request.method != "GET") else { return };
    let mut values = Vec::new();
    texts(json, "", &mut values);
    for (name, text) in values {
        let there = |state: &Option<Arc<Value>>| state.as_ref().is_some_and(|state| holds(state, (name, text)));
        let value = LostValue { name: name.to_owned(), text: text.to_owned() };
        if job.id.contains(text) || there(&job.known) || there(&job.original) || job.lost.contains(&value) {
            continue;
        }
        if job.lost.len() == MOST {
            job.lost.remove(0);
        }
        job.lost.push(value);
    }
}

/// Whether a value of a lost update shows in an answer, though it was not there at the start of the attempt and the
/// latest request did not write it.
pub(super) fn shows(entries: &[Entry], lost: &[LostValue]) -> bool {
    let mut values: Vec<(&str, &str)> = lost.iter().map(|value| (&*value.name, &*value.text)).collect();
    // An attempt that begins with a read shows by it what was there.
    let before = entries.first().and_then(|entry| {
        let read = entry.exchange.response().filter(|_| entry.exchange.request.method == "GET");
        entry.before.as_deref().or_else(|| read?.json())
    });
    values.retain(|value| !before.is_some_and(|before| holds(before, *value)));
    let mut latest: Option<&[u8]> = None;
    entries.iter().any(|entry| {
        let exchange = &entry.exchange;
        // An empty PATCH only reads.
        if exchange.request.method != "GET" && exchange.request.body.len() > 2 {
            latest = Some(&exchange.request.body);
        }
        // A refusal shows no job.
        let Some(shown) = exchange.response().filter(|response| response.is_success()).and_then(|r| r.json()) else {
            return false;
        };
        let wrote = |text: &str| latest.is_some_and(|sent| String::from_utf8_lossy(sent).contains(text));
        values.iter().any(|value| holds(shown, *value) && !wrote(value.1))
    })
}

/// Whether a state has this text somewhere in a member of this name.
fn holds(state: &Value, value: (&str, &str)) -> bool {
    let mut all = Vec::new();
    texts(state, "", &mut all);
    all.contains(&value)
}

/// Every text in the JSON that says who wrote it, behind the name of the member in which it stands.
fn texts<'a>(json: &'a Value, name: &'a str, into: &mut Vec<(&'a str, &'a str)>) {
    match json {
        Value::String(text) if text.len() >= SHORTEST => into.push((name, text)),
        Value::Array(items) => items.iter().for_each(|item| texts(item, name, into)),
        Value::Object(members) => members.iter().for_each(|(name, member)| texts(member, name, into)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use std::sync::OnceLock;
    use std::time::Duration;

    use bytes::Bytes;
    use serde_json::json;

    use super::*;
    use crate::model::bound::Bound;
    use crate::model::case::Wire;
    use crate::model::exchange::{Broken, BrokenKind, Outcome, Response, SentRequest};
    use crate::model::transcript::Role;
    use crate::runner::job::ReadVia;

    fn exchange(method: &str, body: &str, answer: Option<&str>) -> Exchange {
        let request = SentRequest {
            method: method.to_owned(),
            url: String::new(),
            headers: Vec::new(),
            body: Bytes::from(body.to_owned()),
            json: None,
            token: None,
            raw: false,
        };
        let outcome = match answer {
            Some(answer) => Outcome::Answered(Response {
                status: 200,
                reason: None,
                version: "HTTP/1.1",
                headers: Vec::new(),
                body: Bytes::from(answer.to_owned()),
                wire_length: 0,
                problem: None,
                parsed: OnceLock::new(),
            }),
            None => Outcome::Broken(Broken { kind: BrokenKind::Reset, detail: String::new() }),
        };
        let none = Duration::ZERO;
        Exchange { request, outcome, at: none, first_byte: none, total: none, request_id_repeated: false }
    }

    fn entry(exchange: Exchange, before: &str) -> Entry {
        Entry {
            step: 0,
            role: Role::Step,
            exchange: Box::new(exchange),
            before: Some(Arc::new(json!({"status": before}))),
            etag_before: None,
            target_id: String::new(),
            listed: None,
            reference: None,
            marks: Vec::new(),
            stranger: None,
            bound: Bound::default(),
        }
    }

    #[test]
    fn a_value_that_nobody_wrote_now_is_that_of_a_lost_update() {
        let mut job = JobState::of("job-of-this-path", ReadVia::Get);
        job.original = Some(Arc::new(json!({"type": "as it was"})));
        let json =
            json!({"id": "job-of-this-path", "status": "lost-value", "type": "as it was", "error": {"code": "short"}});
        let json = Arc::new(json);
        note(&mut job, Some(&json), &exchange("PATCH", "", Some("{}")));
        assert!(job.lost.is_empty(), "it was answered");
        note(&mut job, Some(&json), &exchange("PATCH", "", None));
        let lost: Vec<&str> = job.lost.iter().map(|value| value.text.as_str()).collect();
        assert_eq!(lost, ["lost-value"], "neither the id nor what was there before");
        let lost = &job.lost;
        let attempt = |sent: &str, read: &str, before: &str| {
            let read = exchange("GET", "", Some(read));
            shows(&[entry(exchange("PATCH", sent, Some("{}")), before), entry(read, before)], lost)
        };
        assert!(attempt(r#"{"status":"mine"}"#, r#"{"status":"lost-value"}"#, "old"));
        assert!(!attempt(r#"{"status":"mine"}"#, r#"{"status":"other"}"#, "old"));
        assert!(!attempt(r#"{"type":"mine"}"#, r#"{"status":"lost-value"}"#, "lost-value"), "it was there before");
        assert!(!attempt(r#"{"status":"lost-value"}"#, r#"{"status":"lost-value"}"#, "old"), "it was sent again");
        assert!(!attempt(r#"{"status":"mine"}"#, r#"{"lost-value":"x","type":"lost-value"}"#, "old"), "another member");
        let mut read = entry(exchange("GET", "", Some(r#"{"status":"lost-value"}"#)), "");
        read.before = None;
        let answered = entry(exchange("PATCH", "[]", Some(r#"{"status":"lost-value"}"#)), "lost-value");
        assert!(!shows(&[read, answered], lost), "the first read shows what was there");
    }

    #[test]
    fn what_is_cut_off_must_not_be_applied_at_all() {
        let outgoing = |wire| Outgoing { json: Some(Arc::new(json!({"status": "cut"}))), wire, ..Outgoing::default() };
        assert!(written(&outgoing(Wire::Pooled)).is_some());
        assert!(written(&outgoing(Wire::CutOff(3))).is_none());
    }
}
