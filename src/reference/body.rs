//! From the octets of a request to a JSON object: media type, size, encoding, syntax.
//!
//! A name that occurs twice in one object is refused, because RFC 8259 section 4 calls its meaning unpredictable.

use std::fmt;

use http::StatusCode;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::effect::{Effects, Object, Switch};
use super::message::{Refusal, Request};

/// The longest content that is read; several mebibytes are more than any job needs.
pub(crate) const LIMIT: usize = 4 << 20;

/// The JSON object of a request.
pub(crate) fn parse(request: &Request, effects: &Effects) -> Result<Object, Refusal> {
    if !effects.on(Switch::AnyMedia) {
        media_type(request)?;
    }
    if request.oversized {
        return Err(Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "The content is too long."));
    }
    if !request.whole && !effects.on(Switch::TakeIncomplete) {
        return Err(Refusal::bad("The content is not complete.").with("connection", "close"));
    }
    let lossy = String::from_utf8_lossy(&request.content);
    let octets = if effects.on(Switch::LossyText) { lossy.as_bytes() } else { &request.content };
    let value = if effects.on(Switch::PrefixOnly) {
        serde_json::Deserializer::from_slice(octets).into_iter().next().unwrap_or(Ok(Value::Null))
    } else if effects.on(Switch::LastDuplicateWins) {
        serde_json::from_slice(octets)
    } else {
        serde_json::from_slice::<Strict>(octets).map(|strict| strict.0)
    };
    match value {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(Refusal::bad("The content has to be a JSON object.")),
        Err(error) => {
            Err(Refusal::bad(format!("The content is not JSON at line {}, column {}.", error.line(), error.column())))
        }
    }
}

fn media_type(request: &Request) -> Result<(), Refusal> {
    let unsupported = || {
        Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "The content has to be application/json.")
            .with("accept-patch", "application/json")
    };
    if request.headers.contains_key("content-encoding")
        && !request.header("content-encoding").eq_ignore_ascii_case("identity")
    {
        return Err(unsupported());
    }
    if !request.headers.contains_key("content-type") {
        return Ok(());
    }
    let mut parts = request.header("content-type").split(';');
    if !parts.next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json") {
        return Err(unsupported());
    }
    for (name, value) in parts.filter_map(|part| part.split_once('=')) {
        let value = value.trim().trim_matches('"');
        if name.trim().eq_ignore_ascii_case("charset") && !value.eq_ignore_ascii_case("utf-8") {
            return Err(unsupported());
        }
    }
    Ok(())
}

/// A JSON value without double names.
struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Strict;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Strict, E> {
        Ok(Strict(Value::Null))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Strict, E> {
        Ok(Strict(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Strict, E> {
        Ok(Strict(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Strict, E> {
        Ok(Strict(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Strict, E> {
        Ok(Strict(value.into()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Strict, E> {
        Ok(Strict(value.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Strict, A::Error> {
        let mut array = Vec::new();
        while let Some(Strict(item)) = items.next_element()? {
            array.push(item);
        }
        Ok(Strict(Value::Array(array)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Strict, A::Error> {
        let mut object = Object::new();
        while let Some((name, Strict(value))) = members.next_entry::<String, Strict>()? {
            if object.insert(name, value).is_some() {
                return Err(A::Error::custom("a name occurs twice"));
            }
        }
        Ok(Strict(Value::Object(object)))
    }
}
