//! Servers that a request takes down: those that are started again, and those that are not.

use std::io::Write as _;
use std::net::TcpListener;
use std::time::Duration;

use patchproof::reference::{Options, Server};

use super::listener::read;
use super::proxy::forward;
use super::run::{Ran, patchproof, watched};
use super::sane;

/// A sound server that a comma after the last member takes down; it is there again after a moment, or never.
fn judged(comes_back: bool) -> Ran {
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
            for mut stream in open.incoming().flatten() {
                let Some(request) = read(&stream) else { continue };
                if request.body.ends_with(b",}") {
                    break;
                }
                let _ = stream.write_all(&forward(&authority, &request));
            }
            drop(open);
            if !comes_back {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    });
    let job = server.jobs().iter().find(|(collection, _)| collection == "jobs").map(|(_, id)| format!("jobs={id}"));
    let ran = watched(
        patchproof()
            .args(["run", "--color=never", "--retry=1", "--retry-interval=10ms", "--base-url"])
            .args([&format!("http://{address}/{base}"), "--job", &job.unwrap()])
            .args(["jobs::body::malformed-trailing-comma", "jobs::body::only-status", "jobs::body::only-type"])
            .env("PATCHPROOF_TOKEN", server.token()),
    );
    drop(server);
    ran
}

#[test]
fn a_request_that_takes_the_server_down_each_time_is_a_finding() {
    let ran = judged(true);
    sane("comes back", &ran, &[1]);
    assert!(ran.stdout.contains("FAIL jobs::body::malformed-trailing-comma"), "{}", ran.text());
    assert!(ran.stdout.contains("The request ends the connection without an answer"), "{}", ran.text());
    assert!(ran.stdout.contains("3 passed, 1 failed"), "{}", ran.text());
}

#[test]
fn of_a_server_that_stays_away_the_trial_is_named_that_may_be_why() {
    let ran = judged(false);
    sane("stays away", &ran, &[3]);
    let words = ran.text().split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("it may have been taken down by jobs::body::malformed-trailing-comma"), "{words}");
}
