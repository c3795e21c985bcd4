//! Topics of each kind: requirement, check, fault, legal variation, case, finding.

use super::topic::{Picture, Topic};
use crate::checks::{self, Check};
use crate::contract::notes;
use crate::contract::requirement::{Requirement, requirement};
use crate::model::event::TrialResult;
use crate::plan::Suite;
use crate::reference::{self, Fault, Variation};
use crate::report::diagnostic;

/// A requirement, without the exchanges that show it.
pub(super) fn of_requirement(requirement: &Requirement, suite: &Suite) -> Topic {
    let id = requirement.id.as_str();
    let mut topic = Topic {
        id: requirement.id.clone(),
        title: format!("{} ({}, {})", requirement.title, requirement.level, tier(requirement)),
        sentence: requirement.statement.clone(),
        ..Topic::default()
    };
    around(&mut topic, requirement);
    topic.say("needs", requirement.capability.clone().unwrap_or_default());
    let cases = (0..suite.refs.len())
        .filter(|&i| suite.case(i).is_ok_and(|case| case.requirements.iter().any(|known| known == id)))
        .map(|i| suite.refs[i].id.to_string());
    let checks = checks::CHECKS.iter().filter(|check| check.requirements.contains(&id)).map(|c| c.name.to_owned());
    let faults = reference::faults().filter(|fault| fault.requirements.contains(&id)).map(|f| f.name.to_owned());
    let variations = reference::VARIATIONS.iter().filter(|v| v.tolerance.contains(&id));
    for (label, names) in [
        ("checks", checks.collect::<Vec<_>>()),
        ("cases", cases.collect()),
        ("faults", faults.collect()),
        ("variations", variations.map(|variation| variation.name.to_owned()).collect()),
    ] {
        if !names.is_empty() {
            topic.lists.push((label, names));
        }
    }
    topic
}

/// Source, why it matters, how it is tested, what is tolerated.
fn around(topic: &mut Topic, requirement: &Requirement) {
    topic.say("source", format!("{}, <{}>", requirement.source, requirement.url()));
    topic.say("matters", notes::group(requirement).map_or("", |group| &group.why));
    if let Some(note) = notes::note(requirement) {
        topic.say("tested by", note.test.clone());
        topic.say("tolerated", note.tolerance.clone());
    }
}

/// The requirement that something else is about, with all that is said around it.
fn about(topic: &mut Topic, id: Option<&str>) {
    let Some(requirement) = id.and_then(requirement) else { return };
    topic.say("requirement", format!("{} ({}): {}", requirement.id, requirement.level, requirement.statement));
    around(topic, requirement);
}

fn tier(requirement: &Requirement) -> String {
    requirement.tier.as_str().to_owned()
}

/// Requirements by id and title.
fn named<'a>(ids: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    ids.into_iter().map(|id| format!("{id}  {}", requirement(id).map_or("", |known| known.title.as_str()))).collect()
}

/// A check.
pub(super) fn of_check(check: &Check) -> Topic {
    let mut topic = Topic { id: format!("check {}", check.name), sentence: check.rule.to_owned(), ..Topic::default() };
    topic.say(
        "looks at",
        match check.scope {
            checks::Scope::EveryAnswer | checks::Scope::EveryResponse => {
                "every response of the run, whatever it was for"
            }
            checks::Scope::Steps => "the responses to the requests of the case",
            checks::Scope::NoResponse => "the requests that get no response",
            checks::Scope::WholeStep => "a whole step, at its last exchange",
        },
    );
    about(&mut topic, check.requirements.first().copied());
    topic.lists.push(("finds", named(check.requirements.iter().copied())));
    topic
}

/// A fault.
pub(super) fn of_fault(fault: &Fault) -> Topic {
    let mut topic = Topic { id: format!("fault {}", fault.name), sentence: fault.title.to_owned(), ..Topic::default() };
    topic.say("level", format!("{:?}", fault.level).to_lowercase());
    topic.say("needs", fault.needs.iter().map(|need| need.as_str()).collect::<Vec<_>>().join(", "));
    topic.say("see it", format!("patchproof run --fault {}", fault.name));
    about(&mut topic, fault.requirements.first().copied());
    topic.lists.push(("breaks", named(fault.requirements.iter().copied())));
    topic
}

/// A legal variation.
pub(super) fn of_variation(variation: &Variation) -> Topic {
    let id = format!("legal variation {}", variation.name);
    let mut topic = Topic { id, sentence: variation.title.to_owned(), ..Topic::default() };
    topic.say("see it", format!("patchproof run --variation {}", variation.name));
    about(&mut topic, variation.tolerance.first().copied());
    topic.lists.push(("tolerated by", named(variation.tolerance.iter().copied())));
    topic
}

/// The place of a case in the suite, by its id or the name of one of its trials.
pub(super) fn place(id: &str, suite: &Suite) -> Option<usize> {
    suite.refs.iter().position(|row| *row.id == *id || id.ends_with(&format!("::{}", row.id)))
}

/// A case.
pub(super) fn of_case(index: usize, suite: &Suite) -> Option<Topic> {
    let case = suite.case(index).ok()?;
    let mut topic =
        Topic { id: format!("case {}", suite.refs[index].id), sentence: case.title.clone(), ..Topic::default() };
    topic.say("about", case.description.clone().unwrap_or_default());
    topic.say("file", suite.file(index));
    topic.say("needs", case.needs.iter().map(|capability| capability.as_str()).collect::<Vec<_>>().join(", "));
    about(&mut topic, Some(case.primary()));
    topic.lists.push(("tests", named(case.requirements.iter().map(String::as_str))));
    Some(topic)
}

/// A finding of a run, with the requirement that it is about.
pub(super) fn of_finding(trial: &TrialResult, fingerprint: &str, suite: &Suite) -> Topic {
    let reported = trial.findings.iter().find(|found| found.fingerprint == fingerprint);
    let mut topic = reported
        .and_then(|found| requirement(&found.finding.requirement))
        .map(|known| of_requirement(known, suite))
        .unwrap_or_default();
    topic.id = format!("finding {fingerprint} of {}", trial.name);
    let mut alone = trial.clone();
    alone.findings.retain(|found| found.fingerprint == fingerprint);
    let blocks = vec![diagnostic::plain(&alone, 76, false).trim_end().to_owned()];
    topic.pictures.push(Picture { heading: "In the run:".to_owned(), blocks, remark: String::new() });
    topic
}
