//! Is a text a sound case file? The schema first, then what a schema cannot say.
//!
//! A sound file is recognised without collecting anything; only a file with a mistake pays for its explanation.

use std::collections::HashSet;
use std::sync::{Arc, OnceLock};

use jsonschema::Validator;
use serde_json::Value;

use super::diagnostic::{Diagnostic, Severity};
use super::explain::{Mistake, explain};
use super::locate::Locator;
use super::rules::Rules;
use crate::json::{JsonDefect, parse};
use crate::model::case::Case;

/// Largest case file that is read.
pub(super) const MAX_FILE: usize = 1 << 20;

/// The schema of case files, as a JSON value.
pub(super) fn schema() -> &'static Value {
    static SCHEMA: OnceLock<Value> = OnceLock::new();
    SCHEMA.get_or_init(|| {
        #[expect(clippy::expect_used, reason = "the text is part of the program and tested")]
        serde_json::from_str(include_str!("../../schemas/case.schema.json")).expect("the embedded schema parses")
    })
}

fn validator() -> &'static Validator {
    static VALIDATOR: OnceLock<Validator> = OnceLock::new();
    VALIDATOR.get_or_init(|| {
        #[expect(clippy::expect_used, reason = "the schema is part of the program and tested")]
        jsonschema::validator_for(schema()).expect("the embedded schema compiles")
    })
}

/// Reads a case file; on failure, every mistake in it.
pub(super) fn check(file: &str, octets: &[u8]) -> Result<Case, Vec<Diagnostic>> {
    if octets.len() > MAX_FILE {
        return Err(vec![Diagnostic::of_file(file, "expected a file of at most 1 MiB")]);
    }
    let parsed = parse(octets);
    let (Some(value), Ok(text)) = (parsed.value, std::str::from_utf8(octets)) else {
        return Err(vec![syntax_error(file, octets)]);
    };
    if parsed.defects.iter().any(JsonDefect::is_fatal) {
        return Err(vec![syntax_error(file, octets)]);
    }
    let value = Arc::unwrap_or_clone(value);
    let mut mistakes = Vec::new();
    if !validator().is_valid(&value) {
        for error in validator().iter_errors(&value) {
            explain(&error, schema(), &mut mistakes);
        }
    }
    let told: HashSet<String> = mistakes.iter().map(|mistake| mistake.pointer.clone()).collect();
    Rules::new(told, &mut mistakes).file(&value);
    if mistakes.is_empty() && parsed.defects.is_empty() {
        return serde_json::from_value(value)
            .map_err(|error| vec![Diagnostic::of_file(file, format!("expected a case: {error}"))]);
    }
    let locator = Locator::new(text);
    let mut all: Vec<Diagnostic> = locator
        .duplicates()
        .into_iter()
        .map(|(pointer, (line, column))| Diagnostic {
            line,
            column,
            pointer,
            ..Diagnostic::of_file(file, "expected every member once, found this one a second time")
        })
        .collect();
    for Mistake { pointer, at_name, message } in mistakes {
        let (line, column) = locator.find(&pointer, at_name);
        all.push(Diagnostic { file: file.to_owned(), line, column, pointer, message, severity: Severity::Error });
    }
    all.sort();
    all.dedup();
    Err(all)
}

fn syntax_error(file: &str, octets: &[u8]) -> Diagnostic {
    if octets.starts_with(b"\xEF\xBB\xBF") {
        return Diagnostic {
            line: 1,
            column: 1,
            ..Diagnostic::of_file(file, "expected JSON, found a byte order mark")
        };
    }
    if let Err(error) = std::str::from_utf8(octets) {
        let before = &octets[..error.valid_up_to()];
        let line = before.split(|octet| *octet == b'\n').count();
        let start = before.iter().rposition(|octet| *octet == b'\n').map_or(0, |end| end + 1);
        let column = String::from_utf8_lossy(&before[start..]).chars().count() + 1;
        return Diagnostic { line, column, ..Diagnostic::of_file(file, "expected UTF-8, found another octet") };
    }
    let (line, column, why) = if let Err(error) = serde_json::from_slice::<serde::de::IgnoredAny>(octets) {
        let text = error.to_string();
        let why = text.split(" at line ").next().unwrap_or(&text).to_owned();
        (error.line().max(1), error.column().max(1), why)
    } else {
        // Legal JSON that the strict reader still refuses, such as nesting beyond its bound.
        (1, 1, parse(octets).defects.first().map(ToString::to_string).unwrap_or_default())
    };
    Diagnostic { line, column, ..Diagnostic::of_file(file, format!("expected JSON: {why}")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(text: &str) -> Vec<String> {
        check("x.json", text.as_bytes()).unwrap_err().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn every_mistake_gives_one_error() {
        let found = messages(
            r#"{
  "title": "Six mistakes",
  "requirements": ["REQ-BODY-999"],
  "endpoints": ["job"],
  "request": { "bdy": {}, "auth": "vaild" },
  "expect": { "status": "2x", "members": { "/id": { "matches": "(" } } }
}"#,
        );
        assert_eq!(found.len(), 6, "{found:#?}");
        for (found, part) in found.iter().zip([
            "x.json:3:20 at /requirements/0: expected the id of a requirement, found \"REQ-BODY-999\"; did you mean `REQ-BODY-00",
            "x.json:4:17 at /endpoints/0: expected one of ",
            "x.json:5:16 at /request/bdy: expected no such member; did you mean `body`?",
            "x.json:5:35 at /request/auth: expected one of ",
            "x.json:6:25 at /expect/status: expected one of ",
            "x.json:6:64 at /expect/members/~1id/matches: expected a regular expression: unclosed group",
        ]) {
            assert!(found.starts_with(part), "{found} :: {part}");
        }
        assert!(found[1].ends_with("found \"job\"; did you mean `jobs`?"));
        assert!(found[4].ends_with("did you mean `2xx`?"), "{}", found[4]);
    }

    #[test]
    fn syntax_errors_have_a_place() {
        assert_eq!(messages("{\n  \"title\": }"), ["x.json:2:12: expected JSON: expected value"]);
        assert_eq!(messages(""), ["x.json:1:1: expected JSON: EOF while parsing a value"]);
        let found = check("x.json", b"{\n \"\xFF\"}").unwrap_err();
        assert_eq!(found[0].to_string(), "x.json:2:3: expected UTF-8, found another octet");
        assert_eq!(messages("\u{feff}{}"), ["x.json:1:1: expected JSON, found a byte order mark"]);
    }

    #[test]
    fn a_request_has_one_body() {
        let found =
            messages(r#"{"title": "t", "requirements": ["REQ-BODY-001"], "request": {"body": {}, "bodyText": ""}}"#);
        assert_eq!(found, ["x.json:1:74 at /request/bodyText: expected no such member beside `body`"]);
        let found = messages(r#"{"title": "t", "requirements": ["REQ-BODY-001"], "steps": [{}], "expect": {}}"#);
        assert_eq!(found, ["x.json:1:65 at /expect: expected no such member beside `steps`"]);
    }

    #[test]
    fn a_value_that_fits_no_branch_is_told_by_the_nearest() {
        let with = |request: &str| {
            messages(&format!(r#"{{"title": "t", "requirements": ["REQ-BODY-001"], "request": {request}}}"#))
        };
        assert_eq!(
            with(r#"{"to": {"idd": "x"}}"#),
            ["x.json:1:69 at /request/to/idd: expected no such member; did you mean `id`?"]
        );
        assert!(with(r#"{"to": "secondjob"}"#)[0].ends_with(r#"found "secondjob"; did you mean `secondJob`?"#));
        assert_eq!(with(r#"{"to": 3}"#).len(), 1);
        assert_eq!(
            with(r#"{"headers": {"a b": "x"}}"#),
            ["x.json:1:74 at /request/headers/a b: expected the name of a header: a token (RFC 9110, section 5.6.2)"]
        );
        assert_eq!(with(r#"{"bodyBase64": "é"}"#).len(), 1);
        assert!(with(r#"{"body": {"a": ["{{uid}}"]}}"#)[0].contains("at /request/body/a/0: placeholder {{uid}}"));
        assert!(with(r#"{"body": 1, "body": 2}"#)[0].contains("at /request/body: expected every member once"));
    }

    #[test]
    fn what_there_was_once_is_told_by_what_is_in_its_place() {
        let found = messages(
            r#"{"title": "t", "requirements": ["REQ-BODY-001"], "request": {"auth": "form-body"}, "expect": {}}"#,
        );
        assert_eq!(
            found,
            [
                r#"x.json:1:70 at /request/auth: expected "auth": "none", "bodyMade": "tokenForm" in place of "form-body""#
            ]
        );
    }

    #[test]
    fn an_empty_object_misses_its_members() {
        assert_eq!(
            messages("{}"),
            ["x.json:1:1: expected member `requirements`", "x.json:1:1: expected member `title`"]
        );
    }

    #[test]
    fn schema_describes_every_member() {
        fn walk(value: &Value, pointer: &str) {
            if let Some(properties) = value.get("properties").and_then(Value::as_object) {
                for (name, member) in properties {
                    let described = member.get("description").is_some() || member.get("$ref").is_some();
                    assert!(described || member == &Value::Bool(false), "{pointer}/{name}");
                }
            }
            for (name, below) in value.as_object().into_iter().flatten() {
                walk(below, &format!("{pointer}/{name}"));
            }
        }
        walk(schema(), "");
    }

    proptest::proptest! {
        #[test]
        fn arbitrary_octets_never_panic(octets: Vec<u8>) {
            let _ = check("x.json", &octets);
        }

        #[test]
        fn arbitrary_text_in_a_case_never_panics(name: String, text: String) {
            let case = serde_json::json!({
                "title": text, "requirements": [name], (name.clone()): text,
                "request": {"headers": {(name.clone()): text}, "to": {"id": text}, "bodyBase64": text, (name.clone()): 1},
                "expect": {"members": {(name.clone()): {"matches": text}}, "or": [{(name.clone()): {}}]},
            });
            let _ = check("x.json", case.to_string().as_bytes());
        }
    }
}
