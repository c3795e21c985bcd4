//! Digests as text.

use std::fmt::Write as _;

/// Octets as lower-case hexadecimal digits.
#[must_use]
pub fn hexadecimal(octets: &[u8]) -> String {
    octets.iter().fold(String::with_capacity(octets.len() * 2), |mut text, octet| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{octet:02x}");
        text
    })
}
