//! The resource schemas: compiled once, on first use, and able to say which requirement a violation breaks.
//!
//! The files in `schemas/resources/` carry `x-requirement` beside the keywords: a requirement id, or a map from
//! keyword to requirement id. [`violations`] walks the schema along the instance path of each error to find it.

use std::sync::LazyLock;

use jsonschema::error::ValidationErrorKind;
use jsonschema::{ValidationError, Validator};
use serde_json::{Map, Value, json};

use crate::instant::Instant;
use crate::json;

/// A resource that a response body can be held to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resource {
    /// The entity that a successful PATCH answers with.
    Job,
    /// The OData error envelope.
    Envelope,
}

/// One violation of a resource schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Requirement that is broken.
    pub requirement: String,
    /// JSON Pointer to the offending member; for a missing member, where it should be.
    pub pointer: String,
    /// What is wrong there.
    pub problem: Problem,
}

/// What is wrong with a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// It is not there.
    Missing,
    /// It is there and must not be.
    Unexpected,
    /// It has another JSON type; the ones that are right.
    Type(Vec<String>),
    /// It is an empty string.
    Empty,
    /// It is not a date-time; why.
    NotADateTime(String),
    /// Anything else, as the validator says.
    Other(String),
}

/// The schema files by name.
pub const FILES: [(&str, &str); 5] = [
    ("jobResponseBase.schema.json", include_str!("../../schemas/resources/jobResponseBase.schema.json")),
    ("classificationError.schema.json", include_str!("../../schemas/resources/classificationError.schema.json")),
    ("classifcationErrorBase.schema.json", include_str!("../../schemas/resources/classifcationErrorBase.schema.json")),
    (
        "classificationInnerError.schema.json",
        include_str!("../../schemas/resources/classificationInnerError.schema.json"),
    ),
    ("odataError.schema.json", include_str!("../../schemas/resources/odataError.schema.json")),
];

static PARSED: LazyLock<Map<String, Value>> = LazyLock::new(|| {
    FILES
        .iter()
        .map(|(name, text)| {
            #[expect(clippy::expect_used, reason = "the files are part of the program and tested")]
            let schema = serde_json::from_str(text).expect("the embedded schema parses");
            ((*name).to_owned(), schema)
        })
        .collect()
});

static JOB: LazyLock<Validator> = LazyLock::new(|| compile("jobResponseBase.schema.json"));
static ENVELOPE: LazyLock<Validator> = LazyLock::new(|| compile("odataError.schema.json"));

/// Compiles one file with the others as `$defs`, so that no reference leaves the document.
fn compile(name: &str) -> Validator {
    let mut defs = Map::new();
    for (file, schema) in PARSED.iter() {
        let mut schema = schema.clone();
        localise(&mut schema);
        defs.insert(file.clone(), schema);
    }
    let root = json!({"$schema": "https://json-schema.org/draft/2020-12/schema", "$ref": format!("#/$defs/{name}"), "$defs": defs});
    let compiled = jsonschema::options()
        .with_format("edm-date-time-offset", |text: &str| Instant::parse(text).is_ok())
        .should_validate_formats(true)
        .build(&root);
    #[expect(clippy::expect_used, reason = "the schemas are part of the program and tested")]
    compiled.expect("the embedded schema compiles")
}

/// Turns references to sibling files into references within the document.
fn localise(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            object.remove("$id");
            object.remove("$schema");
            for (key, value) in object.iter_mut() {
                if let (true, Some(file)) = (key == "$ref", value.as_str()) {
                    *value = Value::String(format!("#/$defs/{file}"));
                } else {
                    localise(value);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(localise),
        _ => {}
    }
}

fn of(resource: Resource) -> (&'static Validator, &'static str) {
    match resource {
        Resource::Job => (&JOB, "jobResponseBase.schema.json"),
        Resource::Envelope => (&ENVELOPE, "odataError.schema.json"),
    }
}

/// Every violation of the resource's schema, in document order; empty for a valid instance.
#[must_use]
pub fn violations(resource: Resource, instance: &Value) -> Vec<Violation> {
    let (validator, file) = of(resource);
    if validator.is_valid(instance) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for error in validator.iter_errors(instance) {
        let requirement = attribute(file, error.instance_path().as_str(), error.kind().keyword());
        let problems = problems(file, instance, &error).into_iter();
        found.extend(problems.map(|(pointer, problem)| Violation {
            requirement: requirement.clone(),
            pointer,
            problem,
        }));
    }
    // A wrong type is reported once, by the outermost keyword that says so.
    found.dedup_by(|b, a| a.pointer == b.pointer && a.requirement == b.requirement);
    found
}

/// What the validator found wrong in one go: where, and what.
fn problems(file: &str, instance: &Value, error: &ValidationError<'_>) -> Vec<(String, Problem)> {
    let at = error.instance_path().as_str().to_owned();
    let below = |member: &str| format!("{at}/{}", json::escape(member));
    match error.kind() {
        ValidationErrorKind::Required { property } => {
            vec![(below(property.as_str().unwrap_or_default()), Problem::Missing)]
        }
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            unexpected.iter().map(|member| (below(member), Problem::Unexpected)).collect()
        }
        ValidationErrorKind::Type { .. } => {
            let types = types_at(file, &at);
            vec![(at, Problem::Type(types))]
        }
        ValidationErrorKind::MinLength { .. } => vec![(at, Problem::Empty)],
        ValidationErrorKind::Format { .. } => {
            let text = instance.pointer(&at).and_then(Value::as_str).unwrap_or_default();
            let why = Instant::parse(text).err().unwrap_or("is not a date-time").to_owned();
            vec![(at, Problem::NotADateTime(why))]
        }
        _ => vec![(at, Problem::Other(error.to_string()))],
    }
}

/// The subschemas that apply at an instance path, outermost first.
fn along(file: &str, pointer: &str) -> Vec<&'static Value> {
    let Some(mut node) = PARSED.get(file) else { return Vec::new() };
    let mut nodes = vec![node];
    for token in pointer.split('/').skip(1) {
        let token = json::unescape(token);
        let next = nodes.iter().rev().find_map(|schema| {
            schema
                .get("properties")
                .and_then(|p| p.get(&*token))
                .or_else(|| (token.bytes().all(|b| b.is_ascii_digit())).then(|| schema.get("items")).flatten())
        });
        let Some(next) = next else { return nodes };
        node = next;
        nodes = vec![node];
        if let Some(target) = node.get("$ref").and_then(Value::as_str).and_then(|file| PARSED.get(file)) {
            nodes.push(target);
        }
    }
    nodes
}

/// The requirement that `keyword` at `pointer` stands for.
fn attribute(file: &str, pointer: &str, keyword: &str) -> String {
    let nodes = along(file, pointer);
    let says = |node: &&Value| match node.get("x-requirement") {
        Some(Value::String(id)) => Some(id.clone()),
        Some(Value::Object(map)) => map.get(keyword).and_then(Value::as_str).map(str::to_owned),
        _ => None,
    };
    // The place where the member is used knows best what a wrong type there means; its own schema knows the rest.
    let order: Vec<&&Value> = if keyword == "type" { nodes.iter().collect() } else { nodes.iter().rev().collect() };
    order.into_iter().find_map(says).unwrap_or_else(|| "REQ-TYPE-001".to_owned())
}

fn types_at(file: &str, pointer: &str) -> Vec<String> {
    along(file, pointer)
        .iter()
        .find_map(|node| node.get("type"))
        .map(|types| match types {
            Value::Array(types) => types.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            other => vec![other.as_str().unwrap_or_default().to_owned()],
        })
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Value {
        json!({"id":"1","type":null,"status":"x","tenantId":"t","creationDateTime":"2017-01-01T00:00:00Z","startDateTime":null,
            "endDateTime":"2017-01-01T00:00:00.1234567+03:00","error":{"code":null,"message":"m","target":null,
            "innerError":{"errorDateTime":"2017-01-01T00:00:00Z"},"details":[{"code":"a"}]},"result":1,"@odata.type":"#x"})
    }

    fn only(change: impl FnOnce(&mut Value)) -> Violation {
        let mut value = sample();
        change(&mut value);
        let mut found = violations(Resource::Job, &value);
        assert_eq!(found.len(), 1, "{found:?}");
        found.remove(0)
    }

    #[test]
    fn a_right_job_has_no_violation() {
        assert_eq!(violations(Resource::Job, &sample()), []);
    }

    #[test]
    fn each_violation_cites_its_requirement_at_its_place() {
        type Spoil = fn(&mut Value);
        let cases: [(Spoil, &str, &str); 9] = [
            (
                |v| {
                    v.as_object_mut().unwrap().remove("status");
                },
                "REQ-PROP-001",
                "/status",
            ),
            (|v| v["id"] = json!(""), "REQ-PROP-002", "/id"),
            (|v| v["status"] = json!(1), "REQ-TYPE-001", "/status"),
            (|v| v["endDateTime"] = json!("2017-01-01"), "REQ-DTO-001", "/endDateTime"),
            (|v| v["error"] = json!("x"), "REQ-TYPE-001", "/error"),
            (
                |v| {
                    v["error"].as_object_mut().unwrap().remove("code");
                },
                "REQ-PROP-003",
                "/error/code",
            ),
            (|v| v["error"]["details"] = json!(null), "REQ-ERR-003", "/error/details"),
            (
                |v| v["error"]["innerError"]["errorDateTime"] = json!("x"),
                "REQ-DTO-001",
                "/error/innerError/errorDateTime",
            ),
            (|v| v["error"]["details"][0]["code"] = json!(7), "REQ-TYPE-001", "/error/details/0/code"),
        ];
        for (change, requirement, pointer) in cases {
            let found = only(change);
            assert_eq!((found.requirement.as_str(), found.pointer.as_str()), (requirement, pointer));
        }
        let envelope = violations(Resource::Envelope, &json!({"error":{"code":"x","message":""},"more":1}));
        let said: Vec<_> = envelope.iter().map(|v| (v.requirement.as_str(), v.pointer.as_str())).collect();
        assert!(
            said.contains(&("REQ-ENV-002", "/error/message")) && said.contains(&("REQ-ENV-001", "/more")),
            "{said:?}"
        );
    }
}
