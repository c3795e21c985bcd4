//! What an attempt tells of updates that are right in every way: what they were answered, and what the refused ones share.

use crate::model::case::Address;
use crate::model::exchange::{BrokenKind, Outcome, SentRequest};
use crate::model::expect::Expect;
use crate::model::finding::{Finding, Level, Place};
use crate::model::in_common::{InCommon, traits};
use crate::model::transcript::{Role, Transcript};

/// What the updates of the leased job that are right in every way were answered; nothing where none of many tries was.
pub(super) fn answered(transcript: &Transcript) -> impl Iterator<Item = Option<u16>> + '_ {
    let steps = &transcript.case.steps;
    transcript.entries.iter().filter_map(move |entry| {
        let step = &steps[entry.step];
        let plain =
            entry.role == Role::Step && step.request.to == Address::Job && entry.exchange.request.method == "PATCH";
        match &entry.exchange.outcome {
            _ if !plain => None,
            Outcome::Answered(answer) => Some(answer.status).filter(|status| tells(&step.expect, *status)).map(Some),
            Outcome::Broken(broken) => {
                let each_time = matches!(broken.kind, BrokenKind::Silent | BrokenKind::Unanswered);
                (each_time && step.expect.wants_success()).then_some(None)
            }
        }
    })
}

/// What became of the updates that were to be performed.
pub(super) fn in_common(transcript: &Transcript, findings: &[Finding]) -> InCommon {
    let mut updates = InCommon::default();
    for (index, entry) in transcript.entries.iter().enumerate() {
        let request = &entry.exchange.request;
        let valid = entry.role == Role::Step && transcript.case.steps[entry.step].expect.wants_success();
        if !valid || request.method != "PATCH" {
            continue;
        }
        // What may be refused with a warning may have a reason of its own.
        let refused = || {
            findings.iter().any(|finding| {
                finding.exchange == index && finding.place == Place::Status && finding.level == Level::Must
            })
        };
        match entry.exchange.status() {
            Some(200..=299) if sets_nothing(request) => {}
            Some(200..=299) => updates.accept(traits(request, entry.before.as_deref())),
            Some(400..=499) if refused() => updates.refuse(traits(request, entry.before.as_deref())),
            _ => {}
        }
    }
    updates
}

/// An update of nothing is mostly taken before anything of it is looked at.
fn sets_nothing(request: &SentRequest) -> bool {
    let body = request.json.as_deref().and_then(serde_json::Value::as_object);
    body.is_some_and(|body| body.keys().all(|name| name.contains('@')))
}

/// Whether an answer tells if valid updates are taken: a refusal that is right as well says nothing.
fn tells(expect: &Expect, status: u16) -> bool {
    expect.wants_success() && ((200..300).contains(&status) || expect.matching(status).is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_that_is_right_says_nothing_of_valid_updates() {
        let either: Expect = serde_json::from_str(r#"{"status": 200, "or": [{"status": "refusal"}]}"#).unwrap();
        assert!(tells(&either, 200) && tells(&either, 404) && !tells(&either, 400));
        let success = Expect::default();
        assert!(tells(&success, 200) && tells(&success, 400), "a valid update that is refused");
        let refusal: Expect = serde_json::from_str(r#"{"status": "refusal"}"#).unwrap();
        assert!(!tells(&refusal, 200) && !tells(&refusal, 400));
    }
}
