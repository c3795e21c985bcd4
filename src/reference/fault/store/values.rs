//! A value is kept otherwise than it was sent.

use serde_json::Value;

use super::row;
use crate::reference::datetime;
use crate::reference::effect::{Effect, Object, Switch};
use crate::reference::fault::Fault;
use crate::reference::fault::alter::{is_text, key};
use crate::reference::fault::jobs::{is_derived, is_of_derived};
use crate::reference::fault::type_names::type_name;
use crate::reference::picture::rewrite_instants;
use crate::reference::store::merge;

pub(super) const ROWS: &[Fault] = &[
    row(
        "strings-of-derived-jobs-trimmed",
        "White space around the status of a job of a derived type is cut off.",
        &["REQ-TYPE-003"],
        Effect::After(|state, key, _| {
            let job = state.jobs.get_mut(key).filter(|job| is_derived(job));
            if let Some(Value::String(status)) = job.and_then(|job| job.properties.get_mut("status")) {
                *status = status.trim().to_owned();
            }
        }),
    ),
    row(
        "strings-trimmed-where-null-was",
        "A string is trimmed where null was before.",
        &["REQ-TYPE-003"],
        Effect::Merge(|job, mut change| {
            trim_new(job, &mut change);
            merge(job, change);
        }),
    ),
    row(
        "repeated-hour-merged",
        "The second one of two equal hours of the clock is taken for the first.",
        &["REQ-DTO-002"],
        Effect::Shown(|job, _, _| {
            rewrite_instants(job, |moment| {
                // 2017-10-29T01:00:00Z, when clocks of central Europe went from 3 to 2.
                let again = (1_509_238_800..1_509_242_400).contains(&moment.seconds);
                datetime::write(moment.seconds - if again { 3_600 } else { 0 }, &moment.fraction, moment.offset)
            });
        }),
    ),
    row(
        "first-duplicate-stored",
        "Of a property that is named twice the answer shows the last value, and the first one is stored.",
        &["REQ-RESP-004"],
        Effect::Several(&[
            Effect::Switch(Switch::LastDuplicateWins),
            Effect::Later(|state, key, request| {
                let text = String::from_utf8_lossy(&request.content);
                let mut values = text.split("\"status\": \"").skip(1).filter_map(|rest| rest.split('"').next());
                if let (Some(first), Some(_), Some(job)) = (values.next(), values.next(), state.jobs.get_mut(key)) {
                    job.properties.insert("status".to_owned(), first.into());
                }
            }),
        ]),
    ),
    row(
        "derived-types-exchanged",
        "A job of a derived type becomes one of another derived type that an update names.",
        &["REQ-IDENT-004"],
        Effect::Place(|request, state| {
            let kind = type_name(request).filter(|kind| kind.ends_with("JobResponse") && is_of_derived(request, state));
            if let (Some(kind), Some(job)) = (kind, key(request).and_then(|key| state.jobs.get_mut(&key))) {
                job.kind = kind;
            }
        }),
    ),
    row(
        "emoji-for-emoji-not-stored",
        "A status that differs from the old one in characters beyond the basic plane only is not stored.",
        &["REQ-TYPE-003", "REQ-STATUS-003", "REQ-RESP-003"],
        Effect::Merge(|job, mut change| {
            let basic = |value: Option<&Value>| {
                let text = value.and_then(Value::as_str);
                text.map(|text| text.chars().filter(|letter| *letter <= '\u{ffff}').collect::<String>())
            };
            if basic(change.get("status")).is_some_and(|new| basic(job.get("status")) == Some(new)) {
                change.shift_remove("status");
            }
            merge(job, change);
        }),
    ),
];

fn trim_new(before: &Object, change: &mut Object) {
    for (name, value) in change {
        match (before.get(name), value) {
            (Some(Value::Object(before)), Value::Object(inner)) => trim_new(before, inner),
            (None | Some(Value::Null), value) if is_text(name) => {
                if let Some(text) = value.as_str() {
                    *value = text.trim().into();
                }
            }
            _ => {}
        }
    }
}
