//! Secrets: a type that cannot be printed, and the scrubber that stands before every sink.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use aho_corasick::{AhoCorasick, AhoCorasickKind, Input, MatchKind};

mod pieces;
mod spellings;

use pieces::Pieces;
use spellings::spellings;

/// Shortest run of a token that counts as a leak (REQ-SEC-001).
pub const LEAK_RUN: usize = 16;
/// Pieces searched for: every run of [`LEAK_RUN`] octets holds one that starts at a multiple of this.
const PIECE: usize = 8;
/// How the token appears in records; in curl lines where it comes from no variable of another name.
pub const TOKEN_PLACEHOLDER: &str = "$PATCHPROOF_TOKEN";

/// What stands for the token without the needed permission.
pub const SCOPED_PLACEHOLDER: &str = "$PATCHPROOF_SCOPED_TOKEN";

/// What stands for the token of a personal account.
pub const PERSONAL_PLACEHOLDER: &str = "$PATCHPROOF_PERSONAL_TOKEN";

/// What stands for the token of the second tenant.
pub const SECOND_TENANT_PLACEHOLDER: &str = "$PATCHPROOF_SECOND_TENANT_TOKEN";
/// Shorter secrets cannot be told from chance.
const SHORTEST: usize = 4;
/// Octets of all spellings up to which the search is made for speed. Beyond, it is made for room: the quick one takes some
/// 300 octets for each of them, so that a token of a few kilobytes would take a hundred megabytes.
const QUICK: usize = 16 << 10;

/// A credential. It has no `Display`, `Serialize` or telling `Debug`; [`Secret::expose`] is the one way out.
#[derive(Clone)]
pub struct Secret(Arc<Inner>);

struct Inner {
    text: String,
    /// Built on first use: most credentials that a run makes up are only sent.
    pieces: OnceLock<Option<Pieces>>,
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

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

impl Secret {
    /// Wraps a credential.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(Arc::new(Inner { text: text.into(), pieces: OnceLock::new() }))
    }

    fn pieces(&self) -> Option<&Pieces> {
        let build = || {
            let bytes = self.0.text.as_bytes();
            let pieces: Vec<&[u8]> = if bytes.len() < LEAK_RUN {
                if bytes.len() < PIECE { Vec::new() } else { vec![bytes] }
            } else {
                bytes.chunks_exact(PIECE).collect()
            };
            if pieces.is_empty() { None } else { Pieces::new(&pieces) }
        };
        self.0.pieces.get_or_init(build).as_ref()
    }

    /// The credential itself, for the wire only.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0.text
    }

    /// Whether `haystack` holds the secret, or a run of [`LEAK_RUN`] or more octets of it. A secret shorter than
    /// that is looked for as a whole; one shorter than eight octets is too short to tell from chance, and so is one
    /// character over and over, which long texts have of themselves.
    #[must_use]
    pub fn leaks_in(&self, haystack: &[u8]) -> bool {
        let whole = self.0.text.as_bytes();
        if haystack.len() < whole.len().min(LEAK_RUN) {
            return false;
        }
        let Some(pieces) = self.pieces() else { return false };
        let tells = |run: &[u8]| run.iter().any(|octet| *octet != run[0]);
        pieces.is_match(haystack)
            && if whole.len() < LEAK_RUN {
                tells(whole)
            } else {
                self.runs(pieces, haystack).any(|run| tells(&haystack[run]))
            }
    }

    /// Where `haystack` holds what [`Secret::leaks_in`] looks for; places may overlap.
    #[must_use]
    pub fn places(&self, haystack: &[u8]) -> Vec<Range<usize>> {
        let Some(pieces) = self.pieces() else { return Vec::new() };
        if self.0.text.len() < LEAK_RUN {
            return pieces.all.find_iter(haystack).map(|found| found.range()).collect();
        }
        self.runs(pieces, haystack).collect()
    }

    /// Where runs of [`LEAK_RUN`] or more octets of the secret stand.
    fn runs<'a>(&'a self, pieces: &'a Pieces, haystack: &'a [u8]) -> impl Iterator<Item = Range<usize>> + 'a {
        let secret = self.0.text.as_bytes();
        pieces.all.find_overlapping_iter(haystack).flat_map(move |found| {
            let at = found.pattern().as_usize() * PIECE;
            // The same piece may stand at several places of the secret; the run is measured at each of them.
            let piece = &secret[at..at + PIECE];
            secret.windows(PIECE).enumerate().filter(move |(_, window)| *window == piece).filter_map(move |(at, _)| {
                let back = common(secret[..at].iter().rev(), haystack[..found.start()].iter().rev());
                let ahead = common(secret[at..].iter(), haystack[found.start()..].iter());
                (back + ahead >= LEAK_RUN).then(|| found.start() - back..found.start() + ahead)
            })
        })
    }
}

fn common<'a>(a: impl Iterator<Item = &'a u8>, b: impl Iterator<Item = &'a u8>) -> usize {
    a.zip(b).take_while(|(x, y)| x == y).count()
}

/// Replaces every spelling of the known secrets by `***` before text leaves the process. Clones share what they know,
/// so a token that is read late is known everywhere at once.
#[derive(Clone, Debug, Default)]
pub struct Scrubber(Arc<RwLock<Known>>);

#[derive(Debug, Default)]
struct Known {
    secrets: Vec<Secret>,
    /// Names of variables, with their dollar sign, beside [`TOKEN_PLACEHOLDER`].
    names: Vec<String>,
    search: Option<AhoCorasick>,
}

impl Scrubber {
    /// A scrubber for these secrets: as they are, URL-encoded, JSON-escaped, in base64 (also as the password of a
    /// Basic credential), in the other letter case, each part of a JWT, and every longer run of them.
    #[must_use]
    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a Secret>) -> Self {
        let scrubber = Self::default();
        scrubber.learn_all(secrets);
        scrubber
    }

    /// Knows one more secret from now on.
    pub fn learn(&self, secret: &Secret) {
        self.learn_all([secret]);
    }

    /// Knows these secrets too from now on.
    pub fn learn_all<'a>(&self, secrets: impl IntoIterator<Item = &'a Secret>) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let before = known.secrets.len();
        for secret in secrets {
            if secret.expose().len() >= SHORTEST && !known.secrets.contains(secret) {
                known.secrets.push(secret.clone());
            }
        }
        if known.secrets.len() > before {
            let mut all: Vec<String> = known.secrets.iter().flat_map(spellings).collect();
            all.sort();
            all.dedup();
            known.search = Some(search_for(&all));
        }
    }

    /// Leaves these names of variables, each with its dollar sign, whatever a secret is.
    pub fn leave<'a>(&self, names: impl Iterator<Item = &'a str>) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        known.names.extend(names.map(str::to_owned));
    }

    /// The text without secrets; borrowed when there was none in it.
    #[must_use]
    pub fn scrub<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let Some(search) = &known.search else { return Cow::Borrowed(text) };
        let mut text = Cow::Borrowed(text);
        if search.is_match(text.as_ref()) {
            // Whole spellings are replaced, so what is left is text as before.
            let clean = known.replaced(search, text.as_bytes(), |_| "***");
            text = Cow::Owned(String::from_utf8_lossy(&clean).into_owned());
        }
        for secret in known.secrets.iter().filter(|secret| secret.0.text.len() >= LEAK_RUN) {
            if let Some(clean) = without_runs(secret, &text) {
                text = Cow::Owned(clean);
            }
        }
        text
    }
}

impl Scrubber {
    /// As [`Scrubber::scrub`], for octets that need not be text, with what `mark` makes of a spelling in its place; runs
    /// that are no whole spelling are left.
    #[must_use]
    pub fn scrub_octets<'a, M: AsRef<str>>(&self, octets: &'a [u8], mark: impl FnMut(&[u8]) -> M) -> Cow<'a, [u8]> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let Some(search) = known.search.as_ref().filter(|search| search.is_match(octets)) else {
            return Cow::Borrowed(octets);
        };
        Cow::Owned(known.replaced(search, octets, mark))
    }
}

/// A search for these spellings.
fn search_for(all: &[String]) -> AhoCorasick {
    let octets: usize = all.iter().map(String::len).sum();
    let kind = (octets > QUICK).then_some(AhoCorasickKind::ContiguousNFA);
    let search = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).kind(kind).build(all);
    #[expect(clippy::expect_used, reason = "it fails beyond 2^31 states; unscrubbed, nothing may be told")]
    search.expect("the spellings of a few secrets fit")
}

impl Known {
    /// The octets with a mark for each spelling. What lies wholly within the name of a variable is left: the name is the
    /// same whatever the secret is, and a curl line without it repeats nothing.
    fn replaced<M: AsRef<str>>(
        &self,
        search: &AhoCorasick,
        octets: &[u8],
        mut mark: impl FnMut(&[u8]) -> M,
    ) -> Vec<u8> {
        let within = |name: &str, place: &Range<usize>| {
            let from = place.end.saturating_sub(name.len());
            (from..=place.start).any(|at| octets[at..].starts_with(name.as_bytes()))
        };
        let names = || self.names.iter().map(String::as_str).chain([TOKEN_PLACEHOLDER]);
        let mut out = Vec::with_capacity(octets.len());
        let (mut at, mut kept) = (0, 0);
        while let Some(found) = search.find(Input::new(octets).range(at..)) {
            let place = found.range();
            if names().any(|name| within(name, &place)) {
                // Another spelling may begin further on within the name, and end behind it.
                at = place.start + 1;
                continue;
            }
            out.extend_from_slice(&octets[kept..place.start]);
            out.extend_from_slice(mark(&octets[place.clone()]).as_ref().as_bytes());
            (at, kept) = (place.end, place.end);
        }
        out.extend_from_slice(&octets[kept..]);
        out
    }
}

/// The text without longer runs of the secret, where there are any.
fn without_runs(secret: &Secret, text: &str) -> Option<String> {
    let mut runs: Vec<Range<usize>> = secret.runs(secret.pieces()?, text.as_bytes()).collect();
    if runs.is_empty() {
        return None;
    }
    runs.sort_by_key(|run| (run.start, std::cmp::Reverse(run.end)));
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for run in runs {
        if run.end <= at {
            continue;
        }
        if run.start >= at {
            let start = (at..=run.start).rev().find(|start| text.is_char_boundary(*start)).unwrap_or(at);
            out.push_str(&text[at..start]);
            out.push_str("***");
        }
        at = (run.end..=text.len()).find(|end| text.is_char_boundary(*end)).unwrap_or(text.len());
    }
    out.push_str(&text[at..]);
    Some(out)
}

#[cfg(test)]
mod tests;
