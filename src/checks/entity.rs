//! The body of a success is the job itself, with its properties, their types and its own id.

use serde_json::{Map, Value};

use super::scene::{Draft, Findings, Scene};
use super::{Check, Scope};
use crate::contract::schemas::{Problem, Resource, Violation, violations};
use crate::diff::JOB;
use crate::json::last_token;
use crate::model::expect::JsonType;
use crate::model::finding::{Level, Place};
use crate::model::transcript::Role;

pub(super) const CHECK: Check = Check {
    name: "entity",
    rule: "The 200 body is the job: an object with its eight properties, of their types, and the id of the URL.",
    requirements: &[
        "REQ-RESP-001",
        "REQ-PROP-001",
        "REQ-PROP-002",
        "REQ-PROP-003",
        "REQ-TYPE-001",
        "REQ-DTO-001",
        "REQ-ERR-003",
        "REQ-IDENT-001",
        "REQ-UNK-003",
    ],
    scope: Scope::EveryResponse,
    run,
};

fn run(scene: &Scene<'_>, findings: &mut Findings) {
    if !scene.is_entity() {
        return read(scene, findings);
    }
    let Some(root) = scene.response.json() else { return };
    let body = || Place::Body(String::new());
    let Some(object) = root.as_object() else {
        return findings.add(
            scene
                .finding(
                    "REQ-RESP-001",
                    body(),
                    format!("The body is {}, not the job.", JsonType::of(root).with_article()),
                )
                .expected("an object")
                .actual(root.clone()),
        );
    };
    if let Some(wrapper) = wrapper(object) {
        let message = format!("The job is wrapped in `{wrapper}` instead of being the root.");
        let place = Place::Body(format!("/{}", crate::json::escape(wrapper)));
        let draft = scene.finding("REQ-RESP-001", place, message);
        return findings.add(draft.expected("the properties of the job at the root"));
    }
    let omits_nulls = honours_omit_values(scene);
    let selected =
        scene.exchange().request.path().contains("$select") || scene.exchange().request.path().contains("%24select");
    for violation in violations(Resource::Job, root) {
        if violation.problem == Problem::Missing && (omits_nulls || selected) {
            continue;
        }
        report(scene, findings, root, &violation, &|pointer| Place::Body(pointer));
    }
    lower_case_dates(scene, findings, root);
    if let Some(draft) = another_id(scene, object) {
        findings.add(draft);
    }
}

/// REQ-IDENT-001: the job in the body is the one in the URL.
fn another_id(scene: &Scene<'_>, object: &Map<String, Value>) -> Option<Draft> {
    let id = object.get("id").and_then(Value::as_str).filter(|id| !id.is_empty())?;
    let addressed = scene.entry.target_id.as_str();
    let same = if scene.profile().ids_ignore_case { id.eq_ignore_ascii_case(addressed) } else { id == addressed };
    if same {
        return None;
    }
    let place = Place::Body("/id".to_owned());
    let draft = scene.finding("REQ-IDENT-001", place, "The job in the body is not the one in the URL.");
    Some(draft.expected(Value::from(addressed)).actual(Value::from(id)))
}

/// The member in which the job stands, where it is not the root: `value` of a collection, `d` of older services, or any
/// other that has its properties while the root has none.
fn wrapper(object: &Map<String, Value>) -> Option<&str> {
    let declared = |object: &Map<String, Value>| JOB.iter().filter(|(name, _)| object.contains_key(*name)).count();
    let at_root = declared(object);
    if object.contains_key("id") && JOB.len() - at_root <= 3 {
        return None;
    }
    let holds = |value: &Value| {
        let inner = if let Value::Array(elements) = value { elements.first().unwrap_or(value) } else { value };
        inner.as_object().is_some_and(|inner| at_root == 0 && declared(inner) > 3)
    };
    let is_wrapper =
        |(name, value): &(&String, &Value)| *name == "value" && (value.is_object() || value.is_array()) || holds(value);
    object.iter().find(is_wrapper).map(|(name, _)| name.as_str())
}

/// A read shows the same types; whether all properties are there is said only of the answer to PATCH.
fn read(scene: &Scene<'_>, findings: &mut Findings) {
    let is_read = matches!(scene.entry.role, Role::ReadAfter | Role::ReadBefore | Role::Settled);
    if !is_read || scene.response.status != 200 {
        return;
    }
    let Some(entity) = scene.response.entity() else { return };
    for violation in violations(Resource::Job, entity) {
        if matches!(violation.requirement.as_str(), "REQ-TYPE-001" | "REQ-DTO-001" | "REQ-ERR-003") {
            report(scene, findings, entity, &violation, &|pointer| Place::Job(pointer));
        }
    }
}

/// OData 4.01 Protocol, 8.2.8.6: nulls may be left out when asked for and said so. They are the defaults of properties
/// that declare no other, and none of a job does.
fn honours_omit_values(scene: &Scene<'_>) -> bool {
    ["omit-values=nulls", "omit-values=defaults"].into_iter().any(|preference| {
        let asked = scene.exchange().request.header("prefer").is_some_and(|prefer| prefer.contains(preference));
        let said = |applied: &str| applied.replace('"', "").to_ascii_lowercase().contains(preference);
        asked && scene.response.header_all("preference-applied").any(said)
    })
}

fn report(
    scene: &Scene<'_>,
    findings: &mut Findings,
    root: &Value,
    violation: &Violation,
    place: &dyn Fn(String) -> Place,
) {
    let name = last_token(&violation.pointer);
    let actual = root.pointer(&violation.pointer);
    let (message, expected) = match &violation.problem {
        Problem::Missing => (format!("Member `{name}` is missing."), "the member, with a value or null".to_owned()),
        Problem::Unexpected => (format!("Member `{name}` does not belong there."), "no such member".to_owned()),
        Problem::Type(types) => {
            let kind = actual.map_or("nothing", |value| JsonType::of(value).with_article());
            (format!("Member `{name}` is {kind}."), types.join(" or "))
        }
        Problem::Empty => (format!("Member `{name}` is empty."), "a non-empty string".to_owned()),
        Problem::NotADateTime(why) => (
            format!("Member `{name}` is no DateTimeOffset: it {why}."),
            "YYYY-MM-DDThh:mm:ss[.f…](Z|±hh:mm)".to_owned(),
        ),
        Problem::Other(why) => (format!("Member `{name}`: {why}."), String::new()),
    };
    let draft = scene.finding(&violation.requirement, place(violation.pointer.clone()), message);
    let draft = draft.expected_if((!expected.is_empty()).then_some(expected));
    findings.add(draft.actual_if(actual.cloned()));
}

/// Lower-case t or z matches the ABNF, whose literals ignore case, and is a warning.
fn lower_case_dates(scene: &Scene<'_>, findings: &mut Findings, root: &Value) {
    let Some(job) = root.as_object() else { return };
    crate::diff::each_date_time(job, &mut |pointer, text| {
        // Most have none, and need not be read for that.
        let may = text.contains(['t', 'z']);
        if may && crate::instant::Instant::parse(text).is_ok_and(|instant| instant.lower_case) {
            let place = Place::Body(pointer.to_string());
            let draft = scene.finding("REQ-DTO-001", place, "The date-time has a lower-case `t` or `z`.");
            findings.add(draft.at_most(Level::Should).actual(Value::from(text)));
        }
    });
}
