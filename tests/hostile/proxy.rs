//! The reference server behind a proxy that alters what it says.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};

use patchproof::reference::{Options, Server};

use super::listener::{Listener, Request};

/// A sound server, and the URL under which its answers come altered.
pub(crate) struct Proxy {
    /// The server behind it.
    pub(crate) server: Server,
    /// The service root that a run is aimed at.
    pub(crate) url: String,
    _listener: Listener,
}

impl Proxy {
    /// A proxy that passes each whole answer through `alter`.
    pub(crate) fn new(alter: impl Fn(&Request, Vec<u8>) -> Vec<u8> + Send + Sync + 'static) -> Self {
        Self::holding(move |request, answer| (alter(request, answer), false))
    }

    /// As [`Proxy::new`]; where `alter` says so, the connection then stays open for as long as the test runs.
    pub(crate) fn holding(alter: impl Fn(&Request, Vec<u8>) -> (Vec<u8>, bool) + Send + Sync + 'static) -> Self {
        let server = Server::start(Options::default()).unwrap();
        let root = server.base_url();
        let (authority, base) = root.trim_start_matches("http://").split_once('/').unwrap();
        let (authority, base) = (authority.to_owned(), base.to_owned());
        let listener = Listener::new(move |stream, request| {
            let (answer, open) = alter(request, forward(&authority, request));
            let _ = stream.write_all(&answer);
            if open {
                std::thread::sleep(std::time::Duration::from_secs(3600));
            }
        });
        let url = format!("{}/{base}", listener.url);
        Self { server, url, _listener: listener }
    }

    /// The jobs of one collection, as `--job` takes them.
    pub(crate) fn jobs(&self, collection: &str) -> Vec<String> {
        let jobs = self.server.jobs().iter().filter(|(known, _)| known == collection);
        jobs.map(|(collection, id)| format!("{collection}={id}")).collect()
    }
}

/// The whole answer of the server behind.
pub(crate) fn forward(authority: &str, request: &Request) -> Vec<u8> {
    let mut stream = TcpStream::connect(authority).unwrap();
    let (line, headers) = request.head.split_once("\r\n").unwrap();
    let mut head = format!("{line}\r\n");
    for header in headers.trim_end().split("\r\n").filter(|header| !header.is_empty()) {
        let name = header.split(':').next().unwrap_or_default().to_ascii_lowercase();
        if !["host", "connection", "content-length", "transfer-encoding"].contains(&name.as_str()) {
            head.push_str(header);
            head.push_str("\r\n");
        }
    }
    let length = request.body.len();
    stream
        .write_all(
            format!("{head}Host: {authority}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n").as_bytes(),
        )
        .unwrap();
    stream.write_all(&request.body).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    answer
}

#[test]
fn legal_oddities_of_http_pass() {
    let early = |_: &Request, answer: Vec<u8>| {
        [&b"HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"[..], &answer]
            .concat()
    };
    let old = |_: &Request, answer: Vec<u8>| {
        let mut answer = answer;
        answer[..8].copy_from_slice(b"HTTP/1.0");
        answer
    };
    for (name, proxy) in [("early hints", Proxy::new(early)), ("HTTP/1.0", Proxy::new(old))] {
        let jobs: Vec<String> = proxy.jobs("jobs").iter().map(|job| format!("--job={job}")).collect();
        let mut command = super::run::patchproof();
        command
            .args(["run", "--retry=0", "--base-url", &proxy.url, "jobs::merge", "jobs::env", "jobs::auth"])
            .args(jobs);
        let ran = super::run::watched(command.env("PATCHPROOF_TOKEN", proxy.server.token()));
        super::sane(name, &ran, &[0]);
    }
}

/// Runs some trials of `jobs` behind a proxy.
fn ran(name: &str, proxy: &Proxy, trials: &str, code: i32) -> String {
    let jobs: Vec<String> = proxy.jobs("jobs").iter().map(|job| format!("--job={job}")).collect();
    let mut command = super::run::patchproof();
    command.args(["run", "--retry=0", "--base-url", &proxy.url, trials]).args(jobs);
    let ran = super::run::watched(command.env("PATCHPROOF_TOKEN", proxy.server.token()));
    super::sane(name, &ran, &[code]);
    ran.text()
}

/// Closing after 413 is legal (REQ-SEC-006), and a reset takes what was on its way.
#[test]
fn a_refusal_of_long_content_may_be_lost_on_its_way() {
    let proxy = Proxy::new(|_, answer| {
        let refused = answer.starts_with(b"HTTP/1.1 413");
        if refused { b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 224\r\n\r\n".to_vec() } else { answer }
    });
    ran("reset after 413", &proxy, "jobs::sec::oversized", 0);
}

/// What says nothing of its type, and is no JSON, breaks one requirement: that errors are JSON.
#[test]
fn text_without_a_type_is_no_broken_json() {
    let proxy = Proxy::new(|_, answer| {
        let refused = answer.starts_with(b"HTTP/1.1 400");
        if refused { b"HTTP/1.1 400 Bad Request\r\nContent-Length: 11\r\n\r\nBad Request".to_vec() } else { answer }
    });
    let text = ran("text", &proxy, "jobs::body::malformed", 1);
    assert!(text.contains("REQ-ENV-") && !text.contains("REQ-RESP-002"), "{text}");
}

/// Who lets a request in without credentials has not refused it with a wrong status.
#[test]
fn what_is_let_in_without_credentials_is_told_as_that() {
    let proxy = Proxy::new(|request, answer| {
        let open = !request.head.to_ascii_lowercase().contains("authorization:");
        if open { b"HTTP/1.1 204 No Content\r\nOData-Version: 4.0\r\n\r\n".to_vec() } else { answer }
    });
    let text = ran("open", &proxy, "jobs::pref::minimal-without-token", 1);
    assert!(text.contains("REQ-AUTH-001 (MUST)") && !text.contains("REQ-AUTH-002 (MUST)"), "{text}");
}

/// A round of a race after which the job cannot be read is not held against what the next read shows.
#[test]
fn a_read_that_is_lost_between_rounds_of_a_race_blames_nobody() {
    let reads = AtomicUsize::new(0);
    let proxy = Proxy::new(move |request, answer| {
        let lost = request.method() == "GET" && reads.fetch_add(1, Ordering::Relaxed) == 8;
        if lost { Vec::new() } else { answer }
    });
    let text = ran("a lost read", &proxy, "jobs::atom::status-and-tenant", 3);
    assert!(!text.contains("REQ-ATOM-004"), "{text}");
}
