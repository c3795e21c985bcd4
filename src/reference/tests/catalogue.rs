//! The catalogues of faults and variations: every row is well-formed, and can be served.

use std::collections::HashSet;

use serde_json::Value;

use super::super::{Fault, Options, Server, VARIATIONS, faults, variation};
use super::{job, patch, sample, send, token};

const REQUIREMENTS: &str = include_str!("../../../contract/requirements.json");

#[test]
fn the_catalogues_are_well_formed() {
    let known: Vec<Value> = serde_json::from_str(REQUIREMENTS).unwrap();
    let known: HashSet<_> = known.iter().map(|requirement| requirement["id"].as_str().unwrap()).collect();
    let rows = faults().map(|row| (row.name, row.title, row.requirements));
    let rows = rows.chain(VARIATIONS.iter().map(|row| (row.name, row.title, row.tolerance)));
    let warns = VARIATIONS.iter().flat_map(|row| row.warns.iter());
    assert!(
        warns.clone().all(|id| known.contains(id)),
        "{:?}",
        warns.filter(|id| !known.contains(**id)).collect::<Vec<_>>()
    );
    let mut names = HashSet::new();
    for (name, title, requirements) in rows {
        assert!(names.insert(name), "{name} occurs twice");
        assert!(
            name.split('-')
                .all(|word| !word.is_empty()
                    && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())),
            "{name}"
        );
        assert!(title.ends_with('.') && title.starts_with(|letter: char| letter.is_uppercase()), "{name}: {title}");
        assert!(
            !requirements.is_empty() && requirements.iter().all(|id| known.contains(id)),
            "{name}: {requirements:?}"
        );
    }
    assert!(faults().is_sorted_by_key(|row| row.level), "the faults of a level stand together");
}

#[test]
fn every_fault_is_served_or_breaks_without_hanging() {
    let rows: Vec<_> = faults().collect();
    std::thread::scope(|scope| {
        for part in rows.chunks(rows.len().div_ceil(4)) {
            scope.spawn(|| part.iter().copied().for_each(serve_one));
        }
    });
}

/// A good request, one without credentials and a bad one; the answers, if any, have an end.
fn serve_one(row: &'static Fault) {
    let server = Server::start(Options { faults: vec![row], ..Options::default() }).unwrap();
    let path = job(&server, "classifyTextJobs");
    patch(&server, &path, &sample());
    send(&server, "PATCH", &path, "", "{}");
    patch(&server, &path, "{\"status\":1}");
}

#[test]
fn every_variation_answers_the_sample() {
    for row in VARIATIONS {
        let server = Server::start(Options { variations: vec![row], ..Options::default() }).unwrap();
        let path = job(&server, "jobs");
        let read = send(&server, "GET", &path, &token(&server), "");
        let tag = read.head.lines().find_map(|line| line.strip_prefix("etag: ")).unwrap_or("*").trim();
        let typed = format!("{}Content-Type: application/json\r\nIf-Match: {tag}\r\n", token(&server));
        let mut reply = send(&server, "PATCH", &path, &typed, &sample());
        if reply.status == 503 {
            reply = send(&server, "PATCH", &path, &typed, &sample());
        }
        assert!(reply.status == 200 && !reply.body.is_empty(), "{}: {}", row.name, reply.head);
    }
    assert!(variation("if-match-required").is_some() && variation("nope").is_none());
}
