//! The client against scripted servers on real sockets: each answers in one way that is out of the ordinary.

mod jobs;
mod kept;
mod lost;
mod proxies;
mod raw;
mod server;
mod service;
mod tls;

use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::{Duration, Instant};

use bytes::Bytes;

use server::{answers, server};

use super::client::Client;
use super::connection::Connection;
use super::outgoing::{Authorization, Carrier, Outgoing};
use crate::model::case::{Pause, Wire};
use crate::model::exchange::{BodyProblem, BrokenKind, Exchange, Outcome, Response};
use crate::model::secret::Secret;

fn patch() -> Outgoing {
    Outgoing {
        method: "PATCH".into(),
        path: "/dataClassification/jobs/1".into(),
        headers: vec![("Content-Type".into(), "application/json".into()), ("X-Odd".into(), "a".into())],
        authorization: Some(Authorization::bearer(Secret::new("very-secret-token-0123456789"))),
        body: Some(Bytes::from_static(b"{\"status\":\"x\"}")),
        ..Outgoing::default()
    }
}

fn raw() -> Outgoing {
    Outgoing { wire: Wire::Raw, ..patch() }
}

fn connection(url: &str) -> Connection {
    Connection { max_time: Duration::from_secs(10), body_limit: 1000, ..Connection::new(url) }
}

fn send_with(connection: &Connection, outgoing: Outgoing) -> Exchange {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let client = Client::new(connection).unwrap();
    runtime.block_on(client.send(outgoing))
}

fn send(url: &str, outgoing: Outgoing) -> Exchange {
    send_with(&connection(url), outgoing)
}

/// Over the pool and on a connection of its own: what both must agree on.
fn both(bytes: impl Into<Vec<u8>>) -> Vec<Response> {
    let (url, _requests) = answers(bytes);
    [patch(), raw()].map(|outgoing| answered(send(&url, outgoing))).into()
}

fn answered(exchange: Exchange) -> Response {
    match exchange.outcome {
        Outcome::Answered(response) => response,
        Outcome::Broken(broken) => panic!("{broken:?}"),
    }
}

fn kind(exchange: &Exchange) -> BrokenKind {
    match &exchange.outcome {
        Outcome::Broken(broken) => broken.kind,
        Outcome::Answered(response) => panic!("{response:?}"),
    }
}

fn quick(url: &str) -> Connection {
    Connection { max_time: Duration::from_millis(300), ..connection(url) }
}

#[test]
fn an_answer_is_recorded_and_the_token_is_not() {
    let (url, requests) = answers(*b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-B: \xe9\r\n\r\n{}");
    let exchange = send(&url, patch());
    assert_eq!(exchange.status(), Some(200));
    assert!(exchange.first_byte > Duration::ZERO && exchange.total >= exchange.first_byte);
    let request = requests.recv().unwrap();
    assert!(request.starts_with("PATCH /v1.0/dataClassification/jobs/1 HTTP/1.1\r\nHost: 127.0.0.1:"), "{request}");
    assert!(request.contains("\r\nAuthorization: Bearer very-secret-token-0123456789\r\n"));
    assert!(request.ends_with("Content-Length: 14\r\n\r\n{\"status\":\"x\"}"), "{request}");
    assert_eq!(exchange.request.header("authorization"), Some("Bearer $PATCHPROOF_TOKEN"));
    assert!(exchange.request.url.ends_with("/v1.0/dataClassification/jobs/1"));
    assert!(!format!("{exchange:?}").contains("very-secret"));
    let response = answered(exchange);
    assert_eq!((response.header("x-b"), &response.body[..]), (Some("\u{fffd}"), &b"{}"[..]));
}

#[test]
fn a_token_in_the_query_or_another_header_is_not_recorded() {
    let (url, requests) = answers("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    let mut outgoing = patch();
    outgoing.path.push_str("?a=b");
    outgoing.headers.push(("Cookie".into(), "access_token=very-secret-token-0123456789".into()));
    outgoing.authorization.as_mut().unwrap().carrier = Carrier::Query(&["access_token", "token"]);
    let exchange = send(&url, outgoing);
    assert!(
        requests.recv().unwrap().contains(
            "/jobs/1?a=b&access_token=very-secret-token-0123456789&token=very-secret-token-0123456789 HTTP/1.1"
        )
    );
    assert!(exchange.request.url.ends_with("?a=b&access_token=$PATCHPROOF_TOKEN&token=$PATCHPROOF_TOKEN"));
    assert_eq!(exchange.request.header("cookie"), Some("access_token=$PATCHPROOF_TOKEN"));
    assert_eq!(exchange.request.header("authorization"), None);

    let mut outgoing = patch();
    outgoing.authorization.as_mut().unwrap().carrier = Carrier::Headers(&[("X-Token", ""), ("X-Auth", "Bearer ")]);
    let exchange = send(&url, outgoing);
    let sent = requests.recv().unwrap();
    assert!(sent.contains("X-Token: very-secret-token-0123456789") && !sent.contains("Authorization"), "{sent}");
    assert_eq!(exchange.request.header("x-auth"), Some("Bearer $PATCHPROOF_TOKEN"));
    assert!(exchange.request.token.is_some());

    // What would leak of a token that is given twice is the token, not the comma before it.
    let mut outgoing = patch();
    outgoing.authorization.as_mut().unwrap().secret =
        Secret::new("very-secret-token-0123456789, very-secret-token-0123456789");
    let token = send(&url, outgoing).request.token.unwrap();
    assert!(token.leaks_in(b"very-secret-toke") && !token.leaks_in(b", very-secret-tok"));
    let mut outgoing = patch();
    outgoing.authorization.as_mut().unwrap().secret = Secret::new("not a b64token, \"at all\"");
    let token = send(&url, outgoing).request.token.unwrap();
    assert!(token.leaks_in(b"not a b64token, \"at all\"") && !token.leaks_in(b"the b64token is wrong"));
}

#[test]
fn odd_answers_are_recorded_as_they_are() {
    for response in both("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>") {
        assert_eq!((response.status, &response.body[..], response.problem), (200, &b"<html>"[..], None));
    }
    for response in both("HTTP/1.0 500 \r\n\r\nold") {
        assert_eq!((response.status, response.version, &response.body[..]), (500, "HTTP/1.0", &b"old"[..]));
    }
    for response in both("HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n") {
        assert_eq!((response.status, response.header("location")), (302, Some("/elsewhere")));
    }
    for response in both(
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\n{}\r\n0\r\nA: b\r\n\r\n",
    ) {
        assert_eq!((&response.body[..], response.wire_length, response.problem), (&b"{}"[..], 2, None));
    }
}

#[test]
fn framing_that_is_wrong_is_named() {
    for response in both("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{\"id\"") {
        assert_eq!(&response.body[..], b"{\"id\"");
        assert!(matches!(response.problem, Some(BodyProblem::CutOff(_))));
    }
    for response in both("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n") {
        assert!(matches!(response.problem, Some(BodyProblem::CutOff(_))));
    }
    for response in both(format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{}", 1u64 << 31, "x".repeat(2000))) {
        assert_eq!((response.body.len(), response.problem), (1000, Some(BodyProblem::TooLarge(1000))));
    }
    let (url, _requests) = answers("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}garbage");
    assert_eq!(answered(send(&url, raw())).problem, Some(BodyProblem::Excess(7)));
    assert_eq!(answered(send(&url, patch())).problem, Some(BodyProblem::Excess(7)));
    for unasked in ["\r\n", "\r\nHTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n"] {
        let (url, _requests) = answers(format!("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{{}}{unasked}"));
        assert_eq!(answered(send(&url, patch())).problem, None);
    }
    let (url, _requests) = answers("HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\n{}");
    assert_eq!(answered(send(&url, raw())).problem, Some(BodyProblem::Excess(2)));
}

#[test]
fn an_endless_body_ends_at_the_limit() {
    let (url, _requests) = server(|stream, _| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
        while stream.write_all(&[b'x'; 4096]).is_ok() {}
    });
    let response = answered(send(&url, patch()));
    assert_eq!((response.body.len(), response.problem), (1000, Some(BodyProblem::TooLarge(1000))));
}

#[test]
fn encodings_are_undone_within_the_limit() {
    let gzip = |data: &[u8]| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(data).unwrap();
        encoder.finish().unwrap()
    };
    let answer = |body: &[u8]| {
        let head = format!("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n", body.len());
        both([head.as_bytes(), body].concat())
    };
    let packed = gzip(b"{\"id\":\"1\"}");
    for response in answer(&packed) {
        assert_eq!((&response.body[..], response.wire_length), (&b"{\"id\":\"1\"}"[..], packed.len() as u64));
    }
    for response in answer(&gzip("x".repeat(100_000).as_bytes())) {
        assert_eq!((response.body.len(), response.problem), (1000, Some(BodyProblem::TooLarge(1000))));
    }
    for response in answer(b"{}") {
        assert!(matches!(response.problem, Some(BodyProblem::Undecodable(_))));
    }
}

#[test]
fn what_is_not_http_is_malformed() {
    let flood = format!("HTTP/1.1 200 OK\r\n{}\r\n", "A: b\r\n".repeat(20_000));
    let interim = "HTTP/1.1 100 Continue\r\n\r\n".repeat(1000);
    for text in ["SSH-2.0-OpenSSH_9.2\r\n", "HTTP/1.1 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nA: b", &flood, &interim] {
        let (url, _requests) = answers(text);
        assert_eq!(kind(&send(&url, patch())), BrokenKind::Malformed);
        assert_eq!(kind(&send(&url, raw())), BrokenKind::Malformed);
    }
}

#[test]
fn slow_servers_run_out_of_time() {
    let drip = |head: &'static str| {
        server(move |stream, _| {
            let _ = stream.write_all(head.as_bytes());
            while stream.write_all(b"x").is_ok() {
                std::thread::sleep(Duration::from_millis(20));
            }
        })
    };
    let (url, _requests) = drip("HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n");
    assert_eq!(answered(send_with(&quick(&url), patch())).problem, Some(BodyProblem::TimedOut));
    let (url, _requests) = drip("HTTP/1.1 200 OK\r\n");
    assert_eq!(kind(&send_with(&quick(&url), patch())), BrokenKind::Timeout);
    let (url, _requests) = server(|_, _| std::thread::sleep(Duration::from_secs(60)));
    let exchange = send_with(&quick(&url), patch());
    assert_eq!((kind(&exchange), exchange.first_byte), (BrokenKind::Timeout, Duration::ZERO));
}

#[test]
fn a_connection_that_ends_early_is_a_reset() {
    let (url, _requests) = answers("");
    assert_eq!(kind(&send(&url, patch())), BrokenKind::Reset);
    assert_eq!(kind(&send(&url, raw())), BrokenKind::Reset);
}

#[test]
fn a_dead_port_is_refused_at_once() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let started = Instant::now();
    assert_eq!(kind(&send(&format!("http://127.0.0.1:{port}"), patch())), BrokenKind::Refused);
    assert!(started.elapsed() < Duration::from_secs(1));
    assert_eq!(kind(&send("http://no-such-host.invalid", patch())), BrokenKind::Dns);
}
