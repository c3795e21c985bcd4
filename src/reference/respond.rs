//! How jobs and refusals look in an answer, and the headers that every answer has.

use http::StatusCode;
use serde_json::{Value, json};

use super::core::Core;
use super::effect::{Effect, Object};
use super::message::{Answer, Refusal, Request};
use super::store::{Job, Key};
use super::validate::{DETAIL, ERROR, INNER, Shape, properties};
use super::{datetime, validate};

/// The picture of a job: control information, id, the seven properties, and what its type adds.
pub(crate) fn entity(core: &Core, key: &Key, job: &Job, request: &Request) -> Object {
    // Four members more than a job has: its control information and its id.
    let mut object = Object::with_capacity(job.properties.len() + 4);
    object.insert(
        "@odata.context".to_owned(),
        format!("{}/$metadata#dataClassification/{}/$entity", core.root, key.0).into(),
    );
    object.insert("@odata.etag".to_owned(), core.tag(job).into());
    object.insert("@odata.type".to_owned(), format!("#microsoft.graph.{}", job.kind).into());
    object.insert("id".to_owned(), key.1.clone().into());
    for name in properties() {
        let value = job.properties.get(name).unwrap_or(&Value::Null);
        object.insert(name.to_owned(), if name == "error" { complete(value, &ERROR) } else { value.clone() });
    }
    for (name, value) in job.properties.iter() {
        if !object.contains_key(name) {
            object.insert(name.clone(), value.clone());
        }
    }
    for effect in core.effects.iter() {
        if let Effect::Shown(show) = effect {
            show(&mut object, job, request);
        }
    }
    object
}

/// An entity as an answer, with the `ETag` in the header too.
pub(crate) fn entity_answer(core: &Core, status: StatusCode, key: &Key, job: &Job, request: &Request) -> Answer {
    let object = entity(core, key, job, request);
    let tag = object.get("@odata.etag").and_then(Value::as_str).unwrap_or_default().to_owned();
    let mut answer = Answer::new(status, Some(Value::Object(object)));
    if !tag.is_empty() {
        answer.set("etag", &tag);
    }
    answer
}

/// Adds the annotation and the members that were never set; absent ones are null, collections are empty.
pub(crate) fn complete(value: &Value, shape: &Shape) -> Value {
    let Value::Object(stored) = value else {
        return value.clone();
    };
    let mut object = Object::with_capacity(stored.len() + 4);
    object.insert("@odata.type".to_owned(), format!("microsoft.graph.{}", shape.name()).into());
    for name in shape.names() {
        let value = match (name, stored.get(name).unwrap_or(&Value::Null)) {
            ("innerError", inner) => complete(inner, &INNER),
            ("details", Value::Array(items)) => Value::Array(items.iter().map(element).collect()),
            ("details", Value::Null) => json!([]),
            (_, value) => value.clone(),
        };
        object.insert(name.to_owned(), value);
    }
    for (name, value) in stored {
        if name != "@odata.type" && !object.contains_key(name) {
            object.insert(name.clone(), value.clone());
        }
    }
    Value::Object(object)
}

fn element(item: &Value) -> Value {
    let kind = item.get("@odata.type").and_then(Value::as_str);
    let derived = kind.is_some_and(|kind| validate::reduce(kind).unwrap_or(kind) == ERROR.name());
    complete(item, if derived { &ERROR } else { &DETAIL })
}

/// The envelope of a refusal.
pub(crate) fn refusal(refusal: Refusal) -> Answer {
    let body = json!({"error": {"code": code(refusal.status), "message": refusal.message}});
    let mut answer = Answer::new(refusal.status, Some(body));
    for (name, value) in refusal.headers {
        answer.set(name, &value);
    }
    answer
}

/// The reason phrase of a status in lower camel case.
pub(crate) fn code(status: StatusCode) -> String {
    let phrase = status.canonical_reason().unwrap_or("Error");
    let mut code = String::new();
    for word in phrase.split(|letter: char| !letter.is_ascii_alphanumeric()) {
        let (head, tail) = word.split_at(word.len().min(1));
        code.push_str(&if code.is_empty() { head.to_ascii_lowercase() } else { head.to_ascii_uppercase() });
        code.push_str(&tail.to_ascii_lowercase());
    }
    code
}

/// Adds what every answer has: version, ids of the request, and the inner error of an envelope.
pub(crate) fn finish(answer: &mut Answer, request: &Request) {
    let id = uuid::Uuid::new_v4().to_string();
    answer.set("odata-version", "4.0");
    answer.set("request-id", &id);
    let client = request.header("client-request-id").to_owned();
    if let Some(value) = request.headers.get("client-request-id") {
        answer.headers.insert("client-request-id", value.clone());
    }
    if answer.status.as_u16() >= 400 {
        let client = if client.is_empty() { id.clone() } else { client };
        let inner = json!({"date": now(), "request-id": id, "client-request-id": client});
        answer.error().insert("innerError".to_owned(), inner);
    }
}

/// The present time in whole seconds.
pub(crate) fn now() -> String {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let fraction = format!("{:07}", since.subsec_nanos() / 100);
    datetime::write(i64::try_from(since.as_secs()).unwrap_or(0), &fraction, 0)
}

/// Whether one of the tags in a condition header names this state; `*` names every state.
///
/// Tags are compared weakly, as OData has it, and may hold commas (RFC 9110 section 8.8.3).
pub(crate) fn names(header: &str, tag: &str) -> bool {
    let wanted = opaque(tag);
    let mut rest = header.trim();
    if rest == "*" {
        return true;
    }
    while !rest.is_empty() {
        let quoted = opaque(rest).strip_prefix('"').and_then(|inner| inner.split_once('"'));
        let (one, tail) = if let Some((inner, tail)) = quoted {
            (format!("\"{inner}\""), tail)
        } else {
            // What is not quoted is no tag, but may be meant as one.
            let (one, tail) = rest.split_once(',').unwrap_or((rest, ""));
            (opaque(one.trim()).to_owned(), tail)
        };
        if one == wanted {
            return true;
        }
        rest = tail.trim_start_matches([',', ' ', '\t']);
    }
    false
}

/// A tag without the mark of weakness.
fn opaque(tag: &str) -> &str {
    tag.strip_prefix("W/").unwrap_or(tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_found_in_lists() {
        for header in ["\"a\"", "W/\"a\"", "\"b\", \"a\"", "\"b,c\" ,W/\"a\"", "*", " * ", "\"b\",\t\"a\""] {
            assert!(names(header, "\"a\"") && names(header, "W/\"a\""), "{header}");
        }
        for header in ["", "\"b\"", "a", "\"a", "\"*\"", "\"b, \"c\", \"A\""] {
            assert!(!names(header, "\"a\""), "{header}");
        }
        assert!(names("\"x, y\"", "\"x, y\"") && !names("\"x\", \"y\"", "\"x, y\""));
    }
}
