//! Secrets: a type that cannot be printed, and the scrubber that stands before every sink.

use std::borrow::Cow;
use std::sync::Arc;

use aho_corasick::{AhoCorasick, MatchKind};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};

/// Shortest run of a token that counts as a leak (REQ-SEC-001).
pub const LEAK_RUN: usize = 16;
/// Pieces searched for: every run of [`LEAK_RUN`] octets holds one that starts at a multiple of this.
const PIECE: usize = 8;

/// A credential. It has no `Display`, `Serialize` or telling `Debug`; [`Secret::expose`] is the one way out.
#[derive(Clone)]
pub struct Secret(Arc<Inner>);

struct Inner {
    text: String,
    pieces: Option<AhoCorasick>,
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.0.text == other.0.text
    }
}

impl Secret {
    /// Wraps a credential.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        let text = text.into();
        let bytes = text.as_bytes();
        let pieces: Vec<&[u8]> = if bytes.len() < LEAK_RUN {
            if bytes.len() < PIECE { Vec::new() } else { vec![bytes] }
        } else {
            bytes.chunks_exact(PIECE).collect()
        };
        let pieces = if pieces.is_empty() { None } else { AhoCorasick::new(pieces).ok() };
        Self(Arc::new(Inner { text, pieces }))
    }

    /// The credential itself, for the wire only.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0.text
    }

    /// Whether `haystack` holds the secret, or a run of [`LEAK_RUN`] or more octets of it. A secret shorter than
    /// that is looked for as a whole; one shorter than eight octets is too short to tell from chance.
    #[must_use]
    pub fn leaks_in(&self, haystack: &[u8]) -> bool {
        let Some(pieces) = &self.0.pieces else { return false };
        let secret = self.0.text.as_bytes();
        if secret.len() < LEAK_RUN {
            return pieces.is_match(haystack);
        }
        pieces.find_overlapping_iter(haystack).any(|found| {
            let at = found.pattern().as_usize() * PIECE;
            // The same piece may stand at several places of the secret; the run is measured at each of them.
            let piece = &secret[at..at + PIECE];
            secret.windows(PIECE).enumerate().filter(|(_, window)| *window == piece).any(|(at, _)| {
                let back = common(secret[..at].iter().rev(), haystack[..found.start()].iter().rev());
                let ahead = common(secret[at..].iter(), haystack[found.start()..].iter());
                back + ahead >= LEAK_RUN
            })
        })
    }
}

fn common<'a>(a: impl Iterator<Item = &'a u8>, b: impl Iterator<Item = &'a u8>) -> usize {
    a.zip(b).take_while(|(x, y)| x == y).count()
}

/// Replaces every spelling of the known secrets by `***` before text leaves the process.
#[derive(Clone, Debug, Default)]
pub struct Scrubber {
    search: Option<Arc<AhoCorasick>>,
}

impl Scrubber {
    /// A scrubber for these secrets: as they are, URL-encoded, JSON-escaped, in base64 (also as the password of a
    /// Basic credential), and each part of a JWT.
    #[must_use]
    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a Secret>) -> Self {
        let mut spellings: Vec<String> = Vec::new();
        for secret in secrets {
            let text = secret.expose();
            spellings.push(text.to_owned());
            if text.matches('.').count() == 2 {
                // The first part of a JWT says only which algorithm signs it and is the same for many tokens.
                spellings.extend(text.split('.').skip(1).map(str::to_owned));
            }
        }
        let mut all = Vec::new();
        for text in &spellings {
            if text.len() < 4 {
                continue;
            }
            all.push(text.clone());
            all.push(percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string());
            all.push(form_urlencoded::byte_serialize(text.as_bytes()).collect());
            if let Ok(json) = serde_json::to_string(text) {
                all.push(json.trim_matches('"').to_owned());
            }
            all.extend(in_base64(text));
        }
        all.sort();
        all.dedup();
        all.retain(|s| s.len() >= 4);
        if all.is_empty() {
            return Self::default();
        }
        let search = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(&all).ok();
        Self { search: search.map(Arc::new) }
    }

    /// The text without secrets; borrowed when there was none in it.
    #[must_use]
    pub fn scrub<'a>(&self, text: &'a str) -> Cow<'a, str> {
        match &self.search {
            Some(search) if search.is_match(text) => {
                let mut out = String::with_capacity(text.len());
                search.replace_all_with(text, &mut out, |_, _, out| {
                    out.push_str("***");
                    true
                });
                Cow::Owned(out)
            }
            _ => Cow::Borrowed(text),
        }
    }
}

/// Base64 of `text` at each of the three alignments it can have inside a longer text, cut to the digits that depend
/// on it alone.
fn in_base64(text: &str) -> Vec<String> {
    let mut out: Vec<String> =
        [&STANDARD, &STANDARD_NO_PAD, &URL_SAFE, &URL_SAFE_NO_PAD].iter().map(|e| e.encode(text)).collect();
    for (engine, lead) in [
        (&STANDARD_NO_PAD, 0),
        (&STANDARD_NO_PAD, 1),
        (&STANDARD_NO_PAD, 2),
        (&URL_SAFE_NO_PAD, 1),
        (&URL_SAFE_NO_PAD, 2),
    ] {
        let mut bytes = vec![0u8; lead];
        bytes.extend_from_slice(text.as_bytes());
        let digits = engine.encode(&bytes);
        // `lead` octets of other text fill the first `lead * 8` bits, and a trailing partial group mixes with what follows.
        let first = (lead * 8).div_ceil(6);
        let last = bytes.len() * 8 / 6;
        if last > first + 8 {
            out.push(digits[first..last].to_owned());
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_of_sixteen_leaks_and_fifteen_does_not() {
        let secret = Secret::new("abcdefghijklmnopqrstuvwxyz0123456789");
        assert!(secret.leaks_in(b"xx defghijklmnopqrs yy"));
        assert!(!secret.leaks_in(b"xx defghijklmnopqr yy"));
        assert!(!secret.leaks_in(b"nothing"));
    }

    #[test]
    fn scrubs_every_spelling() {
        let secret = Secret::new("s3cret/+token=value");
        let scrubber = Scrubber::new([&secret]);
        let basic = STANDARD.encode("user:s3cret/+token=value");
        for text in
            ["s3cret/+token=value", "s3cret%2F%2Btoken%3Dvalue", &basic, &STANDARD.encode("s3cret/+token=value")]
        {
            let clean = scrubber.scrub(text);
            assert!(clean.contains("***"), "{text} -> {clean}");
        }
        assert_eq!(scrubber.scrub("harmless"), "harmless");
    }
}
