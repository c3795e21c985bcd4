//! A table is kept in a plain object of a scripting language, which has members that nobody put there.

use super::row;
use crate::reference::effect::Effect;
use crate::reference::fault::Fault;
use crate::reference::fault::alter::{instead, key, patches};
use crate::reference::fault::routes::no_such_job;
use crate::reference::message::Place;

pub(super) const ROWS: &[Fault] = &[
    row(
        "collections-in-a-plain-object",
        "An update in a collection named like a built-in member of objects ends in 500.",
        &["REQ-PATH-004", "REQ-STATUS-002"],
        Effect::Failed(|answer, request| {
            let collection = request.path.rsplit('/').nth(1).unwrap_or_default();
            if request.place == Place::Nowhere && patches(request) && BUILT_IN.contains(&collection) {
                instead(answer, 404, 500);
            }
        }),
    ),
    row(
        "jobs-in-a-plain-object",
        "An update of an id that is named like a built-in member of objects ends in 500.",
        &["REQ-PATH-002", "REQ-PATH-003", "REQ-STATUS-002"],
        Effect::Failed(|answer, request| {
            if no_such_job(answer, request) && key(request).is_some_and(|(_, id)| BUILT_IN.contains(&id.as_str())) {
                instead(answer, 404, 500);
            }
        }),
    ),
];

/// What a plain object of JavaScript has.
const BUILT_IN: [&str; 7] =
    ["constructor", "__proto__", "toString", "hasOwnProperty", "valueOf", "isPrototypeOf", "toLocaleString"];
