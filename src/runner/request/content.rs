//! The content of a request: written in the case, made by its rule, or the page's sample.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::whole::whole;
use super::{Bindings, JobState, Session};
use crate::contract::sample;
use crate::diff;
use crate::model::case::{Auth, GeneratedBody, Request};
use crate::model::secret::Secret;
use crate::plan::template::{self, Placeholder};

/// Content as octets and, where it is one JSON text without defects, as JSON.
pub(super) fn content(
    session: &Session,
    job: &JobState,
    bindings: &Bindings,
    request: &Request,
    method: &str,
    lookup: &dyn Fn(&Placeholder) -> Option<String>,
) -> (Option<Bytes>, Option<Arc<Value>>) {
    let parsed = |bytes: &Bytes| {
        let parsed = crate::json::parse(bytes);
        parsed.value.filter(|_| parsed.defects.is_empty())
    };
    if request.auth == Auth::FormBody {
        let token = session.valid();
        let token = token.as_ref().map_or("", Secret::expose);
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("access_token", token)
            .append_pair("status", "refused")
            .finish();
        return (Some(Bytes::from(form)), None);
    }
    if request.auth == Auth::JsonBody {
        let token = session.valid();
        let body = json!({ "access_token": token.as_ref().map_or("", Secret::expose), "status": "refused" });
        return (Some(Bytes::from(body.to_string())), None);
    }
    if let Some(template) = &request.body {
        let mut value = template::fill_json(template, lookup);
        if session.whole_updates && method == "PATCH" {
            value = whole(value, job.known.as_deref().or(job.last_read.as_deref()));
        }
        let value = permitted(session, bindings, job, value);
        return (Some(Bytes::from(value.to_string())), Some(Arc::new(value)));
    }
    if let Some(text) = &request.body_text {
        let bytes = Bytes::from(template::fill(text, lookup).into_owned());
        let json = parsed(&bytes);
        return (Some(bytes), json);
    }
    if let Some(digits) = &request.body_base64 {
        // The loader has refused what is not base64.
        let bytes = Bytes::from(STANDARD.decode(digits).unwrap_or_default());
        let json = parsed(&bytes);
        return (Some(bytes), json);
    }
    match request.body_made {
        Some(GeneratedBody::LongStatus(octets)) => {
            let (bytes, json) = shared_long_status(octets.min(64 << 20));
            (Some(bytes), Some(json))
        }
        Some(GeneratedBody::DeepDetails(levels)) => {
            let levels = levels.min(1 << 20);
            let text = format!("{{\"error\":{{\"details\":{}{}}}}}", "[".repeat(levels), "]".repeat(levels));
            (Some(Bytes::from(text)), None)
        }
        Some(made @ (GeneratedBody::LastRead | GeneratedBody::LastReadDeclared)) => {
            let read = job.last_read.as_ref().or(job.known.as_ref());
            let mut value = read.map_or_else(|| Value::Object(Map::new()), |read| Value::clone(read));
            if made == GeneratedBody::LastReadDeclared {
                diff::strip_undeclared(&mut value);
            }
            (Some(Bytes::from(value.to_string())), Some(Arc::new(value)))
        }
        Some(GeneratedBody::Empty) => (Some(Bytes::new()), None),
        None if matches!(method, "PATCH" | "POST" | "PUT") => {
            let (bytes, json) = sample::sample();
            let plain = session.profile.permitted.is_empty()
                && session.profile.read_only.is_empty()
                && session.profile.computed.is_empty();
            if plain {
                return (Some(bytes), Some(json));
            }
            let value = permitted(session, bindings, job, Value::clone(&json));
            (Some(Bytes::from(value.to_string())), Some(Arc::new(value)))
        }
        None => (None, None),
    }
}

/// Letters of the long bodies that are kept, at most: more than the built-in suite has.
const KEPT_LETTERS: usize = 16 << 20;

/// [`long_status`], made once for all lanes and, in a proof, for all servers: filling megabytes takes longer than
/// everything else about such a trial.
fn shared_long_status(letters: usize) -> (Bytes, Arc<Value>) {
    static KEPT: Mutex<BTreeMap<usize, (Bytes, Arc<Value>)>> = Mutex::new(BTreeMap::new());
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if !kept.contains_key(&letters) && kept.keys().sum::<usize>() + letters > KEPT_LETTERS {
        kept.clear();
    }
    kept.entry(letters)
        .or_insert_with(|| {
            let (bytes, json) = long_status(letters);
            (bytes, Arc::new(json))
        })
        .clone()
}

/// A body with a status of so many letters, as octets and as JSON. It is large, so nothing is read that was just made.
fn long_status(letters: usize) -> (Bytes, Value) {
    let (start, end) = (br#"{"status":""#, br#""}"#);
    let mut text = Vec::with_capacity(start.len() + letters + end.len());
    text.extend_from_slice(start);
    text.resize(start.len() + letters, b'x');
    text.extend_from_slice(end);
    (Bytes::from(text), json!({ "status": "x".repeat(letters) }))
}

/// The body with permitted values in place of made-up ones, and without what the target does not let clients set.
pub(in super::super) fn permitted(session: &Session, bindings: &Bindings, job: &JobState, mut value: Value) -> Value {
    let profile = &session.profile;
    if let Value::Object(members) = &mut value {
        members.retain(|name, _| !profile.read_only.contains(name) && !profile.computed.contains(name));
        for (name, values) in &profile.permitted {
            let current = job.known.as_deref().and_then(|known| known.get(name)?.as_str());
            let made_up = members.get(name).and_then(Value::as_str);
            if let Some(pick) = made_up.and_then(|made_up| bindings.pick(name, made_up, values, current)) {
                members.insert(name.clone(), Value::from(pick));
            }
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_status_is_the_same_as_octets_and_as_json() {
        for letters in [0, 1, 20_000] {
            let (bytes, json) = long_status(letters);
            assert_eq!(crate::json::parse(&bytes).value.as_deref(), Some(&json));
            assert_eq!(json["status"].as_str().map(str::len), Some(letters));
        }
    }
}
