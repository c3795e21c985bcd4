use serde_json::json;

use super::*;
use crate::model::waiver::WaiverOutcome;

const NAMES: [&str; 3] = ["jobs::merge::one", "jobs::merge::two", "jobs::prop::one"];

fn waiver(trial: &str, requirement: &str) -> Waiver {
    Waiver {
        trial: trial.to_owned(),
        requirement: Some(requirement.to_owned()),
        reason: "known".to_owned(),
        owner: "ann".to_owned(),
        expires: "2026-06-30".to_owned(),
        ticket: Some("T-1".to_owned()),
        ..Waiver::default()
    }
}

fn trial(name: &str, verdict: &str, broken: &[(&str, &str)]) -> TrialResult {
    let finding = |(requirement, level): &(&str, &str)| {
        json!({
            "requirement": requirement, "level": level, "check": "c", "exchange": 0, "kind": "status",
            "message": "m", "fingerprint": format!("{requirement}@{name}"),
        })
    };
    serde_json::from_value(json!({
        "name": name, "endpoint": "jobs", "title": "t", "file": "f", "requirements": [], "verdict": verdict,
        "micros": 0, "exchanges": 1, "findings": broken.iter().map(finding).collect::<Vec<_>>(),
    }))
    .unwrap()
}

fn waivers(list: Vec<Waiver>, strict: bool) -> Waivers {
    let names = NAMES.map(str::to_owned);
    let holding = Holding {
        today: jiff::civil::date(2026, 6, 30),
        target: &["staging", "https://x.example/v1.0"],
        strict,
        lenient: false,
    };
    Waivers::new(list, &names, holding).unwrap()
}

/// The verdicts of the trials and the outcomes of the waivers.
fn judged(waivers: &Waivers, trials: Vec<TrialResult>) -> (Vec<Verdict>, Vec<WaiverOutcome>) {
    let mut uses = waivers.uses();
    let mut verdicts = Vec::new();
    for mut trial in trials {
        waivers.apply(&mut trial, Level::Must);
        waivers.count(&mut uses, &trial);
        verdicts.push(trial.verdict);
    }
    uses.iter_mut().for_each(WaiverUse::conclude);
    (verdicts, uses.iter().map(|usage| usage.outcome).collect())
}

#[test]
fn a_waiver_covers_its_requirement_and_no_other() {
    let waivers = waivers(vec![waiver("jobs::merge::one", "REQ-A-001")], false);
    let (must, other) = (("REQ-A-001", "MUST"), ("REQ-B-001", "MUST"));
    let of = |broken: &[(&str, &str)]| {
        judged(&waivers, vec![trial(NAMES[0], if broken.is_empty() { "pass" } else { "fail" }, broken)])
    };
    assert_eq!(of(&[must]), (vec![Verdict::Waived], vec![WaiverOutcome::Waived]));
    assert_eq!(of(&[must, other]), (vec![Verdict::Fail], vec![WaiverOutcome::Waived]));
    assert_eq!(of(&[other]), (vec![Verdict::Fail], vec![WaiverOutcome::Drifted]));
    assert_eq!(of(&[]), (vec![Verdict::StaleWaiver], vec![WaiverOutcome::Stale]));
    let mut covered = trial(NAMES[0], "fail", &[must]);
    waivers.apply(&mut covered, Level::Must);
    assert_eq!(covered.findings[0].waived.as_deref(), Some("known (ann, until 2026-06-30, T-1)"));
    // What was waived once can be looked at again, without and with the waiver.
    Waivers::default().apply(&mut covered, Level::Must);
    assert_eq!((covered.verdict, &covered.findings[0].waived), (Verdict::Fail, &None));
}

#[test]
fn a_pattern_is_stale_only_when_nothing_that_it_names_fails() {
    let waivers = waivers(vec![waiver("jobs::merge::*", "REQ-A-001")], false);
    let (one, two) = (trial(NAMES[0], "fail", &[("REQ-A-001", "MUST")]), trial(NAMES[1], "pass", &[]));
    assert_eq!(
        judged(&waivers, vec![one, two.clone()]),
        (vec![Verdict::Waived, Verdict::Pass], vec![WaiverOutcome::Waived])
    );
    let passes = trial(NAMES[0], "pass", &[]);
    assert_eq!(judged(&waivers, vec![two.clone()]).1, [WaiverOutcome::NotJudged], "half of it was not selected");
    assert_eq!(judged(&waivers, vec![passes, two.clone()]).1, [WaiverOutcome::Stale]);
    assert_eq!(judged(&waivers, vec![trial(NAMES[0], "skip", &[]), two]).1, [WaiverOutcome::Stale]);
}

#[test]
fn expired_unused_and_foreign_waivers_cover_nothing() {
    let mut late = waiver("jobs::merge::one", "REQ-A-001");
    late.expires = "2026-06-29".to_owned();
    let mut foreign = waiver("jobs::merge::one", "REQ-A-001");
    foreign.targets = vec!["production".to_owned()];
    let waivers = waivers(vec![late, foreign, waiver("jobs::mergee::*", "REQ-A-001")], false);
    let (verdicts, outcomes) = judged(&waivers, vec![trial(NAMES[0], "fail", &[("REQ-A-001", "MUST")])]);
    assert_eq!(verdicts, [Verdict::Fail]);
    assert_eq!(outcomes, [WaiverOutcome::Expired, WaiverOutcome::Unused]);
}

#[test]
fn a_strict_run_takes_no_waiver_on_a_must() {
    let waivers = waivers(vec![waiver("jobs::*::one", "REQ-A-001"), waiver("jobs::*::one", "REQ-B-001")], true);
    let broken = [("REQ-A-001", "MUST"), ("REQ-B-001", "SHOULD")];
    let (verdicts, outcomes) = judged(&waivers, vec![trial(NAMES[0], "fail", &broken)]);
    assert_eq!((verdicts, outcomes), (vec![Verdict::Fail], vec![WaiverOutcome::Refused, WaiverOutcome::Waived]));
}

#[test]
fn a_warning_is_waived_too_and_an_unjudged_trial_stays_unjudged() {
    let waivers = waivers(vec![waiver("jobs::merge::one", "REQ-A-001")], false);
    let mut warned = trial(NAMES[0], "pass", &[("REQ-A-001", "SHOULD")]);
    waivers.apply(&mut warned, Level::Must);
    assert_eq!((warned.verdict, warned.findings[0].waived.is_some()), (Verdict::Pass, true));
    let mut unjudged = trial(NAMES[0], "fail", &[("REQ-A-001", "MUST")]);
    unjudged.reason = Some("the second step timed out".to_owned());
    waivers.apply(&mut unjudged, Level::Must);
    assert_eq!(unjudged.verdict, Verdict::Inconclusive);
}

#[test]
fn waivers_hold_where_they_say() {
    let mut here = waiver("jobs::merge::one", "REQ-A-001");
    here.targets = vec!["https://x.example/v1.0/".to_owned()];
    let mut there = here.clone();
    there.targets = vec!["production".to_owned()];
    assert!(!waivers(vec![here], false).is_empty());
    assert!(waivers(vec![there], false).is_empty());
}
