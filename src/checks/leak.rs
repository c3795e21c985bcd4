//! Nothing leaks: no response holds the token that was sent, and no error body shows internals.

use super::scene::{Findings, Scene};
use super::{Check, LooksAt};
use crate::model::finding::Place;

pub(super) const TOKEN: Check = Check {
    name: "token-leak",
    rule: "No response holds the Bearer token that was sent, nor any run of 16 or more characters of it.",
    requirements: &["REQ-SEC-001"],
    looks_at: LooksAt::EveryResponse,
    run: token,
};

pub(super) const INTERNALS: Check = Check {
    name: "internals",
    rule: "Error bodies contain no stack trace, source path or exception dump.",
    requirements: &["REQ-SEC-002"],
    looks_at: LooksAt::EveryResponse,
    run: internals,
};

fn token(scene: &Scene<'_>, findings: &mut Findings) {
    let Some(token) = &scene.exchange().request.token else { return };
    let leaks = |octets: &[u8]| {
        token.leaks_in(octets)
            || (octets.contains(&b'%')
                && token.leaks_in(&percent_encoding::percent_decode(octets).collect::<Vec<u8>>()))
    };
    if scene.response.reason.as_ref().is_some_and(|reason| leaks(reason.as_bytes())) {
        let message = "The reason phrase holds the token that was sent.";
        findings.add(scene.finding("REQ-SEC-001", Place::Status, message).actual("***"));
    }
    for (name, value) in &scene.response.headers {
        if leaks(value.as_bytes()) {
            let place = Place::Header(name.to_ascii_lowercase());
            findings
                .add(scene.finding("REQ-SEC-001", place, "The header holds the token that was sent.").actual("***"));
        }
    }
    let body = &scene.response.body;
    // JSON escapes hide text only where there is a backslash.
    let unescaped =
        || body.contains(&b'\\') && scene.response.json().is_some_and(|value| token.leaks_in(plain(value).as_bytes()));
    if leaks(body) || unescaped() {
        findings.add(
            scene
                .finding("REQ-SEC-001", Place::Body(String::new()), "The body holds the token that was sent.")
                .actual("***"),
        );
    }
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
const TRACES: [&str; 15] = [
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
    "Stack trace:",
    "/usr/src/",
    ".php on line",
    ".go:",
    ".rs:",
];

fn internals(scene: &Scene<'_>, findings: &mut Findings) {
    if scene.response.status < 400 || scene.response.body.is_empty() {
        return;
    }
    let Some(value) = scene.response.json().map(plain).or_else(|| String::from_utf8(scene.response.body.to_vec()).ok())
    else {
        return;
    };
    if let Some(trace) = TRACES.iter().find(|trace| value.contains(**trace)) {
        findings.add(
            scene
                .finding("REQ-SEC-002", Place::Body(String::new()), "The error body shows internals of the service.")
                .expected("no stack trace, source path or exception dump")
                .actual(format!("… {trace} …")),
        );
    }
}
