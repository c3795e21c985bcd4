//! The command that repeats a request, octet by octet.

use std::fmt::Write as _;
use std::sync::LazyLock;

use crate::model::exchange::SentRequest;
use crate::model::request::{Auth, Wire};
use crate::model::secret::TOKEN_PLACEHOLDER;
use crate::model::token_variables::{PLACEHOLDERS, TokenVariables};

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
        field(&mut words, &format!("{name}: {value}"));
    }
    let mut body: &[u8] = &request.body;
    let mut before = String::new();
    match wire {
        Wire::Chunked(_) | Wire::ChunkExtensions(_) | Wire::ChunkTrailer(_) => {
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
        Wire::Pooled | Wire::Raw => {}
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
mod tests {
    use super::*;
    use crate::model::secret::Secret;

    fn quoted(word: &[u8]) -> String {
        super::quoted(word, &TokenVariables::default())
    }

    #[test]
    fn what_can_be_read_stands_as_it_is() {
        assert_eq!(quoted(b"Accept: a/b"), "'Accept: a/b'");
        assert_eq!(quoted("{\"ä\": 1}".as_bytes()), "'{\"ä\": 1}'");
        assert_eq!(quoted(b"A: Bearer $PATCHPROOF_TOKEN"), "\"A: Bearer $PATCHPROOF_TOKEN\"");
        assert_eq!(quoted(b"A: \"$PATCHPROOF_TOKEN\" `x`"), "'A: \"'\"$PATCHPROOF_TOKEN\"'\" `x`'");
    }

    fn of_status(wire: Wire) -> String {
        with_headers(wire, &[])
    }

    fn with_headers(wire: Wire, headers: &[(&str, &str)]) -> String {
        of(wire, headers, Auth::Valid)
    }

    fn of(wire: Wire, headers: &[(&str, &str)], auth: Auth) -> String {
        let body = bytes::Bytes::from_static(b"{\"status\":1}");
        let url = "http://127.0.0.1:1/x".to_owned();
        let request = SentRequest {
            method: "PATCH".to_owned(),
            url,
            headers: headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            body,
            json: None,
            token: Some(Secret::new("T")),
            raw: wire != Wire::Pooled,
        };
        line(&request, wire, auth, &TokenVariables::default())
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
        let named = with_headers(Wire::Chunked(4), &[("Transfer-Encoding", "Chunked")]);
        assert!(named.contains("'Transfer-Encoding: Chunked'") && !named.contains(": chunked"), "{named}");
    }

    #[test]
    fn what_curl_cannot_send_is_told_behind_it() {
        let trailer = "'curl cannot send the trailer field that went behind the last chunk: X-Patchproof-Trailer: x'";
        assert!(of_status(Wire::ChunkTrailer(4)).ends_with(&format!(" http://127.0.0.1:1/x; : {trailer}")));
        let token = of(Wire::ChunkTrailer(4), &[], Auth::Trailer);
        assert!(token.ends_with("last chunk: Authorization: Bearer $PATCHPROOF_TOKEN\""), "{token}");
        let extension = of_status(Wire::ChunkExtensions(4));
        assert!(
            extension.ends_with(
                r#"; : 'curl cannot send what each chunk had behind its size: ;patchproof=x;patchproof-quoted="a b"'"#
            ),
            "{extension}"
        );
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
            assert_eq!(through_the_shell(word), word);
        }
    }

    /// What a server gives as a value stands in the next request, and so in the line that people paste.
    #[cfg(unix)]
    #[test]
    fn the_shell_fills_in_tokens_and_does_nothing_else() {
        for (word, shown) in [
            (&b"$PATCHPROOF_TOKEN"[..], &b"T"[..]),
            (b"{\"type\":\"$PATCHPROOF_$(echo x)\"}", b"{\"type\":\"$PATCHPROOF_$(echo x)\"}"),
            (b"$PATCHPROOF_TOKEN $(echo x) `echo x` \\ !! ' \"", b"T $(echo x) `echo x` \\ !! ' \""),
            (b"a\nb $PATCHPROOF_TOKEN\xff$HOME", b"a\nb T\xff$HOME"),
            (b"$PATCHPROOF_TOKENS $PATCHPROOF_SCOPED_TOKEN.", b"$PATCHPROOF_TOKENS S."),
            (b"", b""),
        ] {
            assert_eq!(through_the_shell(word), shown, "{}", quoted(word));
        }
    }

    /// A server knows neither which variable is named in the end, nor gets at another one.
    #[cfg(unix)]
    #[test]
    fn the_variable_that_the_token_comes_from_is_named() {
        let mut variables = TokenVariables::default();
        variables.name(TOKEN_PLACEHOLDER, "MY_TOKEN");
        let shown = super::quoted(b"A: Bearer $PATCHPROOF_TOKEN", &variables);
        assert_eq!(shown, "\"A: Bearer $MY_TOKEN\"");
        for (word, shown) in [
            (&b"Bearer $PATCHPROOF_TOKEN"[..], &b"Bearer M"[..]),
            (b"$MY_TOKEN", b"$MY_TOKEN"),
            (b"$PATCHPROOF_TOKEN $MY_TOKEN $(id) $PATCHPROOF_SCOPED_TOKEN", b"M $MY_TOKEN $(id) S"),
            (b"$PATCHPROOF_TOKEN-$PATCHPROOF_TOKEN_ENV", b"M-$PATCHPROOF_TOKEN_ENV"),
        ] {
            assert_eq!(through_bash(&super::quoted(word, &variables)), shown);
        }
    }

    #[cfg(unix)]
    fn through_the_shell(word: &[u8]) -> Vec<u8> {
        through_bash(&quoted(word))
    }

    #[cfg(unix)]
    fn through_bash(word: &str) -> Vec<u8> {
        let command = format!("printf %s {word}");
        assert!(!command.contains(|c: char| c.is_control()), "{command}");
        let mut bash = std::process::Command::new("bash");
        bash.env("PATCHPROOF_TOKEN", "T").env("PATCHPROOF_SCOPED_TOKEN", "S").env("MY_TOKEN", "M");
        bash.args(["-c", &command]);
        bash.output().unwrap().stdout
    }
}
