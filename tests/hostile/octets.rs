//! Answers that are whole but wrong in their octets.

use std::fmt::Write as _;

use super::listener::{Listener, answer, json};
use super::run::{JOB, run};
use super::{judge, sane};

#[test]
fn bodies_that_are_no_entity() {
    let job = |rest: &str| json(format!(r#"{{"id": "{JOB}"{rest}}}"#));
    let utf_16: Vec<u8> = "{\"id\": \"a\"}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    judge(vec![
        ("empty body", json(""), 1, "REQ-STATUS-001"),
        ("array", json("[]"), 1, "REQ-RESP-001"),
        ("null", json("null"), 1, "REQ-RESP-001"),
        ("number", json("1e999"), 1, "REQ-RESP"),
        ("white space", json(" \r\n\t"), 1, "REQ-RESP"),
        ("no UTF-8", json(b"{\"id\": \"\xff\xfe\x80\"}"), 1, "REQ-RESP-002"),
        ("lone surrogate", job(r#", "status": "\ud800""#), 1, "REQ-PROP-001"),
        ("duplicate member", job(r#", "status": "a", "status": "b""#), 1, "REQ-RESP-002"),
        ("NaN", job(r#", "status": NaN"#), 1, "REQ-RESP-002"),
        ("byte order mark", json(format!("\u{feff}{{\"id\": \"{JOB}\"}}")), 1, "REQ-RESP-002"),
        ("UTF-16", json(utf_16), 1, "REQ-RESP-002"),
    ]);
}

#[test]
fn a_hundred_thousand_levels_are_no_stack() {
    const DEPTH: usize = 100_000;
    let arrays = "[".repeat(DEPTH) + &"]".repeat(DEPTH);
    let objects = r#"{"error":"#.repeat(DEPTH) + "null" + &"}".repeat(DEPTH);
    judge(vec![
        ("open arrays", json("[".repeat(DEPTH)), 1, "REQ-RESP"),
        ("arrays", json(&arrays), 1, "REQ-RESP"),
        ("objects", json(objects), 1, "REQ-PROP-001"),
        ("arrays in an extra member", json(format!(r#"{{"id": "{JOB}", "result": {arrays}}}"#)), 1, "REQ-PROP-001"),
    ]);
}

#[test]
fn lies_about_length_and_coding() {
    let raw = |head: &str, body: &str| {
        format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n{head}\r\n{body}")
            .into_bytes()
    };
    let both = "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n";
    judge(vec![
        ("half a body", raw("Content-Length: 500\r\n", "{\"id\": \"a\""), 1, "REQ-HDR-004"),
        ("shorter than told", raw("Content-Length: 5\r\n", "{\"id\": \"a\"}"), 1, "REQ-"),
        ("no number", raw("Content-Length: many\r\n", "{}"), 1, "REQ-HDR-004"),
        ("negative", raw("Content-Length: -1\r\n", "{}"), 1, "REQ-HDR-004"),
        ("beyond 64 bits", raw("Content-Length: 99999999999999999999999\r\n", "{}"), 1, "REQ-HDR-004"),
        ("two lengths", raw("Content-Length: 2\r\nContent-Length: 3\r\n", "{}"), 1, "REQ-HDR-004"),
        ("both codings", raw(both, "2\r\n{}\r\n0\r\n\r\n"), 1, "REQ-"),
        ("bad chunk", raw("Transfer-Encoding: chunked\r\n", "zz\r\n{}\r\n0\r\n\r\n"), 1, "REQ-RESP-002"),
        ("chunks without end", raw("Transfer-Encoding: chunked\r\n", "2\r\n{}\r\n"), 1, "REQ-RESP-002"),
        ("not gzip", raw("Content-Encoding: gzip\r\nContent-Length: 2\r\n", "{}"), 1, "REQ-RESP-002"),
        ("unknown coding", raw("Content-Encoding: rot13\r\nContent-Length: 2\r\n", "{}"), 1, "REQ-"),
    ]);
}

#[test]
fn a_flood_of_headers_is_dammed() {
    let mut many = String::from("Content-Type: application/json\r\n");
    for i in 0..200_000 {
        let _ = write!(many, "X-Flood-{i}: {}\r\n", "x".repeat(100));
    }
    let server = Listener::saying(answer("200 OK", &many, "{}"));
    sane("many headers", &run(&server.url, &[]), &[3]);
    let long = format!("X-Long: {}\r\n", "x".repeat(64 << 20));
    let server = Listener::saying(answer("200 OK", &long, "{}"));
    sane("one long header", &run(&server.url, &[]), &[3]);
    let odd = b"X-\xff\x00: \x1b[31m\xfe\r\nContent-Type: \x80\r\nSet-Cookie: \x7f\r\n";
    let mut octets = b"HTTP/1.1 200 \x1b[2J\xff\r\n".to_vec();
    octets.extend(odd);
    octets.extend(b"Content-Length: 2\r\n\r\n{}");
    sane("octets in headers", &run(&Listener::saying(octets).url, &[]), &[3]);
}
