//! What the parts cost: loading and expanding the suite, judging one answer, rendering a run.
//!
//! `cargo bench`; compare the figures of one run with one another only.

#![expect(clippy::expect_used, reason = "what is measured is part of the program, and right")]

use std::hint::black_box;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use divan::Bencher;
use patchproof::checks;
use patchproof::contract::sample;
use patchproof::model::bound::Bound;
use patchproof::model::exchange::{Exchange, Outcome, Response, SentRequest};
use patchproof::model::transcript::{Entry, Role, Transcript};
use patchproof::plan::{Plan, Selection, Source, Suite, load};
use patchproof::report::{self, FORMATS};

fn main() {
    divan::main();
}

/// The built-in suite.
fn suite() -> Suite {
    load(&Source::BuiltIn).expect("the built-in suite is right")
}

#[divan::bench]
fn load_the_suite() -> usize {
    suite().refs.len()
}

#[divan::bench]
fn expand_the_suite(bencher: Bencher<'_, '_>) {
    let suite = suite();
    let plan = || Plan::new(&suite, &Selection::default(), None).map(|plan| plan.len());
    bencher.bench(|| plan().expect("nothing is left out"));
}

#[divan::bench]
fn parse_every_case(bencher: Bencher<'_, '_>) {
    bencher.with_inputs(suite).bench_refs(|suite| {
        for index in 0..suite.refs.len() {
            let _ = black_box(suite.case(index));
        }
    });
}

/// The answer to the request of the page, judged by every check; with a fault in the answer, it is told.
#[divan::bench(args = ["right", "wrong"])]
fn judge_an_answer(bencher: Bencher<'_, '_>, answer: &str) {
    let suite = suite();
    let of_the_page =
        suite.refs.iter().position(|row| *row.id == *"body::sample-of-the-page").expect("is in the suite");
    let case = suite.case(of_the_page).expect("is readable");
    let (content, sent) = sample::sample();
    let id = "324d1724-1724-324d-2417-4d3224174d32";
    let mut job = serde_json::Value::clone(&sent);
    job["id"] = id.into();
    if answer == "wrong" {
        job["error"]["innerError"]["activityId"] = 7.into();
    }
    let body = Bytes::from(job.to_string());
    let transcript = || Transcript {
        case: case.clone(),
        collection: "jobs",
        job: id.to_owned(),
        profile: Arc::default(),
        entries: vec![Entry {
            step: 0,
            role: Role::Step,
            exchange: Box::new(Exchange {
                request: SentRequest {
                    method: "PATCH".to_owned(),
                    url: format!("http://127.0.0.1/dataClassification/jobs/{id}"),
                    headers: vec![("Content-Type".to_owned(), "application/json".to_owned())],
                    body: content.clone(),
                    json: Some(sent.clone()),
                    token: None,
                    raw: false,
                },
                outcome: Outcome::Answered(Response {
                    reason: None,
                    status: 200,
                    version: "HTTP/1.1",
                    headers: vec![("content-type".to_owned(), "application/json".to_owned())],
                    wire_length: body.len() as u64,
                    body: body.clone(),
                    problem: None,
                    parsed: OnceLock::new(),
                }),
                at: Duration::ZERO,
                first_byte: Duration::ZERO,
                total: Duration::ZERO,
                request_id_repeated: false,
            }),
            before: None,
            etag_before: None,
            target_id: id.to_owned(),
            listed: None,
            reference: None,
            marks: Vec::new(),
            stranger: None,
            bound: Bound::default(),
        }],
    };
    bencher.with_inputs(transcript).bench_refs(|transcript| checks::judge(transcript, &[]).findings.len());
}

#[divan::bench(args = FORMATS.iter().map(|format| format.name))]
fn render_the_sample(bencher: Bencher<'_, '_>, name: &str) {
    let format = report::format(name).expect("stands in the registry");
    let stored = include_bytes!("../reports/sample/report.json");
    let run = report::read_run(&stored[..]).expect("the sample is a run");
    bencher.bench(|| report::render(&run, format, Box::new(std::io::sink())));
}
