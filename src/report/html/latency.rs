//! Times in a histogram of fixed size: eight buckets per power of two, so a quantile is right to within an eighth.

use serde::Serialize;

use crate::report::reading::{Span, thousands};

/// Buckets per power of two.
const PARTS: u64 = 8;

/// A histogram of microseconds.
#[derive(Default)]
pub(super) struct Histogram {
    buckets: Vec<u32>,
    count: usize,
    max: u64,
}

/// One row of the table.
#[derive(Serialize)]
pub(super) struct Row {
    name: String,
    count: String,
    p50: String,
    p95: String,
    p99: String,
    max: String,
}

impl Histogram {
    /// Counts one time.
    pub(super) fn add(&mut self, micros: u64) {
        let at = bucket(micros);
        if self.buckets.len() <= at {
            self.buckets.resize(at + 1, 0);
        }
        self.buckets[at] = self.buckets[at].saturating_add(1);
        self.count += 1;
        self.max = self.max.max(micros);
    }

    /// The upper end of the bucket under which so many of a hundred times lie.
    fn quantile(&self, percent: usize) -> u64 {
        let want = (self.count * percent).div_ceil(100);
        let mut seen = 0;
        for (at, n) in self.buckets.iter().enumerate() {
            seen += *n as usize;
            if seen >= want {
                return upper(at).min(self.max);
            }
        }
        self.max
    }

    /// The row of an endpoint.
    pub(super) fn row(&self, name: &str) -> Row {
        let span = |micros: u64| if self.count == 0 { "–".to_owned() } else { Span(micros).to_string() };
        Row {
            name: name.to_owned(),
            count: thousands(self.count),
            p50: span(self.quantile(50)),
            p95: span(self.quantile(95)),
            p99: span(self.quantile(99)),
            max: span(self.max),
        }
    }
}

fn bucket(micros: u64) -> usize {
    if micros < PARTS {
        return usize::try_from(micros).unwrap_or(0);
    }
    let power = u64::from(micros.ilog2());
    let part = (micros >> (power - 3)) & (PARTS - 1);
    usize::try_from((power - 2) * PARTS + part).unwrap_or(usize::MAX)
}

fn upper(bucket: usize) -> u64 {
    let bucket = bucket as u64;
    if bucket < PARTS {
        return bucket;
    }
    let power = bucket / PARTS + 2;
    ((PARTS + bucket % PARTS + 1) << (power - 3)) - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_right_to_within_an_eighth() {
        let mut histogram = Histogram::default();
        (1..=10_000).for_each(|micros| histogram.add(micros));
        for percent in [1, 50, 95, 99, 100] {
            let (got, want) = (histogram.quantile(percent), percent as u64 * 100);
            assert!(got >= want && got <= want + want / 8 + 1, "{percent}: {got}");
        }
    }

    #[test]
    fn every_time_lies_in_its_bucket() {
        for micros in [0, 7, 8, 9, 15, 16, 1_000, 123_456_789] {
            assert!(upper(bucket(micros)) >= micros && (micros == 0 || upper(bucket(micros) - 1) < micros), "{micros}");
        }
    }
}
