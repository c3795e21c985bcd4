//! Reads a waiver file: TOML, checked against `schemas/waivers.schema.json`, every mistake at its line and column.
//!
//! ```toml
//! [[waivers]]
//! trial = "jobs::merge::*"
//! requirement = "REQ-MERGE-002"
//! reason = "null is taken as absent until release 7"
//! owner = "team-jobs"
//! expires = 2026-09-30
//! ticket = "JOBS-1234"
//! ```

use std::ops::Range;
use std::sync::OnceLock;

use jiff::civil::Date;
use jsonschema::Validator;
use serde_json::Value;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::contract::requirement::{requirement, requirements};
use crate::json::escape;
use crate::model::waiver::Waiver;
use crate::plan::diagnostic::{Diagnostic, Severity};
use crate::plan::explain::{Mistake, explain};
use crate::plan::select::Pattern;
use crate::suggest::{hint, nearest};

/// The schema of waiver files, as a JSON value.
fn schema() -> &'static Value {
    static SCHEMA: OnceLock<Value> = OnceLock::new();
    SCHEMA.get_or_init(|| {
        #[expect(clippy::expect_used, reason = "the text is part of the program and tested")]
        serde_json::from_str(include_str!("../../../schemas/waivers.schema.json")).expect("the embedded schema parses")
    })
}

fn validator() -> &'static Validator {
    static VALIDATOR: OnceLock<Validator> = OnceLock::new();
    VALIDATOR.get_or_init(|| {
        #[expect(clippy::expect_used, reason = "the schema is part of the program and tested")]
        jsonschema::validator_for(schema()).expect("the embedded schema compiles")
    })
}

/// Reads the text of a waiver file.
///
/// # Errors
/// Everything that is wrong with it, in one go.
pub fn read(file: &str, text: &str) -> Result<Vec<Waiver>, Vec<Diagnostic>> {
    let (root, broken) = DeTable::parse_recoverable(text);
    let at = |span: Range<usize>, pointer: String, message: String| {
        let before = text.get(..span.start).unwrap_or(text);
        let column = before.chars().rev().take_while(|letter| *letter != '\n').count() + 1;
        let line = before.matches('\n').count() + 1;
        Diagnostic { file: file.to_owned(), line, column, pointer, message, severity: Severity::Error }
    };
    if !broken.is_empty() {
        let tell = |error: toml::de::Error| {
            at(error.span().unwrap_or(0..0), String::new(), format!("expected TOML: {}", error.message()))
        };
        return Err(broken.into_iter().map(tell).collect());
    }
    let value = table(root.get_ref());
    let mut mistakes = Vec::new();
    for error in validator().iter_errors(&value) {
        explain(&error, schema(), &mut mistakes);
    }
    rules(&value, &mut mistakes);
    if mistakes.is_empty() {
        let waivers = value.get("waivers").cloned().unwrap_or_else(|| Value::Array(Vec::new()));
        return serde_json::from_value(waivers)
            .map_err(|error| vec![Diagnostic::of_file(file, format!("expected waivers: {error}"))]);
    }
    let mut all: Vec<Diagnostic> = mistakes
        .into_iter()
        .map(|Mistake { pointer, at_name, message }| at(find(&root, &pointer, at_name), pointer, message))
        .collect();
    all.sort();
    Err(all)
}

/// What the schema cannot say: dates and requirements that exist, patterns that compile.
fn rules(value: &Value, mistakes: &mut Vec<Mistake>) {
    let waivers = value.get("waivers").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    for (index, waiver) in waivers.iter().enumerate() {
        let mut check = |name: &str, rule: &dyn Fn(&str) -> Option<String>| {
            let pointer = format!("/waivers/{index}/{name}");
            let told = mistakes.iter().any(|mistake| mistake.pointer == pointer);
            let wrong = waiver.get(name).and_then(Value::as_str).filter(|_| !told).and_then(rule);
            mistakes.extend(wrong.map(|message| Mistake { pointer, at_name: false, message }));
        };
        check("trial", &|text| Pattern::new(text).err());
        check("expires", &|text| {
            text.parse::<Date>().err().map(|_| format!("expected a date that the calendar has, found {text}"))
        });
        check("requirement", &|id| {
            let hint = hint(nearest(id, requirements().iter().map(|known| known.id.as_str())));
            requirement(id).is_none().then(|| format!("expected the id of a requirement, found {id:?}{hint}"))
        });
    }
}

fn table(table: &DeTable<'_>) -> Value {
    Value::Object(table.iter().map(|(name, node)| (name.get_ref().to_string(), json(node.get_ref()))).collect())
}

/// The value as JSON; dates and times are strings there.
fn json(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => Value::String(text.to_string()),
        DeValue::Boolean(truth) => Value::Bool(*truth),
        DeValue::Integer(number) => {
            i64::from_str_radix(number.as_str(), number.radix()).map_or_else(|_| number.as_str().into(), Value::from)
        }
        DeValue::Float(number) => number.as_str().parse::<f64>().map_or_else(|_| number.as_str().into(), Value::from),
        DeValue::Datetime(time) => Value::String(time.to_string()),
        DeValue::Array(items) => Value::Array(items.iter().map(|item| json(item.get_ref())).collect()),
        DeValue::Table(members) => table(members),
    }
}

/// Where the value at `pointer` stands, or its name; as near as the text goes where there is no such value.
fn find(root: &Spanned<DeTable<'_>>, pointer: &str, name: bool) -> Range<usize> {
    let mut at = root.span();
    let mut table = Some(root.get_ref());
    let mut array = None;
    for token in pointer.split('/').skip(1) {
        let next: Option<&Spanned<DeValue<'_>>> = if let Some(members) = table {
            members.iter().find(|(key, _)| escape(key.get_ref()) == token).map(|(key, node)| {
                at = if name { key.span() } else { node.span() };
                node
            })
        } else {
            let items: Option<&toml::de::DeArray<'_>> = array;
            items.and_then(|items| items.get(token.parse::<usize>().ok()?)).inspect(|node| at = node.span())
        };
        let Some(node) = next else { break };
        (table, array) = (node.get_ref().as_table(), node.get_ref().as_array());
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOUND: &str = "# known\n[[waivers]]\ntrial = \"jobs::merge::*\"\nrequirement = \"REQ-MERGE-002\"\n\
        reason = \"release 7\"\nowner = \"team\"\nexpires = 2026-09-30\ntargets = [\"staging\"]\n";

    #[test]
    fn a_sound_file_is_read() {
        let waivers = read("w.toml", SOUND).unwrap();
        assert_eq!((waivers[0].expires.as_str(), waivers[0].targets[0].as_str()), ("2026-09-30", "staging"));
        assert_eq!(read("w.toml", "").unwrap(), []);
        assert_eq!(read("w.toml", &SOUND.replace("2026-09-30", "\"2026-09-30\"")).unwrap(), waivers);
    }

    #[test]
    fn every_mistake_has_its_place() {
        let wrong = SOUND
            .replace("002", "992")
            .replace("owner", "ownr")
            .replace("2026-09-30", "\"2026-02-30\"")
            .replace("[\"staging\"]", "7")
            .replace("::*", "::[");
        let found: Vec<String> = read("w.toml", &wrong).unwrap_err().iter().map(ToString::to_string).collect();
        let want = [
            "w.toml:2:1 at /waivers/0: expected member `owner`",
            "w.toml:3:9 at /waivers/0/trial: pattern \"jobs::merge::[\": ",
            "w.toml:4:15 at /waivers/0/requirement: expected the id of a requirement, found \"REQ-MERGE-992\"; did you",
            "w.toml:6:1 at /waivers/0/ownr: expected no such member; did you mean `owner`?",
            "w.toml:7:11 at /waivers/0/expires: expected a date that the calendar has, found 2026-02-30",
            "w.toml:8:11 at /waivers/0/targets: expected a value of type array, found 7",
        ];
        assert_eq!(found.len(), want.len(), "{found:#?}");
        for (found, want) in found.iter().zip(want) {
            assert!(found.starts_with(want), "{found} :: {want}");
        }
        assert!(read("w.toml", "[[waivers]\n").unwrap_err()[0].to_string().starts_with("w.toml:1:"));
        let neither = SOUND.replace("requirement = \"REQ-MERGE-002\"\n", "");
        let found = read("w.toml", &neither).unwrap_err();
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].message.contains("`requirement`"), "{found:?}");
    }
}
