//! Status codes (RFC 9110, section 15; RFC 6585, section 4) by what a client makes of them.

/// Says nothing of the resource: the client is to come later, or whoever stands before the service cannot reach it.
#[must_use]
pub fn is_transient(status: u16) -> bool {
    matches!(status, 429 | 502..=504)
}

/// There is no such resource, or none any more.
#[must_use]
pub fn is_gone(status: u16) -> bool {
    matches!(status, 404 | 410)
}
