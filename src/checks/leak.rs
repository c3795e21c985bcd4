//! Nothing leaks: no response holds the token that was sent, and no error body shows internals.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};

use super::scene::{Findings, Scene};
use super::{Check, Scope};
use crate::json::escape;
use crate::model::exchange::SentRequest;
use crate::model::finding::Place;

pub(super) const TOKEN: Check = Check {
    name: "token-leak",
    rule: "No response holds the Bearer token that was sent, nor any run of 16 or more characters of it.",
    requirements: &["REQ-SEC-001"],
    scope: Scope::EveryAnswer,
    run: token,
};

pub(super) const INTERNALS: Check = Check {
    name: "internals",
    rule: "Error bodies contain no stack trace, source path or exception dump.",
    requirements: &["REQ-SEC-002"],
    scope: Scope::EveryResponse,
    run: internals,
};

fn token(scene: &Scene<'_>, findings: &mut Findings) {
    let request = &scene.exchange().request;
    let Some(token) = request.token.as_ref().filter(|_| !asks_by_digest(request)) else { return };
    let leaks = |octets: &[u8]| {
        token.leaks_in(octets)
            || (memchr::memchr(b'%', octets).is_some()
                && token.leaks_in(&percent_encoding::percent_decode(octets).collect::<Vec<u8>>()))
    };
    if scene.response.reason.as_ref().is_some_and(|reason| leaks(reason.as_bytes())) {
        let message = "The reason phrase holds the token that was sent.";
        findings.add(scene.finding("REQ-SEC-001", Place::Status, message).actual("***"));
    }
    // One search for all of them: which one it is matters only where there is one.
    let headers = &scene.response.headers;
    let mut values = Vec::with_capacity(headers.iter().map(|(_, value)| value.len() + 1).sum());
    for (_, value) in headers {
        values.extend_from_slice(value.as_bytes());
        values.push(b'\n');
    }
    let suspected = if leaks(&values) { headers.as_slice() } else { &[] };
    for (name, value) in suspected {
        if leaks(value.as_bytes()) {
            let place = Place::Header(name.to_ascii_lowercase());
            findings
                .add(scene.finding("REQ-SEC-001", place, "The header holds the token that was sent.").actual("***"));
        }
    }
    let body = &scene.response.body;
    let unescaped =
        || is_disguised(body) && scene.response.json().is_some_and(|value| token.leaks_in(plain(value).as_bytes()));
    if leaks(body) || unescaped() {
        findings.add(
            scene
                .finding("REQ-SEC-001", Place::Body(String::new()), "The body holds the token that was sent.")
                .actual("***"),
        );
    }
}

/// A character that a token may have can stand escaped in the body: of the escapes of JSON these are `\/` and `\u` with digits
/// (RFC 8259, section 7; RFC 6750, section 2.1).
fn is_disguised(body: &[u8]) -> bool {
    memchr::memchr_iter(b'\\', body).any(|at| matches!(body.get(at + 1), Some(b'u' | b'/')))
}

/// The credentials are of the scheme Digest, which hold no token; what a challenge of that scheme shares with them, such
/// as the name of a parameter, is no secret (RFC 7616, section 3.3).
fn asks_by_digest(request: &SentRequest) -> bool {
    request.header("authorization").is_some_and(|line| line.starts_with("Digest "))
}

/// All names and strings of a value, JSON-unescaped, one a line.
fn plain(value: &serde_json::Value) -> String {
    fn collect(value: &serde_json::Value, out: &mut String) {
        match value {
            serde_json::Value::String(text) => {
                out.push_str(text);
                out.push('\n');
            }
            serde_json::Value::Array(items) => items.iter().for_each(|item| collect(item, out)),
            serde_json::Value::Object(members) => {
                for (name, member) in members {
                    out.push_str(name);
                    out.push('\n');
                    collect(member, out);
                }
            }
            _ => {}
        }
    }
    let mut out = String::new();
    collect(value, &mut out);
    out
}

/// Traces of the usual runtimes, as the test of REQ-SEC-002 lists them and a few of the same kind.
const TRACES: [&str; 27] = [
    "   at ",
    ".cs:line",
    "Traceback (most recent call last)",
    "Traceback",
    "goroutine ",
    "panicked at",
    "Exception in thread",
    "node_modules/",
    "File \"/",
    ".java:",
    "at [Source:",
    "java.lang.",
    "java.sql.",
    "java.util.",
    "Stack trace:",
    "/usr/src/",
    ".php on line",
    ".go:",
    ".rs:",
    ".rb:",
    ".kt:",
    ".pm line ",
    "** (",
    "(file:///",
    "/var/www/",
    "\\inetpub\\",
    "--- End of inner exception stack trace",
];

/// Finds the first of [`TRACES`].
static SEARCH: LazyLock<AhoCorasick> = LazyLock::new(|| {
    let search = AhoCorasick::builder().match_kind(MatchKind::LeftmostFirst).build(TRACES);
    #[expect(clippy::expect_used, reason = "so few short texts are far from any limit of the search")]
    search.expect("the traces can be searched for")
});

/// Where the first trace begins.
fn first_trace(octets: &[u8]) -> Option<usize> {
    Some(SEARCH.find(octets)?.start())
}

/// Characters shown before and after the beginning of a trace.
const BEFORE: usize = 40;
const AFTER: usize = 120;

fn internals(scene: &Scene<'_>, findings: &mut Findings) {
    let body = &scene.response.body;
    // As above: where nothing is escaped, what stands in a name or string stands in the body.
    if scene.response.status < 400 || !body.contains(&b'\\') && first_trace(body).is_none() {
        return;
    }
    let mut shown = None;
    if let Some(value) = scene.response.json() {
        trace_in(value, "", &mut shown);
    } else if let Ok(text) = std::str::from_utf8(body) {
        shown = around(text).map(|trace| (String::new(), trace));
    }
    if let Some((pointer, trace)) = shown {
        findings.add(
            scene
                .finding("REQ-SEC-002", Place::Body(pointer), "The error body shows internals of the service.")
                .expected("no stack trace, source path or exception dump")
                .actual(trace),
        );
    }
}

/// The first name or string of a value that shows a trace: its place, and the trace with a little around it.
fn trace_in(value: &serde_json::Value, at: &str, shown: &mut Option<(String, String)>) {
    match value {
        _ if shown.is_some() => {}
        serde_json::Value::String(text) => *shown = around(text).map(|trace| (at.to_owned(), trace)),
        serde_json::Value::Array(items) => {
            items.iter().enumerate().for_each(|(i, item)| trace_in(item, &format!("{at}/{i}"), shown));
        }
        serde_json::Value::Object(members) => {
            for (name, member) in members {
                let at = format!("{at}/{}", escape(name));
                if shown.is_none() {
                    *shown = around(name).map(|trace| (at.clone(), trace));
                }
                trace_in(member, &at, shown);
            }
        }
        _ => {}
    }
}

/// The first trace in the text, and a little around it.
fn around(text: &str) -> Option<String> {
    let at = first_trace(text.as_bytes())?;
    let start = text[..at].char_indices().rev().nth(BEFORE).map_or(0, |(start, _)| start);
    let end = text[at..].char_indices().nth(AFTER).map_or(text.len(), |(end, _)| at + end);
    let (front, back) = (if start > 0 { "…" } else { "" }, if end < text.len() { "…" } else { "" });
    Some(format!("{front}{}{back}", &text[start..end]))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn found(value: &serde_json::Value) -> Option<(String, String)> {
        let mut shown = None;
        trace_in(value, "", &mut shown);
        shown
    }

    #[test]
    fn every_trace_is_looked_for() {
        for trace in TRACES {
            assert_eq!(first_trace(format!("x {trace}").as_bytes()), Some(2), "{trace}");
        }
    }

    #[test]
    fn a_trace_is_told_with_its_place_and_a_little_around_it() {
        let long = format!("{} boom\n   at Jobs.Update() in Jobs.cs:line 12{}", "ä".repeat(100), "z".repeat(200));
        let (pointer, trace) = found(&json!({"error": {"code": "x", "innerError": {"a/b": long}}})).unwrap();
        assert_eq!(pointer, "/error/innerError/a~1b");
        assert!(trace.starts_with("…ä") && trace.ends_with("z…"), "{trace}");
        assert!(trace.contains("boom\n   at Jobs.Update() in Jobs.cs:line 12"), "{trace}");
        assert_eq!(
            found(&json!({"error": [{"Traceback": 1}]})),
            Some(("/error/0/Traceback".into(), "Traceback".into()))
        );
        assert_eq!(found(&json!({"error": {"message": "The status is at fault."}})), None);
    }
}
