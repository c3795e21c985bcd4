//! Pace: how fast requests may go out, and how long to wait before one is repeated.
//!
//! The main type is [`Pace`], shared by all workers; [`retry_after`] and [`Backoff::delay`] are pure.
//! Retry-After is RFC 9110, section 10.2.3.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use crate::model::locked::Locked;
use tokio::time::Instant;

pub use super::rate_limit::RateLimit;

/// Interval with which `auto` begins when the target throttles for the first time.
const FIRST_INTERVAL: Duration = Duration::from_millis(50);
/// Slowest pace of `auto`.
const SLOWEST: Duration = Duration::from_secs(5);
/// Below this interval `auto` is unlimited again.
const FASTEST: Duration = Duration::from_millis(5);

/// Longest time for which nobody sends anything.
const LONGEST_PAUSE: Duration = Duration::from_secs(3600);

/// Keeps all workers together below the rate limit. It costs one atomic read while nothing limits.
#[derive(Debug)]
pub struct Pace {
    limited: AtomicBool,
    slots: Locked<Slots>,
}

impl Pace {
    /// A pace; `None` is as fast as it goes, and still obeys [`Pace::throttled`].
    #[must_use]
    pub fn new(limit: Option<RateLimit>) -> Self {
        let interval = match limit {
            Some(RateLimit::Fixed(count, per)) => Some(per / count),
            Some(RateLimit::Auto) | None => None,
        };
        let slots = Slots {
            adapts: limit == Some(RateLimit::Auto),
            interval,
            next: None,
            slowed_until: None,
            asked: None,
            untried: false,
        };
        Self { limited: AtomicBool::new(interval.is_some()), slots: Locked::new(slots) }
    }

    /// Whether requests wait for their turn.
    #[must_use]
    pub fn is_limited(&self) -> bool {
        self.limited.load(Ordering::Relaxed)
    }

    /// Waits until one more request may go out.
    pub async fn wait(&self) {
        if !self.limited.load(Ordering::Relaxed) {
            return;
        }
        let now = Instant::now();
        let at = {
            let mut slots = self.slots.lock();
            let at = slots.take(now);
            // Under the lock, so that the pause of a 429 that comes at the same time is not forgotten.
            self.limited.store(slots.interval.is_some() || slots.next.is_some(), Ordering::Relaxed);
            at
        };
        if at > now {
            tokio::time::sleep_until(at).await;
        }
    }

    /// Limits nothing any more, for the few requests that have to be made before a run that is interrupted can end. What
    /// the target asked for by a 429 is kept to.
    pub fn lift(&self) {
        let mut slots = self.slots.lock();
        slots.interval = None;
        slots.next = slots.asked;
        self.limited.store(slots.next.is_some(), Ordering::Relaxed);
    }

    /// Waits until the target may be asked again after [`Pace::throttled`]; takes no turn.
    pub async fn pause(&self) {
        let next = self.slots.lock().next;
        if let Some(next) = next {
            tokio::time::sleep_until(next).await;
        }
    }

    /// The target answered 429 or 503: nobody sends anything for `pause`, and `auto` goes slower from then on.
    pub fn throttled(&self, pause: Duration) {
        let mut slots = self.slots.lock();
        slots.slow_down(Instant::now(), pause);
        self.limited.store(true, Ordering::Relaxed);
    }

    /// The target answered as it should: `auto` goes a little faster.
    pub fn went_well(&self) {
        if self.limited.load(Ordering::Relaxed) {
            self.slots.lock().speed_up();
        }
    }
}

/// When the next request may go out: the pure part of [`Pace`].
#[derive(Debug)]
struct Slots {
    adapts: bool,
    interval: Option<Duration>,
    next: Option<Instant>,
    /// Requests that were under way when it became slower may be throttled until then, and say nothing of the new pace.
    slowed_until: Option<Instant>,
    /// Until when the target has asked for a pause.
    asked: Option<Instant>,
    /// Nothing went well since it became slower, so the target still counts what came before.
    untried: bool,
}

impl Slots {
    /// The time at which a request that is ready now may go out.
    fn take(&mut self, now: Instant) -> Instant {
        let at = self.next.filter(|next| *next > now);
        self.next = match (self.interval, at) {
            (Some(interval), at) => Some(at.unwrap_or(now) + interval),
            (None, at) => at,
        };
        at.unwrap_or(now)
    }

    fn slow_down(&mut self, now: Instant, pause: Duration) {
        let until = now + pause.min(LONGEST_PAUSE);
        self.next = Some(self.next.map_or(until, |next| next.max(until)));
        self.asked = self.asked.max(Some(until));
        let known = self.slowed_until.is_some_and(|end| now < end) || self.untried;
        if self.adapts && !known {
            (self.slowed_until, self.untried) = (Some(until), true);
            self.interval = Some(self.interval.map_or(FIRST_INTERVAL, |interval| (interval * 2).min(SLOWEST)));
        }
    }

    fn speed_up(&mut self) {
        self.untried = false;
        if self.adapts {
            self.interval = self.interval.map(|interval| interval.mul_f64(0.99)).filter(|interval| *interval > FASTEST);
        }
    }
}

/// How long the value of a Retry-After header says to wait: seconds or an HTTP date. A date that has passed is zero.
#[must_use]
pub fn retry_after(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|octet| octet.is_ascii_digit()) {
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
    }
    let date = httpdate::parse_http_date(value).ok()?;
    Some(date.duration_since(now).unwrap_or_default())
}

/// How long to wait before a request is repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// Wait before the first repetition; it doubles with each one.
    pub interval: Duration,
    /// Longest wait, whatever Retry-After says.
    pub cap: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Self { interval: Duration::from_millis(200), cap: Duration::from_secs(30) }
    }
}

impl Backoff {
    /// The wait before repetition number `attempt`, counted from zero. What the target asked for is obeyed up to the
    /// cap; otherwise the wait doubles, and `jitter` (0 to 1) takes off up to half so that workers spread out.
    #[must_use]
    pub fn delay(&self, attempt: u32, asked: Option<Duration>, jitter: f64) -> Duration {
        let jitter = jitter.clamp(0.0, 1.0);
        if let Some(asked) = asked {
            // Coming too early breaks the promise, so the spread goes upwards.
            return asked.saturating_add(self.interval.mul_f64(jitter)).min(self.cap);
        }
        let doubled = self.interval.saturating_mul(1 << attempt.min(20)).min(self.cap);
        doubled.mul_f64(1.0 - jitter / 2.0)
    }

    /// [`Backoff::delay`] with a random jitter.
    #[must_use]
    pub fn random_delay(&self, attempt: u32, asked: Option<Duration>) -> Duration {
        self.delay(attempt, asked, fastrand::f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn reads_both_forms_of_retry_after() {
        let now = httpdate::parse_http_date("Fri, 01 Jan 2027 00:00:00 GMT").unwrap();
        assert_eq!(retry_after(" 120 ", now), Some(120 * SECOND));
        assert_eq!(retry_after("Fri, 01 Jan 2027 00:00:30 GMT", now), Some(30 * SECOND));
        assert_eq!(retry_after("Thu, 31 Dec 2026 00:00:00 GMT", now), Some(Duration::ZERO));
        assert_eq!(retry_after("99999999999999999999999", now), Some(Duration::from_secs(u64::MAX)));
        for bad in ["", "-1", "1.5", "soon"] {
            assert_eq!(retry_after(bad, now), None, "{bad}");
        }
    }

    #[test]
    fn waits_longer_each_time_and_never_longer_than_the_cap() {
        let backoff = Backoff { interval: SECOND, cap: 10 * SECOND };
        let waits: Vec<u64> = (0..6).map(|attempt| backoff.delay(attempt, None, 0.0).as_secs()).collect();
        assert_eq!(waits, [1, 2, 4, 8, 10, 10]);
        assert_eq!(backoff.delay(1, None, 1.0), SECOND);
        assert_eq!(backoff.delay(0, Some(3 * SECOND), 0.0), 3 * SECOND);
        assert_eq!(backoff.delay(0, Some(Duration::from_secs(u64::MAX)), 1.0), 10 * SECOND);
        assert_eq!(backoff.delay(u32::MAX, None, 0.0), 10 * SECOND);
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_lifted_limits_nothing_but_what_the_target_asked_for() {
        let pace = Pace::new(Some(RateLimit::Fixed(5, 3600 * SECOND)));
        let start = Instant::now();
        pace.wait().await;
        pace.lift();
        pace.wait().await;
        assert_eq!(start.elapsed(), Duration::ZERO);
        pace.throttled(3 * SECOND);
        pace.lift();
        pace.wait().await;
        assert_eq!(start.elapsed(), 3 * SECOND);
    }

    #[test]
    fn spreads_requests_evenly() {
        let now = Instant::now();
        let mut slots = Slots {
            adapts: false,
            interval: Some(SECOND),
            next: None,
            slowed_until: None,
            asked: None,
            untried: false,
        };
        let waits: Vec<Duration> = (0..3).map(|_| slots.take(now) - now).collect();
        assert_eq!(waits, [Duration::ZERO, SECOND, 2 * SECOND]);
        assert_eq!(slots.take(now + 60 * SECOND), now + 60 * SECOND);
    }

    #[test]
    fn auto_slows_down_and_recovers() {
        let now = Instant::now();
        let mut slots =
            Slots { adapts: true, interval: None, next: None, slowed_until: None, asked: None, untried: false };
        assert_eq!((slots.take(now), slots.take(now)), (now, now));
        slots.slow_down(now, 2 * SECOND);
        assert_eq!(slots.take(now), now + 2 * SECOND);
        assert_eq!(slots.take(now), now + 2 * SECOND + FIRST_INTERVAL);
        slots.slow_down(now, SECOND);
        assert_eq!(slots.interval, Some(FIRST_INTERVAL), "sent before it became slower");
        slots.slow_down(now + 2 * SECOND, SECOND);
        assert_eq!(slots.interval, Some(FIRST_INTERVAL), "nothing was taken at the new pace yet");
        slots.speed_up();
        slots.slow_down(now + 3 * SECOND, SECOND);
        assert!(slots.interval > Some(FIRST_INTERVAL));
        (0..1000).for_each(|_| slots.speed_up());
        assert_eq!(slots.interval, None);
    }
}
