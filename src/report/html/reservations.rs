//! What the acceptance report has beside plain verdicts: trials that are neither passed nor failed, and waivers.

use serde::Serialize;

use crate::model::event::Summary;
use crate::model::waiver::{WaiverOutcome, WaiverUse};
use crate::report::aggregate::{Aggregate, Group};
use crate::report::reading::{count, thousands};
use crate::report::safe;

/// Trials that are neither plainly passed nor plainly failed, by reason.
#[derive(Serialize)]
pub(super) struct Reservation {
    what: &'static str,
    reason: String,
    trials: String,
    such: String,
}

/// The table of reservations.
pub(super) fn reservations(aggregate: &Aggregate) -> Vec<Reservation> {
    let row = |what, reason: &str, group: &Group| Reservation {
        what,
        reason: safe::short(reason),
        trials: thousands(group.trials),
        such: group.names.iter().map(|(_, name)| safe::line(name)).collect::<Vec<_>>().join(", "),
    };
    let mut all = Vec::new();
    for (what, reasons) in
        [("waived", &aggregate.waived), ("inconclusive", &aggregate.inconclusive), ("skipped", &aggregate.skipped)]
    {
        all.extend(reasons.iter().map(|(reason, group)| row(what, reason, group)));
    }
    if aggregate.flaky.trials > 0 {
        all.push(row("flaky", "attempts differed, or it passed only after a retry", &aggregate.flaky));
    }
    all
}

/// One waiver and what became of it.
#[derive(Serialize)]
pub(super) struct WaiverRow {
    class: &'static str,
    outcome: &'static str,
    about: String,
    reason: String,
    covered: String,
    owner: String,
    expires: String,
    ticket: Option<String>,
}

/// The table of waivers.
pub(super) fn waivers(summary: &Summary) -> Vec<WaiverRow> {
    let row = |told: &WaiverUse| WaiverRow {
        class: match told.outcome {
            WaiverOutcome::Waived => "warn",
            WaiverOutcome::NotJudged => "skip",
            _ => "fail",
        },
        outcome: told.outcome.as_str(),
        about: safe::short(&told.waiver.to_string()),
        reason: safe::short(&told.waiver.reason),
        covered: format!("covers {}", count(told.covered, "trial")),
        owner: safe::short(&told.waiver.owner),
        expires: safe::short(&told.waiver.expires),
        ticket: told.waiver.ticket.as_deref().map(safe::short),
    };
    summary.waivers.iter().map(row).collect()
}
