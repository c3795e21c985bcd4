//! The environment variables that stand for the tokens of a target in a command for the shell.
//!
//! Records have the same placeholders whatever the target is called; a command that people paste names the variable
//! that the token was read from. The main type is [`TokenVariables`].

use super::secret::{PERSONAL_PLACEHOLDER, SCOPED_PLACEHOLDER, SECOND_TENANT_PLACEHOLDER, TOKEN_PLACEHOLDER};

/// What records show for a token. Each is a dollar sign and the name of a variable.
pub const PLACEHOLDERS: [&str; 4] =
    [TOKEN_PLACEHOLDER, SCOPED_PLACEHOLDER, PERSONAL_PLACEHOLDER, SECOND_TENANT_PLACEHOLDER];

/// What a command has in the place of each of [`PLACEHOLDERS`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenVariables([String; PLACEHOLDERS.len()]);

impl Default for TokenVariables {
    fn default() -> Self {
        Self(PLACEHOLDERS.map(str::to_owned))
    }
}

impl TokenVariables {
    /// Says from which variable the token of a placeholder comes. A name that no shell fills in is passed over: the
    /// placeholder stays, for the person to set.
    pub fn name(&mut self, placeholder: &str, variable: &str) {
        let at = PLACEHOLDERS.iter().position(|known| *known == placeholder);
        if let Some(shown) = at.and_then(|at| self.0.get_mut(at)).filter(|_| is_shell_name(variable)) {
            *shown = format!("${variable}");
        }
    }

    /// What stands for a placeholder.
    #[must_use]
    pub fn shown<'a>(&'a self, placeholder: &'a str) -> &'a str {
        let at = PLACEHOLDERS.iter().position(|known| *known == placeholder);
        at.and_then(|at| self.0.get(at)).map_or(placeholder, String::as_str)
    }

    /// What stands for each token, with its dollar sign.
    pub fn all(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

/// Whether the shell takes `$` and the text for a variable, the whole text and nothing else (POSIX.1-2024, XBD 3.216).
/// `$_` is the shell's own.
fn is_shell_name(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text != "_" && text.chars().all(plain) && text.chars().next().is_some_and(|first| !first.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_shell_takes_for_a_name_is_named() {
        for (variable, shown) in [
            ("MY_TOKEN", "$MY_TOKEN"),
            ("_t1", "$_t1"),
            ("MY-TOKEN", TOKEN_PLACEHOLDER),
            ("1TOKEN", TOKEN_PLACEHOLDER),
            ("", TOKEN_PLACEHOLDER),
            ("_", TOKEN_PLACEHOLDER),
            ("(id)", TOKEN_PLACEHOLDER),
            ("T\"; id; \"", TOKEN_PLACEHOLDER),
            ("ÄT", TOKEN_PLACEHOLDER),
        ] {
            let mut variables = TokenVariables::default();
            variables.name(TOKEN_PLACEHOLDER, variable);
            assert_eq!(variables.shown(TOKEN_PLACEHOLDER), shown, "{variable}");
            assert_eq!(variables.shown(SCOPED_PLACEHOLDER), SCOPED_PLACEHOLDER);
        }
    }
}
