//! The person who signs in, and the words for them.
//!
//! The main type is the trait [`Person`]; what an issuer says is escaped before anybody reads it.

use std::fmt;
use std::pin::Pin;
use std::time::Duration;

/// Most of what an issuer says that is repeated.
const MOST_SHOWN: usize = 300;

/// Somebody who can sign in.
pub trait Person: fmt::Debug + Send + Sync {
    /// Tells them something.
    fn tell(&self, text: &str);

    /// Waits for them.
    fn wait(&self, time: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(tokio::time::sleep(time))
    }
}

/// What to do, for the person.
pub(super) fn invitation(at: &str, code: &str, whole: Option<&str>, ends_in: Duration) -> String {
    let minutes = ends_in.as_secs().div_ceil(60);
    let whole = whole.map_or_else(String::new, |whole| format!("\n  or open {}", shown(whole)));
    format!("to sign in, open {}\n  and enter the code {}{whole}\n  within {minutes} min", shown(at), shown(code))
}

/// Text of an issuer, in which nothing can act upon the terminal.
pub(super) fn shown(text: &str) -> String {
    let text: String = text.trim().chars().take(MOST_SHOWN).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().flat_map(char::escape_debug).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_cannot_write_on_the_terminal() {
        let told = invitation("https://x.example/device", "AB\u{1b}[2J\nCD", None, Duration::from_secs(61));
        assert_eq!(
            told,
            "to sign in, open https://x.example/device\n  and enter the code AB\\u{1b}[2J CD\n  within 2 min"
        );
        assert!(invitation("u", "c", Some("https://x.example/d?c"), Duration::ZERO).contains("\n  or open https://x"));
    }
}
