//! A connection that breaks within the content of an answer: no answer, as the rest may have been right.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::Duration;

use super::{kind, patch, raw, send};
use crate::model::exchange::BrokenKind;

/// Answers each request with this, and resets the connection: octets that nobody read make the system do so.
fn resetting(text: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for mut client in listener.incoming().flatten() {
            client.read_exact(&mut [0; 16]).unwrap();
            client.write_all(text.as_bytes()).unwrap();
            std::thread::sleep(Duration::from_millis(50));
        }
    });
    url
}

#[test]
fn a_reset_within_the_content_is_no_answer() {
    for text in [
        "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{\"id\"",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"id\"",
        "HTTP/1.1 200 OK\r\n\r\n{\"id\"",
    ] {
        let url = resetting(text);
        assert_eq!(kind(&send(&url, patch())), BrokenKind::Reset, "{text}");
        assert_eq!(kind(&send(&url, raw())), BrokenKind::Reset, "{text}");
    }
}
