//! A token that can be read again, or asked for again, shared by all workers.
//!
//! The main type is [`Token`]; where it is read from is a [`SecretSource`], who else may give it an [`OAuth`] issuer.

mod source;

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::oauth::OAuth;
use crate::model::locked::Locked;
use crate::model::secret::{Scrubber, Secret};

pub use source::{SecretError, SecretSource};

/// So long before its end a token is read or asked for anew.
pub(super) const BEFORE_THE_END: Duration = Duration::from_secs(30);

/// A token and its source, shared by all workers, so that it is read again at most once when it expires.
#[derive(Debug, Clone)]
pub struct Token(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    source: Source,
    /// For whoever builds a request: looked at, never waited for.
    current: Locked<Option<Held>>,
    /// Held by the one who reads.
    reading: tokio::sync::Mutex<()>,
}

#[derive(Debug)]
enum Source {
    Read(SecretSource),
    Granted(Box<OAuth>),
}

#[derive(Debug, Clone)]
struct Held {
    secret: Secret,
    /// When it is to be read again; `None` where nobody knows.
    due: Option<SystemTime>,
}

impl Token {
    /// A token; one that is not given as it is is read on first use.
    #[must_use]
    pub fn new(source: SecretSource) -> Self {
        let given = match &source {
            SecretSource::Given(secret) => Some(Held { secret: secret.clone(), due: None }),
            _ => None,
        };
        Self::of(Source::Read(source), given)
    }

    /// A token that an issuer gives.
    #[must_use]
    pub fn granted(oauth: OAuth) -> Self {
        Self::of(Source::Granted(Box::new(oauth)), None)
    }

    fn of(source: Source, given: Option<Held>) -> Self {
        Self(Arc::new(Shared { source, current: Locked::new(given), reading: tokio::sync::Mutex::new(()) }))
    }

    fn held(&self) -> Option<Held> {
        self.0.current.lock().clone()
    }

    /// The token as last read.
    #[must_use]
    pub fn current(&self) -> Option<Secret> {
        self.held().map(|held| held.secret)
    }

    /// Whether the token says that it ends soon and another can be had.
    #[must_use]
    pub fn is_due(&self) -> bool {
        let is_due = |held: Held| held.due.is_some_and(|at| at <= SystemTime::now());
        self.can_change() && self.held().is_some_and(is_due)
    }

    /// Whether it is read without a command that runs and an issuer that is asked.
    #[must_use]
    pub fn is_at_hand(&self) -> bool {
        matches!(&self.0.source, Source::Read(source) if !matches!(source, SecretSource::Command(_)))
    }

    fn can_change(&self) -> bool {
        match &self.0.source {
            Source::Read(source) => source.can_change(),
            Source::Granted(_) => true,
        }
    }

    /// The token.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn get(&self, scrubber: &Scrubber) -> Result<Secret, SecretError> {
        let _one = self.0.reading.lock().await;
        match self.current() {
            Some(secret) if !self.is_due() => Ok(secret),
            _ => self.read(None, scrubber).await,
        }
    }

    /// Another token than `stale`, which the target refused; `None` where the source has no other. Of several workers
    /// that come with the same stale token, one reads.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn renew(&self, stale: &Secret, scrubber: &Scrubber) -> Result<Option<Secret>, SecretError> {
        let _one = self.0.reading.lock().await;
        if let Some(secret) = self.current().filter(|secret| secret != stale) {
            return Ok(Some(secret));
        }
        if !self.can_change() {
            return Ok(None);
        }
        let secret = self.read(Some(stale), scrubber).await?;
        Ok((secret != *stale).then_some(secret))
    }

    async fn read(&self, stale: Option<&Secret>, scrubber: &Scrubber) -> Result<Secret, SecretError> {
        let read = match &self.0.source {
            Source::Read(source) => source.read(scrubber).await.map(|secret| Held { due: due(&secret), secret }),
            Source::Granted(oauth) => {
                // On the heap: asking an issuer takes far more room than a trial, and is rare.
                let granted = Box::pin(oauth.token(stale, scrubber)).await;
                granted.map(|granted| Held { secret: granted.secret, due: granted.due }).map_err(SecretError::from)
            }
        };
        let mut current = self.0.current.lock();
        match read {
            Ok(held) => {
                scrubber.learn(&held.secret);
                Ok(current.insert(held).secret.clone())
            }
            Err(error) => {
                // While it is still taken, not every trial has to hear that no other is to be had.
                if let Some(held) = &mut *current {
                    held.due = held.due.map(|_| SystemTime::now() + BEFORE_THE_END / 2);
                }
                Err(error)
            }
        }
    }
}

/// When a token is to be read again: before it ends, if it says when.
fn due(token: &Secret) -> Option<SystemTime> {
    expiry(token).and_then(|end| end.checked_sub(BEFORE_THE_END))
}

/// When a JWT says that it ends (RFC 7519, section 4.1.4). Any other token does not say.
pub(super) fn expiry(token: &Secret) -> Option<SystemTime> {
    let claims = URL_SAFE_NO_PAD.decode(token.expose().split('.').nth(1)?).ok()?;
    let claims: serde_json::Value = serde_json::from_slice(&claims).ok()?;
    UNIX_EPOCH.checked_add(Duration::from_secs(claims.get("exp")?.as_u64()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
    }

    #[test]
    fn a_token_that_says_when_it_ends_is_read_again_before() {
        let jwt = |exp: u64| format!("h.{}.s", URL_SAFE_NO_PAD.encode(format!("{{\"exp\":{exp}}}")));
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        let (ended, lasting) = (jwt(1), jwt(u64::from(u32::MAX)));
        std::fs::write(&path, &ended).unwrap();
        let token = Token::new(SecretSource::File(path.clone()));
        let scrubber = Scrubber::default();
        assert_eq!(block(token.get(&scrubber)).unwrap().expose(), ended);
        assert!(token.is_due());
        std::fs::write(&path, &lasting).unwrap();
        assert_eq!(block(token.get(&scrubber)).unwrap().expose(), lasting);
        assert!(!token.is_due());
        assert_eq!(scrubber.scrub(&format!("{ended} {lasting}")), "*** ***");
    }

    #[test]
    fn a_token_is_read_again_only_when_it_was_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        std::fs::write(&path, "first").unwrap();
        let token = Token::new(SecretSource::File(path.clone()));
        let scrubber = Scrubber::default();
        let first = block(token.get(&scrubber)).unwrap();
        assert_eq!(block(token.renew(&first, &scrubber)).unwrap(), None);
        std::fs::write(&path, "second").unwrap();
        assert_eq!(block(token.get(&scrubber)).unwrap().expose(), "first");
        assert_eq!(block(token.renew(&first, &scrubber)).unwrap().unwrap().expose(), "second");
        std::fs::write(&path, "third").unwrap();
        assert_eq!(block(token.renew(&first, &scrubber)).unwrap().unwrap().expose(), "second");
        let given = Token::new(SecretSource::Given(first.clone()));
        assert_eq!(block(given.renew(&first, &scrubber)).unwrap(), None);
    }
}
