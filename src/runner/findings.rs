//! Findings as reports have them: without secrets, with what knows them again and the line that expected otherwise.

use std::borrow::Cow;

use super::session::Session;
use crate::model::event::ReportedFinding;
use crate::model::finding::{Finding, Place, Shown};
use crate::model::transcript::Transcript;
use crate::plan::Lines;

/// The findings of one trial; `lines` finds the lines of its case file, where they are wanted.
pub(super) fn all(
    findings: Vec<Finding>,
    transcript: &Transcript,
    trial: &str,
    session: &Session,
    lines: Option<Lines<'_>>,
) -> Vec<ReportedFinding> {
    let step = |finding: &Finding| transcript.entries.get(finding.exchange).map_or(0, |entry| entry.step);
    let places: Vec<_> = findings.iter().map(|finding| (step(finding), &finding.place)).collect();
    let lines = lines.filter(|_| !places.is_empty()).map(|lines| lines.expecting(&places)).unwrap_or_default();
    let told = findings.into_iter().enumerate();
    told.map(|(n, finding)| reported(finding, trial, lines.get(n).copied().flatten(), session)).collect()
}

fn reported(mut finding: Finding, trial: &str, line: Option<usize>, session: &Session) -> ReportedFinding {
    let fingerprint = finding.fingerprint(trial);
    let scrub = |text: &mut String| {
        if let Cow::Owned(clean) = session.scrubber.scrub(text) {
            *text = clean;
        }
    };
    scrub(&mut finding.message);
    if let Place::Header(at) | Place::Body(at) | Place::Job(at) | Place::Elsewhere(at) = &mut finding.place {
        scrub(at);
    }
    for shown in [&mut finding.expected, &mut finding.actual].into_iter().flatten() {
        match shown {
            Shown::Text(text) => scrub(text),
            Shown::Json(value) => {
                let text = value.to_string();
                if let Cow::Owned(clean) = session.scrubber.scrub(&text) {
                    *shown = serde_json::from_str(&clean).map_or_else(|_| Shown::Text(clean), Shown::Json);
                }
            }
        }
    }
    let cause = finding.cause();
    ReportedFinding { finding, fingerprint, cause, waived: None, line }
}
