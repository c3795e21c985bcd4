//! Type annotations name types that exist and fit (OData JSON 4.01, section 4.5.3; rulings O-04 and O-05).

use serde_json::{Map, Value};
use url::Url;

use super::scene::{Draft, Findings, Scene};
use super::{Check, Scope};
use crate::json;
use crate::model::case::Address;
use crate::model::finding::{Level, Place};
use crate::model::transcript::Entry;

pub(super) const CHECK: Check = Check {
    name: "type-annotation",
    rule: "@odata.type names a job type at the root, and classifcationErrorBase or a type derived from it in details.",
    requirements: &["REQ-RESP-005", "REQ-RESP-006", "REQ-ERR-005", "REQ-IDENT-004"],
    scope: Scope::Steps,
    run,
};

const JOB_TYPES: [&str; 5] = [
    "jobResponseBase",
    "classificationJobResponse",
    "dlpEvaluatePoliciesJobResponse",
    "evaluateLabelJobResponse",
    "evaluateLabelsAndPoliciesJobResponse",
];

/// The type name behind an optional `#` or URI with `#`, without its namespace or alias.
pub(super) fn reduced(annotation: &str) -> Option<&str> {
    let name = annotation.rsplit_once('#').map_or(annotation, |(_, name)| name);
    name.strip_prefix("microsoft.graph.").or_else(|| name.strip_prefix("graph."))
}

fn run(scene: &Scene<'_>, findings: &mut Findings) {
    let Some(entity) = scene.entity() else { return not_shown(scene, findings) };
    root(scene, findings, json::annotation(entity, "type"));
    let details = entity.get("error").and_then(|error| error.get("details")).and_then(Value::as_array);
    for (i, element) in details.into_iter().flatten().enumerate() {
        element_type(scene, findings, element, &format!("/error/details/{i}"));
    }
    if let Some((index, read)) = scene.read_after() {
        in_read(findings, index, read, entity);
    }
}

/// An update that names another type and is refused, or shows nothing, leaves the type of the job as it was.
fn not_shown(scene: &Scene<'_>, findings: &mut Findings) {
    let type_of = |job: &Map<String, Value>| json::annotation(job, "type").and_then(Value::as_str).map(str::to_owned);
    let (Some(before), Some((index, read)), Some(tried)) =
        (scene.before(), scene.read_after(), scene.sent().and_then(type_of))
    else {
        return;
    };
    let message = match scene.response.status {
        204 => "An update that was answered without content has changed the type of the job.",
        400.. => "A refused update has changed the type of the job.",
        _ => return,
    };
    let Some(now) = read.exchange.job().and_then(type_of) else { return };
    let was = type_of(before);
    let was = was.as_deref().map_or(Some("jobResponseBase"), reduced);
    if reduced(&now) != was && reduced(&now) == reduced(&tried) {
        let place = Place::Job("/@odata.type".to_owned());
        let draft = Draft::new("REQ-IDENT-004", index, place, message);
        findings.add(draft.expected(Value::from(was)).actual(Value::from(now)));
    }
}

/// The types that a read names and the answer to the update did not.
fn in_read(findings: &mut Findings, index: usize, read: &Entry, answer: &Map<String, Value>) {
    let Some(shown) = read.exchange.job() else { return };
    let type_of = |job: &Map<String, Value>| json::annotation(job, "type").cloned();
    let of_elements = |job: &Map<String, Value>| -> Vec<Option<Value>> {
        let details = job.get("error").and_then(|error| error.get("details")).and_then(Value::as_array);
        details.into_iter().flatten().map(|element| element.as_object().and_then(type_of)).collect()
    };
    if let Some(name) = type_of(shown).filter(|name| Some(name) != type_of(answer).as_ref())
        && !name.as_str().and_then(reduced).is_some_and(|name| JOB_TYPES.contains(&name))
    {
        let place = Place::Body("/@odata.type".to_owned());
        let draft = Draft::new("REQ-RESP-005", index, place, "A read annotates the job with what is no job type.");
        findings.add(draft.expected("#microsoft.graph.jobResponseBase or a type derived from it").actual(name));
    }
    let answered = of_elements(answer);
    for (i, name) in of_elements(shown).into_iter().enumerate() {
        let Some(name) = name.filter(|name| answered.get(i).and_then(Option::as_ref) != Some(name)) else { continue };
        if !is_element_type(&name) {
            let place = Place::Body(format!("/error/details/{i}/@odata.type"));
            let message = "A read annotates an element of details with what is not its type.";
            let expected = Value::from("#microsoft.graph.classifcationErrorBase");
            findings.add(Draft::new("REQ-ERR-005", index, place, message).expected(expected).actual(name));
        }
    }
}

fn is_element_type(annotation: &Value) -> bool {
    matches!(annotation.as_str().and_then(reduced), Some("classifcationErrorBase" | "classificationError"))
}

fn root(scene: &Scene<'_>, findings: &mut Findings, annotation: Option<&Value>) {
    let derived = scene.step.request.to == Address::DerivedJob;
    let Some(annotation) = annotation else { return unannotated(scene, findings, derived) };
    let place = || Place::Body("/@odata.type".to_owned());
    let Some(text) = annotation.as_str() else {
        return findings.add(
            scene.finding("REQ-RESP-005", place(), "The type annotation is not a string.").actual(annotation.clone()),
        );
    };
    let Some(name) = reduced(text).filter(|name| JOB_TYPES.contains(name)) else {
        return findings.add(
            scene
                .finding("REQ-RESP-005", place(), "The type annotation does not name a job type.")
                .expected("#microsoft.graph.jobResponseBase or a type derived from it")
                .actual(annotation.clone()),
        );
    };
    if !begins_rightly(text) {
        findings.add(
            scene
                .finding(
                    "REQ-RESP-005",
                    place(),
                    "What stands before the last `#` of the type annotation is no absolute URI.",
                )
                .expected(Value::from(format!("#microsoft.graph.{name}")))
                .actual(annotation.clone()),
        );
    } else if !text.contains('#') {
        let version = scene.response.header("odata-version");
        let level = if version.is_some_and(|version| version.trim() == "4.01") { Level::Should } else { Level::Must };
        findings.add(
            scene
                .finding("REQ-RESP-005", place(), "The type annotation at the root has no `#`.")
                .at_most(level)
                .expected(Value::from(format!("#microsoft.graph.{name}")))
                .actual(annotation.clone()),
        );
    }
    let changed = type_before(scene, name).filter(|before| JOB_TYPES.contains(before) && *before != name);
    let changed = changed.map(|before| {
        let draft = scene.finding("REQ-IDENT-004", place(), "The type of the job has changed.");
        draft.expected(Value::from(format!("#microsoft.graph.{before}"))).actual(annotation.clone())
    });
    // Where a body may name another type, a job of a derived type may have become one of the base type.
    let may_change = scene.profile().excused.contains_key("REQ-IDENT-004");
    let of_base = (derived && name == "jobResponseBase" && !may_change).then(|| {
        let draft = scene.finding("REQ-RESP-006", place(), "A job of a derived type is annotated with the base type.");
        draft.actual(annotation.clone())
    });
    // A job that shows the type which the body names has changed; any other is shown wrongly.
    let named = scene.sent().and_then(|sent| json::annotation(sent, "type")).and_then(Value::as_str).and_then(reduced);
    let (cause, consequence) = if named == Some(name) { (changed, of_base) } else { (of_base, changed) };
    cause.into_iter().chain(consequence).for_each(|draft| findings.add(draft));
    as_read(scene, findings, Some(name));
}

/// Nothing, or an absolute URI without a fragment of its own, stands before the `#`.
fn begins_rightly(annotation: &str) -> bool {
    let before = annotation.rsplit_once('#').map_or("", |(before, _)| before);
    before.is_empty() || (!before.contains('#') && Url::parse(before).is_ok())
}

/// A job of the base type needs no annotation, nor does an answer to a client that wants no metadata.
fn unannotated(scene: &Scene<'_>, findings: &mut Findings, derived: bool) {
    if scene.declines_metadata() {
        return;
    }
    if derived {
        let place = Place::Body("/@odata.type".to_owned());
        findings.add(scene.finding("REQ-RESP-006", place, "A job of a derived type has no type annotation."));
    } else {
        as_read(scene, findings, None);
    }
}

/// The type that the job had. A change is seen between two annotations of the server; where it showed none before, only
/// the type that the request named is a change.
fn type_before<'a>(scene: &Scene<'a>, now: &str) -> Option<&'a str> {
    // OData 4.01 lets a service leave `odata.` out.
    let annotated = |job: &'a Map<String, Value>| json::annotation(job, "type")?.as_str();
    match annotated(scene.before()?) {
        Some(shown) => reduced(shown),
        None => (scene.sent().and_then(annotated).and_then(reduced) == Some(now)).then_some("jobResponseBase"),
    }
}

/// Answer and read show one type; an answer without annotation shows the base type.
fn as_read(scene: &Scene<'_>, findings: &mut Findings, name: Option<&str>) {
    let Some((index, read)) = scene.read_after() else { return };
    let shown = read.exchange.job();
    let shown = shown.and_then(|job| json::annotation(job, "type")).and_then(Value::as_str);
    let Some((text, shown)) = shown.and_then(|text| Some((text, reduced(text)?))) else { return };
    let place = Place::Body("/@odata.type".to_owned());
    match name {
        Some(name) if shown != name && JOB_TYPES.contains(&shown) => {
            let message = "A read shows the job with another type than the answer to the update.";
            let draft = Draft::new("REQ-RESP-006", index, place, message);
            findings.add(draft.expected(Value::from(format!("#microsoft.graph.{name}"))).actual(Value::from(text)));
        }
        None if shown != "jobResponseBase" && JOB_TYPES.contains(&shown) => {
            let message = "A read shows the job as of a derived type, and the answer has no type annotation.";
            findings.add(scene.finding("REQ-RESP-006", place, message).expected(Value::from(text)));
        }
        _ => {}
    }
}

fn element_type(scene: &Scene<'_>, findings: &mut Findings, element: &Value, at: &str) {
    if let Some(annotation) = element.as_object().and_then(|element| json::annotation(element, "type"))
        && !is_element_type(annotation)
    {
        findings.add(
            scene
                .finding(
                    "REQ-ERR-005",
                    Place::Body(format!("{at}/@odata.type")),
                    "The annotation of an element of details does not name its type.",
                )
                .expected(Value::from("#microsoft.graph.classifcationErrorBase"))
                .actual(annotation.clone()),
        );
    }
}
