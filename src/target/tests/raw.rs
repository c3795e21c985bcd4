//! Requests that are written octet by octet.

use super::*;

#[test]
fn raw_requests_go_out_octet_by_octet() {
    let (url, requests) = answers("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
    let path = "/dataClassification//jobs/%2e%2e/..%2f\u{e9}";
    send(&url, Outgoing { path: path.into(), ..patch() });
    assert!(requests.recv().unwrap().starts_with(&format!("PATCH /v1.0{path} HTTP/1.1\r\n")));
    send(&url, Outgoing { wire: Wire::Chunked(10), ..patch() });
    let request = requests.recv().unwrap();
    assert!(request.ends_with("\r\n\r\na\r\n{\"status\":\r\n4\r\n\"x\"}\r\n0\r\n\r\n"), "{request}");
    assert!(!request.contains("Content-Length"));
    send(&url, Outgoing { wire: Wire::CutOff(3), ..patch() });
    let request = requests.recv().unwrap();
    assert!(request.contains("Content-Length: 14\r\n") && request.ends_with("{\"status\":\""), "{request}");
    let exchange = send(&url, Outgoing { headers: vec![("A".into(), "b\r\nC: d".into())], ..patch() });
    assert_eq!(kind(&exchange), BrokenKind::Unsendable);
}

#[test]
fn a_reset_reaches_the_server_within_the_content() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/v1.0", listener.local_addr().unwrap());
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut octets = Vec::new();
        (stream.read_to_end(&mut octets).unwrap_err().kind(), String::from_utf8(octets).unwrap())
    });
    let exchange = send(&url, Outgoing { wire: Wire::Reset(3), ..patch() });
    assert_eq!(kind(&exchange), BrokenKind::Reset);
    let (error, request) = server.join().unwrap();
    assert_eq!(error, std::io::ErrorKind::ConnectionReset);
    assert!(request.contains("Content-Length: 14\r\n") && request.ends_with("{\"status\":\""), "{request}");
}

#[test]
fn an_answer_before_the_end_of_the_request_is_read() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            stream.read_exact(&mut [0; 100]).unwrap();
            stream.write_all(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").unwrap();
            std::thread::sleep(Duration::from_millis(500));
        }
    });
    let body = Some(Bytes::from(vec![b' '; 20 << 20]));
    assert_eq!(send(&url, Outgoing { body: body.clone(), ..patch() }).status(), Some(413));
    assert_eq!(send(&url, Outgoing { body, ..raw() }).status(), Some(413));
}

const PAUSES: [Pause; 4] = [Pause::InHeaders, Pause::BeforeContent, Pause::InContent, Pause::BetweenChunks];

#[test]
fn a_request_with_a_pause_is_whole() {
    let (url, requests) = answers("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
    for pause in PAUSES {
        send(&url, Outgoing { wire: Wire::Pause(pause), ..patch() });
        let request = requests.recv().unwrap();
        assert!(request.starts_with("PATCH /v1.0/dataClassification/jobs/1 HTTP/1.1\r\n"), "{request}");
        let content = match pause {
            Pause::BetweenChunks => "\r\n\r\n7\r\n{\"statu\r\n7\r\ns\":\"x\"}\r\n0\r\n\r\n",
            _ => "\r\n\r\n{\"status\":\"x\"}",
        };
        assert!(request.ends_with(content), "{request}");
    }
}

#[test]
fn an_answer_in_the_pause_is_read() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            stream.read_exact(&mut [0; 10]).unwrap();
            stream.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").unwrap();
            // The rest, if any, is taken so that nothing is reset.
            let _ = stream.read_to_end(&mut Vec::new());
        }
    });
    for pause in PAUSES {
        assert_eq!(send(&url, Outgoing { wire: Wire::Pause(pause), ..patch() }).status(), Some(400));
    }
}
