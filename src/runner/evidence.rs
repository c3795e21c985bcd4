//! Exchanges as reports show them: without secrets, cut to a length, with a curl line that repeats the request.

use std::fmt::Write as _;
use std::time::Duration;

use super::curl;
use crate::model::case::Case;
use crate::model::event::ExchangeRecord;
use crate::model::exchange::{BodyProblem, Outcome};
use crate::model::secret::Scrubber;
use crate::model::token_variables::TokenVariables;
use crate::model::transcript::{Entry, Role};

/// Longest body kept, in octets.
const BODY: usize = 64 * 1024;

/// One exchange of a case as a record.
pub(super) fn record(case: &Case, entry: &Entry, scrubber: &Scrubber, variables: &TokenVariables) -> ExchangeRecord {
    let exchange = &entry.exchange;
    let request = &exchange.request;
    let scrub = |text: &str| scrubber.scrub(text).into_owned();
    let scrub_all =
        |headers: &[(String, String)]| headers.iter().map(|(n, v)| (scrub(n), scrub(v))).collect::<Vec<_>>();
    let purpose = match entry.role {
        Role::Step => match case.steps.get(entry.step).and_then(|step| step.name.as_deref()) {
            Some(name) => format!("step {}: {name}", entry.step + 1),
            None => format!("step {}", entry.step + 1),
        },
        Role::ReadBefore => format!("read before step {}", entry.step + 1),
        Role::ReadAfter => format!("read after step {}", entry.step + 1),
        Role::Bystander => format!("another job beside step {}", entry.step + 1),
        Role::Writer(n) => format!("writer {} of step {}", n + 1, entry.step + 1),
        Role::Reader => format!("reader of step {}", entry.step + 1),
        Role::Settled => format!("read after the race of step {}", entry.step + 1),
    };
    let step = case.steps.get(entry.step).filter(|_| entry.role == Role::Step);
    let (wire, auth) = step.map(|step| (step.request.wire, step.request.auth)).unwrap_or_default();
    let mut record = ExchangeRecord {
        role: Some(entry.role),
        purpose,
        method: scrub(&request.method),
        url: scrub(&request.url),
        request_headers: scrub_all(&request.headers),
        request_body: scrub(&text(&request.body)),
        at_micros: micros(exchange.at),
        first_byte_micros: micros(exchange.first_byte),
        total_micros: micros(exchange.total),
        curl: scrub(&curl::line(request, wire, auth, variables)),
        ..ExchangeRecord::default()
    };
    match &exchange.outcome {
        Outcome::Answered(response) => {
            record.status = Some(response.status);
            response.version.clone_into(&mut record.version);
            record.response_headers = scrub_all(&response.headers);
            record.response_body = scrub(&text(&response.body));
            record.broken = response.problem.as_ref().map(|problem| match problem {
                BodyProblem::TooLarge(limit) => format!("more than {limit} octets"),
                BodyProblem::CutOff(why) | BodyProblem::Undecodable(why) => scrub(why),
                BodyProblem::TimedOut => "the content did not end in time".to_owned(),
                BodyProblem::Excess(1) => "1 octet after the end of the content".to_owned(),
                BodyProblem::Excess(octets) => format!("{octets} octets after the end of the content"),
            });
        }
        Outcome::Broken(broken) => record.broken = Some(scrub(&broken.detail)),
    }
    record
}

pub(super) fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

fn text(body: &[u8]) -> String {
    if body.len() <= BODY {
        return String::from_utf8_lossy(body).into_owned();
    }
    let mut cut = String::from_utf8_lossy(&body[..BODY]).into_owned();
    // Writing to a String cannot fail.
    let _ = write!(cut, "… ({} octets in all)", body.len());
    cut
}
