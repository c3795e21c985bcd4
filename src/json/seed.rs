//! A JSON text read into a value, with the member names that occur twice, by their paths.

use std::cell::RefCell;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::map::Entry;
use serde_json::{Map, Number, Value};

use super::escape;

/// Levels that are kept: more than any job has. What is deeper must be well-formed, and null stands for it.
const DEEPEST: u8 = 100;

/// The value of a text, and JSON Pointers to the members whose name their object has twice.
///
/// # Errors
/// What the library says where the text is not well-formed, or beyond what it reads.
pub(super) fn read(text: &str) -> serde_json::Result<(Value, Vec<String>)> {
    let duplicates = RefCell::new(Vec::new());
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = Seed { duplicates: &duplicates, at: None, depth: 0 }.deserialize(&mut reader)?;
    reader.end()?;
    Ok((value, duplicates.into_inner()))
}

/// Room for as many members as most objects of a job have.
const USUAL: usize = 4;

/// Builds a [`Value`] and notes member names that occur twice.
#[derive(Clone, Copy)]
struct Seed<'a> {
    duplicates: &'a RefCell<Vec<String>>,
    /// Where the value stands; `None` for the whole document.
    at: Option<&'a Step<'a>>,
    /// Levels around it.
    depth: u8,
}

impl<'a> Seed<'a> {
    /// For a value one step further.
    fn below(self, step: &'a Step<'a>) -> Self {
        Self { at: Some(step), depth: self.depth + 1, ..self }
    }
}

/// The last step of the way to a value. Nothing is written down before somebody has to be told.
struct Step<'a> {
    before: Option<&'a Step<'a>>,
    token: Token<'a>,
}

enum Token<'a> {
    Member(&'a str),
    Item(usize),
}

impl Step<'_> {
    /// The way as JSON Pointer (RFC 6901).
    fn pointer(&self) -> String {
        let mut pointer = self.before.map(Step::pointer).unwrap_or_default();
        pointer.push('/');
        match self.token {
            Token::Member(name) => pointer.push_str(&escape(name)),
            Token::Item(index) => pointer.push_str(&index.to_string()),
        }
        pointer
    }
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        if self.depth >= DEEPEST {
            // Reading over needs no stack.
            return IgnoredAny::deserialize(deserializer).map(|_| Value::Null);
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        loop {
            let step = Step { before: self.at, token: Token::Item(items.len()) };
            let Some(item) = seq.next_element_seed(self.below(&step))? else { break };
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut object = Map::with_capacity(USUAL);
        while let Some(name) = map.next_key::<String>()? {
            let step = Step { before: self.at, token: Token::Member(&name) };
            let value = map.next_value_seed(self.below(&step))?;
            match object.entry(name) {
                Entry::Vacant(place) => {
                    place.insert(value);
                }
                Entry::Occupied(mut known) => {
                    let step = Step { before: self.at, token: Token::Member(known.key()) };
                    self.duplicates.borrow_mut().push(step.pointer());
                    known.insert(value);
                }
            }
        }
        Ok(Value::Object(object))
    }
}
