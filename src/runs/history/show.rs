//! The history as text of at most 80 columns.
//!
//! ```text
//! run       started           passed failed  other flaky
//! 1f0a2b3c  2026-11-23 02:00   1,060      8      0     0
//!
//! endpoint                          failed per run       p50      p95      p99
//! jobs                              ▁▁█▁▁▁▁         1.1 ms   3.4 ms   9.0 ms
//! ```

use std::fmt::Write as _;

use super::{Percentiles, RunRow, Series};
use crate::contract::endpoint::ENDPOINTS;
use crate::report::safe;

/// Runs that a trend shows; the last ones.
const TREND: usize = 16;
/// Unstable trials that are named.
const UNSTABLE: usize = 20;

/// The runs, the trend of each endpoint, and the trials that are not steady.
#[must_use]
pub fn endpoints(runs: &[RunRow], all: &[Series]) -> String {
    [table(runs), trends(runs, all), unsteady(runs, all)].concat()
}

/// One line for each run.
fn table(runs: &[RunRow]) -> String {
    let mut text =
        format!("{:<9} {:<17}{:>8}{:>7}{:>7}{:>6}\n", "run", "started", "passed", "failed", "other", "flaky");
    for run in runs {
        let of = |verdicts: &[&str]| verdicts.iter().filter_map(|v| run.counts.get(*v)).sum::<usize>();
        let (passed, failed) = (of(&["pass"]), of(&["fail", "stale-waiver"]));
        let other = of(&["inconclusive", "skip", "waived"]);
        let early = run.ended_early.as_ref().map(|why| format!("  {}", safe::short(why))).unwrap_or_default();
        let id = run.run_id.get(..8).unwrap_or(&run.run_id);
        let started = minute(&run.started_at);
        let _ = writeln!(text, "{id:<9} {started:<17}{passed:>8}{failed:>7}{other:>7}{:>6}{early}", run.flaky);
    }
    text
}

/// One line for each endpoint that has trials: failures from run to run, and latencies.
fn trends(runs: &[RunRow], all: &[Series]) -> String {
    let mut text = format!("\n{:<32} {:<16}{:>10}{:>10}{:>10}\n", "endpoint", "failed per run", "p50", "p95", "p99");
    for endpoint in &ENDPOINTS {
        let own: Vec<&Series> = all.iter().filter(|series| series.endpoint == endpoint.collection).collect();
        if own.is_empty() {
            continue;
        }
        let mut failed = vec![0usize; runs.len()];
        let told = || own.iter().flat_map(|series| &series.told).filter(|told| told.judged());
        for told in told().filter(|told| !told.passed() && told.verdict != "waived") {
            failed[told.run] += 1;
        }
        let latency = Percentiles::of(told().map(|told| told.micros));
        let _ = writeln!(text, "{:<32} {:<16}{}", endpoint.collection, bars(&failed), columns(latency));
    }
    text
}

/// The trials that are not steady, those first that flake most; nothing where there are none.
fn unsteady(runs: &[RunRow], all: &[Series]) -> String {
    let mut unsteady: Vec<(&Series, usize, usize)> = all
        .iter()
        .map(|series| (series, series.flakes(runs)))
        .filter(|(_, (flakes, _))| *flakes > 0)
        .map(|(series, (flakes, judged))| (series, flakes, judged))
        .collect();
    unsteady.sort_by(|a, b| (b.1 * a.2, &a.0.name).cmp(&(a.1 * b.2, &b.0.name)));
    let mut text = if unsteady.is_empty() { String::new() } else { "\nnot steady\n".to_owned() };
    for (series, flakes, judged) in unsteady.iter().take(UNSTABLE) {
        let (percent, signs) = (percent(*flakes, *judged), signs(series, runs.len()));
        let _ = writeln!(text, "  {percent:>5} {signs}  {}", safe::line(&series.name));
    }
    if unsteady.len() > UNSTABLE {
        let _ = writeln!(text, "  and {} more", unsteady.len() - UNSTABLE);
    }
    text
}

/// Each trial on its own.
#[must_use]
pub fn trials(runs: &[RunRow], all: &[Series]) -> String {
    let mut text = String::new();
    for series in all {
        let (flakes, judged) = series.flakes(runs);
        let passed = series.told.iter().filter(|told| told.judged() && told.passed()).count();
        let last = series.last_passed.as_deref().map_or_else(|| "never".to_owned(), minute);
        let _ = writeln!(text, "{}", safe::line(&series.name));
        let _ = writeln!(
            text,
            "  {}  first seen {}, last passed {last}",
            signs(series, runs.len()),
            minute(&series.first_seen)
        );
        let _ = write!(text, "  {passed} of {judged} judged runs passed, flake rate {}", percent(flakes, judged));
        let _ = match series.latency() {
            Some(Percentiles { p50, p95, p99 }) => {
                writeln!(text, "\n  p50 {}, p95 {}, p99 {}", span(p50), span(p95), span(p99))
            }
            None => writeln!(text),
        };
        if let Some(broken) = series.told.iter().rev().find_map(|told| told.requirement.as_ref()) {
            let _ = writeln!(text, "  last broke {}", safe::line(broken));
        }
    }
    text
}

/// A bar a run, the oldest first, as high as what failed in it.
fn bars(failed: &[usize]) -> String {
    const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let last = &failed[failed.len().saturating_sub(TREND)..];
    let most = last.iter().copied().max().unwrap_or_default().max(1);
    last.iter().map(|n| BARS[(n * 7).div_ceil(most).min(7)]).collect()
}

/// A sign a run, the oldest first.
fn signs(series: &Series, runs: usize) -> String {
    let first = runs.saturating_sub(TREND);
    let sign = |run: usize| {
        let Some(told) = series.told.iter().find(|told| told.run == run) else { return ' ' };
        match told.verdict.as_str() {
            _ if told.flaky => '~',
            "pass" => '✓',
            "fail" | "stale-waiver" => '✗',
            "waived" => 'w',
            "inconclusive" => '?',
            _ => '-',
        }
    };
    (first..runs).map(sign).collect()
}

fn columns(latency: Option<Percentiles>) -> String {
    let shown =
        latency.map_or_else(|| ["-"; 3].map(str::to_owned), |Percentiles { p50, p95, p99 }| [p50, p95, p99].map(span));
    shown.map(|column| format!("{column:>10}")).concat()
}

/// `2026-11-23 02:00`.
fn minute(time: &str) -> String {
    safe::line(time.get(..16).unwrap_or(time)).replace('T', " ")
}

#[expect(clippy::cast_precision_loss, reason = "counts of runs are small")]
fn percent(part: usize, all: usize) -> String {
    format!("{:.0}%", part as f64 * 100.0 / all.max(1) as f64)
}

fn span(micros: u64) -> String {
    match micros {
        0..1_000 => format!("{micros} µs"),
        1_000..1_000_000 => format!("{}.{} ms", micros / 1_000, micros % 1_000 / 100),
        _ => format!("{}.{:02} s", micros / 1_000_000, micros % 1_000_000 / 10_000),
    }
}
