//! A server that answers as a test says.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread;

/// A request as it came: first line and headers, and the content.
pub(crate) struct Request {
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Request {
    pub(crate) fn method(&self) -> &str {
        self.head.split(' ').next().unwrap_or_default()
    }

    /// The last segment of the path.
    pub(crate) fn id(&self) -> &str {
        let path = self.head.split(' ').nth(1).unwrap_or_default();
        path.split('?').next().unwrap_or_default().rsplit('/').next().unwrap_or_default()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let line = |line: &&str| line.split_once(':').is_some_and(|(n, _)| n.eq_ignore_ascii_case(name));
        self.head.lines().skip(1).find(line)?.split_once(':').map(|(_, value)| value.trim())
    }
}

/// Starts the server; each answer is a status line with headers, and a content. Without a status line the connection ends
/// without an answer.
pub(crate) fn server(answer: impl Fn(&Request) -> (String, String) + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a loopback port is free");
    let url = format!("http://{}/v1.0", listener.local_addr().expect("an address"));
    thread::spawn(move || {
        let answer = &answer;
        thread::scope(|scope| {
            for stream in listener.incoming().flatten() {
                scope.spawn(move || drop(serve(stream, answer)));
            }
        });
    });
    url
}

fn serve(mut stream: TcpStream, answer: &impl Fn(&Request) -> (String, String)) -> std::io::Result<()> {
    let Some(request) = read(&mut stream)? else { return Ok(()) };
    let (head, body) = answer(&request);
    if head.is_empty() {
        return Ok(());
    }
    let length = body.len();
    write!(stream, "HTTP/1.1 {head}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}")?;
    stream.shutdown(std::net::Shutdown::Write)
}

fn read(stream: &mut TcpStream) -> std::io::Result<Option<Request>> {
    let mut text = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let count = stream.read(&mut buffer)?;
        text.extend_from_slice(&buffer[..count]);
        let seen = String::from_utf8_lossy(&text);
        if let Some((head, body)) = seen.split_once("\r\n\r\n") {
            let request = Request { head: head.to_owned(), body: body.to_owned() };
            let length = request.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
            if count == 0 || body.len() >= length {
                return Ok(Some(request));
            }
        } else if count == 0 {
            return Ok(None);
        }
    }
}
