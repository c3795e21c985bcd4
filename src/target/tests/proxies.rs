//! Every kind of request through a SOCKS proxy, to a plain target and to one behind TLS.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread;

use super::server::answers;
use super::{answered, connection, kind, patch, raw, send_with, tls};
use crate::model::exchange::BrokenKind;
use crate::model::secret::Secret;
use crate::target::{Connection, Outgoing};

/// A SOCKS5 proxy that asks for user and password (RFC 1928, RFC 1929); its port.
fn socks5() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for client in listener.incoming().flatten() {
            thread::spawn(move || serve(client));
        }
    });
    port
}

fn serve(mut client: TcpStream) -> io::Result<()> {
    let some = |client: &mut TcpStream, count: usize| {
        let mut octets = vec![0; count];
        client.read_exact(&mut octets).map(|()| octets)
    };
    let methods = usize::from(some(&mut client, 2)?[1]);
    some(&mut client, methods)?;
    client.write_all(&[5, 2])?;
    let user = usize::from(some(&mut client, 2)?[1]);
    let user = some(&mut client, user)?;
    let password = usize::from(some(&mut client, 1)?[0]);
    let password = some(&mut client, password)?;
    let right = (user, password) == (b"user".to_vec(), b"secret".to_vec());
    client.write_all(&[1, u8::from(!right)])?;
    let host = match some(&mut client, 4)?[3] {
        1 => some(&mut client, 4)?.iter().map(u8::to_string).collect::<Vec<_>>().join("."),
        3 => {
            let length = usize::from(some(&mut client, 1)?[0]);
            String::from_utf8_lossy(&some(&mut client, length)?).into_owned()
        }
        4 => {
            let octets: [u8; 16] = some(&mut client, 16)?.try_into().unwrap();
            std::net::Ipv6Addr::from(octets).to_string()
        }
        other => panic!("address type {other}"),
    };
    let port = some(&mut client, 2)?;
    let mut target = TcpStream::connect((host, u16::from_be_bytes([port[0], port[1]])))?;
    client.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0])?;
    let (mut back, mut to_client) = (target.try_clone()?, client.try_clone()?);
    thread::spawn(move || {
        let _ = io::copy(&mut back, &mut to_client);
        let _ = to_client.shutdown(Shutdown::Write);
    });
    io::copy(&mut client, &mut target)?;
    target.shutdown(Shutdown::Write)
}

fn through(scheme: &str, port: u16, to: Connection) -> Connection {
    Connection { proxy: Some(Secret::new(format!("{scheme}://user:secret@127.0.0.1:{port}"))), ..to }
}

#[test]
fn every_request_goes_through_a_socks_proxy() {
    let (url, requests) = answers("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
    let port = socks5();
    for scheme in ["socks5", "socks5h"] {
        let plain = through(scheme, port, connection(&url));
        let secure = through(scheme, port, tls::server());
        for outgoing in [patch(), raw(), Outgoing { fresh: true, ..patch() }] {
            assert_eq!(answered(send_with(&plain, outgoing.clone())).status, 200, "{scheme}");
            assert!(requests.recv().unwrap().starts_with("PATCH /v1.0/dataClassification/jobs/1 HTTP/1.1"), "{scheme}");
            assert_eq!(answered(send_with(&secure, outgoing)).status, 200, "{scheme}");
        }
    }
}

#[test]
fn an_address_goes_through_a_socks_proxy_as_it_is() {
    let Ok(listener) = TcpListener::bind("[::1]:0") else { return };
    let url = format!("http://{}/v1.0", listener.local_addr().unwrap());
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        }
    });
    let connection = through("socks5", socks5(), connection(&url));
    for outgoing in [Outgoing { body: None, ..patch() }, Outgoing { body: None, ..raw() }] {
        assert_eq!(answered(send_with(&connection, outgoing)).status, 200);
    }
}

#[test]
fn a_socks_proxy_that_refuses_is_named() {
    let (url, _requests) = answers("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let exchange = send_with(&through("socks5", gone, connection(&url)), raw());
    assert_eq!(kind(&exchange), BrokenKind::Refused, "{exchange:?}");
    assert!(format!("{exchange:?}").contains("proxy 127.0.0.1: "), "{exchange:?}");
}
