//! The samples held to the schemas that others have published (`tests/public_schemas/`).

use std::path::PathBuf;
use std::process::Command;

use serde_json::{Value, json};

use super::{rendered, sample, valid};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/public_schemas")
}

fn read(name: &str) -> Value {
    serde_json::from_str(&std::fs::read_to_string(folder().join(name)).unwrap()).unwrap()
}

fn public(schema: &Value) -> jsonschema::Validator {
    jsonschema::options().should_validate_formats(true).build(schema).unwrap()
}

#[test]
fn sarif_keeps_the_schema_of_oasis() {
    let mut schema = read("sarif-2.1.0.json");
    // The published pattern of `language` ends in a lone `]`, which strict grammars of regular expressions refuse.
    for holder in ["run", "toolComponent"] {
        schema["definitions"][holder]["properties"]["language"]["pattern"] = json!("^[a-zA-Z]{2}(-[a-zA-Z]{2})?$");
    }
    valid(&public(&schema), &rendered(&sample::run(), "sarif"));
}

#[test]
fn ctrf_keeps_its_schema() {
    valid(&public(&read("ctrf-schema-0.0.json")), &rendered(&sample::run(), "ctrf"));
}

#[test]
fn har_keeps_its_schema() {
    // The published schema is one file per object; here they become the definitions of one document.
    // `"$ref": "entry.json#"` becomes `"$ref": "#/definitions/entry.json"`.
    let reference = regex::Regex::new(r##""\$ref": "([^"#]+)#""##).unwrap();
    let mut definitions = serde_json::Map::new();
    for entry in std::fs::read_dir(folder().join("har")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let text = std::fs::read_to_string(folder().join("har").join(&name)).unwrap();
        let text = reference.replace_all(&text, r##""$$ref": "#/definitions/$1""##);
        let mut schema: Value = serde_json::from_str(&text).unwrap();
        schema.as_object_mut().unwrap().remove("$id");
        definitions.insert(name, schema);
    }
    assert_eq!(definitions.len(), 18);
    let root = json!({
        "$schema": "http://json-schema.org/draft-06/schema#",
        "allOf": [{"$ref": "#/definitions/har.json"}],
        "definitions": definitions,
    });
    let text = rendered(&sample::run(), "har");
    valid(&public(&root), &text);
    // The schema bites.
    let broken = json!({"log": {"version": "1.2", "creator": {"name": "x"}, "entries": []}});
    assert!(!public(&root).is_valid(&broken));
}

#[test]
fn junit_keeps_the_schema_of_jenkins() {
    let folder = tempfile::tempdir().unwrap();
    let sample = folder.path().join("junit.xml");
    std::fs::write(&sample, rendered(&sample::run(), "junit")).unwrap();
    let checked = Command::new("xmllint")
        .args(["--nonet", "--noout", "--schema"])
        .arg(self::folder().join("junit-10.xsd"))
        .arg(&sample)
        .output();
    match checked {
        Err(_) => eprintln!("skipped: xmllint (libxml2-utils) is not there"),
        Ok(checked) => assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr)),
    }
}

#[test]
fn junit_is_read_by_a_parser_that_is_not_ours() {
    let run = sample::run();
    let read = junit_parser::from_reader(rendered(&run, "junit").as_bytes()).unwrap();
    let cases = || read.suites.iter().flat_map(|suite| &suite.cases);
    assert_eq!(cases().count(), run.trials.len() + run.summary.waiver_problems.len());
    for trial in &run.trials {
        let case = cases().find(|case| {
            format!("{}::{}", case.classname.as_deref().unwrap_or_default(), case.original_name) == trial.name
        });
        let status = &case.unwrap().status;
        let verdict = trial.verdict.as_str();
        let want = match verdict {
            "pass" => status.is_success(),
            "fail" | "stale-waiver" => status.is_failure(),
            "inconclusive" => status.is_error(),
            _ => status.is_skipped(),
        };
        assert!(want, "{}: {verdict} became {status:?}", trial.name);
    }
}
