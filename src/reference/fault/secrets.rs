//! Reads from a request what no answer may repeat.

use crate::reference::message::Request;

/// The token that a request carries, or a word in its place.
pub(super) fn token(request: &Request) -> &str {
    request.header("authorization").split_once(' ').map_or("none", |(_, token)| token.trim())
}

/// Sixteen characters from inside the token.
pub(super) fn part(request: &Request) -> String {
    token(request).chars().skip(3).take(16).collect()
}
