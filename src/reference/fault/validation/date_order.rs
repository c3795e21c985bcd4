//! Date-times are refused, or change places, for the order in which they lie.

use serde_json::Value;

use super::row;
use crate::reference::datetime;
use crate::reference::effect::{Effect, Object};
use crate::reference::fault::Fault;
use crate::reference::fault::alter::refused;
use crate::reference::fault::date_times::moment;

pub(super) const ROWS: &[Fault] = &[
    row(
        "end-before-start-refused",
        "An endDateTime before startDateTime is refused.",
        &["REQ-DTO-006", "REQ-BODY-001", "REQ-PATH-001"],
        Effect::Refuse(|object, _| refused(before(object, "endDateTime", "startDateTime"))),
    ),
    row(
        "end-before-creation-refused",
        "An endDateTime before creationDateTime is refused.",
        &["REQ-DTO-006", "REQ-BODY-001", "REQ-PATH-001"],
        Effect::Refuse(|object, _| refused(before(object, "endDateTime", "creationDateTime"))),
    ),
    row(
        "start-before-creation-refused",
        "A startDateTime before creationDateTime is refused.",
        &["REQ-DTO-006"],
        Effect::Refuse(|object, _| refused(before(object, "startDateTime", "creationDateTime"))),
    ),
    row(
        "end-and-start-swapped",
        "An endDateTime before startDateTime changes places with it.",
        &["REQ-DTO-006", "REQ-RESP-003", "REQ-DTO-002"],
        Effect::Change(|change| {
            if before(change, "endDateTime", "startDateTime")
                && let (Some(end), Some(start)) = (change.remove("endDateTime"), change.remove("startDateTime"))
            {
                change.insert("endDateTime".to_owned(), start);
                change.insert("startDateTime".to_owned(), end);
            }
        }),
    ),
    row(
        "end-compared-with-stored-start",
        "An endDateTime before the stored startDateTime is refused.",
        &["REQ-DTO-006"],
        Effect::Condition(|holds, request, job| {
            let body = &request.body;
            let ends = (body.get("endDateTime"), job.properties.get("startDateTime"));
            holds && (body.contains_key("startDateTime") || !earlier(ends.0, ends.1))
        }),
    ),
    row(
        "start-compared-with-stored-end",
        "A startDateTime after the stored endDateTime is refused.",
        &["REQ-DTO-006"],
        Effect::Condition(|holds, request, job| {
            let body = &request.body;
            let ends = (job.properties.get("endDateTime"), body.get("startDateTime"));
            holds && (body.contains_key("endDateTime") || !earlier(ends.0, ends.1))
        }),
    ),
    row(
        "end-before-start-refused-without-creation",
        "An endDateTime before startDateTime is refused where creationDateTime is not given.",
        &["REQ-DTO-006"],
        Effect::Refuse(|object, _| {
            refused(!object.contains_key("creationDateTime") && before(object, "endDateTime", "startDateTime"))
        }),
    ),
];

fn before(object: &Object, first: &str, second: &str) -> bool {
    let instant = |name: &str| {
        let moment = moment(object.get(name)?.as_str()?)?;
        Some((moment.seconds, moment.fraction))
    };
    instant(first).zip(instant(second)).is_some_and(|(first, second)| first < second)
}

/// Whether both are instants, and the first one is before the second.
fn earlier(first: Option<&Value>, second: Option<&Value>) -> bool {
    let moment = |value: Option<&Value>| datetime::parse(value?.as_str()?).map(|moment| moment.seconds);
    matches!((moment(first), moment(second)), (Some(first), Some(second)) if first < second)
}
