//! Putting a job back: all writable members as they were before the run, verified by reading again.

use serde_json::{Map, Value};

use super::request;
use super::session::{JobState, ReadVia, Session};
use crate::diff::{self, Against};

/// Puts one job back. `Err` says what is not as it was.
pub(super) async fn put_back(session: &Session, collection: &str, job: &JobState) -> Result<(), String> {
    let Some(original) = job.original.as_deref().and_then(Value::as_object) else { return Ok(()) };
    let what = format!("{collection}/{}", job.id);
    let now = current(session, collection, job).await;
    if now.as_ref().is_some_and(|now| same(session, original, now)) {
        return Ok(());
    }
    let mut job = job.clone();
    if session.profile.has("etag-required") {
        job.etag = Some("*".to_owned());
    }
    let exchange =
        session.send(request::patch(session, collection, &job, &Value::Object(body(session, original)))).await;
    session.aside("put back", &exchange);
    match exchange.status() {
        Some(200..300) => {}
        Some(status) => return Err(format!("{what} could not be put back: the PATCH was answered with {status}")),
        None => return Err(format!("{what} could not be put back: no answer")),
    }
    match current(session, collection, &job).await {
        Some(now) if same(session, original, &now) => Ok(()),
        Some(_) => Err(format!("{what} was put back, and reads differently from before the run")),
        None => Err(format!("{what} was put back, and could not be read to make sure")),
    }
}

/// All writable members, null where they were null.
fn body(session: &Session, original: &Map<String, Value>) -> Map<String, Value> {
    let mut body = Map::new();
    for (name, _) in diff::JOB {
        if session.profile.read_only.contains(*name) || session.profile.computed.contains(*name) {
            continue;
        }
        let value = original.get(*name).cloned().unwrap_or(Value::Null);
        let value = match value {
            Value::Object(error) if *name == "error" => Value::Object(whole(error)),
            other => other,
        };
        body.insert((*name).to_owned(), value);
    }
    body
}

/// An error with every member named, because a merge leaves alone what is not.
fn whole(mut error: Map<String, Value>) -> Map<String, Value> {
    for name in ["code", "message", "target", "innerError"] {
        error.entry(name).or_insert(Value::Null);
    }
    error.entry("details").or_insert_with(|| Value::Array(Vec::new()));
    if let Some(Value::Object(inner)) = error.get_mut("innerError") {
        for name in ["errorDateTime", "clientRequestId", "activityId"] {
            inner.entry(name).or_insert(Value::Null);
        }
    }
    error
}

fn same(session: &Session, original: &Map<String, Value>, now: &Map<String, Value>) -> bool {
    diff::compare(diff::JOB, original, now, Against::SameState, true)
        .iter()
        .all(|difference| difference.pointer.split('/').nth(1).is_some_and(|top| session.profile.excuses(top)))
}

async fn current(session: &Session, collection: &str, job: &JobState) -> Option<Map<String, Value>> {
    let outgoing = match job.via {
        ReadVia::Get => request::read(session, collection, &job.id),
        ReadVia::EmptyPatch => request::patch(session, collection, job, &Value::Object(Map::new())),
        ReadVia::None => return None,
    };
    let exchange = session.send(outgoing).await;
    session.aside("read to put back", &exchange);
    exchange.response().filter(|response| response.status == 200)?.entity()?.as_object().cloned()
}
