//! What an error of the transport means: which kind of break it is, and its words without the URL.

use std::error::Error;
use std::io;

use crate::model::exchange::{Broken, BrokenKind};

/// A break with its words.
pub(super) fn broken(kind: BrokenKind, detail: impl Into<String>) -> Broken {
    let mut detail = detail.into();
    if let Some((_, advice)) = ADVICE.iter().find(|(sign, _)| kind == BrokenKind::Tls && detail.contains(sign)) {
        detail.push_str(advice);
    }
    Broken { kind, detail }
}

/// What words of the TLS library are a sign of, for people.
const ADVICE: [(&str, &str); 3] = [
    ("InvalidContentType", "; what answers there speaks no TLS: is it http://?"),
    ("CaUsedAsEndEntity", "; the certificate is that of an authority (CA:TRUE), and is not taken for a server's"),
    ("UnknownIssuer", "; the authority that signed it can be named with --cacert"),
];

/// A break out of an I/O error on a connection that stands.
pub(super) fn from_io(error: &io::Error) -> Broken {
    broken(while_connected(io_kind(error).unwrap_or(BrokenKind::Reset)), chain(error))
}

/// A connection that stands ends by a time-out of the network where the other side is gone.
fn while_connected(kind: BrokenKind) -> BrokenKind {
    if kind == BrokenKind::ConnectTimeout { BrokenKind::Timeout } else { kind }
}

/// A break out of an I/O error while connecting.
pub(super) fn from_connect(error: &io::Error) -> Broken {
    broken(io_kind(error).unwrap_or(BrokenKind::Refused), chain(error))
}

/// A break out of an error of the HTTP library.
pub(super) fn from_reqwest(error: reqwest::Error) -> Broken {
    let error = error.without_url();
    let mut kind = None;
    let mut next: Option<&(dyn Error + 'static)> = Some(&error);
    while let Some(link) = next {
        if let Some(io) = link.downcast_ref::<io::Error>() {
            kind = io_kind(io).or(kind);
            // The source of an I/O error is that of its inner error, which itself would be passed over.
            if let Some(inner) = io.get_ref() {
                next = Some(inner);
                continue;
            }
        } else if link.is::<rustls::Error>() {
            kind = Some(BrokenKind::Tls);
        } else if let Some(hyper) = link.downcast_ref::<hyper::Error>() {
            kind = if hyper.is_parse() {
                Some(BrokenKind::Malformed)
            } else if hyper.is_incomplete_message() || hyper.is_canceled() || hyper.is_closed() {
                Some(BrokenKind::Reset)
            } else {
                kind
            };
        }
        next = link.source();
    }
    let detail = chain(&error);
    let kind = kind.unwrap_or_else(|| match () {
        () if detail.contains("dns error") => BrokenKind::Dns,
        () if error.is_timeout() && error.is_connect() => BrokenKind::ConnectTimeout,
        () if error.is_timeout() => BrokenKind::Timeout,
        () if error.is_connect() => BrokenKind::Refused,
        () if error.is_builder() => BrokenKind::Unsendable,
        // What is left are violations of the HTTP/2 protocol and streams that the server reset.
        () if detail.contains("stream error") || detail.contains("connection closed") => BrokenKind::Reset,
        () => BrokenKind::Malformed,
    });
    let kind = if error.is_connect() { kind } else { while_connected(kind) };
    let kind = if error.is_connect() && detail.contains("dns error") { BrokenKind::Dns } else { kind };
    broken(kind, detail)
}

fn io_kind(error: &io::Error) -> Option<BrokenKind> {
    if matches!(error.get_ref(), Some(inner) if inner.is::<rustls::Error>()) {
        return Some(BrokenKind::Tls);
    }
    match error.kind() {
        io::ErrorKind::ConnectionRefused | io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => {
            Some(BrokenKind::Refused)
        }
        io::ErrorKind::TimedOut => Some(BrokenKind::ConnectTimeout),
        io::ErrorKind::ConnectionReset
        | io::ErrorKind::ConnectionAborted
        | io::ErrorKind::BrokenPipe
        | io::ErrorKind::NotConnected
        | io::ErrorKind::UnexpectedEof => Some(BrokenKind::Reset),
        _ => None,
    }
}

/// The words of an error and of its causes, each once.
pub(super) fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(link) = next {
        let words = link.to_string();
        if !text.contains(&words) {
            text.push_str(": ");
            text.push_str(&words);
        }
        next = link.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_that_stands_does_not_time_out_while_connecting() {
        let error = io::Error::from(io::ErrorKind::TimedOut);
        assert_eq!(from_io(&error).kind, BrokenKind::Timeout);
        assert_eq!(from_connect(&error).kind, BrokenKind::ConnectTimeout);
    }
}
