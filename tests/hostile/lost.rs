//! Exchanges that are lost: connections that end before an answer, on either side, and reads that fail.

use std::io::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};

use patchproof::reference::{Options, Server};

use super::listener::{Listener, Request};
use super::proxy::forward;
use super::run::{Ran, patchproof, watched};
use super::sane;

/// Judges one trial of a sound server that hangs up once, on the first request that is so, before or after it acts.
fn judged(trial: &str, is_it: impl Fn(&Request) -> bool + Send + Sync + 'static, acts: bool) -> Ran {
    let server = Server::start(Options::default()).unwrap();
    let root = server.base_url();
    let (authority, base) = root.trim_start_matches("http://").split_once('/').unwrap();
    let authority = authority.to_owned();
    let hung_up = AtomicBool::new(false);
    let listener = Listener::new(move |stream, request| {
        let now = is_it(request) && !hung_up.swap(true, Ordering::Relaxed);
        if !now || acts {
            let answer = forward(&authority, request);
            let _ = if now { Ok(()) } else { stream.write_all(&answer) };
        }
    });
    let job = server.jobs().iter().find(|(collection, _)| collection == "jobs").map(|(_, id)| format!("jobs={id}"));
    watched(
        patchproof()
            .args(["run", "--color=never", "--retry=2", "--retry-interval=10ms", "--base-url"])
            .args([&format!("{}/{base}", listener.url), "--job", &job.unwrap(), trial])
            .env("PATCHPROOF_TOKEN", server.token()),
    )
}

fn is_conditional(request: &Request) -> bool {
    request.head.to_ascii_lowercase().contains("\r\nif-match: \"")
}

fn is_of_the_race(request: &Request) -> bool {
    String::from_utf8_lossy(&request.body).starts_with(r#"{"error":{"code":"code "#)
}

#[test]
fn an_update_under_if_match_is_sent_again() {
    let ran = judged("jobs::cond::matching-sample", is_conditional, false);
    sane("hangs up before it acts", &ran, &[0]);
    assert!(ran.stdout.contains("passed, 1 flaky"), "{}", ran.text());
}

#[test]
fn an_update_under_if_match_that_was_applied_before_the_connection_ended_is_not_held_against_the_server() {
    let ran = judged("jobs::cond::matching-sample", is_conditional, true);
    sane("hangs up after it has acted", &ran, &[3]);
    assert!(ran.stdout.contains("1 inconclusive"), "{}", ran.text());
}

#[test]
fn a_round_of_a_race_is_run_again() {
    for acts in [false, true] {
        let ran = judged("jobs::atom::two-members-of-error", is_of_the_race, acts);
        sane("hangs up within a race", &ran, &[0]);
        assert!(ran.stdout.contains("1 passed"), "{}", ran.text());
    }
}

#[test]
fn a_reader_whose_answer_is_lost_makes_no_mixture_of_what_the_round_has_set() {
    let begun = AtomicBool::new(false);
    let is_it = move |request: &Request| {
        let writes = request.method() == "PATCH";
        begun.fetch_or(writes && String::from_utf8_lossy(&request.body).contains("second "), Ordering::Relaxed);
        !writes && begun.load(Ordering::Relaxed)
    };
    let ran = judged("jobs::atom::two-writers-readers", is_it, true);
    sane("hangs up on a reader", &ran, &[0]);
    assert!(ran.stdout.contains("1 passed"), "{}", ran.text());
}

/// Judges one trial of the embedded server.
fn embedded(arguments: &[&str]) -> Ran {
    watched(patchproof().args(["run", "--color=never", "--endpoint=jobs"]).args(arguments))
}

#[test]
fn what_a_failed_read_hides_is_told_beside_the_failure() {
    let ran = embedded(&[
        "--fault=first-read-after-a-foreign-type-fails",
        "--fault=xml-refused-but-applied",
        "--run=jobs::env::unsupported-media-type",
    ]);
    sane("fails and has acted", &ran, &[1]);
    for requirement in ["REQ-STATUS-002 (MUST)", "REQ-MEDIA-003 (MUST)"] {
        assert!(ran.stdout.contains(requirement), "{requirement}: {}", ran.text());
    }
}

/// The client ends the connection itself, so that there is nothing to send again.
#[test]
fn content_that_is_cut_off_under_if_match_is_judged_like_any() {
    let ran = embedded(&[
        "--fault=incomplete-content-applied",
        "--variation=if-match-required",
        "--run=jobs::http::reset-within-white-space",
    ]);
    sane("applies what is incomplete", &ran, &[1]);
    assert!(ran.stdout.contains("REQ-HTTP-003 (MUST)"), "{}", ran.text());
}
