//! Answers without end: of octets, of time, of interim responses.

use std::io::Write as _;
use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder};

use serde_json::Value;

use super::listener::{Listener, answer, json};
use super::proxy::Proxy;
use super::run::{patchproof, run, watched};
use super::{judge, sane};

/// Writes the same octets until the other side has had enough, or there were so many of them.
fn pour(stream: &mut TcpStream, octets: &[u8], most: u64) {
    let mut left = most;
    while left > 0 && stream.write_all(octets).is_ok() {
        left = left.saturating_sub(octets.len() as u64);
    }
}

#[test]
fn two_gibibytes_are_cut() {
    const SIZE: u64 = 2 << 30;
    let spaces: &'static [u8] = Box::leak(vec![b' '; 64 * 1024].into());
    let announced = Listener::new(move |stream, _| {
        let head = format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {SIZE}\r\n\r\n");
        let _ = stream.write_all(head.as_bytes());
        pour(stream, spaces, SIZE);
    });
    let ran = run(&announced.url, &[]);
    sane("announced", &ran, &[1]);
    assert!(ran.stdout.contains("REQ-"), "{}", ran.stdout);
    let chunked = Listener::new(move |stream, _| {
        let _ = stream
            .write_all(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
        pour(stream, &[b"10000\r\n", spaces, b"\r\n"].concat(), u64::MAX);
    });
    sane("endless chunks", &run(&chunked.url, &[]), &[1]);
    let until_closed = Listener::new(move |stream, _| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n");
        pour(stream, spaces, u64::MAX);
    });
    sane("endless", &run(&until_closed.url, &[]), &[1]);
    let refusal = Listener::new(move |stream, _| {
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\n\r\n{");
        pour(stream, spaces, u64::MAX);
    });
    sane("endless refusal", &run(&refusal.url, &[]), &[1]);
}

/// 256 MiB of spaces: one piece of a deflate stream, which refers to nothing before it, over and over.
fn spaces_deflated() -> Vec<u8> {
    let mut out = DeflateEncoder::new(Vec::new(), Compression::best());
    out.write_all(&vec![b' '; 1 << 20]).unwrap();
    out.flush().unwrap();
    // An empty last block (RFC 1951, 3.2.3).
    [out.get_ref().repeat(256), vec![3, 0]].concat()
}

#[test]
fn compression_bombs_do_not_go_off() {
    let say = |coding: &str, body: &[u8]| {
        answer("200 OK", &format!("Content-Type: application/json\r\nContent-Encoding: {coding}\r\n"), body)
    };
    let raw = spaces_deflated();
    // The check sums at the end are wrong; nobody gets that far.
    let zlib = [&[0x78, 0x9c][..], &raw, &[0; 4]].concat();
    let gzip = [&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3][..], &raw, &[0; 8]].concat();
    let mut twice = GzEncoder::new(Vec::new(), Compression::best());
    twice.write_all(&gzip).unwrap();
    let told = "more than 1048576 octets";
    judge(vec![
        ("gzip", say("gzip", &gzip), 1, told),
        ("deflate", say("deflate", &zlib), 1, told),
        ("deflate without a frame", say("deflate", &raw), 1, "REQ-RESP"),
        ("gzip twice", say("gzip, gzip", &twice.finish().unwrap()), 1, told),
    ]);
}

/// Drips one octet after the other, slowly, for as long as somebody listens.
fn drip(stream: &mut TcpStream, octet: u8) {
    while stream.write_all(&[octet]).is_ok() {
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A run of one trial against a server that would take for ever; it must not.
fn bounded(name: &str, server: &Listener, codes: &[i32]) {
    let started = Instant::now();
    let ran = run(&server.url, &["--max-time=300ms", "jobs::status::success-is-200"]);
    sane(name, &ran, codes);
    assert!(started.elapsed() < Duration::from_secs(30), "{name}: {:?}", started.elapsed());
}

#[test]
fn slow_drips_run_out_of_time() {
    bounded("silence", &Listener::new(|_, _| std::thread::sleep(Duration::from_secs(60))), &[3]);
    let status = Listener::new(|stream, _| {
        let _ = stream.write_all(b"HTTP/1.1 200 ");
        drip(stream, b'O');
    });
    bounded("status line", &status, &[3]);
    let header = Listener::new(|stream, _| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nX-Slow: ");
        drip(stream, b'x');
    });
    bounded("header", &header, &[3]);
    let body = Listener::new(|stream, _| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n");
        drip(stream, b' ');
    });
    bounded("body", &body, &[1]);
    let chunks = Listener::new(|stream, _| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        while stream.write_all(b"1\r\n \r\n").is_ok() {
            std::thread::sleep(Duration::from_millis(20));
        }
    });
    bounded("chunks", &chunks, &[1]);
}

#[test]
fn interim_responses_without_end() {
    let fast = Listener::new(|stream, _| pour(stream, b"HTTP/1.1 100 Continue\r\n\r\n", u64::MAX));
    bounded("100 Continue, fast", &fast, &[3]);
    let slow = Listener::new(|stream, _| {
        while stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").is_ok() {
            std::thread::sleep(Duration::from_millis(20));
        }
    });
    bounded("100 Continue, slow", &slow, &[3]);
    let hints = b"HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n";
    let endless = Listener::new(move |stream, _| pour(stream, hints, u64::MAX));
    bounded("103 Early Hints", &endless, &[3]);
}

#[test]
fn a_reset_in_the_middle() {
    // A socket that is closed before all was read from it resets the connection.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = std::io::Read::read(&mut stream, &mut [0; 16]);
            let _ = stream.write_all(&json("{\"id\": \"a\"}")[..60]);
        }
    });
    sane("reset", &run(&url, &[]), &[3]);
}

/// Judges what is behind the proxy, which does not conform; gives the trials of the report.
fn judged(proxy: &Proxy, arguments: &[&str]) -> Vec<Value> {
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("report.json");
    let ran = watched(
        patchproof()
            .args(["run", "-q", "--base-url", &proxy.url, "--job", &proxy.jobs("jobs")[0]])
            .args(arguments)
            .arg(format!("--report=json={}", report.display()))
            .env("PATCHPROOF_TOKEN", proxy.server.token()),
    );
    sane("judged", &ran, &[1]);
    let report: Value = serde_json::from_slice(&std::fs::read(report).unwrap()).unwrap();
    report["trials"].as_array().unwrap().clone()
}

/// Trials that were not run for this reason.
fn untried(trials: &[Value], why: &str) -> usize {
    trials.iter().filter(|trial| trial["reason"].as_str().is_some_and(|reason| reason.contains(why))).count()
}

/// A server that never answers some requests, and every other one at once.
#[test]
fn silence_on_some_requests_is_theirs() {
    let proxy = Proxy::new(|request, answer| {
        let is_json = serde_json::from_slice::<serde::de::IgnoredAny>(&request.body).is_ok();
        if request.method() == "PATCH" && !is_json {
            // Longer than anybody waits; the thread ends with the test.
            std::thread::sleep(Duration::from_secs(3600));
        }
        answer
    });
    let cases = ["jobs::path::known-job", "jobs::body::malformed-truncated-object"];
    let trials = judged(&proxy, &["--retry=1", "--max-time=1s", cases[0], cases[1]]);
    let malformed = trials.iter().find(|trial| trial["name"].as_str().unwrap().contains("malformed")).unwrap();
    assert_eq!(malformed["findings"][0]["requirement"], "REQ-BODY-007", "{malformed:#}");
    assert!(malformed["findings"][0]["message"].as_str().unwrap().contains("is not answered in time"));
}

/// A path on which nothing is answered in time is not waited for trial by trial.
#[test]
fn a_silent_path_is_given_up() {
    let proxy = Proxy::new(|request, answer| {
        if request.method() == "PATCH" {
            std::thread::sleep(Duration::from_secs(3600));
        }
        answer
    });
    let ran = watched(
        patchproof()
            .args(["run", "--retry=0", "--max-time=200ms", "--base-url", &proxy.url, "--job", &proxy.jobs("jobs")[0]])
            .args(["--endpoint=jobs", "-q"])
            .env("PATCHPROOF_TOKEN", proxy.server.token()),
    );
    sane("silent path", &ran, &[3]);
}

/// A server that dies on the way: the run says which request it met first.
#[test]
fn a_server_that_dies_is_told_with_its_first_silence() {
    let answered = AtomicUsize::new(0);
    let proxy =
        Proxy::new(move |_, answer| if answered.fetch_add(1, Ordering::Relaxed) < 10 { answer } else { Vec::new() });
    let ran = watched(
        patchproof()
            .args(["run", "--retry=0", "--base-url", &proxy.url, "--job", &proxy.jobs("jobs")[0]])
            .args(["--endpoint=jobs", "-q"])
            .env("PATCHPROOF_TOKEN", proxy.server.token()),
    );
    sane("dies", &ran, &[3]);
    let told = ran.text().split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(told.contains("stopped answering during the run, first to"), "{told}");
    assert!(told.contains("; it may have been taken down by "), "{told}");
}

/// A server whose answers to some updates announce more than comes, on a connection that stays open.
#[test]
fn content_that_never_ends_is_told_and_a_path_of_it_is_given_up() {
    let proxy = Proxy::holding(|request, answer| {
        let text = String::from_utf8_lossy(&answer).into_owned();
        if request.method() != "PATCH" || !text.starts_with("HTTP/1.1 200") {
            return (answer, false);
        }
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let other = |line: &&str| !line.to_ascii_lowercase().starts_with("content-length");
        let head: Vec<&str> = head.split("\r\n").filter(other).collect();
        let longer = format!("{}\r\nContent-Length: {}\r\n\r\n{body}", head.join("\r\n"), body.len() + 9);
        (longer.into_bytes(), true)
    });
    let trials = judged(&proxy, &["--retry=1", "--max-time=200ms", "--endpoint=jobs", "--topic=merge,dto"]);
    let message = "The content does not end within the time limit.";
    assert!(trials.iter().any(|trial| trial["findings"][0]["message"] == message));
    assert!(untried(&trials, "on this path did not end in time") > trials.len() / 2);
}

/// A server that hangs up on every update, and answers reads.
#[test]
fn a_path_that_hangs_up_on_every_update_is_given_up() {
    let proxy = Proxy::new(|request, answer| if request.method() == "PATCH" { Vec::new() } else { answer });
    let trials = judged(&proxy, &["--retry=1", "--retry-interval=1ms", "--endpoint=jobs", "--topic=path,merge,dto"]);
    let message = "The request ends the connection without an answer";
    assert!(
        trials.iter().any(|trial| trial["findings"][0]["message"].as_str().is_some_and(|m| m.starts_with(message)))
    );
    assert!(untried(&trials, "valid updates on this path so far got an answer") > trials.len() / 2);
}
