//! Targets that say nothing about this API are recognised and named: exit code 3, never green and never "not
//! conformant". Broken servers of this API are judged.

use std::process::Output;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use crate::scripted::{Request, server};
use crate::staging::{Staging, text};

const JSON: &str = "Content-Type: application/json\r\nOData-Version: 4.0";

fn judged(answer: impl Fn(&Request) -> (String, String) + Send + Sync + 'static, more: &[&str]) -> Output {
    let url = server(answer);
    let staging = Staging::new();
    let mut run = staging.command(&url);
    run.args(["run", "--topic", "merge,null,auth", "--retry", "1", "--retry-interval", "1ms"])
        .args(staging.job_flags());
    run.args(more).output().expect("the binary runs")
}

fn told(output: &Output) -> String {
    let all = format!("{} {}", text(&output.stdout), text(&output.stderr));
    all.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn what_is_not_the_api_is_named() {
    let page = "<!doctype html><title>Welcome</title>";
    for (head, body, words) in [
        ("200 OK\r\nContent-Type: text/html", page, "answers with an HTML page (200): this is not the API"),
        ("404 Not Found\r\nContent-Type: text/html", page, "unknown to the target (404): is the base URL right"),
        ("401 Unauthorized\r\nWWW-Authenticate: Bearer", "", "credentials are refused on every path (401)"),
        ("502 Bad Gateway\r\nContent-Type: text/html", page, "a gateway in front of it is down (502)"),
        ("407 Proxy Authentication Required", page, "the proxy wants credentials (407)"),
        ("302 Found\r\nLocation: https://login.example/", "", "redirects (302) to https://login.example/"),
        ("429 Too Many Requests\r\nRetry-After: 0", "", "throttles every request (429)"),
    ] {
        let output = judged(move |_| (head.to_owned(), body.to_owned()), &[]);
        assert_eq!(output.status.code(), Some(3), "{head}: {}", told(&output));
        assert!(told(&output).contains(words), "{head}: {}", told(&output));
    }
}

#[test]
fn a_broken_server_of_this_api_does_not_conform() {
    let job = |request: &Request| format!(r#"{{"id":"{}","status":"s"}}"#, request.id());
    let ok = format!("200 OK\r\n{JSON}");
    let failed = format!("500 Internal Server Error\r\n{JSON}");
    let empty = ok.clone();
    let output = judged(move |_| (empty.clone(), "{}".to_owned()), &[]);
    assert_eq!(output.status.code(), Some(1), "`{{}}` for everything: {}", told(&output));
    let (fine, fails) = (ok.clone(), failed.clone());
    let output = judged(
        move |request| match request.method() {
            "GET" => (fine.clone(), job(request)),
            _ => (fails.clone(), "{}".to_owned()),
        },
        &[],
    );
    assert_eq!(output.status.code(), Some(1), "every PATCH fails: {}", told(&output));
    let wrong = ok.clone();
    let output = judged(
        move |request| match request.method() {
            "GET" => (wrong.clone(), r#"{"id":"another","status":"s"}"#.to_owned()),
            _ => (failed.clone(), "{}".to_owned()),
        },
        &[],
    );
    assert_eq!(output.status.code(), Some(1), "GET shows another job: {}", told(&output));
}

#[test]
fn a_target_that_begins_to_throttle_everything_ends_the_run_soon() {
    let seen = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&seen);
    let output = judged(
        move |request| match count.fetch_add(1, Ordering::Relaxed) {
            0..30 => (format!("200 OK\r\n{JSON}"), format!(r#"{{"id":"{}","status":"s"}}"#, request.id())),
            _ => ("429 Too Many Requests\r\nRetry-After: 0".to_owned(), String::new()),
        },
        &["--run", "*::merge::*", "--jobs", "1"],
    );
    assert!(told(&output).contains("the target throttles: 429 until the retries ran out"), "{}", told(&output));
    assert!(told(&output).contains("trials in a row on this path could not be judged"), "{}", told(&output));
    assert!(seen.load(Ordering::Relaxed) < 1000, "{seen:?}");
}

/// Judges a server whose answers have the dates that `date` gives from one request to the next.
fn dated(date: impl Fn(SystemTime) -> SystemTime + Send + Sync + 'static, flags: &[&str]) -> Output {
    let answer = move |_: &Request| {
        let date = httpdate::fmt_http_date(date(SystemTime::now()));
        (format!("200 OK\r\n{JSON}\r\nDate: {date}"), "{}".to_owned())
    };
    judged(answer, flags)
}

#[test]
fn a_clock_that_is_far_off_leaves_nothing_to_judge() {
    let behind = |now| now - Duration::from_secs(26 * 3600);
    let output = dated(behind, &[]);
    assert_eq!(output.status.code(), Some(3), "{}", told(&output));
    let words = "the clock of the target is 1day 2h";
    assert!(told(&output).contains(words), "{}", told(&output));
    assert!(told(&output).contains("--set max-clock-skew=TIME"), "{}", told(&output));

    let output = dated(behind, &["--set", "max-clock-skew=2d"]);
    assert_eq!(output.status.code(), Some(1), "it is allowed: {}", told(&output));
    assert!(told(&output).contains(words), "and told all the same: {}", told(&output));
}

#[test]
fn a_date_that_stands_still_is_no_clock() {
    let output = dated(|_| SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000), &[]);
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    assert!(told(&output).contains("stands still"), "{}", told(&output));
}

#[test]
fn a_target_that_throttles_from_the_start_is_not_waited_for_on_every_path() {
    let seen = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&seen);
    let head = "429 Too Many Requests\r\nRetry-After: 3600";
    let answer = move |_: &Request| {
        count.fetch_add(1, Ordering::Relaxed);
        (head.to_owned(), String::new())
    };
    let output = judged(answer, &["--retry-cap", "1s"]);
    assert_eq!(output.status.code(), Some(3), "{}", told(&output));
    assert!(told(&output).contains("throttles every request (429)"), "{}", told(&output));
    // A read and an empty update of each of the six paths, and the first read once more.
    assert_eq!(seen.load(Ordering::Relaxed), 13);
}
