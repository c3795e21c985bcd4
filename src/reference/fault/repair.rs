//! Repairs content that is not JSON, as a lenient parser would.

use serde_json::Value;

use super::alter::patches;
use crate::reference::message::Request;

/// The content as text.
pub(super) fn text(request: &Request) -> String {
    String::from_utf8_lossy(&request.content).into_owned()
}

/// Whether the content is JSON.
pub(super) fn is_json(request: &Request) -> bool {
    serde_json::from_slice::<Value>(&request.content).is_ok()
}

/// Repairs the content of an update that is text, but not JSON.
pub(super) fn lenient(request: &mut Request, repair: fn(&str) -> String) {
    if patches(request)
        && !request.content.is_empty()
        && !is_json(request)
        && let Ok(text) = std::str::from_utf8(&request.content)
    {
        request.content = repair(text).into_bytes();
    }
}

/// Closes what is open: a string, then every bracket; a half member at the end is dropped.
pub(super) fn close(text: &str) -> String {
    let mut cut = text.trim_end().to_owned();
    if cut.len() > 10_000 || brackets(&cut).is_empty() {
        return cut;
    }
    while !cut.is_empty() {
        let closed = format!("{}{}", cut.trim_end_matches([',', ' ']), brackets(&cut));
        if serde_json::from_str::<Value>(&closed).is_ok() {
            return closed;
        }
        cut.pop();
    }
    text.to_owned()
}

/// The brackets that are missing at the end.
fn brackets(text: &str) -> String {
    let (mut open, mut quoted, mut escaped) = (Vec::new(), false, false);
    for letter in text.chars() {
        match letter {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '{' if !quoted => open.push('}'),
            '[' if !quoted => open.push(']'),
            '}' | ']' if !quoted => {
                open.pop();
            }
            _ => {}
        }
    }
    let quote = if quoted { "\"" } else { "" };
    quote.chars().chain(open.into_iter().rev()).collect()
}
