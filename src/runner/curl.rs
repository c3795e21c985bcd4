//! The command that repeats a request, octet by octet.

use std::fmt::Write as _;
use std::sync::LazyLock;

use crate::model::exchange::SentRequest;
use crate::model::request::Auth;
use crate::model::secret::TOKEN_PLACEHOLDER;
use crate::model::token_variables::{PLACEHOLDERS, TokenVariables};
use crate::model::wire::Wire;

/// A longer body does not stand in a command line.
const BODY: usize = 4096;

/// Seconds after which a request that never ends is cut off.
const CUT: &str = "3";

/// A curl command for bash, zsh and the like; the token stays in the environment, in the variable named here. What went
/// along that curl cannot send stands behind it, as an argument of the command that does nothing: not every shell that
/// people type into has comments.
pub(super) fn line(request: &SentRequest, wire: Wire, auth: Auth, variables: &TokenVariables) -> String {
    let mut words: Vec<String> = ["curl", "-i", "--path-as-is", "-X", &request.method].map(str::to_owned).into();
    let quoted = |text: &str| quoted(text.as_bytes(), variables);
    let field = |words: &mut Vec<String>, text: &str| words.extend(["-H".to_owned(), quoted(text)]);
    for (name, value) in &request.headers {
        match near_miss(auth, variables).filter(|_| name.eq_ignore_ascii_case("authorization")) {
            Some(made) => words.extend(["-H".to_owned(), format!("\"{name}: {made}\"")]),
            None => field(&mut words, &format!("{name}: {value}")),
        }
    }
    let mut body: &[u8] = &request.body;
    let mut before = String::new();
    match wire {
        _ if wire.is_chunked() && !wire.is_cut_off() => {
            let is_named = request.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("transfer-encoding"));
            if !is_named {
                field(&mut words, "Transfer-Encoding: chunked");
            }
        }
        Wire::CutOff(missing) | Wire::Reset(missing) => {
            field(&mut words, &format!("Content-Length: {}", body.len()));
            body = &body[..body.len().saturating_sub(missing)];
            words.extend(["--max-time", CUT].map(str::to_owned));
        }
        Wire::ChunkedCutOff(_) => {
            // What feeds curl outlives it, so the last chunk never comes.
            before = format!("{{ printf %s {}; sleep 9; }} | ", literal(body));
            field(&mut words, "Expect:");
            words.extend(["-T", "-", "--max-time", CUT].map(str::to_owned));
            body = &[];
        }
        _ => {}
    }
    if !body.is_empty() {
        words.push("--data-binary".to_owned());
        // No argument holds a NUL.
        let stands = body.len() <= BODY && !body.contains(&0);
        words.push(if stands { literal(body) } else { "@body.json".to_owned() });
    }
    words.push(quoted(&request.url));
    let besides = besides(wire, auth == Auth::Trailer && request.token.is_some());
    let after = besides.map(|told| format!("; : {}", quoted(&told))).unwrap_or_default();
    before + &words.join(" ") + &after
}

/// The value of Authorization, between double quotes, where a shell can make it of the valid token.
fn near_miss(auth: Auth, variables: &TokenVariables) -> Option<String> {
    let shown = variables.shown(TOKEN_PLACEHOLDER);
    let name = shown.strip_prefix('$')?;
    let made = match auth {
        Auth::NearMiss => format!("${{{name}:0:-3}}A${{{name}: -2}}"),
        Auth::FirstChanged => format!("A${{{name}#?}}"),
        Auth::LastChanged => format!("${{{name}%?}}A"),
        Auth::Prefixed => format!("A{shown}"),
        Auth::Extended => format!("${{{name}}}A"),
        Auth::Truncated => format!("${{{name}%?}}"),
        Auth::Spaced => format!("${{{name}:0:-4}} ${{{name}: -4}}"),
        Auth::Doubled => format!("{shown}, {shown}"),
        Auth::Quoted => format!("\\\"{shown}\\\""),
        Auth::Capitals => format!("$(printf %s \"{shown}\" | tr a-z A-Z)"),
        Auth::Encoded => format!("$(printf %s \"{shown}\" | base64 | tr -d '\\n')"),
        _ => return None,
    };
    Some(format!("Bearer {made}"))
}

/// What no option of curl sends: what stands beside the sizes of chunks, and behind the last of them.
fn besides(wire: Wire, trails: bool) -> Option<String> {
    match wire {
        Wire::ChunkExtensions(_) => {
            Some(format!("curl cannot send what each chunk had behind its size: {}", Wire::EXTENSION))
        }
        Wire::ChunkTrailer(_) => {
            let (name, value) = Wire::TRAILER;
            let token = format!("Authorization: Bearer {TOKEN_PLACEHOLDER}");
            let field = if trails { token } else { format!("{name}: {value}") };
            Some(format!("curl cannot send the trailer field that went behind the last chunk: {field}"))
        }
        Wire::Pause(pause) => Some(format!("curl sends without a pause what went with one {}", pause.place())),
        _ => None,
    }
}

/// What stands for a token: the only thing that the shell is to fill in.
static TOKENS: LazyLock<regex::bytes::Regex> = LazyLock::new(|| {
    let names = PLACEHOLDERS.map(regex::escape).join("|");
    #[expect(clippy::expect_used, reason = "so few names, escaped, are a pattern")]
    regex::bytes::Regex::new(&format!("(?:{names})\\b")).expect("the names of the tokens are a pattern")
});

/// A word for the shell, in which it fills in tokens and nothing else: what a server gave may stand in it. No content has a
/// token to be filled in.
fn quoted(word: &[u8], variables: &TokenVariables) -> String {
    let mut out = String::new();
    let mut end = 0;
    let mut named = String::new();
    for token in TOKENS.find_iter(word) {
        let before = &word[end..token.start()];
        if !before.is_empty() {
            out.push_str(&literal(before));
        }
        let variable = variables.shown(std::str::from_utf8(token.as_bytes()).unwrap_or_default());
        // Two quoted parts side by side are one word.
        let _ = write!(out, "\"{variable}\"");
        named.push_str(&String::from_utf8_lossy(before));
        named.push_str(variable);
        end = token.end();
    }
    let rest = &word[end..];
    if !rest.is_empty() || word.is_empty() {
        out.push_str(&literal(rest));
    }
    named.push_str(&String::from_utf8_lossy(rest));
    // In double quotes as a whole where nothing in it says anything to the shell.
    match std::str::from_utf8(word) {
        Ok(text) if end > 0 && text.chars().all(is_plain) && says_nothing(text) => format!("\"{named}\""),
        _ => out,
    }
}

/// Outside of its tokens the text has nothing that means something to a shell within double quotes.
fn says_nothing(text: &str) -> bool {
    let mut rest = text.as_bytes();
    let mut clean = true;
    while let Some(token) = TOKENS.find(rest) {
        clean &= !rest[..token.start()].iter().any(|octet| b"$`\"\\!".contains(octet));
        rest = &rest[token.end()..];
    }
    clean && !rest.iter().any(|octet| b"$`\"\\!".contains(octet))
}

/// A character that every report shows as it is.
fn is_plain(c: char) -> bool {
    if c.is_ascii() { !c.is_ascii_control() } else { c.is_alphanumeric() }
}

/// Octets that the shell takes as they are. What cannot be seen, or is no UTF-8, stands as an escape in `$'…'`, so that
/// no report alters it.
fn literal(octets: &[u8]) -> String {
    match std::str::from_utf8(octets) {
        Ok(text) if text.chars().all(is_plain) => shell_words::quote(text).into_owned(),
        _ => {
            let mut out = String::from("$'");
            for chunk in octets.utf8_chunks() {
                for c in chunk.valid().chars() {
                    match c {
                        '\'' | '\\' => out.extend(['\\', c]),
                        '\n' => out.push_str("\\n"),
                        '\r' => out.push_str("\\r"),
                        '\t' => out.push_str("\\t"),
                        c if is_plain(c) => out.push(c),
                        c => escaped(&mut out, c.encode_utf8(&mut [0; 4]).as_bytes()),
                    }
                }
                escaped(&mut out, chunk.invalid());
            }
            out.push('\'');
            out
        }
    }
}

/// Octets as escapes of three octal digits: what follows cannot be taken for a part of them.
fn escaped(out: &mut String, octets: &[u8]) {
    for octet in octets {
        // Writing to a String cannot fail.
        let _ = write!(out, "\\{octet:03o}");
    }
}

#[cfg(test)]
mod tests;
