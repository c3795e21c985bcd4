//! The framing is true: Content-Length counts the octets, a 204 has none, the content ends as announced.
//!
//! RFC 9110, sections 8.6 and 15.3.5; RFC 9112, section 6. A connection that carries a single response shows all octets
//! in excess; one that is to carry more shows those that came along with the end of the response.

use super::scene::{Draft, Findings, Scene};
use super::{Check, Scope};
use crate::model::case::Address;
use crate::model::exchange::BodyProblem;
use crate::model::finding::{Level, Place};
use crate::model::transcript::Role;

/// Octets of content that a server may not wait for.
const LONG: usize = 64 * 1024;

pub(super) const CHECK: Check = Check {
    name: "framing",
    rule: "Content-Length counts the octets of the content, and a 204 has no content.",
    requirements: &["REQ-HDR-004", "REQ-PREF-002", "REQ-RESP-001", "REQ-RESP-002", "REQ-ENV-001", "REQ-STATUS-002"],
    scope: Scope::EveryResponse,
    run,
};

fn run(scene: &Scene<'_>, findings: &mut Findings) {
    if scene.response.status == 204 {
        return no_content(scene, findings);
    }
    if let Some(draft) = content_length(scene) {
        return findings.add(draft);
    }
    length_beside_chunks(scene, findings);
    if let Some(draft) = scene.response.problem.as_ref().and_then(|problem| broken_content(scene, problem)) {
        findings.add(draft);
    }
}

/// A 204 ends with its header section: nothing frames content, and none comes (RFC 9110, section 15.3.5).
fn no_content(scene: &Scene<'_>, findings: &mut Findings) {
    let response = scene.response;
    if let Some(length) = response.header("content-length") {
        let draft = scene.finding(
            "REQ-PREF-002",
            Place::Header("content-length".to_owned()),
            "A 204 response has a Content-Length header.",
        );
        // `Content-Length: 0` is a warning, as clients cope with it.
        let level = if length.trim() == "0" { Level::Should } else { Level::Must };
        findings.add(draft.at_most(level).expected("no header").actual(length));
    }
    if response.header("transfer-encoding").is_some() {
        findings.add(scene.finding(
            "REQ-PREF-002",
            Place::Header("transfer-encoding".to_owned()),
            "A 204 response has a Transfer-Encoding header.",
        ));
    }
    if matches!(response.problem, Some(BodyProblem::Excess(_))) || !response.body.is_empty() {
        findings.add(scene.finding("REQ-PREF-002", Place::Body(String::new()), "A 204 response has content."));
    }
}

/// Content-Length is one number, however often it is said; without that nothing else of the framing can be judged.
fn content_length(scene: &Scene<'_>) -> Option<Draft> {
    let lengths: Vec<&str> =
        scene.response.header_all("content-length").flat_map(|value| value.split(',')).map(str::trim).collect();
    let is_number = |one: &&str| !one.is_empty() && one.bytes().all(|octet| octet.is_ascii_digit());
    let wrong = if !lengths.iter().all(is_number) {
        "Content-Length is not a number."
    } else if lengths.windows(2).any(|pair| pair[0] != pair[1]) {
        "The response has two different values of Content-Length."
    } else {
        return None;
    };
    let draft = scene.finding("REQ-HDR-004", Place::Header("content-length".to_owned()), wrong);
    Some(draft.expected("the number of octets of the content").actual(lengths.join(", ")))
}

/// Where chunks frame the content, a Content-Length beside them still has to be its length.
fn length_beside_chunks(scene: &Scene<'_>, findings: &mut Findings) {
    let response = scene.response;
    if let (Some(length), Some(_), None) =
        (response.header("content-length"), response.header("transfer-encoding"), &response.problem)
        && length.trim().parse() != Ok(response.wire_length)
    {
        let place = Place::Header("content-length".to_owned());
        let draft =
            scene.finding("REQ-HDR-004", place, "Content-Length beside chunks is not the length of the content.");
        findings.add(draft.expected(response.wire_length.to_string()).actual(length));
    }
}

/// What a problem with the content breaks; nothing where the request itself is the cause.
fn broken_content(scene: &Scene<'_>, problem: &BodyProblem) -> Option<Draft> {
    if is_excused(scene, problem) {
        return None;
    }
    let response = scene.response;
    let announced = response.header("content-length").map(|length| format!("{length} octets, as Content-Length says"));
    let finding = |requirement: &str, message: String| scene.finding(requirement, Place::Body(String::new()), message);
    Some(match problem {
        BodyProblem::CutOff(why) => {
            let (requirement, expected) = match announced {
                Some(announced) => ("REQ-HDR-004", announced),
                None => ("REQ-RESP-002", "content that ends as its framing announces".to_owned()),
            };
            finding(requirement, format!("The content ends too early: {why}."))
                .expected(expected)
                .actual(format!("{} octets", response.wire_length))
        }
        BodyProblem::Excess(octets) => {
            finding("REQ-HDR-004", "The content goes on after its announced end.".to_owned())
                .expected(announced.unwrap_or_else(|| "no content".to_owned()))
                .actual(if *octets == 1 { "1 octet more".to_owned() } else { format!("{octets} octets more") })
        }
        BodyProblem::TooLarge(limit) => {
            let requirement = if response.status >= 400 { "REQ-ENV-001" } else { "REQ-RESP-001" };
            finding(
                requirement,
                format!("The body has more than {limit} octets; the rest was not read (`--body-limit`)."),
            )
        }
        BodyProblem::TimedOut => finding("REQ-RESP-002", "The content does not end within the time limit.".to_owned())
            .actual(format!("{} octets so far", response.wire_length)),
        BodyProblem::Undecodable(why) => {
            finding("REQ-RESP-002", format!("The content is not what Content-Encoding says: {why}."))
        }
    })
}

/// Blanks that indent one level, at most.
const INDENT: u64 = 8;

/// So many blanks indent a JSON text that has a line for each bracket and each comma. One in a string counts too.
fn indentation(text: &[u8]) -> u64 {
    let (mut open, mut levels) = (0_u64, 0);
    for octet in text {
        match octet {
            b'{' | b'[' => open += 1,
            b'}' | b']' => open = open.saturating_sub(1),
            b',' => {}
            _ => continue,
        }
        levels += open;
    }
    levels * INDENT
}

/// The problem comes of the size of what was sent, not of wrong framing.
fn is_excused(scene: &Scene<'_>, problem: &BodyProblem) -> bool {
    let sent = scene.exchange().request.body.len();
    match problem {
        // Who refuses long content may close the connection at once (REQ-SEC-006), and what still comes then resets it,
        // with all of the answer that was on its way.
        BodyProblem::CutOff(_) => scene.response.status >= 400 && sent > LONG,
        // An answer that shows a large input is as large as the input, or six times that where every character is
        // escaped, and so is a read after it. One that shows a deep input on indented lines grows with each level.
        BodyProblem::TooLarge(limit) => {
            // No rule says how long a list of jobs may be.
            let is_list = scene.step.request.to == Address::Collection && scene.response.status == 200;
            let shown = sent as u64 * 6;
            !matches!(scene.entry.role, Role::Step | Role::Writer(_))
                || is_list
                || shown >= *limit
                || shown + indentation(&scene.exchange().request.body) >= *limit
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indentation_grows_with_the_square_of_the_depth_and_with_the_breadth() {
        let [deep, deeper] = [500, 1000].map(|levels| indentation("[".repeat(levels).as_bytes()));
        assert_eq!((deep, deeper), (500 * 501 / 2 * INDENT, 1000 * 1001 / 2 * INDENT));
        let wide = |count: usize| indentation(format!("[{}]", "0,".repeat(count)).as_bytes());
        assert_eq!(wide(1000), 1001 * INDENT);
        assert_eq!(indentation(b"]]}"), 0);
    }
}
