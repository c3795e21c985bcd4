//! The head of an HTTP/1.x response and how its content is framed (RFC 9112, sections 2 to 6).
//!
//! [`find`] looks for a whole head in what was read so far; it is pure, so it can be tried without a socket.

use crate::model::exchange::{Broken, BrokenKind};

use super::broken::broken;

/// Most octets of a head, and of each interim one before it.
pub(super) const MOST_HEAD: usize = 64 * 1024;
/// Header fields that cost no allocation of their own to parse.
const USUAL_FIELDS: usize = 48;
/// Most header fields.
const MOST_FIELDS: usize = 1024;

/// A parsed head.
#[derive(Debug)]
pub(super) struct Head {
    /// Status code.
    pub(super) status: u16,
    /// Reason phrase, where it is another than the registered one.
    pub(super) reason: Option<String>,
    /// `HTTP/1.0` or `HTTP/1.1`.
    pub(super) version: &'static str,
    /// Fields in order.
    pub(super) headers: Vec<(String, String)>,
    /// Octets of the head.
    pub(super) length: usize,
}

/// How the end of the content is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Framing {
    /// There is none.
    Nothing,
    /// So many octets.
    Length(u64),
    /// In chunks.
    Chunked,
    /// The connection ends with it.
    UntilClose,
}

/// The head at the start of `octets`, or `None` when more has to be read. `searched` is how much of `octets` an
/// earlier call has seen, so that a head that drips in is not parsed again for every octet.
pub(super) fn find(octets: &[u8], searched: usize) -> Result<Option<Head>, Broken> {
    let start = &octets[..octets.len().min(5)];
    if !b"HTTP/".starts_with(start) {
        return Err(malformed(format!("the answer does not begin with `HTTP/` but with {}", shown(octets))));
    }
    let from = searched.saturating_sub(3);
    if !ends_a_head(&octets[from..]) {
        if octets.len() > MOST_HEAD {
            return Err(malformed(format!("a head of more than {MOST_HEAD} octets")));
        }
        return Ok(None);
    }
    let mut few = [httparse::EMPTY_HEADER; USUAL_FIELDS];
    match parse(octets, &mut few) {
        Err(httparse::Error::TooManyHeaders) => {}
        result => return result.map_err(|error| malformed(error.to_string())),
    }
    parse(octets, &mut vec![httparse::EMPTY_HEADER; MOST_FIELDS]).map_err(|error| match error {
        httparse::Error::TooManyHeaders => malformed(format!("more than {MOST_FIELDS} header fields")),
        error => malformed(error.to_string()),
    })
}

fn ends_a_head(octets: &[u8]) -> bool {
    memchr::memchr_iter(b'\n', octets).any(|at| {
        let rest = &octets[at + 1..];
        rest.starts_with(b"\n") || rest.starts_with(b"\r\n")
    })
}

fn parse<'a>(octets: &'a [u8], fields: &mut [httparse::Header<'a>]) -> Result<Option<Head>, httparse::Error> {
    let mut response = httparse::Response::new(fields);
    let httparse::Status::Complete(length) = response.parse(octets)? else { return Ok(None) };
    let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
    Ok(Some(Head {
        status: response.code.unwrap_or_default(),
        reason: unusual(response.code.unwrap_or_default(), response.reason.unwrap_or_default().as_bytes()),
        version: if response.version == Some(0) { "HTTP/1.0" } else { "HTTP/1.1" },
        headers: response.headers.iter().map(|field| (field.name.to_owned(), text(field.value))).collect(),
        length,
    }))
}

/// A reason phrase that says something: it is not the registered one of the status.
pub(super) fn unusual(status: u16, reason: &[u8]) -> Option<String> {
    let registered = http::StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
    let says = !reason.is_empty() && registered.is_none_or(|known| known.as_bytes() != reason);
    says.then(|| String::from_utf8_lossy(reason).into_owned())
}

impl Head {
    /// The values of a field, by name without regard to case.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers.iter().filter(move |(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
    }

    /// How the content of this response to `method` is framed. Of several lengths the smallest counts, so that nothing is
    /// waited for in vain; no content is read where none of them is a number.
    pub(super) fn framing(&self, method: &str) -> Framing {
        if method == "HEAD" || matches!(self.status, 100..=199 | 204 | 304) {
            return Framing::Nothing;
        }
        if let Some(codings) = self.all("transfer-encoding").last() {
            let last = codings.rsplit(',').next().unwrap_or_default().trim();
            return if last.eq_ignore_ascii_case("chunked") { Framing::Chunked } else { Framing::UntilClose };
        }
        if self.lengths().next().is_none() {
            return Framing::UntilClose;
        }
        self.lengths().flatten().min().map_or(Framing::Nothing, Framing::Length)
    }

    /// Whether Content-Length, where there is one, is one number. Otherwise nobody knows where the next response begins,
    /// and the connection is of no further use (RFC 9112, section 6.3).
    pub(super) fn length_is_sound(&self) -> bool {
        let mut lengths = self.lengths();
        let first = lengths.next().unwrap_or(Some(0));
        first.is_some() && lengths.all(|other| other == first)
    }

    /// The values of Content-Length, each with its number.
    fn lengths(&self) -> impl Iterator<Item = Option<u64>> {
        self.all("content-length").flat_map(|value| value.split(',')).map(str::trim).map(|digits| {
            let is_number = !digits.is_empty() && digits.bytes().all(|octet| octet.is_ascii_digit());
            is_number.then(|| digits.parse().unwrap_or(u64::MAX))
        })
    }

    /// Transfer codings other than chunked, which nobody asked for.
    pub(super) fn foreign_transfer_coding(&self) -> Option<String> {
        let coding =
            |c: &str| !c.is_empty() && !c.eq_ignore_ascii_case("chunked") && !c.eq_ignore_ascii_case("identity");
        self.all("transfer-encoding").flat_map(|v| v.split(',')).map(str::trim).find(|c| coding(c)).map(str::to_owned)
    }

    /// Whether the connection may carry another exchange.
    pub(super) fn keeps_alive(&self) -> bool {
        let mut said = self.all("connection").flat_map(|value| value.split(',')).map(str::trim);
        if self.version == "HTTP/1.0" {
            said.any(|option| option.eq_ignore_ascii_case("keep-alive"))
        } else {
            !said.any(|option| option.eq_ignore_ascii_case("close"))
        }
    }
}

fn malformed(detail: impl Into<String>) -> Broken {
    broken(BrokenKind::Malformed, detail)
}

/// The first octets of something, safe to show.
pub(super) fn shown(octets: &[u8]) -> String {
    let start = &octets[..octets.len().min(40)];
    format!("`{}`", start.escape_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(text: &str) -> Head {
        find(text.as_bytes(), 0).unwrap().unwrap()
    }

    fn kind(text: &str) -> BrokenKind {
        find(text.as_bytes(), 0).unwrap_err().kind
    }

    #[test]
    fn reads_a_head_however_it_arrives() {
        let text = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX: caf\u{e9}\r\n\r\n{}";
        assert!((0..text.len() - 2).all(|n| find(&text.as_bytes()[..n], n.saturating_sub(1)).unwrap().is_none()));
        let read = head(text);
        assert_eq!((read.status, read.version, read.length), (200, "HTTP/1.1", text.len() - 2));
        assert_eq!(read.framing("PATCH"), Framing::Length(2));
        assert_eq!(read.framing("HEAD"), Framing::Nothing);
    }

    #[test]
    fn names_what_is_not_http() {
        assert_eq!(kind("SSH-2.0-OpenSSH"), BrokenKind::Malformed);
        assert_eq!(kind("HTTP/1.1 abc\r\n\r\n"), BrokenKind::Malformed);
        assert_eq!(kind(&format!("HTTP/1.1 200 OK\r\n{}\r\n", "a: b\r\n".repeat(2000))), BrokenKind::Malformed);
        assert_eq!(kind(&format!("HTTP/1.1 200 OK\r\na: {}", "b".repeat(MOST_HEAD))), BrokenKind::Malformed);
    }

    #[test]
    fn knows_the_framings() {
        let framing = |fields: &str| head(&format!("HTTP/1.1 200 OK\r\n{fields}\r\n")).framing("GET");
        assert_eq!(framing("Transfer-Encoding: gzip, chunked\r\n"), Framing::Chunked);
        assert_eq!(framing("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n"), Framing::Chunked);
        assert_eq!(framing("Content-Length: 3, 3\r\n"), Framing::Length(3));
        assert_eq!(framing(""), Framing::UntilClose);
        assert_eq!(framing("Content-Length: 5\r\nContent-Length: 4\r\n"), Framing::Length(4));
        assert_eq!(framing("Content-Length: -1\r\n"), Framing::Nothing);
        let sound = |fields: &str| head(&format!("HTTP/1.1 200 OK\r\n{fields}\r\n")).length_is_sound();
        assert!(sound("") && sound("Content-Length: 3, 3\r\n"));
        assert!(!sound("Content-Length: 3\r\nContent-Length: 4\r\n") && !sound("Content-Length: x\r\n"));
        assert_eq!(head("HTTP/1.1 204 x\r\nContent-Length: 3\r\n\r\n").framing("GET"), Framing::Nothing);
    }

    #[test]
    fn knows_when_a_connection_goes_on() {
        assert!(head("HTTP/1.1 200 OK\r\n\r\n").keeps_alive());
        assert!(!head("HTTP/1.1 200 OK\r\nConnection: x, Close\r\n\r\n").keeps_alive());
        assert!(!head("HTTP/1.0 200 OK\r\n\r\n").keeps_alive());
    }
}
