//! The contract's data agree with their sources: schemas with the metadata, cases with the page, both with the code.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test ends at the first thing that is not there")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use patchproof::contract::endpoint::ENDPOINTS;
use patchproof::contract::requirement::requirement;
use patchproof::contract::schemas::FILES;
use patchproof::model::case::Content;
use roxmltree::{Document, Node};
use serde_json::{Map, Value, json};

const PAGE: &str = include_str!("../contract/jobresponsebase-update.md");
const CSDL: &str = include_str!("../contract/dataClassification.csdl.xml");

/// One declared property.
struct Property {
    edm: String,
    nullable: bool,
}

/// The properties of a type in the metadata, with those of its base types.
fn properties(csdl: &Document<'_>, name: &str) -> BTreeMap<String, Property> {
    let is = |node: &Node<'_, '_>| {
        ["EntityType", "ComplexType"].contains(&node.tag_name().name()) && node.attribute("Name") == Some(name)
    };
    let node = csdl.descendants().find(is).unwrap_or_else(|| panic!("{name} is in the metadata"));
    let mut all = node
        .attribute("BaseType")
        .map_or_else(BTreeMap::new, |base| properties(csdl, base.rsplit('.').next().unwrap_or_default()));
    for property in node.children().filter(|child| child.tag_name().name() == "Property") {
        let edm = property.attribute("Type").expect("a property has a type").to_owned();
        let nullable = property.attribute("Nullable") != Some("false");
        all.insert(property.attribute("Name").expect("a property has a name").to_owned(), Property { edm, nullable });
    }
    all
}

fn schema(name: &str) -> Value {
    let (_, text) = FILES.iter().find(|(file, _)| *file == format!("{name}.schema.json")).expect("a resource schema");
    serde_json::from_str(text).expect("a resource schema is JSON")
}

/// The schema of one member, references followed.
fn resolved(member: &Value) -> Value {
    match member["$ref"].as_str() {
        Some(file) => schema(file.trim_end_matches(".schema.json")),
        None => member.clone(),
    }
}

fn types(schema: &Value) -> BTreeSet<&str> {
    match &schema["type"] {
        Value::String(one) => BTreeSet::from([one.as_str()]),
        many => many.as_array().into_iter().flatten().filter_map(Value::as_str).collect(),
    }
}

/// What the schema of a member has to say for its type in the metadata.
fn expected(property: &Property) -> (BTreeSet<&'static str>, Option<&'static str>, Option<&str>) {
    let null = property.nullable.then_some("null");
    let with = |name| std::iter::once(name).chain(null).collect();
    match property.edm.as_str() {
        "Edm.String" => (with("string"), None, None),
        "Edm.DateTimeOffset" => (with("string"), Some("edm-date-time-offset"), None),
        // A collection is never null, whatever Nullable says of its items (OData CSDL 4.01, 7.2.1).
        collection if collection.starts_with("Collection(") => (
            BTreeSet::from(["array"]),
            None,
            collection.strip_prefix("Collection(graph.").and_then(|rest| rest.strip_suffix(')')),
        ),
        complex => (with("object"), None, complex.strip_prefix("graph.")),
    }
}

#[test]
fn schemas_agree_with_the_metadata() {
    let csdl = Document::parse(CSDL).unwrap();
    // What a schema has beyond its type: a member of some metadata only, and that of the derived element.
    let beyond = BTreeMap::from([("jobResponseBase", "userId"), ("classifcationErrorBase", "details")]);
    for name in ["jobResponseBase", "classificationError", "classifcationErrorBase", "classificationInnerError"] {
        let schema = schema(name);
        assert_eq!(schema["title"], name);
        let declared = properties(&csdl, name);
        let mut names: BTreeSet<&str> = schema["properties"].as_object().unwrap().keys().map(String::as_str).collect();
        beyond.get(name).map(|extra| names.remove(extra));
        assert_eq!(names, declared.keys().map(String::as_str).collect(), "members of {name}");
        for (member, property) in &declared {
            let own = &schema["properties"][member];
            let (wanted, format, refers) = expected(property);
            let full = resolved(own);
            assert_eq!(types(&full), wanted, "type of {name}/{member}");
            assert_eq!(full["format"].as_str(), format, "format of {name}/{member}");
            let target = if wanted.contains("array") { &own["items"]["$ref"] } else { &own["$ref"] };
            let target = target.as_str().map(|file| file.trim_end_matches(".schema.json"));
            assert_eq!(target, refers, "reference of {name}/{member}");
        }
    }
}

#[test]
fn an_answer_must_have_the_properties_that_the_page_lists() {
    let table = PAGE.split("## Request body").nth(1).unwrap().split("## Response").next().unwrap();
    let rows = table.lines().filter(|line| line.starts_with('|')).skip(2);
    let listed: Vec<&str> = rows.filter_map(|row| row.split('|').nth(1)).collect();
    assert_eq!(schema("jobResponseBase")["required"], json!(listed));
}

#[test]
fn endpoints_agree_with_page_and_metadata() {
    let of_page: Vec<&str> = PAGE
        .lines()
        .filter_map(|line| line.strip_prefix("PATCH /dataClassification/")?.strip_suffix("/{jobResponseBaseId}"))
        .collect();
    assert_eq!(ENDPOINTS.iter().map(|row| row.collection).collect::<Vec<_>>(), of_page);
    let csdl = Document::parse(CSDL).unwrap();
    let of_metadata: BTreeSet<&str> = csdl
        .descendants()
        .filter(|node| node.tag_name().name() == "NavigationProperty")
        .inspect(|node| assert_eq!(node.attribute("Type"), Some("Collection(graph.jobResponseBase)")))
        .filter_map(|node| node.attribute("Name"))
        .collect();
    assert_eq!(of_metadata, of_page.into_iter().collect());
}

/// Every member of a schema with where it stands.
fn members<'a>(schema: &'a Value, at: &str, out: &mut Vec<(String, &'a Map<String, Value>)>) {
    for (name, member) in schema["properties"].as_object().into_iter().flatten() {
        let at = format!("{at}/{name}");
        out.push((at.clone(), member.as_object().expect("a member has a schema")));
        members(member, &at, out);
    }
    if let Some(items) = schema["items"].as_object() {
        out.push((format!("{at}/*"), items));
        members(&schema["items"], &format!("{at}/*"), out);
    }
}

#[test]
fn every_schema_member_cites_a_requirement() {
    for (file, text) in FILES {
        let schema: Value = serde_json::from_str(text).unwrap();
        let mut all = vec![(String::new(), schema.as_object().unwrap())];
        members(&schema, "", &mut all);
        for (at, member) in all {
            let cited: Vec<&str> = match member.get("x-requirement") {
                Some(Value::String(one)) => vec![one],
                Some(Value::Object(many)) => {
                    let idle: Vec<_> = many.keys().filter(|keyword| !member.contains_key(*keyword)).collect();
                    assert!(idle.is_empty(), "{file}{at}: x-requirement for keywords that are not there: {idle:?}");
                    many.values().filter_map(Value::as_str).collect()
                }
                _ => panic!("{file}{at}: no x-requirement"),
            };
            for id in cited {
                assert!(requirement(id).is_some(), "{file}{at}: no requirement {id}");
            }
        }
    }
}

/// The body of one of the page's examples, with line feeds, and the length that the page prints for it.
fn example(heading: &str) -> (String, usize) {
    let section = PAGE.split("## Examples").nth(1).unwrap().split(&format!("### {heading}\n")).nth(1).unwrap();
    let block = section.split("``` http\n").nth(1).unwrap().split("\n```").next().unwrap();
    let (head, body) = block.split_once("\n\n").unwrap();
    let length = head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
    (body.to_owned(), length.expect("the example has a length"))
}

fn case(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn the_request_of_the_page_is_sent_byte_for_byte() {
    let (body, length) = example("Request");
    let crlf = body.replace('\n', "\r\n");
    assert_eq!(crlf.len(), length, "the page counts CRLF");
    let of = |text| case(text)["request"]["bodyText"].as_str().unwrap().to_owned();
    assert_eq!(of(include_str!("../cases/body/sample-request-lf.json")), body);
    assert_eq!(of(include_str!("../cases/body/sample-request-crlf.json")), crlf);
    assert_eq!(patchproof::contract::sample::SAMPLE_REQUEST, body);
}

#[test]
fn the_response_of_the_page_is_expected_byte_for_byte() {
    let (body, length) = example("Response");
    assert_eq!(body.replace('\n', "\r\n").len(), length, "the page counts CRLF");
    let case = case(include_str!("../cases/resp/sample-response.json"));
    assert_eq!(serde_json::to_string_pretty(&case["request"]["body"]).unwrap(), example("Request").0);
    // The id is that of the job under test, whatever it is; everything else is as printed.
    let printed: Value = serde_json::from_str(&body).unwrap();
    let mut expected = Map::new();
    for (name, value) in case["expect"]["body"].as_object().unwrap() {
        expected.insert(name.clone(), value.clone());
        if name == "@odata.type" {
            expected.insert("id".to_owned(), printed["id"].clone());
        }
    }
    assert_eq!(serde_json::to_string_pretty(&expected).unwrap(), body);
}

#[test]
fn the_sources_are_taken_over_unchanged() {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("contract");
    let theirs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/contract");
    if !theirs.is_dir() {
        eprintln!("skipped: the sources are not beside this checkout");
        return;
    }
    for entry in std::fs::read_dir(&theirs).unwrap() {
        let name = entry.unwrap().file_name();
        let same = std::fs::read(own.join(&name)).unwrap() == std::fs::read(theirs.join(&name)).unwrap();
        assert!(same, "{} differs from its source", name.display());
    }
}

/// What stands for half a surrogate pair in what is read would otherwise be taken for one.
#[test]
fn no_case_sends_a_character_that_stands_for_half_a_pair() {
    let suite = patchproof::plan::load(&patchproof::plan::Source::BuiltIn).unwrap();
    let is_half = |c: char| patchproof::json::half_of_a_pair(c).is_some();
    for (index, row) in suite.refs.iter().enumerate() {
        let octets = suite.octets(index).unwrap();
        let case: Value = serde_json::from_slice(&octets).unwrap();
        assert!(!case.to_string().contains(is_half), "{}", row.id);
        for step in &suite.case(index).unwrap().steps {
            // What is written as text has escapes of its own.
            if let Some(Content::Text(text)) = &step.request.content
                && let Ok(sent) = serde_json::from_str::<Value>(text)
            {
                assert!(!sent.to_string().contains(is_half), "{}", row.id);
            }
        }
    }
}

#[test]
fn what_updates_have_in_common_is_taken_by_requirements_that_exist() {
    for one in patchproof::model::in_common::TRAITS {
        assert!(requirement(one.requirement).is_some(), "{}: {}", one.what, one.requirement);
    }
}

/// A server that keeps undeclared members merges objects into what it has, so that of two different ones under one name
/// the second comes back as neither. Which of two cases comes first nobody knows.
#[test]
fn one_object_stands_under_one_undeclared_name() {
    let suite = patchproof::plan::load(&patchproof::plan::Source::BuiltIn).unwrap();
    let mut known: BTreeMap<String, (String, Value)> = BTreeMap::new();
    let declared = |name: &str| name == "id" || patchproof::diff::JOB.iter().any(|(known, _)| *known == name);
    for (index, row) in suite.refs.iter().enumerate() {
        for step in &suite.case(index).unwrap().steps {
            let body = match &step.request.content {
                Some(Content::Json(body)) => Some(Value::clone(body)),
                Some(Content::Text(text)) => serde_json::from_str(text).ok(),
                _ => None,
            };
            let Some(Value::Object(members)) = body else { continue };
            for (name, value) in members.into_iter().filter(|(name, value)| value.is_object() && !declared(name)) {
                let (first, before) = known.entry(name.clone()).or_insert_with(|| (row.id.to_string(), value.clone()));
                assert_eq!(*before, value, "`{name}` in {first} and {}", row.id);
            }
        }
    }
    assert!(known.len() > 10, "{}", known.len());
}
