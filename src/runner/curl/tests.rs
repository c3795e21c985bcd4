use super::*;
use crate::model::case::Pause;
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
    let paused = of_status(Wire::Pause(Pause::BeforeContent));
    assert!(paused.ends_with("; : 'curl sends without a pause what went with one before its content'"), "{paused}");
    let chunks = of_status(Wire::Pause(Pause::BetweenChunks));
    assert!(chunks.contains("-H 'Transfer-Encoding: chunked' --data-binary"), "{chunks}");
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

/// A near miss of the token is made of it where it is pasted, as the run made it.
#[cfg(unix)]
#[test]
fn the_shell_makes_near_misses_of_the_token() {
    for (auth, made) in [
        (Auth::NearMiss, "Bearer abcdeAgh"),
        (Auth::FirstChanged, "Bearer Abcdefgh"),
        (Auth::LastChanged, "Bearer abcdefgA"),
        (Auth::Prefixed, "Bearer Aabcdefgh"),
        (Auth::Extended, "Bearer abcdefghA"),
        (Auth::Truncated, "Bearer abcdefg"),
        (Auth::Spaced, "Bearer abcd efgh"),
        (Auth::Doubled, "Bearer abcdefgh, abcdefgh"),
        (Auth::Quoted, "Bearer \"abcdefgh\""),
        (Auth::Capitals, "Bearer ABCDEFGH"),
        (Auth::Encoded, "Bearer YWJjZGVmZ2g="),
    ] {
        let line = of(Wire::Pooled, &[("Authorization", "Bearer <something>")], auth);
        let word = line.split_once("-H ").unwrap().1.split_once(" --data-binary").unwrap().0;
        let output = std::process::Command::new("bash")
            .env("PATCHPROOF_TOKEN", "abcdefgh")
            .args(["-c", &format!("printf %s {word}")])
            .output()
            .unwrap();
        assert_eq!(String::from_utf8(output.stdout).unwrap(), format!("Authorization: {made}"), "{word}");
    }
    let other = of(Wire::Pooled, &[("Authorization", "Bearer <random token>")], Auth::Random);
    assert!(other.contains("'Authorization: Bearer <random token>'"), "{other}");
}
