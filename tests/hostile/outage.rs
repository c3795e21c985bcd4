//! Servers that a request takes down: those that are started again, and those that are not.

use std::io::Write as _;
use std::net::TcpListener;
use std::time::Duration;

use patchproof::reference::{Options, Server};

use super::listener::read;
use super::proxy::forward;
use super::run::{Ran, patchproof, watched};
use super::sane;

/// What becomes of a server that takes a comma after the last member.
#[derive(Clone, Copy, PartialEq)]
enum Then {
    /// It goes down without an answer, and is there again after a moment.
    ComesBack,
    /// It goes down without an answer.
    StaysAway,
    /// It answers and goes down.
    Answers,
    /// It goes down when another request has come too.
    TakesAnotherAlong,
}

/// A sound server that a comma after the last member takes down.
fn judged(then: Then, trials: &[&str]) -> Ran {
    let server = Server::start(Options::default()).unwrap();
    let root = server.base_url();
    let (authority, base) = root.trim_start_matches("http://").split_once('/').unwrap();
    let authority = authority.to_owned();
    let first = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = first.local_addr().unwrap();
    // The thread ends with the test process.
    std::thread::spawn(move || {
        let mut listener = Some(first);
        loop {
            let open = listener.take().unwrap_or_else(|| TcpListener::bind(address).unwrap());
            let mut held = None;
            for mut stream in open.incoming().flatten() {
                let Some(request) = read(&stream) else { continue };
                if held.is_some() {
                    break;
                }
                let falls = request.body.ends_with(b",}") && request.head.contains("/jobs/");
                if !falls || then == Then::Answers {
                    let _ = stream.write_all(&forward(&authority, &request));
                }
                if falls && then == Then::TakesAnotherAlong {
                    held = Some(stream);
                } else if falls {
                    break;
                }
            }
            drop(open);
            if then != Then::ComesBack {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    });
    let offered = ["jobs", "classifyFileJobs"];
    let jobs = server.jobs().iter().filter(|(collection, _)| offered.contains(&collection.as_str()));
    let jobs: Vec<String> = jobs.map(|(collection, id)| format!("--job={collection}={id}")).collect();
    let ran = watched(
        patchproof()
            .args(["run", "--color=never", "--retry=1", "--retry-interval=10ms", "--base-url"])
            .arg(format!("http://{address}/{base}"))
            .args(jobs)
            .args(trials)
            .env("PATCHPROOF_TOKEN", server.token()),
    );
    drop(server);
    ran
}

const TRIALS: [&str; 3] = ["jobs::body::malformed-trailing-comma", "jobs::body::only-status", "jobs::body::only-type"];

/// The words of a run that could not judge its target to the end.
fn told(then: Then, trials: &[&str]) -> String {
    let ran = judged(then, trials);
    sane("stays away", &ran, &[3]);
    ran.text().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_request_that_takes_the_server_down_each_time_is_a_finding() {
    let ran = judged(Then::ComesBack, &TRIALS);
    sane("comes back", &ran, &[1]);
    assert!(ran.stdout.contains("FAIL jobs::body::malformed-trailing-comma"), "{}", ran.text());
    assert!(ran.stdout.contains("The request ends the connection without an answer"), "{}", ran.text());
    assert!(ran.stdout.contains("3 passed, 1 failed"), "{}", ran.text());
}

#[test]
fn of_a_server_that_stays_away_the_request_is_named_that_may_be_why() {
    let words = told(Then::StaysAway, &TRIALS);
    assert!(
        words.contains("; it may have been taken down by the PATCH of jobs::body::malformed-trailing-comma"),
        "{words}"
    );
}

#[test]
fn of_a_server_that_answers_and_goes_down_the_last_answer_is_named() {
    let words = told(Then::Answers, &TRIALS);
    assert!(words.contains("stopped answering during the run; nothing was under way then"), "{words}");
    let (_, last) = words.split_once("its last answer was to the PATCH ").unwrap_or_else(|| panic!("{words}"));
    assert!(last.starts_with("of jobs::body::malformed-trailing-comma"), "{words}");
}

#[test]
fn every_request_is_named_that_was_under_way_when_the_server_went_down() {
    let words = told(Then::TakesAnotherAlong, &["jobs::body::malformed-trailing-comma", "classifyFileJobs::body::"]);
    let (_, down) = words.split_once("; it may have been taken down by ").unwrap_or_else(|| panic!("{words}"));
    let named = down.split(". ").next().unwrap_or_default();
    assert!(named.contains(" of jobs::body::malformed-trailing-comma"), "{words}");
    assert!(named.contains(" of classifyFileJobs::body::"), "{words}");
}
