//! The digest of the program itself, so that a report says what judged.

use std::thread::{self, JoinHandle};

use crate::evidence::Subject;

/// A digest under way: it takes some milliseconds, and the cases are loaded meanwhile.
pub(super) struct OwnDigest(Option<JoinHandle<Option<String>>>);

impl OwnDigest {
    /// Starts to read the program.
    pub(super) fn begin() -> Self {
        Self(thread::Builder::new().name("own digest".to_owned()).spawn(of_program).ok())
    }

    /// SHA-256 in hexadecimal; none where the program cannot be read.
    pub(super) fn finish(self) -> Option<String> {
        self.0?.join().ok().flatten()
    }
}

fn of_program() -> Option<String> {
    let program = std::env::current_exe().ok()?;
    Some(Subject::parse(program.to_str()?).ok()?.sha256)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_is_that_of_the_program() {
        let digest = OwnDigest::begin().finish().unwrap();
        assert!(digest.len() == 64 && digest.bytes().all(|octet| octet.is_ascii_hexdigit()), "{digest}");
        assert_eq!(Some(digest), OwnDigest::begin().finish());
    }
}
