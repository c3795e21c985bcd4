//! Other pictures of a job: annotations, further members, their order, and what is left out.

use serde_json::{Value, json};

use super::super::effect::{Effect, Object, Switch};
use super::super::message::Answer;
use super::super::picture::{details, each_nested, each_object};
use super::super::store::Job;
use super::{Variation, row};

pub(super) const ROWS: &[Variation] = &[
    row(
        "more-annotations",
        "Jobs have further annotations, of properties too.",
        &["REQ-RESP-007"],
        Effect::Shown(|job, _, _| annotate(job)),
    ),
    row(
        "user-id-shown",
        "Jobs have a userId.",
        &["REQ-RESP-007", "REQ-UNK-003"],
        Effect::Shown(|job, _, _| {
            job.insert("userId".to_owned(), "7c1f0a4e-user".into());
        }),
    ),
    row(
        "derived-jobs",
        "The jobs at the start are of derived types and have a result.",
        &["REQ-RESP-005", "REQ-RESP-006", "REQ-RESP-007"],
        Effect::Switch(Switch::DerivedJobs),
    ),
    row(
        "links-of-each-request",
        "Jobs have links, which are ignored in a body, and those in an answer to an update are not those in a read.",
        &["REQ-RESP-007", "REQ-RESP-004"],
        Effect::Several(&[
            Effect::Entity(|job, _| drop(job.insert("_links".to_owned(), json!({"self": "update", "next": null})))),
            Effect::Read(|job, _, _| drop(job.insert("_links".to_owned(), json!({"self": "read", "all": ["jobs"]})))),
            Effect::Parsed(|body| drop(body.shift_remove("_links"))),
        ]),
    ),
    row(
        "members-sorted",
        "Members are sorted by name at every depth.",
        &["REQ-RESP-003"],
        Effect::Shown(|job, _, _| each_object(job, &mut Object::sort_keys)),
    ),
    row(
        "members-reversed",
        "Members stand in reverse order at every depth, after the context.",
        &["REQ-RESP-003"],
        Effect::Shown(|job, _, _| reverse(job)),
    ),
    row(
        "no-annotations",
        "Jobs have no annotations, except where a type is not the declared one.",
        &["REQ-RESP-005", "REQ-ERR-005"],
        Effect::Answer(|answer, _| strip_answer(answer)),
    ),
    row(
        "nested-type-names-with-hash",
        "Type names in the nested error begin with #.",
        &["REQ-RESP-005", "REQ-ERR-005"],
        Effect::Shown(|job, _, _| each_nested(job, &mut |object| rename_type(object, |name| format!("#{name}")))),
    ),
    row(
        "alias-type-names",
        "Type names use the alias graph.",
        &["REQ-RESP-005", "REQ-ERR-005"],
        Effect::Shown(|job, _, _| {
            each_object(job, &mut |object| rename_type(object, |name| name.replace("microsoft.graph.", "graph.")));
        }),
    ),
    row(
        "details-reordered-in-reads",
        "A GET shows the elements of details in reverse order.",
        &["REQ-ERR-004", "REQ-COND-006"],
        Effect::Read(|object, _, _| {
            if let Some(elements) = details(object) {
                elements.reverse();
            }
        }),
    )
    .warning(&["REQ-ERR-004"]),
    row(
        "details-reordered",
        "The elements of details are shown in reverse order.",
        &["REQ-ERR-004"],
        Effect::Shown(|job, _, _| {
            if let Some(details) = details(job) {
                details.reverse();
            }
        }),
    )
    .warning(&["REQ-ERR-004"]),
    row(
        "empty-elements-bare",
        "An element of details without values is shown as an empty object.",
        &["REQ-ERR-004"],
        Effect::Shown(|job, _, _| bare_elements(job)),
    ),
    row(
        "nested-nulls-omitted",
        "Members of the nested error that are null are left out.",
        &["REQ-PROP-003"],
        Effect::Shown(|job, _, _| each_nested(job, &mut |object| object.retain(|_, value| !value.is_null()))),
    )
    .warning(&["REQ-PROP-003"]),
    row(
        "weak-etags",
        "ETags are weak.",
        &["REQ-COND-001", "REQ-COND-007"],
        Effect::Tag(|job| format!("W/\"r{}\"", job.revision)),
    ),
    row(
        "etag-of-every-write",
        "The ETag changes with every update, even one that changes nothing.",
        &["REQ-COND-006"],
        Effect::Tag(|job: &Job| format!("\"{}.{}\"", job.revision, job.patches)),
    ),
    row(
        "no-etags",
        "Jobs have no ETags.",
        &["REQ-COND-007"],
        Effect::Shown(|job, _, _| {
            job.shift_remove("@odata.etag");
        }),
    )
    .lacking(&["etag"]),
    row(
        "etag-in-header-only",
        "The ETag stands in the header alone.",
        &["REQ-COND-007"],
        Effect::Answer(|answer, _| {
            if let Some(body) = answer.body.as_mut().and_then(Value::as_object_mut) {
                body.shift_remove("@odata.etag");
            }
        }),
    ),
    row(
        "etag-in-body-only",
        "The ETag stands in the body alone.",
        &["REQ-COND-007"],
        Effect::Answer(|answer, _| answer.unset("etag")),
    ),
    row(
        "get-wrapped-in-value",
        "A GET shows the job inside value.",
        &["REQ-RESP-004"],
        Effect::Read(|job, _, _| {
            let entity = std::mem::take(job);
            job.insert("value".to_owned(), Value::Object(entity));
        }),
    ),
];

fn annotate(job: &mut Object) {
    let id = job.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
    job.insert("@odata.id".to_owned(), format!("dataClassification/jobs('{id}')").into());
    job.insert("@odata.editLink".to_owned(), format!("dataClassification/jobs('{id}')").into());
    job.insert("@microsoft.graph.tips".to_owned(), "Use $select.".into());
    job.insert("status@example.note".to_owned(), json!({"since": 2017}));
}

fn reverse(job: &mut Object) {
    each_object(job, &mut |object| {
        let context = object.shift_remove_entry("@odata.context");
        let members: Vec<_> = std::mem::take(object).into_iter().collect();
        object.extend(context.into_iter().chain(members.into_iter().rev()));
    });
}

fn strip_answer(answer: &mut Answer) {
    if let Some(body) = answer.body.as_mut() {
        strip(body, false);
    }
}

/// Takes the annotations away, but for type names that say something new.
fn strip(value: &mut Value, element: bool) {
    match value {
        Value::Object(object) => {
            let kind = object.get("@odata.type").and_then(Value::as_str).unwrap_or_default();
            let derived = kind.ends_with("JobResponse") || element && kind.ends_with(".classificationError");
            object.retain(|name, _| !name.contains('@') || derived && name == "@odata.type");
            object.values_mut().for_each(|member| strip(member, false));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| strip(item, true)),
        _ => {}
    }
}

fn rename_type(object: &mut Object, rename: fn(&str) -> String) {
    if let Some(Value::String(name)) = object.get_mut("@odata.type") {
        *name = rename(name);
    }
}

fn bare_elements(job: &mut Object) {
    for element in details(job).into_iter().flatten().filter_map(Value::as_object_mut) {
        if element.iter().all(|(name, value)| name.contains('@') || value.is_null()) {
            element.clear();
        }
    }
}
