//! What an API page and the suite do not agree on: paths, properties, and the example request and response.
//!
//! [`drift`] is pure; each [`Drift`] is one sentence.

use serde_json::{Map, Value};

use super::draft;
use crate::contract::endpoint::ENDPOINTS;
use crate::contract::page::Page;
use crate::contract::{sample, schemas};

pub(super) const PREFIX: &str = "/dataClassification/";
/// The id in the example response of the page.
const SAMPLE_ID: &str = "324d1724-1724-324d-2417-4d3224174d32";

/// One thing that differs, and a case to start from where one would help.
#[derive(Debug, PartialEq)]
pub(super) struct Drift {
    pub(super) what: String,
    pub(super) draft: Option<(String, Value)>,
}

/// Everything that differs, in the order of the page.
pub(super) fn drift(page: &Page) -> Vec<Drift> {
    let mut found: Vec<Drift> =
        page.unclear.iter().map(|why| Drift { what: format!("not understood: {why}"), draft: None }).collect();
    paths(page, &mut found);
    properties(page, &mut found);
    requests(page, &mut found);
    responses(page, &mut found);
    found
}

fn add(found: &mut Vec<Drift>, what: String) {
    found.push(Drift { what, draft: None });
}

/// The collection that a path names; `None` for any other path.
fn collection(path: &str) -> Option<&str> {
    let rest = &path[path.find(PREFIX)? + PREFIX.len()..];
    rest.split_once("/{").filter(|(_, id)| id.ends_with('}') && !id.contains('/')).map(|(collection, _)| collection)
}

fn paths(page: &Page, found: &mut Vec<Drift>) {
    for (method, path) in &page.operations {
        if method != "PATCH" {
            add(found, format!("method: {method} {path} is on the page; the suite is about PATCH"));
        }
        let known = collection(path);
        if known.is_none_or(|name| ENDPOINTS.iter().all(|endpoint| endpoint.collection != name)) {
            let draft = known.map(|name| (format!("path/{name}"), draft::path(name)));
            found.push(Drift { what: format!("path: {path} is on the page and not in the suite"), draft });
        }
    }
    for endpoint in &ENDPOINTS {
        if page.operations.iter().all(|(_, path)| collection(path) != Some(endpoint.collection)) {
            add(found, format!("path: {PREFIX}{}/{{id}} is in the suite and not on the page", endpoint.collection));
        }
    }
}

/// What the table of the page calls a property's type.
fn type_of(schema: &Value) -> String {
    if let Some(file) = schema.get("$ref").and_then(Value::as_str) {
        return file.trim_end_matches(".schema.json").to_owned();
    }
    let types = schema.get("type");
    let is =
        |name: &str| types.is_some_and(|t| t == name || t.as_array().is_some_and(|all| all.iter().any(|t| t == name)));
    match schema.get("format").and_then(Value::as_str) {
        Some("edm-date-time-offset") => "DateTimeOffset",
        _ if is("string") => "String",
        _ if is("boolean") => "Boolean",
        _ if is("integer") => "Int32",
        _ => "another type",
    }
    .to_owned()
}

fn properties(page: &Page, found: &mut Vec<Drift>) {
    let text = schemas::FILES.iter().find(|(name, _)| *name == "jobResponseBase.schema.json").map(|(_, text)| *text);
    // The schema is part of the program and a test parses it.
    let schema: Value = text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    let none = Map::new();
    let known = schema["properties"].as_object().unwrap_or(&none);
    let required = |name: &str| schema["required"].as_array().is_some_and(|all| all.iter().any(|one| one == name));
    for (name, kind) in &page.properties {
        let case = || Some((format!("prop/{name}"), draft::property(name, kind)));
        match known.get(name) {
            Some(schema) if type_of(schema) != *kind => {
                let what = format!("type: {name} is {kind} on the page and {} in the suite", type_of(schema));
                found.push(Drift { what, draft: case() });
            }
            Some(_) if !required(name) => {
                add(found, format!("required: {name} is in the table of the page and not required by the suite"));
            }
            Some(_) => {}
            None => {
                let what = format!("property: {name} ({kind}) is on the page and not in the suite");
                found.push(Drift { what, draft: case() });
            }
        }
    }
    for name in known.keys().filter(|name| required(name)) {
        if page.properties.iter().all(|(known, _)| known != name) {
            add(found, format!("required: {name} is required by the suite and not in the table of the page"));
        }
    }
}

fn requests(page: &Page, found: &mut Vec<Drift>) {
    if page.requests.is_empty() {
        add(found, "example: the page has no example request".to_owned());
    }
    for example in &page.requests {
        let (method, path) = example.first.split_once(' ').unwrap_or((&example.first, ""));
        if method != "PATCH" || collection(path).is_none() {
            add(found, format!("example: the request is {:?}", example.first));
        }
        media("request", example.header("content-type"), found);
        let sample = sample::sample().1;
        let draft = example.body.as_ref().map(|body| ("body/sample-of-the-page".to_owned(), draft::body(body)));
        bodies("request", example.body.as_ref(), &sample, draft, found);
    }
}

fn responses(page: &Page, found: &mut Vec<Drift>) {
    if page.responses.is_empty() {
        add(found, "example: the page has no example response".to_owned());
    }
    for example in &page.responses {
        if example.first.split_whitespace().nth(1) != Some("200") {
            add(found, format!("example: the response is {:?}; the suite expects 200", example.first));
        }
        media("response", example.header("content-type"), found);
        let mut sample = Value::clone(&sample::sample().1);
        sample["id"] = SAMPLE_ID.into();
        bodies("response", example.body.as_ref(), &sample, None, found);
    }
}

fn media(which: &str, value: Option<&str>, found: &mut Vec<Drift>) {
    if value != Some("application/json") {
        let value = value.unwrap_or("none");
        add(found, format!("media type: the example {which} has {value}, the suite application/json"));
    }
}

/// Each place at which an example differs.
fn bodies(
    which: &str,
    page: Option<&Value>,
    suite: &Value,
    mut draft: Option<(String, Value)>,
    found: &mut Vec<Drift>,
) {
    let Some(page) = page else {
        return add(found, format!("example: the {which} has no body"));
    };
    let mut differences = Vec::new();
    compare("", page, suite, &mut differences);
    for difference in differences {
        // One draft has the whole example.
        found.push(Drift { what: format!("example: the {which} {difference}"), draft: draft.take() });
    }
}

fn compare(at: &str, page: &Value, suite: &Value, out: &mut Vec<String>) {
    match (page, suite) {
        (Value::Object(a), Value::Object(b)) => {
            for (name, value) in a {
                let at = format!("{at}/{}", crate::json::escape(name));
                match b.get(name) {
                    Some(other) => compare(&at, value, other, out),
                    None => out.push(format!("has {at}, which the suite has not")),
                }
            }
            for name in b.keys().filter(|name| !a.contains_key(*name)) {
                out.push(format!("lacks {at}/{}, which the suite has", crate::json::escape(name)));
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (i, (one, other)) in a.iter().zip(b).enumerate() {
                compare(&format!("{at}/{i}"), one, other, out);
            }
        }
        _ if page == suite => {}
        _ => out.push(format!("has {page} at {at}, the suite {suite}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::page;

    const PAGE: &str = include_str!("../../../contract/jobresponsebase-update.md");

    fn told(text: &str) -> Vec<String> {
        drift(&page::read(text)).into_iter().map(|drift| drift.what).collect()
    }

    #[test]
    fn the_page_of_the_contract_and_the_suite_agree() {
        assert_eq!(told(PAGE), Vec::<String>::new());
    }

    #[test]
    fn each_kind_of_drift_is_named_alone() {
        let seventh = "jobResponseBaseId}\nPATCH /dataClassification/evaluatePolicyTipsJobs/{jobResponseBaseId}\n```";
        for (from, to, said) in [
            (
                "jobResponseBaseId}\n```",
                seventh,
                "path: /dataClassification/evaluatePolicyTipsJobs/{jobResponseBaseId} is on the page",
            ),
            (
                "PATCH /dataClassification/jobs/{jobResponseBaseId}\n",
                "",
                "path: /dataClassification/jobs/{id} is in the suite",
            ),
            ("|status|String||", "|status|Int32||", "type: status is Int32 on the page and String in the suite"),
            ("|status|String||", "|status|String||\n|priority|Int32||", "property: priority (Int32)"),
            ("|tenantId|String||\n", "", "required: tenantId is required by the suite"),
            ("Content-length: 845\n\n{\n", "Content-length: 845\n\n{\n\"more\": 1,", "example: the request has /more"),
            ("HTTP/1.1 200 OK", "HTTP/1.1 204 No Content", "example: the response is"),
            (
                "Content-type: application/json",
                "Content-type: text/json",
                "media type: the example request has text/json",
            ),
            ("\"id\": \"324d", "\"id\": \"424d", "example: the response has \"424d"),
        ] {
            let changed = PAGE.replacen(from, to, 1);
            assert_ne!(changed, PAGE, "{from}");
            let told = told(&changed);
            assert!(told.len() == 1 && told[0].starts_with(said), "{said}: {told:?}");
        }
    }

    #[test]
    fn drafts_are_cases_that_can_be_loaded() {
        let folder = tempfile::tempdir().unwrap();
        let text = PAGE
            .replacen("|status|String||", "|status|String||\n|priority|Int32||", 1)
            .replacen("PATCH /data", "PATCH /dataClassification/more/{jobResponseBaseId}\nPATCH /data", 1)
            .replacen("\"status\": \"Status value\"", "\"status\": \"New value\"", 1);
        draft::write(folder.path(), &drift(&page::read(&text))).unwrap();
        let suite = crate::plan::load(&crate::plan::Source::Dir(folder.path().to_owned())).unwrap();
        let ids: Vec<&str> = suite.refs.iter().map(|row| &*row.id).collect();
        assert_eq!(ids, ["body::sample-of-the-page", "path::more", "prop::priority"]);
        assert!(draft::write(folder.path(), &drift(&page::read(&text))).is_err(), "a file is overwritten");
    }
}
