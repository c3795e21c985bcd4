//! What a request says of the address of its job has no effect (OData JSON 4.01, section 4.5): in an answer that is the
//! server's to say.

use serde_json::Value;

use super::scene::{Draft, Findings, Scene};
use super::{Check, Scope};
use crate::json::annotation;
use crate::model::finding::Place;

pub(super) const CHECK: Check = Check {
    name: "control-information",
    rule: "Control information of a request, such as @odata.id, is not stored and does not come back.",
    requirements: &["REQ-UNK-002"],
    scope: Scope::Steps,
    run,
};

/// Control information that only answers have, by its name without `@odata.`. Not the tag: under 4.01 that of a request is a
/// condition.
const RESPONSE_ONLY: [&str; 3] = ["id", "editLink", "readLink"];

fn run(scene: &Scene<'_>, findings: &mut Findings) {
    let Some(sent) = scene.sent() else { return };
    for name in RESPONSE_ONLY {
        let Some(value) = annotation(sent, name).and_then(Value::as_str) else { continue };
        // With the id of the job in it, or as it was before, it may be what the server says by itself.
        let before = scene.before().and_then(|job| annotation(job, name)).and_then(Value::as_str);
        if value.contains(&scene.entry.target_id) || before == Some(value) {
            continue;
        }
        let came_back = |job| annotation(job, name).and_then(Value::as_str) == Some(value);
        let pointer = format!("/@odata.{name}");
        let (index, place) = match (scene.entity(), scene.read_after()) {
            (Some(entity), _) if came_back(entity) => (scene.index, Place::Body(pointer)),
            (_, Some((index, read))) if read.exchange.job().is_some_and(came_back) => (index, Place::Job(pointer)),
            _ => continue,
        };
        let message = format!("The `@odata.{name}` of the request comes back as if it were that of the job.");
        findings.add(Draft::new("REQ-UNK-002", index, place, message).actual(Value::from(value)));
    }
}
