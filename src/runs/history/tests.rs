use serde_json::json;

use super::*;
use crate::model::event::{Event, RunInfo, Summary};

/// A run of two trials with these verdicts.
fn write(path: &Path, id: &str, day: u32, verdicts: [&str; 2]) {
    let mut recording = Recording::new(History::open(path).unwrap()).unwrap();
    let info = RunInfo {
        run_id: id.to_owned(),
        started_at: format!("2026-01-{day:02}T02:00:00Z"),
        base_url: "https://x.example/v1.0/".to_owned(),
        suite_digest: "s".to_owned(),
        ..RunInfo::default()
    };
    recording.event(&Event::RunStarted(info)).unwrap();
    for (name, verdict) in ["jobs::a::one", "jobs::a::two"].into_iter().zip(verdicts) {
        let finding = json!({
            "requirement": "REQ-A-001", "level": "MUST", "check": "c", "exchange": 0, "kind": "status",
            "message": "m", "fingerprint": "f",
        });
        let trial = serde_json::from_value(json!({
            "name": name, "endpoint": "jobs", "title": "t", "file": "f", "requirements": [], "verdict": verdict,
            "micros": day * 1000, "exchanges": 1, "findings": if verdict == "fail" { vec![finding] } else { vec![] },
        }));
        recording.event(&Event::TrialFinished(Box::new(trial.unwrap()))).unwrap();
    }
    recording.event(&Event::RunFinished(Summary::default())).unwrap();
    assert!(recording.has(id).unwrap());
}

#[test]
fn the_trend_of_a_trial_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("folder/history.sqlite");
    assert!(History::read(&path).is_err());
    for (day, second) in [(1, "pass"), (2, "fail"), (3, "pass"), (4, "fail"), (5, "inconclusive")] {
        write(&path, &format!("run-{day}"), day, ["pass", second]);
    }
    // A run that is told again takes its own place.
    write(&path, "run-5", 5, ["pass", "fail"]);
    let history = History::read(&path).unwrap();
    assert_eq!(history.targets().unwrap(), [("https://x.example/v1.0".to_owned(), 5)]);
    let runs = history.runs("https://x.example/v1.0", 4).unwrap();
    assert_eq!(runs.iter().map(|run| run.run_id.as_str()).collect::<Vec<_>>(), ["run-2", "run-3", "run-4", "run-5"]);
    let all = history.series("https://x.example/v1.0", &runs, &|_| true).unwrap();
    assert_eq!(all.len(), 2);
    assert_eq!(
        (all[1].first_seen.as_str(), all[1].last_passed.as_deref()),
        ("2026-01-01T02:00:00Z", Some("2026-01-03T02:00:00Z"))
    );
    assert_eq!((all[0].flakes(&runs), all[1].flakes(&runs)), ((0, 4), (1, 4)), "fail, pass, fail, fail");
    assert_eq!(all[0].latency(), Some(Percentiles { p50: 3000, p95: 5000, p99: 5000 }));
    let text = trials(&runs, &all[1..]);
    assert_eq!(
        text,
        "jobs::a::two\n  ✗✓✗✗  first seen 2026-01-01 02:00, last passed 2026-01-03 02:00\n  \
         1 of 4 judged runs passed, flake rate 25%\n  p50 3.0 ms, p95 5.0 ms, p99 5.0 ms\n  last broke REQ-A-001\n"
    );
    let text = endpoints(&runs, &all);
    assert!(text.contains("jobs                             █▁██ "), "{text}");
    assert!(text.contains("not steady\n    25% ✗✓✗✗  jobs::a::two\n"), "{text}");
    assert!(text.lines().all(|line| line.chars().count() <= 80));
}

#[test]
fn what_is_no_history_is_refused_and_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("notes.txt");
    std::fs::write(&path, "not a database, but long enough to look like something that could be one").unwrap();
    assert!(History::open(&path).is_err());
    assert!(std::fs::read_to_string(&path).unwrap().starts_with("not a database"));
    let later = dir.path().join("later.sqlite");
    History::open(&later).unwrap().db.pragma_update(None, "user_version", 9).unwrap();
    assert!(matches!(History::open(&later), Err(HistoryError::Version(9))));
}

#[test]
fn a_run_that_did_not_end_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("history.sqlite");
    let mut recording = Recording::new(History::open(&path).unwrap()).unwrap();
    recording.event(&Event::RunStarted(RunInfo::default())).unwrap();
    drop(recording);
    assert_eq!(History::read(&path).unwrap().targets().unwrap(), []);
}

/// A run that goes on tells a trial that it judged before once more.
#[test]
fn of_a_trial_that_is_told_twice_the_last_word_counts() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("history.sqlite");
    let mut recording = Recording::new(History::open(&path).unwrap()).unwrap();
    recording.event(&Event::RunStarted(RunInfo { run_id: "r".to_owned(), ..RunInfo::default() })).unwrap();
    for verdict in ["fail", "pass"] {
        let trial = serde_json::from_value(json!({
            "name": "jobs::a::one", "endpoint": "jobs", "title": "t", "file": "f", "requirements": [],
            "verdict": verdict, "micros": 1, "exchanges": 1,
        }));
        recording.event(&Event::TrialFinished(Box::new(trial.unwrap()))).unwrap();
    }
    recording.event(&Event::RunFinished(Summary::default())).unwrap();
    let history = History::read(&path).unwrap();
    let told: Vec<String> = history
        .db
        .prepare("SELECT verdict FROM result")
        .and_then(|mut all| all.query_map([], |row| row.get(0))?.collect())
        .unwrap();
    assert_eq!(told, ["pass"]);
}
