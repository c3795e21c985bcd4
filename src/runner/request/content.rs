//! The content of a request: written in the case, made by its rule, or the page's sample.

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::whole::whole;
use super::{Bindings, JobState, Session};
use crate::contract::sample;
use crate::diff;
use crate::model::case::{Content, GeneratedBody, Request};
use crate::model::locked::Locked;
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
) -> Sent {
    let profile = &session.profile;
    let is_kept = profile.permitted.is_empty() && profile.read_only.is_empty() && profile.computed.is_empty();
    let is_filled = session.whole_updates && method == "PATCH";
    match &request.content {
        Some(Content::Json(template)) if is_kept && !is_filled && !template::has_placeholders(template) => {
            (Some(octets(template)), Some(Arc::clone(template)))
        }
        Some(Content::Json(template)) => {
            let mut value = template::fill_json(template, lookup);
            if is_filled {
                value = whole(value, job.known.as_deref().or(job.last_read.as_deref()));
            }
            as_json(permitted(session, bindings, job, value))
        }
        Some(Content::Text(text)) => as_octets(Bytes::from(template::fill(text, lookup).into_owned())),
        // The loader has refused what is not base64.
        Some(Content::Base64(digits)) => as_octets(Bytes::from(STANDARD.decode(digits).unwrap_or_default())),
        Some(Content::Generated(made)) => generated(session, job, *made),
        None if matches!(method, "PATCH" | "POST" | "PUT") => {
            let (bytes, json) = sample::sample();
            if is_kept {
                return (Some(bytes), Some(json));
            }
            as_json(permitted(session, bindings, job, Value::clone(&json)))
        }
        None => (None, None),
    }
}

type Sent = (Option<Bytes>, Option<Arc<Value>>);

fn as_json(value: Value) -> Sent {
    (Some(octets(&value)), Some(Arc::new(value)))
}

fn octets(value: &Value) -> Bytes {
    Bytes::from(crate::json::octets(value))
}

fn as_octets(octets: Bytes) -> Sent {
    let parsed = crate::json::parse(&octets);
    let json = parsed.value.filter(|_| parsed.defects.is_empty());
    (Some(octets), json)
}

fn generated(session: &Session, job: &JobState, made: GeneratedBody) -> Sent {
    let unread = |text: String| (Some(Bytes::from(text)), None);
    match made {
        GeneratedBody::LongStatus(octets) => {
            let (bytes, json) = shared_long_status(octets.min(64 << 20));
            (Some(bytes), Some(json))
        }
        GeneratedBody::DeepDetails(levels) => {
            let levels = levels.min(1 << 20);
            unread(format!("{{\"error\":{{\"details\":{}{}}}}}", "[".repeat(levels), "]".repeat(levels)))
        }
        GeneratedBody::LastRead if job.last_read.is_some() && job.last_octets.is_some() => {
            // Written anew, a number beyond a double would be another one.
            (job.last_octets.clone(), job.last_read.clone())
        }
        GeneratedBody::LastRead | GeneratedBody::LastReadDeclared => {
            let read = job.last_read.as_ref().or(job.known.as_ref());
            let mut value = read.map_or_else(|| Value::Object(Map::new()), |read| Value::clone(read));
            if made == GeneratedBody::LastReadDeclared {
                diff::strip_undeclared(&mut value);
            }
            as_json(value)
        }
        GeneratedBody::Empty => unread(String::new()),
        GeneratedBody::TokenForm | GeneratedBody::TokenJson => {
            let token = session.valid();
            let token = token.as_ref().map_or("", Secret::expose);
            unread(if made == GeneratedBody::TokenForm {
                form_urlencoded::Serializer::new(String::new())
                    .append_pair("access_token", token)
                    .append_pair("status", "refused")
                    .finish()
            } else {
                json!({ "access_token": token, "status": "refused" }).to_string()
            })
        }
    }
}

/// Letters of the long bodies that are kept, at most: more than the built-in suite has.
const KEPT_LETTERS: usize = 16 << 20;

/// [`long_status`], made once for all lanes and, in a proof, for all servers: filling megabytes takes longer than
/// everything else about such a trial.
fn shared_long_status(letters: usize) -> (Bytes, Arc<Value>) {
    static KEPT: Locked<BTreeMap<usize, (Bytes, Arc<Value>)>> = Locked::new(BTreeMap::new());
    let mut kept = KEPT.lock();
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
