//! The token of a target: read, or got from an issuer, with the person at the terminal where one has to sign in.

use std::io::IsTerminal as _;
use std::sync::Arc;

use super::super::environment::is_ci;
use super::super::write::err;
use super::aim::value;
use super::{Aim, Layers};
use crate::model::exit;
use crate::model::secret::{
    PERSONAL_PLACEHOLDER, SCOPED_PLACEHOLDER, SECOND_TENANT_PLACEHOLDER, Secret, TOKEN_PLACEHOLDER,
};
use crate::model::token_variables::TokenVariables;
use crate::runner::Credentials;
use crate::target::Connection;
use crate::target::config::Credential;
use crate::target::oauth::{OAuth, Person};
use crate::target::token::{SecretError, SecretSource, Token};

impl Layers {
    /// The token that every case uses, not asked for yet; `connection` is that of the target.
    pub(in crate::cli) fn token(&self, connection: &Connection) -> Result<Option<Token>, String> {
        Ok(match self.resolved.credential()? {
            Credential::None => None,
            Credential::Read(source) => Some(Token::new(source)),
            Credential::Granted(grant) => Some(Token::granted(OAuth {
                grant,
                connection: self.resolved.issuer_connection(connection),
                state: self.state_folder(),
                person: at_terminal().then(|| Arc::new(Terminal) as Arc<dyn Person>),
                notice: |text| err(format!("note: {text}")),
            })),
        })
    }
}

impl Layers {
    /// The environment variables that the tokens come from.
    pub(super) fn variables(&self) -> TokenVariables {
        let resolved = &self.resolved;
        let valid = match resolved.credential() {
            Ok(Credential::Read(source)) => Some(source),
            _ => None,
        };
        let mut variables = TokenVariables::default();
        for (placeholder, source) in [
            (TOKEN_PLACEHOLDER, valid),
            (SCOPED_PLACEHOLDER, value(resolved.scoped_token.as_ref())),
            (PERSONAL_PLACEHOLDER, value(resolved.personal_token.as_ref())),
            (SECOND_TENANT_PLACEHOLDER, value(resolved.second_tenant_token.as_ref())),
        ] {
            if let Some(SecretSource::Environment(name)) = source {
                variables.name(placeholder, &name);
            }
        }
        variables
    }
}

/// Whether somebody reads what is said, and can act upon it.
fn at_terminal() -> bool {
    std::io::stderr().is_terminal() && !is_ci()
}

/// The person at the terminal.
#[derive(Debug)]
struct Terminal;

impl Person for Terminal {
    fn tell(&self, text: &str) {
        err(text);
    }
}

impl Aim {
    /// Asks for the token, so that one that cannot be had is told before anything is sent.
    ///
    /// # Errors
    /// Why it cannot be had, and the exit code for that: an issuer that is down at night is no mistake of the configuration.
    pub(in crate::cli) async fn fetch_token(&self) -> Result<(), (String, u8)> {
        let Some(token) = self.target.credentials.valid.as_ref().filter(|_| self.embedded.is_none()) else {
            return Ok(());
        };
        let scrubber = &self.target.scrubber;
        let secret = token.get(scrubber).await.map_err(|error| {
            let code = match error {
                SecretError::Command { .. } | SecretError::OAuth(_) => exit::COULD_NOT_JUDGE,
                _ => exit::USAGE,
            };
            (format!("the token: {}", scrubber.scrub(&error.to_string())), code)
        })?;
        let Credentials { scoped, personal, second_tenant, .. } = &self.target.credentials;
        let all = [
            ("the token", Some(&secret)),
            ("scoped-token", scoped.as_ref()),
            ("personal-token", personal.as_ref()),
            ("second-tenant-token", second_tenant.as_ref()),
        ];
        let told = |(name, token): (&str, Option<&Secret>)| Some(format!("{name} {}", misread(token?.expose())?));
        all.into_iter().find_map(told).map_or(Ok(()), |why| Err((why, exit::USAGE)))
    }
}

/// What shows that a token was not read as its issuer wrote it (RFC 6750, section 2.1).
fn misread(token: &str) -> Option<&'static str> {
    if token.starts_with("Bearer ") || token.starts_with("bearer ") {
        Some("begins with the word Bearer, which is written before it anyway")
    } else if token.starts_with('\u{feff}') {
        Some("begins with a byte order mark")
    } else {
        token.contains(char::is_whitespace).then_some("holds white space, which no token does")
    }
}
