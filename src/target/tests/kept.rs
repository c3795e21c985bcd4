//! Which connections are kept for the next request, and what becomes of a request over one that has ended.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Mutex;

use super::server::server;
use super::{answered, connection, patch};
use crate::model::exchange::Outcome;
use crate::model::secret::Secret;
use crate::target::client::Client;
use crate::target::outgoing::Outgoing;

#[test]
fn connections_are_kept() {
    let (url, _requests) = server(|stream, count| {
        write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nPort: {}\r\n\r\n{}", port(stream), count % 10).unwrap();
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let client = Client::new(&connection(&url)).unwrap();
    let ports: Vec<String> = runtime.block_on(async {
        let mut ports = Vec::new();
        for _ in 0..3 {
            let response = answered(client.send(patch()).await);
            ports.push(response.header("port").unwrap().to_owned());
        }
        ports
    });
    assert_eq!(ports[0], ports[2]);
}

fn port(stream: &TcpStream) -> u16 {
    stream.peer_addr().unwrap().port()
}

#[test]
fn a_get_survives_a_kept_connection_that_ends_and_a_patch_says_so() {
    for (method, survives) in [("GET", true), ("PATCH", false)] {
        let (url, _requests) = server(|stream, count| {
            if count == 1 {
                stream.shutdown(std::net::Shutdown::Both).unwrap();
            } else {
                stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").unwrap();
            }
        });
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let client = Client::new(&connection(&url)).unwrap();
        let request = || Outgoing { method: method.into(), ..patch() };
        let second = runtime.block_on(async {
            client.send(request()).await;
            client.send(request()).await
        });
        assert_eq!(second.status().is_some(), survives);
    }
}

/// What closes an idle connection is no answer to the request that it crosses; a 408 over a new connection is one.
#[test]
fn a_408_that_closes_a_kept_connection_is_no_answer() {
    for (first, wanted) in [(1, 200), (0, 408)] {
        let (url, _requests) = server(move |stream, count| {
            if count == first {
                write!(stream, "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                    .unwrap();
                stream.shutdown(std::net::Shutdown::Both).unwrap();
            } else {
                stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").unwrap();
            }
        });
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let client = Client::new(&connection(&url)).unwrap();
        let last = runtime.block_on(async {
            for _ in 0..first {
                client.send(patch()).await;
            }
            client.send(patch()).await
        });
        assert_eq!(last.status(), Some(wanted));
    }
}

#[test]
fn connections_that_never_last_are_not_kept() {
    let (url, _requests) = server(|stream, count| {
        if matches!(count, 1 | 3 | 5) {
            let _ = stream.shutdown(std::net::Shutdown::Both);
        } else {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
        }
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let client = Client::new(&connection(&url)).unwrap();
    let told: Vec<bool> =
        (0..12).map(|_| matches!(runtime.block_on(client.send(patch())).outcome, Outcome::Answered(_))).collect();
    let broken: Vec<usize> = (0..told.len()).filter(|at| !told[*at]).collect();
    assert_eq!(broken, [1, 3, 5], "each after one that went well, until none is kept");
}

/// Sends updates to a server that ends each connection, without a word, once it has carried so many; tells how many got
/// no answer, and how many connections it took.
fn sent_over(lasts: usize, updates: usize) -> (usize, usize) {
    let ports: Mutex<Vec<u16>> = Mutex::default();
    let (tell, connections) = std::sync::mpsc::channel();
    let (url, _requests) = server(move |stream, _| {
        let port = stream.peer_addr().unwrap().port();
        let mut ports = ports.lock().unwrap();
        ports.push(port);
        let carried = ports.iter().filter(|known| **known == port).count();
        if carried == 1 {
            tell.send(()).unwrap();
        }
        if carried > lasts {
            let _ = stream.shutdown(std::net::Shutdown::Both);
        } else {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
        }
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let client = Client::new(&connection(&url)).unwrap();
    let broken = (0..updates).filter(|_| matches!(runtime.block_on(client.send(patch())).outcome, Outcome::Broken(_)));
    (broken.count(), connections.try_iter().count())
}

#[test]
fn connections_that_last_for_a_few_exchanges_are_not_kept() {
    let (broken, connections) = sent_over(3, 40);
    assert_eq!(broken, 3, "until it is clear that none lasts");
    assert_eq!(connections, 3 + 28, "four requests over each of the first three, and one over each of the others");
}

#[test]
fn connections_that_last_are_kept_though_they_end() {
    let (broken, connections) = sent_over(30, 31 * 5);
    assert_eq!((broken, connections), (5, 5), "all are used to their end");
}

/// A server that answers a long request when it has seen its head, reads no more, and keeps the connection.
fn early() -> std::net::SocketAddr {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        let mut open = Vec::new();
        for mut stream in listener.incoming().take(2).flatten() {
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                let mut octet = [0];
                if stream.read_exact(&mut octet).is_err() {
                    break;
                }
                head.push(octet[0]);
            }
            let text = String::from_utf8_lossy(&head).to_ascii_lowercase();
            let status = if text.contains("content-length: 300000") || text.contains("content-length: 8388608") {
                "413 Content Too Large"
            } else {
                "200 OK"
            };
            write!(stream, "HTTP/1.1 {status}\r\nContent-Length: 2\r\n\r\n{{}}").unwrap();
            open.push(stream);
        }
    });
    addr
}

#[test]
fn a_connection_on_which_not_all_was_sent_carries_nothing_more() {
    for (length, proxied) in [(300_000, false), (8 << 20, false), (8 << 20, true)] {
        let addr = early();
        let mut connection = connection(&format!("http://{addr}"));
        if proxied {
            connection.base_url = "http://service.test/v1.0".to_owned();
            connection.proxy = Some(Secret::new(format!("http://{addr}")));
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let client = Client::new(&connection).unwrap();
        let long = Outgoing { body: Some(vec![b' '; length].into()), ..patch() };
        let statuses: Vec<u16> = runtime.block_on(async {
            let long = answered(client.send(long).await).status;
            vec![long, answered(client.send(patch()).await).status]
        });
        assert_eq!(statuses, [413, 200], "{length} octets, proxied: {proxied}");
    }
}
