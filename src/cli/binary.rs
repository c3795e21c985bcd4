//! The digest of the program itself, so that a report says what judged.

use std::fs::File;
use std::io;
use std::thread::{self, JoinHandle};

use sha2::{Digest, Sha256};

/// A digest under way: it takes some milliseconds, and the cases are loaded meanwhile.
pub(super) struct OwnDigest(Option<JoinHandle<Option<String>>>);

impl OwnDigest {
    /// Starts to read the program.
    pub(super) fn begin() -> Self {
        Self(thread::Builder::new().name("own digest".to_owned()).spawn(|| of_program().ok()).ok())
    }

    /// SHA-256 in hexadecimal; none where the program cannot be read.
    pub(super) fn finish(self) -> Option<String> {
        self.0?.join().ok().flatten()
    }
}

fn of_program() -> io::Result<String> {
    let mut hash = Sha256::new();
    io::copy(&mut File::open(std::env::current_exe()?)?, &mut hash)?;
    Ok(hash.finalize().iter().map(|octet| format!("{octet:02x}")).collect())
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
