//! Regular expressions of cases, compiled once for all the cases that share one.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use super::locked::Locked;
use regex::Regex;

/// So many are kept; a suite of generated cases may have one in each.
const KEPT: usize = 256;

/// The compiled expression; those who share it share its scratch space too.
///
/// # Errors
/// What is wrong with it, as the `regex` crate says it.
pub fn pattern(text: &str) -> Result<Arc<Regex>, regex::Error> {
    static COMPILED: OnceLock<Locked<HashMap<String, Arc<Regex>>>> = OnceLock::new();
    let mut compiled = COMPILED.get_or_init(Locked::default).lock();
    if let Some(regex) = compiled.get(text) {
        return Ok(regex.clone());
    }
    let regex = Arc::new(Regex::new(text)?);
    if compiled.len() >= KEPT {
        compiled.clear();
    }
    compiled.insert(text.to_owned(), regex.clone());
    Ok(regex)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_the_same_the_second_time() {
        for _ in 0..2 {
            assert!(pattern("^a+$").unwrap().is_match("aa"));
            assert!(pattern("(").is_err());
        }
        for n in 0..=KEPT {
            assert!(pattern(&format!("^{n}$")).unwrap().is_match(&n.to_string()));
        }
    }
}
