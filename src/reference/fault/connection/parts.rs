//! A request that comes in more than one part is taken for another one.

use super::row;
use crate::reference::effect::Effect;
use crate::reference::fault::Fault;
use crate::reference::fault::alter::{patches, refused};
use crate::reference::fault::given::chunked;
use crate::reference::message::Request;

/// What fits in one read of a usual server.
const ONE_READ: usize = 4096;

pub(super) const ROWS: &[Fault] = &[
    row(
        "head-in-two-parts-refused",
        "A head that comes in two parts is refused.",
        &["REQ-PATH-001"],
        Effect::Refuse(|_, request| refused(is_parted(request) && request.arrival.head > 1)),
    ),
    row(
        "content-behind-its-head-lost",
        "Content that comes after its head is read as empty.",
        &["REQ-PATH-001"],
        Effect::Request(|request| {
            let arrival = request.arrival;
            if is_parted(request) && !chunked(request) && arrival.head == 1 && arrival.first == request.content.len() {
                request.content.clear();
            }
        }),
    ),
    row(
        "content-of-the-first-part-alone",
        "Of content that comes in two parts the second is lost.",
        &["REQ-PATH-001"],
        Effect::Request(|request| {
            if is_parted(request) && !chunked(request) {
                request.content.truncate(request.arrival.first);
            }
        }),
    ),
    row(
        "parts-decoded-apart",
        "Content that comes in two parts is made into text part by part, so that a character is lost where one ends.",
        &["REQ-PATH-001", "REQ-RESP-003", "REQ-TYPE-003"],
        Effect::Request(|request| {
            if is_parted(request) && !chunked(request) {
                let (first, rest) = request.content.split_at(request.arrival.first.min(request.content.len()));
                let text = String::from_utf8_lossy(first).into_owned() + &String::from_utf8_lossy(rest);
                request.content = text.into_bytes();
            }
        }),
    ),
    row(
        "later-chunks-lost",
        "Of chunks that come one after the other the first alone is read.",
        &["REQ-HTTP-002"],
        Effect::Request(|request| {
            if is_parted(request) && chunked(request) {
                request.content.truncate(request.arrival.first);
            }
        }),
    ),
];

/// Whether an update, whole and short, came in several parts.
fn is_parted(request: &Request) -> bool {
    patches(request) && request.whole && request.arrival.all > 1 && request.content.len() < ONE_READ
}
