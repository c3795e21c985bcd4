//! An update is confirmed but not kept.

use super::row;
use crate::reference::effect::Effect;
use crate::reference::fault::Fault;
use crate::reference::fault::alter::{content, patches, set_content};
use crate::reference::fault::jobs::is_derived;
use crate::reference::picture;
use crate::reference::store::{Job, Key, State};

pub(super) const ROWS: &[Fault] = &[
    row(
        "update-not-stored",
        "An update is confirmed but not stored.",
        &["REQ-RESP-004", "REQ-STATUS-003"],
        Effect::Later(|state, key, _| {
            forget(state, key, |job| job.properties.clone_from(&job.previous));
        }),
    ),
    row(
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
        "error-not-stored",
        "A new error is confirmed but not stored.",
        &["REQ-RESP-004", "REQ-STATUS-003"],
        Effect::Later(|state, key, _| {
            forget(state, key, |job| restore(job, "error"));
        }),
    ),
    row(
        "error-lost-under-charset",
        "An error is not applied where the media type names a charset.",
        &["REQ-MEDIA-002", "REQ-STATUS-003", "REQ-RESP-003"],
        Effect::Request(|request| {
            if patches(request) && request.header("content-type").contains("charset") {
                let mut object = content(request);
                if object.shift_remove("error").is_some() {
                    set_content(request, object);
                }
            }
        }),
    ),
    row(
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
        "details-not-stored",
        "New details are confirmed but not stored.",
        &["REQ-RESP-004", "REQ-STATUS-003"],
        Effect::Later(|state, key, _| {
            forget(state, key, |job| restore_nested(job, "details"));
        }),
    ),
    row(
        "inner-error-not-stored",
        "A new innerError is confirmed but not stored.",
        &["REQ-RESP-004", "REQ-STATUS-003"],
        Effect::Later(|state, key, _| {
            forget(state, key, |job| restore_nested(job, "innerError"));
        }),
    ),
    row(
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
        "minimal-updates-of-derived-jobs-lost",
        "An update of a job of a derived type under return=minimal is confirmed and not kept.",
        &["REQ-PREF-001"],
        Effect::After(|state, key, request| {
            if request.prefers("return").as_deref() == Some("minimal")
                && let Some(job) = state.jobs.get_mut(key).filter(|job| is_derived(job))
            {
                job.properties.clone_from(&job.previous);
            }
        }),
    ),
    row(
        "updates-of-derived-jobs-under-preference-lost",
        "An update of a job of a derived type under an unknown preference is confirmed and not kept.",
        &["REQ-PREF-004", "REQ-STATUS-003"],
        Effect::After(|state, key, request| {
            if request.prefers("patchproof-unknown").is_some()
                && let Some(job) = state.jobs.get_mut(key).filter(|job| is_derived(job))
            {
                job.properties.clone_from(&job.previous);
            }
        }),
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
