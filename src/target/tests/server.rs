//! A server that does exactly what a script says, however wrong that is.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};

/// A server that reads each request and lets the script answer; the requests come out of the channel.
pub(super) fn server(script: impl Fn(&mut TcpStream, usize) + Send + 'static) -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/v1.0/", listener.local_addr().unwrap());
    let (tell, told) = channel();
    std::thread::spawn(move || {
        let mut count = 0;
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            stream.set_nodelay(true).unwrap();
            while let Some(request) = read_request(&mut stream) {
                let ends = request.contains("Connection: close") || request.contains("connection: close");
                let _ = tell.send(request);
                script(&mut stream, count);
                count += 1;
                if ends {
                    break;
                }
            }
        }
    });
    (url, told)
}

fn read_request(stream: &mut TcpStream) -> Option<String> {
    let mut text = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let count = stream.read(&mut buffer).ok()?;
        text.extend_from_slice(&buffer[..count]);
        let seen = String::from_utf8_lossy(&text).into_owned();
        if let Some(end) = seen.find("\r\n\r\n") {
            let lower = seen.to_lowercase();
            let length = lower.split("content-length: ").nth(1).and_then(|t| t.split("\r\n").next()?.parse().ok());
            let chunked = lower.contains("transfer-encoding: chunked") && !seen.ends_with("0\r\n\r\n");
            if (!chunked && text.len() >= end + 4 + length.unwrap_or(0)) || count == 0 {
                return Some(seen);
            }
        } else if count == 0 {
            return None;
        }
    }
}

/// A server that answers every request with these octets and ends the connection.
pub(super) fn answers(bytes: impl Into<Vec<u8>>) -> (String, Receiver<String>) {
    let bytes = bytes.into();
    server(move |stream, _| {
        let _ = stream.write_all(&bytes);
        let _ = stream.shutdown(std::net::Shutdown::Both);
    })
}
