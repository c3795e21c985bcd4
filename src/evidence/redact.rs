//! Takes secrets out of evidence in such a way that a leak can still be found in what is left.
//!
//! Where a credential stood, or a run of it long enough to count as a leak, a placeholder stands instead: the same one
//! for the same credential all through the bundle. Judged again, the placeholder is taken for the credential, so the
//! check that looks for leaks finds what it found before. Spellings that the check does not look for become `***`.
//!
//! What was different stays different within an attempt, as members of two names must: a part of a credential, or
//! another spelling of it, gets a number behind its placeholder.

use std::borrow::Cow;
use std::cell::RefCell;
use std::ops::Range;

use indexmap::IndexSet;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::model::digest::hexadecimal;
use crate::model::secret::Secret;
use crate::model::transcript::Transcript;
use crate::model::witness::Known;

/// Characters at which a percent-encoded text ends.
const DELIMITERS: &[u8] = b" \t\r\n\"'<>&,;{}[]";

/// The credentials of one attempt and what stands in their place.
pub(super) struct Redactor<'a> {
    tokens: Vec<(Secret, String)>,
    known: &'a Known<'a>,
    /// Spellings and parts that were taken out so far: a place here is the number behind a placeholder.
    others: RefCell<IndexSet<Vec<u8>>>,
}

impl<'a> Redactor<'a> {
    /// A redactor for what is known, and for the credentials, real or made up, that the attempt sent.
    pub(super) fn new(run_id: &str, known: &'a Known<'a>, sent: impl Iterator<Item = Secret>) -> Self {
        let mut tokens: Vec<(Secret, String)> = Vec::new();
        for secret in &known.secrets {
            tokens.push((secret.clone(), placeholder(run_id, tokens.len())));
        }
        for token in sent {
            if tokens.iter().any(|(known, _)| *known == token) {
                continue;
            }
            // A token made from another one stands for the same secret.
            let parent = tokens.iter().find(|(known, _)| known.leaks_in(token.expose().as_bytes()));
            let shown = parent.map_or_else(|| placeholder(run_id, tokens.len()), |(_, shown)| shown.clone());
            tokens.push((token, shown));
        }
        Self { tokens, known, others: RefCell::default() }
    }

    /// A redactor for an attempt.
    pub(super) fn of(run_id: &str, known: &'a Known<'a>, transcript: &Transcript) -> Self {
        Self::new(run_id, known, transcript.entries.iter().filter_map(|entry| entry.exchange.request.token.clone()))
    }

    /// What is kept of a credential that was sent: its placeholder; nothing where it is too short to be looked for.
    pub(super) fn token(&self, token: &Secret) -> Option<String> {
        let (_, shown) = self.tokens.iter().find(|(known, _)| known == token)?;
        token.leaks_in(token.expose().as_bytes()).then(|| shown.clone())
    }

    /// Octets without secrets.
    pub(super) fn octets<'b>(&self, octets: &'b [u8]) -> Cow<'b, [u8]> {
        let mut octets = Cow::Borrowed(octets);
        self.take_out(&mut octets);
        let known = &self.known.scrubber;
        if let Cow::Owned(clean) = known.scrub_octets(&octets, |spelling| self.numbered("***", spelling)) {
            octets = Cow::Owned(clean);
        }
        octets
    }

    /// Puts placeholders where a credential stands, as it is or encoded.
    fn take_out(&self, octets: &mut Cow<'_, [u8]>) {
        // First, since what is escaped in part would be taken for the part that is not.
        if octets.contains(&b'\\') {
            let places = self.escaped(octets);
            replace(octets, &places);
        }
        let places = self.plain(octets);
        replace(octets, &places);
        if octets.contains(&b'%') {
            let places = self.encoded(octets);
            replace(octets, &places);
        }
    }

    /// The placeholder of a part or another spelling of a credential.
    fn numbered(&self, shown: &str, octets: &[u8]) -> String {
        let mut others = self.others.borrow_mut();
        let number = others.get_index_of(octets).unwrap_or_else(|| others.insert_full(octets.to_vec()).0);
        format!("{shown}~{}", number + 1)
    }

    /// Text without secrets.
    pub(super) fn text(&self, text: &str) -> String {
        // Whole spellings are replaced by ASCII, so what was UTF-8 stays UTF-8, but for a run that ends inside a character.
        String::from_utf8_lossy(&self.octets(text.as_bytes())).into_owned()
    }

    /// JSON without secrets; `null` in the case, not known to happen, that it is no JSON afterwards.
    pub(super) fn json(&self, value: &Value) -> Value {
        let text = value.to_string();
        match self.octets(text.as_bytes()) {
            Cow::Borrowed(_) => value.clone(),
            Cow::Owned(clean) => serde_json::from_slice(&clean).unwrap_or_default(),
        }
    }

    /// Where a credential stands as it is; overlapping runs are one.
    fn plain(&self, octets: &[u8]) -> Vec<(Range<usize>, String)> {
        let mut places: Vec<(Range<usize>, &str)> = Vec::new();
        for token in &self.tokens {
            places.extend(token.0.places(octets).into_iter().map(|run| (run, token.1.as_str())));
        }
        places.sort_by_key(|(range, _)| (range.start, range.end));
        places.dedup_by(|next, known| {
            let joined = next.0.start < known.0.end;
            if joined {
                known.0.end = known.0.end.max(next.0.end);
            }
            joined
        });
        places.into_iter().map(|(range, shown)| (range.clone(), self.shown(shown, &octets[range]))).collect()
    }

    /// What is shown for a run: the placeholder, with a number where the run is not the whole credential that the
    /// placeholder was made for.
    fn shown(&self, shown: &str, run: &[u8]) -> String {
        let whole = self.tokens.iter().find(|(_, known)| known == shown);
        if whole.is_some_and(|(secret, _)| run == secret.expose().as_bytes()) {
            return shown.to_owned();
        }
        self.numbered(shown, run)
    }

    fn leaking(&self, octets: &[u8]) -> Option<&str> {
        self.tokens.iter().find(|(secret, _)| secret.leaks_in(octets)).map(|(_, shown)| shown.as_str())
    }

    /// Percent-encoded texts that hold a credential.
    fn encoded(&self, octets: &[u8]) -> Vec<(Range<usize>, String)> {
        let mut places = Vec::new();
        let mut start = 0;
        for part in octets.split(|octet| DELIMITERS.contains(octet)) {
            let range = start..start + part.len();
            start = range.end + 1;
            if part.contains(&b'%')
                && let Some(shown) = self.leaking(&percent_encoding::percent_decode(part).collect::<Vec<u8>>())
            {
                places.push((range, self.numbered(shown, part)));
            }
        }
        places
    }

    /// The inside of JSON strings with escapes that hold a credential, and what they are without it: what the same
    /// string without escapes would become, since they are the same name or value.
    fn escaped(&self, octets: &[u8]) -> Vec<(Range<usize>, String)> {
        let mut places = Vec::new();
        let mut at = 0;
        while let Some(open) = octets[at..].iter().position(|octet| *octet == b'"').map(|i| at + i) {
            let mut close = open + 1;
            while let Some(octet) = octets.get(close).filter(|octet| **octet != b'"') {
                close += if *octet == b'\\' { 2 } else { 1 };
            }
            if close >= octets.len() {
                break;
            }
            let literal = &octets[open..=close];
            if literal.contains(&b'\\')
                && let Ok(text) = serde_json::from_slice::<String>(literal)
                && self.leaking(text.as_bytes()).is_some()
            {
                let mut clean = Cow::Borrowed(text.as_bytes());
                replace(&mut clean, &self.plain(text.as_bytes()));
                let clean = Value::from(String::from_utf8_lossy(&clean)).to_string();
                places.push((open + 1..close, clean[1..clean.len() - 1].to_owned()));
            }
            at = close + 1;
        }
        places
    }
}

/// Puts the placeholders in their places.
fn replace(octets: &mut Cow<'_, [u8]>, places: &[(Range<usize>, String)]) {
    if places.is_empty() {
        return;
    }
    let mut out = Vec::with_capacity(octets.len());
    let mut end = 0;
    for (range, shown) in places {
        out.extend_from_slice(&octets[end..range.start]);
        out.extend_from_slice(shown.as_bytes());
        end = range.end;
    }
    out.extend_from_slice(&octets[end..]);
    *octets = Cow::Owned(out);
}

/// A text that no server can know before the run has ended, and that shares no run with another placeholder.
fn placeholder(run_id: &str, number: usize) -> String {
    let digest = Sha256::digest(format!("patchproof placeholder\0{run_id}\0{number}"));
    format!("[removed:{}]", hexadecimal(&digest[..12]))
}

#[cfg(test)]
mod tests;
