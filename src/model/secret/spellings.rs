//! The ways in which a secret is written.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};

use super::{LEAK_RUN, SHORTEST, Secret};

/// Every way in which a secret is written.
pub(super) fn spellings(secret: &Secret) -> Vec<String> {
    let text = secret.expose();
    let case = |c: char| if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() };
    let mut plain = vec![text.to_owned()];
    if text.matches('.').count() == 2 {
        // The first part of a JWT says only which algorithm signs it and is the same for many tokens; a short part is a
        // word that stands elsewhere too.
        plain.extend(text.split('.').skip(1).filter(|part| part.len() >= LEAK_RUN).map(str::to_owned));
    }
    plain.retain(|text| text.len() >= SHORTEST);
    let mut all: Vec<String> = plain.iter().flat_map(|text| in_base64(text)).collect();
    // Who changes the case of a text does so before it is encoded for a URL, and never to what base64 was made of.
    plain.extend([text.chars().map(case).collect(), text.to_ascii_uppercase(), text.to_ascii_lowercase()]);
    for text in plain.iter().filter(|text| text.len() >= SHORTEST) {
        all.push(text.clone());
        all.push(percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string());
        all.push(form_urlencoded::byte_serialize(text.as_bytes()).collect());
        if let Ok(json) = serde_json::to_string(text) {
            all.push(json.trim_matches('"').to_owned());
        }
    }
    all.retain(|spelling| spelling.len() >= SHORTEST);
    all
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
