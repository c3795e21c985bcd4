//! A property of the entity is left out, or has another name.

use super::row;
use crate::reference::effect::{Effect, Object};
use crate::reference::fault::Fault;

pub(super) const ROWS: &[Fault] = &[
    row(
        "answer-repeats-the-request",
        "The body is what was sent, with the id.",
        &["REQ-PROP-001"],
        Effect::Entity(|object, request| {
            let id = object.get("id").cloned().unwrap_or_default();
            object.clone_from(&request.body);
            object.insert("id".to_owned(), id);
        }),
    ),
    row(
        "answer-has-only-what-was-sent",
        "The body has only those properties that were sent.",
        &["REQ-PROP-001"],
        Effect::Entity(|object, request| {
            object.retain(|name, _| name.contains('@') || name == "id" || request.body.contains_key(name));
        }),
    ),
    row(
        "nulls-left-out",
        "Properties that are null are left out.",
        &["REQ-PROP-001", "REQ-NULL-001"],
        Effect::Shown(|object, _, _| object.retain(|_, value| !value.is_null())),
    ),
    row(
        "null-error-left-out",
        "An error that is null is left out.",
        &["REQ-PROP-001", "REQ-NULL-001"],
        Effect::Shown(|object, _, _| object.retain(|name, value| name != "error" || !value.is_null())),
    ),
    row(
        "id-left-out",
        "The answer to an update has no id.",
        &["REQ-PROP-001", "REQ-IDENT-001"],
        Effect::Entity(|object, _| lose(object, "id")),
    ),
    row(
        "type-left-out",
        "The answer to an update has no type.",
        &["REQ-PROP-001"],
        Effect::Entity(|object, _| lose(object, "type")),
    ),
    row(
        "status-left-out",
        "Jobs are shown without status.",
        &["REQ-PROP-001"],
        Effect::Shown(|object, _, _| lose(object, "status")),
    ),
    row(
        "tenant-left-out",
        "The answer to an update has no tenantId.",
        &["REQ-PROP-001"],
        Effect::Entity(|object, _| lose(object, "tenantId")),
    ),
    row(
        "creation-time-left-out",
        "The answer to an update has no creationDateTime.",
        &["REQ-PROP-001"],
        Effect::Entity(|object, _| lose(object, "creationDateTime")),
    ),
    row(
        "start-left-out",
        "The answer to an update has no startDateTime.",
        &["REQ-PROP-001"],
        Effect::Entity(|object, _| lose(object, "startDateTime")),
    ),
    row(
        "end-left-out-before-it-is-set",
        "A job whose endDateTime is null is shown without it.",
        &["REQ-PROP-001", "REQ-NULL-001"],
        Effect::Shown(|object, _, _| object.retain(|name, value| name != "endDateTime" || !value.is_null())),
    ),
    row(
        "error-left-out",
        "The answer to an update has no error.",
        &["REQ-PROP-001", "REQ-ERR-001"],
        Effect::Entity(|object, _| lose(object, "error")),
    ),
    row(
        "error-left-out-on-one-path",
        "The answer to an update in evaluateLabelJobs has no error.",
        &["REQ-PROP-001", "REQ-ERR-001"],
        Effect::Entity(|object, request| {
            if request.goes_to("evaluateLabelJobs") {
                lose(object, "error");
            }
        }),
    ),
    row(
        "status-left-out-of-second-answer",
        "Every second answer for a job has no status.",
        &["REQ-PROP-001", "REQ-IDEMP-001"],
        Effect::Entity(|object, request| {
            if request.turn % 2 == 1 {
                lose(object, "status");
            }
        }),
    ),
    row(
        "tenant-misspelled",
        "The answer has tenantID in place of tenantId.",
        &["REQ-PROP-001", "REQ-RESP-003"],
        Effect::Entity(|object, _| rename(object, "tenantId", "tenantID")),
    ),
    row(
        "creation-time-renamed",
        "The answer has createdDateTime in place of creationDateTime.",
        &["REQ-PROP-001", "REQ-RESP-003"],
        Effect::Entity(|object, _| rename(object, "creationDateTime", "createdDateTime")),
    ),
    row(
        "names-with-capitals",
        "Members begin with a capital letter, as in the names of classes.",
        &["REQ-PROP-001", "REQ-RESP-001"],
        Effect::Entity(|object, _| {
            rename_all(object, |name| name[..1].to_ascii_uppercase() + &name[1..]);
        }),
    ),
    row(
        "names-with-underscores",
        "Members are named with underscores.",
        &["REQ-PROP-001"],
        Effect::Entity(|object, _| {
            rename_all(object, |name| {
                name.chars()
                    .map(|letter| {
                        if letter.is_ascii_uppercase() {
                            format!("_{}", letter.to_ascii_lowercase())
                        } else {
                            letter.to_string()
                        }
                    })
                    .collect()
            });
        }),
    ),
    row(
        "names-in-lower-case",
        "Members are named in lower case.",
        &["REQ-PROP-001"],
        Effect::Entity(|object, _| rename_all(object, str::to_ascii_lowercase)),
    ),
    row(
        "id-left-out-without-metadata",
        "Without metadata the answer has no id.",
        &["REQ-PROP-001"],
        Effect::Entity(|entity, request| {
            if request.header("accept").contains("metadata=none") {
                entity.shift_remove("id");
            }
        }),
    ),
];

fn lose(object: &mut Object, name: &str) {
    object.shift_remove(name);
}

fn rename(object: &mut Object, name: &str, other: &str) {
    if let Some(value) = object.shift_remove(name) {
        object.insert(other.to_owned(), value);
    }
}

/// Renames all properties at the root.
fn rename_all(object: &mut Object, rename: fn(&str) -> String) {
    let all = std::mem::take(object);
    *object =
        all.into_iter().map(|(name, value)| (if name.contains('@') { name } else { rename(&name) }, value)).collect();
}
