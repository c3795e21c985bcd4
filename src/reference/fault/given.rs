//! What a request carries beside its path and its body.

use super::alter::patches;
use crate::reference::message::Request;

/// Whether there is a header of this name.
pub(super) fn given(request: &Request, name: &str) -> bool {
    request.headers.contains_key(name)
}

/// Whether the content comes in chunks.
pub(super) fn chunked(request: &Request) -> bool {
    given(request, "transfer-encoding")
}

/// The media type of the content with its parameters.
pub(super) fn media(request: &Request) -> &str {
    request.header("content-type")
}

/// Whether the media type of the content has a parameter.
pub(super) fn has_parameter(request: &Request) -> bool {
    media(request).contains(';')
}

/// Whether the client prefers this to be returned: `minimal` or `representation`.
pub(super) fn prefers(request: &Request, what: &str) -> bool {
    request.prefers("return").as_deref() == Some(what)
}

/// Whether this is an update whose answer is to be minimal.
pub(super) fn is_minimal(request: &Request) -> bool {
    patches(request) && prefers(request, "minimal")
}

/// Whether this is an update of more than 1,500 octets.
pub(super) fn is_long(request: &Request) -> bool {
    patches(request) && request.content.len() > 1500
}
