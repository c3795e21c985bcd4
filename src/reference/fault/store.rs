//! Faults of level [`FaultLevel::Store`](super::FaultLevel::Store): what is kept of an update, and who sees it.

use super::FaultLevel::Store;
use super::{Fault, row};
use crate::reference::effect::{Effect, Switch};
use crate::reference::picture;
use crate::reference::store::{Job, Key, State};

pub(super) const ROWS: &[Fault] = &[
    row(
        Store,
        "update-not-stored",
        "An update is confirmed but not stored.",
        &["REQ-RESP-004", "REQ-STATUS-003"],
        Effect::Later(|state, key, _| {
            forget(state, key, |job| job.properties.clone_from(&job.previous));
        }),
    ),
    row(
        Store,
        "update-not-stored-on-one-path",
        "An update in labelsAndPoliciesEvaluationJobs is confirmed but not stored.",
        &["REQ-RESP-004", "REQ-STATUS-003"],
        Effect::Later(|state, key, _| {
            if key.0 == "labelsAndPoliciesEvaluationJobs" {
                forget(state, key, |job| job.properties.clone_from(&job.previous));
            }
        }),
    ),
    row(
        Store,
        "every-third-update-not-stored",
        "Every third update of a job is confirmed but not stored.",
        &["REQ-RESP-004", "REQ-STATUS-003"],
        Effect::Later(|state, key, _| {
            forget(state, key, |job| {
                if job.patches % 3 == 0 {
                    job.properties.clone_from(&job.previous);
                }
            });
        }),
    ),
    row(
        Store,
        "error-not-stored",
        "A new error is confirmed but not stored.",
        &["REQ-RESP-004", "REQ-STATUS-003"],
        Effect::Later(|state, key, _| {
            forget(state, key, |job| restore(job, "error"));
        }),
    ),
    row(
        Store,
        "dates-not-stored",
        "New date-times are confirmed but not stored.",
        &["REQ-RESP-004", "REQ-STATUS-003"],
        Effect::Later(|state, key, _| {
            forget(state, key, |job| {
                for name in ["creationDateTime", "startDateTime", "endDateTime"] {
                    restore(job, name);
                }
            });
        }),
    ),
    row(
        Store,
        "details-not-stored",
        "New details are confirmed but not stored.",
        &["REQ-RESP-004", "REQ-STATUS-003"],
        Effect::Later(|state, key, _| {
            forget(state, key, |job| restore_nested(job, "details"));
        }),
    ),
    row(
        Store,
        "inner-error-not-stored",
        "A new innerError is confirmed but not stored.",
        &["REQ-RESP-004", "REQ-STATUS-003"],
        Effect::Later(|state, key, _| {
            forget(state, key, |job| restore_nested(job, "innerError"));
        }),
    ),
    row(
        Store,
        "null-not-stored",
        "A null is confirmed, but the old value stays.",
        &["REQ-RESP-004", "REQ-STATUS-003", "REQ-NULL-001"],
        Effect::Later(|state, key, _| {
            forget(state, key, |job| {
                for (name, value) in job.properties.iter_mut() {
                    if let (true, Some(old)) = (value.is_null(), job.previous.get(name)) {
                        value.clone_from(old);
                    }
                }
            });
        }),
    ),
    row(
        Store,
        "minimal-update-not-stored",
        "An update with return=minimal is answered 204 but not stored.",
        &["REQ-PREF-001", "REQ-STATUS-003"],
        Effect::Later(|state, key, request| {
            if request.prefers("return").as_deref() == Some("minimal") {
                forget(state, key, |job| job.properties.clone_from(&job.previous));
            }
        }),
    ),
    row(
        Store,
        "torn-writes",
        "Members are written one by one, and others may read in between.",
        &["REQ-ATOM-003"],
        Effect::Switch(Switch::TornWrites),
    ),
    row(
        Store,
        "torn-errors",
        "The members of error are written one by one, and others may read in between.",
        &["REQ-ATOM-003"],
        Effect::Switch(Switch::TornErrors),
    ),
    row(
        Store,
        "lost-updates",
        "The whole job is read, changed after a while and written back.",
        &["REQ-ATOM-004"],
        Effect::Switch(Switch::LostUpdates),
    ),
    row(
        Store,
        "answer-of-another-request",
        "Requests to one collection keep their job in one place, and an answer shows the job of the latest.",
        &["REQ-IDENT-001", "REQ-RESP-003"],
        Effect::Switch(Switch::OneCurrentJob),
    ),
    row(
        Store,
        "read-during-update-shows-the-other-job",
        "A read of one job during an update of another shows that other one.",
        &["REQ-ISO-001"],
        Effect::Switch(Switch::OneCurrentJobInReads),
    ),
    row(
        Store,
        "overlapping-update-dropped",
        "An update that arrives while another is under way is answered 200 and dropped.",
        &["REQ-ATOM-004", "REQ-STATUS-003", "REQ-RESP-003"],
        Effect::Switch(Switch::DropOverlapping),
    ),
];

/// Does something to the job that was updated.
fn forget(state: &mut State, key: &Key, act: fn(&mut Job)) {
    if let Some(job) = state.jobs.get_mut(key) {
        act(job);
    }
}

/// Gives a property the value that it had before.
fn restore(job: &mut Job, name: &str) {
    let old = job.previous.get(name).cloned().unwrap_or_default();
    job.properties.insert(name.to_owned(), old);
}

/// Gives a member of the error the value that it had before.
fn restore_nested(job: &mut Job, name: &str) {
    let old = picture::error(&mut job.previous).and_then(|error| error.get(name).cloned()).unwrap_or_default();
    if let Some(error) = picture::error(&mut job.properties).filter(|error| error.contains_key(name)) {
        error.insert(name.to_owned(), old);
    }
}
