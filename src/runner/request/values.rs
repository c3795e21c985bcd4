//! The values that a trial makes up: the same for the same nonce, trial and attempt, wherever and whenever it runs.
//!
//! The main types are [`Nonce`] and [`Values`]. A value that an earlier run has set could be an echo of that run, from a
//! server that stores nothing, so a run has a nonce of its own unless the user gives one. The seed of the order is none:
//! it is the same every night.

use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Made-up date-times begin with the year 2031, where those of no job are, and end before the seconds of 32 bits do.
const FIRST_SECOND: i64 = 1_924_992_000;
const SECONDS: u64 = 6 * 365 * 86_400;

/// What makes the values of a run others than those of every other run.
#[derive(Debug, Clone)]
pub struct Nonce([u8; 32]);

impl Default for Nonce {
    /// One that there has not been.
    fn default() -> Self {
        let mut hash = Sha256::new();
        hash.update(Uuid::new_v4().as_bytes());
        hash.update(Uuid::new_v4().as_bytes());
        Self(hash.finalize().into())
    }
}

impl Nonce {
    /// The nonce that a text stands for.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(Sha256::digest(text).into())
    }

    /// The values of one attempt at a trial.
    pub(in super::super) fn values(&self, trial: &str, attempt: u32) -> Values {
        let mut hash = Sha256::new();
        hash.update(self.0);
        hash.update(attempt.to_be_bytes());
        hash.update(trial);
        Values(hash.finalize().into())
    }
}

/// The values of one attempt at a trial.
#[derive(Debug)]
pub(in super::super) struct Values([u8; 32]);

impl Default for Values {
    /// Values of no trial.
    fn default() -> Self {
        Nonce::default().values("", 0)
    }
}

impl Values {
    /// The UUID of this name, in the form of a random one (RFC 9562, section 5.4). One that is `renewed` is another one.
    pub(super) fn uuid(&self, name: &str, renewed: u32) -> Uuid {
        let mut hash = Sha256::new();
        hash.update(self.0);
        hash.update(renewed.to_be_bytes());
        hash.update(name);
        let mut octets = [0; 16];
        octets.copy_from_slice(&hash.finalize()[..16]);
        uuid::Builder::from_random_bytes(octets).into_uuid()
    }

    /// The `n`-th date-time, at a whole second in UTC: each is an hour after the one before. What is `renewed` is another
    /// one.
    pub(super) fn date_time(&self, n: u8, renewed: u32) -> String {
        let (some, _) = self.uuid("date-time", renewed).as_u64_pair();
        let seconds = FIRST_SECOND + (some % SECONDS).cast_signed() + 3600 * i64::from(n);
        // What is within the range always has a form.
        jiff::Timestamp::from_second(seconds).unwrap_or_default().to_string()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn date_times_differ_in_every_round_and_keep_their_order() {
        let values = Nonce::new("night").values("jobs::a::b", 0);
        let of_round = |renewed| -> Vec<String> { (1..=9).map(|n| values.date_time(n, renewed)).collect() };
        let all: BTreeSet<String> = (0..20).flat_map(of_round).collect();
        assert_eq!(all.len(), 180);
        assert!(
            all.iter().all(|text| text.len() == 20 && text.as_str() >= "2031" && text.as_str() < "2038"),
            "{all:?}"
        );
        assert!(of_round(3).is_sorted());
    }

    #[test]
    fn values_follow_from_the_nonce_the_trial_and_the_attempt() {
        let value = |nonce: &str, trial, attempt, name, renewed| {
            Nonce::new(nonce).values(trial, attempt).uuid(name, renewed).to_string()
        };
        let same = value("night", "jobs::a::b", 0, "uuid", 0);
        assert_eq!(value("night", "jobs::a::b", 0, "uuid", 0), same);
        assert_eq!(Uuid::try_parse(&same).unwrap().get_version_num(), 4);
        let all: BTreeSet<String> = [
            same,
            value("day", "jobs::a::b", 0, "uuid", 0),
            value("night", "jobs::a::c", 0, "uuid", 0),
            value("night", "jobs::a::b", 1, "uuid", 0),
            value("night", "jobs::a::b", 0, "uuid.2", 0),
            value("night", "jobs::a::b", 0, "uuid", 1),
            Nonce::default().values("jobs::a::b", 0).uuid("uuid", 0).to_string(),
            Nonce::default().values("jobs::a::b", 0).uuid("uuid", 0).to_string(),
        ]
        .into();
        assert_eq!(all.len(), 8, "{all:?}");
    }
}
