//! A name that occurs twice in an object is not judged as it should be.

use serde_json::Value;

use super::row;
use crate::reference::effect::{Effect, Object};
use crate::reference::fault::Fault;
use crate::reference::fault::alter::{instead, key, patches, set_content};
use crate::reference::fault::members::members;
use crate::reference::fault::repair::text;
use crate::reference::message::Request;
use crate::reference::store::merge;

pub(super) const ROWS: &[Fault] = &[
    row(
        "duplicate-member-dropped",
        "Where a name occurs twice, neither value is applied.",
        &["REQ-BODY-011", "REQ-STATUS-003"],
        Effect::Request(|request| duplicates(request, |_| None)),
    )
    .mild(),
    row(
        "duplicate-member-joined",
        "Where a name occurs twice, the values are joined.",
        &["REQ-BODY-011"],
        Effect::Request(|request| {
            duplicates(request, |values| {
                let texts: Vec<_> = values.iter().filter_map(Value::as_str).collect();
                Some(texts.join(",").into())
            });
        }),
    ),
    row(
        "duplicate-objects-merged",
        "Where a name occurs twice and both values are objects, they are merged.",
        &["REQ-BODY-011"],
        Effect::Request(|request| {
            duplicates(request, |values| {
                values.iter().cloned().reduce(|all, next| match (all, next) {
                    (Value::Object(mut all), Value::Object(next)) => {
                        merge(&mut all, next);
                        Value::Object(all)
                    }
                    (_, next) => next,
                })
            });
        }),
    ),
    row(
        "duplicate-member-null",
        "Where a name occurs twice, the property becomes null.",
        &["REQ-BODY-011"],
        Effect::Request(|request| duplicates(request, |_| Some(Value::Null))),
    ),
    row(
        "duplicate-member-by-chance",
        "Where a name occurs twice, now the first value counts and now the last.",
        &["REQ-BODY-011"],
        Effect::Place(|request, state| {
            let job = key(request).and_then(|key| state.jobs.get(&key));
            if job.is_some_and(|job| job.patches % 2 == 0) {
                duplicates(request, |values| values.first().cloned());
            } else {
                duplicates(request, |values| values.last().cloned());
            }
        }),
    ),
    row(
        "duplicate-member-answered-500",
        "A name that occurs twice ends in 500.",
        &["REQ-BODY-011", "REQ-STATUS-002"],
        Effect::Failed(|answer, request| {
            if repeated(&members(request)).next().is_some() {
                instead(answer, 400, 500);
            }
        }),
    ),
    row(
        "duplicate-in-inner-error-crashes",
        "A name that occurs twice in innerError ends in 500.",
        &["REQ-BODY-011", "REQ-STATUS-002"],
        Effect::Failed(|answer, request| {
            if text(request).matches("\"activityId\"").count() > 1 && !text(request).contains("details") {
                instead(answer, 400, 500);
            }
        }),
    ),
    row(
        "duplicate-code-crashes",
        "A code that occurs twice in an error ends in 500.",
        &["REQ-BODY-011", "REQ-STATUS-002"],
        Effect::Failed(|answer, request| {
            if twice(request, "\"code\"") {
                instead(answer, 400, 500);
            }
        }),
    ),
    row(
        "second-type-name-crashes",
        "A body whose @odata.type occurs twice at the root ends in 500.",
        &["REQ-BODY-011", "REQ-STATUS-002"],
        Effect::Failed(|answer, request| {
            if text(request).matches("\"@odata.type\"").count() > 1 && !text(request).contains("\"error\"") {
                instead(answer, 400, 500);
            }
        }),
    ),
    row(
        "second-id-crashes",
        "A body whose id occurs twice ends in 500.",
        &["REQ-BODY-011", "REQ-STATUS-002"],
        Effect::Failed(|answer, request| {
            if text(request).matches("\"id\"").count() > 1 {
                instead(answer, 400, 500);
            }
        }),
    ),
];

/// The names that occur more than once.
fn repeated(members: &[(String, Value)]) -> impl Iterator<Item = &String> {
    let earlier = |at: usize, name: &String| members[..at].iter().any(|(other, _)| other == name);
    members.iter().enumerate().filter(move |(at, (name, _))| earlier(*at, name)).map(|(_, (name, _))| name)
}

/// Lets one value stand for all those of a repeated name, or none.
fn duplicates(request: &mut Request, choose: fn(&[Value]) -> Option<Value>) {
    let all = members(request);
    let mut object: Object = all.iter().cloned().collect();
    for name in repeated(&all) {
        let values: Vec<_> = all.iter().filter(|(other, _)| other == name).map(|(_, value)| value.clone()).collect();
        object.shift_remove(name);
        object.extend(choose(&values).map(|value| (name.clone(), value)));
    }
    if patches(request) && repeated(&all).next().is_some() {
        set_content(request, object);
    }
}

/// Whether a text occurs twice in the content.
fn twice(request: &Request, text: &str) -> bool {
    let content = String::from_utf8_lossy(&request.content);
    let error = content.split("\"details\"").next().unwrap_or_default();
    error.matches(text).count() > 1
}
