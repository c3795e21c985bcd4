//! The framing is true: Content-Length counts the octets, a 204 has none, the content ends as announced.
//!
//! RFC 9110, sections 8.6 and 15.3.5; RFC 9112, section 6. A connection that carries a single response shows all octets
//! in excess; one that is to carry more shows those that came along with the end of the response.

use super::scene::{Findings, Scene};
use super::{Check, LooksAt};
use crate::model::exchange::BodyProblem;
use crate::model::finding::{Level, Place};
use crate::model::transcript::Role;

/// Octets of content that a server may not wait for.
const LONG: usize = 64 * 1024;

pub(super) const CHECK: Check = Check {
    name: "framing",
    rule: "Content-Length counts the octets of the content, and a 204 has no content.",
    requirements: &["REQ-HDR-004", "REQ-PREF-002", "REQ-RESP-001", "REQ-RESP-002", "REQ-ENV-001", "REQ-STATUS-002"],
    looks_at: LooksAt::EveryResponse,
    run,
};

fn run(scene: &Scene<'_>, findings: &mut Findings) {
    let response = scene.response;
    let length = response.header("content-length");
    if response.status == 204 {
        if let Some(length) = length {
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
        return;
    }
    let lengths: Vec<&str> =
        response.header_all("content-length").flat_map(|value| value.split(',')).map(str::trim).collect();
    let is_number = |one: &&str| !one.is_empty() && one.bytes().all(|octet| octet.is_ascii_digit());
    let wrong = if !lengths.iter().all(is_number) {
        Some("Content-Length is not a number.")
    } else if lengths.windows(2).any(|pair| pair[0] != pair[1]) {
        Some("The response has two different values of Content-Length.")
    } else {
        None
    };
    if let Some(wrong) = wrong {
        let draft = scene.finding("REQ-HDR-004", Place::Header("content-length".to_owned()), wrong);
        return findings.add(draft.expected("the number of octets of the content").actual(lengths.join(", ")));
    }
    if let (Some(length), Some(_), None) = (length, response.header("transfer-encoding"), &response.problem)
        && length.trim().parse() != Ok(response.wire_length)
    {
        let place = Place::Header("content-length".to_owned());
        let draft =
            scene.finding("REQ-HDR-004", place, "Content-Length beside chunks is not the length of the content.");
        findings.add(draft.expected(response.wire_length.to_string()).actual(length));
    }
    let body = || Place::Body(String::new());
    match &response.problem {
        None => {}
        // Who refuses long content may close the connection at once (REQ-SEC-006), and what still comes then resets it,
        // with all of the answer that was on its way.
        Some(BodyProblem::CutOff(_)) if response.status >= 400 && scene.exchange().request.body.len() > LONG => {}
        Some(BodyProblem::CutOff(why)) => {
            let (requirement, expected) = match length {
                Some(length) => ("REQ-HDR-004", format!("{length} octets, as Content-Length says")),
                None => ("REQ-RESP-002", "content that ends as its framing announces".to_owned()),
            };
            findings.add(
                scene
                    .finding(requirement, body(), format!("The content ends too early: {why}."))
                    .expected(expected)
                    .actual(format!("{} octets", response.wire_length)),
            );
        }
        Some(BodyProblem::Excess(octets)) => {
            findings.add(
                scene
                    .finding("REQ-HDR-004", body(), "The content goes on after its announced end.")
                    .expected(length.map_or_else(
                        || "no content".to_owned(),
                        |length| format!("{length} octets, as Content-Length says"),
                    ))
                    .actual(if *octets == 1 { "1 octet more".to_owned() } else { format!("{octets} octets more") }),
            );
        }
        // An answer that shows a large input is as large as the input, or six times that where every character is
        // escaped, and so is a read after it.
        Some(BodyProblem::TooLarge(limit))
            if !matches!(scene.entry.role, Role::Step | Role::Writer(_))
                || scene.exchange().request.body.len() as u64 * 6 >= *limit => {}
        Some(BodyProblem::TooLarge(limit)) => {
            let requirement = if response.status >= 400 { "REQ-ENV-001" } else { "REQ-RESP-001" };
            findings.add(scene.finding(
                requirement,
                body(),
                format!("The body has more than {limit} octets; the rest was not read."),
            ));
        }
        Some(BodyProblem::TimedOut) => {
            findings.add(
                scene
                    .finding("REQ-RESP-002", body(), "The content does not end within the time limit.")
                    .actual(format!("{} octets so far", response.wire_length)),
            );
        }
        Some(BodyProblem::Undecodable(why)) => {
            findings.add(scene.finding(
                "REQ-RESP-002",
                body(),
                format!("The content is not what Content-Encoding says: {why}."),
            ));
        }
    }
}
