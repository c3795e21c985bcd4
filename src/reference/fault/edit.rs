//! Edits what an update sets before it is looked at.

use serde_json::Value;

use super::alter::{content, key, patches, set_content};
use crate::reference::effect::Object;
use crate::reference::message::Request;
use crate::reference::store::State;

/// Changes the properties that an update of this kind sets, before they are looked at.
pub(super) fn edit(request: &mut Request, kind: fn(&Request) -> bool, change: fn(&mut Object)) {
    if !patches(request) || !request.whole || !kind(request) {
        return;
    }
    if let Ok(Value::Object(mut object)) = serde_json::from_slice(&request.content) {
        change(&mut object);
        set_content(request, object);
    }
}

/// Changes what a request sends for the error of a job that has none.
pub(super) fn first_error(request: &mut Request, state: &State, change: fn(&mut Object)) {
    let job = key(request).filter(|_| patches(request)).and_then(|key| state.jobs.get(&key));
    if !job.is_some_and(|job| job.properties.get("error").is_none_or(Value::is_null)) {
        return;
    }
    let mut sent = content(request);
    if let Some(Value::Object(error)) = sent.get_mut("error") {
        change(error);
        set_content(request, sent);
    }
}
