//! The verdict on a target in words: the one sentence that every report for people shows first or last.

use super::paint::Tone;
use super::reading::{count, thousands};
use crate::contract::endpoint::ENDPOINTS;
use crate::contract::requirement::requirement;
use crate::model::event::Summary;
use crate::model::finding::Level;
use crate::model::verdict::Verdict;

/// The sentence, and how it is meant.
pub(super) struct Outcome {
    /// `Conforms, with 2 waivers`, without a full stop.
    pub(super) sentence: String,
    /// Good, bad, or a warning.
    pub(super) tone: Tone,
}

/// The outcome of a run that judged something on so many of the paths.
pub(super) fn outcome(summary: &Summary, paths: usize) -> Outcome {
    let failed = summary.count(Verdict::Fail);
    let unjudged = summary.count(Verdict::Inconclusive);
    let judged: usize = summary.counts.iter().filter(|(v, _)| !matches!(v, Verdict::Skip)).map(|(_, n)| n).sum();
    let (tone, sentence) = if failed > 0 {
        (Tone::Bad, format!("Does not conform: {}", broken(summary)))
    } else if let Some(why) = &summary.could_not_judge {
        (Tone::Warn, format!("Could not be judged: {why}"))
    } else if unjudged > 0 {
        (Tone::Warn, format!("Could not be judged: {} inconclusive", count(unjudged, "trial")))
    } else if summary.waivers_fail() {
        (Tone::Bad, "Conforms, but waivers are out of date".to_owned())
    } else if judged == 0 {
        (Tone::Warn, "Nothing was judged".to_owned())
    } else {
        (Tone::Good, format!("Conforms{}{}", on_paths(paths), reservations(summary)))
    };
    // Why a target is gone tells more than that it is.
    let telling = summary.could_not_judge.as_ref().filter(|_| failed > 0 && summary.ended_early.is_some());
    match telling.or(summary.ended_early.as_ref()) {
        None => Outcome { sentence, tone },
        Some(why) => {
            let tone = if tone == Tone::Good { Tone::Warn } else { tone };
            Outcome { sentence: format!("{sentence}; ended early: {why}"), tone }
        }
    }
}

/// `3 MUST and 1 SHOULD requirements broken`.
fn broken(summary: &Summary) -> String {
    let of = |level: Level| {
        let is = |id: &str| requirement(id).map_or(Level::Must, |r| r.level) == level;
        summary.requirements.iter().filter(|(id, tally)| tally.failed > 0 && is(id)).count()
    };
    let levels = [Level::Must, Level::Should, Level::May].map(|level| (of(level), level));
    let total: usize = levels.iter().map(|(n, _)| n).sum();
    let parts: Vec<String> = levels.iter().filter(|(n, _)| *n > 0).map(|(n, level)| format!("{n} {level}")).collect();
    let noun = if total == 1 { "requirement" } else { "requirements" };
    if parts.is_empty() {
        return format!("{} failed", count(summary.count(Verdict::Fail), "trial"));
    }
    format!("{} {noun} broken", parts.join(" and "))
}

/// Who was judged on some of the paths conforms on these, and no further (contract, ruling O-11).
fn on_paths(paths: usize) -> String {
    let all = ENDPOINTS.len();
    if paths >= all { String::new() } else { format!(" on {paths} of {all} paths") }
}

fn reservations(summary: &Summary) -> String {
    let parts: Vec<String> =
        [(summary.count(Verdict::Waived), "waiver"), (summary.warnings, "warning"), (summary.flaky, "flaky trial")]
            .into_iter()
            .filter(|(n, _)| *n > 0)
            .map(|(n, noun)| count(n, noun))
            .collect();
    if parts.is_empty() { String::new() } else { format!(", with {}", parts.join(" and ")) }
}

/// The word for a verdict in a tally.
pub(super) fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "passed",
        Verdict::Fail => "failed",
        Verdict::Inconclusive => "inconclusive",
        Verdict::Skip => "skipped",
        Verdict::Waived => "waived",
        Verdict::StaleWaiver => "with a stale waiver",
    }
}

/// The tone of a verdict.
pub(super) fn tone(verdict: Verdict) -> Tone {
    match verdict {
        Verdict::Pass => Tone::Good,
        Verdict::Fail | Verdict::StaleWaiver => Tone::Bad,
        Verdict::Inconclusive | Verdict::Waived => Tone::Warn,
        Verdict::Skip => Tone::Quiet,
    }
}

/// Trials by verdict in words, and what is to be known beside: `1,050 passed, 8 failed, 2 warnings, 3 waits that the target
/// asked for`.
pub(super) fn sums(summary: &Summary) -> String {
    let mut parts: Vec<String> = summary
        .counts
        .iter()
        .filter(|(_, n)| **n > 0)
        .map(|(v, n)| format!("{} {}", thousands(*n), word(*v)))
        .collect();
    if summary.warnings > 0 {
        parts.push(count(summary.warnings, "warning"));
    }
    if summary.flaky > 0 {
        parts.push(format!("{} flaky", thousands(summary.flaky)));
    }
    if summary.waits > 0 {
        parts.push(format!("{} that the target asked for", count(summary.waits, "wait")));
    }
    parts.join(", ")
}
