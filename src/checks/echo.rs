//! Every member that the request set comes back equal (REQ-RESP-003 and the requirements of the single kinds).
//!
//! The kind of difference decides which requirement it breaks: a moved instant is REQ-DTO-002 wherever it shows up. Only
//! where the kind does not decide may the case name the requirement.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::scene::{Findings, Scene};
use super::{Check, LooksAt};
use crate::diff::{self, Against, Difference, Kind};
use crate::instant::{Closeness, Instant};
use crate::json::{first_token, last_token};
use crate::model::expect::JobAfter;
use crate::model::finding::{Level, Place};

pub(super) const CHECK: Check = Check {
    name: "echo",
    rule: "For every property in the request the 200 body holds an equal value.",
    requirements: &[
        "REQ-RESP-003",
        "REQ-STATUS-003",
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
    looks_at: LooksAt::Steps,
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
            "REQ-STATUS-003",
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
    let (requirement, level, message) = attribute(scene, difference);
    let place = Place::Body(pointer.clone());
    let draft = scene.finding(&requirement, place, message).at_most(level).expected(expected.clone());
    findings.add(draft.actual_if(actual.clone()));
}

/// The request names this member of an element of `details`; any member that is not in one, it does.
fn is_named(scene: &Scene<'_>, pointer: &str) -> bool {
    !pointer.starts_with("/error/details/")
        || scene.exchange().request.json.as_deref().is_none_or(|sent| sent.pointer(pointer).is_some())
}

/// An object without any member but annotations.
fn sets_nothing(sent: &Value) -> bool {
    sent.as_object().is_some_and(|object| object.keys().all(|name| name.contains('@')))
}

/// The error, or its inner error, was not null before.
fn held(scene: &Scene<'_>, pointer: &str) -> bool {
    let error = scene.before().and_then(|before| before.get("error"));
    match pointer {
        "/error" => error.is_some_and(Value::is_object),
        "/error/innerError" => error.and_then(|error| error.get("innerError")).is_some_and(Value::is_object),
        _ => false,
    }
}

fn attribute(scene: &Scene<'_>, difference: &Difference) -> (String, Level, String) {
    let Difference { pointer, kind, expected, actual } = difference;
    let named = scene.expected.and_then(|expect| expect.attribute.echo.clone());
    let name = last_token(pointer);
    let general = || {
        named.clone().unwrap_or_else(|| {
            let id = match pointer.as_str() {
                p if p.starts_with("/error/details") => "REQ-ERR-004",
                p if p.starts_with("/error/") => "REQ-ERR-001",
                _ => "REQ-RESP-003",
            };
            id.to_owned()
        })
    };
    match kind {
        Kind::Precision(loss) => {
            let grade = match loss {
                Closeness::LostNanoseconds => "below one microsecond",
                Closeness::LostMicroseconds => "below one millisecond",
                _ => "below one second",
            };
            (
                "REQ-DTO-003".to_owned(),
                Level::Should,
                format!("`{name}` has lost fractional digits: the instants differ by {grade}."),
            )
        }
        Kind::Instant => (
            "REQ-DTO-002".to_owned(),
            Level::Must,
            format!("`{name}` is another instant than the one sent{}.", shift(expected, actual.as_ref())),
        ),
        Kind::NotNull if !is_named(scene, pointer) && actual.as_ref().is_some_and(|actual| actual == "") => (
            general(),
            Level::Must,
            format!("`{name}` of an element of `details` was not sent and comes back as the empty string."),
        ),
        // What an element does not name is null in the new collection, and whatever stands there is of an old one.
        Kind::NotNull if !is_named(scene, pointer) => (
            "REQ-MERGE-003".to_owned(),
            Level::Must,
            format!("`{name}` of an element of `details` was not sent and is not null: an old element shows through."),
        ),
        Kind::NotNull => (
            "REQ-NULL-001".to_owned(),
            Level::Must,
            format!("`{name}` was set to null and does not come back as null."),
        ),
        Kind::Order => {
            (general_details(named), Level::Should, format!("The elements of `{name}` come back in another order."))
        }
        Kind::Count => {
            let kept = grew(scene, pointer, actual.as_ref());
            let id = if kept { "REQ-MERGE-003".to_owned() } else { general() };
            (
                id,
                Level::Must,
                if kept {
                    format!("`{name}` still holds elements from before: the collection is not replaced as a whole.")
                } else {
                    let count = |value: &Value| value.as_array().map_or(0, Vec::len);
                    let (sent, back) = (count(expected), actual.as_ref().map_or(0, count));
                    format!("`{name}` comes back with another number of elements: {back}, not {sent}.")
                },
            )
        }
        Kind::Missing | Kind::Null if sets_nothing(expected) && held(scene, pointer) => (
            "REQ-MERGE-002".to_owned(),
            Level::Must,
            format!("An empty `{name}` clears what was there: members that are not sent stay as they are."),
        ),
        Kind::Missing | Kind::Null if pointer == "/error/innerError/code" => {
            ("REQ-UNK-001".to_owned(), Level::Must, "`innerError.code` was accepted and is silently lost.".to_owned())
        }
        Kind::Missing | Kind::Null if expected.as_str() == Some("") => (
            "REQ-TYPE-003".to_owned(),
            Level::Must,
            format!("`{name}` was set to the empty string and comes back as null."),
        ),
        Kind::Text => {
            let (a, b) =
                (expected.as_str().unwrap_or_default(), actual.as_ref().and_then(Value::as_str).unwrap_or_default());
            match altered(a, b) {
                Some(how) => {
                    let id = named.filter(|id| id == "REQ-SEC-003").unwrap_or_else(|| "REQ-TYPE-003".to_owned());
                    (id, Level::Must, format!("`{name}` comes back {how}."))
                }
                None => (general(), Level::Must, format!("`{name}` does not come back as it was sent.")),
            }
        }
        Kind::Missing | Kind::Null | Kind::Type => {
            (general(), Level::Must, format!("`{name}` does not come back as it was sent."))
        }
    }
}

fn general_details(named: Option<String>) -> String {
    named.filter(|id| id == "REQ-ERR-004").unwrap_or_else(|| "REQ-ERR-004".to_owned())
}

/// The collection that came back holds elements that were there before.
fn grew(scene: &Scene<'_>, pointer: &str, actual: Option<&Value>) -> bool {
    let before = scene.entry.before.as_deref().and_then(|before| before.pointer(pointer)).and_then(Value::as_array);
    let (Some(before), Some(actual)) = (before, actual.and_then(Value::as_array)) else { return false };
    let sent = scene.exchange().request.json.as_deref().and_then(|sent| sent.pointer(pointer)?.as_array());
    sent.is_none_or(|sent| actual.len() > sent.len()) && before.iter().any(|old| actual.contains(old))
}

/// By how much an instant moved, where both are instants.
fn shift(expected: &Value, actual: Option<&Value>) -> String {
    let parse = |value: &Value| value.as_str().and_then(|text| Instant::parse(text).ok());
    let (Some(a), Some(b)) = (parse(expected), actual.and_then(parse)) else { return String::new() };
    let seconds = (b.picoseconds - a.picoseconds) / 1_000_000_000_000;
    let hours = seconds / 3600;
    if seconds != 0 && seconds % 900 == 0 {
        format!(
            ": it has moved by {}{:02}:{:02}",
            if seconds < 0 { "-" } else { "+" },
            hours.abs(),
            (seconds % 3600).abs() / 60
        )
    } else {
        format!(": it has moved by {seconds} s")
    }
}

/// How a string was altered, where the result is still recognisable.
fn altered(sent: &str, found: &str) -> Option<&'static str> {
    let letters =
        |text: &str| text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
    if sent.trim() == found || sent.trim_start() == found || sent.trim_end() == found {
        Some("trimmed")
    } else if sent.to_lowercase() == found.to_lowercase() {
        Some("in other letter case")
    } else if !found.is_empty() && sent.starts_with(found) {
        Some("cut short")
    } else if found.contains('\u{FFFD}') || found.contains('?') && !sent.contains('?') {
        Some("with characters lost")
    } else if ["&lt;", "&gt;", "&amp;", "&quot;", "&#", "\\u", "\\n", "\\\"", "%"]
        .iter()
        .any(|mark| found.contains(mark) && !sent.contains(mark))
    {
        Some("escaped")
    } else if sent.split_whitespace().collect::<Vec<_>>() == found.split_whitespace().collect::<Vec<_>>() {
        Some("with its white space altered")
    } else {
        let (a, b) = (letters(sent), letters(found));
        let close = !a.is_empty() && !b.is_empty() && (a == b || a.contains(&b) || b.contains(&a));
        let ascii = |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>();
        let same_ascii = !sent.is_ascii() && !ascii(sent).is_empty() && ascii(sent) == ascii(found);
        (close || same_ascii).then_some("altered")
    }
}

/// REQ-DTO-004: the offset that was sent; normalisation to UTC is legal and advised against.
fn offsets(scene: &Scene<'_>, findings: &mut Findings, sent: &Map<String, Value>, entity: &Map<String, Value>) {
    let places = ["/creationDateTime", "/startDateTime", "/endDateTime", "/error/innerError/errorDateTime"];
    let at = |map: &Map<String, Value>, pointer: &str| {
        let mut tokens = pointer.split('/').skip(1);
        let mut value = map.get(tokens.next()?)?;
        for token in tokens {
            value = value.get(token)?;
        }
        value.as_str().and_then(|text| Instant::parse(text).ok().map(|instant| (instant, text.to_owned())))
    };
    for pointer in places {
        let (Some((a, _)), Some((b, text))) = (at(sent, pointer), at(entity, pointer)) else { continue };
        if a.offset_minutes != b.offset_minutes && a.compare(&b) != Closeness::Different {
            let utc = b.offset_minutes == 0;
            findings.add(
                scene
                    .finding(
                        "REQ-DTO-004",
                        Place::Body(pointer.to_owned()),
                        if utc {
                            "The value comes back normalised to UTC."
                        } else {
                            "The value comes back with another offset."
                        },
                    )
                    .at_most(if utc { Level::May } else { Level::Should })
                    .actual(Value::from(text)),
            );
            return;
        }
    }
}
