//! Changes the content and the end of an answer as octets.

use crate::reference::message::Answer;
use crate::reference::octets::{content_start, edit_head, with, without};
use crate::reference::wire::After;

/// The announced length.
pub(super) fn length(octets: &[u8]) -> Option<usize> {
    let head = String::from_utf8_lossy(&octets[..content_start(octets)?]).into_owned();
    head.lines().find_map(|line| line.strip_prefix("content-length: ")?.trim().parse().ok())
}

/// The end of the connection after an answer that is final, which says so.
pub(super) fn closing(octets: &mut Vec<u8>) -> After {
    if octets.starts_with(b"HTTP/1.1 1") {
        return After::Keep;
    }
    edit_head(octets, |head| with(&without(head, "connection"), "connection: close"));
    After::Close
}

/// Changes the content as text.
pub(super) fn rewrite_text(answer: &mut Answer, change: fn(&str) -> Vec<u8>) {
    answer.rewrite(|octets| *octets = change(&String::from_utf8_lossy(octets)));
}
