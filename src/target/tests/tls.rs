//! TLS on a real socket: HTTP/2 where it is offered, raw requests over HTTP/1.1, and whom the client trusts.
//!
//! `tls/localhost.pem` is a self-signed certificate for `localhost` and its key; both are for these tests only:
//!
//! ```text
//! openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 36500 -subj "/CN=patchproof test" \
//!   -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -addext basicConstraints=critical,CA:FALSE \
//!   -keyout localhost.key.pem -out localhost.pem
//! ```

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

use super::{answered, kind, patch, raw, send_with};
use crate::model::exchange::BrokenKind;
use crate::target::client::Outgoing;
use crate::target::connection::{Connection, TargetError};

fn pem(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/target/tests/tls").join(name)
}

/// Answers with what it saw: version, path, Authorization and the length of the body.
async fn echo(request: hyper::Request<Incoming>) -> Result<hyper::Response<Full<Bytes>>, hyper::Error> {
    let (head, body) = request.into_parts();
    let authorization = head.headers.get("authorization").and_then(|v| v.to_str().ok()).unwrap_or_default().len();
    let length = body.collect().await?.to_bytes().len();
    let text = format!("{:?} {} {authorization} {length}", head.version, head.uri.path());
    Ok(hyper::Response::new(Full::new(text.into())))
}

pub(super) fn server() -> Connection {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let chain = vec![CertificateDer::from_pem_file(pem("localhost.pem")).unwrap()];
    let key = PrivateKeyDer::from_pem_file(pem("localhost.key.pem")).unwrap();
    let builder = rustls::ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let mut config = builder.with_no_client_auth().with_single_cert(chain, key).unwrap();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let acceptor = TlsAcceptor::from(Arc::new(config));
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async move {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            loop {
                let (tcp, _) = listener.accept().await.unwrap();
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    let Ok(tls) = acceptor.accept(tcp).await else { return };
                    let builder = hyper_util::server::conn::auto::Builder::new(TokioExecutor::new());
                    let _ = builder.serve_connection(TokioIo::new(tls), service_fn(echo)).await;
                });
            }
        });
    });
    Connection { cacert: Some(pem("localhost.pem")), ..super::connection(&format!("https://localhost:{port}/v1.0")) }
}

fn seen(connection: &Connection, outgoing: Outgoing) -> (&'static str, String) {
    let response = answered(send_with(connection, outgoing));
    (response.version, String::from_utf8_lossy(&response.body).into_owned())
}

fn accepting(outgoing: Outgoing) -> Outgoing {
    let mut outgoing = outgoing;
    outgoing.headers.push(("Accept".into(), "application/json".into()));
    outgoing
}

#[test]
fn the_pool_speaks_http2_and_raw_requests_http1() {
    let connection = server();
    let body = "/v1.0/dataClassification/jobs/1 35 14";
    let pooled = seen(&connection, accepting(patch()));
    assert_eq!(pooled, ("HTTP/2", format!("HTTP/2.0 {body}")));
    let fresh = seen(&connection, Outgoing { fresh: true, ..accepting(patch()) });
    assert_eq!(fresh, ("HTTP/2", format!("HTTP/2.0 {body}")));
    assert_eq!(seen(&connection, raw()), ("HTTP/1.1", format!("HTTP/1.1 {body}")));
    // What the library would normalise, or add to, goes out as it is.
    let odd = Outgoing { path: "/a/%2e%2e/b".into(), ..accepting(patch()) };
    assert_eq!(seen(&connection, odd), ("HTTP/1.1", "HTTP/1.1 /v1.0/a/%2e%2e/b 35 14".to_owned()));
    assert_eq!(seen(&connection, patch()).0, "HTTP/1.1");
}

#[test]
fn who_is_not_trusted_is_a_tls_failure() {
    let trusting = server();
    let other = Connection { cacert: None, ..trusting.clone() };
    assert_eq!(kind(&send_with(&other, accepting(patch()))), BrokenKind::Tls);
    assert_eq!(kind(&send_with(&other, raw())), BrokenKind::Tls);
    let insecure = Connection { insecure: true, ..other };
    assert_eq!(seen(&insecure, accepting(patch())).0, "HTTP/2");
    assert_eq!(seen(&insecure, raw()).0, "HTTP/1.1");
}

#[test]
fn a_plain_server_behind_an_https_url_is_a_tls_failure() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            stream.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n").unwrap();
            let _ = stream.read(&mut [0; 1000]);
        }
    });
    let connection = Connection { insecure: true, ..super::connection(&url) };
    assert_eq!(kind(&send_with(&connection, accepting(patch()))), BrokenKind::Tls);
    assert_eq!(kind(&send_with(&connection, raw())), BrokenKind::Tls);
}

#[test]
fn unusable_files_and_urls_are_named() {
    let error = |connection: Connection| crate::target::Client::new(&connection).unwrap_err();
    let missing = Connection { cacert: Some("no-such.pem".into()), ..Connection::new("https://x.example") };
    assert!(matches!(error(missing), TargetError::File { what: "CA certificate", .. }));
    let no_key = Connection {
        cert: Some(pem("localhost.pem")),
        cacert: Some(pem("localhost.pem")),
        ..Connection::new("https://x.example")
    };
    assert!(matches!(error(no_key), TargetError::File { what: "client key", .. }));
    for url in ["ftp://x", "x.example/v1.0", "https://user:pw@x.example", "https://x.example/?a=b"] {
        let text = error(Connection::new(url)).to_string();
        assert!(text.starts_with("base URL `") && !text.contains("pw"), "{text}");
    }
    let proxy = Some(crate::model::secret::Secret::new("gopher://user:pw@x"));
    let text = error(Connection { proxy, ..Connection::new("http://x.example") }).to_string();
    assert!(text.starts_with("proxy URL: ") && !text.contains("pw"), "{text}");
}
