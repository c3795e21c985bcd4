//! The command that repeats a request, octet by octet.

use std::fmt::Write as _;

use crate::model::exchange::SentRequest;
use crate::model::request::Wire;

/// A longer body does not stand in a command line.
const BODY: usize = 4096;

/// Seconds after which a request that never ends is cut off.
const CUT: &str = "3";

/// A curl command for bash, zsh and the like; the token stays in the environment.
pub(super) fn line(request: &SentRequest, wire: Wire) -> String {
    let mut words: Vec<String> = ["curl", "-i", "--path-as-is", "-X", &request.method].map(str::to_owned).into();
    let field = |words: &mut Vec<String>, text: &str| words.extend(["-H".to_owned(), quoted(text.as_bytes())]);
    for (name, value) in &request.headers {
        field(&mut words, &format!("{name}: {value}"));
    }
    let mut body: &[u8] = &request.body;
    let mut before = String::new();
    match wire {
        Wire::Chunked(_) => field(&mut words, "Transfer-Encoding: chunked"),
        Wire::CutOff(missing) | Wire::Reset(missing) => {
            field(&mut words, &format!("Content-Length: {}", body.len()));
            body = &body[..body.len().saturating_sub(missing)];
            words.extend(["--max-time", CUT].map(str::to_owned));
        }
        Wire::ChunkedCutOff(_) => {
            // What feeds curl outlives it, so the last chunk never comes.
            before = format!("{{ printf %s {}; sleep 9; }} | ", quoted(body));
            field(&mut words, "Expect:");
            words.extend(["-T", "-", "--max-time", CUT].map(str::to_owned));
            body = &[];
        }
        Wire::Pooled | Wire::Raw => {}
    }
    if !body.is_empty() {
        words.push("--data-binary".to_owned());
        // No argument holds a NUL.
        let stands = body.len() <= BODY && !body.contains(&0);
        words.push(if stands { quoted(body) } else { "@body.json".to_owned() });
    }
    words.push(quoted(request.url.as_bytes()));
    before + &words.join(" ")
}

/// A word for the shell. What cannot be seen, or is no UTF-8, stands as an escape in `$'…'`, so that no report alters it.
fn quoted(word: &[u8]) -> String {
    let plain = |c: char| if c.is_ascii() { !c.is_ascii_control() } else { c.is_alphanumeric() };
    match std::str::from_utf8(word) {
        // The shell must still fill the token in.
        Ok(text) if text.contains("$PATCHPROOF_") => {
            format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('`', "\\`"))
        }
        Ok(text) if text.chars().all(plain) => shell_words::quote(text).into_owned(),
        _ => {
            let mut out = String::from("$'");
            for chunk in word.utf8_chunks() {
                for c in chunk.valid().chars() {
                    match c {
                        '\'' | '\\' => out.extend(['\\', c]),
                        '\n' => out.push_str("\\n"),
                        '\r' => out.push_str("\\r"),
                        '\t' => out.push_str("\\t"),
                        c if plain(c) => out.push(c),
                        c => octets(&mut out, c.encode_utf8(&mut [0; 4]).as_bytes()),
                    }
                }
                octets(&mut out, chunk.invalid());
            }
            out.push('\'');
            out
        }
    }
}

/// Octets as escapes of three octal digits: what follows cannot be taken for a part of them.
fn octets(out: &mut String, octets: &[u8]) {
    for octet in octets {
        // Writing to a String cannot fail.
        let _ = write!(out, "\\{octet:03o}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_read_stands_as_it_is() {
        assert_eq!(quoted(b"Accept: a/b"), "'Accept: a/b'");
        assert_eq!(quoted("{\"ä\": 1}".as_bytes()), "'{\"ä\": 1}'");
        assert_eq!(quoted(b"A: \"$PATCHPROOF_TOKEN\" `x`"), "\"A: \\\"$PATCHPROOF_TOKEN\\\" \\`x\\`\"");
    }

    fn of_status(wire: Wire) -> String {
        let body = bytes::Bytes::from_static(b"{\"status\":1}");
        let url = "http://127.0.0.1:1/x".to_owned();
        let request = SentRequest {
            method: "PATCH".to_owned(),
            url,
            headers: Vec::new(),
            body,
            json: None,
            token: None,
            raw: wire != Wire::Pooled,
        };
        line(&request, wire)
    }

    #[test]
    fn a_request_that_was_cut_off_is_cut_off_again() {
        assert_eq!(
            of_status(Wire::CutOff(2)),
            "curl -i --path-as-is -X PATCH -H 'Content-Length: 12' --max-time 3 --data-binary '{\"status\":' \
             http://127.0.0.1:1/x",
        );
        assert_eq!(
            of_status(Wire::ChunkedCutOff(4)),
            "{ printf %s '{\"status\":1}'; sleep 9; } | curl -i --path-as-is -X PATCH -H Expect: -T - --max-time 3 \
             http://127.0.0.1:1/x",
        );
    }

    #[test]
    fn chunks_are_chunks_again() {
        assert!(of_status(Wire::Chunked(4)).contains("-H 'Transfer-Encoding: chunked' --data-binary"));
        assert!(!of_status(Wire::Pooled).contains("Transfer-Encoding"));
    }

    #[cfg(unix)]
    #[test]
    fn the_shell_makes_the_octets_of_it_again() {
        let words: [&[u8]; 7] = [
            b"{\r\n\t\"status\": \"it's \\\\ here\"\r\n}",
            b"{\"status\":\"\xff\xc3\"}",
            "\u{feff}{\"status\":\"\u{200d}1 \u{1f600}7\"}".as_bytes(),
            b"\x01\x7f1",
            b"$HOME `id` !x",
            b"plain",
            b"'",
        ];
        for word in words {
            let command = format!("printf %s {}", quoted(word));
            assert!(!command.contains(|c: char| c.is_control()), "{command}");
            let output = std::process::Command::new("bash").args(["-c", &command]).output().unwrap();
            assert_eq!(output.stdout, word, "{command}");
        }
    }
}
