//! Requests at the same time see parts of each other, or undo each other.

use serde_json::Value;

use super::row;
use crate::reference::effect::{Effect, Switch};
use crate::reference::fault::Fault;
use crate::reference::fault::given::{chunked, is_minimal};

pub(super) const ROWS: &[Fault] = &[
    row(
        "torn-writes",
        "Members are written one by one, and others may read in between.",
        &["REQ-ATOM-003"],
        Effect::Switch(Switch::TornWrites),
    ),
    row(
        "torn-errors",
        "The members of error are written one by one, and others may read in between.",
        &["REQ-ATOM-003"],
        Effect::Switch(Switch::TornErrors),
    ),
    row(
        "lost-updates",
        "The whole job is read, changed after a while and written back.",
        &["REQ-ATOM-004"],
        Effect::Unguarded(|_| true),
    ),
    row(
        "updates-lost-under-minimal",
        "Under return=minimal the whole job is read, changed after a while and written back.",
        &["REQ-ATOM-004"],
        Effect::Unguarded(is_minimal),
    ),
    row(
        "updates-lost-in-chunks",
        "For content in chunks the whole job is read, changed after a while and written back.",
        &["REQ-ATOM-004"],
        Effect::Unguarded(chunked),
    ),
    row(
        "updates-lost-beside-null",
        "Where a property is set to null the whole job is read, changed after a while and written back.",
        &["REQ-ATOM-004"],
        Effect::Unguarded(|request| request.body.values().any(Value::is_null)),
    ),
    row(
        "dates-lost-from-the-seventh-update-on",
        "From the seventh update of a job on, one of dates alone reads the whole job and writes it back after a while.",
        &["REQ-ATOM-004"],
        Effect::Unguarded(|request| request.turn > 6 && request.body.keys().all(|name| name.ends_with("DateTime"))),
    ),
    row(
        "answer-of-another-request",
        "Requests to one collection keep their job in one place, and an answer shows the job of the latest.",
        &["REQ-IDENT-001", "REQ-RESP-003"],
        Effect::Switch(Switch::OneCurrentJob),
    ),
    row(
        "read-during-update-shows-the-other-job",
        "A read of one job during an update of another shows that other one.",
        &["REQ-ISO-001"],
        Effect::Switch(Switch::OneCurrentJobInReads),
    ),
    row(
        "overlapping-update-dropped",
        "An update that arrives while another is under way is answered 200 and dropped.",
        &["REQ-ATOM-004", "REQ-STATUS-003", "REQ-RESP-003"],
        Effect::Switch(Switch::DropOverlapping),
    ),
];
