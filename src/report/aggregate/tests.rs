//! What counts as one defect, and which comes first.

use serde_json::{from_value, json};

use super::*;
use crate::model::event::ExchangeRecord;
use crate::model::exchange::SentRequest;
use crate::model::finding::Place;
use crate::model::in_common::traits;
use crate::model::transcript::Role;

fn trial(name: &str, findings: &[(&str, &str)]) -> TrialResult {
    let finding = |(requirement, pointer): &(&str, &str)| {
        json!({
            "requirement": requirement, "level": "MUST", "check": "echo", "exchange": 0, "kind": "body", "at": pointer,
            "message": format!("`{pointer}` does not come back as it was sent."), "fingerprint": "",
        })
    };
    let findings: Vec<_> = findings.iter().map(finding).collect();
    from_value(json!({
        "name": format!("jobs::{name}"), "endpoint": "jobs", "title": "", "file": "", "requirements": [],
        "verdict": "fail", "micros": 0, "exchanges": 0, "findings": findings,
    }))
    .unwrap()
}

#[test]
fn one_defect_in_many_members_is_one_group_and_the_most_frequent_comes_first() {
    let mut aggregate = Aggregate::new(Level::Must);
    aggregate.add(&trial("a", &[("REQ-IDEMP-001", "/status")]));
    aggregate.add(&trial("b", &[("REQ-RESP-003", "/type"), ("REQ-RESP-003", "/status")]));
    aggregate.add(&trial("c", &[("REQ-RESP-003", "/error/details/0/code")]));
    aggregate.add(&trial("d", &[("REQ-RESP-003", "/error/details/1/code")]));
    let told: Vec<_> = aggregate.failures().iter().map(|g| (g.such(), g.trials, g.elsewhere())).collect();
    let elsewhere = vec![("body /error/details/*/code", 2), ("body /status", 1)];
    assert_eq!(told, [("jobs::b", 3, elsewhere), ("jobs::a", 1, vec![])]);
}

#[test]
fn a_trial_is_counted_once_however_many_of_its_findings_are_waived() {
    let mut aggregate = Aggregate::new(Level::Must);
    for name in ["a", "b"] {
        let mut trial = trial(name, &[("REQ-RESP-003", "/type"), ("REQ-RESP-003", "/status"), ("REQ-IDEMP-001", "/")]);
        trial.findings.iter_mut().for_each(|reported| reported.waived = Some("known".to_owned()));
        aggregate.add(&trial);
    }
    assert_eq!(aggregate.waived["known"].trials, 2);
}

#[test]
fn a_requirement_is_broken_whichever_of_its_findings_comes_first() {
    let mut trial = trial("a", &[("REQ-RESP-003", "/a"), ("REQ-RESP-003", "/b"), ("REQ-RESP-003", "/c")]);
    trial.findings[0].waived = Some("known".to_owned());
    trial.findings[1].finding.level = Level::Should;
    let tally = |trial: &TrialResult| {
        let mut summary = Summary::default();
        summary.add(trial, Level::Must);
        let tally = summary.requirements["REQ-RESP-003"];
        (tally.failed, tally.warned)
    };
    assert_eq!(tally(&trial), (1, 0));
    trial.findings.truncate(2);
    assert_eq!(tally(&trial), (0, 1));
}

#[test]
fn what_a_server_says_does_not_multiply_the_groups_without_end() {
    let mut aggregate = Aggregate::new(Level::Must);
    for i in 0..2 * KINDS {
        let mut trial = trial("a", &[("REQ-RESP-003", "/status")]);
        trial.findings[0].finding.message = "x".repeat(i + 1);
        aggregate.add(&trial);
    }
    assert_eq!(aggregate.failures().len(), KINDS + 1);
    assert_eq!(aggregate.failures()[0].trials, KINDS);
}

/// A server that refuses every update is not wrong about strings, though most cases are about these.
#[test]
fn updates_refused_everywhere_are_told_by_the_plainest_requirement() {
    let refused = |name: &str, requirement: &str| {
        let mut trial = trial(name, &[(requirement, "/status")]);
        let finding = &mut trial.findings[0].finding;
        finding.place = Place::Status;
        finding.message = "A valid request is refused with 400.".to_owned();
        (finding.expected, finding.actual) = (Some("200".into()), Some("400".into()));
        trial
    };
    let first = |requirements: &[&str]| {
        let mut aggregate = Aggregate::new(Level::Must);
        for name in ["a", "b"] {
            aggregate.add(&refused(name, "REQ-TYPE-003"));
        }
        aggregate.add(&refused("c", "REQ-PATH-001"));
        for requirement in requirements {
            aggregate.add(&refused("d", requirement));
        }
        aggregate.failures()[0].such().to_owned()
    };
    assert_eq!(first(&["REQ-NULL-001"]), "jobs::a");
    let many = ["REQ-NULL-001", "REQ-MERGE-001", "REQ-MERGE-002", "REQ-BODY-001", "REQ-BODY-002", "REQ-DTO-005"];
    assert_eq!(first(&many), "jobs::c");
}

/// What refused updates have in common names the requirement that is told first, however few trials show it.
#[test]
fn what_refused_updates_have_in_common_comes_first() {
    let update = |json: &str| {
        traits(
            &SentRequest {
                method: "PATCH".to_owned(),
                url: String::new(),
                headers: Vec::new(),
                body: bytes::Bytes::new(),
                json: serde_json::from_str::<serde_json::Value>(json).ok().map(Into::into),
                token: None,
                raw: false,
            },
            None,
        )
    };
    let mut aggregate = Aggregate::new(Level::Must);
    let mut summary = Summary::default();
    for (name, requirement) in [("a", "REQ-MERGE-001"), ("b", "REQ-MERGE-001"), ("c", "REQ-BODY-004")] {
        let mut trial = trial(name, &[(requirement, "/status")]);
        let finding = &mut trial.findings[0].finding;
        (finding.place, finding.expected, finding.actual) = (Place::Status, Some("200".into()), Some("400".into()));
        trial.updates.refuse(update(r#"{"status": "a"}"#));
        trial.updates.accept(update(r#"{"status": "a", "type": "b"}"#));
        aggregate.add(&trial);
        summary.add(&trial, Level::Must);
    }
    assert_eq!(aggregate.failures()[0].such(), "jobs::a");
    aggregate.conclude(&summary);
    assert_eq!(aggregate.failures()[0].such(), "jobs::c");
    assert_eq!(
        aggregate.why_refused().unwrap(),
        "Each of the 3 valid updates that jobs refuses has nothing but `status` (REQ-BODY-004); none that it \
         performs has."
    );
}

/// A job that an update took away is found by nobody after it.
#[test]
fn the_request_that_took_a_job_away_comes_before_those_that_do_not_find_it() {
    let not_found = |name: &str| {
        let mut trial = trial(name, &[("REQ-PATH-001", "/status")]);
        let finding = &mut trial.findings[0].finding;
        finding.message = "A valid request is refused with 404.".to_owned();
        (finding.place, finding.expected, finding.actual) = (Place::Status, Some("200".into()), Some("404".into()));
        trial
    };
    let mut gone = trial("gone", &[("REQ-IDENT-002", "/id")]);
    gone.findings[0].finding.message = "The job is gone after the update.".to_owned();
    let mut aggregate = Aggregate::new(Level::Must);
    for name in ["a", "b"] {
        aggregate.add(&not_found(name));
    }
    assert_eq!(aggregate.failures()[0].such(), "jobs::a");
    aggregate.add(&gone);
    assert_eq!(aggregate.failures()[0].such(), "jobs::gone");
    for name in ["c", "d"] {
        aggregate.add(&not_found(name));
    }
    assert_eq!(aggregate.failures()[0].such(), "jobs::a", "one does not explain four");
}

/// Changes that no request made come after the update that reaches other jobs, however many trials see them.
#[test]
fn an_update_that_reaches_other_jobs_comes_before_changes_that_are_nobodys() {
    let told = |name: &str, requirement: &str, message: &str| {
        let mut trial = trial(name, &[(requirement, "/status")]);
        trial.findings[0].finding.message = message.to_owned();
        trial
    };
    let first = |last: TrialResult| {
        let mut aggregate = Aggregate::new(Level::Must);
        for name in ["a", "b", "c"] {
            aggregate.add(&told(name, "REQ-AUTH-001", "`status` has changed after a request refused with 401."));
        }
        aggregate.add(&last);
        aggregate.failures()[0].such().to_owned()
    };
    let message = "`status` of another job has changed with the update of this one.";
    assert_eq!(first(told("d", "REQ-ISO-001", message)), "jobs::d");
    assert_eq!(
        first(told("d", "REQ-MERGE-001", "`type` has changed, though the request does not name it.")),
        "jobs::a"
    );
}

/// What is broken along with its cause stands behind it.
#[test]
fn consequences_come_after_their_cause() {
    let first = |names: &[(&str, &str)]| {
        let mut aggregate = Aggregate::new(Level::Must);
        for (name, requirement) in names {
            aggregate.add(&trial(name, &[(requirement, "/status")]));
        }
        aggregate.failures()[0].such().to_owned()
    };
    let tags = [("a", "REQ-COND-007"), ("b", "REQ-COND-007"), ("c", "REQ-COND-007")];
    assert_eq!(first(&[&tags[..], &[("d", "REQ-RESP-004"), ("e", "REQ-RESP-004")]].concat()), "jobs::d");
    assert_eq!(first(&[&tags[..], &[("d", "REQ-RESP-004")]].concat()), "jobs::a", "one does not explain three");
    let merged = [("a", "REQ-MERGE-001"), ("b", "REQ-MERGE-001")];
    assert_eq!(first(&[&merged[..], &[("c", "REQ-ISO-001")]].concat()), "jobs::c", "what another job was sent");
}

/// The face of the product shows examples only, so what the server said has to be with them.
#[test]
fn an_example_keeps_what_a_refusal_says() {
    let says = |status, body: &str| {
        let mut trial = trial("a", &[("REQ-PATH-001", "/status")]);
        let response_body = body.to_owned();
        trial.evidence = vec![ExchangeRecord { status: Some(status), response_body, ..ExchangeRecord::default() }];
        let mut aggregate = Aggregate::new(Level::Must);
        aggregate.add(&trial);
        aggregate.failures()[0].example.as_ref().unwrap().evidence[0].response_body.clone()
    };
    assert_eq!(says(400, r#"{"error":{"code":"c","message":"No such property."}}"#), "No such property.");
    assert_eq!(says(502, "<h1>Bad gateway</h1>\n<p>…"), "<h1>Bad gateway</h1>");
    assert_eq!(says(200, r#"{"error":{"message":"A job."}}"#), "");
}

/// Whoever reads about a requirement is shown the case that is about it, and the one whose name has the least to tell.
#[test]
fn the_plainest_trial_of_the_broken_requirement_is_the_example() {
    let mut aggregate = Aggregate::new(Level::Must);
    for (name, primary) in [("a", "REQ-SEC-001"), ("odd-cookie", "REQ-AUTH-001"), ("none", "REQ-AUTH-001")] {
        let mut trial = trial(name, &[("REQ-AUTH-001", "/status")]);
        trial.requirements = vec![primary.to_owned()];
        aggregate.add(&trial);
    }
    let failures = aggregate.failures();
    assert_eq!((failures[0].such(), &*failures[0].named(true)), ("jobs::none", "jobs::a, jobs::odd-cookie"));
    assert_eq!(failures[0].named(false), "jobs::a, jobs::odd-cookie, jobs::none");
}

/// A read shows what a request did that stands before it.
#[test]
fn what_led_to_a_read_is_kept_with_it() {
    let mut found = trial("a", &[("REQ-ATOM-002", "/status")]);
    let exchange = |(role, purpose, method): (Role, &str, &str)| {
        json!({"role": role, "purpose": purpose, "method": method, "url": "http://h/j", "requestHeaders": [], "requestBody": "",
            "firstByteMicros": 0, "totalMicros": 0, "curl": purpose})
    };
    let exchanges = [
        (Role::Step, "step 1: stale", "PATCH"),
        (Role::ReadAfter, "read after step 1", "PATCH"),
        (Role::ReadAfter, "read after step 2", "GET"),
        (Role::Step, "step 3: trace", "GET"),
        (Role::Reader, "reader of step 4", "GET"),
    ];
    found.evidence = exchanges.map(|made| from_value(exchange(made)).unwrap()).into();
    let kept = |at: usize, place: Place| {
        let mut found = found.clone();
        found.findings[0].finding.exchange = at;
        found.findings[0].finding.place = place;
        let cut = cut_down(&found, &found.findings[0]);
        let purposes: Vec<_> = cut.evidence.iter().map(|record| record.purpose.clone()).collect();
        (purposes.join(", "), cut.findings[0].finding.exchange)
    };
    let job = || Place::Job("/status".to_owned());
    assert_eq!(kept(2, job()), ("step 1: stale, read after step 2".to_owned(), 1));
    assert_eq!(kept(2, Place::Body("/status".to_owned())), ("read after step 2".to_owned(), 0));
    assert_eq!(kept(3, Place::Elsewhere("/j".to_owned())), ("step 1: stale, step 3: trace".to_owned(), 1));
    assert_eq!(kept(4, job()), ("reader of step 4".to_owned(), 0), "of many at once none is the cause");
}
