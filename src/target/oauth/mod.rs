//! Tokens from an OAuth 2.0 issuer: asked for once, kept for every process of this machine, renewed before they end.
//!
//! The main type is [`OAuth`]. Client credentials are RFC 6749, section 4.4; device codes are RFC 8628; where the
//! endpoints are is found as OpenID Connect Discovery and RFC 8414 have it. The protocol itself is in the crate
//! `oauth2`; here is what surrounds it. A secret of the client goes to the issuer and nowhere else.

mod cache;
mod client;
mod grant;
mod issuer;
mod person;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

pub use grant::{ClientAuth, Grant, GrantType};
pub use person::Person;

use self::cache::{CachedToken, TokenCache, millis};
use self::client::{TokenAnswer, TokenClient};
use self::issuer::Issuer;
use super::connection::Connection;
use super::token::BEFORE_THE_END;
use crate::model::secret::{Scrubber, Secret};

/// A token that replaced a refused one is not replaced again within this time: refused as well, it is not the token.
const ONCE: Duration = Duration::from_secs(60);

/// Why there is no token. The words of an issuer may repeat a secret, so they go through the scrubber.
#[derive(Debug, Clone, thiserror::Error)]
pub enum OAuthError {
    /// The secret of the client cannot be read.
    #[error("client secret: {0}")]
    Secret(String),
    /// The issuer cannot be asked, or answers with something else than OAuth.
    #[error("{url}: {why}")]
    Issuer {
        /// What was asked, without its query.
        url: String,
        /// What went wrong.
        why: String,
        /// Asking again may help.
        passing: bool,
    },
    /// The issuer gives no token.
    #[error("{url} refuses: {error}{}", hint(description))]
    Refused {
        /// What was asked.
        url: String,
        /// The error code of RFC 6749, section 5.2.
        error: String,
        /// What the issuer says of it.
        description: String,
    },
    /// A person has to sign in, and none is there.
    #[error(
        "a person has to sign in with a device code, and there is no terminal; run it once at one, and the token is kept in {0}"
    )]
    Nobody(String),
    /// Nobody signed in while there was time.
    #[error("the code ended before anybody signed in")]
    Late,
    /// The kept token cannot be read or written.
    #[error("{}: {why}", path.display())]
    Cache {
        /// The file.
        path: PathBuf,
        /// What the system said.
        why: String,
    },
    /// Another process of this machine asked meanwhile, in vain.
    #[error("{0}")]
    Shared(String),
}

fn hint(description: &str) -> String {
    if description.is_empty() { String::new() } else { format!(": {description}") }
}

/// Whether secrets may be sent to this URL.
///
/// # Errors
/// When they may not, or it is none.
pub fn usable(url: &str) -> Result<(), OAuthError> {
    issuer::secure(url).map(drop)
}

/// A token from an issuer.
#[derive(Debug)]
pub struct OAuth {
    /// What is asked for, and whom.
    pub grant: Grant,
    /// How the issuer is reached; its base URL does not count.
    pub connection: Connection,
    /// Folder of the program's state, where tokens are kept; `None` keeps them in memory.
    pub state: Option<PathBuf>,
    /// Who signs in with a device code.
    pub person: Option<Arc<dyn Person>>,
    /// Tells people what is waited for.
    pub notice: fn(&str),
}

/// A token as it was given.
#[derive(Debug, Clone, PartialEq)]
pub struct Granted {
    /// The token.
    pub secret: Secret,
    /// When it is to be renewed; `None` where nobody knows.
    pub due: Option<SystemTime>,
}

impl OAuth {
    /// A token: the kept one while it is good, else a new one. `refused` is one that the target no longer takes;
    /// it is given back where no other is to be had.
    ///
    /// # Errors
    /// When there is none.
    pub async fn token(&self, refused: Option<&Secret>, scrubber: &Scrubber) -> Result<Granted, OAuthError> {
        let place = TokenCache::of(&self.grant, self.state.as_deref());
        if let Some(kept) = place.read(scrubber).filter(|kept| kept.serves(refused, SystemTime::now())) {
            return Ok(kept.granted());
        }
        // Whoever cannot keep a token can use one.
        let locked = place.lock(self.notice).await.map_err(|error| self.is_not_kept(&error));
        let keeps = locked.is_ok();
        let guard = locked.unwrap_or_default();
        let kept = place.read(scrubber);
        if let Some(kept) = kept.as_ref().filter(|kept| kept.serves(refused, SystemTime::now())) {
            return Ok(kept.granted());
        }
        if let Some(why) = guard.failed_while_waiting() {
            return Err(OAuthError::Shared(why));
        }
        match self.ask(&place, kept.as_ref(), scrubber).await {
            Ok(mut new) => {
                new.replaced = refused.map(|_| millis(SystemTime::now()));
                // Another one need not be had, as a refresh token may be good once only.
                if let Some(Err(error)) = keeps.then(|| place.write(&new)) {
                    self.is_not_kept(&error);
                }
                guard.succeeded();
                Ok(new.granted())
            }
            Err(error) => {
                guard.failed(&scrubber.scrub(&error.to_string()));
                // One that still lives is better than none.
                match kept.filter(|kept| refused.is_none() && kept.lives(SystemTime::now())) {
                    Some(kept) => Ok(kept.granted()),
                    None => Err(error),
                }
            }
        }
    }

    fn is_not_kept(&self, error: &OAuthError) {
        (self.notice)(&format!("the token is not kept, and the next run asks for another one: {error}"));
    }

    async fn ask(
        &self,
        place: &TokenCache,
        kept: Option<&CachedToken>,
        scrubber: &Scrubber,
    ) -> Result<CachedToken, OAuthError> {
        let nobody = || OAuthError::Nobody(TokenCache::shown(self.state.as_deref()));
        let refresh = kept.and_then(|kept| kept.refresh_token.as_deref());
        if self.grant.kind == GrantType::DeviceCode && self.person.is_none() && refresh.is_none() {
            return Err(nobody());
        }
        let asked = SystemTime::now();
        let issuer = Issuer::new(&self.connection, scrubber);
        let asking = TokenClient::new(&self.grant, &issuer, scrubber).await?;
        let answer = match kept.zip(refresh) {
            Some((kept, refresh)) => match asking.refresh(refresh).await {
                // It ended, or was taken back; what gave it once gives it again.
                Err(OAuthError::Refused { error, .. }) if error == "invalid_grant" => {
                    // Where it stays, whoever comes next asks with it in vain too.
                    let _ = place.write(&CachedToken { refresh_token: None, ..kept.clone() });
                    None
                }
                answer => Some(answer?),
            },
            None => None,
        };
        let answer = match (answer, self.grant.kind) {
            (Some(answer), _) => answer,
            (None, GrantType::ClientCredentials) => asking.client_credentials().await?,
            (None, GrantType::DeviceCode) => asking.device_code(self.person.as_deref().ok_or_else(nobody)?).await?,
        };
        let refresh = answer.refresh.clone().or_else(|| refresh.map(Secret::new));
        let known: Vec<Secret> = [Some(answer.access.clone()), refresh.clone()].into_iter().flatten().collect();
        scrubber.learn_all(&known);
        Ok(CachedToken::new(&answer, refresh, asked))
    }
}

impl CachedToken {
    fn new(answer: &TokenAnswer, refresh: Option<Secret>, asked: SystemTime) -> Self {
        let lives = answer.lives.or_else(|| {
            let end = super::token::expiry(&answer.access)?;
            Some(end.duration_since(asked).unwrap_or_default())
        });
        let end = lives.and_then(|lives| asked.checked_add(lives));
        // A token that lives shortly is renewed after half its life.
        let due = lives.and_then(|lives| asked.checked_add(lives.saturating_sub(BEFORE_THE_END.min(lives / 2))));
        Self {
            access_token: answer.access.expose().to_owned(),
            refresh_token: refresh.map(|secret| secret.expose().to_owned()),
            end: end.map(millis),
            due: due.map(millis),
            replaced: None,
        }
    }

    /// Whether nothing better is to be had.
    fn serves(&self, refused: Option<&Secret>, now: SystemTime) -> bool {
        let now = millis(now);
        let due = self.due.is_some_and(|due| due <= now);
        let is_refused = refused.is_some_and(|refused| refused.expose() == self.access_token);
        let lately = self.replaced.is_some_and(|at| now.abs_diff(at) < millis_of(ONCE));
        !due && (!is_refused || lately)
    }

    fn lives(&self, now: SystemTime) -> bool {
        self.end.is_none_or(|end| millis(now) < end)
    }

    fn granted(&self) -> Granted {
        let due = self.due.and_then(|due| SystemTime::UNIX_EPOCH.checked_add(Duration::from_millis(due)));
        Granted { secret: Secret::new(self.access_token.as_str()), due }
    }
}

fn millis_of(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn kept(lives: u64, asked: SystemTime) -> CachedToken {
        let answer =
            TokenAnswer { access: Secret::new("a-token"), refresh: None, lives: Some(Duration::from_secs(lives)) };
        CachedToken::new(&answer, None, asked)
    }

    #[test]
    fn a_token_is_renewed_before_it_ends() {
        let asked = SystemTime::now();
        let long = kept(3600, asked);
        assert!(long.serves(None, asked + 3569 * SECOND) && !long.serves(None, asked + 3570 * SECOND));
        assert!(long.lives(asked + 3599 * SECOND) && !long.lives(asked + 3600 * SECOND));
        let short = kept(20, asked);
        assert!(short.serves(None, asked + 9 * SECOND) && !short.serves(None, asked + 10 * SECOND));
        let endless =
            CachedToken::new(&TokenAnswer { access: Secret::new("x"), refresh: None, lives: None }, None, asked);
        assert!(endless.serves(None, asked + 1_000_000 * SECOND));
    }

    #[test]
    fn a_refused_token_is_replaced_once() {
        let asked = SystemTime::now();
        let mut token = kept(3600, asked);
        let (refused, other) = (Secret::new("a-token"), Secret::new("another"));
        assert!(!token.serves(Some(&refused), asked), "there may be another one");
        assert!(token.serves(Some(&other), asked), "another process has renewed it already");
        token.replaced = Some(millis(asked));
        assert!(token.serves(Some(&refused), asked + 59 * SECOND), "it is not the token then");
        assert!(!token.serves(Some(&refused), asked + 60 * SECOND));
    }
}
