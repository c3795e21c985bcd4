//! Drafts of cases for what an API page has and the suite has not: whole files, to be finished by a person.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::drift::{Drift, PREFIX};
use crate::cli::write::out;

/// A path that the suite does not have.
pub(super) fn path(collection: &str) -> Value {
    json!({
        "title": format!("A job of {collection} can be updated"),
        "description": "Draft, from the API page. Needs a row in src/contract/endpoint.rs to become a path of its own.",
        "requirements": ["REQ-PATH-001"],
        "endpoints": ["jobs"],
        "request": {"to": {"path": format!("{PREFIX}{collection}/{{{{job.id}}}}")}},
        "expect": {"status": 200, "schema": "none", "job": "unjudged"},
    })
}

/// A new property, or one of another type.
pub(super) fn property(name: &str, kind: &str) -> Value {
    let value = match kind {
        "String" => json!("a value"),
        "Boolean" => json!(true),
        "DateTimeOffset" => json!("2017-01-01T00:01:50.3140554+03:00"),
        "Int16" | "Int32" | "Int64" | "Byte" | "Decimal" | "Double" | "Single" => json!(1),
        _ => json!({}),
    };
    json!({
        "title": format!("{name} is updated and comes back"),
        "description": format!("Draft, from the API page: {kind}."),
        "requirements": ["REQ-RESP-003"],
        "request": {"body": {name: value}},
        "expect": {"status": 200, "members": {format!("/{}", crate::json::escape(name)): {"equals": value, "requirement": "REQ-RESP-003"}}},
    })
}

/// Another example request.
pub(super) fn body(body: &Value) -> Value {
    json!({
        "title": "The example request of the page is accepted",
        "description": "Draft, from the API page.",
        "requirements": ["REQ-BODY-001"],
        "request": {"body": body},
        "expect": {"status": 200},
    })
}

/// Writes the drafts; a file that is there is never overwritten.
pub(super) fn write(folder: &Path, found: &[Drift]) -> Result<(), String> {
    for (name, case) in found.iter().filter_map(|drift| drift.draft.as_ref()) {
        let safe: String = name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '/' { c } else { '-' }).collect();
        let to = folder.join(format!("{safe}.json"));
        let shown = to.display();
        fs::create_dir_all(to.parent().unwrap_or(folder)).map_err(|error| format!("{shown}: {error}"))?;
        let text = serde_json::to_string_pretty(case).map_err(|error| format!("{shown}: {error}"))?;
        let written = fs::File::create_new(&to)
            .and_then(|mut file| std::io::Write::write_all(&mut file, format!("{text}\n").as_bytes()));
        written.map_err(|error| format!("{shown}: {error}"))?;
        out(format!("draft  {shown}"));
    }
    Ok(())
}
