//! What the case itself expects: headers, members, a whole body.

use serde_json::Value;

use super::scene::{Findings, Scene};
use super::{Check, LooksAt};
use crate::diff::{self, Against};
use crate::instant::{Closeness, Instant};
use crate::json::{first_token, last_token};
use crate::model::expect::{JsonType, Matcher};
use crate::model::finding::Place;
use crate::model::pattern::pattern as compiled;

pub(super) const HEADERS: Check = Check {
    name: "expected-headers",
    rule: "Headers are as the case expects.",
    requirements: &[],
    looks_at: LooksAt::Steps,
    run: headers,
};

pub(super) const MEMBERS: Check = Check {
    name: "expected-members",
    rule: "Members, and a whole body where the case holds one, are as the case expects.",
    requirements: &[],
    looks_at: LooksAt::Steps,
    run: members,
};

fn headers(scene: &Scene<'_>, findings: &mut Findings) {
    let Some(expected) = scene.expected else { return };
    for (name, matcher) in &expected.headers {
        let matcher = &*scene.entry.bound.matcher(matcher);
        let values: Vec<&str> = scene.response.header_all(name).collect();
        let value = (!values.is_empty()).then(|| Value::from(values.join(", ")));
        // That a response has no version is told of every response.
        if value.is_none() && scene.is_entity() && name.eq_ignore_ascii_case("odata-version") {
            continue;
        }
        let problem = mismatch(matcher, value.as_ref());
        if let Some(problem) = problem {
            tell(scene, findings, matcher, Place::Header(name.to_ascii_lowercase()), &problem, value.as_ref());
        }
    }
}

fn members(scene: &Scene<'_>, findings: &mut Findings) {
    let Some(expected) = scene.expected else { return };
    body(scene, findings);
    if expected.members.is_empty() || scene.response.status == 204 {
        return;
    }
    let Some(root) = scene.response.json() else { return };
    for (pointer, matcher) in &expected.members {
        if is_left_out(scene, pointer) {
            continue;
        }
        let matcher = &*scene.entry.bound.matcher(matcher);
        let value = root.pointer(pointer);
        if let Some(problem) = mismatch(matcher, value) {
            tell(scene, findings, matcher, Place::Body(pointer.clone()), &problem, value);
        }
    }
}

fn body(scene: &Scene<'_>, findings: &mut Findings) {
    let Some(wanted) = scene.expected.and_then(|expect| expect.body.as_ref()) else { return };
    let filled = (!scene.entry.bound.is_empty()).then(|| scene.entry.bound.json(wanted));
    let wanted = filled.as_ref().unwrap_or(wanted);
    let Some(found) = scene.response.json() else { return };
    let (Value::Object(wanted_job), Value::Object(found_job)) = (wanted, found) else {
        if wanted != found {
            let draft =
                scene.finding(scene.primary(), Place::Body(String::new()), "The body is another one than expected.");
            findings.add(draft.expected(wanted.clone()).actual(found.clone()));
        }
        return;
    };
    for difference in diff::compare(diff::JOB, wanted_job, found_job, Against::Sent, false) {
        if matches!(difference.kind, diff::Kind::Precision(_) | diff::Kind::Order)
            || is_left_out(scene, &difference.pointer)
        {
            continue;
        }
        let name = last_token(&difference.pointer).to_owned();
        let draft = scene
            .finding(
                scene.primary(),
                Place::Body(difference.pointer),
                format!("`{name}` is not what the case expects."),
            )
            .expected(difference.expected);
        findings.add(draft.actual_if(difference.actual));
    }
}

/// The profile says that the target does not take the value that the case has for this member.
fn is_left_out(scene: &Scene<'_>, pointer: &str) -> bool {
    let top = first_token(pointer);
    scene.profile().excuses(top) || scene.profile().permitted.contains_key(top)
}

fn tell(
    scene: &Scene<'_>,
    findings: &mut Findings,
    matcher: &Matcher,
    place: Place,
    problem: &Problem,
    value: Option<&Value>,
) {
    let requirement = matcher.requirement.as_deref().unwrap_or_else(|| scene.primary());
    let subject = match &place {
        Place::Header(name) => format!("The header `{name}`"),
        Place::Body(pointer) if !pointer.is_empty() => format!("`{pointer}`"),
        _ => "The body".to_owned(),
    };
    let message = format!("{subject} {}", problem.message);
    let mut draft = scene.finding(requirement, place, message).expected(problem.expected.clone());
    if let Some(level) = matcher.level {
        draft = draft.at_most(level);
    }
    findings.add(draft.actual_if(value.cloned()));
}

/// What does not match, and what would.
struct Problem {
    /// A sentence without its subject.
    message: String,
    expected: crate::model::finding::Shown,
}

fn problem(message: &str, expected: impl Into<crate::model::finding::Shown>) -> Problem {
    Problem { message: message.to_owned(), expected: expected.into() }
}

fn mismatch(matcher: &Matcher, value: Option<&Value>) -> Option<Problem> {
    let Some(value) = value else {
        return match (matcher.absent, asks(matcher)) {
            (Some(true), _) | (None, false) => None,
            // Inside `error` absent equals null, and asking for null is content with absence.
            (None, true) if matcher.equals.as_ref().is_some_and(Value::is_null) => None,
            _ => Some(problem("is not there.", describe(matcher))),
        };
    };
    if matcher.absent == Some(true) {
        return Some(problem("is there and must not be.", "absent"));
    }
    if let Some(wanted) = &matcher.equals
        && !alike(wanted, value)
    {
        return Some(problem("is not equal to what the case expects.", wanted.clone()));
    }
    if let Some(wanted) = &matcher.same_instant {
        let parse = |text: &str| Instant::parse(text).ok();
        let same = match (parse(wanted), value.as_str().and_then(parse)) {
            (Some(a), Some(b)) => a.compare(&b) != Closeness::Different,
            _ => false,
        };
        if !same {
            return Some(problem("is not the expected instant.", Value::from(wanted.as_str())));
        }
    }
    if let Some(types) = &matcher.kind {
        let kind = JsonType::of(value);
        if !types.as_slice().contains(&kind) {
            let names: Vec<_> = types.as_slice().iter().map(|t| t.with_article()).collect();
            return Some(problem("has the wrong type.", names.join(" or ")));
        }
    }
    if let Some(choices) = &matcher.one_of
        && !choices.iter().any(|choice| alike(choice, value))
    {
        return Some(problem("is none of the expected values.", Value::from(choices.clone())));
    }
    if let Some(pattern) = &matcher.matches {
        // The loader has compiled it once already.
        let hit = compiled(pattern).is_ok_and(|regex| value.as_str().is_some_and(|text| regex.is_match(text)));
        if !hit {
            return Some(problem("does not match.", format!("/{pattern}/")));
        }
    }
    if let Some(item) = &matcher.lists {
        let listed = match value {
            Value::String(list) => list
                .split(',')
                .any(|one| one.trim().eq_ignore_ascii_case(item) && !is_method(item) || one.trim() == item),
            Value::Array(items) => items.iter().any(|one| one.as_str() == Some(item)),
            _ => false,
        };
        if !listed {
            return Some(problem("does not list what it must.", format!("a list with {item}")));
        }
    }
    if let Some(text) = &matcher.lacks
        && value.as_str().is_some_and(|value| value.contains(text.as_str()))
    {
        return Some(problem("contains what it must not.", format!("no {text:?}")));
    }
    None
}

/// Method names are compared with case (contract, part 4, rule 10).
fn is_method(word: &str) -> bool {
    word.bytes().all(|b| b.is_ascii_uppercase())
}

fn asks(matcher: &Matcher) -> bool {
    matcher.equals.is_some()
        || matcher.same_instant.is_some()
        || matcher.kind.is_some()
        || matcher.one_of.is_some()
        || matcher.matches.is_some()
        || matcher.lists.is_some()
        || matcher.absent == Some(false)
}

fn describe(matcher: &Matcher) -> crate::model::finding::Shown {
    match (&matcher.equals, &matcher.lists, &matcher.matches) {
        (Some(value), _, _) => value.clone().into(),
        (_, Some(item), _) => format!("a list with {item}").into(),
        (_, _, Some(pattern)) => format!("/{pattern}/").into(),
        _ => "a value".into(),
    }
}

/// Equal as JSON, or the same instant in another form.
fn alike(wanted: &Value, found: &Value) -> bool {
    match (wanted, found) {
        (Value::String(a), Value::String(b)) => {
            a == b
                || matches!((Instant::parse(a), Instant::parse(b)), (Ok(a), Ok(b)) if a.compare(&b) == Closeness::Equal)
        }
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        _ => wanted == found,
    }
}
