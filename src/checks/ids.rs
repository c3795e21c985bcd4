//! Responses can be traced: a fresh request-id each, and the client's own id comes back (Graph best practices).

use super::scene::{Findings, Scene};
use super::{Check, Scope};
use crate::model::finding::Place;

pub(super) const CHECK: Check = Check {
    name: "request-ids",
    rule: "Every response has a request-id of its own and returns the client-request-id.",
    requirements: &["REQ-HDR-005", "REQ-HDR-006"],
    scope: Scope::Steps,
    run,
};

fn run(scene: &Scene<'_>, findings: &mut Findings) {
    let place = |name: &str| Place::Header(name.to_owned());
    // What the HTTP layer answers to broken framing never reached the API.
    if super::envelope::exempt(scene) && !scene.response.is_success() {
        return;
    }
    match scene.response.header("request-id").map(str::trim) {
        None => findings.add(scene.finding("REQ-HDR-005", place("request-id"), "The response has no request-id.")),
        Some("") => findings.add(scene.finding("REQ-HDR-005", place("request-id"), "The request-id is empty.")),
        Some(id) if scene.exchange().request_id_repeated => findings.add(
            scene
                .finding("REQ-HDR-005", place("request-id"), "The request-id was used for an earlier response.")
                .expected("another one for each response")
                .actual(id),
        ),
        Some(_) => {}
    }
    if let Some(sent) = scene.exchange().request.header("client-request-id") {
        let is_sent = |back: &str| back.trim().eq_ignore_ascii_case(sent.trim());
        let mut lines = scene.response.header_all("client-request-id");
        let message = match lines.next() {
            Some(first) if is_sent(first) => lines
                .find(|more| !is_sent(more))
                .map(|more| ("Beside the client-request-id another one comes back.", Some(more))),
            first => Some(("The client-request-id does not come back.", first)),
        };
        if let Some((message, back)) = message {
            let draft = scene.finding("REQ-HDR-006", place("client-request-id"), message).expected(sent);
            findings.add(draft.actual_if(back));
        }
    }
}
