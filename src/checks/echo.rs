//! Every member that the request set comes back equal (REQ-RESP-003 and the requirements of the single kinds).
//!
//! Which requirement a difference breaks is said in [`breach`].

mod breach;
mod wording;

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::attribution::{self, instead};
use super::scene::{Findings, Scene};
use super::{Check, Scope};
use crate::diff::{self, Against, Difference, Kind};
use crate::instant::{Closeness, Instant};
use crate::json::first_token;
use crate::model::expect::JobAfter;
use crate::model::finding::{Level, Place};
use breach::Breach;

pub(super) const CHECK: Check = Check {
    name: "echo",
    rule: "For every property in the request the 200 body holds an equal value.",
    requirements: &[
        "REQ-RESP-003",
        "REQ-STATUS-003",
        "REQ-HTTP-002",
        "REQ-TYPE-003",
        "REQ-DTO-002",
        "REQ-DTO-003",
        "REQ-DTO-004",
        "REQ-ERR-001",
        "REQ-ERR-002",
        "REQ-ERR-004",
        "REQ-MERGE-002",
        "REQ-MERGE-003",
        "REQ-NULL-001",
        "REQ-UNK-001",
    ],
    scope: Scope::Steps,
    run,
};

fn run(scene: &Scene<'_>, findings: &mut Findings) {
    let (Some(sent), Some(entity)) = (scene.sent(), scene.entity()) else { return };
    let judged = scene.expected.is_some_and(|expect| matches!(expect.job, JobAfter::ByStatus | JobAfter::Updated));
    if !judged || findings.has(scene.index, Level::Must) && !entity.contains_key("id") {
        return;
    }
    let excused = |name: &String| scene.profile().excuses(name);
    let mut sent = Cow::Borrowed(sent);
    if sent.keys().any(excused) {
        sent.to_mut().retain(|name, _| !excused(name));
    }
    let sent = sent.as_ref();
    let differences = diff::compare(diff::JOB, sent, entity, Against::Sent, false);
    // A member that is missing or of another type shows nothing of what was applied, and is told as what it is.
    let hard = |d: &Difference| !matches!(d.kind, Kind::Precision(_) | Kind::Order | Kind::Missing | Kind::Type);
    let nulls_only = differences.iter().all(|d| matches!(d.kind, Kind::NotNull));
    if differences.iter().any(hard) && !nulls_only && all_differ(sent, &differences) && not_applied(scene, sent) {
        let draft = scene.finding(
            instead(attribution::Kind::NotApplied, scene.primary()).unwrap_or("REQ-STATUS-003"),
            Place::Body(String::new()),
            "The request is answered with 200, but nothing of it was applied.",
        );
        let wanted = diff::merged(&Map::new(), sent);
        let shown: Map<String, Value> =
            wanted.keys().filter_map(|name| Some((name.clone(), entity.get(name)?.clone()))).collect();
        return findings.add(draft.expected(Value::Object(wanted)).actual(Value::Object(shown)));
    }
    for difference in &differences {
        report(scene, findings, difference);
    }
    offsets(scene, findings, sent, entity);
}

/// No member that was sent comes back, and one of them is a string, which a server that applies it shows as it is.
fn all_differ(sent: &Map<String, Value>, differences: &[Difference]) -> bool {
    let differs = |name: &String| differences.iter().any(|difference| first_token(&difference.pointer) == name);
    let declared = |name: &&String| diff::JOB.iter().any(|(known, _)| known == name);
    sent.keys().filter(declared).all(differs) && differences.iter().any(|difference| difference.kind == Kind::Text)
}

/// Read back, the job has none of the values sent.
fn not_applied(scene: &Scene<'_>, sent: &Map<String, Value>) -> bool {
    let (Some(before), Some((_, read))) = (scene.before(), scene.read_after()) else { return false };
    let Some(after) = read.exchange.response().and_then(|r| r.entity()).and_then(Value::as_object) else {
        return false;
    };
    diff::compare(diff::JOB, before, after, Against::SameState, true).is_empty()
        && !diff::compare(diff::JOB, sent, after, Against::Sent, false).is_empty()
}

fn report(scene: &Scene<'_>, findings: &mut Findings, difference: &Difference) {
    let Difference { pointer, expected, actual, .. } = difference;
    if pointer.ends_with("/details") && expected.is_null() {
        // A null collection may be treated as an empty one (REQ-NULL-003); null itself is judged by the schema.
        return;
    }
    let Breach { requirement, level, message } = Breach::of(scene, difference);
    let place = Place::Body(pointer.clone());
    let draft = scene.finding(requirement, place, message).at_most(level).expected(expected.clone());
    findings.add(draft.actual_if(actual.clone()));
}

/// REQ-DTO-004: the offset that was sent; normalisation to UTC is legal and advised against.
fn offsets(scene: &Scene<'_>, findings: &mut Findings, sent: &Map<String, Value>, entity: &Map<String, Value>) {
    let mut first = None;
    diff::each_two_date_times(sent, entity, &mut |pointer, was, text| {
        if was == text || first.is_some() {
            return;
        }
        let (Ok(a), Ok(b)) = (Instant::parse(was), Instant::parse(text)) else { return };
        if a.offset_minutes != b.offset_minutes && a.compare(&b) != Closeness::Different {
            first = Some((pointer.to_string(), text, b.offset_minutes == 0));
        }
    });
    let Some((pointer, text, utc)) = first else { return };
    let message =
        if utc { "The value comes back normalised to UTC." } else { "The value comes back with another offset." };
    let draft = scene.finding("REQ-DTO-004", Place::Body(pointer), message);
    findings.add(draft.at_most(if utc { Level::May } else { Level::Should }).actual(Value::from(text)));
}
