//! Servers that are broken or mean: the right exit code each, no panic, bounded memory and bounded time.
//!
//! Real sockets on loopback, the real program. A server that answers at all, and wrongly, does not conform (1); one
//! that cannot be judged is not judged (3).

#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

mod endless;
mod forgery;
mod listener;
mod lost;
mod members;
mod octets;
mod outage;
mod proxy;
mod redirects;
mod run;

use listener::{Listener, answer, json};
use run::{Ran, run};

/// Memory that a run may take over a normal one, in KiB.
const MORE: u64 = 64 * 1024;

/// Memory of a normal run in a debug build, in KiB, with room to spare.
const NORMAL: u64 = 48 * 1024;

/// Holds a run to what every server can expect of it.
fn sane(name: &str, ran: &Ran, codes: &[i32]) {
    let text = ran.text();
    assert!(codes.contains(&ran.code().unwrap_or(-1)), "{name}: exit {:?}, expected {codes:?}\n{text}", ran.status);
    assert!(!text.contains("panicked"), "{name}:\n{text}");
    assert!(!text.contains(run::TOKEN), "{name}: the token shows\n{text}");
    assert!(ran.peak < NORMAL + MORE, "{name}: {} KiB", ran.peak);
}

/// Servers that always say the same: name, octets, exit code, what the output says.
type Row = (&'static str, Vec<u8>, i32, &'static str);

/// Holds each server to its row; all that differ are told at once.
fn judge(rows: Vec<Row>) {
    let mut wrong = Vec::new();
    for (name, octets, code, sentence) in rows {
        let ran = run(&Listener::saying(octets).url, &["jobs::status::success-is-200"]);
        let words = ran.text().split_whitespace().collect::<Vec<_>>().join(" ");
        if ran.code() != Some(code) || !words.contains(sentence) {
            wrong.push(format!("{name}: {}, expected exit {code} and {sentence:?} in\n{}", ran.status, ran.text()));
        }
        sane(name, &ran, &[0, 1, 3]);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn a_dead_port_is_one_sentence() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let ran = run(&url, &["-q"]);
    sane("dead port", &ran, &[3]);
    let sentence = "Could not be judged: the target cannot be reached";
    assert!(ran.stdout.contains(sentence), "{}", ran.text());
    // Wrapped at 80 columns, and the sums.
    assert!(ran.text().lines().count() <= 3, "{}", ran.text());
}

#[test]
fn what_is_not_the_api_is_not_judged() {
    let page = "<!doctype html><title>Sign in</title><p>Welcome";
    judge(vec![
        ("HTML", answer("200 OK", "Content-Type: text/html\r\n", page), 3, "HTML page"),
        ("HTML as JSON", json(page), 3, "HTML page"),
        ("401", answer("401 Unauthorized", "WWW-Authenticate: Bearer\r\n", ""), 3, "credentials are refused"),
        ("403", answer("403 Forbidden", "", ""), 3, "credentials are refused"),
        ("404", answer("404 Not Found", "", ""), 3, "404"),
        ("503", answer("503 Service Unavailable", "", ""), 3, "503"),
        ("nothing", Vec::new(), 3, "Could not be judged"),
        ("no HTTP", b"SSH-2.0-OpenSSH_9.6\r\n".to_vec(), 3, "Could not be judged"),
    ]);
}

#[test]
fn a_200_for_everything_is_no_success() {
    let entity = format!(
        r#"{{"id":"{}","type":"a","status":"b","tenantId":"c","creationDateTime":null,"startDateTime":null,"endDateTime":null,"error":null}}"#,
        run::JOB
    );
    let server = Listener::saying(json(entity));
    let ran = run(&server.url, &["jobs::auth::none", "jobs::merge::one-status", "jobs::env::bad-request-type"]);
    sane("200 for everything", &ran, &[1]);
    for requirement in ["REQ-AUTH-001", "REQ-STATUS-003"] {
        assert!(ran.stdout.contains(requirement), "{requirement}: {}", ran.stdout);
    }
}
