//! A clock that is far off: tokens end early or late by it, and what answers say of time cannot be believed.

use std::time::{Duration, SystemTime};

use super::request;
use super::session::Session;
use crate::model::exchange::Exchange;

/// Where a clock begins to matter to whoever reads the report; what is off by less is nobody's concern.
const TOLD: Duration = Duration::from_secs(300);
/// A Date counts whole seconds, so after this time a clock shows another one.
const A_SECOND: Duration = Duration::from_millis(1100);

/// What the clock of a target comes to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Clock {
    /// It is as ours, or near enough; or the target says no time.
    Right,
    /// People should know.
    Off(String),
    /// It is off by more than is allowed: nothing can be judged.
    Wrong(String),
}

/// How the clock is that `answers` show. A Date that stands still is no clock, and nothing depends on it, so where a
/// job is there to be read the answer is asked for once more.
pub(super) async fn look(session: &Session, job: Option<(&str, &str)>, answers: &[Exchange], most: Duration) -> Clock {
    let Some(date) = answers.iter().rev().find_map(date_of) else { return Clock::Right };
    let Some(off) = difference(date, SystemTime::now()) else { return Clock::Right };
    if off.by <= most {
        return Clock::Off(format!("{off}; one of them is wrong"));
    }
    if let Some((collection, id)) = job {
        tokio::time::sleep(A_SECOND).await;
        let again = session.send(request::read(session, collection, id)).await;
        session.aside("clock", &again);
        if date_of(&again) == Some(date) {
            return Clock::Off(format!("{off}, and stands still: a Date that is no clock"));
        }
    }
    Clock::Wrong(format!("{off}; set the clock that is wrong, or allow it with --set max-clock-skew=TIME"))
}

fn date_of(exchange: &Exchange) -> Option<SystemTime> {
    httpdate::parse_http_date(exchange.response()?.header("date")?).ok()
}

/// A difference that is worth a word.
struct Skew {
    by: Duration,
    ahead: bool,
}

fn difference(date: SystemTime, now: SystemTime) -> Option<Skew> {
    let off = match now.duration_since(date) {
        Ok(by) => Skew { by, ahead: false },
        Err(ahead) => Skew { by: ahead.duration(), ahead: true },
    };
    (off.by > TOLD).then_some(off)
}

impl std::fmt::Display for Skew {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let by = humantime::format_duration(Duration::from_secs(self.by.as_secs()));
        write!(f, "the clock of the target is {by} {} ours", if self.ahead { "ahead of" } else { "behind" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_off_is_told_with_its_direction() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000);
        let told = |date| difference(date, now).map(|off| off.to_string());
        assert_eq!(told(now - TOLD), None);
        assert_eq!(told(now - 2 * TOLD).unwrap(), "the clock of the target is 10m behind ours");
        assert_eq!(
            told(now + Duration::from_secs(90_061)).unwrap(),
            "the clock of the target is 1day 1h 1m 1s ahead of ours"
        );
    }
}
