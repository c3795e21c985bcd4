//! The annotation of type of a job is missing or wrong.

use serde_json::{Value, json};

use super::row;
use crate::reference::effect::{Effect, Object};
use crate::reference::fault::Fault;
use crate::reference::fault::alter::{patches, refused};
use crate::reference::fault::jobs::is_derived;
use crate::reference::fault::type_names::TYPE;
use crate::reference::picture::details;

pub(super) const ROWS: &[Fault] = &[
    row(
        "type-name-without-hash",
        "The type name at the root has no #.",
        &["REQ-RESP-005"],
        Effect::Shown(|job, _, _| name(job, |name| name.replace('#', ""))),
    ),
    row(
        "type-name-with-two-hashes",
        "The type name at the root begins with two #.",
        &["REQ-RESP-005"],
        Effect::Shown(|job, _, _| name(job, |name| name.replace('#', "##"))),
    ),
    row(
        "type-name-without-namespace",
        "The type name at the root has no namespace.",
        &["REQ-RESP-005"],
        Effect::Shown(|job, _, _| name(job, |name| name.replace("microsoft.graph.", ""))),
    ),
    row(
        "type-name-of-other-namespace",
        "The type name at the root has the namespace microsoft.dataClassification.",
        &["REQ-RESP-005"],
        Effect::Shown(|job, _, _| name(job, |name| name.replace("graph", "dataClassification"))),
    ),
    row(
        "type-name-unknown",
        "The type name at the root is that of no job.",
        &["REQ-RESP-005"],
        Effect::Entity(|job, _| name(job, |_| "#microsoft.graph.job".to_owned())),
    ),
    row(
        "type-name-of-an-error",
        "The type name at the root is that of the error.",
        &["REQ-RESP-005"],
        Effect::Entity(|job, _| name(job, |_| "#microsoft.graph.classificationError".to_owned())),
    ),
    row(
        "type-name-of-a-result",
        "The type name at the root is that of the result of a job.",
        &["REQ-RESP-005"],
        Effect::Entity(|job, _| name(job, |_| "#microsoft.graph.detectedSensitiveContentWrapper".to_owned())),
    ),
    row(
        "type-name-in-capitals",
        "The type name at the root begins with a capital.",
        &["REQ-RESP-005"],
        Effect::Shown(|job, _, _| {
            name(job, |name| {
                name.replace("jobR", "JobR")
                    .replace("graph.c", "graph.C")
                    .replace("graph.e", "graph.E")
                    .replace("graph.d", "graph.D")
            });
        }),
    ),
    row(
        "type-name-of-a-collection",
        "The type name at the root is that of a collection.",
        &["REQ-RESP-005"],
        Effect::Entity(|job, _| name(job, |name| format!("#Collection({})", name.trim_start_matches('#')))),
    ),
    row(
        "type-name-of-a-class",
        "The type name at the root is that of a class of the program.",
        &["REQ-RESP-005"],
        Effect::Shown(|job, _, _| name(job, |name| name.replace("#microsoft.graph", "Graph.Service.Models"))),
    ),
    row(
        "type-name-with-url-but-no-hash",
        "The type name at the root is a URL without #.",
        &["REQ-RESP-005"],
        Effect::Entity(|job, _| name(job, |name| name.replace('#', "https://graph.microsoft.com/v1.0/$metadata/"))),
    ),
    row(
        "type-name-empty",
        "The type name at the root is empty.",
        &["REQ-RESP-005"],
        Effect::Shown(|job, _, _| name(job, |_| String::new())),
    ),
    row(
        "type-name-is-null",
        "The type name at the root is null.",
        &["REQ-RESP-005"],
        Effect::Entity(|job, _| drop(job.insert(TYPE.to_owned(), Value::Null))),
    ),
    row(
        "type-name-is-an-array",
        "The type name at the root is an array of names.",
        &["REQ-RESP-005"],
        Effect::Entity(|job, _| {
            drop(job.insert(TYPE.to_owned(), json!(["#microsoft.graph.jobResponseBase", "#microsoft.graph.entity"])));
        }),
    ),
    row(
        "type-name-wrong-on-one-path",
        "The type name at the root has no namespace in evaluateLabelJobs.",
        &["REQ-RESP-005"],
        Effect::Shown(|job, _, request| {
            if request.goes_to("evaluateLabelJobs") {
                name(job, |name| name.replace("microsoft.graph.", ""));
            }
        }),
    ),
    row(
        "type-name-wrong-in-second-answer",
        "Every second answer for a job has no # before the type name.",
        &["REQ-RESP-005"],
        Effect::Entity(|job, request| {
            if request.turn % 2 == 1 {
                name(job, |name| name.replace('#', ""));
            }
        }),
    ),
    row(
        "derived-job-not-annotated",
        "A job of a derived type is shown without its type name.",
        &["REQ-RESP-006"],
        Effect::Shown(|job, stored, _| {
            if is_derived(stored) {
                job.shift_remove(TYPE);
            }
        }),
    ),
    row(
        "derived-job-not-annotated-after-update",
        "The answer to an update of a derived job has no type name.",
        &["REQ-RESP-006"],
        Effect::Entity(|job, _| {
            if job.contains_key("result") {
                job.shift_remove(TYPE);
            }
        }),
    ),
    row(
        "derived-job-shown-as-base",
        "A job of a derived type is shown with the name of the base type.",
        &["REQ-RESP-006"],
        Effect::Shown(|job, stored, _| {
            if is_derived(stored) {
                name(job, |_| "#microsoft.graph.jobResponseBase".to_owned());
            }
        }),
    ),
    row(
        "derived-job-shown-as-another",
        "The answer to an update of a derived job has the name of another type than a GET.",
        &["REQ-RESP-006", "REQ-IDENT-004"],
        Effect::Shown(|job, stored, request| {
            if is_derived(stored) && patches(request) {
                let evaluates = stored.kind == "evaluateLabelJobResponse";
                let other = if evaluates { "classificationJobResponse" } else { "evaluateLabelJobResponse" };
                job.insert(TYPE.to_owned(), format!("#microsoft.graph.{other}").into());
            }
        }),
    ),
    row(
        "derived-job-not-annotated-on-one-path",
        "A derived job of evaluateDlpPoliciesJobs is shown without its type name.",
        &["REQ-RESP-006"],
        Effect::Shown(|job, stored, request| {
            if is_derived(stored) && request.goes_to("evaluateDlpPoliciesJobs") {
                job.shift_remove(TYPE);
            }
        }),
    ),
    row(
        "type-of-derived-job-not-answered",
        "A read shows the type of a derived job, and the answer to an update shows none.",
        &["REQ-RESP-006"],
        Effect::Several(&[
            Effect::Read(|object, _, _| {
                let derived = "#microsoft.graph.evaluateLabelJobResponse";
                object.insert("@odata.type".to_owned(), derived.into());
            }),
            Effect::Entity(|object, _| drop(object.shift_remove("@odata.type"))),
        ]),
    ),
    row(
        "derived-elements-shown-without-type",
        "An element of the derived type is shown without its type, and refused as it is shown.",
        &["REQ-IDEMP-002"],
        Effect::Several(&[
            Effect::Shown(|job, _, _| {
                for element in details(job).into_iter().flatten().filter_map(Value::as_object_mut) {
                    if element.contains_key("details") {
                        element.shift_remove("@odata.type");
                    }
                }
            }),
            Effect::Refuse(|object, _| {
                let is_untyped = |element: &Value| {
                    element.get("details").is_some_and(|inner| !inner.is_null()) && element.get("@odata.type").is_none()
                };
                refused(details(&mut object.clone()).is_some_and(|elements| elements.iter().any(is_untyped)))
            }),
        ]),
    ),
];

fn name(job: &mut Object, change: fn(&str) -> String) {
    if let Some(Value::String(name)) = job.get_mut(TYPE) {
        *name = change(name);
    }
}
