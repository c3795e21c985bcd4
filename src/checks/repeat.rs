//! The same PATCH sent twice in a row gives the same property values (OData 4.01 Protocol, 11.4.3: values are set).

use serde_json::Value;

use super::attribution::{self, instead};
use super::scene::{Findings, Scene};
use super::{Check, Scope};
use crate::diff::{self, Against};
use crate::json::{first_token, last_token};
use crate::model::finding::Place;
use crate::model::transcript::{Entry, Role};

pub(super) const CHECK: Check = Check {
    name: "repetition",
    rule: "The same PATCH sent twice in a row gives the same property values after the second as after the first.",
    requirements: &["REQ-IDEMP-001", "REQ-BODY-011"],
    scope: Scope::Steps,
    run,
};

fn run(scene: &Scene<'_>, findings: &mut Findings) {
    if scene.entry.role != Role::Step || scene.response.status != 200 {
        return;
    }
    let Some(earlier) = the_step_before(scene).filter(|earlier| is_same_request(scene, earlier)) else { return };
    let first = earlier.exchange.response().filter(|response| response.status == 200).and_then(|r| r.json());
    let (Some(first), Some(second)) =
        (first.and_then(Value::as_object), scene.response.json().and_then(Value::as_object))
    else {
        return;
    };
    let differs = |d: &diff::Difference| {
        let top = first_token(&d.pointer);
        // What one of the two does not show at all is missing, and the schema's to tell.
        let shown = first.contains_key(top) && second.contains_key(top);
        shown && d.kind != diff::Kind::Order && !scene.profile().excuses(top)
    };
    let Some(difference) = diff::compare(diff::JOB, first, second, Against::SameState, true).into_iter().find(differs)
    else {
        return;
    };
    let about = scene.transcript.case.primary();
    let requirement = instead(attribution::Kind::NotRepeated, about).unwrap_or("REQ-IDEMP-001");
    let name = last_token(&difference.pointer).to_owned();
    let message = format!("`{name}` differs after the same request was sent once more.");
    let draft = scene.finding(requirement, Place::Body(difference.pointer), message).expected(difference.expected);
    findings.add(draft.actual_if(difference.actual));
}

/// The exchange of the step before, where that was one request.
fn the_step_before<'a>(scene: &Scene<'a>) -> Option<&'a Entry> {
    let step = scene.entry.step.checked_sub(1)?;
    let mut of_step = scene.transcript.of_step(step).filter(|(_, entry)| entry.role == Role::Step);
    let (_, entry) = of_step.next()?;
    of_step.next().is_none().then_some(entry)
}

/// Both are what the case says twice; a client id and a current tag, which are added to each, are others each time.
fn is_same_request(scene: &Scene<'_>, earlier: &Entry) -> bool {
    let (a, b) = (&earlier.exchange.request, &scene.exchange().request);
    let said = &scene.transcript.case.steps[earlier.step].request.headers;
    b.method == "PATCH"
        && (&a.method, &a.url, &a.body) == (&b.method, &b.url, &b.body)
        && *said == scene.step.request.headers
}
