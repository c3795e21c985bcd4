//! A 204 has content, or announces some.

use super::row;
use crate::reference::effect::Effect;
use crate::reference::fault::Fault;
use crate::reference::fault::octets::closing;
use crate::reference::octets::{edit_head, with};
use crate::reference::wire::After;

pub(super) const ROWS: &[Fault] = &[
    row(
        "no-content-with-content",
        "A 204 has content.",
        &["REQ-PREF-002"],
        Effect::Outbound(|octets, _| no_content(octets, "content-length: 2", "{}")),
    ),
    row(
        "no-content-with-entity-and-no-length",
        "A 204 has content without a length.",
        &["REQ-PREF-002"],
        Effect::Outbound(|octets, _| no_content(octets, "connection: close", "{\"status\":\"done\"}")),
    ),
    row(
        "no-content-with-length",
        "A 204 has a Content-Length above zero and no content.",
        &["REQ-PREF-002"],
        Effect::Outbound(|octets, _| no_content(octets, "content-length: 820", "")),
    ),
    row(
        "no-content-of-length-zero",
        "A 204 has a Content-Length of zero.",
        &["REQ-PREF-002"],
        Effect::Outbound(|octets, _| no_content(octets, "content-length: 0", "")),
    )
    .mild(),
    row(
        "no-content-in-chunks",
        "A 204 has Transfer-Encoding and a last chunk.",
        &["REQ-PREF-002"],
        Effect::Outbound(|octets, _| no_content(octets, "transfer-encoding: chunked", "0\r\n\r\n")),
    ),
    row(
        "no-content-announced-in-chunks",
        "A 204 has Transfer-Encoding and nothing after its head.",
        &["REQ-PREF-002"],
        Effect::Outbound(|octets, _| no_content(octets, "transfer-encoding: chunked", "")),
    ),
];

/// Adds a header and content to a 204, and ends the connection, because clients do not read such content.
fn no_content(octets: &mut Vec<u8>, line: &str, content: &str) -> After {
    if !octets.starts_with(b"HTTP/1.1 204") {
        return After::Keep;
    }
    edit_head(octets, |head| with(head, line));
    octets.extend_from_slice(content.as_bytes());
    closing(octets)
}
