//! What several formats read out of an event in the same way: names, times, sums, and what counts as a failure.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::model::event::{ExchangeRecord, ReportedFinding, RunInfo, TrialResult};
use crate::model::finding::{Level, Place};
use crate::model::transcript::Role;
use crate::model::verdict::Verdict;

/// The lowest level that fails a trial in this run.
pub(super) fn deny(info: &RunInfo) -> Level {
    info.deny.unwrap_or(Level::Must)
}

/// Whether the finding fails its trial.
pub(super) fn fails(reported: &ReportedFinding, deny: Level) -> bool {
    reported.waived.is_none() && reported.finding.level >= deny
}

/// Whether the finding is a warning: a SHOULD that does not fail the trial.
pub(super) fn warns(reported: &ReportedFinding, deny: Level) -> bool {
    reported.waived.is_none() && reported.finding.level == Level::Should && deny > Level::Should
}

/// The trial's name without its last part, and the last part: `endpoint::topic` and `case`.
pub(super) fn split_name(trial: &TrialResult) -> (&str, &str) {
    trial.name.rsplit_once("::").unwrap_or((&trial.endpoint, &trial.name))
}

/// The exchange that a finding is about, where it was kept.
pub(super) fn exchange<'a>(trial: &'a TrialResult, reported: &ReportedFinding) -> Option<&'a ExchangeRecord> {
    trial.evidence.get(reported.finding.exchange)
}

/// The request that led to what the exchange of a finding shows, where that is a read after it: the last one before that
/// was to be judged and is no read. In a race it is none of them alone.
pub(super) fn cause<'a>(trial: &'a TrialResult, reported: &ReportedFinding) -> Option<&'a ExchangeRecord> {
    let read = exchange(trial, reported)?;
    let place = &reported.finding.place;
    let follows = matches!(read.role, Some(Role::Step | Role::ReadAfter));
    if !follows || !matches!(place, Place::Job(_) | Place::Elsewhere(_)) {
        return None;
    }
    let mut before = trial.evidence[..reported.finding.exchange].iter().rev();
    before.find(|record| record.role == Some(Role::Step) && record.method != "GET")
}

/// One sentence that says why the trial is not green.
pub(super) fn headline(trial: &TrialResult, deny: Level) -> &str {
    let failing = trial.findings.iter().find(|f| fails(f, deny)).or(trial.findings.first());
    match (trial.verdict, failing) {
        (Verdict::Inconclusive | Verdict::Skip, _) | (_, None) => {
            trial.reason.as_deref().unwrap_or_else(|| trial.verdict.as_str())
        }
        (_, Some(reported)) => &reported.finding.message,
    }
}

/// Seconds with three digits, as JUnit XML has them.
pub(super) struct Seconds(pub(super) u64);

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = self.0.saturating_add(500) / 1_000;
        write!(f, "{}.{:03}", millis / 1_000, millis % 1_000)
    }
}

/// A duration as people say it: `812 µs`, `3.4 ms`, `1.25 s`, `2 min 5 s`.
pub(super) struct Span(pub(super) u64);

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let micros = self.0;
        match micros {
            0..1_000 => write!(f, "{micros} µs"),
            1_000..1_000_000 => write!(f, "{}.{} ms", micros / 1_000, micros % 1_000 / 100),
            1_000_000..60_000_000 => write!(f, "{}.{:02} s", micros / 1_000_000, micros % 1_000_000 / 10_000),
            _ => write!(f, "{} min {} s", micros / 60_000_000, micros / 1_000_000 % 60),
        }
    }
}

/// A number with commas between thousands.
pub(super) fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 trial`, `2 trials`: a number and its noun.
pub(super) fn count(number: usize, noun: &str) -> String {
    format!("{} {noun}{}", thousands(number), if number == 1 { "" } else { "s" })
}

/// The time of the run: its start, and so many microseconds after it.
#[derive(Debug, Default)]
pub(super) struct Clock {
    start: Option<Timestamp>,
}

impl Clock {
    /// A clock from [`RunInfo::started_at`].
    pub(super) fn starting(started_at: &str) -> Self {
        Self { start: started_at.parse().ok() }
    }

    /// The instant so many microseconds after the start; the Unix epoch counts as start where that is unknown.
    pub(super) fn after(&self, micros: u64) -> Timestamp {
        let start = self.start.unwrap_or(Timestamp::UNIX_EPOCH);
        let span = SignedDuration::from_micros(i64::try_from(micros).unwrap_or(i64::MAX));
        start.checked_add(span).unwrap_or(start)
    }
}

/// What a refusal says for itself: the message of the error, or the first line where it has none.
pub(super) fn says(record: &ExchangeRecord) -> Option<String> {
    let body = record.status.filter(|status| *status >= 400).map(|_| &record.response_body)?;
    let json: Option<Value> = serde_json::from_str(body).ok();
    let message = json.as_ref().and_then(|json| json.get("error")?.get("message")?.as_str());
    let text = message.or_else(|| body.lines().next()).map(str::trim)?;
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!([thousands(7), thousands(1234), thousands(1_234_567)], ["7", "1,234", "1,234,567"]);
        assert_eq!([count(1, "trial"), count(0, "trial")], ["1 trial", "0 trials"]);
        let spans: Vec<String> = [812, 3_450, 1_254_000, 125_000_000].map(|m| Span(m).to_string()).into();
        assert_eq!(spans, ["812 µs", "3.4 ms", "1.25 s", "2 min 5 s"]);
        assert_eq!(Seconds(1_000_812).to_string(), "1.001");
    }

    #[test]
    fn the_clock_starts_with_the_run() {
        assert_eq!(Clock::starting("2026-03-01T02:00:00Z").after(812).to_string(), "2026-03-01T02:00:00.000812Z");
    }
}
