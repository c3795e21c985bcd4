//! The token of a target: read, or got from an issuer, with the person at the terminal where one has to sign in.

use std::io::IsTerminal as _;
use std::sync::Arc;

use super::super::environment::is_ci;
use super::super::write::err;
use super::Layers;
use crate::target::Connection;
use crate::target::config::Credential;
use crate::target::oauth::{OAuth, Person};
use crate::target::token::Token;

impl Layers {
    /// The token that every case uses, not asked for yet; `connection` is that of the target.
    pub(in crate::cli) fn token(&self, connection: &Connection) -> Result<Option<Token>, String> {
        Ok(match self.resolved.credential()? {
            Credential::None => None,
            Credential::Read(source) => Some(Token::new(source)),
            Credential::Granted(grant) => Some(Token::granted(OAuth {
                grant,
                connection: self.resolved.issuer_connection(connection),
                state: Some(self.state_folder()),
                person: at_terminal().then(|| Arc::new(Terminal) as Arc<dyn Person>),
                notice: |text| err(format!("note: {text}")),
            })),
        })
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
